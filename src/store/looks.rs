//! Looks: what leaves an event and changes nothing else. Those that wait are recorded together, so that a
//! look costs a share of a commit: on PostgreSQL in one statement, over connections that do nothing
//! else; on SQLite by its one writer.

use tokio::sync::oneshot;

use super::{
    audit,
    connection::AnyConnection,
    error::StoreError,
    inquiries::{self, Asked, Found},
    lanes::{Outcome, Undo, Unit, committed},
    threads::caught,
};
use crate::{domain::audit::Event, secrets::chance::Chance};

/// A look that is over, and waits to be recorded.
pub(super) struct Look {
    pub(super) event: Event,
    pub(super) reply: oneshot::Sender<Outcome<()>>,
}

impl Unit for Look {
    fn look(&self) -> Option<&Event> {
        Some(&self.event)
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        let _caller_may_be_gone = self.reply.send(refused.map_or(Ok(()), Err));
    }
}

/// An inquiry that waits: a verification of one's own and its client's loans are looked up, what was
/// found is judged, and that is recorded.
pub(super) struct Inquiry<F, T> {
    pub(super) asked: Asked,
    /// tells what to record, and what to answer once it is
    pub(super) judge: F,
    pub(super) judged: Option<Outcome<(Event, T)>>,
    pub(super) reply: oneshot::Sender<Outcome<T>>,
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

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        let outcome = self.judged.map(|judged| judged.map(|(_, told)| told));
        let _caller_may_be_gone = self.reply.send(committed(outcome, refused));
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
        let waited_for = group.iter().filter(|unit| !unit.abandoned());
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
        .filter(|unit| unit.asks().is_some() && !unit.abandoned())
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
