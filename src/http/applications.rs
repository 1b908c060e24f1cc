//! Applications: drafted, printed, completed, cancelled.

use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Fields, Guard, PathPart, Query},
    form,
    passphrases::passphrase,
    problem::Problem,
    shapes::{PageBody, Paging, ReasonBody, line, person_name},
};
use crate::{
    domain::{
        application::{Application, IdentityDocument, Mandate, Progress, Representative},
        calendar::{business_day, parse_date, write_time},
        flaw::Flaw,
        language::Language,
        role::Register,
    },
    flows::{
        FieldFlaw, applications,
        complete_application::{self, Completion},
    },
};

/// An application to be drafted.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// whose passphrase
    #[schema(required = true, value_type = String)]
    pub client_id: Option<String>,
    /// what identity document was seen; its number and image are never taken
    #[schema(required = true, value_type = SeenDocument)]
    pub identity_document: Option<SeenDocument>,
    /// who signs for the client
    #[validate(nested)]
    pub representative: Option<RepresentativeBody>,
}

/// An identity document that was seen.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDocument {
    /// its kind
    #[schema(required = true, value_type = DocumentKind)]
    pub kind: Option<String>,
    /// that it was seen: true
    #[schema(required = true, value_type = bool, example = true)]
    pub seen: Option<bool>,
}

/// The kind of an identity document.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DocumentKind {
    IdentityCard,
    Passport,
    ResidencePermit,
    Other,
}

/// The kind of a representative's paper.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum MandateKind {
    PowerOfAttorney,
    CourtDecision,
    Guardianship,
    Other,
}

/// Who signs for the client, and on what paper.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepresentativeBody {
    /// full name
    #[schema(required = true, value_type = String, min_length = 1, max_length = 100)]
    pub full_name: Option<String>,
    /// the kind of paper
    #[schema(required = true, value_type = MandateKind)]
    pub document_kind: Option<String>,
    /// its number
    #[validate(length(min = 1, max = 64))]
    #[schema(required = true, value_type = String, min_length = 1, max_length = 64)]
    pub document_number: Option<String>,
    /// its date
    #[schema(required = true, value_type = String, format = Date)]
    pub document_date: Option<String>,
    /// its last day, where it has one
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<String>,
}

impl RepresentativeBody {
    fn parse(self, fields: &mut Fields) -> Option<Representative> {
        let full_name = fields.need("/representative/full_name", self.full_name, person_name);
        let mandate = fields.need(
            "/representative/document_kind",
            self.document_kind,
            |text| Mandate::parse(&text),
        );
        let number = fields.need(
            "/representative/document_number",
            self.document_number,
            line,
        );
        let date = fields.need(
            "/representative/document_date",
            self.document_date,
            |text| parse_date(&text),
        );
        let until = fields.may("/representative/valid_until", self.valid_until, |text| {
            parse_date(&text)
        });
        if let (Some(date), Some(until)) = (date, until)
            && until < date
        {
            fields.note("/representative/valid_until", Flaw::Contradiction);
        }
        Some(Representative {
            full_name: full_name?,
            mandate: mandate?,
            document_number: number?,
            document_date: date?,
            valid_until: until,
        })
    }
}

impl From<&Representative> for RepresentativeBody {
    fn from(representative: &Representative) -> Self {
        Self {
            full_name: Some(representative.full_name.as_str().to_owned()),
            document_kind: Some(representative.mandate.name().to_owned()),
            document_number: Some(representative.document_number.clone()),
            document_date: Some(representative.document_date.to_string()),
            valid_until: representative.valid_until.map(|day| day.to_string()),
        }
    }
}

/// An application.
#[derive(Serialize, ToSchema)]
pub struct ApplicationBody {
    /// its id
    pub id: String,
    /// the number on the paper
    #[schema(example = "ALA-1-2026-000017")]
    pub number: String,
    /// `set` or `change`
    #[schema(value_type = ApplicationKind)]
    pub kind: &'static str,
    /// how far it has come
    #[schema(value_type = ApplicationState)]
    pub state: &'static str,
    /// whose passphrase
    pub client_id: String,
    /// where it was drafted
    pub branch_code: String,
    /// by which member of staff
    pub drafted_by: String,
    /// when
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: String,
    /// when the draft ends by itself
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: String,
    /// what identity document was seen
    pub identity_document: SeenDocumentBody,
    /// who signs for the client
    pub representative: Option<RepresentativeBody>,
    /// the day on the paper, once completed
    #[schema(value_type = Option<String>, format = Date)]
    pub signed_on: Option<String>,
    /// when it was completed
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<String>,
    /// by which member of staff it was completed
    pub completed_by: Option<String>,
    /// when it was cancelled
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cancelled_at: Option<String>,
    /// by which member of staff it was cancelled
    pub cancelled_by: Option<String>,
    /// why it was cancelled
    pub cancel_reason: Option<String>,
}

/// Whether a passphrase is set or changed.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ApplicationKind {
    Set,
    Change,
}

/// How far an application has come.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ApplicationState {
    Draft,
    Completed,
    Cancelled,
    Expired,
}

/// An identity document that was seen.
#[derive(Serialize, ToSchema)]
pub struct SeenDocumentBody {
    /// its kind
    #[schema(value_type = DocumentKind)]
    pub kind: &'static str,
    /// that it was seen
    pub seen: bool,
}

