//! Receivers of webhooks, as an admin keeps them.

use actix_web::{HttpResponse, http::header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    extract::{Body, Call, Fields, Guard, PathPair, PathPart, Query},
    problem::Problem,
    shapes::{PageBody, Paging, event_mark, line, present},
    words::Code,
};
use crate::{
    domain::{
        calendar::{parse_time, write_time},
        flaw::Flaw,
        role::Administer,
        webhook::TOLD,
    },
    flows::{
        FieldFlaw,
        webhooks::{self, Endpoint, Registration},
    },
    store::{DeliveryRow, DeliveryState, EndpointChange},
};

/// A receiver to be registered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookBody {
    /// where to: `https`, without user and fragment, in the open network
    #[schema(required = true, value_type = String, max_length = 2048, example = "https://sms.example.kz/qupia")]
    pub url: Option<String>,
    /// which events it is told; all where this is left out or null
    #[schema(value_type = Option<Vec<WebhookEvent>>, min_items = 1)]
    pub events: Option<Vec<String>>,
    /// what it is for
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "the SMS gateway")]
    pub description: Option<String>,
}

/// An event that receivers are told of.
#[derive(ToSchema)]
pub enum WebhookEvent {
    #[schema(rename = "passphrase.set")]
    PassphraseSet,
    #[schema(rename = "passphrase.changed")]
    PassphraseChanged,
    #[schema(rename = "passphrase.locked")]
    PassphraseLocked,
    #[schema(rename = "passphrase.disabled")]
    PassphraseDisabled,
    #[schema(rename = "passphrase.blocked")]
    PassphraseBlocked,
    #[schema(rename = "passphrase.destroyed")]
    PassphraseDestroyed,
    #[schema(rename = "inquiry.made")]
    InquiryMade,
}

/// Whether a receiver is told anything.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WebhookStatus {
    Active,
    Disabled,
}

/// How a delivery stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WebhookDeliveryStatus {
    Pending,
    Delivered,
    Dead,
}

/// Since when and until when a secret signs.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecretBody {
    /// since when
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// until when, once it is rotated; null for the current one
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<String>,
}

/// A receiver.
#[derive(Serialize, ToSchema)]
pub struct WebhookBody {
    /// id
    pub id: String,
    /// where to
    #[schema(example = "https://sms.example.kz/qupia")]
    pub url: String,
    /// which events it is told; null for all
    #[schema(value_type = Option<Vec<WebhookEvent>>)]
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
    /// whether it is told anything
    #[schema(value_type = WebhookStatus)]
    pub status: &'static str,
    /// why it is disabled: `admin`, or `gone` where it answered 410
    pub disabled_because: Option<String>,
    /// its secrets, the newest first
    pub secrets: Vec<WebhookSecretBody>,
    /// since when it is registered
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// a secret that was just made, shown once
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Password, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
}

impl WebhookBody {
    fn of(endpoint: Endpoint, secret: Option<SecretString>) -> Self {
        let Endpoint { row, secrets } = endpoint;
        let secrets = secrets.into_iter().map(|secret| WebhookSecretBody {
            created_at: write_time(secret.created_at),
            expires_at: secret.expires_at.map(write_time),
        });
        Self {
            id: row.id,
            url: row.url,
            events: row.events,
            description: row.description,
            status: if row.is_active { "active" } else { "disabled" },
            disabled_because: row.disabled_because,
            secrets: secrets.collect(),
            created_at: write_time(row.created_at),
            secret: secret.map(|secret| secret.expose_secret().to_owned()),
        }
    }
}

/// A message to one receiver, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct WebhookDeliveryBody {
    /// id of the delivery
    pub id: String,
    /// id of the message: `webhook-id`, the same at every attempt
    #[schema(example = "msg_019c1234-5678-7abc-8def-0123456789ab")]
    pub message_id: String,
    /// what it tells
    #[schema(value_type = WebhookEvent)]
    pub event: String,
    /// how it stands
    #[schema(value_type = WebhookDeliveryStatus)]
    pub status: &'static str,
    /// how often it was tried
    pub attempts: u32,
    /// when it is tried next, while it is pending; later where an earlier message about the same
    /// client is still to be delivered
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<String>,
    /// when it was tried last
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_attempt_at: Option<String>,
    /// the status that the receiver answered last
    #[schema(example = 503)]
    pub last_status: Option<u16>,
    /// why there was no answer: `address_not_allowed`, `timed_out`, `not_connected`, `broken_off`
    pub last_error: Option<String>,
    /// when it was written
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

impl From<DeliveryRow> for WebhookDeliveryBody {
    fn from(row: DeliveryRow) -> Self {
        let is_pending = row.state == DeliveryState::Pending;
        Self {
            id: row.seq.to_string(),
            message_id: row.message_id,
            event: row.event,
            status: row.state.name(),
            attempts: row.attempts,
            next_attempt_at: is_pending.then(|| write_time(row.next_at)),
            last_attempt_at: row.last_at.map(write_time),
            last_status: row.last_status,
            last_error: row.last_error,
            created_at: write_time(row.created_at),
        }
    }
}

