//! Figures for Prometheus.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder,
};

use crate::app::{App, log::LostLines};

/// The figures of one process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    lost_lines: LostLines,
}

impl Metrics {
    /// Makes the registry; lines that the log lost are told among the figures.
    ///
    /// # Errors
    /// What the library says where two figures have one name.
    pub fn new(lost_lines: LostLines) -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("qupia_requests_total", "Answers given"),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("qupia_request_seconds", "Time to answer")
                .buckets(vec![0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]),
            &["route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Self {
            registry,
            requests,
            seconds,
            lost_lines,
        })
    }

    /// Counts an answer.
    pub fn answered(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        // A method is the caller's to choose; only those of the routes are kept apart.
        let method = if ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            method
        } else {
            "other"
        };
        self.requests
            .with_label_values(&[method, route, &status.to_string()])
            .inc();
        self.seconds
            .with_label_values(&[route])
            .observe(elapsed.as_secs_f64());
    }

    /// The figures in Prometheus's text form.
    #[must_use]
    pub fn text(&self, app: &App) -> String {
        let mut text = Vec::new();
        let encoded = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        if let Err(error) = encoded {
            tracing::error!("metrics: {error}");
        }
        let mut text = String::from_utf8(text).unwrap_or_default();
        let stats = app.hasher.stats();
        let (answered, unanswered) = app.outbound.calls();
        let figures: [(&str, &str, &str, u64); 10] = [
            (
                "qupia_hash_jobs_total",
                "counter",
                "Passphrases and passwords tried on a worker",
                stats.jobs_checked,
            ),
            (
                "qupia_hashes_total",
                "counter",
                "Hashes computed",
                stats.hashes_computed,
            ),
            (
                "qupia_hash_refused_total",
                "counter",
                "Callers refused for load",
                stats.refused_overload,
            ),
            (
                "qupia_hash_waiting",
                "gauge",
                "Callers in the line for a hash",
                stats.waiting as u64,
            ),
            (
                "qupia_hash_admitted",
                "gauge",
                "Callers admitted and not yet settled",
                stats.admitted as u64,
            ),
            (
                "qupia_hash_mean_micros",
                "gauge",
                "Mean time of one hash, microseconds",
                stats.mean_hash_micros,
            ),
            (
                "qupia_webhooks_answered_total",
                "counter",
                "Attempts that a receiver of webhooks answered",
                answered,
            ),
            (
                "qupia_webhooks_unanswered_total",
                "counter",
                "Attempts that no receiver answered",
                unanswered,
            ),
            (
                "qupia_keyring_refused",
                "gauge",
                "1 while the keyring's file cannot be taken and the keys stay as they were",
                u64::from(app.keyring_refused.is_so()),
            ),
            (
                "qupia_log_lines_lost_total",
                "counter",
                "Lines of the log that could not be written",
                self.lost_lines.count(),
            ),
        ];
        for (name, kind, help, value) in figures {
            text.push_str(&format!(
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
            ));
        }
        let name = "qupia_signals_raised_total";
        text.push_str(&format!(
            "# HELP {name} Signals of abuse by insiders\n# TYPE {name} counter\n"
        ));
        for (kind, count) in app.signals.all() {
            text.push_str(&format!("{name}{{kind=\"{}\"}} {count}\n", kind.name()));
        }
        text
    }
}
