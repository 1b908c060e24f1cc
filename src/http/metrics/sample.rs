//! The metrics that other parts of the app count, and the state that is found when somebody asks.

use std::{sync::atomic::Ordering, time::Duration};

use actix_web::web;
use chrono::{DateTime, Utc};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::{ConstGauge, Gauge},
    },
    registry::Registry,
};
use strum::VariantNames;

use super::{Metrics, machine::Machine};
use crate::{
    COMMIT, RELEASE,
    app::App,
    domain::{audit::Action, verification::VerificationOutcome},
    secrets::keyring::Purpose,
    store::{DatabaseUrl, StoredGauges},
};

/// How long a scrape waits for the database.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(3);

/// One label.
type Label = [(&'static str, &'static str); 1];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
    commit: &'static str,
    database: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Verified {
    outcome: &'static str,
    matched: String,
}

impl Metrics {
    /// The metrics as they are now.
    pub(super) async fn sample(&self, app: &App) -> Registry {
        // A scrape is over sooner than a request may wait for the database.
        let store = app
            .store
            .with_timeout(app.settings.store.timeout.min(DATABASE_TIMEOUT));
        let is_ready = store.ping().await.is_ok() && !app.drain.has_begun();
        let stored = store.read(|reader| reader.stored_gauges()).await;
        let data_dir = app.settings.data_dir.clone();
        let machine = web::block(move || Machine::ask(&data_dir)).await;
        let machine = machine.unwrap_or_default();
        let mut registry = Registry::default();
        build(app, &mut registry);
        let help = "1 where the service could serve just now, as `/readyz` says";
        let is_ready = ConstGauge::new(u64::from(is_ready));
        registry.register("qupia_ready", help, is_ready);
        self.counters(app, &mut registry);
        gauges(app, &mut registry);
        job(app, &mut registry);
        load(app, &mut registry);
        self.times(app, &mut registry);
        let backup = "qupia_last_backup_timestamp_seconds";
        let help = "When the last backup was made";
        time(&mut registry, backup, help, machine.last_backup);
        if let Some(source) = &app.loan_source {
            let requests = counters("result", source.requests());
            let help = "Requests to the loan system";
            registry.register("qupia_loan_source_requests", help, requests);
            let is_open = u64::from(source.is_left_alone());
            let help = "1 while the loan system is not asked, since it failed";
            registry.register(
                "qupia_loan_source_breaker_open",
                help,
                ConstGauge::new(is_open),
            );
        }
        let help = "1 where the database answered just now";
        let is_up = u64::from(stored.is_ok());
        registry.register("qupia_database_up", help, ConstGauge::new(is_up));
        match stored {
            Ok(stored) => database(&stored, &mut registry),
            Err(error) => tracing::debug!("metrics: {error}"),
        }
        machine.register(&mut registry);
        registry
    }

    fn counters(&self, app: &App, registry: &mut Registry) {
        let hashes = app.hasher.stats();
        let (answered, unanswered) = app.outbound.calls();
        let counters = [
            (
                "qupia_hash_jobs",
                "Passphrases and passwords tried on a worker",
                hashes.jobs_checked,
            ),
            ("qupia_hashes", "Hashes computed", hashes.hashes_computed),
            (
                "qupia_hash_refused",
                "Callers refused for load",
                hashes.refused_overload,
            ),
            (
                "qupia_webhooks_answered",
                "Attempts that a receiver of webhooks answered",
                answered,
            ),
            (
                "qupia_webhooks_unanswered",
                "Attempts that no receiver answered",
                unanswered,
            ),
            (
                "qupia_log_lines_lost",
                "Lines of the log that could not be written",
                self.lost_lines.count(),
            ),
        ];
        for (name, help, value) in counters {
            registry.register(name, help, ConstCounter::new(value));
        }
    }

    /// Times of the past and the future.
    fn times(&self, app: &App, registry: &mut Registry) {
        let keys = app.keys.now();
        let created = Family::<Label, Gauge>::default();
        for purpose in Purpose::ALL {
            let key = keys.keyring.active(purpose);
            let label = [("purpose", purpose.as_str())];
            created
                .get_or_create(&label)
                .set(key.created_at().timestamp());
        }
        let help = "When the key that makes what is new was made";
        registry.register("qupia_key_created_timestamp_seconds", help, created);
        let certificate = self.certificate.as_ref();
        time(
            registry,
            "qupia_certificate_expires_timestamp_seconds",
            "Until when the certificate for HTTPS is valid",
            certificate.map(|certificate| certificate.expires_at()),
        );
    }
}

fn build(app: &App, registry: &mut Registry) {
    let database = match app.settings.store.url {
        DatabaseUrl::Sqlite(_) => "sqlite",
        DatabaseUrl::Postgres(_) => "postgres",
    };
    let build = Family::<Build, Gauge>::default();
    build
        .get_or_create(&Build {
            version: RELEASE,
            commit: COMMIT,
            database,
        })
        .set(1);
    registry.register("qupia_build_info", "The build, always 1", build);
}

