//! A caller is verified: admitted, counted, hashed, settled, in that order.
//!
//! A client that disconnects while it waits for admission costs no hash and no attempt. An attempt that
//! was counted is hashed and settled, or taken back, whether or not anybody still waits for the answer.

pub mod lost;
mod settle;
mod tries;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;
use tracing::Instrument;

use self::{
    settle::{Events, Pending, Settlement},
    tries::{Tried, Tries, decoy},
};
use super::{
    Quota, Refusal,
    audit::missed,
    disconnect::ClientConnection,
    inquire::{Inquiry, view},
    limits,
    pull::{self, Question},
};
use crate::{
    app::{App, verification_times::timed},
    domain::{
        audit::{Action, Answered, Origin},
        id::{ClientId, VerificationId},
        identifier::CallId,
        passphrase::Passphrase,
        role::{Actor, Proof, Verify},
        verification::{Verification, VerificationOutcome},
    },
    secrets::hasher::{Admission, HashError},
    store::{Attempt, Limited, LoanRow, NewAttempt, PassphraseRow, StoreError, Traced},
    trace::step,
};

/// The result, and the loans if the passphrase was right.
pub struct Verified {
    /// the recorded verification
    pub verification: Verification,
    /// what may be read out
    pub inquiry: Option<Inquiry>,
}

/// A caller to be verified.
#[derive(Clone)]
pub struct Caller {
    /// whose passphrase
    pub client_id: ClientId,
    /// what was typed
    pub passphrase: Passphrase,
    /// on which call
    pub call_id: CallId,
}

/// Verifies a caller. `connection` tells whether the specialist has disconnected: loans are read out to them
/// or to nobody.
///
/// # Errors
/// [`Refusal::Unknown`] for an unknown client, [`Refusal::Limited`], [`Refusal::Overloaded`]; none of them
/// is an attempt. Nor is [`Refusal::Store`] or [`Refusal::Hash`] before the passphrase was tried; after
/// that, a wrong one stays counted and a right one never does.
pub async fn verify(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    caller: Caller,
    connection: ClientConnection,
) -> Result<Verified, Refusal> {
    // A flood is refused before the database is asked for all those passphrases.
    let times = &app.verification_times;
    let place = app.hasher.enqueue().await?;
    let seen = app.store.client_passphrase(&caller.client_id).await?;
    let Some(seen) = seen else {
        // No verification came of it: it is a read of a client who does not exist.
        drop(place);
        let (actor, action) = (proof.actor(), Action::ClientViewed);
        return Err(missed(app, actor, origin, action, &caller.client_id).await);
    };
    let admission = timed(&times.queue, place.admitted().instrument(step!("queue"))).await?;
    let verifying = Verifying {
        id: app.new_id(),
        app: app.clone(),
        actor: proof.actor().clone(),
        origin: origin.clone(),
        caller,
        connection,
        seen,
    };
    let (sender, answer) = oneshot::channel();
    // Spawned, so that a client who disconnects cannot leave an attempt counted and never settled.
    let attempt = verifying.id.clone();
    app.detached
        .spawn(&attempt, verifying.run(admission, sender).in_current_span());
    answer
        .await
        .unwrap_or(Err(Refusal::Hash(HashError::Stopped)))
}

/// One verification under way.
struct Verifying {
    /// of the attempt, and of the verification that records it
    id: VerificationId,
    app: App,
    actor: Actor,
    origin: Origin,
    caller: Caller,
    connection: ClientConnection,
    /// the passphrase as it was before the request waited for admission
    seen: Option<PassphraseRow>,
}

/// The result of counting: whether the verification may go on.
enum Begun {
    Limited(Quota, Limited),
    Attempt(Attempt),
}

impl Verifying {
    async fn run(self, admission: Admission, answer: oneshot::Sender<Result<Verified, Refusal>>) {
        let verified = self.verify(admission).await;
        let reads_out = verified
            .as_ref()
            .is_ok_and(|verified| verified.inquiry.is_some());
        let _nobody_waits = answer.send(verified);
        // They may have disconnected while the loan system was asked, or while the answer was being
        // stored under its idempotency key.
        if reads_out && self.connection.clone().closed_first().await {
            self.pending().close_untold(Answered::Nothing).await;
        }
    }

    async fn verify(&self, admission: Admission) -> Result<Verified, Refusal> {
        let begun = self.count().await;
        if let Err(Refusal::Store(StoreError::InDoubt(_))) = &begun {
            // Nothing is tried any more; if the attempt was counted after all, it must be taken back.
            let taken_back = self.pending().take_back_in_the_end();
            self.app.detached.spawn(&self.id, taken_back);
        }
        match begun? {
            Begun::Limited(quota, limited) => {
                drop(admission);
                let (app, actor, origin) = (&self.app, &self.actor, &self.origin);
                Err(limits::reached(app, actor, origin, quota, limited).await?)
            }
            Begun::Attempt(Attempt::Counted(stored, counted)) => {
                let trying = self.try_on(&stored, admission).instrument(step!("hash"));
                match timed(&self.app.verification_times.hash, trying).await {
                    Ok((how, renewed)) => {
                        let settlement = Settlement {
                            stored: *stored,
                            counted,
                            how,
                            renewed,
                        };
                        self.settle(settlement).await
                    }
                    Err(fault) => {
                        self.pending().take_back_in_the_end().await;
                        Err(fault)
                    }
                }
            }
            Begun::Attempt(Attempt::Untried(outcome, locked_until)) => {
                if outcome == VerificationOutcome::Unset {
                    // No passphrase takes the same time as a wrong one.
                    admission.check(decoy(&self.caller.passphrase)).await?;
                } else {
                    drop(admission);
                }
                self.record_untried(outcome, locked_until).await
            }
        }
    }

