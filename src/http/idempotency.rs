//! `Idempotency-Key`: the same key and the same body give the first answer again, without doing
//! anything twice.
//!
//! Whoever repeats a request passes the handler's own door first, as they are today; only then is
//! anything said about the key.

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

use super::{
    code::Code,
    context::{Identity, origin, written_out},
    extract::Door,
    intake::{MAX_BODY, ReadAhead, read_whole},
    problem::Problem,
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event},
        role::Actor,
    },
    flows::Refusal,
    store::{IdempotencyClaim, KeyClaim, KeyName, RENEW_EVERY, StoreError, Traced},
};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MAX_KEY_CHARS: usize = 128;
/// How long a key is remembered.
pub const KEY_HOURS: i64 = 24;
/// An answer that cannot be kept is tried again so often, a second apart.
const KEEP_TRIES: u32 = 600;

/// Texts that a kept answer leaves out wherever they stand in it. (A card's `passphrase` is its status;
/// the word itself is in no answer.)
const SECRETS: &[&str] = &[
    "password",
    "client_secret",
    "secret",
    "access_token",
    "passphrase",
];
/// What a kept answer leaves out, being for the moment of the first one alone: loans are read again by
/// whoever may read them then.
const OF_THE_MOMENT: &[&str] = &["loans", "source"];

/// Headers that are part of an answer.
const KEPT_HEADERS: [HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::CONTENT_LANGUAGE,
];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Honours the key of a request that has one, behind the door `D` of its handler.
///
/// # Errors
/// What the handler's own service fails with.
pub async fn honour<D: Door>(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(header) = request.headers().get(KEY).cloned() else {
        return next.call(request).await;
    };
    if let Err(refusal) = D::admit(request.request()) {
        return Ok(request.error_response(refusal));
    }
    let known = match request.extensions().get::<Identity>() {
        Some(Identity::Known(known)) => Some(known.actor.clone()),
        _ => None,
    };
    let app = request.app_data::<web::Data<App>>().cloned();
    match known.zip(app) {
        Some((actor, app)) => once(request, next, &header, &actor, app).await,
        None => next.call(request).await,
    }
}

