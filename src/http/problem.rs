//! Problem documents (RFC 9457) for everything that goes wrong. What a caller may not know is in the log
//! and not in the answer.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    code::Code,
    openapi::words::{FieldErrorCode, ProblemCode},
};
use crate::{
    domain::language::Language,
    flows::{Conflict, FieldError, Quota, Refusal},
    locales,
    store::{Limited, StoreError},
};

/// A problem, which becomes a document once language and request are known.
#[derive(Clone, Debug)]
pub struct Problem {
    /// the code
    pub code: Code,
    /// what is wrong with which field
    pub errors: Vec<FieldError>,
    /// headers that go with it
    pub headers: Vec<(HeaderName, String)>,
    /// for the log alone
    pub inner: Option<String>,
}

impl Problem {
    /// A problem with nothing but its code.
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            errors: Vec::new(),
            headers: Vec::new(),
            inner: None,
        }
    }

    /// Invalid input, or the more specific code that one of the errors has.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let code = Code::of_errors(&errors);
        Self {
            errors,
            ..Self::new(code)
        }
    }

    /// A fault of the service.
    pub(crate) fn internal(inner: impl fmt::Display) -> Self {
        Self {
            inner: Some(inner.to_string()),
            ..Self::new(Code::Internal)
        }
    }

    /// With a header.
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The problem that a bare status is, such as the framework's own refusals.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        Self::new(match status {
            StatusCode::UNAUTHORIZED => Code::Unauthenticated,
            StatusCode::FORBIDDEN => Code::Forbidden,
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Code::NotAcceptable,
            StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
            StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
            status if status.is_client_error() => Code::BadRequest,
            _ => Code::Internal,
        })
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::new(Code::NotFound),
            Refusal::Conflict(conflict) => Self::new(Code::of_conflict(conflict)),
            Refusal::Invalid(errors) => Self::invalid(errors),
            Refusal::BadCredentials => Self::new(Code::BadCredentials),
            Refusal::BadEntryCode => Self::new(Code::BadEntryCode),
            Refusal::NotVerified => Self::new(Code::NotVerified),
            Refusal::VerificationOver => Self::new(Code::VerificationOver),
            Refusal::Limited(quota, limited) => limited_problem(quota, limited),
            Refusal::Overloaded(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Self::new(Code::Overloaded).header(header::RETRY_AFTER, seconds.max(1).to_string())
            }
            Refusal::Hash(error) => Self::internal(error),
            Refusal::Store(
                StoreError::Unavailable(why) | StoreError::InDoubt(why) | StoreError::Unfit(why),
            ) => Self {
                inner: Some(why),
                ..Self::new(Code::Unavailable)
            }
            .header(header::RETRY_AFTER, "2"),
            Refusal::Store(StoreError::Collided | StoreError::AlreadyEnded) => {
                Self::new(Code::Unavailable).header(header::RETRY_AFTER, "1")
            }
            Refusal::Store(
                fault @ (StoreError::Taken(_)
                | StoreError::Corrupt { .. }
                | StoreError::Panicked
                | StoreError::Fault(_)),
            ) => Self::internal(fault),
        }
    }
}

/// `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-09.
fn limited_problem(quota: Quota, limited: Limited) -> Problem {
    let name = quota.name();
    let wait = limited.retry_after_seconds;
    let policy = format!(
        "\"{name}\";q={};w={}",
        limited.window.quota, limited.window.seconds
    );
    Problem::new(Code::RateLimited)
        .header(header::RETRY_AFTER, wait.to_string())
        .header(HeaderName::from_static("ratelimit-policy"), policy)
        .header(
            HeaderName::from_static("ratelimit"),
            format!("\"{name}\";r=0;t={wait}"),
        )
}

