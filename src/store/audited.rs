//! Audited reads: they leave an event and change nothing else. Those that wait are looked up and recorded
//! together, so that each costs a share of a commit.

use super::{
    audit,
    engine::{
        batch::{Item, catch_panic},
        connection::AnyConnection,
        reply::Reply,
    },
    error::{Outcome, StoreError},
    inquiries::{self, Found, OwnVerification},
};
use crate::{domain::audit::Event, secrets::rng::SystemRng};

/// An audited read: what `query` names is looked up, `judge` says from it what to record and what to answer
/// once that is committed.
pub(super) struct AuditedRead<F, T> {
    /// `None` where nothing is left to be looked up
    pub(super) query: Option<OwnVerification>,
    pub(super) judge: F,
    /// what `judge` said
    pub(super) judged: Option<Outcome<(Event, T)>>,
    pub(super) reply: Reply<T>,
}

/// An audited read, its types erased.
pub(super) trait Audited: Send {
    fn query(&self) -> Option<&OwnVerification>;
    /// Takes what was found.
    fn judge(&mut self, found: Outcome<Found>);
    /// The event to record, once it is known.
    fn event(&self) -> Option<&Event>;
    fn is_withdrawn(&self) -> bool;
    /// See [`Reply::confirm`].
    fn confirm(&self) -> bool;
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

impl<F, T> Audited for AuditedRead<F, T>
where
    F: Fn(Found) -> (Event, T) + Send,
    T: Send,
{
    fn query(&self) -> Option<&OwnVerification> {
        self.query.as_ref()
    }

    fn judge(&mut self, found: Outcome<Found>) {
        let judge = &self.judge;
        let judged = found.and_then(|found| catch_panic(|| Ok(judge(found)), |panicked| panicked));
        self.judged = Some(judged);
    }

    fn event(&self) -> Option<&Event> {
        let judged = self.judged.as_ref()?.as_ref();
        judged.ok().map(|(event, _)| event)
    }

    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn confirm(&self) -> bool {
        self.reply.confirm()
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = self.judged.map(|judged| judged.map(|(_, value)| value));
        self.reply.settle(outcome, failure);
    }
}

impl Item for Box<dyn Audited> {
    fn is_withdrawn(&self) -> bool {
        self.as_ref().is_withdrawn()
    }

    fn answer(self, failure: Option<StoreError>) {
        Audited::answer(self, failure);
    }
}

/// Looks up what audited reads ask for, and records them: all or none. The transaction is the caller's.
pub(super) fn record_together(
    connection: &mut AnyConnection,
    rng: &SystemRng,
    reads: &mut [&mut Box<dyn Audited>],
) -> Outcome<()> {
    let recorded = look_up(connection, reads).and_then(|()| {
        // From here on whoever waits is answered, since what is recorded of them stays.
        let confirmed = reads.iter().filter(|read| read.confirm());
        let events: Vec<&Event> = confirmed.filter_map(|read| read.event()).collect();
        if events.is_empty() {
            return Ok(());
        }
        audit::record(connection, rng, &events)
    });
    recorded.inspect_err(|error| {
        tracing::warn!("audited reads were not recorded, and are refused: {error}");
    })
}

fn look_up(connection: &mut AnyConnection, reads: &mut [&mut Box<dyn Audited>]) -> Outcome<()> {
    let queries: Vec<&OwnVerification> = reads.iter().filter_map(|read| read.query()).collect();
    let mut found = if queries.is_empty() {
        Vec::new()
    } else {
        inquiries::find(connection, &queries)?
    }
    .into_iter();
    for read in reads {
        let found = match read.query() {
            Some(_) => found.next().unwrap_or(Ok(None)),
            None => Ok(None),
        };
        read.judge(found);
    }
    Ok(())
}
