//! A client's passphrase: reading its status, blocking it, lifting a lock, destroying it on withdrawal of
//! consent; and the strength check of a proposed one.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Conflict, Refusal,
    audit::{missed, missed_by, missed_client},
    complete_application::{judge, reckoned, weaknesses},
    limits,
};
use crate::{
    app::App,
    domain::{
        application::DRAFT_HOURS,
        attempts::LockoutPolicy,
        audit::{Action, Event, EventOutcome, Origin},
        entry::{LinkEnd, ended as link_ended},
        id::ClientId,
        identifier::CallId,
        language::Language,
        passphrase::{NoChange, Passphrase, PassphraseState, StateChange},
        role::{Actor, Proof, Register, Status, Unlock, Verify},
        strength::{self, About},
        suggestions,
        validation::ValidationError,
    },
    store::{ClientRow, PassphraseRow, StoreError, Traced, Tx},
};

/// A passphrase's status at this moment.
pub(crate) struct PassphraseStatus {
    /// its state
    pub state: PassphraseState,
    /// the stored passphrase, if one was ever set
    pub row: Option<PassphraseRow>,
    /// attempts until the next lock or the end, where one is possible
    pub attempts_left: Option<u32>,
}

impl PassphraseStatus {
    /// What is stored, at this moment.
    pub(crate) fn of(
        row: Option<PassphraseRow>,
        policy: &LockoutPolicy,
        now: DateTime<Utc>,
    ) -> Self {
        let state = PassphraseRow::state(row.as_ref(), now);
        let active = row.as_ref().filter(|_| state == PassphraseState::Active);
        Self {
            state,
            attempts_left: active.map(|row| policy.attempts_ahead(row.failed_attempts)),
            row,
        }
    }
}

/// Reads the status.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn status(
    app: &App,
    proof: &Proof<Status>,
    origin: &Origin,
    client_id: &ClientId,
) -> Result<PassphraseStatus, Refusal> {
    let now = app.clock.now();
    let requested = client_id.to_owned();
    let stored = app
        .store
        .read(move |reader| {
            if reader.has_client(&requested)? {
                reader.passphrase(&requested).map(Some)
            } else {
                Ok(None)
            }
        })
        .await?;
    let Some(row) = stored else {
        let action = Action::PassphraseViewed;
        return Err(missed(app, proof.actor(), origin, action, client_id).await);
    };
    let status = PassphraseStatus::of(row, &app.settings.attempts, now);
    let event = Event::by(proof.actor(), origin, now, Action::PassphraseViewed)
        .client(client_id)
        .outcome(status.state);
    app.store.record(event).await?;
    Ok(status)
}

/// Blocks the passphrase on the client's word; blocking it twice is allowed. It counts as touching the
/// client, as a search does. An open draft is cancelled in either case: the client has said not to be
/// served by it.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::NoPassphrase`], [`Refusal::Limited`].
pub(crate) async fn block(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    client_id: &ClientId,
    reason: &str,
    call_id: Option<&CallId>,
) -> Result<PassphraseStatus, Refusal> {
    let mut event = event(
        app,
        proof.actor(),
        origin,
        Action::PassphraseBlocked,
        client_id,
        reason,
    );
    event.call_id = call_id.map(|call| call.as_str().to_owned());
    require_client(app, client_id, &event).await?;
    limits::touch(app, proof.actor(), origin, &[client_id.to_owned()]).await?;
    change(app, client_id, event, PassphraseState::block).await
}

/// Lifts a timed lock; the count of failed attempts stays.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::NoPassphrase`], [`Conflict::NotLocked`].
pub(crate) async fn unlock(
    app: &App,
    proof: &Proof<Unlock>,
    origin: &Origin,
    client_id: &ClientId,
    reason: &str,
) -> Result<PassphraseStatus, Refusal> {
    let event = event(
        app,
        proof.actor(),
        origin,
        Action::PassphraseUnlocked,
        client_id,
        reason,
    );
    require_client(app, client_id, &event).await?;
    change(app, client_id, event, PassphraseState::unlock).await
}

/// Destroys the passphrase on withdrawal of consent: the hash is gone for good, and an open draft is
/// cancelled.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::NoPassphrase`].
pub(crate) async fn destroy(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    client_id: &ClientId,
    reason: &str,
) -> Result<PassphraseStatus, Refusal> {
    let event = event(
        app,
        proof.actor(),
        origin,
        Action::PassphraseDestroyed,
        client_id,
        reason,
    );
    require_client(app, client_id, &event).await?;
    change(app, client_id, event, PassphraseState::destroy).await
}

fn event(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    action: Action,
    client_id: &ClientId,
    reason: &str,
) -> Event {
    Event::by(actor, origin, app.clock.now(), action)
        .client(client_id)
        .reason(reason)
}

/// Checks that the client exists; an unknown id is recorded.
async fn require_client(app: &App, client_id: &ClientId, event: &Event) -> Result<(), Refusal> {
    let id = client_id.to_owned();
    if app.store.read(move |reader| reader.has_client(&id)).await? {
        return Ok(());
    }
    Err(missed_by(app, event.clone(), client_id).await)
}

impl From<NoChange> for Conflict {
    fn from(why: NoChange) -> Self {
        match why {
            NoChange::NoPassphrase => Self::NoPassphrase,
            NoChange::NotLocked => Self::NotLocked,
        }
    }
}

