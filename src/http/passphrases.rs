//! A client's passphrase: status, block, unlock, destroy; checks and suggestions.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Fields, Guard, PathId},
    language,
    openapi::{values, words::FieldErrorCode},
    problem::Problem,
    shapes::{ReasonBody, id, line, whole},
};
use crate::{
    domain::{
        calendar::write_time,
        id::ClientId,
        identifier::CallId,
        language::Language,
        passphrase::{Passphrase, PassphraseState},
        role::{Register, Status, Unlock, Verify},
        suggestions,
        validation::ValidationError,
    },
    flows::passphrases::{self, PassphraseStatus, Verdict},
    locales,
};

/// A passphrase's status.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"state": "active", "set_at": "2026-01-31T06:00:00Z", "application_id": "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11", "failed_attempts": 0, "attempts_left": 3, "locked_until": null}))]
pub(crate) struct StatusBody {
    /// its state
    #[schema(value_type = PassphraseState)]
    pub state: &'static str,
    /// when it was set
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub set_at: Option<String>,
    /// by which application
    #[schema(required = true, example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub application_id: Option<String>,
    /// failures in a row
    pub failed_attempts: u32,
    /// attempts until the next lock or the end; null where no attempt is possible now
    #[schema(required = true, example = 3)]
    pub attempts_left: Option<u32>,
    /// the end of the timed lock
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<String>,
}

impl From<PassphraseStatus> for StatusBody {
    fn from(status: PassphraseStatus) -> Self {
        let row = status.row.as_ref();
        let is_locked = status.state == PassphraseState::Locked;
        Self {
            state: status.state.name(),
            set_at: row.map(|row| write_time(row.set_at)),
            application_id: row.map(|row| row.application_id.to_string()),
            failed_attempts: row.map_or(0, |row| row.failed_attempts),
            attempts_left: status.attempts_left,
            locked_until: row
                .and_then(|row| row.locked_until)
                .filter(|_| is_locked)
                .map(write_time),
        }
    }
}

/// Reads the status of a client's passphrase.
#[utoipa::path(
    get,
    path = "/v1/clients/{id}/passphrase",
    tag = "passphrases",
    operation_id = "read_passphrase",
    params(("id" = values::Id, Path, description = "the client")),
    responses((status = 200, description = "The status", body = StatusBody)),
)]
pub(crate) async fn status(
    guard: Guard<Status>,
    call: Call,
    PathId(id): PathId<ClientId>,
) -> Result<HttpResponse, Problem> {
    let status = passphrases::status(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// A block on the client's word.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockBody {
    /// 1 to 500 characters; never the passphrase
    #[validate(length(max = 500))]
    #[schema(required = true, value_type = values::Reason)]
    pub reason: Option<String>,
    /// the call on which the client asked for it
    #[schema(value_type = Option<values::CallId>)]
    pub call_id: Option<String>,
}

/// Blocks a passphrase on the client's word; only a new application leads back.
///
/// It needs no open verification; blocking a blocked one is no error. It touches the client, as a card does.
#[utoipa::path(
    post,
    path = "/v1/clients/{id}/passphrase/block",
    tag = "passphrases",
    operation_id = "block_passphrase",
    params(("id" = values::Id, Path, description = "the client")),
    request_body = BlockBody,
    responses((status = 200, description = "The status", body = StatusBody)),
)]
pub(crate) async fn block(
    guard: Guard<Verify>,
    call: Call,
    PathId(id): PathId<ClientId>,
    Body(body): Body<BlockBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let reason = fields.required("/reason", body.reason, line);
    let call_id = fields.optional("/call_id", body.call_id, |text| CallId::parse(&text));
    let reason = fields.finish(reason)?;
    let status = passphrases::block(
        &call.app,
        &guard,
        &call.origin,
        &id,
        &reason,
        call_id.as_ref(),
    )
    .await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// Lifts a timed lock; the count of failures stays.
#[utoipa::path(
    post,
    path = "/v1/clients/{id}/passphrase/unlock",
    tag = "passphrases",
    operation_id = "unlock_passphrase",
    params(("id" = values::Id, Path, description = "the client")),
    request_body = ReasonBody,
    responses((status = 200, description = "The status", body = StatusBody)),
)]
pub(crate) async fn unlock(
    guard: Guard<Unlock>,
    call: Call,
    PathId(id): PathId<ClientId>,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let status = passphrases::unlock(&call.app, &guard, &call.origin, &id, &reason).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// Destroys a passphrase on withdrawal of consent: the hash is gone for good.
///
/// Open verifications of the client end.
#[utoipa::path(
    delete,
    path = "/v1/clients/{id}/passphrase",
    tag = "passphrases",
    operation_id = "destroy_passphrase",
    params(("id" = values::Id, Path, description = "the client")),
    request_body = ReasonBody,
    responses((status = 200, description = "The status", body = StatusBody)),
)]
pub(crate) async fn destroy(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ClientId>,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let status = passphrases::destroy(&call.app, &guard, &call.origin, &id, &reason).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// A passphrase to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// the passphrase
    #[schema(required = true, value_type = values::Password, example = "қызыл алма тау")]
    pub passphrase: Option<Zeroizing<String>>,
    /// whose it would be
    #[schema(value_type = Option<values::Id>)]
    pub client_id: Option<String>,
}