    /// Quotas and the attempt are counted in one transaction, before anything is hashed.
    async fn count(&self) -> Result<Begun, Refusal> {
        let now = self.app.clock.now();
        let settings = &self.app.settings;
        let (clients, verifications, policy) = (
            settings.clients,
            settings.verifications,
            settings.attempts.clone(),
        );
        let attempt = NewAttempt {
            id: self.id.clone(),
            client_id: self.caller.client_id.clone(),
            staff_id: self.actor.id.clone(),
            call_id: self.caller.call_id.as_str().to_owned(),
            request_id: self.origin.request_id.clone(),
        };
        let seen = self.seen.clone();
        let begun = self.app.store.unaudited(move |tx| {
            let mut used = tx.lock_used_by(&attempt.staff_id)?;
            let touched = std::slice::from_ref(&attempt.client_id);
            if let Err(limited) = used.touch(touched, clients, now) {
                return Ok(Begun::Limited(Quota::Clients, limited));
            }
            if let Err(limited) = used.verify(verifications, now) {
                return Ok(Begun::Limited(Quota::Verifications, limited));
            }
            tx.store_used_by(&attempt.staff_id, &used, now)?;
            tx.count_attempt(&attempt, seen.clone(), &policy, now)
                .map(Begun::Attempt)
        });
        Ok(begun.await?)
    }

    async fn try_on(&self, stored: &PassphraseRow, admission: Admission) -> Result<Tried, Refusal> {
        let tries = Tries::of(stored, &self.caller.passphrase)?;
        Ok(tries.run(admission).await?)
    }

    async fn settle(&self, settlement: Settlement) -> Result<Verified, Refusal> {
        let settlement = Arc::new(settlement);
        let answered = self.connection.is_closed().then_some(Answered::Nothing);
        let pending = self.pending();
        let settling = pending
            .settle(Arc::clone(&settlement), answered)
            .instrument(step!("settle"));
        let settled = timed(&self.app.verification_times.settle, settling).await;
        if let Err(error) = &settled
            && !matches!(error, StoreError::AlreadyEnded)
        {
            // The caller is answered at once; the result is stored when that is possible.
            let settled = pending.settle_in_the_end(settlement);
            self.app.detached.spawn(&self.id, settled);
        }
        let (verification, loans) = settled?;
        Ok(self.answer(verification, loans).await)
    }

    /// What has to be stored about this attempt, whether or not anybody still waits.
    fn pending(&self) -> Pending {
        Pending {
            app: self.app.clone(),
            draft: self.draft(VerificationOutcome::Rejected),
            events: self.events(),
        }
    }

    async fn record_untried(
        &self,
        outcome: VerificationOutcome,
        locked_until: Option<DateTime<Utc>>,
    ) -> Result<Verified, Refusal> {
        let mut verification = self.draft(outcome);
        verification.locked_until = locked_until;
        let event = self.events().recorded(&verification, None);
        let row = verification.clone();
        self.app
            .store
            .write(move |tx| {
                tx.insert_verification(&row)?;
                Ok(Traced::new((), event.clone()))
            })
            .await?;
        Ok(self.answer(verification, None).await)
    }

    fn draft(&self, outcome: VerificationOutcome) -> Verification {
        Verification {
            id: self.id.clone(),
            client_id: self.caller.client_id.clone(),
            staff_id: self.actor.id.clone(),
            call_id: self.caller.call_id.as_str().to_owned(),
            outcome,
            opened_at: self.app.clock.now(),
            expires_at: None,
            closed_at: None,
            attempts_left: None,
            locked_until: None,
        }
    }

    fn events(&self) -> Events {
        Events {
            actor: self.actor.clone(),
            origin: self.origin.clone(),
        }
    }

    /// The loan system is asked after the result is stored, and with no connection held.
    async fn answer(&self, verification: Verification, loans: Option<Vec<LoanRow>>) -> Verified {
        let inquiry = match loans {
            None => None,
            Some(before) => {
                let question = Question {
                    actor: &self.actor,
                    origin: &self.origin,
                    client_id: &verification.client_id,
                    call_id: &verification.call_id,
                };
                let (loans, known) = pull::current(&self.app, question, before).await;
                let client_id = verification.client_id.clone();
                Some(view(&self.app, client_id, loans, known))
            }
        };
        Verified {
            verification,
            inquiry,
        }
    }
}
