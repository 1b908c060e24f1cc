//! Delivers webhooks: by the instance that has the lease, at least once, in order for each client, on the
//! schedule of Standard Webhooks.
//!
//! An attempt is counted after the answer: an instance that dies in between makes another deliver again,
//! under the same id. An instance that was paused and has lost the lease sends nothing more and counts
//! nothing: the lease's term is checked before each attempt and again when it is counted.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::lease::{LeaseKeeper, still_holds};
use crate::{
    app::{App, outbound::WebhookRequest},
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        id::WebhookId,
        webhook::{MOST_ATTEMPTS, rest_asked_for, wait_after},
    },
    secrets::webhook::{WebhookSecret, sign},
    store::{
        DeliveryAnswer, DeliveryRow, DeliveryState, EndpointRow, HeldLease, StoreError, Traced,
    },
    trace,
};

/// Maximum number of messages that are sent to one endpoint at once, each about another client.
const AT_ONCE: i64 = 16;
/// How often the outbox is read.
const PERIOD: Duration = Duration::from_secs(1);
/// How often old deliveries are deleted.
const FORGET_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Why an endpoint was switched off: it answered 410 Gone (Standard Webhooks).
const GONE: &str = "gone";

/// What one pass over the outbox did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// messages that an endpoint accepted
    pub taken: usize,
    /// attempts that failed
    pub failed: usize,
}

/// Delivers webhooks for as long as this instance has the lease.
pub struct DeliveryWorker {
    app: App,
    lease: LeaseKeeper,
    forgot_at: Option<DateTime<Utc>>,
}

