//! Messages are delivered to receivers of webhooks: by the instance that has the duty, at least once,
//! in order for each client, on the standard's schedule.
//!
//! An attempt is counted after the answer: whoever dies in between delivers again, under the same id.
//! Whoever was paused, and whose duty is another's by now, sends nothing more and counts nothing: the
//! duty's term is asked for before each attempt and again with its count.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio::task::JoinHandle;

use super::lease::{Watch, still_holds};
use crate::{
    app::{App, outbound::Letter},
    domain::{
        audit::{Action, Event, Origin},
        webhook::{MOST_ATTEMPTS, rest_asked_for, wait_after},
    },
    secrets::webhook::{WebhookSecret, sign},
    store::{Answer, DeliveryRow, DeliveryState, EndpointRow, HeldLease, StoreError, Traced},
};

/// So many messages are on their way to one receiver at once, each of another client.
const AT_ONCE: i64 = 16;
/// How often the outbox is looked at.
const PERIOD: Duration = Duration::from_secs(1);
/// How often what was delivered long ago is forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Why a receiver was switched off: it said so (Standard Webhooks, «410 Gone»).
const GONE: &str = "gone";

/// What a pass over the outbox did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// messages that a receiver took
    pub taken: usize,
    /// attempts that failed
    pub failed: usize,
}

/// Carries messages out, as long as the duty is this instance's.
pub struct Carrier {
    app: App,
    watch: Watch,
    forgot_at: Option<DateTime<Utc>>,
}

