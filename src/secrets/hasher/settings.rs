//! The cost of a hash, and how many are computed at once and may wait.

use std::time::Duration;

use thiserror::Error;

use crate::secrets::phc::Cost;

/// The settings of the hash workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashSettings {
    /// Memory of one hash in KiB. All workers together hold `workers` times it.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes; computed one after the other, so more of them gain nothing here.
    pub lanes: u32,
    /// Number of threads that hash, normally one for each core.
    pub workers: usize,
    /// Maximum number of callers in the queue for admission.
    pub queue: usize,
    /// Maximum wait for admission.
    pub deadline: Duration,
}

impl Default for HashSettings {
    /// OWASP's and ASVS's first choice, and a worker for each core.
    fn default() -> Self {
        Self {
            memory_kib: 46 * 1024,
            passes: 1,
            lanes: 1,
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            queue: 256,
            deadline: Duration::from_secs(5),
        }
    }
}

impl HashSettings {
    /// The cost of one hash.
    pub(crate) fn cost(&self) -> Cost {
        let Self {
            memory_kib,
            passes,
            lanes,
            ..
        } = *self;
        Cost {
            memory_kib,
            passes,
            lanes,
        }
    }

    /// Whether hashes are cheaper than the standards require (OWASP; ASVS 11.4.2), which deserves a warning
    /// at start.
    pub(crate) fn below_floor(&self) -> bool {
        self.cost().below_floor()
    }

    /// The first setting that is out of bounds, in words that name it.
    pub(crate) fn check(&self) -> Result<(), HashSettingsError> {
        if let Some(fault) = self.cost().fault() {
            return Err(HashSettingsError(fault));
        }
        if !(1..=1024).contains(&self.workers) {
            let fault = format!("workers must be 1 to 1024, not {}", self.workers);
            return Err(HashSettingsError(fault));
        }
        if self.deadline.is_zero() {
            return Err(HashSettingsError(
                "deadline must be longer than nothing".to_owned(),
            ));
        }
        Ok(())
    }
}

/// A setting of the hash workers that is out of bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("hash.{0}")]
pub struct HashSettingsError(String);
