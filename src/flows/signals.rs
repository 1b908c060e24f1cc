//! Signals of abuse by insiders: the newest part of the audit is looked through, by the instance that
//! has the duty, and what is odd is recorded once in a window.

use std::{collections::HashSet, time::Duration};

use super::{Page, Refusal, lease::Watch};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        role::{Proof, Reports},
        signals::Signal,
    },
    store::{EventFilter, HeldLease, RecordedEvent, StaffRow, StoreError, Traced},
};

/// How often the audit is looked through.
const EVERY: Duration = Duration::from_secs(60);
/// The lease has to be renewed more often than that.
const WATCH_EVERY: Duration = Duration::from_secs(3);
const LEASE: &str = "signals";

/// Looks through the audit, as long as the duty is this instance's.
pub struct Lookout {
    app: App,
    watch: Watch,
}

impl Lookout {
    /// One that has looked at nothing yet.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            watch: Watch::over(LEASE),
        }
    }

    /// Looks once, if it is ours to look, and gives what was raised.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look(&mut self) -> Result<Vec<Signal>, StoreError> {
        match self.watch.hold(&self.app).await? {
            Some(held) => raise(&self.app, &held).await,
            None => Ok(Vec::new()),
        }
    }

    /// Looks for as long as the service runs.
    pub async fn run(mut self) {
        let looks_every = EVERY.as_secs() / WATCH_EVERY.as_secs();
        let mut rounds = 0;
        loop {
            let looked = if rounds >= looks_every {
                rounds = 0;
                self.look().await.map(|_| ())
            } else {
                self.watch.hold(&self.app).await.map(|_| ())
            };
            if let Err(error) = looked {
                tracing::warn!("the audit was not looked through: {error}");
            }
            rounds += 1;
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }

    /// Lets another instance go on at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go(app: &App) -> Result<(), StoreError> {
        Watch::over(LEASE).let_go(app).await
    }
}

async fn raise(app: &App, held: &HeldLease) -> Result<Vec<Signal>, StoreError> {
    let (now, rules) = (app.clock.now(), app.settings.signals.clone());
    let from = now - rules.window;
    let zone = app.settings.time_zone;
    let outside = rules
        .hours
        .map_or_else(Vec::new, |hours| hours.outside(from, now, zone));
    let odd = app
        .store
        .read(move |reader| {
            let mut known: HashSet<_> = reader.raised_since(from)?.into_iter().collect();
            let mut odd = reader.signals(&rules, &outside, now)?;
            odd.retain(|signal| {
                known.insert((
                    signal.kind,
                    signal.staff_id.clone(),
                    signal.client_id.clone(),
                ))
            });
            Ok(odd)
        })
        .await?;
    let mut events = odd.iter().map(|signal| {
        let origin = Origin::own("signals");
        let mut event = Event::of_nobody(&origin, now, Action::SignalRaised)
            .reason(signal.kind.name())
            .outcome(&signal.count.to_string());
        event.subject_id.clone_from(&signal.staff_id);
        event.client_id.clone_from(&signal.client_id);
        event
    });
    let Some(first) = events.next() else {
        return Ok(odd);
    };
    let rest: Vec<Event> = events.collect();
    // To look through the audit takes a while, and another may have raised the same by now.
    let (held, now) = (held.clone(), app.clock.now());
    let written = app
        .store
        .write(move |tx| {
            tx.require_lease(&held, now)?;
            let first = Traced::new((), first.clone());
            Ok(rest.iter().cloned().fold(first, Traced::and))
        })
        .await;
    match written {
        Err(StoreError::AlreadyEnded) => return Ok(Vec::new()),
        written => written?,
    }
    for signal in &odd {
        app.signals.count(signal.kind);
        tracing::warn!(
            kind = signal.kind.name(),
            staff = signal.staff_id,
            count = signal.count,
            "a signal was raised"
        );
    }
    Ok(odd)
}

/// A recorded signal, and whose work it is about.
pub struct RaisedSignal {
    /// the event
    pub recorded: RecordedEvent,
    /// the specialist, where it is one's
    pub staff: Option<StaffRow>,
}

/// Reads signals, newest first.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn report(
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
                let staff = match &recorded.event.subject_id {
                    Some(id) => reader.staff(id)?,
                    None => None,
                };
                Ok(RaisedSignal { recorded, staff })
            });
            signals.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::ReportRead)
        .outcome("read")
        .reason("signals");
    app.store.record(event).await?;
    Ok(Page::of(rows, limit, |row| row.recorded.seq.to_string()))
}
