//! What every request passes through: its id, who sends it, and the form of every answer.

use std::{
    future::{Ready, ready},
    time::Instant,
};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use opentelemetry::propagation::Extractor;
use tracing::{Instrument, Span};

use super::{
    endpoint::{AnswerHeaders, Argument},
    metrics::{Metrics, method_label},
    problem::{Problem, render},
    remote::{caller, is_secure},
};
use crate::{
    app::{App, clock::Clock},
    domain::audit::Origin,
    flows::{
        Refusal,
        disconnect::{self, ClientConnection},
        entry::{self, EntrySession},
        sign_in,
    },
    secrets::rng::SystemRng,
    store::SignedIn,
    trace,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers of a request, for the context of its caller's trace.
struct Sent<'h>(&'h HeaderMap);

impl Extractor for Sent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Marks a request of monitoring, in its extensions.
pub(crate) struct Probe;

/// Gives requests their ids before there is an [`App`].
pub(crate) struct RequestIds {
    pub clock: Clock,
    pub rng: SystemRng,
}

impl RequestIds {
    fn next(&self) -> String {
        self.rng.uuid_v7(self.clock.now())
    }
}

/// A request's id, in its extensions.
#[derive(Clone)]
pub(crate) struct RequestId(pub String);

/// Who sends the request.
#[derive(Clone)]
pub(crate) enum Identity {
    /// somebody who is signed in
    Known(Box<SignedIn>),
    /// a client at an entry link
    Client(Box<EntrySession>),
    /// no token, or an invalid one
    Nobody,
    /// it could not be checked
    Fault(Problem),
}

/// The outermost layer: gives the request its id, turns problems into documents, sets the headers
/// that every answer has, and writes the one line of the log.
pub(crate) async fn present(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let started = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let request_id = match sent_id(&request) {
        Some(id) => id,
        None => new_id(&request),
    };
    request
        .extensions_mut()
        .insert(RequestId(request_id.clone()));
    let (pending, connection) = disconnect::watched();
    request.extensions_mut().insert(connection);
    let span = trace::of_request(
        method_label(request.method().as_str()),
        &Sent(request.headers()),
    );
    let answered = next.call(request).instrument(span.clone()).await?;
    let answered = answered.map_into_boxed_body();
    pending.answered();
    let (http_request, response) = answered.into_parts();
    let mut response = with_problem_document(response, &http_request, &request_id);
    set_headers(&mut response, &http_request, &request_id);
    if app.is_some_and(|app| app.drain.has_begun()) {
        // A proxy sends its next request elsewhere.
        response
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    log(
        &http_request,
        response.status(),
        &request_id,
        started,
        &span,
    );
    Ok(ServiceResponse::new(http_request, response))
}

fn new_id(request: &ServiceRequest) -> String {
    match request.app_data::<web::Data<App>>() {
        Some(app) => app.new_id(),
        None => {
            let ids = request.app_data::<web::Data<RequestIds>>();
            ids.map_or_else(String::new, |ids| ids.next())
        }
    }
}

fn sent_id(request: &ServiceRequest) -> Option<String> {
    let sent = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ((1..=128).contains(&sent.len()) && sent.bytes().all(fits)).then(|| sent.to_owned())
}

/// Turns a refusal without a body into the problem document that the caller reads.
pub(crate) fn with_problem_document(
    response: HttpResponse,
    request: &HttpRequest,
    request_id: &str,
) -> HttpResponse {
    let known = response.extensions().get::<Problem>().cloned();
    let is_document = response.headers().contains_key(header::CONTENT_TYPE)
        && (response.extensions().get::<OtherErrorFormat>().is_some() || !is_plain_text(&response));
    let problem = match known {
        Some(problem) => problem,
        None if response.status().is_client_error() || response.status().is_server_error() => {
            if is_document {
                return response;
            }
            Problem::of_status(response.status())
        }
        None => return response,
    };
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.refused(problem.code);
    }
    if let Some(inner) = &problem.inner {
        let code = problem.code.name();
        // What passes by itself is no fault of the program.
        if problem.code.status() == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(request_id, code, "{inner}");
        } else {
            tracing::error!(request_id, code, "{inner}");
        }
    }
    let mut document = render(&problem, request, request_id);
    for name in [header::ALLOW, header::ACCEPT] {
        if let Some(value) = response.headers().get(&name) {
            document.headers_mut().insert(name, value.clone());
        }
    }
    document
}

