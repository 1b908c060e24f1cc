//! An endpoint of the service, declared once. The router, the OpenAPI document, the headers of answers
//! and the tests of roles are all read off an [`Endpoint`].
//!
//! To add one:
//!
//! 1. Write the handler beside those of its resource. Its arguments say who may call it ([`Argument`]):
//!    a `Guard` first, then `Call`, then what it reads of the path, the query and the body.
//! 2. Give it `#[utoipa::path(…)]` with method, path, tag, operation id, parameters and answers.
//! 3. Add a row to the table in `endpoints.rs`, with the problems of its own.
//! 4. Run `cargo run -- openapi > docs/openapi.json`. Roles, security and shared problems come by
//!    themselves, there and in `tests/it/roles.rs`.

use actix_web::{
    FromRequest, Handler, HttpRequest, Responder, Route,
    http::Method,
    web::{self, Payload},
};
// utoipa has no other way to the tags and named schemas of a handler: its own derives take this one.
use utoipa::{
    __dev::{SchemaReferences, Tags},
    openapi::{
        RefOr, Schema,
        path::{HttpMethod, Operation},
    },
};

use super::{code::Code, problem::Problem};
use crate::domain::role::Role;

/// The path under which the API is mounted.
pub(crate) const API: &str = "/v1";

/// An endpoint.
pub struct Endpoint {
    /// its path, with parameters in braces
    pub path: String,
    /// its method; GET answers HEAD as well
    pub method: Method,
    /// where it is served
    pub group: RouteGroup,
    /// who may call it
    pub access: RouteAccess,
    /// what it takes as the body of a request
    pub body: RequestBody,
    /// whether an `Idempotency-Key` is honoured
    pub honours_key: bool,
    /// the media type of a successful answer, which `Accept` has to admit
    pub media_type: String,
    /// headers of a successful answer
    pub headers: AnswerHeaders,
    problems: Vec<Code>,
    admit: fn(&HttpRequest) -> Result<(), Problem>,
    operation: fn() -> Operation,
    schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
    route: Box<dyn Fn() -> Route + Send + Sync>,
}

/// Where an endpoint is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteGroup {
    /// under [`API`]: callers are identified, and `Accept` is honoured
    Api,
    /// beside it
    Root,
    /// beside it, and at `metrics.listen` where that is set
    Probes,
    /// beside it, or at `metrics.listen` where that is set
    Metrics,
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteAccess {
    /// anybody
    Public,
    /// a client, by the token of an entry link
    Entry,
    /// somebody who is signed in
    Roles {
        /// in one of these roles
        roles: &'static [Role],
        /// also while a one-time password has still to be changed
        before_password_change: bool,
    },
}

/// What an endpoint takes as the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// nothing
    None,
    /// one that is read whole
    Whole {
        /// its maximum size, bytes
        max: usize,
    },
    /// one of any length, read as it arrives
    Streamed,
}

/// Headers that differ from endpoint to endpoint. A refusal always has the default ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerHeaders {
    /// `Cache-Control`; none is sent for `None`
    pub cache_control: Option<&'static str>,
    /// `Content-Security-Policy`
    pub content_security_policy: &'static str,
}

impl Default for AnswerHeaders {
    /// What is personal is never stored on the way (ASVS 14.3.2), and JSON loads nothing.
    fn default() -> Self {
        Self {
            cache_control: Some("no-store"),
            content_security_policy: "default-src 'none'; frame-ancestors 'none'",
        }
    }
}

impl AnswerHeaders {
    /// For the API's documentation: it may be stored, and loads what comes with it.
    pub(crate) const DOCUMENTATION: Self = Self {
        cache_control: None,
        content_security_policy: "default-src 'self'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    };
}

/// The endpoint of a handler, under [`API`] unless it is in [another group](Endpoint::in_group).
macro_rules! endpoint {
    ($module:ident::$handler:ident) => {
        pastey::paste! {
            $crate::http::endpoint::Endpoint::of::<$module::[<__path_ $handler>], _, _>(
                $module::$handler,
            )
        }
    };
}
pub(super) use endpoint;

impl Endpoint {
    /// The endpoint of a handler that `P` describes.
    pub(crate) fn of<P, F, Args>(handler: F) -> Self
    where
        P: utoipa::Path + SchemaReferences + Tags<'static>,
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + Arguments + 'static,
        F::Output: Responder + 'static,
    {
        let mut endpoint = Self {
            path: P::path(),
            method: method_of::<P>(),
            group: RouteGroup::Api,
            access: RouteAccess::Public,
            body: RequestBody::None,
            honours_key: false,
            media_type: media_type_of(&P::operation()),
            headers: AnswerHeaders::default(),
            problems: Vec::new(),
            admit: Args::admit,
            operation: || {
                let mut operation = P::operation();
                let tags = P::tags().into_iter().map(str::to_owned);
                operation.tags = Some(tags.collect());
                operation
            },
            schemas: P::schemas,
            route: Box::new(move || web::route().to(handler.clone())),
        };
        Args::declare(&mut endpoint);
        endpoint.honours_key = endpoint.method == Method::POST
            && endpoint.access != RouteAccess::Public
            && endpoint.body != RequestBody::Streamed;
        endpoint
    }

