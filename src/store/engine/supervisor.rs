//! Keeps worker threads running, and waits for their end: a process that ends while one of them is still
//! at work would take a client library away beneath it.
//!
//! PostgreSQL's client waits for an answer for as long as the connection looks alive, and a proxy that has
//! fallen silent keeps it so. A worker whose connection has been silent for longer than a statement may
//! take is therefore given up, with its connection, and a new one replaces it.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::store::error::StoreError;

/// How often the heartbeats are checked.
const CHECK_EVERY: Duration = Duration::from_millis(250);
/// Maximum number of replaced threads that still hang; beyond it none is replaced.
const MAX_HANGING: usize = 256;

/// Shows that a thread is not stuck in a silent connection.
pub(crate) struct Heartbeat {
    started: Instant,
    /// milliseconds from `started` to the last beat; 0 while the thread waits for nothing
    last_beat: AtomicU64,
    is_replaced: AtomicBool,
}

impl Heartbeat {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            last_beat: AtomicU64::new(0),
            is_replaced: AtomicBool::new(false),
        }
    }

    /// The database was asked, or has answered.
    pub(crate) fn beat(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_beat.store(millis.max(1), Ordering::Relaxed);
    }

    /// The thread waits for the database no longer.
    pub(crate) fn pause(&self) {
        self.last_beat.store(0, Ordering::Relaxed);
    }

    /// Whether another thread replaced this one, which then has to end.
    pub(crate) fn is_replaced(&self) -> bool {
        self.is_replaced.load(Ordering::Acquire)
    }

    fn silent_for(&self) -> Duration {
        match self.last_beat.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            last_beat => self
                .started
                .elapsed()
                .saturating_sub(Duration::from_millis(last_beat)),
        }
    }
}

type WorkerBody = dyn Fn(&Arc<Heartbeat>) + Send + Sync;

/// A thread and what it takes to replace it.
struct Supervised {
    name: String,
    body: Arc<WorkerBody>,
    heartbeat: Arc<Heartbeat>,
    thread: JoinHandle<()>,
}

impl Supervised {
    fn start(name: String, body: Arc<WorkerBody>) -> Result<Self, StoreError> {
        let heartbeat = Arc::new(Heartbeat::new());
        let (beats, run) = (Arc::clone(&heartbeat), Arc::clone(&body));
        let started = thread::Builder::new()
            .name(name.clone())
            .spawn(move || run(&beats));
        let thread = started.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            name,
            body,
            heartbeat,
            thread,
        })
    }
}

/// The threads that were started.
#[derive(Default)]
pub(crate) struct Supervisor(Arc<Shared>);

#[derive(Default)]
struct Shared {
    threads: Mutex<Vec<Supervised>>,
    /// replaced, and not ended yet
    hanging: Mutex<Vec<JoinHandle<()>>>,
    /// how often a thread was replaced
    replacements: Arc<AtomicU64>,
    has_ended: Mutex<bool>,
    end: Condvar,
}

impl Supervisor {
    /// Replaces every thread whose heartbeat has stopped for longer than `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where no thread can be started.
    pub(crate) fn watch(&self, limit: Duration) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.0);
        let watch = move || shared.watch(limit);
        let started = thread::Builder::new()
            .name("store-watchdog".to_owned())
            .spawn(watch);
        started.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(())
    }

    /// Starts a thread that runs `body`, and so does each that replaces it.
    pub(crate) fn start(
        &self,
        name: String,
        body: impl Fn(&Arc<Heartbeat>) + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let thread = Supervised::start(name, Arc::new(body))?;
        lock(&self.0.threads).push(thread);
        Ok(())
    }

    /// How often a thread was replaced so far.
    pub(crate) fn replacements(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.replacements)
    }

    /// Waits until all have ended but the calling thread and those that were replaced. Each has to be
    /// asked to end before.
    pub(crate) fn wait(&self, within: Duration) {
        *lock(&self.0.has_ended) = true;
        self.0.end.notify_all();
        let until = Instant::now() + within;
        let threads = std::mem::take(&mut *lock(&self.0.threads));
        // The last reference to the store may be dropped by a unit of work, and then its thread comes here.
        let own = thread::current().id();
        for supervised in threads
            .into_iter()
            .filter(|one| one.thread.thread().id() != own)
        {
            while !supervised.thread.is_finished() && Instant::now() < until {
                thread::sleep(Duration::from_millis(1));
            }
            if supervised.thread.is_finished() {
                // The panic hook has reported one that panicked.
                let _ended = supervised.thread.join();
            } else {
                let name = supervised.name;
                tracing::warn!("{name} still waits for the database, and is left to it");
            }
        }
    }
}

