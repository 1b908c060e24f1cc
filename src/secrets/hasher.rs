//! Checks and makes passphrase hashes: first admission, then argon2id on dedicated workers, with memory
//! that does not grow with the load.

mod admission;
mod plan;
mod refusals;
mod settings;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use super::hash_worker::{self, Memory, Queue};
use super::keyring::Keyring;
use super::phc::Phc;
use super::rng::SystemRng;

pub use super::phc::{Cost, MAX_MEMORY_KIB};
pub use admission::{Admission, QueuePlace};
pub use plan::{Candidate, Check, Checked, Made, Match, Renew};
use plan::{Decoy, Pepper, Peppers};
use refusals::Refusals;
pub use settings::{HashSettings, HashSettingsError};

/// The workers could not be started.
#[derive(Debug, Error)]
pub enum HasherStartError {
    #[error(transparent)]
    Settings(#[from] HashSettingsError),
    #[error("no thread for a hash worker: {0}")]
    Thread(#[from] std::io::Error),
}

/// There are more requests for hashes than can be computed in time. Nothing was counted and nothing was
/// hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("overloaded: what is waiting now takes {retry_after:?}")]
pub struct Overloaded {
    /// When the present queue will be done, at the present pace.
    pub retry_after: Duration,
}

/// A fault, which is never the same as "wrong".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashError {
    #[error("the stored hash is not one that this service wrote")]
    Unreadable,
    #[error("the stored hash hangs on the pepper {0}, which is not in the keyring")]
    UnknownPepper(String),
    #[error("there is no memory for a hash of {memory_kib} KiB")]
    OutOfMemory { memory_kib: u32 },
    #[error("the hash workers have been stopped")]
    Stopped,
}

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
pub struct Hasher(Arc<Inner>);

pub(super) struct Inner {
    settings: HashSettings,
    peppers: RwLock<Arc<Peppers>>,
    decoy: Decoy,
    rng: SystemRng,
    queue: Queue,
    /// Maximum number between admission and answer: twice the workers, so that none idles while an attempt
    /// is being counted.
    slots: Arc<Semaphore>,
    slot_count: usize,
    stopping: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
    waiting: AtomicUsize,
    jobs_checked: AtomicU64,
    hashes_computed: AtomicU64,
    refused_overload: AtomicU64,
    refusals: Refusals,
    mean_hash_micros: AtomicU64,
    mean_job_micros: AtomicU64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Hasher {
    /// Starts the workers. Each allocates its memory and computes one hash in the background, so that the
    /// first caller finds the memory ready and the pace known.
    pub fn start(
        settings: HashSettings,
        keyring: &Keyring,
        rng: SystemRng,
    ) -> Result<Self, HasherStartError> {
        settings.check()?;
        let queue = Queue::new();
        let threads = (0..settings.workers)
            .map(|number| hash_worker::start(&queue, settings.cost(), number))
            .collect::<Result<Vec<_>, _>>()?;
        let slot_count = 2 * settings.workers;
        let inner = Arc::new(Inner {
            peppers: RwLock::new(Arc::new(Peppers::of(keyring))),
            decoy: Decoy::new(&rng),
            rng,
            queue,
            slots: Arc::new(Semaphore::new(slot_count)),
            slot_count,
            stopping: AtomicBool::new(false),
            threads: Mutex::new(threads),
            waiting: AtomicUsize::new(0),
            jobs_checked: AtomicU64::new(0),
            hashes_computed: AtomicU64::new(0),
            refused_overload: AtomicU64::new(0),
            refusals: Refusals::new(),
            mean_hash_micros: AtomicU64::new(0),
            mean_job_micros: AtomicU64::new(0),
            settings,
        });
        for _ in 0..inner.settings.workers {
            inner.warm_up();
        }
        Ok(Self(inner))
    }

    /// The settings of the workers.
    pub fn settings(&self) -> &HashSettings {
        &self.0.settings
    }

    /// Uses the peppers of another keyring from now on.
    pub fn use_keyring(&self, keyring: &Keyring) {
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
    pub async fn enqueue(&self) -> Result<QueuePlace, Overloaded> {
        let inner = &self.0;
        let (place, ahead) = QueuePlace::take(inner);
        // Earlier places get the free slots first.
        let free = inner.slots.available_permits();
        if ahead >= free && inner.is_too_long(ahead - free) {
            drop(place);
            let refused = inner.refuse();
            inner.refusals.pause().await;
            return Err(refused);
        }
        Ok(place)
    }

    /// Waits in the queue for the admission to one check or one new hash.
    ///
    /// # Errors
    /// [`Overloaded`], as of [`line_up`](Self::line_up) and [`Place::admitted`].
    pub async fn admit(&self) -> Result<Admission, Overloaded> {
        self.enqueue().await?.admitted().await
    }

    /// The current figures.
    pub fn stats(&self) -> Stats {
        let inner = &self.0;
        Stats {
            jobs_checked: inner.jobs_checked.load(Ordering::Relaxed),
            hashes_computed: inner.hashes_computed.load(Ordering::Relaxed),
            refused_overload: inner.refused_overload.load(Ordering::Relaxed),
            waiting: inner.waiting.load(Ordering::Relaxed),
            admitted: inner.admitted(),
            mean_hash_micros: inner.mean_hash_micros.load(Ordering::Relaxed),
            mean_job_micros: inner.mean_job_micros.load(Ordering::Relaxed),
        }
    }

    /// Stops admission, waits for admitted work, and ends the workers, which wipe their memory.
    pub async fn shutdown(&self) {
        let inner = &self.0;
        inner.stopping.store(true, Ordering::Release);
        let all = u32::try_from(inner.slot_count).unwrap_or(u32::MAX);
        // Waiting callers come before this in the queue, see the flag and leave.
        let everything = inner.slots.acquire_many(all).await;
        inner.queue.close();
        drop(everything);
        let threads =
            std::mem::take(&mut *inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        // It fails only with the runtime itself, and then there is nobody left to report to.
        let _ = joined.await;
    }
}

impl Inner {
    fn peppers(&self) -> Arc<Peppers> {
        Arc::clone(&self.peppers.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn admitted(&self) -> usize {
        self.slot_count
            .saturating_sub(self.slots.available_permits())
    }

    /// Whether a queue of this length refuses new callers. A quarter of the deadline is reserved: the pace
    /// may fall, and a caller who is admitted to the queue and then refused has waited in vain.
    fn is_too_long(&self, ahead: usize) -> bool {
        let most = self.settings.deadline / 4 * 3;
        ahead >= self.settings.queue || self.time_of(ahead + 1) > most
    }

    fn refuse(&self) -> Overloaded {
        self.refused_overload.fetch_add(1, Ordering::Relaxed);
        let ahead = self.waiting.load(Ordering::Relaxed) + self.admitted();
        Overloaded {
            retry_after: self.time_of(ahead.max(1)),
        }
    }

    /// How long all workers together take for `jobs` at the present pace.
    fn time_of(&self, jobs: usize) -> Duration {
        let micros = self
            .mean_job_micros
            .load(Ordering::Relaxed)
            .saturating_mul(jobs as u64);
        Duration::from_micros(micros / self.settings.workers as u64)
    }

    /// Queues work at once. It is done whether or not anybody waits for the answer.
    fn submit<T: Send + 'static>(
        self: &Arc<Self>,
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(&Self, &mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, HashError>> {
        let (answer, answered) = oneshot::channel();
        let inner = Arc::clone(self);
        // A refused job is dropped, and with it `answer`: "stopped".
        let _ = self.queue.push(Box::new(move |memory| {
            let began = Instant::now();
            let result = work(&inner, memory);
            learn(&inner.mean_job_micros, began.elapsed());
            // The next caller is admitted before this one is awake.
            drop(permit);
            let _ = answer.send(result);
        }));
        answered
    }

    fn warm_up(self: &Arc<Self>) {
        let inner = Arc::clone(self);
        // The result is not reported; the first caller will see it.
        let _ = self.queue.push(Box::new(move |memory| {
            let pepper = Arc::clone(inner.peppers().active());
            let (secret, salt) = (inner.decoy.secret(), inner.decoy.salt());
            // Other work of the start runs beside these hashes: the fastest one is nearest to the real
            // pace.
            for _ in 0..2 {
                let began = Instant::now();
                let hashed = inner.timed_hash(memory, inner.settings.cost(), &pepper, secret, salt);
                if hashed.is_ok() {
                    learn_quickest(&inner.mean_job_micros, began.elapsed());
                }
            }
        }));
    }

    /// A hash for a caller, which is counted.
    fn hash(
        &self,
        memory: &mut Memory,
        cost: Cost,
        pepper: &Pepper,
        secret: &[u8],
        salt: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 64]>, HashError> {
        self.hashes_computed.fetch_add(1, Ordering::Relaxed);
        self.timed_hash(memory, cost, pepper, secret, salt)
    }

    fn timed_hash(
        &self,
        memory: &mut Memory,
        cost: Cost,
        pepper: &Pepper,
        secret: &[u8],
        salt: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 64]>, HashError> {
        let began = Instant::now();
        let output = memory
            .hash(cost, pepper.secret(), secret, salt)
            .map_err(|_| HashError::OutOfMemory {
                memory_kib: cost.memory_kib,
            })?;
        learn(&self.mean_hash_micros, began.elapsed());
        Ok(output)
    }
}

/// Moves a mean an eighth of the way towards the last measurement, at most towards four times itself: the
/// machine may have been paused for a moment, and a mean that follows it would refuse callers needlessly.
fn learn(mean_micros: &AtomicU64, measured: Duration) {
    let new = micros(measured);
    let _ = mean_micros.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| {
        Some(if old == 0 {
            new
        } else {
            old - old / 8 + new.min(old.saturating_mul(4)).div_ceil(8)
        })
    });
}

/// Takes the last measurement as the mean, unless the mean is lower already.
fn learn_quickest(mean_micros: &AtomicU64, measured: Duration) {
    let new = micros(measured);
    let _ = mean_micros.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| {
        Some(if old == 0 { new } else { old.min(new) })
    });
}

/// At least one, since zero means unknown.
fn micros(measured: Duration) -> u64 {
    u64::try_from(measured.as_micros())
        .unwrap_or(u64::MAX)
        .max(1)
}

/// The id of the pepper of a stored hash; `None` where it is not one of this service's.
pub fn pepper_id_of(phc: &str) -> Option<String> {
    Phc::parse(phc).map(|phc| phc.pepper_id)
}