    /// Names problems that it can end in.
    pub(crate) fn refuses(mut self, codes: &[Code]) -> Self {
        self.add_problems(codes);
        self
    }

    /// As [`Endpoint::refuses`], for an [`Argument`].
    pub(crate) fn add_problems(&mut self, codes: &[Code]) {
        self.problems.extend(codes);
    }

    /// Restricts who may call it.
    ///
    /// # Panics
    /// Where an argument before this one can refuse a request: a caller who may not call is told nothing
    /// else.
    pub(crate) fn restrict(&mut self, access: RouteAccess, codes: &[Code]) {
        let path = &self.path;
        assert!(self.problems.is_empty(), "{path}: the guard comes first");
        self.access = access;
        self.add_problems(codes);
    }

    /// Serves it elsewhere than under [`API`].
    pub(crate) fn in_group(self, group: RouteGroup) -> Self {
        Self { group, ..self }
    }

    /// Sends other headers with a successful answer.
    pub(crate) fn headers(self, headers: AnswerHeaders) -> Self {
        Self { headers, ..self }
    }

    /// Honours no `Idempotency-Key`: nothing is changed, or a repetition does no harm.
    pub(crate) fn without_key(self) -> Self {
        Self {
            honours_key: false,
            ..self
        }
    }

    /// Every problem that it can end in, in the order of [`Code::all`].
    pub(crate) fn problems(&self) -> Vec<Code> {
        let of_group: &[Code] = match self.group {
            RouteGroup::Api => &[Code::NotAcceptable, Code::Internal, Code::Unavailable],
            RouteGroup::Root | RouteGroup::Probes | RouteGroup::Metrics => &[],
        };
        let of_key: &[Code] = if self.honours_key {
            &[
                Code::BadRequest,
                Code::RequestTimeout,
                Code::RequestInProgress,
                Code::PayloadTooLarge,
                Code::IdempotencyKeyInvalid,
                Code::IdempotencyKeyReused,
                Code::Overloaded,
            ]
        } else {
            &[]
        };
        let all = [&self.problems, of_group, of_key];
        Code::all()
            .filter(|code| all.iter().any(|some| some.contains(code)))
            .collect()
    }

    /// Whether the sender of a request may call it.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        (self.admit)(request)
    }

    /// What utoipa knows of it: parameters, bodies and answers.
    pub(crate) fn operation(&self) -> Operation {
        (self.operation)()
    }

    /// The named schemas that its operation refers to.
    pub(crate) fn schemas(&self) -> Vec<(String, RefOr<Schema>)> {
        let mut schemas = Vec::new();
        (self.schemas)(&mut schemas);
        schemas
    }

    /// A route to the handler, for any method.
    pub(crate) fn route(&self) -> Route {
        (self.route)()
    }
}

fn method_of<P: utoipa::Path>() -> Method {
    match P::methods().first() {
        Some(HttpMethod::Post) => Method::POST,
        Some(HttpMethod::Put) => Method::PUT,
        Some(HttpMethod::Patch) => Method::PATCH,
        Some(HttpMethod::Delete) => Method::DELETE,
        Some(HttpMethod::Get) => Method::GET,
        _ => panic!("{}: no endpoint is declared for such a method", P::path()),
    }
}

/// What the first successful answer is; JSON where it is empty.
fn media_type_of(operation: &Operation) -> String {
    let responses = &operation.responses.responses;
    let successful = responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'));
    let mut types = successful.filter_map(|(_, response)| match response {
        RefOr::T(response) => response.content.keys().next().cloned(),
        RefOr::Ref(_) => None,
    });
    types
        .next()
        .unwrap_or_else(|| "application/json".to_owned())
}

/// An argument of a handler, which is a part of its endpoint's declaration.
pub(crate) trait Argument {
    /// Declares what it requires of a request, and the problems that it refuses one with.
    fn declare(_: &mut Endpoint) {}

    /// Whether the sender of a request may call the handler, as far as this argument knows.
    ///
    /// # Errors
    /// The refusal.
    fn admit(_: &HttpRequest) -> Result<(), Problem> {
        Ok(())
    }
}

/// All arguments of a handler.
pub(crate) trait Arguments {
    /// Declares each.
    fn declare(endpoint: &mut Endpoint);

    /// Whether each admits the sender of a request.
    ///
    /// # Errors
    /// The first refusal.
    fn admit(request: &HttpRequest) -> Result<(), Problem>;
}

macro_rules! arguments {
    ($(($($argument:ident),*))+) => {
        $(
            #[allow(unused_variables)]
            impl<$($argument: Argument),*> Arguments for ($($argument,)*) {
                fn declare(endpoint: &mut Endpoint) {
                    $($argument::declare(endpoint);)*
                }

                fn admit(request: &HttpRequest) -> Result<(), Problem> {
                    $($argument::admit(request)?;)*
                    Ok(())
                }
            }
        )+
    };
}

arguments! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }

impl Argument for HttpRequest {}

impl<T: 'static> Argument for web::Data<T> {}

/// A body that the handler reads as it arrives.
impl Argument for Payload {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.body = RequestBody::Streamed;
    }
}
