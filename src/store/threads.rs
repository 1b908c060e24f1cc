//! The threads that own connections, and their end: a process that ends while one of
//! them is still at work would take a client library away beneath it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    thread::{self, JoinHandle},
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

/// Threads that were started, to be waited for.
#[derive(Default)]
pub(super) struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    pub(super) fn start(
        &self,
        name: String,
        live: impl FnOnce() + Send + 'static,
    ) -> Result<(), StoreError> {
        let started = thread::Builder::new().name(name).spawn(live);
        let handle = started.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(handle);
        Ok(())
    }

    /// Waits until all have ended, but for the one that asks. Each has to have been asked to before.
    pub(super) fn wait(&self) {
        let handles = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // A piece of work may be what held the store last, and then its thread comes here.
        let own = thread::current().id();
        for handle in handles
            .into_iter()
            .filter(|handle| handle.thread().id() != own)
        {
            // One that panicked has said so.
            let _ended = handle.join();
        }
    }
}
