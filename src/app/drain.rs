//! Graceful stop: the service first reports that it is not ready, and still serves requests.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the service is stopping.
#[derive(Debug, Default)]
pub struct Drain(AtomicBool);

impl Drain {
    /// From now on the service is not ready.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
