//! Signals of abuse by insiders: the instance that has the lease searches the newest part of the audit, and
//! records each finding once in a window.

use std::{collections::HashSet, time::Duration};

use super::{Page, Refusal, lease::LeaseKeeper};
use crate::{
    app::App,
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin, ReportName},
        id::StaffId,
        role::{Proof, Reports},
        signals::Signal,
    },
    store::{EventFilter, HeldLease, RecordedEvent, StaffRow, StoreError, Traced},
};

/// How often the audit is searched.
const EVERY: Duration = Duration::from_secs(60);
/// How often the lease is renewed.
const WATCH_EVERY: Duration = Duration::from_secs(3);
const LEASE: &str = "signals";

/// Searches the audit for as long as this instance has the lease.
pub struct AbuseDetector {
    app: App,
    lease: LeaseKeeper,
}

impl AbuseDetector {
    /// A detector without a lease yet.
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            lease: LeaseKeeper::of(LEASE),
        }
    }

    /// Searches once, if this instance has the lease, and gives the signals that were raised.
    pub async fn search(&mut self) -> Result<Vec<Signal>, StoreError> {
        match self.lease.hold(&self.app).await? {
            Some(lease) => raise(&self.app, &lease).await,
            None => Ok(Vec::new()),
        }
    }

    /// Searches for as long as the service runs.
    pub async fn run(mut self) {
        let searches_every = EVERY.as_secs() / WATCH_EVERY.as_secs();
        let mut rounds = 0;
        loop {
            let searched = if rounds >= searches_every {
                rounds = 0;
                self.search().await.map(|_| ())
            } else {
                self.lease.hold(&self.app).await.map(|_| ())
            };
            if let Err(error) = searched {
                tracing::warn!("the audit was not searched: {error}");
            }
            rounds += 1;
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }

    /// Gives the lease up, so that another instance can go on at once.
    pub async fn let_go(app: &App) -> Result<(), StoreError> {
        LeaseKeeper::of(LEASE).release(app).await
    }
}

async fn raise(app: &App, lease: &HeldLease) -> Result<Vec<Signal>, StoreError> {
    let (now, rules) = (app.clock.now(), app.settings.signals.clone());
    let from = now - rules.window;
    let zone = app.settings.time_zone;
    let outside = rules
        .hours
        .map_or_else(Vec::new, |hours| hours.outside(from, now, zone));
    let signals = app
        .store
        .read(move |reader| {
            let mut known: HashSet<_> = reader.raised_since(from)?.into_iter().collect();
            let mut signals = reader.signals(&rules, &outside, now)?;
            signals.retain(|signal| {
                known.insert((
                    signal.kind,
                    signal.staff_id.clone(),
                    signal.client_id.clone(),
                ))
            });
            Ok(signals)
        })
        .await?;
    let mut events = signals.iter().map(|signal| {
        let origin = Origin::own("signals");
        let mut event = Event::of_nobody(&origin, now, Action::SignalRaised)
            .outcome(EventOutcome::Raised)
            .details(Details {
                signal: Some(signal.kind),
                ..Details::count(signal.count.unsigned_abs())
            });
        event.subject_id = signal.staff_id.clone().map(Into::into);
        event.client_id.clone_from(&signal.client_id);
        event
    });
    let Some(first) = events.next() else {
        return Ok(signals);
    };
    let rest: Vec<Event> = events.collect();
    // The search takes a while, and another instance may have raised the same by now.
    let (lease, now) = (lease.clone(), app.clock.now());
    let written = app
        .store
        .write(move |tx| {
            tx.require_lease(&lease, now)?;
            let first = Traced::new((), first.clone());
            Ok(rest.iter().cloned().fold(first, Traced::and))
        })
        .await;
    match written {
        Err(StoreError::AlreadyEnded) => return Ok(Vec::new()),
        written => written?,
    }
    for signal in &signals {
        app.signals.count(signal.kind);
        tracing::warn!(
            kind = signal.kind.name(),
            staff = signal.staff_id.as_deref(),
            count = signal.count,
            "a signal was raised"
        );
    }
    Ok(signals)
}

/// A recorded signal, and the specialist whom it is about.
pub(crate) struct RaisedSignal {
    /// the event
    pub recorded: RecordedEvent,
    /// the specialist, if it is about one
    pub staff: Option<StaffRow>,
}

/// Reads signals, newest first.
pub(crate) async fn report(
    app: &App,
    proof: &Proof<Reports>,
    origin: &Origin,
    mut filter: EventFilter,
    limit: i64,
) -> Result<Page<RaisedSignal>, Refusal> {
    filter.action = Some(Action::SignalRaised);
    let rows = app
        .store
        .read(move |reader| {
            let recorded = reader.events(&filter, limit + 1)?;
            let signals = recorded.into_iter().map(|recorded| {
                let staff = match &recorded.subject_id {
                    Some(id) => reader.staff(&StaffId::from(id.as_str()))?,
                    None => None,
                };
                Ok(RaisedSignal { recorded, staff })
            });
            signals.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::ReportRead)
        .outcome(EventOutcome::Read)
        .details(Details::report(ReportName::Signals));
    app.store.record(event).await?;
    Ok(Page::of(rows, limit, |row| row.recorded.seq.to_string()))
}
