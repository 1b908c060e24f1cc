//! The pool of hash workers: its queue, its pace, and what it refuses.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use super::error::{HashError, HasherStartError, Overloaded};
use super::peppers::{Decoy, Pepper, Peppers};
use super::refusals::Refusals;
use super::settings::HashSettings;
use crate::secrets::hash_worker::{self, Memory, Queue};
use crate::secrets::keyring::Keyring;
use crate::secrets::phc::Cost;
use crate::secrets::rng::SystemRng;

/// The workers with their queue, and the admission to it.
pub(super) struct Pool {
    pub(super) settings: HashSettings,
    pub(super) peppers: RwLock<Arc<Peppers>>,
    pub(super) decoy: Decoy,
    pub(super) rng: SystemRng,
    pub(super) queue: Queue,
    /// Maximum number between admission and answer: twice the workers, so that none idles while an attempt
    /// is being counted.
    pub(super) slots: Arc<Semaphore>,
    pub(super) slot_count: usize,
    pub(super) stopping: AtomicBool,
    pub(super) threads: Mutex<Vec<JoinHandle<()>>>,
    pub(super) waiting: AtomicUsize,
    pub(super) jobs_checked: AtomicU64,
    pub(super) hashes_computed: AtomicU64,
    pub(super) refused_overload: AtomicU64,
    pub(super) refusals: Refusals,
    pub(super) mean_hash_micros: AtomicU64,
    pub(super) mean_job_micros: AtomicU64,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Pool {
    pub(super) fn start(
        settings: HashSettings,
        keyring: &Keyring,
        rng: SystemRng,
    ) -> Result<Arc<Self>, HasherStartError> {
        settings.check()?;
        let queue = Queue::new();
        let threads = (0..settings.workers)
            .map(|number| hash_worker::start(&queue, settings.cost(), number))
            .collect::<Result<Vec<_>, _>>()?;
        let slot_count = 2 * settings.workers;
        let pool = Arc::new(Self {
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
        for _ in 0..pool.settings.workers {
            pool.warm_up();
        }
        Ok(pool)
    }

    pub(super) fn peppers(&self) -> Arc<Peppers> {
        Arc::clone(&self.peppers.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn admitted(&self) -> usize {
        self.slot_count
            .saturating_sub(self.slots.available_permits())
    }

    /// Whether a queue of this length refuses new callers. A quarter of the deadline is reserved: the pace
    /// may fall, and a caller who is admitted to the queue and then refused has waited in vain.
    pub(super) fn is_too_long(&self, ahead: usize) -> bool {
        let most = self.settings.deadline / 4 * 3;
        ahead >= self.settings.queue || self.time_of(ahead + 1) > most
    }

    pub(super) fn refuse(&self) -> Overloaded {
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
    pub(super) fn submit<T: Send + 'static>(
        self: &Arc<Self>,
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(&Self, &mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, HashError>> {
        let (answer, answered) = oneshot::channel();
        let pool = Arc::clone(self);
        // A refused job is dropped, and with it `answer`: "stopped".
        let _ = self.queue.push(Box::new(move |memory| {
            let began = Instant::now();
            let result = work(&pool, memory);
            learn(&pool.mean_job_micros, began.elapsed());
            // The next caller is admitted before this one is awake.
            drop(permit);
            let _ = answer.send(result);
        }));
        answered
    }

    fn warm_up(self: &Arc<Self>) {
        let pool = Arc::clone(self);
        // The result is not reported; the first caller will see it.
        let _ = self.queue.push(Box::new(move |memory| {
            let pepper = Arc::clone(pool.peppers().active());
            let (secret, salt) = (pool.decoy.secret(), pool.decoy.salt());
            // Other work of the start runs beside these hashes: the fastest one is nearest to the real
            // pace.
            for _ in 0..2 {
                let began = Instant::now();
                let hashed = pool.timed_hash(memory, pool.settings.cost(), &pepper, secret, salt);
                if hashed.is_ok() {
                    learn_quickest(&pool.mean_job_micros, began.elapsed());
                }
            }
        }));
    }

    /// A hash for a caller, which is counted.
    pub(super) fn hash(
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
pub(super) fn learn(mean_micros: &AtomicU64, measured: Duration) {
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
pub(super) fn learn_quickest(mean_micros: &AtomicU64, measured: Duration) {
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
