//! How long the steps of verifications took, for the metrics.

use std::{future::Future, time::Instant};

use prometheus_client::metrics::{family::Family, histogram::Histogram};

/// Upper bounds of the buckets, seconds.
const BUCKETS: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 2.0, 5.0, 10.0];

/// Histograms by the label `step`.
pub(crate) type StepHistograms =
    Family<[(&'static str, &'static str); 1], Histogram, fn() -> Histogram>;

/// A histogram for each step.
pub struct VerificationTimes {
    /// all of them
    pub(crate) steps: StepHistograms,
    /// waiting for a hash worker
    pub(crate) queue: Histogram,
    /// trying the passphrase
    pub(crate) hash: Histogram,
    /// storing the result
    pub(crate) settle: Histogram,
}

impl Default for VerificationTimes {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let steps = StepHistograms::new_with_constructor(histogram);
        let of = |step| steps.get_or_create_owned(&[("step", step)]);
        Self {
            queue: of("queue"),
            hash: of("hash"),
            settle: of("settle"),
            steps,
        }
    }
}

/// Runs a step and observes its time.
pub(crate) async fn timed<T>(histogram: &Histogram, step: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let done = step.await;
    histogram.observe(started.elapsed().as_secs_f64());
    done
}
