//! Background work that goes on after its caller has gone, such as an attempt that must be settled.
//!
//! It runs on the runtime that built the app: a worker of the server has a runtime of its own, whose tasks end
//! when the worker stops.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use tokio::{runtime::Handle, sync::watch};

/// Pause between two attempts while the process is stopping.
const LAST_PAUSE: Duration = Duration::from_millis(200);

/// The work in progress, by its key.
pub struct Detached {
    runtime: Handle,
    state: Arc<watch::Sender<State>>,
}

#[derive(Default)]
struct State {
    in_progress: HashMap<String, usize>,
    /// whether the process is stopping
    is_ending: bool,
}

/// A piece of work, in progress until this is dropped.
struct InProgress {
    key: String,
    state: Arc<watch::Sender<State>>,
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.state.send_modify(|state| {
            if let Some(pieces) = state.in_progress.get_mut(&self.key) {
                *pieces -= 1;
                if *pieces == 0 {
                    state.in_progress.remove(&self.key);
                }
            }
        });
    }
}

impl Detached {
    /// On the caller's runtime.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub(crate) fn here() -> Self {
        Self {
            runtime: Handle::current(),
            state: Arc::new(watch::Sender::new(State::default())),
        }
    }

    /// Starts a piece of work.
    pub(crate) fn spawn(&self, key: &str, work: impl Future<Output = ()> + Send + 'static) {
        self.state.send_modify(|state| {
            *state.in_progress.entry(key.to_owned()).or_default() += 1;
        });
        let in_progress = InProgress {
            key: key.to_owned(),
            state: Arc::clone(&self.state),
        };
        self.runtime.spawn(async move {
            let _in_progress = in_progress;
            work.await;
        });
    }

    /// Whether any work of this key is in progress.
    pub(crate) fn is_in_progress(&self, key: &str) -> bool {
        self.state.borrow().in_progress.contains_key(key)
    }

    /// Waits before the next attempt; hardly at all while the process is stopping.
    pub(crate) async fn pause(&self, pause: Duration) {
        let mut state = self.state.subscribe();
        if state.borrow().is_ending {
            tokio::time::sleep(pause.min(LAST_PAUSE)).await;
            return;
        }
        let _over_or_ending =
            tokio::time::timeout(pause, state.wait_for(|state| state.is_ending)).await;
    }

    /// Waits until all work is done, and cuts its pauses short.
    pub async fn ended(&self) {
        self.state.send_modify(|state| state.is_ending = true);
        let mut state = self.state.subscribe();
        // `self` has the sender, so this cannot fail.
        let _done = state.wait_for(|state| state.in_progress.is_empty()).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// Longer than any test takes.
    const FOR_EVER: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn work_of_a_key_is_in_progress_until_the_last_piece_is_done() {
        let detached = Detached::here();
        let (one, first) = oneshot::channel::<()>();
        let (other, second) = oneshot::channel::<()>();
        for waited in [first, second] {
            detached.spawn("A", async move { drop(waited.await) });
        }
        assert!(detached.is_in_progress("A"));
        assert!(!detached.is_in_progress("B"));
        drop(one);
        tokio::task::yield_now().await;
        assert!(detached.is_in_progress("A"));
        drop(other);
        detached.ended().await;
        assert!(!detached.is_in_progress("A"));
    }

    #[tokio::test]
    async fn a_pause_is_cut_short_when_the_process_stops() {
        let detached = Arc::new(Detached::here());
        let waits = Arc::clone(&detached);
        detached.spawn("A", async move { waits.pause(FOR_EVER).await });
        tokio::task::yield_now().await;
        detached.ended().await;
    }

    #[test]
    fn work_outlives_the_runtime_of_its_caller() {
        let runtime = || {
            let building = &mut tokio::runtime::Builder::new_current_thread();
            building.enable_all().build().expect("a runtime is made")
        };
        let (main, worker) = (runtime(), runtime());
        let detached = main.block_on(async { Detached::here() });
        let (done, waited) = oneshot::channel();
        worker.block_on(async {
            detached.spawn("A", async move {
                let _received = done.send(());
            });
        });
        drop(worker);
        main.block_on(waited).expect("it was done");
    }
}
