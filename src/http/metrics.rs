//! Metrics in the text format of Prometheus: what this process counts, and what it finds when it is asked.

mod machine;
mod sample;

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use super::code::Code;
use crate::{
    app::{App, log::LostLines},
    secrets::certificate::Certificate,
};

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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    code: &'static str,
}

/// The metrics of one process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Served, Histogram, fn() -> Histogram>,
    problems: Family<Refused, Counter>,
    lost_lines: LostLines,
    certificate: Option<Arc<Certificate>>,
}

impl Metrics {
    pub(crate) fn new(lost_lines: LostLines, certificate: Option<Arc<Certificate>>) -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let problems = Family::default();
        let buckets: fn() -> Histogram = || Histogram::new(BUCKETS);
        let seconds = Family::new_with_constructor(buckets);
        // The encoder adds `_total` to the name of a counter.
        registry.register("qupia_requests", "Answers given", requests.clone());
        registry.register("qupia_request_seconds", "Time to answer", seconds.clone());
        let help = "Requests that were refused, by the code of the problem";
        registry.register("qupia_problems", help, problems.clone());
        Self {
            registry,
            requests,
            seconds,
            problems,
            lost_lines,
            certificate,
        }
    }

    /// Counts an answer.
    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: &str,
        status: u16,
        elapsed: Duration,
    ) {
        let labels = Answered {
            method,
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

    /// Counts a refusal.
    pub(crate) fn refused(&self, code: Code) {
        let labels = Refused { code: code.name() };
        self.problems.get_or_create(&labels).inc();
    }

    /// All metrics as text.
    pub(crate) async fn text(&self, app: &App) -> String {
        let mut text = String::new();
        for registry in [&self.registry, &self.sample(app).await] {
            if let Err(error) = prometheus_text::encode(&mut text, registry) {
                tracing::error!("metrics: {error}");
            }
        }
        text
    }
}

/// A method as a label: the caller chooses it, so others than those of the routes share one.
pub(crate) fn method_label(method: &str) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let method = known.into_iter().find(|known| *known == method);
    method.unwrap_or("other")
}
