//! A client's passphrase: status, block, unlock, destroy; checks and suggestions.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use super::{
    extract::{Body, Call, Fields, Guard, PathPart},
    language,
    problem::Problem,
    shapes::{ReasonBody, line},
};
use crate::{
    domain::{
        calendar::write_time,
        flaw::Flaw,
        identifier::CallId,
        language::Language,
        passphrase::{Passphrase, PassphraseState},
        role::{Register, Status, Unlock, Verify},
        suggestions,
    },
    flows::passphrases::{self, PassphraseStatus, Verdict},
};

/// A passphrase's status.
#[derive(Serialize, ToSchema)]
pub struct StatusBody {
    /// its state
    #[schema(value_type = StateName)]
    pub state: &'static str,
    /// when it was set
    #[schema(value_type = Option<String>, format = DateTime)]
    pub set_at: Option<String>,
    /// by which application
    pub application_id: Option<String>,
    /// failures in a row
    pub failed_attempts: u32,
    /// the end of the timed lock
    #[schema(value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<String>,
}

/// A passphrase's state.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum StateName {
    Unset,
    Active,
    Locked,
    Disabled,
    Blocked,
    Destroyed,
}

impl From<PassphraseStatus> for StatusBody {
    fn from(status: PassphraseStatus) -> Self {
        let row = status.row.as_ref();
        let is_locked = status.state == PassphraseState::Locked;
        Self {
            state: status.state.name(),
            set_at: row.map(|row| write_time(row.set_at)),
            application_id: row.map(|row| row.application_id.clone()),
            failed_attempts: row.map_or(0, |row| row.failed_attempts),
            locked_until: row
                .and_then(|row| row.locked_until)
                .filter(|_| is_locked)
                .map(write_time),
        }
    }
}

/// `GET /v1/clients/{id}/passphrase`
pub async fn status(
    guard: Guard<Status>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let status = passphrases::status(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// A block on the client's word.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockBody {
    /// 1 to 500 characters; never the passphrase
    #[validate(length(min = 1, max = 500))]
    #[schema(required = true, value_type = String, min_length = 1, max_length = 500, example = "the client lost the paper")]
    pub reason: Option<String>,
    /// the call on which the client asked for it
    pub call_id: Option<String>,
}

/// `POST /v1/clients/{id}/passphrase/block`
pub async fn block(
    guard: Guard<Verify>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<BlockBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let reason = fields.need("/reason", body.reason, line);
    let call_id = fields.may("/call_id", body.call_id, |text| CallId::parse(&text));
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

/// `POST /v1/clients/{id}/passphrase/unlock`
pub async fn unlock(
    guard: Guard<Unlock>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let status = passphrases::unlock(&call.app, &guard, &call.origin, &id, &reason).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// `DELETE /v1/clients/{id}/passphrase`
pub async fn destroy(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<ReasonBody>,
) -> Result<HttpResponse, Problem> {
    let reason = body.parse()?;
    let status = passphrases::destroy(&call.app, &guard, &call.origin, &id, &reason).await?;
    Ok(HttpResponse::Ok().json(StatusBody::from(status)))
}

/// A passphrase that is thought of.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// the passphrase
    #[schema(required = true, value_type = String, format = Password, example = "қызыл алма тау")]
    pub passphrase: Option<Zeroizing<String>>,
    /// whose it would be
    pub client_id: Option<String>,
}

/// What completion would say.
#[derive(Serialize, ToSchema)]
pub struct VerdictBody {
    /// whether it would be taken
    pub acceptable: bool,
    /// why not
    pub reasons: Vec<WeaknessBody>,
    /// how many guesses it stands, as a power of ten
    #[schema(example = 11.4)]
    pub guesses_log10: f64,
}

/// One reason why a passphrase is refused.
#[derive(Serialize, ToSchema)]
pub struct WeaknessBody {
    /// its stable code
    pub code: &'static str,
    /// why, in the caller's language
    pub detail: String,
}

/// A passphrase as it comes in: it is judged later, but it must have something to compare.
pub(super) fn passphrase(typed: Zeroizing<String>) -> Result<Passphrase, Flaw> {
    Passphrase::parse(typed)
}

/// `POST /v1/passphrases/check`
pub async fn check(
    request: actix_web::HttpRequest,
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<CheckBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let typed = fields.need("/passphrase", body.passphrase, Ok);
    let typed = fields.finish(typed)?;
    let verdict = match passphrase(typed) {
        Ok(phrase) => passphrases::check(&call.app, &guard, &phrase, body.client_id).await?,
        Err(flaw) => Verdict {
            reasons: vec![flaw],
            guesses_log10: 0.0,
        },
    };
    let language = language::preferred(request.headers());
    let reasons = verdict.reasons.iter().map(|flaw| WeaknessBody {
        code: flaw.code(),
        detail: flaw.detail(language),
    });
    let reasons: Vec<_> = reasons.collect();
    Ok(HttpResponse::Ok().json(VerdictBody {
        acceptable: reasons.is_empty(),
        reasons,
        guesses_log10: verdict.guesses_log10,
    }))
}

/// What suggestions are wanted.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestBody {
    /// `kk`, `ru` or `en`
    #[schema(required = true, value_type = LanguageName)]
    pub language: Option<String>,
    /// words in a phrase
    #[validate(range(min = 3, max = 5))]
    #[schema(minimum = 3, maximum = 5, default = 3)]
    pub words: Option<i64>,
}

/// A language of phrases.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum LanguageName {
    Kk,
    Ru,
    En,
}

/// Phrases that can be said and heard.
#[derive(Serialize, ToSchema)]
pub struct SuggestionsBody {
    /// the phrases
    pub items: Vec<String>,
}

/// `POST /v1/passphrases/suggestions`
pub async fn suggest(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<SuggestBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let known =
        |code: String| Language::from_code(&code).ok_or(Flaw::NotOneOf(&["kk", "ru", "en"]));
    let language = fields.need("/language", body.language, known);
    let language = fields.finish(language)?;
    let words = body
        .words
        .and_then(|words| usize::try_from(words).ok())
        .unwrap_or(suggestions::DEFAULT_WORDS);
    let items = passphrases::suggest(&call.app, &guard, language, words);
    Ok(HttpResponse::Ok().json(SuggestionsBody { items }))
}
