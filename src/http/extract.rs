//! Extractors: authority, bodies and parameters arrive in a handler already proved or parsed.

use std::{
    collections::BTreeMap,
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::{FutureExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationErrorsKind};

pub use super::path::{PathId, PathPair, PathPart};
use super::{
    code::Code,
    context::{Identity, origin},
    endpoint::{Access, Argument, Endpoint, RequestBody},
    intake::{MAX_BODY, Whole, read_whole},
    problem::Problem,
};
use crate::{
    app::App,
    domain::{
        audit::Origin,
        flaw::Flaw,
        role::{Anyone, Duty, Proof},
        text::BYTE_ORDER_MARK,
    },
    flows::FieldFlaw,
    json,
};

/// Proof that the caller may do `D`. A handler that takes one needs no check of its own.
/// `EARLY` ones may be had before a one-time password is changed.
pub struct Guard<D, const EARLY: bool = false>(Proof<D>);

impl<D, const EARLY: bool> Deref for Guard<D, EARLY> {
    type Target = Proof<D>;

    fn deref(&self) -> &Proof<D> {
        &self.0
    }
}

impl<D: Duty, const EARLY: bool> Guard<D, EARLY> {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match request.extensions().get::<Identity>() {
            Some(Identity::Known(known)) if known.must_change_password && !EARLY => {
                Err(Problem::new(Code::PasswordChangeRequired))
            }
            Some(Identity::Known(known)) => Proof::of(known.actor.clone())
                .map(Self)
                .ok_or_else(|| Problem::new(Code::Forbidden)),
            Some(Identity::Fault(problem)) => Err(problem.clone()),
            Some(Identity::Nobody) | None => Err(Problem::new(Code::Unauthenticated)),
        }
    }
}

impl<D: Duty, const EARLY: bool> FromRequest for Guard<D, EARLY> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl<D: Duty, const EARLY: bool> Argument for Guard<D, EARLY> {
    fn declare(endpoint: &mut Endpoint) {
        let access = Access::Roles {
            roles: D::ROLES,
            before_password_change: EARLY,
        };
        endpoint.restrict(access, &[Code::Unauthenticated]);
        if D::ROLES.len() < Anyone::ROLES.len() {
            endpoint.add_problems(&[Code::Forbidden]);
        }
        if !EARLY {
            endpoint.add_problems(&[Code::PasswordChangeRequired]);
        }
    }

    fn admit(request: &HttpRequest) -> Result<(), Problem> {
        Self::of(request).map(|_| ())
    }
}

/// The app and the request's origin: what every handler gives to its story.
pub struct Call {
    /// the app
    pub app: web::Data<App>,
    /// from where the request came
    pub origin: Origin,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let call = app.map(|app| Self {
            app,
            origin: origin(request),
        });
        ready(call.ok_or_else(|| Problem::internal("the app is not there")))
    }
}

impl Argument for Call {}

/// A JSON body of at most `MAX` bytes.
pub struct Body<T, const MAX: usize = MAX_BODY>(pub T);

impl<T, const MAX: usize> Argument for Body<T, MAX> {
    fn declare(endpoint: &mut Endpoint) {
        RawBody::<MAX>::declare(endpoint);
        endpoint.add_problems(&[
            Code::BadRequest,
            Code::MalformedJson,
            Code::WrongType,
            Code::UnknownField,
            Code::UnsupportedMediaType,
            Code::InvalidInput,
        ]);
    }
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Body<T, MAX> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = json_declared(request);
        let read = read_whole(request, payload.take(), MAX);
        async move {
            let whole = read.await?;
            declared?;
            Self::read(whole.bytes())
        }
        .boxed_local()
    }
}

/// A body of at most `MAX` bytes, of any type.
pub struct RawBody<const MAX: usize>(pub Whole);

impl<const MAX: usize> Argument for RawBody<MAX> {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.body = RequestBody::Whole { max: MAX };
        endpoint.add_problems(&[
            Code::RequestTimeout,
            Code::PayloadTooLarge,
            Code::Overloaded,
        ]);
    }
}

impl<const MAX: usize> FromRequest for RawBody<MAX> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = read_whole(request, payload.take(), MAX);
        async move { read.await.map(Self) }.boxed_local()
    }
}

fn json_declared(request: &HttpRequest) -> Result<(), Problem> {
    let encoded = request.headers().get(header::CONTENT_ENCODING);
    let plain =
        encoded.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if request
        .content_type()
        .eq_ignore_ascii_case("application/json")
        && plain
    {
        return Ok(());
    }
    let problem = Problem::new(Code::UnsupportedMediaType);
    Err(if plain {
        problem.header(header::ACCEPT, "application/json")
    } else {
        problem.header(header::ACCEPT_ENCODING, "identity")
    })
}

