//! Receivers of webhooks, as an admin keeps them.

use actix_web::{HttpResponse, http::header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    extract::{Body, Call, Fields, Guard, PathPart, Query},
    openapi::values,
    problem::Problem,
    shapes::{PageBody, Paging, line, needed, present, short_line},
};
use crate::{
    domain::{calendar::write_time, flaw::Flaw, role::Administer, webhook::TOLD},
    flows::webhooks::{self, Endpoint, Registration},
    store::EndpointChange,
};

/// A receiver to be registered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookBody {
    /// where to: `https`, without user and fragment, in the open network
    #[schema(required = true, value_type = values::WebhookUrl)]
    pub url: Option<String>,
    /// which events it is told; all where this is left out or null
    #[schema(value_type = Option<Vec<values::WebhookEvent>>, min_items = 1)]
    pub events: Option<Vec<String>>,
    /// what it is for
    #[validate(length(min = 1, max = 200))]
    #[schema(value_type = Option<values::Line>)]
    pub description: Option<String>,
}

/// Whether a receiver is told anything.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WebhookStatus {
    Active,
    Disabled,
}

/// Since when and until when a secret signs.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecretBody {
    /// since when
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// until when, once it is rotated; null for the current one
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
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
    #[schema(required = true, value_type = Option<Vec<values::WebhookEvent>>)]
    pub events: Option<Vec<String>>,
    /// what it is for
    #[schema(required = true)]
    pub description: Option<String>,
    /// whether it is told anything
    #[schema(value_type = WebhookStatus)]
    pub status: &'static str,
    /// why it is disabled: `admin`, or `gone` where it answered 410
    #[schema(required = true)]
    pub disabled_because: Option<String>,
    /// its secrets, the newest first
    pub secrets: Vec<WebhookSecretBody>,
    /// since when it is registered
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// a secret that was just made, shown once
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
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

fn is_active(status: String) -> Result<bool, Flaw> {
    match status.as_str() {
        "active" => Ok(true),
        "disabled" => Ok(false),
        _ => Err(Flaw::NotOneOf(&["active", "disabled"])),
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

/// Registers a receiver of webhooks.
///
/// Its secret is shown in this answer and never again. The address is `https`, has no user and no
/// fragment, and lies in the open network.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = "webhooks",
    operation_id = "register_webhook",
    security(("bearer" = ["admin"])),
    request_body = NewWebhookBody,
    responses((status = 201, description = "Registered", body = WebhookBody, headers(("Location" = String, description = "where it is")))),
    extensions(("x-problems" = json!(["too_many_webhooks"]))),
)]
pub async fn register(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewWebhookBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let url = fields.need("/url", body.url, line);
    let events = fields.may("/events", body.events, events);
    let description = fields.may("/description", body.description, short_line);
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

/// Lists receivers of webhooks.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = "webhooks",
    operation_id = "list_webhooks",
    security(("bearer" = ["admin"])),
    params(Paging),
    responses((status = 200, description = "A page of receivers", body = PageBody<WebhookBody>)),
)]
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

/// Reads a receiver of webhooks.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "read_webhook",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 200, description = "The receiver", body = WebhookBody)),
)]
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
#[schema(min_properties = 1)]
pub struct WebhookPatch {
    /// another address
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = values::WebhookUrl, required = false)]
    pub url: Option<Option<String>>,
    /// other events; null for all
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<values::WebhookEvent>>, min_items = 1)]
    pub events: Option<Option<Vec<String>>>,
    /// another description; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<values::Line>)]
    pub description: Option<Option<String>>,
    /// `active` or `disabled`
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = WebhookStatus, required = false)]
    pub status: Option<Option<String>>,
}

/// Changes, disables or enables a receiver of webhooks.
///
/// What is left out stays; `events: null` tells it everything. One that is enabled again gets what has
/// waited for it.
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "change_webhook",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver")),
    request_body = WebhookPatch,
    responses((status = 200, description = "The receiver as it is now", body = WebhookBody)),
)]
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
        url: fields.may("/url", body.url, needed(line)),
        events: fields.may("/events", body.events, |named| {
            named.map(events).transpose()
        }),
        description: fields.may("/description", body.description, |text| {
            text.map(short_line).transpose()
        }),
        is_active: fields.may("/status", body.status, needed(is_active)),
    };
    let change = fields.finish(Some(change))?;
    let endpoint = webhooks::change(&call.app, &guard, &call.origin, &id, change).await?;
    Ok(HttpResponse::Ok().json(WebhookBody::of(endpoint, None)))
}

/// Removes a receiver of webhooks, with all that waits for it.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "remove_webhook",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 204, description = "Removed")),
)]
pub async fn remove(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    webhooks::remove(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a new secret; the one before signs beside it for a day.
///
/// It is shown in this answer and never again.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/secrets",
    tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 201, description = "The new secret", body = WebhookBody)),
)]
pub async fn rotate(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let (endpoint, secret) = webhooks::rotate(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Created().json(WebhookBody::of(endpoint, Some(secret))))
}
