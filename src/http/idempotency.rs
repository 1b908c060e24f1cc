//! `Idempotency-Key`: the same key and the same body give the first answer again, without doing
//! anything twice.
//!
//! The caller's present role, session and password state are checked first; only then is anything said
//! about the key.

mod caller;

use std::convert::Infallible;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{self, BoxBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::caller::Caller;
use super::{
    code::Code,
    context::{Identity, origin, with_problem_document},
    endpoint::{Endpoint, RequestBody},
    problem::Problem,
    whole_body::{MAX_BODY, ReadAhead, read_whole},
};
use crate::{
    app::App,
    domain::audit::EventOutcome,
    flows::Refusal,
    store::{IdempotencyClaim, KeyClaim, KeyName, RENEW_EVERY, StoreError, Traced},
};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MAX_KEY_CHARS: usize = 128;
/// How long an answer is stored.
pub(crate) const KEY_HOURS: i64 = 24;
/// How often storing an answer is tried again, a second apart.
const STORE_ATTEMPTS: u32 = 600;

/// Texts that are left out of a stored answer, at any depth. (A card's `passphrase` is its status; the
/// passphrase itself is in no answer.)
const SECRETS: &[&str] = &[
    "password",
    "client_secret",
    "secret",
    "access_token",
    "passphrase",
];
/// Fields that are left out as well: loans are read anew, if the caller may read them then.
const NOT_STORED: &[&str] = &["loans", "source"];

/// Headers that are stored with an answer.
const STORED_HEADERS: [HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::CONTENT_LANGUAGE,
];

/// An answer as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Honours the key of a request that has one.
///
/// # Errors
/// What the handler's own service fails with.
pub(crate) async fn honour(
    endpoint: &Endpoint,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(header) = request.headers().get(KEY).cloned() else {
        return next.call(request).await;
    };
    if let Err(refusal) = endpoint.admit(request.request()) {
        return Ok(request.error_response(refusal));
    }
    let caller = match request.extensions().get::<Identity>() {
        Some(Identity::Known(known)) => Some(Caller::Staff(known.actor.clone())),
        Some(Identity::Client(session)) => Some(Caller::Client(session.link().clone())),
        _ => None,
    };
    let app = request.app_data::<web::Data<App>>().cloned();
    match caller.zip(app) {
        Some((caller, app)) => once(endpoint.body, request, next, &header, &caller, app).await,
        None => next.call(request).await,
    }
}

async fn once(
    body: RequestBody,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
    header: &HeaderValue,
    caller: &Caller,
    app: web::Data<App>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match claim(body, &mut request, header, caller, &app).await {
        Ok((claim, IdempotencyClaim::Fresh)) => {
            // Spawned, so that a caller who disconnects leaves a stored answer and not a key that stays
            // claimed. A handler that has to know takes the `ClientConnection` of the request.
            let answering = actix_web::rt::spawn(answer(request, next, claim, app));
            answering.await.map_err(Problem::internal)?
        }
        Ok((_, IdempotencyClaim::Running)) => {
            Ok(request.error_response(Problem::new(Code::RequestInProgress)))
        }
        Ok((_, IdempotencyClaim::Reused)) => {
            Ok(request.error_response(Problem::new(Code::IdempotencyKeyReused)))
        }
        Ok((_, IdempotencyClaim::Answered(stored))) => {
            Ok(match replay(&request, &stored, caller, &app).await {
                Ok(response) => request.into_response(response),
                Err(problem) => request.error_response(problem),
            })
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// Claims the key for this request, whose body is read for it.
async fn claim(
    body: RequestBody,
    request: &mut ServiceRequest,
    header: &HeaderValue,
    caller: &Caller,
    app: &web::Data<App>,
) -> Result<(KeyClaim, IdempotencyClaim), Problem> {
    let fits = |key: &&str| {
        (1..=MAX_KEY_CHARS).contains(&key.chars().count()) && !key.contains(char::is_control)
    };
    let key = std::str::from_utf8(header.as_bytes()).ok().filter(fits);
    let key = key.ok_or_else(|| Problem::new(Code::IdempotencyKeyInvalid))?;
    let payload = request.take_payload();
    let max = match body {
        RequestBody::Whole { max } => max,
        RequestBody::None | RequestBody::Streamed => MAX_BODY,
    };
    let whole = read_whole(request.request(), payload, max).await?;
    let index = &app.keys.now().index;
    let ids = index.all("idempotency", &format!("{} {key}", caller.id()));
    // Under a key: a plain digest of a body would let a thief of the database guess the passphrase in
    // it without computing an argon2 hash.
    let fingerprint = hex::encode(digest(request, whole.bytes()));
    let fingerprints = index.all("idempotency.body", &fingerprint);
    request.extensions_mut().insert(ReadAhead(whole));
    let names = ids
        .iter()
        .zip(fingerprints)
        .map(|(id, fingerprint)| KeyName {
            id: hex::encode(id),
            fingerprint,
        });
    let claim = KeyClaim::new(names.collect(), app.new_id(), app.clock.now());
    let lifetime = TimeDelta::hours(KEY_HOURS);
    let claiming = claim.clone();
    let claimed = app
        .store
        .unaudited(move |tx| tx.claim_key(&claiming, lifetime))
        .await;
    if let Err(StoreError::InDoubt(_)) = claimed {
        // The request is not carried out, so a claim that was committed after all must be released.
        let (app, claim) = (app.clone(), claim.clone());
        let released = ClaimEnd {
            app,
            claim,
            stored: None,
        };
        let request_id = origin(request.request()).request_id;
        actix_web::rt::spawn(released.retry_saving(request_id));
    }
    let claimed = claimed.map_err(|error| Problem::from(Refusal::from(error)))?;
    Ok((claim, claimed))
}

async fn answer(
    request: ServiceRequest,
    next: Next<BoxBody>,
    claim: KeyClaim,
    app: web::Data<App>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answered = tokio::select! {
        answered = next.call(request) => answered?,
        never = renew(&app, &claim) => match never {},
    };
    let (http_request, response) = answered.into_parts();
    let request_id = origin(&http_request).request_id;
    let response = with_problem_document(response, &http_request, &request_id);
    let status = response.status();
    let (head, body) = response.into_parts();
    let bytes = body::to_bytes(body).await.unwrap_or_default();
    let is_stored = status.is_success()
        || (status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS);
    let stored = is_stored.then(|| {
        let headers = STORED_HEADERS.iter().filter_map(|name| {
            let value = head.headers().get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        });
        StoredAnswer {
            status: status.as_u16(),
            headers: headers.collect(),
            body: storable(&bytes),
        }
    });
    let end = ClaimEnd {
        app,
        claim,
        stored: stored.and_then(|stored| serde_json::to_string(&stored).ok()),
    };
    if let Err(error) = end.save().await {
        tracing::warn!(request_id, "an answer is not stored yet: {error}");
        actix_web::rt::spawn(end.retry_saving(request_id));
    }
    Ok(ServiceResponse::new(
        http_request,
        head.set_body(BoxBody::new(bytes)),
    ))
}

/// Renews a claim for as long as its request runs.
async fn renew(app: &App, claim: &KeyClaim) -> Infallible {
    let mut now = claim.at();
    loop {
        app.clock.until(now + RENEW_EVERY).await;
        now = app.clock.now();
        let renewed = claim.clone();
        let renewal = app.store.unaudited(move |tx| tx.renew_claim(&renewed, now));
        if let Err(error) = renewal.await {
            tracing::warn!("the claim of an idempotency key was not renewed: {error}");
        }
    }
}

/// What ends a claim: an answer to be stored, or `None`, which releases the key.
struct ClaimEnd {
    app: web::Data<App>,
    claim: KeyClaim,
    stored: Option<String>,
}

impl ClaimEnd {
    async fn save(&self) -> Result<(), StoreError> {
        let (claim, stored) = (self.claim.clone(), self.stored.clone());
        let saved = self.app.store.unaudited(move |tx| match &stored {
            Some(stored) => tx.store_answer(&claim, stored),
            None => tx.release_key(&claim).map(|()| true),
        });
        if !saved.await? {
            tracing::error!("an answer was not stored: another request has claimed its key");
        }
        Ok(())
    }

    /// The change is committed, so its key stays claimed until its answer is stored.
    async fn retry_saving(self, request_id: String) {
        let save = async {
            for _ in 0..STORE_ATTEMPTS {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                if self.save().await.is_ok() {
                    return;
                }
            }
            tracing::error!(request_id, "an answer could not be stored");
        };
        tokio::select! {
            () = save => {}
            never = renew(&self.app, &self.claim) => match never {},
        }
    }
}

async fn replay(
    request: &ServiceRequest,
    stored: &str,
    caller: &Caller,
    app: &App,
) -> Result<HttpResponse, Problem> {
    let stored: StoredAnswer = serde_json::from_str(stored).map_err(Problem::internal)?;
    // Reading the answer again is recorded in the audit like the first time.
    let body: Value = serde_json::from_str(&stored.body).unwrap_or_default();
    let event = caller.replayed(&origin(request.request()), app.clock.now(), &body);
    let recorded = app
        .store
        .write(move |_| {
            Ok(Traced::new(
                (),
                event.clone().outcome(EventOutcome::Replayed),
            ))
        })
        .await;
    recorded.map_err(|error| Problem::from(Refusal::from(error)))?;
    let mut response =
        HttpResponse::build(StatusCode::from_u16(stored.status).map_err(Problem::internal)?);
    for (name, value) in &stored.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    response.insert_header((REPLAYED, "true"));
    Ok(response.body(stored.body))
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

/// An answer's body without what is never stored.
fn storable(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return String::from_utf8_lossy(body).into_owned();
    };
    strip(&mut value);
    value.to_string()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            // Beside loans it says how many there are.
            if fields.contains_key("loans") {
                fields.remove("spoken");
            }
            fields.retain(|name, value| {
                let is_secret = SECRETS.contains(&name.as_str()) && value.is_string();
                !is_secret && !NOT_STORED.contains(&name.as_str())
            });
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stored_answer_has_no_secret_and_no_loan_in_it_however_deep() {
        let answer = json!({
            "id": "1", "password": "a", "staff": [{"secret": "b", "login": "c"}],
            "passphrase": {"state": "active"}, "loans": [{"ticket_number": "T"}], "spoken": "…",
            "source": {"stale": false}, "inner": {"passphrase": "d", "locked_until": null},
        });
        let stored: Value = serde_json::from_str(&storable(answer.to_string().as_bytes())).unwrap();
        let expected = json!({
            "id": "1", "staff": [{"login": "c"}], "passphrase": {"state": "active"},
            "inner": {"locked_until": null},
        });
        assert_eq!(stored, expected);
    }
}
