//! Verifications, and the loans read out under them.

use actix_web::{HttpResponse, http::header};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Fields, Guard, PathId, Query},
    openapi::values,
    passphrases::passphrase,
    problem::Problem,
    shapes::{MoneyBody, client_language, id, parameter},
};
use crate::{
    app::App,
    domain::{
        calendar::write_time,
        id::VerificationId,
        identifier::CallId,
        language::ClientLanguage,
        loan::Standing,
        role::Verify,
        verification::{Verification, VerificationOutcome},
    },
    flows::{
        disconnect::ClientConnection,
        inquire::{self, Inquiry, LoanView, Source},
        verify::{self, Caller},
    },
    locales::spoken::{self, Disclosed, Moment, SpokenLoan},
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
    /// the language of the sentences to read out; none where it is left out
    #[schema(value_type = Option<ClientLanguage>, required = false)]
    pub spoken: Option<String>,
}

/// Whether the answer has sentences to read out.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpokenQuery {
    /// the language of the sentences to read out; none where it is left out
    #[param(value_type = ClientLanguage, required = false, inline)]
    spoken: Option<String>,
}

impl SpokenQuery {
    fn language(self) -> Result<Option<ClientLanguage>, Problem> {
        let mut errors = Vec::new();
        let language = parameter(&mut errors, "spoken", self.spoken, client_language);
        if errors.is_empty() {
            Ok(language)
        } else {
            Err(Problem::invalid(errors))
        }
    }
}

/// A recorded verification; loans only where verified, and only in the first answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerificationBody {
    /// its id
    #[schema(example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub id: String,
    /// whose passphrase
    pub client_id: String,
    /// the call
    #[schema(example = "call-20260131-0042")]
    pub call_id: String,
    /// its outcome
    #[schema(value_type = VerificationOutcome)]
    pub outcome: &'static str,
    /// when
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: String,
    /// until when loans may be read; only where verified
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime, example = "2026-11-22T09:45:00Z")]
    pub expires_at: Option<String>,
    /// attempts to the next lock: 0 on the one that brings it, null where none is possible
    #[schema(required = true, example = 3)]
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
    /// what came of it, as one sentence; only where asked for, and of loans only in the first answer
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub spoken: Option<String>,
}

/// A loan as it is read out.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoanBody {
    /// the pledge ticket
    #[schema(example = "ЗБ-000451")]
    pub ticket_number: String,
    /// what it is called
    #[schema(example = "Алтын")]
    pub product: String,
    /// the due date
    #[schema(value_type = String, format = Date, example = "2027-01-31")]
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
    #[schema(example = 70)]
    pub days_until_due: i64,
    /// days to the last safe day; only in grace
    #[schema(required = true)]
    pub days_left_in_grace: Option<i64>,
    /// when the loan system knew this
    #[schema(value_type = String, format = DateTime)]
    pub as_of: String,
    /// the loan as one sentence to read out; only where asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub spoken: Option<String>,
}

/// The guaranteed waiting period of a loan.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraceBody {
    /// its length, days
    #[schema(example = 20)]
    pub days: u32,
    /// the last day that the pledge is safe
    #[schema(value_type = String, format = Date, example = "2027-02-20")]
    pub ends_on: String,
}

/// How far an answer can be trusted.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceBody {
    /// whether the loan system could be asked, or tells of itself
    #[schema(example = true)]
    pub available: bool,
    /// the oldest time of the loans shown; null where there are none
    #[schema(required = true, value_type = Option<String>, format = DateTime, example = "2026-11-22T09:30:00Z")]
    pub as_of: Option<String>,
    /// whether that is too long ago to be read out without saying so
    pub stale: bool,
}

/// Open loans, read under an open verification.
#[derive(Serialize, ToSchema)]
pub(crate) struct InquiryBody {
    /// whose loans
    pub client_id: String,
    /// open loans, by due date, then ticket number
    pub loans: Vec<LoanBody>,
    /// how far they can be trusted
    pub source: SourceBody,
    /// how many there are and how old that is, as one sentence to read out; only where asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub spoken: Option<String>,
}