impl DeliveryWorker {
    /// A worker without a lease yet.
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            lease: LeaseKeeper::of("webhooks"),
            forgot_at: None,
        }
    }

    /// Makes every attempt that is due, and waits for all of them.
    pub async fn deliver_due(&mut self) -> Result<Delivered, StoreError> {
        let Some((lease, endpoints)) = self.endpoints().await? else {
            return Ok(Delivered::default());
        };
        let passes = endpoints.iter().map(|id| serve(&self.app, &lease, id));
        let mut whole = Delivered::default();
        for pass in join_all(passes).await {
            let pass = pass?;
            whole.taken += pass.taken;
            whole.failed += pass.failed;
        }
        Ok(whole)
    }

    /// Delivers for as long as the service runs. Endpoints are served independently, so that a slow one
    /// delays no other.
    pub async fn run(mut self) {
        let mut serving: HashMap<WebhookId, JoinHandle<()>> = HashMap::new();
        loop {
            match self.endpoints().await {
                Ok(Some((lease, endpoints))) => {
                    serving.retain(|_, pass| !pass.is_finished());
                    for id in endpoints {
                        let (app, lease) = (self.app.clone(), lease.clone());
                        serving.entry(id.clone()).or_insert_with(|| {
                            tokio::spawn(async move { pass(&app, &lease, &id).await })
                        });
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!("webhooks wait for the database: {error}"),
            }
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Gives the lease up, so that another instance can go on at once.
    pub async fn let_go(app: &App) -> Result<(), StoreError> {
        LeaseKeeper::of("webhooks").release(app).await
    }

    /// The endpoints for which something is due, if this instance has the lease.
    async fn endpoints(&mut self) -> Result<Option<(HeldLease, Vec<WebhookId>)>, StoreError> {
        let Some(lease) = self.lease.hold(&self.app).await? else {
            return Ok(None);
        };
        let now = self.app.clock.now();
        if self.forgot_at.is_none_or(|at| now - at >= FORGET_EVERY) {
            self.forgot_at = Some(now);
            let before = now - TimeDelta::days(i64::from(self.app.settings.webhooks.keep_days));
            self.app
                .store
                .unaudited(move |tx| tx.delete_delivered(before))
                .await?;
        }
        let due = self.app.store.read(move |reader| reader.endpoints_due(now));
        Ok(Some((lease, due.await?)))
    }
}

async fn pass(app: &App, lease: &HeldLease, endpoint_id: &WebhookId) {
    if let Err(error) = serve(app, lease, endpoint_id).await {
        tracing::warn!(endpoint = %endpoint_id, "webhooks wait: {error}");
    }
}

/// An endpoint that may be called now, and its signing secrets.
struct ActiveEndpoint {
    row: EndpointRow,
    secrets: Vec<WebhookSecret>,
}

/// Serves one endpoint until nothing is due, or an attempt fails.
async fn serve(
    app: &App,
    lease: &HeldLease,
    endpoint_id: &WebhookId,
) -> Result<Delivered, StoreError> {
    let mut whole = Delivered::default();
    loop {
        let Some((endpoint, due)) = due(app, endpoint_id).await? else {
            return Ok(whole);
        };
        // At the last moment: from here on no other instance sends until the lease could have expired.
        if !still_holds(app, lease).await? {
            return Ok(whole);
        }
        let attempts = due
            .into_iter()
            .map(|row| attempt(app, lease, &endpoint, row));
        let (mut taken, mut is_over) = (0, false);
        for result in join_all(attempts).await {
            match result? {
                AttemptResult::Accepted => taken += 1,
                AttemptResult::Failed => whole.failed += 1,
                AttemptResult::Uncounted => is_over = true,
            }
        }
        whole.taken += taken;
        if taken == 0 || is_over {
            return Ok(whole);
        }
    }
}

/// What is due for an endpoint, if it may be called. Its secrets are read each time: an expired one signs
/// nothing more.
async fn due(
    app: &App,
    endpoint_id: &WebhookId,
) -> Result<Option<(ActiveEndpoint, Vec<DeliveryRow>)>, StoreError> {
    let (now, id) = (app.clock.now(), endpoint_id.to_owned());
    let may_be_called = move |endpoint: &EndpointRow| {
        endpoint.is_active && endpoint.rests_until.is_none_or(|until| until <= now)
    };
    app.store
        .read(move |reader| {
            let Some(endpoint) = reader.endpoint(&id)?.filter(may_be_called) else {
                return Ok(None);
            };
            let due = reader.deliveries_due(&id, now, AT_ONCE)?;
            if due.is_empty() {
                return Ok(None);
            }
            let secrets = reader.signing_secrets(&id, now)?;
            Ok(Some((
                ActiveEndpoint {
                    row: endpoint,
                    secrets,
                },
                due,
            )))
        })
        .await
}

/// The result of an attempt.
enum AttemptResult {
    /// the endpoint accepted the message
    Accepted,
    /// the endpoint did not accept it
    Failed,
    /// another instance has the lease by now, and makes its own attempt
    Uncounted,
}

/// An attempt that was made.
struct Attempted {
    answer: DeliveryAnswer,
    /// how long the endpoint asked to be left alone (`Retry-After`)
    rest: Option<TimeDelta>,
    now: DateTime<Utc>,
}

async fn attempt(
    app: &App,
    lease: &HeldLease,
    endpoint: &ActiveEndpoint,
    row: DeliveryRow,
) -> Result<AttemptResult, StoreError> {
    let (answer, rest) = call(app, endpoint, &row).await?;
    let (endpoint, now) = (&endpoint.row, app.clock.now());
    let attempted = Attempted { answer, rest, now };
    let (is_counted, result) = match answer.status {
        Some(200..=299) => {
            let is_counted = end(app, lease, row, DeliveryState::Delivered, attempted);
            (is_counted.await?, AttemptResult::Accepted)
        }
        Some(410) => {
            let is_counted = end(app, lease, row, DeliveryState::Dead, attempted).await?;
            if is_counted {
                switch_off(app, endpoint).await?;
            }
            (is_counted, AttemptResult::Failed)
        }
        _ => {
            let is_counted = put_off(app, lease, endpoint, row, attempted);
            (is_counted.await?, AttemptResult::Failed)
        }
    };
    Ok(if is_counted {
        result
    } else {
        AttemptResult::Uncounted
    })
}

/// Ends a delivery; gives whether the attempt was counted.
async fn end(
    app: &App,
    lease: &HeldLease,
    row: DeliveryRow,
    state: DeliveryState,
    Attempted { answer, now, .. }: Attempted,
) -> Result<bool, StoreError> {
    let lease = lease.clone();
    app.store
        .unaudited(move |tx| tx.end_delivery(&lease, &row, state, answer, now))
        .await
}

/// Calls an endpoint. Gives its answer, and how long it asked to be left alone.
async fn call(
    app: &App,
    endpoint: &ActiveEndpoint,
    row: &DeliveryRow,
) -> Result<(DeliveryAnswer, Option<TimeDelta>), StoreError> {
    let now = app.clock.now();
    let timestamp = now.timestamp();
    let body = row.payload.as_bytes();
    let signature = sign(&row.message_id, timestamp, body, &endpoint.secrets);
    let signature = signature.map_err(|error| StoreError::Corrupt {
        table: "webhook_deliveries",
        id: row.seq.to_string(),
        why: error.to_string(),
    })?;
    let request = WebhookRequest {
        url: &endpoint.row.url,
        id: &row.message_id,
        timestamp,
        signature: &signature,
        body: &row.payload,
    };
    let span = trace::of_call("webhook", row.traceparent.as_deref());
    Ok(match app.outbound.send(&request).instrument(span).await {
        Ok(reply) => {
            let asked = reply.retry_after.as_deref();
            let rest = asked.and_then(|text| rest_asked_for(reply.status, text, app.clock.now()));
            let answer = DeliveryAnswer {
                status: Some(reply.status),
                error: None,
            };
            (answer, rest)
        }
        Err(why) => {
            let answer = DeliveryAnswer {
                status: None,
                error: Some(why.name()),
            };
            (answer, None)
        }
    })
}

/// Switches an endpoint off that is gone. Its pending deliveries stay, in case it is switched on again.
async fn switch_off(app: &App, endpoint: &EndpointRow) -> Result<(), StoreError> {
    let id = endpoint.id.clone();
    let event = Event::of_nobody(
        &Origin::own("webhooks"),
        app.clock.now(),
        Action::WebhookChanged,
    )
    .subject(&id)
    .outcome(EventOutcome::Disabled)
    .reason(GONE);
    tracing::warn!(
        endpoint = %id,
        "a webhook endpoint answered 410 Gone"
    );
    app.store
        .write(move |tx| {
            let stored = tx.endpoint_for_update(&id)?;
            if stored.is_some_and(|stored| stored.is_active) {
                tx.switch_endpoint(&id, Some(GONE))?;
            }
            Ok(Traced::new((), event.clone()))
        })
        .await
}

/// Ends a delivery; gives whether the attempt was counted.
async fn put_off(
    app: &App,
    lease: &HeldLease,
    endpoint: &EndpointRow,
    row: DeliveryRow,
    Attempted { answer, rest, now }: Attempted,
) -> Result<bool, StoreError> {
    let failed = row.attempts.saturating_add(1);
    let wait = wait_after(failed, |bound| app.rng.below(bound));
    if wait.is_none() {
        tracing::warn!(
            endpoint = %endpoint.id,
            message = %row.message_id,
            "given up after {MOST_ATTEMPTS} attempts: a dead letter"
        );
    }
    let lease = lease.clone();
    app.store
        .unaudited(move |tx| {
            let is_counted = match wait {
                Some(wait) => {
                    let next_at = now + rest.map_or(wait, |rest| wait.max(rest));
                    tx.retry_delivery(&lease, &row, answer, next_at, now)?
                }
                None => tx.end_delivery(&lease, &row, DeliveryState::Dead, answer, now)?,
            };
            if let (true, Some(rest)) = (is_counted, rest) {
                tx.pause_endpoint(&row.endpoint_id, now + rest)?;
            }
            Ok(is_counted)
        })
        .await
}