impl Code {
    fn of_conflict(conflict: Conflict) -> Self {
        match conflict {
            Conflict::ClientNumberTaken => Self::ClientNumberTaken,
            Conflict::LoginTaken => Self::LoginTaken,
            Conflict::BranchCodeTaken => Self::BranchCodeTaken,
            Conflict::ApplicationAlreadyOpen => Self::ApplicationAlreadyOpen,
            Conflict::ApplicationNotOpen => Self::ApplicationNotOpen,
            Conflict::NoPassphrase => Self::NoPassphrase,
            Conflict::NotLocked => Self::NotLocked,
            Conflict::LastAdmin => Self::LastAdmin,
            Conflict::TooManyWebhooks => Self::TooManyWebhooks,
        }
    }

    fn of_errors(errors: &[FieldError]) -> Self {
        use crate::domain::validation::ValidationError;
        let has = |is_kind: fn(&ValidationError) -> bool| {
            errors.iter().any(|field| is_kind(&field.error))
        };
        if has(|error| matches!(error, ValidationError::Weak(_))) {
            Self::PassphraseRefused
        } else if has(|error| matches!(error, ValidationError::PassphrasesDiffer)) {
            Self::PassphrasesDiffer
        } else if has(|error| matches!(error, ValidationError::UnknownClient)) {
            Self::UnknownClient
        } else {
            Self::InvalidInput
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// An answer without a body; [`render`] writes it when the request is at hand.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// A problem as the caller reads it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// what kind of problem: the code as a URN
    #[serde(rename = "type")]
    #[schema(example = "urn:qupia:problem:invalid_input")]
    pub kind: String,
    /// the problem in a few words, in the caller's language
    pub title: String,
    /// the HTTP status
    #[schema(example = 422)]
    pub status: u16,
    /// what to do about it, in the caller's language
    pub detail: String,
    /// the path that was asked for
    pub instance: String,
    /// the stable machine code
    #[schema(value_type = ProblemCode)]
    pub code: &'static str,
    /// the request's id, as in the log and the audit
    pub request_id: String,
    /// for invalid input: each field and its validation error
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldErrorBody>,
}

/// One field's validation error.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(crate) struct FieldErrorBody {
    /// JSON pointer into the body, or the parameter's name
    #[schema(example = "/phone")]
    pub pointer: String,
    /// the validation error's stable code
    #[schema(value_type = FieldErrorCode)]
    pub code: &'static str,
    /// why, in the caller's language
    pub detail: String,
}

/// Writes a problem out for a request.
pub(crate) fn render(problem: &Problem, request: &HttpRequest, request_id: &str) -> HttpResponse {
    let language = super::language::preferred(request.headers());
    let mut response = HttpResponse::build(problem.code.status());
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    response.insert_header((header::CONTENT_LANGUAGE, language.code()));
    for (name, value) in &problem.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.insert_header((name.clone(), value));
        }
    }
    if problem.code.status() == StatusCode::UNAUTHORIZED {
        let error = if request.headers().contains_key(header::AUTHORIZATION) {
            ", error=\"invalid_token\""
        } else {
            ""
        };
        response.insert_header((
            header::WWW_AUTHENTICATE,
            format!("Bearer realm=\"qupia\"{error}"),
        ));
    }
    response.json(document(problem, language, request.path(), request_id))
}

/// The document of a problem.
pub(crate) fn document(
    problem: &Problem,
    language: Language,
    path: &str,
    request_id: &str,
) -> ProblemDocument {
    let code = problem.code.name();
    let (title, detail) = locales::of_problem(code, language);
    let errors = problem.errors.iter().map(|field| FieldErrorBody {
        pointer: field.pointer.clone(),
        code: field.error.code(),
        detail: locales::of_field(&field.error, language),
    });
    ProblemDocument {
        kind: format!("urn:qupia:problem:{code}"),
        title,
        status: problem.code.status().as_u16(),
        detail,
        instance: path.to_owned(),
        code,
        request_id: request_id.to_owned(),
        errors: errors.collect(),
    }
}
