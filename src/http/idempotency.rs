//! `Idempotency-Key`: the same key and the same body give the first answer again, without doing
//! anything twice.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Poll,
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{self, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    batches::next_chunk,
    context::{Identity, origin, written_out},
    extract::read_all,
    problem::Problem,
    words::Code,
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event},
        role::Actor,
    },
    flows::Refusal,
    store::{IdempotencyClaim, Traced},
};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MAX_KEY_CHARS: usize = 128;
/// How long a key is remembered.
pub const KEY_HOURS: i64 = 24;

/// Where a key is not honoured: sign-in has no caller yet, and what changes nothing needs no key.
const EXEMPT: &[&str] = &[
    "/v1/sessions",
    "/v1/oauth/token",
    "/v1/passphrases/check",
    "/v1/passphrases/suggestions",
    "/v1/clients/search",
];

/// Whether a key is honoured on POSTs to an address.
#[must_use]
pub fn is_honoured(path: &str) -> bool {
    !EXEMPT.contains(&path)
}

/// Whether bodies sent to an address are of any length, and so never held whole.
#[must_use]
pub fn is_streamed(path: &str) -> bool {
    path == "/v1/loan-system/batches"
}

/// Fields that a kept answer leaves out.
const SECRETS: &[&str] = &[
    "password",
    "client_secret",
    "secret",
    "access_token",
    "passphrase",
];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// the digest of the request's body, where that passed by and was never held whole; it is kept
    /// encrypted with the rest
    #[serde(default, skip_serializing_if = "Option::is_none")]
    streamed: Option<String>,
}

/// What was seen of a body that passes by.
#[derive(Default)]
struct Seen {
    digest: RefCell<Sha256>,
    is_whole: Cell<bool>,
}

impl Seen {
    /// Looks on while a body is read.
    fn watch(request: &mut ServiceRequest) -> Rc<Self> {
        let seen = Rc::new(Self::default());
        let (chunks, end) = (Rc::clone(&seen), Rc::clone(&seen));
        let passing = request.take_payload().inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                chunks.digest.borrow_mut().update(chunk);
            }
        });
        let passing = passing.chain(stream::poll_fn(move |_| {
            end.is_whole.set(true);
            Poll::Ready(None)
        }));
        request.set_payload(Payload::Stream {
            payload: Box::pin(passing),
        });
        seen
    }

    fn told(&self) -> String {
        hex(&self.digest.borrow().clone().finalize())
    }
}

/// Honours the key of a request that has one.
pub async fn honour(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let header = request.headers().get(KEY).cloned();
    let known = match request.extensions().get::<Identity>() {
        Some(Identity::Known(known)) => Some(known.actor.clone()),
        _ => None,
    };
    let app = request.app_data::<web::Data<App>>().cloned();
    let applies = request.method() == Method::POST && is_honoured(request.path());
    match (header, known, app) {
        (Some(header), Some(actor), Some(app)) if applies => {
            once(request, next, &header, &actor, app).await
        }
        _ => next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body),
    }
}

