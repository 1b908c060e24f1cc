//! Metrics in the text format of Prometheus.

use std::{sync::atomic::Ordering, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::Registry,
};

use crate::app::{App, log::LostLines};

/// Upper bounds of the buckets of `qupia_request_seconds`.
const BUCKETS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    route: String,
}

/// The metrics of one process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Served, Histogram, fn() -> Histogram>,
    lost_lines: LostLines,
}

impl Metrics {
    pub(crate) fn new(lost_lines: LostLines) -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let buckets: fn() -> Histogram = || Histogram::new(BUCKETS);
        let seconds = Family::new_with_constructor(buckets);
        // The encoder adds `_total` to the name of a counter.
        registry.register("qupia_requests", "Answers given", requests.clone());
        registry.register("qupia_request_seconds", "Time to answer", seconds.clone());
        Self {
            registry,
            requests,
            seconds,
            lost_lines,
        }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        // The caller chooses the method: others than those of the routes share one label.
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let method = known.into_iter().find(|known| *known == method);
        let labels = Answered {
            method: method.unwrap_or("other"),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        let labels = Served {
            route: labels.route,
        };
        let seconds = self.seconds.get_or_create(&labels);
        seconds.observe(elapsed.as_secs_f64());
    }

    /// All metrics as text.
    pub(crate) fn text(&self, app: &App) -> String {
        let mut text = String::new();
        for registry in [&self.registry, &self.current(app)] {
            if let Err(error) = prometheus_text::encode(&mut text, registry) {
                tracing::error!("metrics: {error}");
            }
        }
        text
    }

    /// The metrics that other parts of the app count themselves, as they are now.
    fn current(&self, app: &App) -> Registry {
        let hashes = app.hasher.stats();
        let (answered, unanswered) = app.outbound.calls();
        let signals = Family::<_, Counter>::default();
        for (kind, count) in app.signals.all() {
            signals
                .get_or_create(&[("kind", kind.name())])
                .inc_by(count);
        }
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
        ];
        let mut registry = Registry::default();
        for (name, help, value) in counters {
            registry.register(name, help, ConstCounter::new(value));
        }
        for (name, help, value) in gauges {
            registry.register(name, help, ConstGauge::new(value));
        }
        let help = "Signals of abuse by insiders";
        registry.register("qupia_signals_raised", help, signals);
        registry
    }
}
