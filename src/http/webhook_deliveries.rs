//! What became of messages to receivers of webhooks, and sending them again.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    extract::{Body, Call, Fields, Guard, PathPair, PathPart, Query},
    openapi::values,
    problem::Problem,
    shapes::{PageBody, Paging, event_mark},
    words::Code,
};
use crate::{
    domain::{
        calendar::{parse_time, write_time},
        flaw::Flaw,
        role::Administer,
    },
    flows::{FieldFlaw, webhooks},
    store::{DeliveryRow, DeliveryState},
};

/// How a delivery stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WebhookDeliveryStatus {
    Pending,
    Delivered,
    Dead,
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
    #[schema(value_type = values::WebhookEvent)]
    pub event: String,
    /// how it stands
    #[schema(value_type = WebhookDeliveryStatus)]
    pub status: &'static str,
    /// how often it was tried
    pub attempts: u32,
    /// when it is tried next, while it is pending; later where an earlier message about the same
    /// client is still to be delivered
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<String>,
    /// when it was tried last
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub last_attempt_at: Option<String>,
    /// the status that the receiver answered last
    #[schema(required = true, example = 503)]
    pub last_status: Option<u16>,
    /// why there was no answer: `address_not_allowed`, `timed_out`, `not_connected`, `broken_off`
    #[schema(required = true)]
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

/// Which deliveries are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// how they stand
    #[param(value_type = WebhookDeliveryStatus, required = false)]
    status: Option<String>,
    /// how many
    #[param(value_type = i32, required = false, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// where to go on: the `next_cursor` of the page before
    #[param(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// Lists deliveries to a receiver, newest first.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = "webhooks",
    operation_id = "list_webhook_deliveries",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver"), DeliveryQuery),
    responses((status = 200, description = "A page of deliveries", body = PageBody<WebhookDeliveryBody>)),
)]
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

/// Sends a message again, whatever became of it, under the same id.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/deliveries/{delivery_id}/replay",
    tag = "webhooks",
    operation_id = "replay_webhook_delivery",
    security(("bearer" = ["admin"])),
    params(
        ("id" = values::Id, Path, description = "the receiver"),
        ("delivery_id" = values::Id, Path, description = "the delivery"),
    ),
    responses((status = 202, description = "It is due", body = WebhookDeliveryBody)),
)]
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
    #[schema(value_type = Option<values::Moment>)]
    pub since: Option<String>,
}

/// How many dead letters are sent again.
#[derive(Serialize, ToSchema)]
pub struct ReplayedBody {
    /// how many
    pub replayed: usize,
}

/// Sends a receiver's dead letters again.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/replay",
    tag = "webhooks",
    operation_id = "replay_dead_letters",
    security(("bearer" = ["admin"])),
    params(("id" = values::Id, Path, description = "the receiver")),
    request_body = ReplayBody,
    responses((status = 202, description = "They are due", body = ReplayedBody)),
)]
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