fn gauges(app: &App, registry: &mut Registry) {
    let hashes = app.hasher.stats();
    let gauges = [
        (
            "qupia_hash_waiting",
            "Callers in the line for a hash",
            hashes.waiting as u64,
        ),
        (
            "qupia_hash_admitted",
            "Callers admitted and not yet settled",
            hashes.admitted as u64,
        ),
        (
            "qupia_hash_mean_micros",
            "Mean time of one hash, microseconds",
            hashes.mean_hash_micros,
        ),
        (
            "qupia_keyring_refused",
            "1 while the keyring's file cannot be taken and the keys stay as they were",
            u64::from(app.keyring_refused.load(Ordering::Relaxed)),
        ),
        (
            "qupia_drain",
            "1 once the service was asked to stop",
            u64::from(app.drain.has_begun()),
        ),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(value));
    }
}

/// The figures of the job: what was done, as the audit has it.
fn job(app: &App, registry: &mut Registry) {
    const NONE: &str = "none";
    let verifications = Family::<Verified, Counter>::default();
    // Each is there from the beginning, so that the first one is seen to come.
    for outcome in <VerificationOutcome as VariantNames>::VARIANTS {
        let matched = NONE.to_owned();
        let _zero = verifications.get_or_create(&Verified { outcome, matched });
    }
    let lockouts = counters("state", [("locked", 0), ("disabled", 0)]);
    let applications = counters("state", [("draft", 0), ("completed", 0), ("cancelled", 0)]);
    for (kind, count) in app.store.event_counts() {
        let is = |action: Action| kind.action == action.name();
        let state = |state| [("state", state)];
        if is(Action::VerificationRecorded) {
            let labels = Verified {
                outcome: kind.outcome.unwrap_or(NONE),
                matched: kind.fold.unwrap_or_else(|| NONE.to_owned()),
            };
            verifications.get_or_create(&labels).inc_by(count);
        } else if is(Action::PassphraseLocked) {
            lockouts.get_or_create(&state("locked")).inc_by(count);
        } else if is(Action::PassphraseDisabled) {
            lockouts.get_or_create(&state("disabled")).inc_by(count);
        } else if is(Action::ApplicationDrafted) {
            applications.get_or_create(&state("draft")).inc_by(count);
        } else if is(Action::ApplicationCompleted) {
            applications
                .get_or_create(&state("completed"))
                .inc_by(count);
        } else if is(Action::ApplicationCancelled) {
            applications
                .get_or_create(&state("cancelled"))
                .inc_by(count);
        }
    }
    let help = "Verifications recorded, by what came of them and what matched";
    registry.register("qupia_verifications", help, verifications);
    let help = "Passphrases that wrong words locked or disabled";
    registry.register("qupia_lockouts", help, lockouts);
    let help = "Applications, by the state that they came into";
    registry.register("qupia_applications", help, applications);
    let signals = app.signals.all().map(|(kind, count)| (kind.name(), count));
    let help = "Signals of abuse by insiders";
    registry.register("qupia_signals_raised", help, counters("kind", signals));
}

/// Queues, and the time of what passes through them.
fn load(app: &App, registry: &mut Registry) {
    let steps = app.verification_times.steps.clone();
    let help = "Time of the steps of a verification";
    registry.register("qupia_verification_seconds", help, steps);
    let waiting = Family::<Label, Gauge>::default();
    for (queue, count) in app.store.waiting() {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        waiting.get_or_create(&[("queue", queue)]).set(count);
    }
    let help = "Units of work that wait for a connection";
    registry.register("qupia_database_waiting", help, waiting);
}

fn database(stored: &StoredGauges, registry: &mut Registry) {
    let gauges = [
        (
            "qupia_webhooks_pending",
            "Webhooks that are to be sent",
            stored.webhooks_pending,
        ),
        (
            "qupia_webhooks_dead",
            "Webhooks that were given up",
            stored.webhooks_dead,
        ),
        (
            "qupia_audit_unsealed_events",
            "Events of the audit that are not sealed yet",
            stored.unsealed,
        ),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(value));
    }
    time(
        registry,
        "qupia_audit_oldest_unsealed_timestamp_seconds",
        "When the oldest unsealed event was recorded",
        stored.oldest_unsealed,
    );
    time(
        registry,
        "qupia_loans_newest_timestamp_seconds",
        "The time of the newest word of the loan system about a loan",
        stored.newest_loan,
    );
}

fn counters(
    label: &'static str,
    counts: impl IntoIterator<Item = (&'static str, u64)>,
) -> Family<Label, Counter> {
    let family = Family::<Label, Counter>::default();
    for (value, count) in counts {
        family.get_or_create(&[(label, value)]).inc_by(count);
    }
    family
}

/// A time in seconds since 1970; absent where there is none.
fn time(registry: &mut Registry, name: &str, help: &str, time: Option<DateTime<Utc>>) {
    if let Some(time) = time {
        registry.register(name, help, ConstGauge::new(time.timestamp()));
    }
}
