//! Applications: drafted, read, printed, cancelled.

use chrono::NaiveDate;

use super::{
    Conflict, FieldError, Page, Refusal,
    audit::{missed, missed_client},
};
use crate::{
    app::App,
    domain::{
        application::{
            Application, ApplicationKind, DRAFT_HOURS, Draft, IdentityDocument, Representative,
        },
        audit::{Action, Event, EventOutcome, Origin},
        calendar::business_day,
        entry::{LinkEnd, ended as link_ended},
        id::{ApplicationId, ClientId},
        identifier::BranchCode,
        role::{Proof, Register},
    },
    store::{BranchRow, ClientRow, PassphraseRow, StoreError, Taken, Traced},
};

/// What is drafted.
pub(crate) struct DraftRequest {
    /// whose passphrase
    pub client_id: ClientId,
    /// what identity document was seen
    pub identity_document: IdentityDocument,
    /// who signs for the client
    pub representative: Option<Representative>,
}

/// Drafts an application, to be printed and signed.
///
/// # Errors
/// [`Refusal::Invalid`] for an unknown client or a mandate that does not hold today,
/// [`Conflict::ApplicationAlreadyOpen`].
pub(crate) async fn draft(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    request: DraftRequest,
) -> Result<Application, Refusal> {
    let now = app.clock.now();
    let today = business_day(app.settings.time_zone, now);
    let action = Action::ApplicationDrafted;
    let actor = proof.actor().clone();
    let requested = request.client_id.clone();
    if !app
        .store
        .read(move |reader| reader.has_client(&requested))
        .await?
    {
        return Err(missed_client(app, &actor, origin, action, &request.client_id).await);
    }
    let event = Event::by(&actor, origin, now, action).client(&request.client_id);
    let errors = request
        .representative
        .as_ref()
        .map(|who| who.errors_on(today));
    if let Some(errors) = errors.filter(|errors| !errors.is_empty()) {
        let reason = errors[0].error.code();
        let refused = event.outcome(EventOutcome::Refused).reason(reason);
        app.store.record(refused).await?;
        return Err(Refusal::Invalid(errors));
    }
    let branch_code = actor.branch_code.clone().unwrap_or_default();
    let id: ApplicationId = app.new_id();
    let event = event.subject(&id);
    let year = chrono::Datelike::year(&today);
    app.store
        .write(move |tx| {
            // The passphrase is locked before any application, in the same order everywhere: whoever ends
            // the passphrase at this moment either finds this draft, or is found by it.
            let stored = tx.passphrase_for_update(&request.client_id)?;
            let has_hash = PassphraseRow::state(stored.as_ref(), now).has_hash();
            let serial = tx.next_number(&format!("application:{branch_code}:{year}"))?;
            let draft = Draft {
                id: id.clone(),
                number: format!("{branch_code}-{year}-{serial:06}"),
                kind: if has_hash {
                    ApplicationKind::Change
                } else {
                    ApplicationKind::Set
                },
                client_id: request.client_id.clone(),
                branch_code: branch_code.clone(),
                drafted_by: actor.id.clone(),
                drafted_at: now,
                identity_document: request.identity_document,
                representative: request.representative.clone(),
            };
            tx.insert_draft(&draft, now - chrono::TimeDelta::hours(DRAFT_HOURS))?;
            Ok(Traced::new(
                Application::from(draft),
                event.clone().outcome(EventOutcome::Drafted),
            ))
        })
        .await
        .map_err(|error| match error {
            StoreError::Taken(Taken::OpenDraft) => {
                Refusal::Conflict(Conflict::ApplicationAlreadyOpen)
            }
            other => other.into(),
        })
}

/// Reads an application.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn read(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationViewed;
    let application = find(app, proof, origin, action, id).await?;
    record_read(app, proof, origin, &application, action).await?;
    Ok(application)
}

/// What is printed on the form.
pub(crate) struct Printed {
    /// the application
    pub application: Application,
    /// whose passphrase
    pub client: ClientRow,
    /// where it was drafted
    pub branch: Option<BranchRow>,
}

/// An application with its client and branch, to be printed.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn print(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
) -> Result<Printed, Refusal> {
    let action = Action::ApplicationPrinted;
    let application = find(app, proof, origin, action, id).await?;
    let client_id = application.draft.client_id.clone();
    let code = BranchCode::parse(&application.draft.branch_code).ok();
    let (client, branch) = app
        .store
        .read(move |reader| {
            let branch = match &code {
                Some(code) => reader.branch(code)?,
                None => None,
            };
            Ok((reader.client(&client_id)?, branch))
        })
        .await?;
    let client = client.ok_or(Refusal::Unknown)?;
    record_read(app, proof, origin, &application, action).await?;
    Ok(Printed {
        application,
        client,
        branch,
    })
}