impl<T: DeserializeOwned, const MAX: usize> Body<T, MAX> {
    /// Reads a body that is there whole: one JSON object, and nothing after it.
    ///
    /// # Errors
    /// [`Code::MalformedJson`], [`Code::WrongType`] or [`Code::UnknownField`].
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        // RFC 8259, 8.1: a reader may pass over it, as the reader of a batch does.
        let bytes = bytes
            .strip_prefix(BYTE_ORDER_MARK.as_bytes())
            .unwrap_or(bytes);
        json::read(bytes).map(Self).map_err(json_problem)
    }
}

/// Malformed JSON, a wrong JSON type or an unknown field is 400, and names its place.
fn json_problem(refused: FieldFlaw) -> Problem {
    let code = match refused.flaw {
        Flaw::MalformedJson => return Problem::new(Code::MalformedJson),
        Flaw::Twice => Code::MalformedJson,
        Flaw::UnknownField => Code::UnknownField,
        _ => Code::WrongType,
    };
    Problem {
        flaws: vec![refused],
        ..Problem::new(code)
    }
}

/// The parameters of a query, each at most once, none that is unknown.
pub struct Query<T>(pub T);

impl<T> Argument for Query<T> {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.add_problems(&[Code::UnknownParameter, Code::InvalidInput]);
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_urlencoded::from_str(request.query_string());
        ready(
            parsed
                .map(Self)
                .map_err(|_| Problem::new(Code::UnknownParameter)),
        )
    }
}

/// Collects the flaws of a body's fields, so that all are told at once.
pub struct Fields {
    flaws: BTreeMap<String, Flaw>,
}

impl Fields {
    /// Begins with what the shape's own rules say: what is missing, too long, out of range.
    #[must_use]
    pub fn of(body: &impl Validate) -> Self {
        let mut fields = Self {
            flaws: BTreeMap::new(),
        };
        if let Err(errors) = body.validate() {
            fields.note_all("", errors.errors());
        }
        fields
    }

    fn note_all<'a, K: AsRef<str> + 'a>(
        &mut self,
        prefix: &str,
        errors: impl IntoIterator<Item = (&'a K, &'a ValidationErrorsKind)>,
    ) {
        for (name, kind) in errors {
            let pointer = format!("{prefix}/{}", name.as_ref());
            match kind {
                ValidationErrorsKind::Field(errors) => {
                    if let Some(error) = errors.first() {
                        self.flaws.insert(pointer, flaw_of(error));
                    }
                }
                ValidationErrorsKind::Struct(inner) => self.note_all(&pointer, inner.errors()),
                ValidationErrorsKind::List(items) => {
                    for (index, inner) in items {
                        self.note_all(&format!("{pointer}/{index}"), inner.errors());
                    }
                }
            }
        }
    }

    /// Notes a flaw.
    pub fn note(&mut self, pointer: &str, flaw: Flaw) {
        self.flaws.entry(pointer.to_owned()).or_insert(flaw);
    }

    /// Parses a field that has to be there. Gives nothing where it is missing or flawed, which is
    /// noted.
    pub fn need<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        match value {
            Some(value) => self.parse(pointer, value, parse),
            None => {
                self.note(pointer, Flaw::Missing);
                None
            }
        }
    }

    /// Parses a field that may be missing.
    pub fn may<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        value.and_then(|value| self.parse(pointer, value, parse))
    }

    fn parse<T, U>(
        &mut self,
        pointer: &str,
        value: T,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(flaw) => {
                self.note(pointer, flaw);
                None
            }
        }
    }

    /// What was parsed, if nothing was flawed.
    ///
    /// # Errors
    /// The problem that names every flaw.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, Problem> {
        match parsed {
            Some(parsed) if self.flaws.is_empty() => Ok(parsed),
            _ => {
                let flaws = self
                    .flaws
                    .into_iter()
                    .map(|(pointer, flaw)| FieldFlaw { pointer, flaw });
                Err(Problem::invalid(flaws.collect()))
            }
        }
    }
}

fn flaw_of(error: &validator::ValidationError) -> Flaw {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_i64);
    let size = |name: &str| number(name).and_then(|value| usize::try_from(value).ok());
    let chars = error
        .params
        .get("value")
        .and_then(|value| value.as_str())
        .map(|text| text.chars().count());
    match error.code.as_ref() {
        "required" => Flaw::Missing,
        "length" => match (size("min"), size("max"), chars) {
            (_, Some(max), Some(chars)) if chars > max => Flaw::TooLong { max },
            (Some(min), _, _) if min > 1 => Flaw::TooShort { min },
            _ => Flaw::Blank,
        },
        "range" => Flaw::OutOfRange {
            min: number("min").unwrap_or(i64::MIN),
            max: number("max").unwrap_or(i64::MAX),
        },
        _ => Flaw::Contradiction,
    }
}
