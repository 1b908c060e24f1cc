//! Reading the audit, which is itself recorded.

use std::collections::HashMap;

use super::{
    Page, Refusal,
    verify_audit::{self, AuditReport},
};
use crate::{
    app::{App, chain_head},
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        id::ClientId,
        role::{Accesses, Actor, Audit, Proof},
        seal::Seal,
        validation::ValidationError,
    },
    store::{EventFilter, RecordedEvent, StoreError},
};

/// Reads events, newest first.
pub(crate) async fn events(
    app: &App,
    proof: &Proof<Audit>,
    origin: &Origin,
    filter: EventFilter,
    limit: i64,
) -> Result<Page<RecordedEvent>, Refusal> {
    let page = page(app, filter, limit).await?;
    record(app, proof.actor(), origin, Action::AuditRead, None).await?;
    Ok(page)
}

/// Maximum length, in characters, of an unknown id as it is recorded. A real id is shorter, and a request
/// may hold anything.
const MAX_MISSED: usize = 100;

/// Records that somebody asked for an id that does not exist, and gives the refusal. The event's subject is
/// that id.
pub(super) async fn missed(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    action: Action,
    id: &str,
) -> Refusal {
    let event = Event::by(actor, origin, app.clock.now(), action);
    missed_by(app, event, id).await
}

/// As [`missed`], for an event that already says more about the request.
pub(super) async fn missed_by(app: &App, event: Event, id: &str) -> Refusal {
    let asked: String = id.chars().take(MAX_MISSED).collect();
    let mut event = event.subject(&asked).outcome(EventOutcome::NotFound);
    event.client_id = None;
    match app.store.record(event).await {
        Ok(()) => Refusal::Unknown,
        Err(error) => error.into(),
    }
}

/// The same for a client id in the body of a request, which is a validation error of that field.
pub(super) async fn missed_client(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    action: Action,
    id: &str,
) -> Refusal {
    match missed(app, actor, origin, action, id).await {
        Refusal::Unknown => Refusal::invalid("/client_id", ValidationError::UnknownClient),
        other => other,
    }
}

/// Reads what somebody did about a client.
///
/// # Errors
/// [`Refusal::Unknown`] where there is no such client.
pub(crate) async fn accesses(
    app: &App,
    proof: &Proof<Accesses>,
    origin: &Origin,
    client_id: &ClientId,
    before: Option<i64>,
    limit: i64,
) -> Result<Page<RecordedEvent>, Refusal> {
    let requested = client_id.to_owned();
    if !app
        .store
        .read(move |reader| reader.has_client(&requested))
        .await?
    {
        let action = Action::AccessesRead;
        return Err(missed(app, proof.actor(), origin, action, client_id).await);
    }
    let filter = EventFilter {
        client_id: Some(client_id.to_owned()),
        with_actor: true,
        before,
        ..EventFilter::default()
    };
    let page = page(app, filter, limit).await?;
    record(
        app,
        proof.actor(),
        origin,
        Action::AccessesRead,
        Some(client_id),
    )
    .await?;
    Ok(page)
}

/// Seals, newest first, and the public halves of the keys that signed them.
pub(crate) async fn seals(
    app: &App,
    proof: &Proof<Audit>,
    origin: &Origin,
    before: Option<i64>,
    limit: i64,
) -> Result<(Page<Seal>, HashMap<String, Vec<u8>>), Refusal> {
    let (seals, keys) = app
        .store
        .read(move |reader| Ok((reader.seals_before(before, limit + 1)?, reader.seal_keys()?)))
        .await?;
    record(app, proof.actor(), origin, Action::AuditRead, None).await?;
    let page = Page::of(seals, limit, |seal| seal.number.to_string());
    Ok((page, keys.into_iter().collect()))
}

/// Verifies the whole audit, and records the result.
pub(crate) async fn verify(
    app: &App,
    proof: &Proof<Audit>,
    origin: &Origin,
) -> Result<AuditReport, Refusal> {
    let folder = app.settings.data_dir.clone();
    let known = tokio::task::spawn_blocking(move || chain_head::recall(&folder)).await;
    let known = known
        .map_err(std::io::Error::other)
        .and_then(|recalled| recalled)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let report = verify_audit::verify(app, known.as_slice(), |_, _| {}).await?;
    let mut event = Event::by(
        proof.actor(),
        origin,
        app.clock.now(),
        Action::AuditVerified,
    );
    event = event.outcome(if report.first_bad.is_some() {
        EventOutcome::Bad
    } else {
        EventOutcome::Good
    });
    event.reason = report.first_bad.as_ref().map(ToString::to_string);
    app.store.record(event).await?;
    Ok(report)
}

async fn page(app: &App, filter: EventFilter, limit: i64) -> Result<Page<RecordedEvent>, Refusal> {
    let rows = app
        .store
        .read(move |reader| reader.events(&filter, limit + 1))
        .await?;
    Ok(Page::of(rows, limit, |row| row.seq.to_string()))
}

async fn record(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    action: Action,
    client_id: Option<&ClientId>,
) -> Result<(), Refusal> {
    let mut event = Event::by(actor, origin, app.clock.now(), action).outcome(EventOutcome::Read);
    event.client_id = client_id.cloned();
    app.store.record(event).await?;
    Ok(())
}
