//! What the page of an entry link asks for: the client opens it, has a passphrase checked, and completes
//! one application.

use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Entry, Fields, Query},
    openapi::values,
    passphrases::{
        SuggestionsBody, VerdictBody, nothing_to_judge, passphrase, suggested_in, verdict_of,
    },
    problem::Problem,
};
use crate::{
    domain::{
        application::{ApplicationKind, Progress},
        calendar::write_time,
        language::Language,
        suggestions,
        validation::ValidationError,
    },
    flows::{FieldError, entry},
};

/// The code of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenBody {
    /// the code, in either case, with or without hyphen and blanks
    #[schema(required = true, value_type = String, example = "K7M2P-X4R9T")]
    pub code: Option<Zeroizing<String>>,
}

/// The application that a link is for.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryApplicationBody {
    /// the number on the signed form
    #[schema(example = "ALA-1-2026-000017")]
    pub number: String,
    /// `set` or `change`
    #[schema(value_type = ApplicationKind)]
    pub kind: &'static str,
}

/// A link that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedBody {
    /// the token for `Authorization: Bearer`, good for this application alone
    #[schema(example = "qupia_et_Q2xpZW50IHR5cGVzIGhlcmU")]
    pub token: String,
    /// the application
    pub application: EntryApplicationBody,
    /// until when the token is good
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: String,
}

/// Opens an entry link with its code, once.
///
/// A code that is wrong, used, expired or superseded is one and the same 401. Tries are limited by address
/// and in all, and counted before they are compared.
#[utoipa::path(
    post,
    path = "/v1/entry/open",
    tag = "entry",
    operation_id = "open_entry_link",
    request_body = OpenBody,
    responses((status = 201, description = "The token", body = OpenedBody)),
)]
pub(crate) async fn open(call: Call, Body(body): Body<OpenBody>) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let code = fields.required("/code", body.code, Ok);
    let code = fields.finish(code)?;
    let opened = entry::open(&call.app, &call.origin, &code).await?;
    Ok(HttpResponse::Created().json(OpenedBody {
        token: opened.token.expose_secret().to_owned(),
        application: EntryApplicationBody {
            number: opened.number,
            kind: opened.kind.name(),
        },
        expires_at: write_time(opened.expires_at),
    }))
}

/// A passphrase to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryCheckBody {
    /// what was typed so far
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase: Option<Zeroizing<String>>,
}

/// Checks a passphrase for the client, as completion would; stores nothing.
#[utoipa::path(
    post,
    path = "/v1/entry/check",
    tag = "entry",
    operation_id = "check_entry",
    request_body = EntryCheckBody,
    responses((status = 200, description = "The verdict", body = VerdictBody)),
)]
pub(crate) async fn check(
    entry: Entry,
    call: Call,
    request: HttpRequest,
    Body(body): Body<EntryCheckBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let typed = fields.required("/passphrase", body.passphrase, Ok);
    let verdict = match passphrase(fields.finish(typed)?) {
        Ok(phrase) => entry::check(&call.app, &entry, &call.origin, &phrase).await?,
        Err(error) => nothing_to_judge(error),
    };
    Ok(HttpResponse::Ok().json(verdict_of(&verdict, &request)))
}

/// In which language to suggest.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestionQuery {
    /// `kk`, `ru` or `en`
    #[param(value_type = Language, required = true, inline)]
    language: Option<String>,
}

/// Suggests phrases that can be said and heard.
#[utoipa::path(
    get,
    path = "/v1/entry/suggestions",
    tag = "entry",
    operation_id = "suggest_for_entry",
    params(SuggestionQuery),
    responses((status = 200, description = "Phrases", body = SuggestionsBody)),
)]
pub(crate) async fn suggest(
    entry: Entry,
    call: Call,
    Query(query): Query<SuggestionQuery>,
) -> Result<HttpResponse, Problem> {
    let language = query.language.ok_or(ValidationError::Missing);
    let language = language
        .and_then(suggested_in)
        .map_err(|error| Problem::invalid(vec![FieldError::at("language", error)]))?;
    let items = entry::suggest(&call.app, &entry, language, suggestions::DEFAULT_WORDS).await;
    Ok(HttpResponse::Ok().json(SuggestionsBody { items }))
}

/// What the client typed, twice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryCompletionBody {
    /// the passphrase
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase: Option<Zeroizing<String>>,
    /// the passphrase again
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase_repeated: Option<Zeroizing<String>>,
}

/// An application that a client completed.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletedBody {
    /// the number on the signed form
    #[schema(example = "ALA-1-2026-000017")]
    pub number: String,
    /// when
    #[schema(required = true, value_type = String, format = DateTime)]
    pub completed_at: Option<String>,
}

/// Completes the application: the passphrase is active from here on, and the link done.
///
/// A refused passphrase leaves the link open for another try, ten in all.
#[utoipa::path(
    post,
    path = "/v1/entry/completion",
    tag = "entry",
    operation_id = "complete_entry",
    request_body = EntryCompletionBody,
    responses((status = 200, description = "The completed application", body = CompletedBody)),
)]
pub(crate) async fn complete(
    entry: Entry,
    call: Call,
    Body(body): Body<EntryCompletionBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let phrase = fields.required("/passphrase", body.passphrase, passphrase);
    let repeat = fields.required("/passphrase_repeated", body.passphrase_repeated, passphrase);
    let (phrase, repeat) = fields.finish(phrase.zip(repeat))?;
    let application = entry::complete(&call.app, &entry, &call.origin, phrase, repeat).await?;
    let completed_at = match application.progress() {
        Progress::Completed { at, .. } => Some(write_time(*at)),
        Progress::Draft | Progress::Cancelled { .. } => None,
    };
    Ok(HttpResponse::Ok().json(CompletedBody {
        number: application.draft.number,
        completed_at,
    }))
}
