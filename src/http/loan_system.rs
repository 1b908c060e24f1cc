//! What the loan system pushes.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    clients::person,
    extract::{Body, Call, Fields, Guard, PathPart},
    openapi::values,
    problem::Problem,
    shapes::{Whole, line, object, present},
};
use crate::{
    domain::{
        calendar::{parse_date, parse_time},
        flaw::Flaw,
        identifier::{ClientNumber, TicketNumber},
        loan::{ClientRecord, LoanRecord, MAX_GRACE_DAYS, Received},
        money::{Money, parse_currency},
        role::Feed,
    },
    flows::sync,
};

/// A client as the loan system knows them.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedClient {
    /// family name
    #[schema(required = true, value_type = values::PersonName)]
    pub family_name: Option<String>,
    /// given name
    #[schema(required = true, value_type = values::PersonName)]
    pub given_name: Option<String>,
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
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedLoan {
    /// whose loan
    #[schema(required = true, value_type = values::ClientNumber)]
    pub client_number: Option<String>,
    /// what it is called
    #[validate(length(min = 1, max = 200))]
    #[schema(required = true, value_type = values::Line)]
    pub product: Option<String>,
    /// the due date
    #[schema(required = true, value_type = values::Day)]
    pub due_on: Option<String>,
    /// the outstanding balance
    #[validate(nested)]
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
pub enum LoanStatus {
    Open,
    Closed,
}

/// An amount of money as it is pushed.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushedMoney {
    /// a decimal string, never a number
    #[schema(required = true, value_type = values::Amount)]
    pub amount: Option<String>,
    /// ISO 4217
    #[schema(required = true, value_type = values::Currency)]
    pub currency: Option<String>,
}

/// What became of a record.
#[derive(Serialize, ToSchema)]
pub struct ReceivedBody {
    /// whether it changed what is held
    pub applied: bool,
    /// why not: `stale` or `unchanged`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = values::NotApplied, required = false)]
    pub reason: Option<&'static str>,
}

fn received(received: Received) -> HttpResponse {
    let (mut response, reason) = match received {
        Received::Created => (HttpResponse::Created(), None),
        Received::Applied => (HttpResponse::Ok(), None),
        Received::Unchanged | Received::Stale => (HttpResponse::Ok(), Some(sync::name(received))),
    };
    response.json(ReceivedBody {
        applied: reason.is_none(),
        reason,
    })
}

/// Pushes a client as the loan system knows them.
///
/// Older than what is held is `stale`, the same again `unchanged`; neither is an error.
#[utoipa::path(
    put,
    path = "/v1/loan-system/clients/{client_number}",
    tag = "loan system",
    operation_id = "push_client",
    security(("bearer" = ["loan_system"]), ("client_credentials" = [])),
    params(("client_number" = values::ClientNumber, Path, description = "the company's number of the client; `/` as `%2F`")),
    request_body = PushedClient,
    responses((status = 200, description = "Received", body = ReceivedBody), (status = 201, description = "The client is new", body = ReceivedBody)),
)]
pub async fn put_client(
    guard: Guard<Feed>,
    call: Call,
    PathPart(number): PathPart,
    Body(body): Body<PushedClient>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let number = fields.need("client_number", Some(number), |text| {
        ClientNumber::parse(&text)
    });
    let person = person(
        &mut fields,
        body.family_name,
        body.given_name,
        body.patronymic,
        body.phone,
    );
    let as_of = fields.need("/as_of", body.as_of, |text| parse_time(&text));
    let ((client_number, person), as_of) = fields.finish(number.zip(person).zip(as_of))?;
    let record = ClientRecord {
        client_number,
        person,
        as_of,
    };
    let became = sync::take_client(&call.app, &guard, &call.origin, record).await?;
    Ok(received(became))
}

/// Pushes a loan as the loan system knows it.
///
/// Older than what is held is `stale`, the same again `unchanged`; neither is an error.
#[utoipa::path(
    put,
    path = "/v1/loan-system/loans/{ticket_number}",
    tag = "loan system",
    operation_id = "push_loan",
    security(("bearer" = ["loan_system"]), ("client_credentials" = [])),
    params(("ticket_number" = values::TicketNumber, Path, description = "the pledge ticket; `/` as `%2F`")),
    request_body = PushedLoan,
    responses((status = 200, description = "Received", body = ReceivedBody), (status = 201, description = "The loan is new", body = ReceivedBody)),
    extensions(("x-problems" = json!(["unknown_client"]))),
)]
pub async fn put_loan(
    guard: Guard<Feed>,
    call: Call,
    PathPart(number): PathPart,
    Body(body): Body<PushedLoan>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let ticket = fields.need("ticket_number", Some(number), |text| {
        TicketNumber::parse(&text)
    });
    let record = ticket.and_then(|ticket| loan(&mut fields, ticket, body));
    let record = fields.finish(record)?;
    let became = sync::take_loan(&call.app, &guard, &call.origin, record).await?;
    Ok(received(became))
}

fn loan(fields: &mut Fields, ticket_number: TicketNumber, body: PushedLoan) -> Option<LoanRecord> {
    let client_number = fields.need("/client_number", body.client_number, |text| {
        ClientNumber::parse(&text)
    });
    let product = fields.need("/product", body.product, line);
    let due_on = fields.need("/due_on", body.due_on, |text| parse_date(&text));
    let balance = fields
        .need("/balance", body.balance, Ok)
        .and_then(|balance| money(fields, balance));
    let grace_days = fields.need("/grace_days", body.grace_days, grace_days);
    let is_open = fields.need("/status", body.status, |status| match status.as_str() {
        "open" => Ok(true),
        "closed" => Ok(false),
        _ => Err(Flaw::NotOneOf(&["open", "closed"])),
    });
    let as_of = fields.need("/as_of", body.as_of, |text| parse_time(&text));
    Some(LoanRecord {
        ticket_number,
        client_number: client_number?,
        product: product?,
        due_on: due_on?,
        balance: balance?,
        grace_days: grace_days?,
        is_open: is_open?,
        as_of: as_of?,
    })
}

fn money(fields: &mut Fields, money: PushedMoney) -> Option<Money> {
    let currency = fields.need("/balance/currency", money.currency, |code| {
        parse_currency(&code)
    });
    let amount = money.amount;
    let currency = currency?;
    fields.need("/balance/amount", amount, |text| {
        Money::parse(&text, currency)
    })
}

fn grace_days(days: Option<Whole>) -> Result<Option<u32>, Flaw> {
    let out_of_range = Flaw::OutOfRange {
        min: 0,
        max: i64::from(MAX_GRACE_DAYS),
    };
    days.map(|Whole(days)| {
        u32::try_from(days)
            .ok()
            .filter(|days| *days <= MAX_GRACE_DAYS)
            .ok_or(out_of_range)
    })
    .transpose()
}
