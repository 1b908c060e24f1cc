//! Webhook endpoints, as an admin manages them.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::{Conflict, Page, Refusal, audit::missed};
use crate::{
    app::App,
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin},
        id::WebhookId,
        role::{Administer, Proof},
    },
    secrets::webhook::WebhookSecret,
    store::{
        DeliveryRow, DeliveryState, EndpointChange, EndpointRow, NewEndpoint, NewSecret, SecretRow,
        Traced,
    },
};

/// Maximum number of endpoints: each adds a row to every change of a passphrase.
const MOST_ENDPOINTS: i64 = 20;

/// An endpoint, and its secrets with the time in which they sign.
pub(crate) struct Receiver {
    /// the endpoint
    pub row: EndpointRow,
    /// its secrets, the newest first
    pub secrets: Vec<SecretRow>,
}

/// The data of a new endpoint.
pub(crate) struct Registration {
    /// the address
    pub url: String,
    /// which events; all where none is named
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
}

/// Registers an endpoint, with a secret that is shown once.
///
/// # Errors
/// [`Refusal::Invalid`] for an address that may not be called, [`Conflict::TooManyWebhooks`].
pub(crate) async fn register(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    registration: Registration,
) -> Result<(Receiver, SecretString), Refusal> {
    let url = check_url(app, &registration.url).await?;
    let new = NewEndpoint {
        id: app.new_id(),
        url,
        events: registration.events,
        description: registration.description,
    };
    let secret = new_secret(app);
    let shown = secret.secret.to_text();
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::WebhookCreated).subject(&new.id);
    let id = new.id.clone();
    let registered = app
        .store
        .write(move |tx| {
            if tx.count_endpoints()? >= MOST_ENDPOINTS {
                let refused = event.clone().outcome(EventOutcome::Refused);
                return Ok(Traced::new(false, refused));
            }
            tx.insert_endpoint(&new, &secret, now)?;
            Ok(Traced::new(
                true,
                event.clone().outcome(EventOutcome::Created),
            ))
        })
        .await?;
    if !registered {
        return Err(Refusal::Conflict(Conflict::TooManyWebhooks));
    }
    Ok((load(app, &id).await?.ok_or(Refusal::Unknown)?, shown))
}

async fn check_url(app: &App, url: &str) -> Result<String, Refusal> {
    let checked = app.outbound.check(url).await;
    let url = checked.map_err(|error| Refusal::invalid("/url", error))?;
    Ok(url.as_str().to_owned())
}

fn new_secret(app: &App) -> NewSecret {
    NewSecret {
        id: app.new_id(),
        secret: WebhookSecret::generate(&app.rng),
    }
}

/// An endpoint.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn read(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
) -> Result<Receiver, Refusal> {
    let action = Action::WebhookViewed;
    let endpoint = find(app, proof, origin, action, id).await?;
    record_read(app, proof, origin, Some(id), EventOutcome::Read).await?;
    Ok(endpoint)
}

/// The endpoint with an id, for a step. Where there is none, the attempt is recorded.
async fn find(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    step: Action,
    id: &WebhookId,
) -> Result<Receiver, Refusal> {
    match load(app, id).await? {
        Some(endpoint) => Ok(endpoint),
        None => Err(missed(app, proof.actor(), origin, step, id).await),
    }
}

async fn record_read(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: Option<&WebhookId>,
    outcome: EventOutcome,
) -> Result<(), Refusal> {
    let action = Action::WebhookViewed;
    let mut event = Event::by(proof.actor(), origin, app.clock.now(), action).outcome(outcome);
    event.subject_id = id.map(ToString::to_string);
    app.store.record(event).await?;
    Ok(())
}

async fn load(app: &App, id: &WebhookId) -> Result<Option<Receiver>, Refusal> {
    let (id, now) = (id.to_owned(), app.clock.now());
    let found = app
        .store
        .read(move |reader| {
            let Some(row) = reader.endpoint(&id)? else {
                return Ok(None);
            };
            let secrets = reader.secrets_of(&id, now)?;
            Ok(Some(Receiver { row, secrets }))
        })
        .await?;
    Ok(found)
}

