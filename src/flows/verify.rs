//! A caller is verified: admitted, counted, hashed, settled, in that order.
//!
//! Whoever goes away while waiting for admission costs no hash and no attempt. Whoever was counted is
//! hashed and settled, or taken back, whether or not anybody still waits for the answer.

pub mod lost;
mod settle;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use self::settle::{Events, Pending, Settlement, Told};
use super::{
    Quota, Refusal,
    audit::missed,
    hang_up::HangUp,
    inquire::{Inquiry, view},
    limits,
    pull::{self, Question},
};
use crate::{
    app::App,
    domain::{
        attempts::Counted,
        audit::{Action, Origin},
        heard::{self, FOLD_VERSION, MAX_VARIANTS},
        identifier::CallId,
        passphrase::Passphrase,
        role::{Actor, Proof, Verify},
        verification::{Outcome, Verification},
    },
    secrets::hasher::{Admission, Candidate, Check, Checked, HashError, Renew},
    store::{
        Attempt, Limited, LoanRow, NewAttempt, NewPassphrase, PassphraseRow, StoreError, Traced,
    },
};

/// Folded, and at most so many variants: what a refusal always costs.
const TRIES: usize = 1 + MAX_VARIANTS;

/// What came of it, and the loans where the words were right.
pub struct Verified {
    /// the recorded verification
    pub verification: Verification,
    /// what may be read out
    pub inquiry: Option<Inquiry>,
}

/// What is verified.
#[derive(Clone)]
pub struct Heard {
    /// whose passphrase
    pub client_id: String,
    /// what was typed
    pub passphrase: Passphrase,
    /// on which call
    pub call_id: CallId,
}

/// Verifies a caller. `hang_up` is of whoever typed what was heard: loans are read out to them or to
/// nobody.
///
/// # Errors
/// [`Refusal::Unknown`] for an unknown client, [`Refusal::Limited`], [`Refusal::Overloaded`]; none of
/// them is an attempt. Nor is [`Refusal::Store`] or [`Refusal::Hash`] before the words were tried; after
/// that, wrong words stay counted and right ones never are.
pub async fn verify(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    heard: Heard,
    hang_up: HangUp,
) -> Result<Verified, Refusal> {
    // A flood is turned away before the database is asked for all those passphrases.
    let place = app.hasher.line_up().await?;
    let seen = app.store.client_passphrase(&heard.client_id).await?;
    let Some(seen) = seen else {
        // No verification came of it: it is a look for somebody who is not there.
        drop(place);
        let (actor, action) = (proof.actor(), Action::ClientViewed);
        return Err(missed(app, actor, origin, action, &heard.client_id).await);
    };
    let admission = place.admitted().await?;
    let story = Story {
        id: app.new_id(),
        app: app.clone(),
        actor: proof.actor().clone(),
        origin: origin.clone(),
        heard,
        hang_up,
        seen,
    };
    let (sender, answer) = oneshot::channel();
    // Spawned, so that a caller who hangs up cannot leave an attempt counted and never settled.
    let attempt = story.id.clone();
    app.detached.spawn(&attempt, story.tell(admission, sender));
    let told = answer.await;
    told.unwrap_or(Err(Refusal::Hash(HashError::Stopped)))
}

struct Story {
    /// of the attempt, and of the verification that records it
    id: String,
    app: App,
    actor: Actor,
    origin: Origin,
    heard: Heard,
    hang_up: HangUp,
    /// the passphrase as it was before the caller waited in line
    seen: Option<PassphraseRow>,
}

/// One form of what was heard, to be tried on a hash.
struct Try {
    /// what the audit calls a match by it
    name: &'static str,
    /// the fold under which a renewal by it would be kept
    renewed_fold: u16,
    candidate: Candidate,
}

/// The count said that this may go on, or not.
enum Begun {
    Limited(Quota, Limited),
    Attempt(Attempt),
}