impl Carrier {
    /// One that has carried nothing yet.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            watch: Watch::over("webhooks"),
            forgot_at: None,
        }
    }

    /// Delivers all that is due, and waits until it is done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliver_due(&mut self) -> Result<Delivered, StoreError> {
        let Some((held, receivers)) = self.receivers().await? else {
            return Ok(Delivered::default());
        };
        let passes = receivers.iter().map(|id| serve(&self.app, &held, id));
        let mut whole = Delivered::default();
        for pass in join_all(passes).await {
            let pass = pass?;
            whole.taken += pass.taken;
            whole.failed += pass.failed;
        }
        Ok(whole)
    }

    /// Delivers for as long as the service runs. Receivers are served apart, so that a slow one keeps
    /// no other waiting.
    pub async fn run(mut self) {
        let mut serving: HashMap<String, JoinHandle<()>> = HashMap::new();
        loop {
            match self.receivers().await {
                Ok(Some((held, receivers))) => {
                    serving.retain(|_, pass| !pass.is_finished());
                    for id in receivers {
                        let (app, held) = (self.app.clone(), held.clone());
                        serving.entry(id.clone()).or_insert_with(|| {
                            tokio::spawn(async move { pass(&app, &held, &id).await })
                        });
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!("webhooks wait for the database: {error}"),
            }
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Lets another instance go on at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go(app: &App) -> Result<(), StoreError> {
        Watch::over("webhooks").let_go(app).await
    }

    /// The receivers for which something is due, if they are ours to serve.
    async fn receivers(&mut self) -> Result<Option<(HeldLease, Vec<String>)>, StoreError> {
        let Some(held) = self.watch.hold(&self.app).await? else {
            return Ok(None);
        };
        let now = self.app.clock.now();
        if self.forgot_at.is_none_or(|at| now - at >= FORGET_EVERY) {
            self.forgot_at = Some(now);
            let before = now - TimeDelta::days(i64::from(self.app.settings.webhooks.keep_days));
            self.app
                .store
                .tally(move |tally| tally.delete_delivered(before))
                .await?;
        }
        let due = self.app.store.read(move |reader| reader.endpoints_due(now));
        Ok(Some((held, due.await?)))
    }
}

async fn pass(app: &App, held: &HeldLease, endpoint_id: &str) {
    if let Err(error) = serve(app, held, endpoint_id).await {
        tracing::warn!(endpoint = endpoint_id, "webhooks wait: {error}");
    }
}

/// A receiver that may be called now, and what signs for it.
struct Receiver {
    endpoint: EndpointRow,
    secrets: Vec<WebhookSecret>,
}

/// Serves one receiver until nothing is due, or nothing gets through.
async fn serve(app: &App, held: &HeldLease, endpoint_id: &str) -> Result<Delivered, StoreError> {
    let mut whole = Delivered::default();
    loop {
        let Some((receiver, due)) = due(app, endpoint_id).await? else {
            return Ok(whole);
        };
        // At the last moment: from here on nobody else sends for as long as a dead lease is waited for.
        if !still_holds(app, held).await? {
            return Ok(whole);
        }
        let attempts = due
            .into_iter()
            .map(|row| attempt(app, held, &receiver, row));
        let (mut taken, mut is_over) = (0, false);
        for came in join_all(attempts).await {
            match came? {
                Came::Taken => taken += 1,
                Came::Failed => whole.failed += 1,
                Came::Uncounted => is_over = true,
            }
        }
        whole.taken += taken;
        if taken == 0 || is_over {
            return Ok(whole);
        }
    }
}

/// What is due for a receiver, if it is to be called at all. Its secrets are read each time: one that
/// has run out signs nothing more.
async fn due(
    app: &App,
    endpoint_id: &str,
) -> Result<Option<(Receiver, Vec<DeliveryRow>)>, StoreError> {
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
            Ok(Some((Receiver { endpoint, secrets }, due)))
        })
        .await
}

/// What came of an attempt.
enum Came {
    /// the receiver took the message
    Taken,
    /// it did not
    Failed,
    /// another instance delivers by now, and finds out itself
    Uncounted,
}

/// An attempt that was made.
struct Attempted {
    answer: Answer,
    /// for how long the receiver asked to be left alone
    rest: Option<TimeDelta>,
    now: DateTime<Utc>,
}

async fn attempt(
    app: &App,
    held: &HeldLease,
    receiver: &Receiver,
    row: DeliveryRow,
) -> Result<Came, StoreError> {
    let (answer, rest) = call(app, receiver, &row).await?;
    let (endpoint, now) = (&receiver.endpoint, app.clock.now());
    let attempted = Attempted { answer, rest, now };
    let (is_counted, came) = match answer.status {
        Some(200..=299) => {
            let is_counted = end(app, held, row, DeliveryState::Delivered, attempted);
            (is_counted.await?, Came::Taken)
        }
        Some(410) => {
            let is_counted = end(app, held, row, DeliveryState::Dead, attempted).await?;
            if is_counted {
                switch_off(app, endpoint).await?;
            }
            (is_counted, Came::Failed)
        }
        _ => {
            let is_counted = put_off(app, held, endpoint, row, attempted);
            (is_counted.await?, Came::Failed)
        }
    };
    Ok(if is_counted { came } else { Came::Uncounted })
}

/// Says whether the attempt was counted.
async fn end(
    app: &App,
    held: &HeldLease,
    row: DeliveryRow,
    state: DeliveryState,
    Attempted { answer, now, .. }: Attempted,
) -> Result<bool, StoreError> {
    let held = held.clone();
    app.store
        .tally(move |tally| tally.end_delivery(&held, &row, state, answer, now))
        .await
}

/// Calls a receiver. Gives its answer, and for how long it asked to be left alone.
async fn call(
    app: &App,
    receiver: &Receiver,
    row: &DeliveryRow,
) -> Result<(Answer, Option<TimeDelta>), StoreError> {
    let now = app.clock.now();
    let timestamp = now.timestamp();
    let body = row.payload.as_bytes();
    let signature = sign(&row.message_id, timestamp, body, &receiver.secrets);
    let signature = signature.map_err(|error| StoreError::Corrupt {
        table: "webhook_deliveries",
        id: row.seq.to_string(),
        why: error.to_string(),
    })?;
    let letter = Letter {
        url: &receiver.endpoint.url,
        id: &row.message_id,
        timestamp,
        signature: &signature,
        body: &row.payload,
    };
    Ok(match app.outbound.send(&letter).await {
        Ok(reply) => {
            let asked = reply.retry_after.as_deref();
            let rest = asked.and_then(|text| rest_asked_for(reply.status, text, app.clock.now()));
            let answer = Answer {
                status: Some(reply.status),
                error: None,
            };
            (answer, rest)
        }
        Err(why) => {
            let answer = Answer {
                status: None,
                error: Some(why.name()),
            };
            (answer, None)
        }
    })
}

/// The receiver is gone for good; what waits for it stays, for the day that it is switched on again.
async fn switch_off(app: &App, endpoint: &EndpointRow) -> Result<(), StoreError> {
    let id = endpoint.id.clone();
    let event = Event::of_nobody(
        &Origin::own("webhooks"),
        app.clock.now(),
        Action::WebhookChanged,
    )
    .subject(&id)
    .outcome("disabled")
    .reason(GONE);
    tracing::warn!(endpoint = id, "a receiver of webhooks answered 410 Gone");
    app.store
        .write(move |tx| {
            let held = tx.endpoint_for_update(&id)?;
            if held.is_some_and(|held| held.is_active) {
                tx.switch_endpoint(&id, Some(GONE))?;
            }
            Ok(Traced::new((), event.clone()))
        })
        .await
}

/// Says whether the attempt was counted.
async fn put_off(
    app: &App,
    held: &HeldLease,
    endpoint: &EndpointRow,
    row: DeliveryRow,
    Attempted { answer, rest, now }: Attempted,
) -> Result<bool, StoreError> {
    let failed = row.attempts.saturating_add(1);
    let wait = wait_after(failed, |bound| app.chance.below(bound));
    if wait.is_none() {
        tracing::warn!(
            endpoint = endpoint.id,
            message = row.message_id,
            "given up after {MOST_ATTEMPTS} attempts: a dead letter"
        );
    }
    let held = held.clone();
    app.store
        .tally(move |tally| {
            let is_counted = match wait {
                Some(wait) => {
                    let next_at = now + rest.map_or(wait, |rest| wait.max(rest));
                    tally.retry_delivery(&held, &row, answer, next_at, now)?
                }
                None => tally.end_delivery(&held, &row, DeliveryState::Dead, answer, now)?,
            };
            if let (true, Some(rest)) = (is_counted, rest) {
                tally.pause_endpoint(&row.endpoint_id, now + rest)?;
            }
            Ok(is_counted)
        })
        .await
}
