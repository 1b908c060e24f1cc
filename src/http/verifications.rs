//! Verifications, and the loans read out under them.

use actix_web::{HttpResponse, http::header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Fields, Guard, PathId},
    openapi::values,
    passphrases::passphrase,
    problem::Problem,
    shapes::{MoneyBody, id},
};
use crate::{
    domain::{
        calendar::write_time,
        id::VerificationId,
        identifier::CallId,
        loan::Standing,
        role::Verify,
        verification::{Verification, VerificationOutcome},
    },
    flows::{
        disconnect::ClientConnection,
        inquire::{self, Inquiry, LoanView, Source},
        verify::{self, Caller},
    },
};

/// What the specialist heard, from whom, on which call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// the client who is called by that name on the telephone
    #[schema(required = true, value_type = values::Id)]
    pub client_id: Option<String>,
    /// what was heard, as typed: any case, any of the three keyboards
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase: Option<Zeroizing<String>>,
    /// what the telephone system calls this call
    #[schema(required = true, value_type = values::CallId)]
    pub call_id: Option<String>,
}

/// A recorded verification; loans only where verified, and only in the first answer.
#[derive(Serialize, ToSchema)]
pub struct VerificationBody {
    /// its id
    #[schema(example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub id: String,
    /// whose passphrase
    pub client_id: String,
    /// the call
    pub call_id: String,
    /// its outcome
    #[schema(value_type = VerificationOutcome)]
    pub outcome: &'static str,
    /// when
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: String,
    /// until when loans may be read; only where verified
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    pub expires_at: Option<String>,
    /// attempts to the next lock: 0 on the one that brings it, null where none is possible
    #[schema(required = true)]
    pub attempts_left: Option<u32>,
    /// the end of the lock, where one holds
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<String>,
    /// open loans; only where verified
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LoanBody>, required = false)]
    pub loans: Option<Vec<LoanBody>>,
    /// how far they can be trusted; only where verified
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = SourceBody, required = false)]
    pub source: Option<SourceBody>,
}

/// A loan as it is read out.
#[derive(Serialize, ToSchema)]
pub struct LoanBody {
    /// the pledge ticket
    #[schema(example = "ЗБ-000451")]
    pub ticket_number: String,
    /// what it is called
    #[schema(example = "Алтын")]
    pub product: String,
    /// the due date
    #[schema(value_type = String, format = Date)]
    pub due_on: String,
    /// the outstanding balance
    pub balance: MoneyBody,
    /// the guaranteed waiting period; null where the loan system states none
    #[schema(required = true)]
    pub grace_period: Option<GraceBody>,
    /// its state today
    #[schema(value_type = Standing)]
    pub standing: &'static str,
    /// days to the due date; negative once past
    pub days_until_due: i64,
    /// days to the last safe day; only in grace
    #[schema(required = true)]
    pub days_left_in_grace: Option<i64>,
    /// when the loan system knew this
    #[schema(value_type = String, format = DateTime)]
    pub as_of: String,
}

/// The guaranteed waiting period of a loan.
#[derive(Serialize, ToSchema)]
pub struct GraceBody {
    /// its length, days
    #[schema(example = 20)]
    pub days: u32,
    /// the last day that the pledge is safe
    #[schema(value_type = String, format = Date)]
    pub ends_on: String,
}

/// How far an answer can be trusted.
#[derive(Serialize, ToSchema)]
pub struct SourceBody {
    /// whether the loan system could be asked, or tells of itself
    pub available: bool,
    /// the oldest time of the loans shown; null where there are none
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub as_of: Option<String>,
    /// whether that is too long ago to be read out without saying so
    pub stale: bool,
}

/// Open loans, read under an open verification.
#[derive(Serialize, ToSchema)]
pub struct InquiryBody {
    /// whose loans
    pub client_id: String,
    /// open loans, by due date, then ticket number
    pub loans: Vec<LoanBody>,
    /// how far they can be trusted
    pub source: SourceBody,
}

impl From<LoanView> for LoanBody {
    fn from(view: LoanView) -> Self {
        let LoanView { loan, standing } = view;
        Self {
            ticket_number: loan.ticket_number,
            product: loan.product,
            due_on: loan.due_on.to_string(),
            balance: loan.balance.into(),
            grace_period: standing.grace_period.map(|grace| GraceBody {
                days: grace.days,
                ends_on: grace.ends_on.to_string(),
            }),
            standing: standing.standing.name(),
            days_until_due: standing.days_until_due,
            days_left_in_grace: standing.days_left_in_grace,
            as_of: write_time(loan.as_of),
        }
    }
}

