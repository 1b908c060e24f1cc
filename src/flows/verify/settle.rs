//! Stores the result of a counted attempt with its events in one transaction, however long the database is
//! away. The same for an attempt that is taken back.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use crate::{
    app::App,
    domain::{
        attempts::Counted,
        audit::{Action, Answered, Details, Event, EventOutcome, Origin},
        heard::Heard,
        passphrase::StoredState,
        role::Actor,
        verification::{Verification, VerificationOutcome},
    },
    store::{LoanRow, NewPassphrase, PassphraseRow, Settled, StoreError, Traced, Tx},
};

/// Writes the events of one verification.
#[derive(Clone)]
pub(super) struct Events {
    pub(super) actor: Actor,
    pub(super) origin: Origin,
}

impl Events {
    fn about(&self, verification: &Verification, action: Action) -> Event {
        Event::by(&self.actor, &self.origin, verification.opened_at, action)
            .client(&verification.client_id)
            .subject(&verification.id)
            .call(&verification.call_id)
    }

    /// `answered` is what the caller was answered, where it is not the outcome.
    pub(super) fn recorded(
        &self,
        verification: &Verification,
        answered: Option<Answered>,
    ) -> Event {
        self.about(verification, Action::VerificationRecorded)
            .outcome(verification.outcome)
            .details(Details {
                answered,
                ..Details::default()
            })
    }
}

/// A counted attempt whose result has to be stored, however long the database is away.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) app: App,
    pub(super) draft: Verification,
    pub(super) events: Events,
}

/// Pauses between tries.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
];
/// After so many faults in a row, about a minute and a half, it is given up.
const MOST_FAULTS: usize = 10;

impl Pending {
    pub(super) async fn settle(
        &self,
        settlement: Arc<Settlement>,
        answered: Option<Answered>,
    ) -> Result<Recorded, StoreError> {
        let Self { app, draft, events } = self.clone();
        let work =
            move |tx: &mut Tx<'_>| settlement.save(&app, tx, draft.clone(), &events, answered);
        self.app.store.write(work).await
    }

    /// Settles once the database is back. The caller was answered 503.
    pub(super) async fn settle_in_the_end(self, settlement: Arc<Settlement>) {
        if let Err(StoreError::AlreadyEnded) = self.in_the_end(&End::Settled(settlement)).await {
            // The commit that was in doubt had succeeded after all, and its event says that loans were
            // read.
            self.close_untold(Answered::Unavailable).await;
        }
    }

    /// Takes the attempt back: a fault kept the passphrase from being tried, which is no failed attempt.
    async fn take_back(&self) -> Result<(), StoreError> {
        let Self { app, draft, events } = self.clone();
        let event = events
            .about(&draft, Action::AttemptTakenBack)
            .outcome(EventOutcome::TakenBack);
        let event = event.details(Answered::Unavailable.into());
        let work = move |tx: &mut Tx<'_>| {
            tx.take_attempt_back(&draft.id, &draft.client_id, &app.settings.attempts)?;
            Ok(Traced::new((), event.clone()))
        };
        match self.app.store.write(work).await {
            // It was in doubt whether it had been counted, and it had not.
            Err(StoreError::AlreadyEnded) => Ok(()),
            done => done,
        }
    }

    /// Takes the attempt back now, or where the database is away, once it is back.
    pub(super) async fn take_back_in_the_end(self) {
        if let Err(error) = self.take_back().await {
            tracing::warn!(attempt = %self.draft.id, "not taken back yet: {error}");
            let (app, id) = (self.app.clone(), self.draft.id.clone());
            app.detached.spawn(&id, async move {
                // A fault was logged.
                let _taken_back = self.in_the_end(&End::TakenBack).await;
            });
        }
    }

    /// Closes the verification, if it is open: its caller was not answered with it.
    async fn close(&self, answered: Answered) -> Result<(), StoreError> {
        let Self { app, draft, events } = self.clone();
        let event = events
            .about(&draft, Action::VerificationClosed)
            .outcome(EventOutcome::Closed);
        let event = event.details(answered.into());
        let now = app.clock.now();
        let work = move |tx: &mut Tx<'_>| {
            let found = tx.own_verification(&draft.id, &draft.staff_id)?;
            let is_open = |found: &Verification| {
                found.outcome == VerificationOutcome::Verified && found.closed_at.is_none()
            };
            if !found.as_ref().is_some_and(is_open) {
                return Err(StoreError::AlreadyEnded);
            }
            tx.close_verification(&draft.id, now)?;
            Ok(Traced::new((), event.clone()))
        };
        self.app.store.write(work).await
    }

    /// Closes the verification, however long the database is away.
    pub(super) async fn close_untold(&self, answered: Answered) {
        // A fault was logged, and one that is closed already needs no closing.
        let _closed = self.in_the_end(&End::Closed(answered)).await;
    }

    /// Tries until the database answers, for as long as the service runs, and a few times where it answers
    /// with a fault, such as a cancelled statement. [`super::lost`] finds what remains of either.
    async fn in_the_end(&self, end: &End) -> Result<(), StoreError> {
        let mut pauses = PAUSES.into_iter();
        let (mut pause, mut faults) = (PAUSES[0], 0);
        loop {
            let done = match end {
                End::Settled(settlement) => {
                    let settlement = Arc::clone(settlement);
                    self.settle(settlement, Some(Answered::Unavailable))
                        .await
                        .map(|_| ())
                }
                End::TakenBack => self.take_back().await,
                End::Closed(answered) => self.close(*answered).await,
            };
            match done {
                Ok(()) => return Ok(()),
                Err(StoreError::AlreadyEnded) => return Err(StoreError::AlreadyEnded),
                Err(StoreError::Unavailable(_) | StoreError::InDoubt(_) | StoreError::Collided) => {
                    faults = 0;
                }
                Err(fault) => {
                    faults += 1;
                    let attempt = &self.draft.id;
                    tracing::error!(%attempt, "its end could not be written down: {fault}");
                    if faults == MOST_FAULTS {
                        return Err(fault);
                    }
                }
            }
            pause = pauses.next().unwrap_or(pause);
            self.app.detached.pause(pause).await;
        }
    }
}

