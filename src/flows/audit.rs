//! The audit is read, which is itself recorded.

use super::{Page, Refusal};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        role::{Accesses, Actor, Audit, Proof},
    },
    store::{EventFilter, RecordedEvent},
};

/// Reads events, newest first.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn events(
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

/// Reads what somebody did about a client.
///
/// # Errors
/// [`Refusal::Unknown`] where there is no such client.
pub async fn accesses(
    app: &App,
    proof: &Proof<Accesses>,
    origin: &Origin,
    client_id: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Page<RecordedEvent>, Refusal> {
    let wanted = client_id.to_owned();
    if !app
        .store
        .read(move |reader| reader.has_client(&wanted))
        .await?
    {
        return Err(Refusal::Unknown);
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
    client_id: Option<&str>,
) -> Result<(), Refusal> {
    let mut event = Event::by(actor, origin, app.clock.now(), action).outcome("read");
    event.client_id = client_id.map(str::to_owned);
    app.store.record(event).await?;
    Ok(())
}