impl From<Source> for SourceBody {
    fn from(source: Source) -> Self {
        Self {
            available: source.available,
            as_of: source.as_of.map(write_time),
            stale: source.stale,
        }
    }
}

fn loans_of(loans: Vec<LoanView>) -> Vec<LoanBody> {
    loans.into_iter().map(LoanBody::from).collect()
}

fn body_of(verification: Verification, inquiry: Option<Inquiry>) -> VerificationBody {
    let (loans, source) = match inquiry {
        Some(inquiry) => (Some(loans_of(inquiry.loans)), Some(inquiry.source.into())),
        None => (None, None),
    };
    let is_verified = verification.outcome == VerificationOutcome::Verified;
    VerificationBody {
        id: verification.id.into(),
        client_id: verification.client_id.into(),
        call_id: verification.call_id,
        outcome: verification.outcome.name(),
        opened_at: write_time(verification.opened_at),
        expires_at: verification
            .expires_at
            .filter(|_| is_verified)
            .map(write_time),
        attempts_left: verification.attempts_left,
        locked_until: verification.locked_until.map(write_time),
        loans,
        source,
    }
}

/// Verifies a caller by what was heard, and reads the open loans where it was right.
///
/// Each outcome is a recorded fact, so each is a 201; `loans`, `source` and `expires_at` are there only
/// where `verified`. A specialist may record 10 a minute. What is refused with 422 or 429 is never an
/// attempt, nor is a 503 `overloaded`, or `unavailable` before the attempt could begin. Where the answer is
/// lost after the words were tried, wrong words stay counted and right ones never are.
#[utoipa::path(
    post,
    path = "/v1/verifications",
    tag = "verifications",
    operation_id = "verify_client",
    request_body = VerificationRequest,
    responses((status = 201, description = "The recorded verification", body = VerificationBody, headers(("Location" = String, description = "where the verification is read")))),
)]
pub async fn verify(
    guard: Guard<Verify>,
    call: Call,
    connection: ClientConnection,
    Body(body): Body<VerificationRequest>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let client_id = fields.required("/client_id", body.client_id, id);
    let passphrase = fields.required("/passphrase", body.passphrase, passphrase);
    let call_id = fields.required("/call_id", body.call_id, |text| CallId::parse(&text));
    let ((client_id, passphrase), call_id) =
        fields.finish(client_id.zip(passphrase).zip(call_id))?;
    let caller = Caller {
        client_id,
        passphrase,
        call_id,
    };
    let verified = verify::verify(&call.app, &guard, &call.origin, caller, connection).await?;
    let location = format!("/v1/verifications/{}", verified.verification.id);
    let body = body_of(verified.verification, verified.inquiry);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(body))
}

/// Reads a verification of one's own, without loans.
#[utoipa::path(
    get,
    path = "/v1/verifications/{id}",
    tag = "verifications",
    operation_id = "read_verification",
    params(("id" = values::Id, Path, description = "the verification")),
    responses((status = 200, description = "The verification", body = VerificationBody)),
)]
pub async fn read(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
) -> Result<HttpResponse, Problem> {
    let verification = inquire::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(body_of(verification, None)))
}

/// Reads the client's open loans while the verification is open and one's own.
#[utoipa::path(
    get,
    path = "/v1/verifications/{id}/loans",
    tag = "verifications",
    operation_id = "read_loans",
    params(("id" = values::Id, Path, description = "the verification")),
    responses((status = 200, description = "Open loans, by due date, then ticket number", body = InquiryBody)),
)]
pub async fn loans(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
) -> Result<HttpResponse, Problem> {
    let inquiry = inquire::inquire(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(InquiryBody {
        client_id: inquiry.client_id.into(),
        loans: loans_of(inquiry.loans),
        source: inquiry.source.into(),
    }))
}

/// Closes a verification: the call has ended.
#[utoipa::path(
    delete,
    path = "/v1/verifications/{id}",
    tag = "verifications",
    operation_id = "close_verification",
    params(("id" = values::Id, Path, description = "the verification")),
    responses((status = 204, description = "Closed")),
)]
pub async fn close(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
) -> Result<HttpResponse, Problem> {
    inquire::close(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
