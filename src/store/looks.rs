//! Looks: what leaves an event and changes nothing else. Those that wait are recorded together, so that a
//! look costs a share of a commit: on PostgreSQL in one statement, over connections that do nothing
//! else; on SQLite by its one writer.

use super::{
    audit,
    connection::AnyConnection,
    error::StoreError,
    inquiries::{self, Asked, Found},
    lanes::{Outcome, Undo, Unit, committed},
    replies::Reply,
    threads::caught,
};
use crate::{domain::audit::Event, secrets::chance::Chance};

/// A look that is over, and waits to be recorded.
pub(super) struct Look {
    pub(super) event: Event,
    pub(super) reply: Reply<()>,
}

impl Unit for Look {
    fn look(&self) -> Option<&Event> {
        Some(&self.event)
    }

    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn keep(&self) -> bool {
        self.reply.keep()
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        self.reply.send(refused.map_or(Ok(()), Err));
    }
}

/// An inquiry that waits: a verification of one's own and its client's loans are looked up, what was
/// found is judged, and that is recorded.
pub(super) struct Inquiry<F, T> {
    pub(super) asked: Asked,
    /// tells what to record, and what to answer once it is
    pub(super) judge: F,
    pub(super) judged: Option<Outcome<(Event, T)>>,
    pub(super) reply: Reply<T>,
}

impl<F, T> Unit for Inquiry<F, T>
where
    F: Fn(Found) -> (Event, T) + Send,
    T: Send,
{
    fn asks(&self) -> Option<&Asked> {
        Some(&self.asked)
    }

    fn take(&mut self, found: Outcome<Found>) {
        let judge = &self.judge;
        self.judged = Some(found.and_then(|found| caught(|| Ok(judge(found)))));
    }

    fn look(&self) -> Option<&Event> {
        match &self.judged {
            Some(Ok((event, _))) => Some(event),
            Some(Err(_)) | None => None,
        }
    }

    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn keep(&self) -> bool {
        self.reply.keep()
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        let outcome = self.judged.map(|judged| judged.map(|(_, told)| told));
        self.reply.send(committed(outcome, refused));
    }
}

/// Whether a unit changes nothing but the audit.
#[expect(clippy::borrowed_box, reason = "it is what a group is made of")]
pub(super) fn is_look(unit: &Box<dyn Unit>) -> bool {
    unit.asks().is_some() || unit.look().is_some()
}

/// Looks up what the looks of a group ask for, and records them: all or none.
pub(super) fn record_looks(
    connection: &mut AnyConnection,
    chance: &Chance,
    group: &mut [Box<dyn Unit>],
) -> Result<(), Undo> {
    let recorded = look_up(connection, group).and_then(|()| {
        // From here on whoever waits is answered, since what is recorded of them stays.
        let waited_for = group.iter().filter(|unit| is_look(unit) && unit.keep());
        let events: Vec<&Event> = waited_for.filter_map(|unit| unit.look()).collect();
        if events.is_empty() {
            return Ok(());
        }
        audit::record(connection, chance, &events)
    });
    recorded.map_err(|error| {
        tracing::warn!("looks were not recorded, and are refused: {error}");
        Undo::broken_by(&error)
    })
}

fn look_up(connection: &mut AnyConnection, group: &mut [Box<dyn Unit>]) -> Outcome<()> {
    let mut asking: Vec<_> = group
        .iter_mut()
        .filter(|unit| unit.asks().is_some() && !unit.is_withdrawn())
        .collect();
    let asked: Vec<&Asked> = asking.iter().filter_map(|unit| unit.asks()).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let found = inquiries::look(connection, &asked)?;
    for (unit, found) in asking.iter_mut().zip(found) {
        unit.take(found);
    }
    Ok(())
}