impl LoanBody {
    fn of(view: LoanView, language: Option<ClientLanguage>) -> Self {
        let LoanView { loan, standing } = view;
        let spoken = language.map(|language| {
            let loan = SpokenLoan {
                ticket_number: &loan.ticket_number,
                product: &loan.product,
                due_on: loan.due_on,
                balance: loan.balance,
                standing,
            };
            spoken::of_loan(&loan, language)
        });
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
            spoken,
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

fn loans_of(loans: Vec<LoanView>, language: Option<ClientLanguage>) -> Vec<LoanBody> {
    let loans = loans.into_iter();
    loans.map(|view| LoanBody::of(view, language)).collect()
}

fn disclosed(inquiry: &Inquiry) -> Disclosed {
    Disclosed {
        loans: inquiry.loans.len(),
        available: inquiry.source.available,
        stale: inquiry.source.stale,
        as_of: inquiry.source.as_of,
    }
}

fn moment(app: &App) -> Moment<Tz> {
    Moment {
        now: app.clock.now(),
        zone: app.settings.time_zone,
    }
}

impl From<Verification> for VerificationBody {
    fn from(verification: Verification) -> Self {
        let is_verified = verification.outcome == VerificationOutcome::Verified;
        Self {
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
            loans: None,
            source: None,
            spoken: None,
        }
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
pub(crate) async fn verify(
    guard: Guard<Verify>,
    call: Call,
    connection: ClientConnection,
    Body(body): Body<VerificationRequest>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let client_id = fields.required("/client_id", body.client_id, id);
    let passphrase = fields.required("/passphrase", body.passphrase, passphrase);
    let call_id = fields.required("/call_id", body.call_id, |text| CallId::parse(&text));
    let language = fields.optional("/spoken", body.spoken, client_language);
    let ((client_id, passphrase), call_id) =
        fields.finish(client_id.zip(passphrase).zip(call_id))?;
    let caller = Caller {
        client_id,
        passphrase,
        call_id,
    };
    let verified = verify::verify(&call.app, &guard, &call.origin, caller, connection).await?;
    let location = format!("/v1/verifications/{}", verified.verification.id);
    let spoken = language.map(|language| {
        let disclosed = verified.inquiry.as_ref().map(disclosed);
        let moment = moment(&call.app);
        spoken::of_verification(&verified.verification, disclosed.as_ref(), moment, language)
    });
    let mut body = VerificationBody::from(verified.verification);
    body.spoken = spoken;
    if let Some(inquiry) = verified.inquiry {
        body.loans = Some(loans_of(inquiry.loans, language));
        body.source = Some(inquiry.source.into());
    }
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
    params(("id" = values::Id, Path, description = "the verification"), SpokenQuery),
    responses((status = 200, description = "The verification; `spoken` where it was asked for and the outcome is not `verified`", body = VerificationBody)),
)]
pub(crate) async fn read(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
    Query(query): Query<SpokenQuery>,
) -> Result<HttpResponse, Problem> {
    let language = query.language()?;
    let verification = inquire::read(&call.app, &guard, &call.origin, &id).await?;
    // What a verified caller is told goes with the loans.
    let spoken = language
        .filter(|_| verification.outcome != VerificationOutcome::Verified)
        .map(|language| spoken::of_verification(&verification, None, moment(&call.app), language));
    let mut body = VerificationBody::from(verification);
    body.spoken = spoken;
    Ok(HttpResponse::Ok().json(body))
}

/// Reads the client's open loans while the verification is open and one's own.
#[utoipa::path(
    get,
    path = "/v1/verifications/{id}/loans",
    tag = "verifications",
    operation_id = "read_loans",
    params(("id" = values::Id, Path, description = "the verification"), SpokenQuery),
    responses((status = 200, description = "Open loans, by due date, then ticket number", body = InquiryBody)),
)]
pub(crate) async fn loans(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
    Query(query): Query<SpokenQuery>,
) -> Result<HttpResponse, Problem> {
    let language = query.language()?;
    let inquiry = inquire::inquire(&call.app, &guard, &call.origin, &id).await?;
    let spoken = language
        .map(|language| spoken::of_inquiry(&disclosed(&inquiry), moment(&call.app), language));
    Ok(HttpResponse::Ok().json(InquiryBody {
        client_id: inquiry.client_id.into(),
        loans: loans_of(inquiry.loans, language),
        source: inquiry.source.into(),
        spoken,
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
pub(crate) async fn close(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<VerificationId>,
) -> Result<HttpResponse, Problem> {
    inquire::close(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