/// Marks an error in the format of another standard, such as OAuth, in an answer's extensions.
pub(crate) struct OtherErrorFormat;

fn is_plain_text(response: &HttpResponse) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// Sets the headers of every answer.
fn set_headers(response: &mut HttpResponse, request: &HttpRequest, request_id: &str) {
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    let own = request.extensions().get::<AnswerHeaders>().copied();
    let own = own.filter(|_| !is_refusal).unwrap_or_default();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    if let Some(caching) = own.cache_control {
        set(header::CACHE_CONTROL, caching);
    }
    set(header::CONTENT_SECURITY_POLICY, own.content_security_policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    if is_secure(request) {
        let policy = "max-age=31536000; includeSubDomains";
        set(header::STRICT_TRANSPORT_SECURITY, policy);
    }
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Logs one line for each request: no path (it may contain a client number), no query, no body.
fn log(request: &HttpRequest, status: StatusCode, request_id: &str, started: Instant, span: &Span) {
    let route = request
        .match_pattern()
        .unwrap_or_else(|| "(none)".to_owned());
    let method = method_label(request.method().as_str());
    trace::answered(span, method, &route, status.as_u16());
    let elapsed = started.elapsed();
    let staff = match request.extensions().get::<Identity>() {
        Some(Identity::Known(known)) => Some(known.actor.id.to_string()),
        _ => None,
    };
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.answered(method, &route, status.as_u16(), elapsed);
    }
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    macro_rules! answered {
        ($level:ident) => {
            tracing::$level!(
                request_id,
                method = request.method().as_str(),
                route,
                status = status.as_u16(),
                micros,
                staff,
                "answered"
            )
        };
    }
    // Probes come every few seconds, and say nothing while all is well.
    if request.extensions().get::<Probe>().is_some() {
        answered!(debug);
    } else if status.is_server_error() {
        answered!(warn);
    } else {
        answered!(info);
    }
}

/// Finds out who sends the request, once for each.
pub(crate) async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = bearer(&request);
    let app = request.app_data::<web::Data<App>>().cloned();
    let identity = match (app, token) {
        (Some(app), Some(token)) => recognise(&app, &token).await,
        _ => Identity::Nobody,
    };
    request.extensions_mut().insert(identity);
    next.call(request)
        .await
        .map(ServiceResponse::map_into_boxed_body)
}

async fn recognise(app: &App, token: &str) -> Identity {
    let recognised = if entry::is_entry_token(token) {
        let session = entry::recognise(app, token).await;
        session.map(|session| Identity::Client(Box::new(session)))
    } else {
        let known = sign_in::recognise(app, token).await;
        known.map(|known| Identity::Known(Box::new(known)))
    };
    recognised.unwrap_or_else(|refusal| match refusal {
        Refusal::BadCredentials => Identity::Nobody,
        fault => Identity::Fault(fault.into()),
    })
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

impl Argument for ClientConnection {}

impl FromRequest for ClientConnection {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let watched = request.extensions().get::<Self>().cloned();
        ready(watched.ok_or_else(|| Problem::internal("no watch for the caller's disconnect")))
    }
}

/// From where a request came, for the audit.
pub(crate) fn origin(request: &HttpRequest) -> Origin {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone());
    let (peer, app) = (request.peer_addr(), request.app_data::<web::Data<App>>());
    let remote = peer.zip(app).map(|(peer, app)| {
        let trusted = &app.settings.trusted_proxies;
        caller(request.headers(), peer.ip(), trusted).to_string()
    });
    Origin {
        request_id: id.unwrap_or_default(),
        remote,
        trace: trace::current(),
    }
}