/// Endpoints by id.
pub(crate) async fn list(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    after: Option<WebhookId>,
    limit: i64,
) -> Result<Page<Receiver>, Refusal> {
    let now = app.clock.now();
    let endpoints = app
        .store
        .read(move |reader| {
            let rows = reader.endpoints(after.as_ref(), limit + 1)?;
            let endpoints = rows.into_iter().map(|row| {
                let secrets = reader.secrets_of(&row.id, now)?;
                Ok(Receiver { row, secrets })
            });
            endpoints.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    record_read(app, proof, origin, None, EventOutcome::Listed).await?;
    Ok(Page::of(endpoints, limit, |endpoint| {
        endpoint.row.id.to_string()
    }))
}

/// Changes an endpoint. One that is switched on again gets its pending deliveries.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Invalid`] for an address that may not be called.
pub(crate) async fn change(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
    mut change: EndpointChange,
) -> Result<Receiver, Refusal> {
    if let Some(url) = change.url.take() {
        change.url = Some(check_url(app, &url).await?);
    }
    let outcome = match change.is_active {
        Some(true) => EventOutcome::Enabled,
        Some(false) => EventOutcome::Disabled,
        None => EventOutcome::Changed,
    };
    alter(app, proof, origin, id, outcome, move |tx, id| {
        tx.change_endpoint(id, &change)
    })
    .await?;
    load(app, id).await?.ok_or(Refusal::Unknown)
}

/// Removes an endpoint and its pending deliveries.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn remove(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
) -> Result<(), Refusal> {
    alter(app, proof, origin, id, EventOutcome::Removed, |tx, id| {
        tx.remove_endpoint(id)
    })
    .await
}

/// Makes a new secret, shown once; the old one signs beside it for a while.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn rotate(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
) -> Result<(Receiver, SecretString), Refusal> {
    let secret = new_secret(app);
    let shown = secret.secret.to_text();
    let now = app.clock.now();
    let old_until = now + TimeDelta::hours(i64::from(app.settings.webhooks.rotation_hours));
    alter(
        app,
        proof,
        origin,
        id,
        EventOutcome::Rotated,
        move |tx, id| tx.rotate_secret(id, &secret, now, old_until),
    )
    .await?;
    Ok((load(app, id).await?.ok_or(Refusal::Unknown)?, shown))
}

/// Changes an endpoint, which is locked meanwhile.
async fn alter<F>(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
    outcome: EventOutcome,
    step: F,
) -> Result<(), Refusal>
where
    F: Fn(&mut crate::store::Tx<'_>, &WebhookId) -> Result<(), crate::store::StoreError>
        + Send
        + 'static,
{
    let id = id.to_owned();
    let event = Event::by(
        proof.actor(),
        origin,
        app.clock.now(),
        Action::WebhookChanged,
    )
    .subject(&id);
    let altered = app
        .store
        .write(move |tx| {
            if tx.endpoint_for_update(&id)?.is_none() {
                let refused = event.clone().outcome(EventOutcome::NotFound);
                return Ok(Traced::new(false, refused));
            }
            step(tx, &id)?;
            Ok(Traced::new(true, event.clone().outcome(outcome)))
        })
        .await?;
    altered.then_some(()).ok_or(Refusal::Unknown)
}

/// Deliveries to an endpoint, newest first.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn deliveries(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: i64,
) -> Result<Page<DeliveryRow>, Refusal> {
    let action = Action::WebhookViewed;
    let endpoint = find(app, proof, origin, action, id).await?.row.id;
    let rows = app
        .store
        .read(move |reader| reader.deliveries(&endpoint, state, before, limit + 1))
        .await?;
    record_read(app, proof, origin, Some(id), EventOutcome::Read).await?;
    Ok(Page::of(rows, limit, |row| row.seq.to_string()))
}

/// Sends one message again under the same id, whatever its state.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn replay(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
    delivery: &str,
) -> Result<DeliveryRow, Refusal> {
    let action = Action::WebhookReplayed;
    let Ok(seq) = delivery.parse::<i64>() else {
        return Err(missed(app, proof.actor(), origin, action, id).await);
    };
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, action).subject(id);
    let id = id.to_owned();
    let again = app
        .store
        .write(move |tx| {
            let Some(delivery) = tx.delivery(&id, seq)? else {
                let refused = event.clone().outcome(EventOutcome::NotFound);
                return Ok(Traced::new(None, refused));
            };
            tx.replay_delivery(seq, now)?;
            let event = event
                .clone()
                .outcome(EventOutcome::Replayed)
                .details(Details {
                    message_id: Some(delivery.message_id),
                    ..Details::default()
                });
            Ok(Traced::new(tx.delivery(&id, seq)?, event))
        })
        .await?;
    again.ok_or(Refusal::Unknown)
}

/// Sends an endpoint's dead letters again, those written at `since` or later. Gives how many.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn replay_dead(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &WebhookId,
    since: Option<DateTime<Utc>>,
) -> Result<usize, Refusal> {
    let action = Action::WebhookReplayed;
    let id = find(app, proof, origin, action, id).await?.row.id;
    let event = Event::by(proof.actor(), origin, app.clock.now(), action).subject(&id);
    let now = event.at;
    let replayed = app
        .store
        .write(move |tx| {
            let replayed = tx.replay_dead(&id, since, now)?;
            let event = event
                .clone()
                .outcome(EventOutcome::Replayed)
                .details(Details::count(replayed as u64));
            Ok(Traced::new(replayed, event))
        })
        .await?;
    Ok(replayed)
}