async fn once(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
    header: &HeaderValue,
    actor: &Actor,
    app: web::Data<App>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match claim(&mut request, header, actor, &app).await {
        Ok((claim, IdempotencyClaim::Fresh)) => {
            // Spawned, so that a caller who hangs up leaves a kept answer and not a key that is stuck. A
            // handler that has to know asks the `HangUp` of the request.
            let answering = actix_web::rt::spawn(answer(request, next, claim, app));
            answering.await.map_err(Problem::internal)?
        }
        Ok((_, IdempotencyClaim::Running)) => {
            Ok(request.error_response(Problem::new(Code::RequestInProgress)))
        }
        Ok((_, IdempotencyClaim::Reused)) => {
            Ok(request.error_response(Problem::new(Code::IdempotencyKeyReused)))
        }
        Ok((_, IdempotencyClaim::Answered(kept))) => {
            Ok(match replay(&request, &kept, actor, &app).await {
                Ok(response) => request.into_response(response),
                Err(problem) => request.error_response(problem),
            })
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// Claims the key for this request, whose body is read for it.
async fn claim(
    request: &mut ServiceRequest,
    header: &HeaderValue,
    actor: &Actor,
    app: &web::Data<App>,
) -> Result<(KeyClaim, IdempotencyClaim), Problem> {
    let fits = |key: &&str| {
        (1..=MAX_KEY_CHARS).contains(&key.chars().count()) && !key.contains(char::is_control)
    };
    let key = std::str::from_utf8(header.as_bytes()).ok().filter(fits);
    let key = key.ok_or_else(|| Problem::new(Code::IdempotencyKeyInvalid))?;
    let payload = request.take_payload();
    let whole = read_whole(request.request(), payload, MAX_BODY).await?;
    let index = &app.keys.now().index;
    let ids = index.all("idempotency", &format!("{} {key}", actor.id));
    // Under a key of its own: a bare digest of a body would let a thief of the database guess the
    // passphrase in it without ever paying for an argon2 hash.
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
        .tally(move |tally| tally.claim_key(&claiming, lifetime))
        .await;
    if let Err(StoreError::InDoubt(_)) = claimed {
        // Nothing is carried out under it; if it was claimed after all, it must not stay so.
        let (app, claim) = (app.clone(), claim.clone());
        let released = Outcome {
            app,
            claim,
            kept: None,
        };
        let request_id = origin(request.request()).request_id;
        actix_web::rt::spawn(released.keep_saving(request_id));
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
        never = keep_claimed(&app, &claim) => match never {},
    };
    let (http_request, response) = answered.into_parts();
    let request_id = origin(&http_request).request_id;
    let response = written_out(response, &http_request, &request_id);
    let status = response.status();
    let (head, body) = response.into_parts();
    let bytes = body::to_bytes(body).await.unwrap_or_default();
    let is_kept = status.is_success()
        || (status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS);
    let kept = is_kept.then(|| {
        let headers = KEPT_HEADERS.iter().filter_map(|name| {
            let value = head.headers().get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        });
        Kept {
            status: status.as_u16(),
            headers: headers.collect(),
            body: to_keep(&bytes),
        }
    });
    let outcome = Outcome {
        app,
        claim,
        kept: kept.and_then(|kept| serde_json::to_string(&kept).ok()),
    };
    if let Err(error) = outcome.save().await {
        tracing::warn!(request_id, "an answer is not kept yet: {error}");
        actix_web::rt::spawn(outcome.keep_saving(request_id));
    }
    Ok(ServiceResponse::new(
        http_request,
        head.set_body(BoxBody::new(bytes)),
    ))
}

/// Renews a claim for as long as its request is under way, however long that is.
async fn keep_claimed(app: &App, claim: &KeyClaim) -> Infallible {
    let mut now = claim.at();
    loop {
        app.clock.until(now + RENEW_EVERY).await;
        now = app.clock.now();
        let renewed = claim.clone();
        let renewal = app
            .store
            .tally(move |tally| tally.renew_claim(&renewed, now));
        if let Err(error) = renewal.await {
            tracing::warn!("the claim of an idempotency key was not renewed: {error}");
        }
    }
}

/// What came of a claimed key: an answer to be kept, or nothing, and the key is free again.
struct Outcome {
    app: web::Data<App>,
    claim: KeyClaim,
    kept: Option<String>,
}

impl Outcome {
    async fn save(&self) -> Result<(), StoreError> {
        let (claim, kept) = (self.claim.clone(), self.kept.clone());
        let saved = self.app.store.tally(move |tally| match &kept {
            Some(kept) => tally.store_answer(&claim, kept),
            None => tally.release_key(&claim).map(|()| true),
        });
        if !saved.await? {
            tracing::error!("an answer was not kept: another request has taken its key over");
        }
        Ok(())
    }

    /// The change stands, so its key stays claimed until its answer is kept.
    async fn keep_saving(self, request_id: String) {
        let save = async {
            for _ in 0..KEEP_TRIES {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                if self.save().await.is_ok() {
                    return;
                }
            }
            tracing::error!(request_id, "an answer could not be kept");
        };
        tokio::select! {
            () = save => {}
            never = keep_claimed(&self.app, &self.claim) => match never {},
        }
    }
}

async fn replay(
    request: &ServiceRequest,
    kept: &str,
    actor: &Actor,
    app: &App,
) -> Result<HttpResponse, Problem> {
    let kept: Kept = serde_json::from_str(kept).map_err(Problem::internal)?;
    // Whoever looks again is seen again.
    let body: Value = serde_json::from_str(&kept.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let now = app.clock.now();
    let mut event = Event::by(
        actor,
        &origin(request.request()),
        now,
        Action::AnswerReplayed,
    );
    event.client_id = text("client_id");
    event.subject_id = text("id");
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

/// An answer's body without what is never kept.
fn to_keep(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return String::from_utf8_lossy(body).into_owned();
    };
    strip(&mut value);
    value.to_string()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                let is_secret = SECRETS.contains(&name.as_str()) && value.is_string();
                !is_secret && !OF_THE_MOMENT.contains(&name.as_str())
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
    fn a_kept_answer_has_no_secret_and_no_loan_in_it_however_deep() {
        let answer = json!({
            "id": "1", "password": "a", "staff": [{"secret": "b", "login": "c"}],
            "passphrase": {"state": "active"}, "loans": [{"ticket_number": "T"}],
            "source": {"stale": false}, "inner": {"passphrase": "d", "locked_until": null},
        });
        let kept: Value = serde_json::from_str(&to_keep(answer.to_string().as_bytes())).unwrap();
        let expected = json!({
            "id": "1", "staff": [{"login": "c"}], "passphrase": {"state": "active"},
            "inner": {"locked_until": null},
        });
        assert_eq!(kept, expected);
    }
}
