//! The threads that own connections, and their end: a process that ends while one of
//! them is still at work would take a client library away beneath it.
//!
//! PostgreSQL's client waits for an answer for as long as the connection looks alive, and a proxy that has
//! fallen silent keeps it so. Threads are therefore watched: one that has heard nothing for longer than
//! its statement may take is given up, with its connection, and a new one takes its place.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{StoreError, lanes::Outcome};

/// Does what a caller sent. Should it panic, that is its own answer: the thread lives on for the others.
pub(super) fn caught<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(StoreError::corrupt(
            "(none)",
            "(none)",
            "a piece of work panicked",
        ))
    })
}

/// Takes what waits behind a first, at most so many in all, up to the end, which is nothing, and whether
/// that was reached. An end behind it is another thread's.
pub(super) fn group<T>(
    first: T,
    waiting: &flume::Receiver<Option<T>>,
    at_most: usize,
) -> (Vec<T>, bool) {
    let mut group = vec![first];
    for more in waiting.try_iter().take(at_most - 1) {
        match more {
            Some(more) => group.push(more),
            None => return (group, true),
        }
    }
    (group, false)
}

/// How often threads are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So many threads may be given up and still hang; beyond that none is replaced.
const MOST_GIVEN_UP: usize = 256;

/// What a thread tells of itself, for whoever watches it.
pub(super) struct Pulse {
    born: Instant,
    /// milliseconds after its birth at which something was heard last, and nought while nothing is waited for
    heard: AtomicU64,
    is_given_up: AtomicBool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            born: Instant::now(),
            heard: AtomicU64::new(0),
            is_given_up: AtomicBool::new(false),
        }
    }

    /// The database was asked, or has answered.
    pub(super) fn beat(&self) {
        let millis = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(millis.max(1), Ordering::Relaxed);
    }

    /// Nothing is waited for any more.
    pub(super) fn rest(&self) {
        self.heard.store(0, Ordering::Relaxed);
    }

    /// Whether another thread took the place: this one does no more than end.
    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Acquire)
    }

    fn silent_for(&self) -> Duration {
        match self.heard.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            heard => self
                .born
                .elapsed()
                .saturating_sub(Duration::from_millis(heard)),
        }
    }
}

type Life = dyn Fn(&Arc<Pulse>) + Send + Sync;

/// A place that one thread at a time fills.
struct Post {
    name: String,
    life: Arc<Life>,
    pulse: Arc<Pulse>,
    thread: JoinHandle<()>,
}

impl Post {
    fn filled(name: String, life: Arc<Life>) -> Result<Self, StoreError> {
        let pulse = Arc::new(Pulse::new());
        let (lives, lived) = (Arc::clone(&pulse), Arc::clone(&life));
        let started = thread::Builder::new()
            .name(name.clone())
            .spawn(move || lived(&lives));
        let thread = started.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            name,
            life,
            pulse,
            thread,
        })
    }
}

/// Threads that were started, to be watched and to be waited for.
#[derive(Default)]
pub(super) struct Threads(Arc<Crew>);

#[derive(Default)]
struct Crew {
    posts: Mutex<Vec<Post>>,
    given_up: Mutex<Vec<JoinHandle<()>>>,
    /// how often a thread was given up
    times: Arc<AtomicU64>,
    has_ended: Mutex<bool>,
    ends: Condvar,
}

impl Threads {
    /// Gives up whoever has heard nothing for longer than this.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where no thread is to be had.
    pub(super) fn watch(&self, limit: Duration) -> Result<(), StoreError> {
        let crew = Arc::clone(&self.0);
        let watch = move || crew.watch(limit);
        let started = thread::Builder::new()
            .name("store-watch".to_owned())
            .spawn(watch);
        started.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(())
    }

    /// Starts a thread; `life` is lived anew where it is given up.
    pub(super) fn start(
        &self,
        name: String,
        life: impl Fn(&Arc<Pulse>) + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let post = Post::filled(name, Arc::new(life))?;
        locked(&self.0.posts).push(post);
        Ok(())
    }

