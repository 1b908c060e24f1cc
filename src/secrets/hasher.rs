//! Checks and makes passphrase hashes: first admission, then argon2id on dedicated workers, with memory
//! that does not grow with the load.

mod admission;
mod error;
mod peppers;
mod plan;
mod pool;
mod refusals;
mod settings;
#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use peppers::Peppers;
use pool::Pool;

use super::keyring::Keyring;
#[cfg(test)]
use super::phc::Phc;
use super::rng::SystemRng;

pub use super::phc::{Cost, MAX_MEMORY_KIB};
pub use admission::{Admission, QueuePlace};
pub use error::{HashError, HasherStartError, Overloaded};
pub use plan::{Check, Checked, HashCandidate, Made, Match, Renew};
pub(crate) use settings::HashSettings;

/// Figures since the start, except `waiting`, `admitted` and the means, which are current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Number of checks.
    pub jobs_checked: u64,
    /// Number of hashes, including those that only equalise the time.
    pub hashes_computed: u64,
    /// Number of refused callers.
    pub refused_overload: u64,
    /// Number of callers in the queue for admission.
    pub waiting: usize,
    /// Number of admissions in use.
    pub admitted: usize,
    /// Mean time of one hash, in microseconds; 0 before the first.
    pub mean_hash_micros: u64,
    /// Mean time of one job, a check or the making of a hash, in microseconds.
    pub mean_job_micros: u64,
}

/// The hash workers and their admission. Cheap to clone; when the last clone, place and admission are
/// dropped the workers end.
#[derive(Clone)]
pub struct Hasher(Arc<Pool>);

impl Hasher {
    /// Starts the workers. Each allocates its memory and computes one hash in the background, so that the
    /// first caller finds the memory ready and the pace known.
    pub(crate) fn start(
        settings: HashSettings,
        keyring: &Keyring,
        rng: SystemRng,
    ) -> Result<Self, HasherStartError> {
        Pool::start(settings, keyring, rng).map(Self)
    }

    /// The settings of the workers.
    pub fn settings(&self) -> &HashSettings {
        &self.0.settings
    }

    /// Uses the peppers of another keyring from now on.
    pub(crate) fn use_keyring(&self, keyring: &Keyring) {
        let peppers = Arc::new(Peppers::of(keyring));
        *self
            .0
            .peppers
            .write()
            .unwrap_or_else(PoisonError::into_inner) = peppers;
    }

    /// Takes a place in the queue for one check or one new hash, to be kept while its data is read.
    /// Dropping it costs nothing.
    ///
    /// # Errors
    /// [`Overloaded`] where the queue is full or too long for the deadline at the present pace: at once, or
    /// a little later where very many are refused.
    pub(crate) async fn enqueue(&self) -> Result<QueuePlace, Overloaded> {
        let pool = &self.0;
        let (place, ahead) = QueuePlace::take(pool);
        // Earlier places get the free slots first.
        let free = pool.slots.available_permits();
        if ahead >= free && pool.is_too_long(ahead - free) {
            drop(place);
            let refused = pool.refuse();
            pool.refusals.pause().await;
            return Err(refused);
        }
        Ok(place)
    }

    /// Waits in the queue for the admission to one check or one new hash.
    ///
    /// # Errors
    /// [`Overloaded`], as of [`enqueue`](Self::enqueue) and [`QueuePlace::admitted`].
    pub async fn admit(&self) -> Result<Admission, Overloaded> {
        self.enqueue().await?.admitted().await
    }

    /// The current figures.
    pub fn stats(&self) -> Stats {
        let pool = &self.0;
        Stats {
            jobs_checked: pool.jobs_checked.load(Ordering::Relaxed),
            hashes_computed: pool.hashes_computed.load(Ordering::Relaxed),
            refused_overload: pool.refused_overload.load(Ordering::Relaxed),
            waiting: pool.waiting.load(Ordering::Relaxed),
            admitted: pool.admitted(),
            mean_hash_micros: pool.mean_hash_micros.load(Ordering::Relaxed),
            mean_job_micros: pool.mean_job_micros.load(Ordering::Relaxed),
        }
    }

    /// Stops admission, waits for admitted work, and ends the workers, which wipe their memory.
    pub async fn shutdown(&self) {
        let pool = &self.0;
        pool.stopping.store(true, Ordering::Release);
        let all = u32::try_from(pool.slot_count).unwrap_or(u32::MAX);
        // Waiting callers come before this in the queue, see the flag and leave.
        let everything = pool.slots.acquire_many(all).await;
        pool.queue.close();
        drop(everything);
        let threads =
            std::mem::take(&mut *pool.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        // It fails only with the runtime itself, and then there is nobody left to report to.
        let _ = joined.await;
    }
}

/// The id of the pepper of a stored hash; `None` where it is not one of this service's.
#[cfg(test)]
pub(crate) fn pepper_id_of(phc: &str) -> Option<String> {
    Phc::parse(phc).map(|phc| phc.pepper_id)
}
