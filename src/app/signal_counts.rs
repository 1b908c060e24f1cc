//! Number of signals that this process raised, by kind, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::signals::SignalKind;

/// A count for each kind.
#[derive(Default)]
pub struct SignalCounts([AtomicU64; SignalKind::ALL.len()]);

impl SignalCounts {
    pub(crate) fn count(&self, kind: SignalKind) {
        if let Some(counter) = self.0.get(kind as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (SignalKind, u64)> + '_ {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        SignalKind::ALL.iter().copied().zip(counts)
    }
}
