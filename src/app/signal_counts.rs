//! Number of signals that this process raised, by kind, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::signals::Kind;

/// A count for each kind.
#[derive(Default)]
pub struct SignalCounts([AtomicU64; Kind::ALL.len()]);

impl SignalCounts {
    pub fn count(&self, kind: Kind) {
        if let Some(counter) = self.0.get(kind as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn all(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        Kind::ALL.iter().copied().zip(counts)
    }
}
