//! Stopping in order: whoever balances load is told first, while requests are still served.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the service was asked to stop, and will take no new requests soon.
#[derive(Debug, Default)]
pub struct Drain(AtomicBool);

impl Drain {
    /// From now on the service is not ready.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
