//! What the loan system pushes.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, Call, Guard, PathPart},
    openapi::values,
    problem::Problem,
    shapes::{object, present},
};
use crate::{
    domain::{loan::Received, role::Feed},
    flows::sync::{self, ReceivedOne},
    json::Whole,
    loans::record::{WrittenClient, WrittenLoan, WrittenMoney},
};

/// A client as the loan system knows them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedClient {
    /// family name
    #[schema(required = true, value_type = values::PersonName)]
    pub family_name: Option<String>,
    /// given name; null for a person who has one name alone
    #[serde(default, deserialize_with = "present")]
    #[schema(required = true, value_type = Option<values::PersonName>)]
    pub given_name: Option<Option<String>>,
    /// patronymic, where there is one
    #[schema(value_type = Option<values::PersonName>)]
    pub patronymic: Option<String>,
    /// telephone
    #[schema(required = true, value_type = values::PhoneNumber)]
    pub phone: Option<String>,
    /// when the loan system knew this
    #[schema(required = true, value_type = values::Moment)]
    pub as_of: Option<String>,
}

/// A loan as the loan system knows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedLoan {
    /// whose loan
    #[schema(required = true, value_type = values::ClientNumber)]
    pub client_number: Option<String>,
    /// what it is called
    #[schema(required = true, value_type = values::Line)]
    pub product: Option<String>,
    /// the due date
    #[schema(required = true, value_type = values::Day)]
    pub due_on: Option<String>,
    /// the outstanding balance
    #[serde(default, deserialize_with = "object")]
    #[schema(required = true, value_type = PushedMoney)]
    pub balance: Option<PushedMoney>,
    /// the guaranteed waiting period, days; null where the contract states none
    #[serde(default, deserialize_with = "present")]
    #[schema(required = true, value_type = Option<u32>, minimum = 0, maximum = 3650, example = 20)]
    pub grace_days: Option<Option<Whole>>,
    /// `open` or `closed`
    #[schema(required = true, value_type = LoanStatus)]
    pub status: Option<String>,
    /// when the loan system knew this
    #[schema(required = true, value_type = values::Moment)]
    pub as_of: Option<String>,
}

/// Whether a loan is open.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) enum LoanStatus {
    Open,
    Closed,
}

/// An amount of money as it is pushed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedMoney {
    /// a decimal string, never a number
    #[schema(required = true, value_type = values::Amount)]
    pub amount: Option<String>,
    /// ISO 4217
    #[schema(required = true, value_type = values::Currency)]
    pub currency: Option<String>,
}

/// Why a pushed record changed nothing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NotApplied {
    Stale,
    Unchanged,
}

/// How a record was received.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"applied": true, "client_id": "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11"}))]
pub(crate) struct ReceivedBody {
    /// whether it changed what is stored
    pub applied: bool,
    /// why not: `stale` or `unchanged`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NotApplied, required = false)]
    pub reason: Option<NotApplied>,
    /// the id here of the client whom the record names
    pub client_id: String,
}

fn received(one: ReceivedOne) -> HttpResponse {
    let (mut response, reason) = match one.received {
        Received::Created => (HttpResponse::Created(), None),
        Received::Applied => (HttpResponse::Ok(), None),
        Received::Unchanged => (HttpResponse::Ok(), Some(NotApplied::Unchanged)),
        Received::Stale => (HttpResponse::Ok(), Some(NotApplied::Stale)),
    };
    response.json(ReceivedBody {
        applied: reason.is_none(),
        reason,
        client_id: one.client_id.into(),
    })
}

/// Pushes a client as the loan system knows them.
///
/// Older than what is stored is `stale`, the same again `unchanged`; neither is an error. An `as_of` of
/// more than five minutes ahead is.
#[utoipa::path(
    put,
    path = "/v1/loan-system/clients/{client_number}",
    tag = "loan system",
    operation_id = "push_client",
    params(("client_number" = values::ClientNumber, Path, description = "the company's number of the client; `/` as `%2F`")),
    request_body = PushedClient,
    responses((status = 200, description = "Received", body = ReceivedBody), (status = 201, description = "The client is new", body = ReceivedBody)),
)]
pub(crate) async fn put_client(
    guard: Guard<Feed>,
    call: Call,
    PathPart(number): PathPart,
    Body(body): Body<PushedClient>,
) -> Result<HttpResponse, Problem> {
    let written = WrittenClient {
        family_name: body.family_name,
        given_name: body.given_name,
        patronymic: body.patronymic,
        phone: body.phone,
        as_of: body.as_of,
    };
    let record = written.parse(Some(number), "client_number");
    let record = record.map_err(Problem::invalid)?;
    let one = sync::take_client(&call.app, &guard, &call.origin, record).await?;
    Ok(received(one))
}

/// Pushes a loan as the loan system knows it.
///
/// Older than what is stored is `stale`, the same again `unchanged`; neither is an error. An `as_of` of
/// more than five minutes ahead is.
#[utoipa::path(
    put,
    path = "/v1/loan-system/loans/{ticket_number}",
    tag = "loan system",
    operation_id = "push_loan",
    params(("ticket_number" = values::TicketNumber, Path, description = "the pledge ticket; `/` as `%2F`")),
    request_body = PushedLoan,
    responses((status = 200, description = "Received", body = ReceivedBody), (status = 201, description = "The loan is new", body = ReceivedBody)),
)]
pub(crate) async fn put_loan(
    guard: Guard<Feed>,
    call: Call,
    PathPart(number): PathPart,
    Body(body): Body<PushedLoan>,
) -> Result<HttpResponse, Problem> {
    let written = WrittenLoan {
        client_number: body.client_number,
        product: body.product,
        due_on: body.due_on,
        balance: body.balance.map(|money| WrittenMoney {
            amount: money.amount,
            currency: money.currency,
        }),
        grace_days: body.grace_days,
        status: body.status,
        as_of: body.as_of,
    };
    let record = written.parse(Some(number), "ticket_number");
    let record = record.map_err(Problem::invalid)?;
    let one = sync::take_loan(&call.app, &guard, &call.origin, record).await?;
    Ok(received(one))
}