fn body_of(application: &Application, call: &Call) -> ApplicationBody {
    let (mut completed, mut cancelled) = (None, None);
    match &application.progress {
        Progress::Draft => {}
        Progress::Completed { at, by, signed_on } => completed = Some((at, by, signed_on)),
        Progress::Cancelled { at, by, reason } => cancelled = Some((at, by, reason)),
    }
    ApplicationBody {
        id: application.id.clone(),
        number: application.number.clone(),
        kind: application.kind.name(),
        state: application.state(call.app.clock.now()),
        client_id: application.client_id.clone(),
        branch_code: application.branch_code.clone(),
        drafted_by: application.drafted_by.clone(),
        drafted_at: write_time(application.drafted_at),
        expires_at: write_time(application.expires_at()),
        identity_document: SeenDocumentBody {
            kind: application.identity_document.name(),
            seen: true,
        },
        representative: application
            .representative
            .as_ref()
            .map(RepresentativeBody::from),
        signed_on: completed.map(|(_, _, day)| day.to_string()),
        completed_at: completed.map(|(at, ..)| write_time(*at)),
        completed_by: completed.map(|(_, by, _)| by.clone()),
        cancelled_at: cancelled.map(|(at, ..)| write_time(*at)),
        cancelled_by: cancelled.map(|(_, by, _)| by.clone()),
        cancel_reason: cancelled.map(|(_, _, reason)| reason.clone()),
    }
}

/// `POST /v1/applications`
pub async fn draft(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<DraftBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let client_id = fields.need("/client_id", body.client_id, Ok);
    let seen = fields.need("/identity_document", body.identity_document, Ok);
    let document = seen.and_then(|document| {
        fields.need("/identity_document/seen", document.seen, |seen| {
            if seen { Ok(()) } else { Err(Flaw::NotSeen) }
        });
        fields.need("/identity_document/kind", document.kind, |text| {
            IdentityDocument::parse(&text)
        })
    });
    let is_represented = body.representative.is_some();
    let representative = body.representative.and_then(|who| who.parse(&mut fields));
    let complete = (representative.is_some() == is_represented).then_some(representative);
    let parsed = client_id.zip(document).zip(complete);
    let ((client_id, identity_document), representative) = fields.finish(parsed)?;
    let draft = applications::Draft {
        client_id,
        identity_document,
        representative,
    };
    let application = applications::draft(&call.app, &guard, &call.origin, draft).await?;
    let location = format!("/v1/applications/{}", application.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(body_of(&application, &call)))
}

/// `GET /v1/applications/{id}`
pub async fn read(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let application = applications::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, &call)))
}

/// `GET /v1/clients/{id}/applications`
pub async fn list(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = paging.parse()?;
    let page = applications::list(&call.app, &guard, &call.origin, &id, before, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(page, |application| {
        body_of(&application, &call)
    })))
}

/// In which language the form is printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormQuery {
    lang: Option<String>,
}

/// `GET /v1/applications/{id}/form`
pub async fn print(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Query(query): Query<FormQuery>,
) -> Result<HttpResponse, Problem> {
    let language = match query.lang.as_deref() {
        None | Some("kk") => Language::Kk,
        Some("ru") => Language::Ru,
        Some(_) => {
            let flaw = Flaw::NotOneOf(&["kk", "ru"]);
            return Err(Problem::invalid(vec![FieldFlaw {
                pointer: "lang".to_owned(),
                flaw,
            }]));
        }
    };
    let printed = applications::print(&call.app, &guard, &call.origin, &id).await?;
    let sheet = form::Sheet {
        application: &printed.application,
        client: &printed.client,
        branch: printed.branch.as_ref(),
        drafted_on: business_day(call.app.settings.time_zone, printed.application.drafted_at),
    };
    let page = form::page(&sheet, language);
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            form::CONTENT_SECURITY_POLICY,
        ))
        .body(page))
}

/// What the branch enters from the signed paper, and what the client typed, twice.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionBody {
    /// the day on the paper
    #[schema(required = true, value_type = String, format = Date)]
    pub signed_on: Option<String>,
    /// the passphrase
    #[schema(required = true, value_type = String, format = Password, example = "қызыл алма тау")]
    pub passphrase: Option<Zeroizing<String>>,
    /// the passphrase again
    #[schema(required = true, value_type = String, format = Password, example = "қызыл алма тау")]
    pub passphrase_repeat: Option<Zeroizing<String>>,
}

/// `POST /v1/applications/{id}/completion`
pub async fn complete(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<CompletionBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let signed_on = fields.need("/signed_on", body.signed_on, |text| parse_date(&text));
    let phrase = fields.need("/passphrase", body.passphrase, passphrase);
    let repeat = fields.need("/passphrase_repeat", body.passphrase_repeat, passphrase);
    let ((signed_on, passphrase), repeat) = fields.finish(signed_on.zip(phrase).zip(repeat))?;
    let completion = Completion {
        signed_on,
        passphrase,
        repeat,
    };
    let application =
        complete_application::complete(&call.app, &guard, &call.origin, &id, completion).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, &call)))
}

/// `POST /v1/applications/{id}/cancellation`
pub async fn cancel(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let application = applications::cancel(&call.app, &guard, &call.origin, &id, reason).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, &call)))
}
