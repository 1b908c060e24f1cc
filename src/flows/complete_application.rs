//! Completes a signed application: the passphrase is set or changed in one transaction.

use std::panic::resume_unwind;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::{
    Conflict, FieldError, Refusal,
    applications::{find, form_errors, refuse_over},
};
use crate::{
    app::App,
    domain::{
        application::{Application, NotOpen},
        audit::{Action, Details, Event, EventOutcome, Origin, Who},
        entry::{EntryLink, LinkEnd, LinkState, ended as link_ended},
        heard,
        id::ApplicationId,
        passphrase::Passphrase,
        role::{Proof, Register},
        strength::{self, About, Judgement},
        validation::ValidationError,
    },
    store::{ClientRow, NewPassphrase, PassphraseRow, StoreError, Traced, Tx},
};

/// What the branch enters from the signed form, and what the client typed, twice.
pub(crate) struct Completion {
    /// the day on the signed form
    pub signed_on: chrono::NaiveDate,
    /// the passphrase
    pub passphrase: Passphrase,
    /// the passphrase again
    pub repeat: Passphrase,
}

/// Completes an application at the branch.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::ApplicationNotOpen`], [`Refusal::Invalid`] with every validation error
/// of the form and the passphrase, [`Refusal::Overloaded`].
pub(crate) async fn complete(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
    completion: Completion,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationCompleted;
    let application = find(app, proof, origin, action, id).await?;
    let by = Completer::Branch(proof.actor().into());
    carry_out(app, by, origin, application, completion).await
}

/// By whom an application is completed.
#[derive(Clone)]
pub(super) enum Completer {
    /// a branch specialist, who typed what the client said, or had the client type it there
    Branch(Who),
    /// the client, over an entry link that a branch specialist made
    Client(Box<EntryLink>, Who),
}

impl Completer {
    /// The specialist who answers for it.
    fn who(&self) -> &Who {
        match self {
            Self::Branch(who) | Self::Client(_, who) => who,
        }
    }

    /// An event about an application: where the client typed, by which link.
    fn event(
        &self,
        origin: &Origin,
        at: DateTime<Utc>,
        action: Action,
        application: &Application,
    ) -> Event {
        let mut event = Event::of_nobody(origin, at, action)
            .client(&application.draft.client_id)
            .subject(&application.draft.id);
        event.actor = Some(self.who().clone());
        match self {
            Self::Branch(_) => event,
            Self::Client(link, _) => event.details(Details::entry_link(&link.id)),
        }
    }

    /// Why the application's link ends with it.
    fn link_end(&self) -> LinkEnd {
        match self {
            Self::Branch(_) => LinkEnd::Completed,
            Self::Client(..) => LinkEnd::Done,
        }
    }

    /// Whether the link over which it came, if any, is still open.
    fn may_still(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
        match self {
            Self::Branch(_) => Ok(true),
            Self::Client(link, _) => {
                let link = tx.entry_link(&link.id)?;
                Ok(link.is_some_and(|link| link.state(now) == LinkState::Opened))
            }
        }
    }

    /// Where the repeated entry is in the body of the request.
    fn repeat_pointer(&self) -> &'static str {
        match self {
            Self::Branch(_) => "/passphrase_repeat",
            Self::Client(..) => "/passphrase_repeated",
        }
    }
}

/// Completes an application that was read.
///
/// # Errors
/// As for [`complete`].
pub(super) async fn carry_out(
    app: &App,
    by: Completer,
    origin: &Origin,
    application: Application,
    completion: Completion,
) -> Result<Application, Refusal> {
    let now = app.clock.now();
    let event = by.event(origin, now, Action::ApplicationCompleted, &application);
    if application.check_open(now).is_err() {
        return Err(refuse_over(app, event).await);
    }
    let client_id = application.draft.client_id.clone();
    let client = app
        .store
        .read(move |reader| reader.client(&client_id))
        .await?
        .ok_or(Refusal::Unknown)?;
    let mut errors = form_errors(app, &application, completion.signed_on);
    if !completion.passphrase.is_same_entry(&completion.repeat) {
        errors.push(FieldError::at(
            by.repeat_pointer(),
            ValidationError::PassphrasesDiffer,
        ));
    }
    let judgement = judge(app, &completion.passphrase, Some(&client)).await;
    errors.extend(weaknesses(&judgement).map(|error| FieldError::at("/passphrase", error)));
    if !errors.is_empty() {
        let reason = errors[0].error.code();
        let refused = event.outcome(EventOutcome::Refused).reason(reason);
        app.store.record(refused).await?;
        return Err(Refusal::Invalid(errors));
    }
    let made = hash(app, &completion.passphrase).await?;
    let completed = application
        .complete(now, &by.who().id, completion.signed_on)
        .map_err(|NotOpen| not_open())?;
    save(app, by, origin, completed, made).await
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
    by: Completer,
    origin: &Origin,
    application: Application,
    passphrase: NewPassphrase,
) -> Result<Application, Refusal> {
    let now = app.clock.now();
    let origin = origin.clone();
    app.store
        .write(move |tx| {
            let about = |action| by.event(&origin, now, action, &application);
            let completed = about(Action::ApplicationCompleted);
            let refused = completed.clone().outcome(EventOutcome::Refused);
            let (client_id, id) = (&application.draft.client_id, &application.draft.id);
            // The passphrase is locked before the application: a block or a destruction at this moment
            // either finds the passphrase set, or has cancelled the draft. The application is locked before
            // its entry link: a link that is made at this moment finds it completed, or ended this one.
            let stored = tx.passphrase_for_update(client_id)?;
            let is_open = tx
                .application_for_update(id)?
                .is_some_and(|stored| stored.check_open(now).is_ok());
            if !is_open || !by.may_still(tx, now)? {
                return Ok(Traced::new(None, refused));
            }
            let why = by.link_end();
            let link = tx.end_entry_link(id, now, why)?;
            tx.end_draft(&application)?;
            tx.set_passphrase(client_id, &passphrase, id, now)?;
            tx.close_verifications_of(client_id, now)?;
            let action = if PassphraseRow::state(stored.as_ref(), now).has_hash() {
                Action::PassphraseChanged
            } else {
                Action::PassphraseSet
            };
            let set = about(action).outcome(EventOutcome::Active);
            let ended = link.map(|link| link_ended(&completed, id, &link, why));
            let completed = completed.clone().outcome(EventOutcome::Completed);
            Ok(Traced::new(Some(application.clone()), completed)
                .and(set)
                .with(ended))
        })
        .await?
        .ok_or_else(not_open)
}

fn not_open() -> Refusal {
    Refusal::Conflict(Conflict::ApplicationNotOpen)
}
