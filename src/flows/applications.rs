//! Applications: drafted, read, printed, cancelled.

use super::{
    Conflict, Page, Refusal,
    audit::{missed, missed_client},
};
use crate::{
    app::App,
    domain::{
        application::{Application, DRAFT_HOURS, IdentityDocument, Kind, Progress, Representative},
        audit::{Action, Event, Origin},
        calendar::business_day,
        identifier::BranchCode,
        role::{Proof, Register},
    },
    store::{BranchRow, ClientRow, PassphraseRow, StoreError, Taken, Traced},
};

/// An application to be drafted.
pub struct Draft {
    /// whose passphrase
    pub client_id: String,
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
pub async fn draft(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    draft: Draft,
) -> Result<Application, Refusal> {
    let now = app.clock.now();
    let today = business_day(app.settings.time_zone, now);
    let action = Action::ApplicationDrafted;
    let actor = proof.actor().clone();
    let wanted = draft.client_id.clone();
    if !app
        .store
        .read(move |reader| reader.has_client(&wanted))
        .await?
    {
        return Err(missed_client(app, &actor, origin, action, &draft.client_id).await);
    }
    let event = Event::by(&actor, origin, now, action).client(&draft.client_id);
    let flaws = draft.representative.as_ref().map(|who| who.flaws_on(today));
    if let Some(flaws) = flaws.filter(|flaws| !flaws.is_empty()) {
        let reason = flaws[0].flaw.code();
        let refused = event.outcome("refused").reason(reason);
        app.store.record(refused).await?;
        return Err(Refusal::Invalid(flaws));
    }
    let branch_code = actor.branch_code.clone().unwrap_or_default();
    let id = app.new_id();
    let event = event.subject(&id);
    let year = chrono::Datelike::year(&today);
    app.store
        .write(move |tx| {
            // Held before any application is, as everybody does: whoever ends the passphrase at this
            // moment either finds this draft, or is found by it.
            let held = tx.passphrase_for_update(&draft.client_id)?;
            let has_hash = PassphraseRow::state(held.as_ref(), now).has_hash();
            let serial = tx.next_number(&format!("application:{branch_code}:{year}"))?;
            let application = Application {
                id: id.clone(),
                number: format!("{branch_code}-{year}-{serial:06}"),
                kind: if has_hash { Kind::Change } else { Kind::Set },
                client_id: draft.client_id.clone(),
                branch_code: branch_code.clone(),
                drafted_by: actor.id.clone(),
                drafted_at: now,
                identity_document: draft.identity_document,
                representative: draft.representative.clone(),
                progress: Progress::Draft,
            };
            tx.insert_draft(&application, now - chrono::TimeDelta::hours(DRAFT_HOURS))?;
            Ok(Traced::new(application, event.clone().outcome("drafted")))
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
pub async fn read(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &str,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationViewed;
    let application = find(app, proof, origin, action, id).await?;
    record_look(app, proof, origin, &application, action).await?;
    Ok(application)
}

/// What stands on the paper.
pub struct Printed {
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
pub async fn print(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &str,
) -> Result<Printed, Refusal> {
    let action = Action::ApplicationPrinted;
    let application = find(app, proof, origin, action, id).await?;
    let client_id = application.client_id.clone();
    let code = BranchCode::parse(&application.branch_code).ok();
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
    record_look(app, proof, origin, &application, action).await?;
    Ok(Printed {
        application,
        client,
        branch,
    })
}

async fn record_look(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    application: &Application,
    action: Action,
) -> Result<(), Refusal> {
    let event = Event::by(proof.actor(), origin, app.clock.now(), action)
        .client(&application.client_id)
        .subject(&application.id)
        .outcome("read");
    app.store.record(event).await?;
    Ok(())
}

/// A client's applications, newest first.
///
/// # Errors
/// [`Refusal::Unknown`] where there is no such client.
pub async fn list(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    client_id: &str,
    before: Option<String>,
    limit: i64,
) -> Result<Page<Application>, Refusal> {
    let wanted = client_id.to_owned();
    let rows = app
        .store
        .read(move |reader| {
            if !reader.has_client(&wanted)? {
                return Ok(None);
            }
            reader
                .applications_of(&wanted, before.as_deref(), limit + 1)
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
    .outcome("listed");
    app.store.record(event).await?;
    Ok(Page::of(rows, limit, |application| application.id.clone()))
}

/// Gives an application up.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::ApplicationNotOpen`].
pub async fn cancel(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &str,
    reason: String,
) -> Result<Application, Refusal> {
    let action = Action::ApplicationCancelled;
    let mut application = find(app, proof, origin, action, id).await?;
    let now = app.clock.now();
    if application.open(now).is_err() {
        return Err(refuse_over(app, proof, origin, action, &application).await);
    }
    let by = proof.actor().id.clone();
    application.progress = Progress::Cancelled {
        at: now,
        by,
        reason: reason.clone(),
    };
    let event = Event::by(proof.actor(), origin, now, action)
        .client(&application.client_id)
        .subject(&application.id)
        .reason(&reason);
    let ended = application.clone();
    let was_open = app
        .store
        .write(move |tx| {
            let was_open = tx.end_draft(&ended.id, &ended.progress)?;
            Ok(Traced::new(
                was_open,
                event
                    .clone()
                    .outcome(if was_open { "cancelled" } else { "refused" }),
            ))
        })
        .await?;
    if was_open {
        Ok(application)
    } else {
        Err(Refusal::Conflict(Conflict::ApplicationNotOpen))
    }
}

/// Records that a step was asked for of an application that is not open, and gives the refusal.
pub(super) async fn refuse_over(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    step: Action,
    application: &Application,
) -> Refusal {
    let event = Event::by(proof.actor(), origin, app.clock.now(), step)
        .client(&application.client_id)
        .subject(&application.id)
        .outcome("refused")
        .reason("application_not_open");
    match app.store.record(event).await {
        Ok(()) => Refusal::Conflict(Conflict::ApplicationNotOpen),
        Err(error) => error.into(),
    }
}

/// The application with an id, for a step; that there is none is recorded.
pub(super) async fn find(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    step: Action,
    id: &str,
) -> Result<Application, Refusal> {
    let wanted = id.to_owned();
    let found = app
        .store
        .read(move |reader| reader.application(&wanted))
        .await?;
    match found {
        Some(application) => Ok(application),
        None => Err(missed(app, proof.actor(), origin, step, id).await),
    }
}
