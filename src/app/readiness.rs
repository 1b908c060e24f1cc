//! Logs when the service ceases to be ready and when it is again, rather than at each probe.

use std::sync::{Mutex, PoisonError};

/// Why it was not ready when it was last asked; `None` where it was.
#[derive(Default)]
pub struct Readiness(Mutex<Option<String>>);

impl Readiness {
    /// Notes an answer.
    pub(crate) fn note(&self, fault: Option<&str>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_deref() == fault {
            return;
        }
        match fault {
            Some(why) => tracing::warn!("not ready: {why}"),
            None => tracing::info!("ready again"),
        }
        *last = fault.map(str::to_owned);
    }
}