async fn record_read(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    application: &Application,
    action: Action,
) -> Result<(), Refusal> {
    let event = Event::by(proof.actor(), origin, app.clock.now(), action)
        .client(&application.draft.client_id)
        .subject(&application.draft.id)
        .outcome(EventOutcome::Read);
    app.store.record(event).await?;
    Ok(())
}

/// A client's applications, newest first.
///
/// # Errors
/// [`Refusal::Unknown`] where there is no such client.
pub(crate) async fn list(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    client_id: &ClientId,
    before: Option<ApplicationId>,
    limit: i64,
) -> Result<Page<Application>, Refusal> {
    let requested = client_id.to_owned();
    let rows = app
        .store
        .read(move |reader| {
            if !reader.has_client(&requested)? {
                return Ok(None);
            }
            reader
                .applications_of(&requested, before.as_ref(), limit + 1)
                .map(Some)
        })
        .await?;
    let Some(rows) = rows else {
        let action = Action::ApplicationViewed;
        return Err(missed(app, proof.actor(), origin, action, client_id).await);
    };
    let event = Event::by(
        proof.actor(),
        origin,
        app.clock.now(),
        Action::ApplicationViewed,
    )
    .client(client_id)
    .outcome(EventOutcome::Listed);
    app.store.record(event).await?;
    Ok(Page::of(rows, limit, |application| {
        application.draft.id.to_string()
    }))
}

/// Cancels an application.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::ApplicationNotOpen`].
pub(crate) async fn cancel(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
    reason: String,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationCancelled;
    let application = find(app, proof, origin, action, id).await?;
    let now = app.clock.now();
    let step = Event::by(proof.actor(), origin, now, action)
        .client(&application.draft.client_id)
        .subject(&application.draft.id);
    let Ok(cancelled) = application.cancel(now, &proof.actor().id, &reason) else {
        return Err(refuse_over(app, step).await);
    };
    let event = step.reason(&reason);
    let ended = cancelled.clone();
    let was_open = app
        .store
        .write(move |tx| {
            if !tx.end_draft(&ended)? {
                return Ok(Traced::new(
                    false,
                    event.clone().outcome(EventOutcome::Refused),
                ));
            }
            let (id, why) = (&ended.draft.id, LinkEnd::Cancelled);
            let link = tx.end_entry_link(id, now, why)?;
            let cancelled = event.clone().outcome(EventOutcome::Cancelled);
            Ok(Traced::new(true, cancelled)
                .with(link.map(|link| link_ended(&event, id, &link, why))))
        })
        .await?;
    if was_open {
        Ok(cancelled)
    } else {
        Err(Refusal::Conflict(Conflict::ApplicationNotOpen))
    }
}

/// Records a step on an application that is no longer open, and gives the refusal.
pub(super) async fn refuse_over(app: &App, step: Event) -> Refusal {
    let event = step
        .outcome(EventOutcome::Refused)
        .reason("application_not_open");
    match app.store.record(event).await {
        Ok(()) => Refusal::Conflict(Conflict::ApplicationNotOpen),
        Err(error) => error.into(),
    }
}

/// The validation errors of the signed form on this day: of its date, and of a representative's document.
pub(super) fn form_errors(
    app: &App,
    application: &Application,
    signed_on: NaiveDate,
) -> Vec<FieldError> {
    let zone = app.settings.time_zone;
    let today = business_day(zone, app.clock.now());
    let drafted_on = business_day(zone, application.draft.drafted_at);
    let mut errors = Vec::new();
    if let Err(error) = Application::check_signed_on(signed_on, drafted_on, today) {
        errors.push(FieldError::at("/signed_on", error));
    }
    if let Some(who) = &application.draft.representative {
        errors.extend(who.errors_on(today));
    }
    errors
}

/// The application with an id, for a step. Where there is none, the attempt is recorded.
pub(super) async fn find(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    step: Action,
    id: &ApplicationId,
) -> Result<Application, Refusal> {
    let requested = id.to_owned();
    let found = app
        .store
        .read(move |reader| reader.application(&requested))
        .await?;
    match found {
        Some(application) => Ok(application),
        None => Err(missed(app, proof.actor(), origin, step, id).await),
    }
}