/// The strength check that completion makes.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"acceptable": false, "reasons": [{"code": "too_short", "detail": "Too short: at least 8 letters and digits are needed (a number said in words counts as its digits). Add another word."}], "guesses_log10": 4.2}))]
pub(crate) struct VerdictBody {
    /// whether it would be accepted
    pub acceptable: bool,
    /// why not
    pub reasons: Vec<WeaknessBody>,
    /// how many guesses it withstands, as a power of ten
    #[schema(example = 11.4)]
    pub guesses_log10: f64,
}

/// One reason why a passphrase is refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct WeaknessBody {
    /// its stable code
    #[schema(value_type = FieldErrorCode)]
    pub code: &'static str,
    /// why, in the caller's language
    pub detail: String,
}

/// A passphrase as it is typed: its strength is judged later, but it must have a letter or a digit.
pub(super) fn passphrase(typed: Zeroizing<String>) -> Result<Passphrase, ValidationError> {
    Passphrase::parse(typed)
}

/// Checks a passphrase as completion would; stores nothing.
#[utoipa::path(
    post,
    path = "/v1/passphrases/check",
    tag = "passphrases",
    operation_id = "check_passphrase",
    request_body = CheckBody,
    responses((status = 200, description = "The verdict", body = VerdictBody)),
)]
pub(crate) async fn check(
    guard: Guard<Register>,
    call: Call,
    request: HttpRequest,
    Body(body): Body<CheckBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let typed = fields.required("/passphrase", body.passphrase, Ok);
    let client_id = fields.optional("/client_id", body.client_id, id);
    let typed = fields.finish(typed)?;
    let verdict = match passphrase(typed) {
        Ok(phrase) => {
            passphrases::check(&call.app, &guard, &call.origin, &phrase, client_id).await?
        }
        Err(error) => nothing_to_judge(error),
    };
    Ok(HttpResponse::Ok().json(verdict_of(&verdict, &request)))
}

/// The verdict on what is no passphrase.
pub(super) fn nothing_to_judge(error: ValidationError) -> Verdict {
    Verdict {
        reasons: vec![error],
        guesses_log10: 0.0,
    }
}

/// A verdict in the caller's language.
pub(super) fn verdict_of(verdict: &Verdict, request: &HttpRequest) -> VerdictBody {
    let language = language::preferred(request.headers());
    let reasons = verdict.reasons.iter().map(|error| WeaknessBody {
        code: error.code(),
        detail: locales::of_field(error, language),
    });
    let reasons: Vec<_> = reasons.collect();
    VerdictBody {
        acceptable: reasons.is_empty(),
        reasons,
        guesses_log10: verdict.guesses_log10,
    }
}

/// A language that phrases are suggested in.
pub(super) fn suggested_in(code: String) -> Result<Language, ValidationError> {
    Language::from_code(&code).ok_or(ValidationError::NotOneOf(&["kk", "ru", "en"]))
}

/// Which phrases to suggest.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestBody {
    /// `kk`, `ru` or `en`
    #[schema(required = true, value_type = Language)]
    pub language: Option<String>,
    /// words in a phrase
    #[validate(range(min = 3, max = 5))]
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 3, maximum = 5, default = 3, example = 4)]
    pub words: Option<i64>,
}

/// Phrases that can be said and heard.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// the phrases
    #[schema(example = json!(["қызыл алма тау"]))]
    pub items: Vec<String>,
}

/// Suggests phrases that can be said and heard.
#[utoipa::path(
    post,
    path = "/v1/passphrases/suggestions",
    tag = "passphrases",
    operation_id = "suggest_passphrases",
    request_body = SuggestBody,
    responses((status = 200, description = "Phrases", body = SuggestionsBody)),
)]
pub(crate) async fn suggest(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<SuggestBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let language = fields.required("/language", body.language, suggested_in);
    let language = fields.finish(language)?;
    let words = body
        .words
        .and_then(|words| usize::try_from(words).ok())
        .unwrap_or(suggestions::DEFAULT_WORDS);
    let items = passphrases::suggest(&call.app, &guard, language, words).await;
    Ok(HttpResponse::Ok().json(SuggestionsBody { items }))
}