async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    header: &HeaderValue,
    actor: &Actor,
    app: web::Data<App>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match claim(&mut request, header, actor, &app).await {
        Ok((id, IdempotencyClaim::Fresh)) => {
            let seen = is_streamed(request.path()).then(|| Seen::watch(&mut request));
            // Spawned, so that a caller who hangs up leaves a kept answer and not a key that is stuck.
            let answering = actix_web::rt::spawn(answer(request, next, id, app, seen));
            answering.await.map_err(Problem::internal)?
        }
        Ok((_, IdempotencyClaim::Running)) => {
            Ok(request.error_response(Problem::new(Code::RequestInProgress)))
        }
        Ok((_, IdempotencyClaim::Reused)) => {
            Ok(request.error_response(Problem::new(Code::IdempotencyKeyReused)))
        }
        Ok((_, IdempotencyClaim::Answered(kept))) => {
            let replayed = replay(&mut request, &kept, actor, &app).await;
            Ok(match replayed {
                Ok(response) => request.into_response(response),
                Err(problem) => request.error_response(problem),
            })
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// Claims the key for this request, whose body is read and put back; but a stream is left as it is.
async fn claim(
    request: &mut ServiceRequest,
    header: &HeaderValue,
    actor: &Actor,
    app: &App,
) -> Result<(String, IdempotencyClaim), Problem> {
    let fits = |key: &&str| {
        (1..=MAX_KEY_CHARS).contains(&key.chars().count()) && !key.contains(char::is_control)
    };
    let key = std::str::from_utf8(header.as_bytes()).ok().filter(fits);
    let key = key.ok_or_else(|| Problem::new(Code::IdempotencyKeyInvalid))?;
    let body = if is_streamed(request.path()) {
        web::Bytes::new()
    } else {
        let body = read_all(request.take_payload()).await?;
        let (_, mut whole) = actix_http::h1::Payload::create(true);
        whole.unread_data(body.clone());
        request.set_payload(Payload::from(whole));
        body
    };
    let index = &app.keys.now().index;
    // Under every index key that still reads: a rotation must not let a repeated request through.
    let ids = index.all("idempotency", &format!("{} {key}", actor.id));
    // Under a key of its own: a bare digest of a body would let a thief of the database guess the
    // passphrase in it without ever paying for an argon2 hash.
    let fingerprints = index.all("idempotency.body", &hex(&digest(request, &body)));
    let names: Vec<_> = ids.iter().map(|id| hex(id)).zip(fingerprints).collect();
    let (now, lifetime) = (app.clock.now(), TimeDelta::hours(KEY_HOURS));
    let claim = app
        .store
        .tally(move |tally| {
            let (id, fingerprint) = tally.known_name(&names)?;
            let claim = tally.claim_key(id, fingerprint, lifetime, now)?;
            Ok((id.clone(), claim))
        })
        .await;
    claim.map_err(|error| Problem::from(Refusal::from(error)))
}

async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    id: String,
    app: web::Data<App>,
    seen: Option<Rc<Seen>>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let (http_request, response) = response.into_parts();
    let request_id = origin(&http_request).request_id;
    let response = written_out(response, &http_request, &request_id);
    let status = response.status();
    let (head, body) = response.into_parts();
    let bytes = body::to_bytes(body).await.unwrap_or_default();
    // A stream that was cut off can be sent again under its key: what came of a part is not its answer.
    let is_kept = (status.is_success()
        || (status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS))
        && seen.as_ref().is_none_or(|seen| seen.is_whole.get());
    let kept = is_kept.then(|| Kept {
        status: status.as_u16(),
        headers: [
            header::CONTENT_TYPE,
            header::LOCATION,
            header::CONTENT_LANGUAGE,
        ]
        .into_iter()
        .filter_map(|name| {
            Some((
                name.to_string(),
                head.headers().get(&name)?.to_str().ok()?.to_owned(),
            ))
        })
        .collect(),
        body: without_secrets(&bytes),
        streamed: seen.map(|seen| seen.told()),
    });
    let kept = kept.and_then(|kept| serde_json::to_string(&kept).ok());
    let saved = app
        .store
        .tally(move |tally| match &kept {
            Some(kept) => tally.keep_answer(&id, kept),
            None => tally.release_key(&id),
        })
        .await;
    if let Err(error) = saved {
        // The change stands; a repetition finds the key in use until it ages.
        tracing::error!(request_id, "an answer could not be kept: {error}");
    }
    Ok(ServiceResponse::new(
        http_request,
        head.set_body(BoxBody::new(bytes)),
    ))
}

async fn replay(
    request: &mut ServiceRequest,
    kept: &str,
    actor: &Actor,
    app: &App,
) -> Result<HttpResponse, Problem> {
    let kept: Kept = serde_json::from_str(kept).map_err(Problem::internal)?;
    if let Some(first) = &kept.streamed
        && *first != read_past(request).await?
    {
        return Err(Problem::new(Code::IdempotencyKeyReused));
    }
    // An answer may hold loans; whoever looks again is seen again.
    let body: serde_json::Value = serde_json::from_str(&kept.body).unwrap_or_default();
    let mut event = Event::by(
        actor,
        &origin(request.request()),
        app.clock.now(),
        Action::AnswerReplayed,
    );
    event.client_id = body
        .get("client_id")
        .and_then(|id| id.as_str())
        .map(str::to_owned);
    event.subject_id = body.get("id").and_then(|id| id.as_str()).map(str::to_owned);
    let recorded = app
        .store
        .write(move |_| Ok(Traced::new((), event.clone().outcome("replayed"))))
        .await;
    recorded.map_err(|error| Problem::from(Refusal::from(error)))?;
    let mut response =
        HttpResponse::build(StatusCode::from_u16(kept.status).map_err(Problem::internal)?);
    for (name, value) in &kept.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    response.insert_header((REPLAYED, "true"));
    Ok(response.body(kept.body))
}

/// Reads a stream to its end and keeps nothing of it but its digest.
async fn read_past(request: &mut ServiceRequest) -> Result<String, Problem> {
    let seen = Seen::watch(request);
    let mut payload = request.take_payload();
    while next_chunk(&mut payload)
        .await
        .map_err(Problem::new)?
        .is_some()
    {}
    Ok(seen.told())
}

fn digest(request: &ServiceRequest, body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in [
        request.method().as_str().as_bytes(),
        request.path().as_bytes(),
        body,
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

fn without_secrets(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(body) else {
        return String::from_utf8_lossy(body).into_owned();
    };
    if let Some(fields) = value.as_object_mut() {
        // A card's `passphrase` is its status; the word itself is in no answer.
        fields.retain(|name, value| !(SECRETS.contains(&name.as_str()) && value.is_string()));
    }
    value.to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
