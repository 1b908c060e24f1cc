//! What the hash said about a counted attempt is written down: with its events, in one transaction,
//! and however long the database is away.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use crate::{
    app::App,
    domain::{
        attempts::Counted,
        audit::{Action, Detail, Event, Origin},
        passphrase::Kept,
        role::Actor,
        verification::{Outcome, Verification},
    },
    store::{LoanRow, NewPassphrase, PassphraseRow, StoreError, Traced, Tx},
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

    pub(super) fn recorded(&self, verification: &Verification) -> Event {
        self.about(verification, Action::VerificationRecorded)
            .outcome(verification.outcome.name())
    }
}

/// A settlement that has to be written down, however long the database is away.
pub(super) struct Pending {
    pub(super) app: App,
    pub(super) settlement: Arc<Settlement>,
    pub(super) draft: Verification,
    pub(super) events: Events,
}

/// How often a settlement is tried again, a second apart; after that the count stands without it.
const SETTLE_TRIES: u32 = 600;

impl Pending {
    pub(super) async fn save(&self) -> Result<Settled, StoreError> {
        let (app, settlement) = (self.app.clone(), Arc::clone(&self.settlement));
        let (draft, events) = (self.draft.clone(), self.events.clone());
        let save = move |tx: &mut Tx<'_>| settlement.save(&app, tx, draft.clone(), &events);
        self.app.store.write(save).await
    }

    /// Tries again until it is written. A commit whose answer was lost is not repeated: the
    /// verification has its id already, and a second of that id is refused.
    pub(super) async fn keep_saving(self) {
        for _ in 0..SETTLE_TRIES {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match self.save().await {
                Err(StoreError::Unavailable(_)) => {}
                Ok(_) | Err(_) => return,
            }
        }
        tracing::error!(
            verification = self.draft.id,
            "an attempt was counted and could not be settled"
        );
    }
}

/// What the hash said about a counted attempt, to be written down.
pub(super) struct Settlement {
    pub(super) held: PassphraseRow,
    pub(super) counted: Counted,
    /// how the words matched; none where they did not
    pub(super) how: Option<&'static str>,
    pub(super) renewed: Option<NewPassphrase>,
}

pub(super) type Settled = (Verification, Option<Vec<LoanRow>>);

impl Settlement {
    fn save(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        mut verification: Verification,
        events: &Events,
    ) -> Result<Traced<Settled>, StoreError> {
        let now = verification.opened_at;
        let (client_id, generation) = (&self.held.client_id, self.held.generation);
        if let Some(how) = self.how
            && tx.clear_attempts(client_id, generation, self.counted)?
        {
            return self.succeed(app, tx, 0, verification, events, how);
        }
        let current = tx.hold_passphrase(client_id)?;
        // What was tried may have been blocked, destroyed or changed while it was hashed.
        let still = current.filter(|row| row.generation == generation);
        match (still, self.how) {
            (Some(row), Some(how)) if matches!(row.kept, Kept::Active | Kept::Disabled) => {
                // Success clears what was counted up to it; what was counted after it is still to be told.
                let remaining = row.failed_attempts.saturating_sub(self.counted.number);
                let lock = app.settings.attempts.lock_at(remaining, now);
                tx.settle_success(client_id, generation, remaining, lock)?;
                self.succeed(app, tx, remaining, verification, events, how)
            }
            (Some(row), _) if row.kept == Kept::Blocked || row.kept == Kept::Destroyed => {
                verification.outcome = if row.kept == Kept::Blocked {
                    Outcome::Blocked
                } else {
                    Outcome::Unset
                };
                tx.insert_verification(&verification)?;
                let event = events.recorded(&verification);
                Ok(Traced::new((verification, None), event))
            }
            (still, _) => {
                verification.outcome = Outcome::Rejected;
                verification.attempts_left =
                    Some(app.settings.attempts.attempts_left(self.counted.number));
                verification.locked_until = still
                    .as_ref()
                    .and_then(|row| row.locked_until)
                    .filter(|until| *until > now);
                tx.insert_verification(&verification)?;
                let event = events.recorded(&verification);
                let ended = still.filter(|row| row.failed_attempts >= self.counted.number);
                let ending = ended.and_then(|row| self.ending(&row));
                let traced = Traced::new((verification.clone(), None), event);
                Ok(match ending {
                    Some(action) => {
                        traced.and(events.about(&verification, action).outcome("rejected"))
                    }
                    None => traced,
                })
            }
        }
    }

    /// What this wrong attempt brought, if it still stands.
    fn ending(&self, row: &PassphraseRow) -> Option<Action> {
        if self.counted.disables && row.kept == Kept::Disabled {
            Some(Action::PassphraseDisabled)
        } else if self.counted.locked_until.is_some()
            && row.locked_until == self.counted.locked_until
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
        remaining: u32,
        mut verification: Verification,
        events: &Events,
        how: &'static str,
    ) -> Result<Traced<Settled>, StoreError> {
        let now = verification.opened_at;
        let client_id = &self.held.client_id;
        verification.outcome = Outcome::Verified;
        verification.attempts_left = Some(app.settings.attempts.attempts_left(remaining));
        verification.expires_at =
            Some(now + TimeDelta::minutes(i64::from(app.settings.verification_minutes)));
        tx.insert_verification(&verification)?;
        let loans = tx.open_loans(client_id)?;
        let recorded = events
            .recorded(&verification)
            .reason(how)
            .detail(&Detail::Fold(how));
        let read = events
            .about(&verification, Action::InquiryMade)
            .outcome("read");
        let mut renewal = None;
        if let Some(renewed) = &self.renewed {
            tx.renew_hash(client_id, self.held.generation, renewed)?;
            renewal = Some(
                events
                    .about(&verification, Action::PassphraseRenewed)
                    .outcome("renewed"),
            );
        }
        let traced = Traced::new((verification, Some(loans)), recorded).and(read);
        Ok(match renewal {
            Some(renewal) => traced.and(renewal),
            None => traced,
        })
    }
}