/// Some of the events, each once, in the order of the contract.
fn events(named: Vec<String>) -> Result<Vec<String>, Flaw> {
    if named.is_empty() {
        return Err(Flaw::Blank);
    }
    if !named.iter().all(|name| TOLD.contains(&name.as_str())) {
        return Err(Flaw::NotOneOf(TOLD));
    }
    let wanted = TOLD
        .iter()
        .filter(|told| named.iter().any(|name| name == *told));
    Ok(wanted.map(|told| (*told).to_owned()).collect())
}

/// `POST /v1/webhooks`
pub async fn register(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewWebhookBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let url = fields.need("/url", body.url, line);
    let events = fields.may("/events", body.events, events);
    let description = fields.may("/description", body.description, line);
    let registration = Registration {
        url: fields.finish(url)?,
        events,
        description,
    };
    let (endpoint, secret) =
        webhooks::register(&call.app, &guard, &call.origin, registration).await?;
    let location = format!("/v1/webhooks/{}", endpoint.row.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(WebhookBody::of(endpoint, Some(secret))))
}

/// `GET /v1/webhooks`
pub async fn list(
    guard: Guard<Administer>,
    call: Call,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse()?;
    let page = webhooks::list(&call.app, &guard, after, limit).await?;
    let page = PageBody::of(page, |endpoint| WebhookBody::of(endpoint, None));
    Ok(HttpResponse::Ok().json(page))
}

/// `GET /v1/webhooks/{id}`
pub async fn read(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let endpoint = webhooks::read(&call.app, &guard, &id).await?;
    Ok(HttpResponse::Ok().json(WebhookBody::of(endpoint, None)))
}

/// What to change of a receiver; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    /// another address
    #[schema(max_length = 2048)]
    pub url: Option<String>,
    /// other events; null for all
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<WebhookEvent>>, min_items = 1)]
    pub events: Option<Option<Vec<String>>>,
    /// another description; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub description: Option<Option<String>>,
    /// `active` or `disabled`
    #[schema(value_type = Option<WebhookStatus>)]
    pub status: Option<String>,
}

/// The longest description, characters.
const MAX_DESCRIPTION: usize = 200;

/// `PATCH /v1/webhooks/{id}`
pub async fn change(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<WebhookPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let is_empty = body.url.is_none()
        && body.events.is_none()
        && body.description.is_none()
        && body.status.is_none();
    if is_empty {
        fields.note("", Flaw::NothingToChange);
    }
    let change = EndpointChange {
        url: fields.may("/url", body.url, line),
        events: fields.may("/events", body.events, |named| {
            named.map(events).transpose()
        }),
        description: fields.may("/description", body.description, |text| match text {
            Some(text) if text.chars().count() > MAX_DESCRIPTION => Err(Flaw::TooLong {
                max: MAX_DESCRIPTION,
            }),
            text => text.map(line).transpose(),
        }),
        is_active: fields.may("/status", body.status, |status| match status.as_str() {
            "active" => Ok(true),
            "disabled" => Ok(false),
            _ => Err(Flaw::NotOneOf(&["active", "disabled"])),
        }),
    };
    let change = fields.finish(Some(change))?;
    let endpoint = webhooks::change(&call.app, &guard, &call.origin, &id, change).await?;
    Ok(HttpResponse::Ok().json(WebhookBody::of(endpoint, None)))
}

/// `DELETE /v1/webhooks/{id}`
pub async fn remove(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    webhooks::remove(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/webhooks/{id}/secrets`
pub async fn rotate(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let (endpoint, secret) = webhooks::rotate(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Created().json(WebhookBody::of(endpoint, Some(secret))))
}

/// Which deliveries are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    status: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET /v1/webhooks/{id}/deliveries`
pub async fn deliveries(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
    Query(query): Query<DeliveryQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = Paging {
        limit: query.limit,
        cursor: query.cursor,
    }
    .parse()?;
    let state = query.status.as_deref().map(DeliveryState::from_name);
    if state == Some(None) {
        let flaw = Flaw::NotOneOf(DeliveryState::NAMES);
        return Err(Problem::invalid(vec![FieldFlaw::at("status", flaw)]));
    }
    let (state, before) = (state.flatten(), event_mark(mark)?);
    let page = webhooks::deliveries(&call.app, &guard, &id, state, before, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(page, WebhookDeliveryBody::from)))
}

/// `POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay`
pub async fn replay(
    guard: Guard<Administer>,
    call: Call,
    PathPair(id, delivery): PathPair,
) -> Result<HttpResponse, Problem> {
    let delivery = delivery.parse::<i64>();
    let delivery = delivery.map_err(|_| Problem::new(Code::NotFound))?;
    let row = webhooks::replay(&call.app, &guard, &call.origin, &id, delivery).await?;
    Ok(HttpResponse::Accepted().json(WebhookDeliveryBody::from(row)))
}

/// Which dead letters are sent again.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    /// those written at this time or later; all where it is left out
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<String>,
}

/// How many dead letters are sent again.
#[derive(Serialize, ToSchema)]
pub struct ReplayedBody {
    /// how many
    pub replayed: usize,
}

/// `POST /v1/webhooks/{id}/replay`
pub async fn replay_dead(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<ReplayBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let since = fields.may("/since", body.since, |text| parse_time(&text));
    fields.finish(Some(()))?;
    let replayed = webhooks::replay_dead(&call.app, &guard, &call.origin, &id, since).await?;
    Ok(HttpResponse::Accepted().json(ReplayedBody { replayed }))
}