impl Story {
    async fn tell(self, admission: Admission, answer: oneshot::Sender<Result<Verified, Refusal>>) {
        let verified = self.verified(admission).await;
        let reads_out = verified
            .as_ref()
            .is_ok_and(|verified| verified.inquiry.is_some());
        let _nobody_waits = answer.send(verified);
        // They may have hung up while the loan system was asked, or while the answer was being kept.
        if reads_out && self.hang_up.clone().came_first().await {
            self.pending().close_untold(Told::Nothing).await;
        }
    }

    async fn verified(&self, admission: Admission) -> Result<Verified, Refusal> {
        let begun = self.count().await;
        if let Err(Refusal::Store(StoreError::InDoubt(_))) = &begun {
            // Nothing is tried any more; if it was counted after all, it must not stay so.
            let taken_back = self.pending().take_back_in_the_end();
            self.app.detached.spawn(&self.id, taken_back);
        }
        match begun? {
            Begun::Limited(quota, limited) => {
                drop(admission);
                let (app, actor, origin) = (&self.app, &self.actor, &self.origin);
                Err(limits::reached(app, actor, origin, quota, limited).await?)
            }
            Begun::Attempt(Attempt::Counted(held, counted)) => {
                match self.try_on(&held, admission).await {
                    Ok((checked, names)) => self.settle(*held, counted, checked, &names).await,
                    Err(fault) => {
                        self.pending().take_back_in_the_end().await;
                        Err(fault)
                    }
                }
            }
            Begun::Attempt(Attempt::Untried(outcome, locked_until)) => {
                if outcome == Outcome::Unset {
                    // No passphrase costs the time of a wrong one.
                    admission.check(self.decoy()).await?;
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
        let (clients, verifications, law) = (
            settings.clients,
            settings.verifications,
            settings.attempts.clone(),
        );
        let attempt = NewAttempt {
            id: self.id.clone(),
            client_id: self.heard.client_id.clone(),
            staff_id: self.actor.id.clone(),
            call_id: self.heard.call_id.as_str().to_owned(),
            request_id: self.origin.request_id.clone(),
        };
        let seen = self.seen.clone();
        let begun = self.app.store.tally(move |tally| {
            let mut used = tally.lock_used_by(&attempt.staff_id)?;
            let touched = std::slice::from_ref(&attempt.client_id);
            if let Err(limited) = used.touch(touched, clients, now) {
                return Ok(Begun::Limited(Quota::Clients, limited));
            }
            if let Err(limited) = used.verify(verifications, now) {
                return Ok(Begun::Limited(Quota::Verifications, limited));
            }
            tally.store_used_by(&attempt.staff_id, &used, now)?;
            tally
                .count_attempt(&attempt, seen.clone(), &law, now)
                .map(Begun::Attempt)
        });
        Ok(begun.await?)
    }

    /// Tries what was heard; gives what came of it, and the names of what was tried.
    async fn try_on(
        &self,
        held: &PassphraseRow,
        admission: Admission,
    ) -> Result<(Checked, Vec<(&'static str, u16)>), Refusal> {
        let tries = self.tries(held)?;
        let names = tries
            .iter()
            .map(|each| (each.name, each.renewed_fold))
            .collect();
        let candidates = tries.into_iter().map(|each| each.candidate).collect();
        let checked = admission.check(self.question(held, candidates)).await?;
        Ok((checked, names))
    }

    /// What to try on a kept hash, by the fold under which it was made.
    fn tries(&self, held: &PassphraseRow) -> Result<Vec<Try>, Refusal> {
        let typed = self.heard.passphrase.expose();
        let unknown = || StoreError::Corrupt {
            table: "passphrases",
            id: held.client_id.clone(),
            why: format!(
                "fold version {} is not known to this build",
                held.fold_version
            ),
        };
        let candidates = heard::candidates(held.fold_version, typed).ok_or_else(unknown)?;
        let is_current = held.fold_version == FOLD_VERSION;
        let today = if is_current {
            None
        } else {
            heard::candidates(FOLD_VERSION, typed)
        };
        let tries = candidates.into_iter().map(|candidate| {
            let anew = today
                .iter()
                .flatten()
                .find(|anew| anew.heard == candidate.heard);
            let renew_as = anew.map(|anew| bytes(anew.folded.as_bytes()));
            Try {
                name: candidate.heard.name(),
                renewed_fold: if renew_as.is_some() {
                    FOLD_VERSION
                } else {
                    held.fold_version
                },
                candidate: Candidate {
                    secret: bytes(candidate.folded.as_bytes()),
                    renew_as,
                },
            }
        });
        Ok(tries.collect())
    }

    fn question(&self, held: &PassphraseRow, candidates: Vec<Candidate>) -> Check {
        let exact_form = heard::exact_form(self.heard.passphrase.expose());
        let is_current = held.fold_version == FOLD_VERSION;
        Check {
            stored: held.hash.clone(),
            exact_tag: held.exact_tag.clone(),
            candidates,
            tries: TRIES,
            exact_form: Some(bytes(exact_form.as_bytes())),
            renew: if is_current {
                Renew::WhenOutdated
            } else {
                Renew::Always
            },
        }
    }

    fn decoy(&self) -> Check {
        let folded = heard::fold(self.heard.passphrase.expose());
        Check {
            stored: None,
            exact_tag: None,
            candidates: vec![Candidate {
                secret: bytes(folded.as_bytes()),
                renew_as: None,
            }],
            tries: TRIES,
            exact_form: None,
            renew: Renew::Never,
        }
    }

    async fn settle(
        &self,
        held: PassphraseRow,
        counted: Counted,
        checked: Checked,
        names: &[(&'static str, u16)],
    ) -> Result<Verified, Refusal> {
        let matched = checked.matched;
        let (name, fold_version) = matched
            .and_then(|matched| names.get(matched.index).copied())
            .unwrap_or(("folded", held.fold_version));
        let settlement = Arc::new(Settlement {
            how: matched.map(|matched| {
                if matched.exact {
                    heard::Heard::Exact.name()
                } else {
                    name
                }
            }),
            renewed: checked.renewed.map(|made| NewPassphrase {
                hash: made.phc,
                fold_version,
                exact_tag: made.exact_tag,
            }),
            held,
            counted,
        });
        let told = if self.hang_up.has_come() {
            Told::Nothing
        } else {
            Told::Outcome
        };
        let pending = self.pending();
        let settled = pending.settle(Arc::clone(&settlement), told).await;
        if let Err(error) = &settled
            && !matches!(error, StoreError::AlreadyEnded)
        {
            // The caller is told at once; what was counted is written down when it can be.
            let settled = pending.settle_in_the_end(settlement);
            self.app.detached.spawn(&self.id, settled);
        }
        let (verification, loans) = settled?;
        Ok(self.answer(verification, loans).await)
    }

    /// What is to be written down of this attempt, whoever still waits.
    fn pending(&self) -> Pending {
        Pending {
            app: self.app.clone(),
            draft: self.draft(Outcome::Rejected),
            events: self.events(),
        }
    }

    async fn record_untried(
        &self,
        outcome: Outcome,
        locked_until: Option<DateTime<Utc>>,
    ) -> Result<Verified, Refusal> {
        let mut verification = self.draft(outcome);
        verification.locked_until = locked_until;
        let event = self.events().recorded(&verification);
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

    fn draft(&self, outcome: Outcome) -> Verification {
        Verification {
            id: self.id.clone(),
            client_id: self.heard.client_id.clone(),
            staff_id: self.actor.id.clone(),
            call_id: self.heard.call_id.as_str().to_owned(),
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

    /// The loan system is asked now that the words were right and settled, with nothing held.
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

fn bytes(text: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.to_vec())
}
