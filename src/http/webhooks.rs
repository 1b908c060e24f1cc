//! Receivers of webhooks, managed by admins.

use actix_web::{HttpResponse, http::header};
use serde::Deserialize;
use utoipa::IntoParams;

pub use self::bodies::{
    NewWebhookBody, ReplayBody, ReplayedBody, WebhookBody, WebhookDeliveryBody, WebhookPatch,
};
use super::{
    extract::{Body, Call, Fields, Guard, PathId, PathPair, Query},
    openapi::values,
    paging::{List, PageBody, Paging, event_mark},
    problem::Problem,
    shapes::{ActiveStatus, line, needed},
};
use crate::{
    domain::{
        calendar::parse_time, id::WebhookId, role::Administer, validation::ValidationError,
        webhook::EVENT_NAMES,
    },
    flows::{
        FieldError,
        webhooks::{self, Registration},
    },
    store::{DeliveryState, EndpointChange},
};

pub(crate) mod bodies;

/// Some of the events, each once, in the order of the contract.
fn events(named: Vec<String>) -> Result<Vec<String>, ValidationError> {
    if named.is_empty() {
        return Err(ValidationError::Blank);
    }
    if !named
        .iter()
        .all(|name| EVENT_NAMES.contains(&name.as_str()))
    {
        return Err(ValidationError::NotOneOf(EVENT_NAMES));
    }
    let chosen = EVENT_NAMES
        .iter()
        .filter(|event| named.iter().any(|name| name == *event));
    Ok(chosen.map(|event| (*event).to_owned()).collect())
}

/// Registers a receiver of webhooks (Standard Webhooks).
///
/// The `secret` is shown in this answer and never again; a repeated request with the same
/// `Idempotency-Key` is answered without it.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = "webhooks",
    operation_id = "register_webhook",
    request_body = NewWebhookBody,
    responses((status = 201, description = "Registered", body = WebhookBody, headers(("Location" = String, description = "where the receiver is read")))),
)]
pub(crate) async fn register(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewWebhookBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let url = fields.required("/url", body.url, line);
    let events = fields.optional("/events", body.events, events);
    let description = fields.optional("/description", body.description, line);
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

/// Lists receivers.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = "webhooks",
    operation_id = "list_webhooks",
    params(Paging),
    responses((status = 200, description = "A page of receivers", body = PageBody<WebhookBody>)),
)]
pub(crate) async fn list(
    guard: Guard<Administer>,
    call: Call,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse(&list)?;
    let page = webhooks::list(
        &call.app,
        &guard,
        &call.origin,
        after.map(WebhookId::from),
        limit,
    )
    .await?;
    let page = PageBody::of(&list, page, |endpoint| WebhookBody::of(endpoint, None));
    Ok(HttpResponse::Ok().json(page))
}

/// Reads a receiver.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "read_webhook",
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 200, description = "The receiver", body = WebhookBody)),
)]
pub(crate) async fn read(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    let endpoint = webhooks::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(WebhookBody::of(endpoint, None)))
}

/// Changes, disables or enables a receiver.
///
/// What is left out stays; `events: null` is all of them, `description: null` none; null elsewhere is 422.
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "change_webhook",
    params(("id" = values::Id, Path, description = "the receiver")),
    request_body = WebhookPatch,
    responses((status = 200, description = "The receiver as it is now", body = WebhookBody)),
)]
pub(crate) async fn change(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
    Body(body): Body<WebhookPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let change = EndpointChange {
        url: fields.optional("/url", body.url, needed(line)),
        events: fields.optional("/events", body.events, |named| {
            named.map(events).transpose()
        }),
        description: fields.optional("/description", body.description, |text| {
            text.map(line).transpose()
        }),
        is_active: fields.optional("/status", body.status, needed(ActiveStatus::is_active)),
    };
    let change = fields.finish(Some(change))?;
    let endpoint = webhooks::change(&call.app, &guard, &call.origin, &id, change).await?;
    Ok(HttpResponse::Ok().json(WebhookBody::of(endpoint, None)))
}

/// Removes a receiver.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    operation_id = "remove_webhook",
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 204, description = "Removed")),
)]
pub(crate) async fn remove(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    webhooks::remove(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Rotates a receiver's secret; the old one signs beside the new one for a while.
///
/// The new `secret` is shown in this answer and never again.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/secrets",
    tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = values::Id, Path, description = "the receiver")),
    responses((status = 201, description = "The receiver with the new secret", body = WebhookBody)),
)]
pub(crate) async fn rotate(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    let (endpoint, secret) = webhooks::rotate(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Created().json(WebhookBody::of(endpoint, Some(secret))))
}

/// Which deliveries to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// their status
    #[param(value_type = DeliveryState, required = false, inline)]
    status: Option<String>,
    /// maximum number of items
    #[param(value_type = i32, required = false, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// the `next_cursor` of the page before, of this list under these filters
    #[param(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// Lists a receiver's deliveries, newest first.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = "webhooks",
    operation_id = "list_deliveries",
    params(("id" = values::Id, Path, description = "the receiver"), DeliveryQuery),
    responses((status = 200, description = "A page of deliveries", body = PageBody<WebhookDeliveryBody>)),
)]
pub(crate) async fn deliveries(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
    list: List,
    Query(query): Query<DeliveryQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = Paging {
        limit: query.limit,
        cursor: query.cursor,
    }
    .parse(&list)?;
    let state = query.status.as_deref().map(DeliveryState::from_name);
    if state == Some(None) {
        let error = ValidationError::NotOneOf(DeliveryState::NAMES);
        return Err(Problem::invalid(vec![FieldError::at("status", error)]));
    }
    let (state, before) = (state.flatten(), event_mark(mark)?);
    let page =
        webhooks::deliveries(&call.app, &guard, &call.origin, &id, state, before, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, WebhookDeliveryBody::from)))
}

/// Sends one delivery again.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/deliveries/{delivery_id}/replay",
    tag = "webhooks",
    operation_id = "replay_delivery",
    params(("id" = values::Id, Path, description = "the receiver"), ("delivery_id" = values::Id, Path, description = "the delivery")),
    responses((status = 202, description = "It is to be sent again", body = WebhookDeliveryBody)),
)]
pub(crate) async fn replay(
    guard: Guard<Administer>,
    call: Call,
    PathPair(id, delivery): PathPair<WebhookId, String>,
) -> Result<HttpResponse, Problem> {
    let row = webhooks::replay(&call.app, &guard, &call.origin, &id, &delivery).await?;
    Ok(HttpResponse::Accepted().json(WebhookDeliveryBody::from(row)))
}

/// Sends dead letters again: deliveries that were tried as often as they may be.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/replay",
    tag = "webhooks",
    operation_id = "replay_dead_letters",
    params(("id" = values::Id, Path, description = "the receiver")),
    request_body = ReplayBody,
    responses((status = 202, description = "They are to be sent again", body = ReplayedBody)),
)]
pub(crate) async fn replay_dead(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<WebhookId>,
    Body(body): Body<ReplayBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let since = fields.optional("/since", body.since, |text| parse_time(&text));
    fields.finish(Some(()))?;
    let replayed = webhooks::replay_dead(&call.app, &guard, &call.origin, &id, since).await?;
    Ok(HttpResponse::Accepted().json(ReplayedBody { replayed }))
}
