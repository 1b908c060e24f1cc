//! Applications: drafted, printed, completed, cancelled.

use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
};
use serde::Deserialize;
use utoipa::IntoParams;

use self::bodies::body_of;
pub use self::bodies::{ApplicationBody, CompletionBody, DraftBody};
use super::{
    extract::{Body, Call, Fields, Guard, PathId, Query},
    form,
    openapi::values,
    paging::{List, PageBody, Paging},
    passphrases::passphrase,
    problem::Problem,
    shapes::{ReasonBody, client_language, id, parameter},
};
use crate::{
    domain::{
        application::IdentityDocument,
        calendar::{business_day, parse_date},
        id::{ApplicationId, ClientId},
        language::{ClientLanguage, Language},
        role::Register,
    },
    flows::{
        applications,
        complete_application::{self, Completion},
    },
};

pub(crate) mod bodies;

/// Drafts an application (Appendix #1) to set or change a passphrase.
///
/// One draft at a time for a client; a draft expires after 24 hours.
#[utoipa::path(
    post,
    path = "/v1/applications",
    tag = "applications",
    operation_id = "draft_application",
    request_body = DraftBody,
    responses((status = 201, description = "The draft", body = ApplicationBody, headers(("Location" = String, description = "where the application is read")))),
)]
pub(crate) async fn draft(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<DraftBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let client_id = fields.required("/client_id", body.client_id, id);
    let seen = fields.required("/identity_document", body.identity_document, Ok);
    let document = seen.and_then(|document| {
        fields.required("/identity_document/seen", document.seen, Ok);
        fields.required("/identity_document/kind", document.kind, |text| {
            IdentityDocument::parse(&text)
        })
    });
    let is_represented = body.representative.is_some();
    let representative = body.representative.and_then(|who| who.parse(&mut fields));
    let complete = (representative.is_some() == is_represented).then_some(representative);
    let parsed = client_id.zip(document).zip(complete);
    let ((client_id, identity_document), representative) = fields.finish(parsed)?;
    let draft = applications::DraftRequest {
        client_id,
        identity_document,
        representative,
    };
    let application = applications::draft(&call.app, &guard, &call.origin, draft).await?;
    let location = format!("/v1/applications/{}", application.draft.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(body_of(&application, call.app.clock.now())))
}

/// Reads an application.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}",
    tag = "applications",
    operation_id = "read_application",
    params(("id" = values::Id, Path, description = "the application")),
    responses((status = 200, description = "The application", body = ApplicationBody)),
)]
pub(crate) async fn read(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ApplicationId>,
) -> Result<HttpResponse, Problem> {
    let application = applications::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, call.app.clock.now())))
}

/// Lists a client's applications, newest first.
#[utoipa::path(
    get,
    path = "/v1/clients/{id}/applications",
    tag = "applications",
    operation_id = "list_applications",
    params(("id" = values::Id, Path, description = "the client"), Paging),
    responses((status = 200, description = "A page of applications", body = PageBody<ApplicationBody>)),
)]
pub(crate) async fn list(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ClientId>,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = paging.parse(&list)?;
    let before = before.map(ApplicationId::from);
    let page = applications::list(&call.app, &guard, &call.origin, &id, before, limit).await?;
    Ok(
        HttpResponse::Ok().json(PageBody::of(&list, page, |application| {
            body_of(&application, call.app.clock.now())
        })),
    )
}

/// In which language the form is printed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FormQuery {
    /// the language of the page; Kazakh where it is left out
    #[param(value_type = ClientLanguage, required = false, inline)]
    lang: Option<String>,
}

/// Prints an application: one A4 page to be signed, never with the passphrase.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/form",
    tag = "applications",
    operation_id = "print_application",
    params(("id" = values::Id, Path, description = "the application"), FormQuery),
    responses((status = 200, description = "The page", body = String, content_type = "text/html", headers(("Content-Language" = String, description = "the language of the page")), example = json!("<!doctype html>\n<html lang=\"kk\">…</html>\n"))),
)]
pub(crate) async fn print(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ApplicationId>,
    Query(query): Query<FormQuery>,
) -> Result<HttpResponse, Problem> {
    let mut errors = Vec::new();
    let language = parameter(&mut errors, "lang", query.lang, client_language);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let language = Language::from(language.unwrap_or_default());
    let printed = applications::print(&call.app, &guard, &call.origin, &id).await?;
    let sheet = form::Sheet {
        application: &printed.application,
        client: &printed.client,
        branch: printed.branch.as_ref(),
        drafted_on: business_day(
            call.app.settings.time_zone,
            printed.application.draft.drafted_at,
        ),
    };
    let page = form::page(&sheet, language);
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .body(page))
}

/// Completes an application from the signed form: the passphrase is active from here on.
///
/// Every counter and lock begins anew. A passphrase that is too easily guessed is refused with each reason
/// as an entry of `errors`.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/completion",
    tag = "applications",
    operation_id = "complete_application",
    params(("id" = values::Id, Path, description = "the application")),
    request_body = CompletionBody,
    responses((status = 200, description = "The completed application", body = ApplicationBody)),
)]
pub(crate) async fn complete(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ApplicationId>,
    Body(body): Body<CompletionBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let signed_on = fields.required("/signed_on", body.signed_on, |text| parse_date(&text));
    let phrase = fields.required("/passphrase", body.passphrase, passphrase);
    let repeat = fields.required("/passphrase_repeat", body.passphrase_repeat, passphrase);
    let ((signed_on, passphrase), repeat) = fields.finish(signed_on.zip(phrase).zip(repeat))?;
    let completion = Completion {
        signed_on,
        passphrase,
        repeat,
    };
    let application =
        complete_application::complete(&call.app, &guard, &call.origin, &id, completion).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, call.app.clock.now())))
}

/// Cancels a draft.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/cancellation",
    tag = "applications",
    operation_id = "cancel_application",
    params(("id" = values::Id, Path, description = "the application")),
    request_body = ReasonBody,
    responses((status = 200, description = "The cancelled application", body = ApplicationBody)),
)]
pub(crate) async fn cancel(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ApplicationId>,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let application = applications::cancel(&call.app, &guard, &call.origin, &id, reason).await?;
    Ok(HttpResponse::Ok().json(body_of(&application, call.app.clock.now())))
}