/// What has to be stored in the end.
enum End {
    Settled(Arc<Settlement>),
    TakenBack,
    Closed(Answered),
}

/// The result of a counted attempt.
pub(super) struct Settlement {
    pub(super) stored: PassphraseRow,
    pub(super) counted: Counted,
    /// how the passphrase matched; `None` where it did not
    pub(super) how: Option<Heard>,
    pub(super) renewed: Option<NewPassphrase>,
}

/// A stored verification, and the loans that are read out.
pub(super) type Recorded = (Verification, Option<Vec<LoanRow>>);

impl Settlement {
    fn save(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        mut verification: Verification,
        events: &Events,
        answered: Option<Answered>,
    ) -> Result<Traced<Recorded>, StoreError> {
        let (policy, now) = (&app.settings.attempts, verification.opened_at);
        let were_right = self.how.is_some();
        let client_id = &self.stored.client_id;
        let settled = tx.settle_attempt(&verification.id, client_id, were_right, policy, now)?;
        verification.outcome = settled.outcome;
        match (settled.outcome, self.how) {
            (VerificationOutcome::Verified, Some(how)) => {
                let failures = settled.lockout.map_or(0, |lockout| lockout.failures);
                verification.attempts_left = Some(policy.attempts_left(failures));
                self.succeed(app, tx, verification, events, how, answered)
            }
            (VerificationOutcome::Rejected, _) => {
                self.reject(app, tx, verification, events, settled, answered)
            }
            _ => {
                tx.insert_verification(&verification)?;
                let event = events.recorded(&verification, answered);
                Ok(Traced::new((verification, None), event))
            }
        }
    }

    fn reject(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        mut verification: Verification,
        events: &Events,
        settled: Settled,
        answered: Option<Answered>,
    ) -> Result<Traced<Recorded>, StoreError> {
        let now = verification.opened_at;
        // If a success has cleared the row meanwhile, the place at the count is shown.
        let place = if settled.place > 0 {
            settled.place
        } else {
            self.counted.number
        };
        verification.attempts_left = Some(app.settings.attempts.attempts_left(place));
        let locked_until = settled.lockout.and_then(|lockout| lockout.locked_until);
        verification.locked_until = locked_until.filter(|until| *until > now);
        tx.insert_verification(&verification)?;
        let event = events.recorded(&verification, answered);
        let traced = Traced::new((verification.clone(), None), event);
        Ok(match self.brought(&settled) {
            Some(action) => traced.and(
                events
                    .about(&verification, action)
                    .outcome(EventOutcome::Rejected),
            ),
            None => traced,
        })
    }

    /// The consequence of this wrong attempt, if it still holds.
    fn brought(&self, settled: &Settled) -> Option<Action> {
        let lockout = settled.lockout?;
        if settled.place != self.counted.number {
            None
        } else if self.counted.disables && lockout.stored == StoredState::Disabled {
            Some(Action::PassphraseDisabled)
        } else if self.counted.locked_until.is_some()
            && lockout.locked_until == self.counted.locked_until
        {
            Some(Action::PassphraseLocked)
        } else {
            None
        }
    }

    fn succeed(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        mut verification: Verification,
        events: &Events,
        how: Heard,
        answered: Option<Answered>,
    ) -> Result<Traced<Recorded>, StoreError> {
        let client_id = &self.stored.client_id;
        let minutes = i64::from(app.settings.verification_minutes);
        verification.open(TimeDelta::minutes(minutes));
        // Loans are read out only to a caller who gets the answer.
        let is_heard = answered.is_none();
        if !is_heard {
            verification.close(app.clock.now());
        }
        tx.insert_verification(&verification)?;
        let mut renewal = None;
        if let Some(renewed) = &self.renewed {
            tx.renew_hash(client_id, self.stored.generation, renewed)?;
            let event = events.about(&verification, Action::PassphraseRenewed);
            renewal = Some(event.outcome(EventOutcome::Renewed));
        }
        let mut recorded = events.recorded(&verification, answered);
        recorded.details.fold = Some(how.name().into());
        let traced = if is_heard {
            let loans = tx.open_loans(client_id)?;
            let read = events.about(&verification, Action::InquiryMade);
            Traced::new((verification, Some(loans)), recorded).and(read.outcome(EventOutcome::Read))
        } else {
            Traced::new((verification, None), recorded)
        };
        Ok(match renewal {
            Some(renewal) => traced.and(renewal),
            None => traced,
        })
    }
}
