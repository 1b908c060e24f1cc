//! Messages are delivered to receivers of webhooks: by the instance that has the duty, at least once,
//! in order for each client, on the standard's schedule.
//!
//! An attempt is counted after the answer: whoever dies in between delivers again, under the same id.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio::task::JoinHandle;

use super::lease::Watch;
use crate::{
    app::{App, outbound::Letter},
    domain::{
        audit::{Action, Event, Origin},
        webhook::{MOST_ATTEMPTS, wait_after},
    },
    secrets::webhook::sign,
    store::{Answer, DeliveryRow, DeliveryState, EndpointRow, StoreError, Traced},
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
        let receivers = self.receivers().await?;
        let passes = receivers.iter().map(|id| serve(&self.app, id));
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
                Ok(receivers) => {
                    serving.retain(|_, pass| !pass.is_finished());
                    for id in receivers {
                        let app = self.app.clone();
                        serving
                            .entry(id.clone())
                            .or_insert_with(|| tokio::spawn(async move { pass(&app, &id).await }));
                    }
                }
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
    async fn receivers(&mut self) -> Result<Vec<String>, StoreError> {
        if !self.watch.is_ours(&self.app).await? {
            return Ok(Vec::new());
        }
        let now = self.app.clock.now();
        if self.forgot_at.is_none_or(|at| now - at >= FORGET_EVERY) {
            self.forgot_at = Some(now);
            let before = now - TimeDelta::days(i64::from(self.app.settings.webhooks.keep_days));
            self.app
                .store
                .tally(move |tally| tally.forget_delivered(before))
                .await?;
        }
        self.app
            .store
            .read(move |reader| reader.endpoints_due(now))
            .await
    }
}

async fn pass(app: &App, endpoint_id: &str) {
    if let Err(error) = serve(app, endpoint_id).await {
        tracing::warn!(endpoint = endpoint_id, "webhooks wait: {error}");
    }
}

/// Serves one receiver until nothing is due, or nothing gets through.
async fn serve(app: &App, endpoint_id: &str) -> Result<Delivered, StoreError> {
    let mut whole = Delivered::default();
    loop {
        let (now, id) = (app.clock.now(), endpoint_id.to_owned());
        let found = app
            .store
            .read(move |reader| {
                let endpoint = reader.endpoint(&id)?.filter(|endpoint| endpoint.is_active);
                let Some(endpoint) = endpoint else {
                    return Ok(None);
                };
                let due = reader.deliveries_due(&id, now, AT_ONCE)?;
                Ok(Some((endpoint, due)))
            })
            .await?;
        let Some((endpoint, due)) = found.filter(|(_, due)| !due.is_empty()) else {
            return Ok(whole);
        };
        let attempts = due.into_iter().map(|row| attempt(app, &endpoint, row));
        let mut taken = 0;
        for attempt in join_all(attempts).await {
            if attempt? {
                taken += 1;
            } else {
                whole.failed += 1;
            }
        }
        whole.taken += taken;
        if taken == 0 {
            return Ok(whole);
        }
    }
}

/// One attempt; says whether the receiver took the message.
async fn attempt(app: &App, endpoint: &EndpointRow, row: DeliveryRow) -> Result<bool, StoreError> {
    let answer = call(app, endpoint, &row).await?;
    let now = app.clock.now();
    match answer.status {
        Some(200..=299) => {
            app.store
                .tally(move |tally| tally.end_delivery(&row, DeliveryState::Delivered, answer, now))
                .await?;
            Ok(true)
        }
        Some(410) => {
            switch_off(app, endpoint).await?;
            app.store
                .tally(move |tally| tally.end_delivery(&row, DeliveryState::Dead, answer, now))
                .await?;
            Ok(false)
        }
        _ => {
            put_off(app, endpoint, row, answer, now).await?;
            Ok(false)
        }
    }
}

async fn call(app: &App, endpoint: &EndpointRow, row: &DeliveryRow) -> Result<Answer, StoreError> {
    let (now, id) = (app.clock.now(), endpoint.id.clone());
    // Read for each attempt: a secret that has run out signs nothing more.
    let secrets = app
        .store
        .read(move |reader| reader.signing_secrets(&id, now))
        .await?;
    let timestamp = now.timestamp();
    let signature = sign(&row.message_id, timestamp, row.payload.as_bytes(), &secrets);
    let signature = signature.map_err(|error| StoreError::Corrupt {
        table: "webhook_deliveries",
        id: row.seq.to_string(),
        why: error.to_string(),
    })?;
    let letter = Letter {
        url: &endpoint.url,
        id: &row.message_id,
        timestamp,
        signature: &signature,
        body: &row.payload,
    };
    Ok(match app.outbound.send(&letter).await {
        Ok(status) => Answer {
            status: Some(status),
            error: None,
        },
        Err(why) => Answer {
            status: None,
            error: Some(why.name()),
        },
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
            let held = tx.hold_endpoint(&id)?;
            if held.is_some_and(|held| held.is_active) {
                tx.switch_endpoint(&id, Some(GONE))?;
            }
            Ok(Traced::new((), event.clone()))
        })
        .await
}

async fn put_off(
    app: &App,
    endpoint: &EndpointRow,
    row: DeliveryRow,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let failed = row.attempts.saturating_add(1);
    let wait = wait_after(failed, |bound| app.chance.below(bound));
    if wait.is_none() {
        tracing::warn!(
            endpoint = endpoint.id,
            message = row.message_id,
            "given up after {MOST_ATTEMPTS} attempts: a dead letter"
        );
    }
    app.store
        .tally(move |tally| match wait {
            Some(wait) => tally.retry_delivery(&row, answer, now + wait, now),
            None => tally.end_delivery(&row, DeliveryState::Dead, answer, now),
        })
        .await
}