impl Shared {
    fn watch(&self, limit: Duration) {
        let mut has_ended = lock(&self.has_ended);
        while !*has_ended {
            let waited = self.end.wait_timeout(has_ended, CHECK_EVERY);
            has_ended = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !*has_ended {
                self.check(limit);
            }
        }
    }

    fn check(&self, limit: Duration) {
        let (mut threads, mut hanging) = (lock(&self.threads), lock(&self.hanging));
        hanging.retain(|thread| !thread.is_finished());
        for silent in threads.iter_mut() {
            if silent.heartbeat.silent_for() <= limit || hanging.len() >= MAX_HANGING {
                continue;
            }
            match Supervised::start(silent.name.clone(), Arc::clone(&silent.body)) {
                Ok(replacement) => {
                    tracing::warn!(
                        "{}: nothing came from the database for {} s: the thread is replaced and its \
                         connection given up",
                        silent.name,
                        limit.as_secs()
                    );
                    let replaced = std::mem::replace(silent, replacement);
                    replaced
                        .heartbeat
                        .is_replaced
                        .store(true, Ordering::Release);
                    self.replacements.fetch_add(1, Ordering::Release);
                    hanging.push(replaced.thread);
                    if hanging.len() == MAX_HANGING {
                        tracing::error!(
                            "{MAX_HANGING} threads hang in connections that are silent: no more are \
                             replaced, and the service has to be restarted"
                        );
                    }
                }
                Err(error) => tracing::error!("{} is not replaced: {error}", silent.name),
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    #[test]
    fn a_silent_thread_is_replaced_and_the_end_does_not_wait_for_it() {
        let supervisor = Supervisor::default();
        let (starts, started) = mpsc::channel();
        let (answer, silence) = flume::bounded::<()>(0);
        let body = move |heartbeat: &Arc<Heartbeat>| {
            heartbeat.beat();
            starts
                .send(Arc::clone(heartbeat))
                .expect("the test listens");
            // Silent until the test ends.
            let _ended = silence.recv();
            heartbeat.pause();
        };
        supervisor
            .start("worker".to_owned(), body)
            .expect("a thread");
        supervisor
            .watch(Duration::from_millis(1))
            .expect("a thread");
        let first = started.recv_timeout(SOON).expect("it starts");
        let second = started.recv_timeout(SOON).expect("it is replaced");
        assert!(first.is_replaced());
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(supervisor.replacements().load(Ordering::Acquire) >= 1);
        supervisor.wait(Duration::ZERO);
        drop(answer);
    }

    #[test]
    fn a_thread_that_pauses_or_beats_is_not_replaced() {
        let supervisor = Supervisor::default();
        let (ends, ended) = mpsc::channel();
        let body = move |heartbeat: &Arc<Heartbeat>| {
            // Rounds enough for the watchdog to check often.
            for round in 0..200 {
                heartbeat.beat();
                thread::sleep(Duration::from_millis(1));
                if round % 2 == 0 {
                    heartbeat.pause();
                    thread::sleep(Duration::from_millis(1));
                }
            }
            ends.send(heartbeat.is_replaced())
                .expect("the test listens");
        };
        supervisor
            .start("worker".to_owned(), body)
            .expect("a thread");
        supervisor.watch(SOON).expect("a thread");
        assert!(!ended.recv_timeout(SOON).expect("it ends"));
        supervisor.wait(SOON);
    }
}