    /// How often a thread was given up so far.
    pub(super) fn times_given_up(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.0.times)
    }

    /// Waits until all have ended, but for the one that asks and those that were given up, and no longer
    /// than this. Each has to have been asked to before.
    pub(super) fn wait(&self, within: Duration) {
        *locked(&self.0.has_ended) = true;
        self.0.ends.notify_all();
        let until = Instant::now() + within;
        let posts = std::mem::take(&mut *locked(&self.0.posts));
        // A piece of work may be what held the store last, and then its thread comes here.
        let own = thread::current().id();
        for post in posts
            .into_iter()
            .filter(|post| post.thread.thread().id() != own)
        {
            while !post.thread.is_finished() && Instant::now() < until {
                thread::sleep(Duration::from_millis(1));
            }
            if post.thread.is_finished() {
                // One that panicked has said so.
                let _ended = post.thread.join();
            } else {
                tracing::warn!("{} still waits for the database, and is left", post.name);
            }
        }
    }
}

impl Crew {
    fn watch(&self, limit: Duration) {
        let mut has_ended = locked(&self.has_ended);
        while !*has_ended {
            let waited = self.ends.wait_timeout(has_ended, LOOK_EVERY);
            has_ended = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !*has_ended {
                self.look(limit);
            }
        }
    }

    fn look(&self, limit: Duration) {
        let (mut posts, mut given_up) = (locked(&self.posts), locked(&self.given_up));
        given_up.retain(|thread| !thread.is_finished());
        for post in posts.iter_mut() {
            if post.pulse.silent_for() <= limit || given_up.len() >= MOST_GIVEN_UP {
                continue;
            }
            match Post::filled(post.name.clone(), Arc::clone(&post.life)) {
                Ok(filled) => {
                    tracing::warn!(
                        "{} has heard nothing from the database for {} s: it is given up with its connection",
                        post.name,
                        limit.as_secs()
                    );
                    let hangs = std::mem::replace(post, filled);
                    hangs.pulse.is_given_up.store(true, Ordering::Release);
                    self.times.fetch_add(1, Ordering::Release);
                    given_up.push(hangs.thread);
                    if given_up.len() == MOST_GIVEN_UP {
                        tracing::error!(
                            "{MOST_GIVEN_UP} threads hang in connections that are silent: no more are \
                             replaced, and the service has to be restarted"
                        );
                    }
                }
                Err(error) => tracing::error!("{} is not replaced: {error}", post.name),
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    #[test]
    fn whoever_hears_nothing_is_given_up_and_replaced_and_the_end_does_not_wait_for_them() {
        let threads = Threads::default();
        let (lives, lived) = mpsc::channel();
        let (hang_up, line) = flume::bounded::<()>(0);
        let life = move |pulse: &Arc<Pulse>| {
            pulse.beat();
            lives.send(Arc::clone(pulse)).expect("the test listens");
            // Silent until the other side hangs up.
            let _hung_up = line.recv();
            pulse.rest();
        };
        threads.start("post".to_owned(), life).expect("a thread");
        threads.watch(Duration::from_millis(1)).expect("a thread");
        let first = lived.recv_timeout(SOON).expect("it lives");
        let second = lived.recv_timeout(SOON).expect("it is replaced");
        assert!(first.is_given_up());
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(threads.times_given_up().load(Ordering::Acquire) >= 1);
        threads.wait(Duration::ZERO);
        drop(hang_up);
    }

    #[test]
    fn whoever_rests_or_is_answered_again_and_again_is_not_given_up() {
        let threads = Threads::default();
        let (ends, ended) = mpsc::channel();
        let life = move |pulse: &Arc<Pulse>| {
            // Rounds enough for the watch to come by often.
            for round in 0..200 {
                pulse.beat();
                thread::sleep(Duration::from_millis(1));
                if round % 2 == 0 {
                    pulse.rest();
                    thread::sleep(Duration::from_millis(1));
                }
            }
            ends.send(pulse.is_given_up()).expect("the test listens");
        };
        threads.start("post".to_owned(), life).expect("a thread");
        threads.watch(SOON).expect("a thread");
        assert!(!ended.recv_timeout(SOON).expect("it ends"));
        threads.wait(SOON);
    }
}