/// Changes a passphrase, which is locked meanwhile. No webhook is sent of what was so before.
async fn change(
    app: &App,
    client_id: &ClientId,
    event: Event,
    step: fn(PassphraseState) -> Result<StateChange, NoChange>,
) -> Result<PassphraseStatus, Refusal> {
    let id = client_id.to_owned();
    let (now, policy) = (event.at, app.settings.attempts.clone());
    app.store
        .write(move |tx| {
            let stored = tx.passphrase_for_update(&id)?;
            let change = match step(PassphraseRow::state(stored.as_ref(), now)) {
                Ok(change) => change,
                Err(why) => {
                    let refused = event.clone().outcome(EventOutcome::Refused);
                    return Ok(Traced::new(Err(Refusal::Conflict(why.into())), refused));
                }
            };
            match change {
                StateChange::Unchanged => {}
                StateChange::Unlocked => tx.lift_lock(&id)?,
                StateChange::Ended(state) => tx.end_passphrase(&id, state, now)?,
            }
            let row = tx.passphrase(&id)?;
            let status = PassphraseStatus::of(row, &policy, now);
            let (outcome, cancelled) = match change {
                StateChange::Unlocked => (status.state.into(), Vec::new()),
                StateChange::Ended(_) => (status.state.into(), cancel_draft(tx, &id, &event)?),
                StateChange::Unchanged => (EventOutcome::Unchanged, cancel_draft(tx, &id, &event)?),
            };
            let traced = Traced::new(Ok(status), event.clone().outcome(outcome));
            Ok(traced.with(cancelled))
        })
        .await?
}

/// Cancels the client's open draft with the passphrase, for the same reason: it was drafted before, and
/// would set another. Its entry link ends with it. Gives the events of both. The passphrase has to be locked in this transaction, or a
/// completion may come between.
fn cancel_draft(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    ended: &Event,
) -> Result<Vec<Event>, StoreError> {
    let Some(by) = &ended.actor else {
        return Ok(Vec::new());
    };
    let reason = ended.reason.as_deref().unwrap_or_default();
    let expired_before = ended.at - TimeDelta::hours(DRAFT_HOURS);
    let cancelled = tx.cancel_draft_of(client_id, expired_before, (ended.at, &by.id, reason))?;
    let Some(id) = cancelled else {
        return Ok(Vec::new());
    };
    let why = match ended.action {
        Action::PassphraseDestroyed => LinkEnd::Destroyed,
        _ => LinkEnd::Blocked,
    };
    let link = tx.end_entry_link(&id, ended.at, why)?;
    let cancelled = Event {
        action: Action::ApplicationCancelled,
        ..ended.clone().subject(&id).outcome(EventOutcome::Cancelled)
    };
    let link = link.map(|link| link_ended(ended, &id, &link, why));
    Ok([cancelled].into_iter().chain(link).collect())
}

/// The result of a strength check, as completion would decide.
pub struct Verdict {
    /// why it would be refused; none where it would not
    pub reasons: Vec<ValidationError>,
    /// how many guesses it stands, as a power of ten
    pub guesses_log10: f64,
}

impl Verdict {
    /// As the audit has it.
    pub(super) fn outcome(&self) -> EventOutcome {
        if self.reasons.is_empty() {
            EventOutcome::Acceptable
        } else {
            EventOutcome::Refused
        }
    }
}

/// Checks a passphrase and stores nothing of it. The read of a client's names and telephone number for it
/// is audited.
///
/// # Errors
/// [`Refusal::Invalid`] for an unknown client.
pub async fn check(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    passphrase: &Passphrase,
    client_id: Option<ClientId>,
) -> Result<Verdict, Refusal> {
    let action = Action::PassphraseChecked;
    let client = match client_id {
        None => None,
        Some(id) => {
            let requested = id.clone();
            let found = app
                .store
                .read(move |reader| reader.client(&requested))
                .await?;
            if found.is_none() {
                return Err(missed_client(app, proof.actor(), origin, action, &id).await);
            }
            found
        }
    };
    let verdict = verdict(app, passphrase, client.as_ref()).await;
    if let Some(client) = client {
        let event = Event::by(proof.actor(), origin, app.clock.now(), action)
            .client(&client.id)
            .outcome(verdict.outcome());
        app.store.record(event).await?;
    }
    Ok(verdict)
}

/// The verdict on a passphrase, for a client where one is known.
pub(super) async fn verdict(
    app: &App,
    passphrase: &Passphrase,
    client: Option<&ClientRow>,
) -> Verdict {
    let judgement = judge(app, passphrase, client).await;
    Verdict {
        reasons: weaknesses(&judgement).collect(),
        guesses_log10: judgement.guesses_log10,
    }
}

/// Number of suggestions in one answer.
const SUGGESTIONS: usize = 5;

/// Makes phrases that are easy to say and to hear; each would be accepted at completion.
pub(crate) async fn suggest(
    app: &App,
    _proof: &Proof<Register>,
    language: Language,
    words: usize,
) -> Vec<String> {
    phrases(app, language, words).await
}

/// As [`suggest`], for whoever may.
pub(super) async fn phrases(app: &App, language: Language, words: usize) -> Vec<String> {
    let app = app.clone();
    reckoned(move || {
        let draw = || suggestions::suggest(language, words, |bound| app.rng.below(bound));
        let is_taken = |phrase: &String| {
            strength::judge(phrase, &About::default(), &app.settings.strength).acceptable()
        };
        // A phrase may contain one word twice. At the default minimum of guesses hardly one in a thousand
        // is refused, and at the highest fewer than half, so the bound is never reached.
        std::iter::repeat_with(draw)
            .take(100 * SUGGESTIONS)
            .filter(is_taken)
            .take(SUGGESTIONS)
            .collect()
    })
    .await
}
