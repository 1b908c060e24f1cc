//! Extractors: what a handler takes as arguments is proved, read and parsed already.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::{FutureExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;

use super::{
    code::Code,
    context::{Identity, origin},
    endpoint::{Argument, Endpoint, RequestBody, RouteAccess},
    problem::Problem,
    whole_body::{MAX_BODY, WholeBody, read_whole},
};
pub use super::{
    fields::{Fields, rule},
    path::{PathId, PathPair, PathPart},
};
use crate::{
    app::App,
    domain::{
        audit::Origin,
        role::{Anyone, Permission, Proof},
        text::BYTE_ORDER_MARK,
        validation::ValidationError,
    },
    flows::{FieldError, entry::EntrySession},
    json,
};

/// Proof that the caller may do `D`. A handler that takes one needs no check of its own.
/// `EARLY` admits callers who have still to change a one-time password.
pub(crate) struct Guard<D, const EARLY: bool = false>(Proof<D>);

impl<D, const EARLY: bool> Deref for Guard<D, EARLY> {
    type Target = Proof<D>;

    fn deref(&self) -> &Proof<D> {
        &self.0
    }
}

impl<D: Permission, const EARLY: bool> Guard<D, EARLY> {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match request.extensions().get::<Identity>() {
            Some(Identity::Known(known)) if known.must_change_password && !EARLY => {
                Err(Problem::new(Code::PasswordChangeRequired))
            }
            Some(Identity::Known(known)) => Proof::of(known.actor.clone())
                .map(Self)
                .ok_or_else(|| Problem::new(Code::Forbidden)),
            Some(Identity::Fault(problem)) => Err(problem.clone()),
            Some(Identity::Nobody | Identity::Client(_)) | None => {
                Err(Problem::new(Code::Unauthenticated))
            }
        }
    }
}

impl<D: Permission, const EARLY: bool> FromRequest for Guard<D, EARLY> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl<D: Permission, const EARLY: bool> Argument for Guard<D, EARLY> {
    fn declare(endpoint: &mut Endpoint) {
        let access = RouteAccess::Roles {
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

/// Proof that the caller is a client at an entry link that was opened. No token of staff gives it.
pub(crate) struct Entry(EntrySession);

impl Deref for Entry {
    type Target = EntrySession;

    fn deref(&self) -> &EntrySession {
        &self.0
    }
}

impl Entry {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match request.extensions().get::<Identity>() {
            Some(Identity::Client(session)) => Ok(Self((**session).clone())),
            Some(Identity::Fault(problem)) => Err(problem.clone()),
            Some(Identity::Nobody | Identity::Known(_)) | None => {
                Err(Problem::new(Code::Unauthenticated))
            }
        }
    }
}

impl FromRequest for Entry {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Entry {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.restrict(RouteAccess::Entry, &[Code::Unauthenticated]);
    }

    fn admit(request: &HttpRequest) -> Result<(), Problem> {
        Self::of(request).map(|_| ())
    }
}

/// The app and the request's origin, which every flow takes.
pub(crate) struct Call {
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
        ready(call.ok_or_else(|| Problem::internal("no app is set")))
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
pub(crate) struct RawBody<const MAX: usize>(pub WholeBody);

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
fn json_problem(refused: FieldError) -> Problem {
    let code = match refused.error {
        ValidationError::MalformedJson => return Problem::new(Code::MalformedJson),
        ValidationError::Twice => Code::MalformedJson,
        ValidationError::UnknownField => Code::UnknownField,
        _ => Code::WrongType,
    };
    Problem {
        errors: vec![refused],
        ..Problem::new(code)
    }
}

/// The parameters of a query, each at most once, none that is unknown.
pub(crate) struct Query<T>(pub T);

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
