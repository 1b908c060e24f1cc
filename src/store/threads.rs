//! The threads that own connections, and their end: a process that ends while one of them is still at
//! work would take a client library away beneath it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use super::StoreError;

/// Threads that were started, to be waited for.
#[derive(Clone, Default)]
pub(super) struct Threads(Arc<Mutex<Vec<JoinHandle<()>>>>);

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

    /// Waits until all have ended. Each has to have been asked to before.
    pub(super) fn wait(&self) {
        let handles = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in handles {
            // One that panicked has said so.
            let _ended = handle.join();
        }
    }
}
