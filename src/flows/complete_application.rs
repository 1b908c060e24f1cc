//! Completes a signed application: the passphrase is set or changed in one transaction.

use std::panic::resume_unwind;

use zeroize::Zeroizing;

use super::{
    Conflict, FieldError, Refusal,
    applications::{find, refuse_over},
};
use crate::{
    app::App,
    domain::{
        application::{Application, NotOpen},
        audit::{Action, Event, EventOutcome, Origin},
        calendar::business_day,
        heard,
        id::ApplicationId,
        passphrase::Passphrase,
        role::{Proof, Register},
        strength::{self, About, Judgement},
        validation::ValidationError,
    },
    store::{ClientRow, NewPassphrase, PassphraseRow, Traced},
};

/// What the branch enters from the signed form, and what the client typed, twice.
pub struct Completion {
    /// the day on the signed form
    pub signed_on: chrono::NaiveDate,
    /// the passphrase
    pub passphrase: Passphrase,
    /// the passphrase again
    pub repeat: Passphrase,
}

/// Completes an application.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::ApplicationNotOpen`], [`Refusal::Invalid`] with every validation error
/// of the form and the passphrase, [`Refusal::Overloaded`].
pub async fn complete(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
    completion: Completion,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationCompleted;
    let application = find(app, proof, origin, action, id).await?;
    let now = app.clock.now();
    if application.check_open(now).is_err() {
        return Err(refuse_over(app, proof, origin, action, &application).await);
    }
    let client_id = application.draft.client_id.clone();
    let client = app
        .store
        .read(move |reader| reader.client(&client_id))
        .await?
        .ok_or(Refusal::Unknown)?;
    let errors = errors(app, &application, &client, &completion).await;
    if !errors.is_empty() {
        let event = Event::by(proof.actor(), origin, now, action)
            .client(&application.draft.client_id)
            .subject(id)
            .outcome(EventOutcome::Refused)
            .reason(errors[0].error.code());
        app.store.record(event).await?;
        return Err(Refusal::Invalid(errors));
    }
    let made = hash(app, &completion.passphrase).await?;
    let completed = application
        .complete(now, &proof.actor().id, completion.signed_on)
        .map_err(|NotOpen| not_open())?;
    save(app, proof, origin, completed, made).await
}

async fn errors(
    app: &App,
    application: &Application,
    client: &ClientRow,
    completion: &Completion,
) -> Vec<FieldError> {
    let zone = app.settings.time_zone;
    let today = business_day(zone, app.clock.now());
    let drafted_on = business_day(zone, application.draft.drafted_at);
    let mut errors = Vec::new();
    if let Err(error) = Application::check_signed_on(completion.signed_on, drafted_on, today) {
        errors.push(FieldError::at("/signed_on", error));
    }
    if let Some(who) = &application.draft.representative {
        errors.extend(who.errors_on(today));
    }
    if !completion.passphrase.is_same_entry(&completion.repeat) {
        errors.push(FieldError::at(
            "/passphrase_repeat",
            ValidationError::PassphrasesDiffer,
        ));
    }
    let judgement = judge(app, &completion.passphrase, Some(client)).await;
    errors.extend(weaknesses(&judgement).map(|error| FieldError::at("/passphrase", error)));
    errors
}

/// Judges the strength of a passphrase, for a client where one is known.
pub(super) async fn judge(
    app: &App,
    passphrase: &Passphrase,
    client: Option<&ClientRow>,
) -> Judgement {
    let (passphrase, client) = (passphrase.clone(), client.cloned());
    let rules = app.settings.strength;
    reckoned(move || {
        let about = client.as_ref().map_or_else(About::default, |client| About {
            family_name: client.person.family_name.as_str(),
            given_name: client
                .person
                .given_name
                .as_ref()
                .map_or("", |name| name.as_str()),
            patronymic: client.person.patronymic.as_ref().map(|name| name.as_str()),
            phone: client.person.phone.as_str(),
            client_number: &client.client_number,
        });
        strength::judge(passphrase.expose(), &about, &rules)
    })
    .await
}

/// Runs a long computation on a thread that serves no connection. The first judgement builds the tables of
/// words; on a server thread it would block all its connections, which would then be closed because their
/// time seems to be over.
pub(super) async fn reckoned<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let reckoned = tokio::task::spawn_blocking(work).await;
    reckoned.unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
}

/// A judgement's weaknesses as validation errors.
pub(super) fn weaknesses(judgement: &Judgement) -> impl Iterator<Item = ValidationError> + '_ {
    judgement
        .weaknesses
        .iter()
        .copied()
        .map(ValidationError::Weak)
}

async fn hash(app: &App, passphrase: &Passphrase) -> Result<NewPassphrase, Refusal> {
    let folded = Zeroizing::new(heard::fold(passphrase.expose()).as_bytes().to_vec());
    let exact = Zeroizing::new(heard::exact_form(passphrase.expose()).as_bytes().to_vec());
    let made = app.hasher.admit().await?.make(folded, Some(exact)).await?;
    Ok(NewPassphrase {
        hash: made.phc,
        fold_version: heard::FOLD_VERSION,
        exact_tag: made.exact_tag,
    })
}

async fn save(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    application: Application,
    passphrase: NewPassphrase,
) -> Result<Application, Refusal> {
    let now = app.clock.now();
    let actor = proof.actor().clone();
    let origin = origin.clone();
    let about = move |application: &Application, action| {
        Event::by(&actor, &origin, now, action)
            .client(&application.draft.client_id)
            .subject(&application.draft.id)
    };
    app.store
        .write(move |tx| {
            let completed = about(&application, Action::ApplicationCompleted);
            // The passphrase is locked before the application: a block or a destruction at this moment
            // either finds the passphrase set, or has cancelled the draft.
            let stored = tx.passphrase_for_update(&application.draft.client_id)?;
            if !tx.end_draft(&application)? {
                return Ok(Traced::new(None, completed.outcome(EventOutcome::Refused)));
            }
            tx.set_passphrase(
                &application.draft.client_id,
                &passphrase,
                &application.draft.id,
                now,
            )?;
            tx.close_verifications_of(&application.draft.client_id, now)?;
            let action = if PassphraseRow::state(stored.as_ref(), now).has_hash() {
                Action::PassphraseChanged
            } else {
                Action::PassphraseSet
            };
            let set = about(&application, action).outcome(EventOutcome::Active);
            Ok(Traced::new(
                Some(application.clone()),
                completed.outcome(EventOutcome::Completed),
            )
            .and(set))
        })
        .await?
        .ok_or_else(not_open)
}

fn not_open() -> Refusal {
    Refusal::Conflict(Conflict::ApplicationNotOpen)
}
