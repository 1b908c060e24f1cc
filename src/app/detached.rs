//! Work that goes on though nobody waits for it any more, such as an attempt that has to come to its end.
//!
//! It runs on the runtime that built the app. One of the server's workers has a runtime of its own, and
//! takes what it was given with it when it stops.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use tokio::{runtime::Handle, sync::watch};

/// Between two tries once the end is awaited.
const LAST_PAUSE: Duration = Duration::from_millis(200);

/// What is under way, by the name of what it is about.
pub struct Detached {
    runtime: Handle,
    state: Arc<watch::Sender<State>>,
}

#[derive(Default)]
struct State {
    under_way: HashMap<String, usize>,
    /// whether the end is awaited
    is_ending: bool,
}

/// One piece of work, under way for as long as it lives.
struct UnderWay {
    about: String,
    state: Arc<watch::Sender<State>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.state.send_modify(|state| {
            if let Some(pieces) = state.under_way.get_mut(&self.about) {
                *pieces -= 1;
                if *pieces == 0 {
                    state.under_way.remove(&self.about);
                }
            }
        });
    }
}

impl Detached {
    /// Nothing yet, on the runtime of whoever makes it.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[must_use]
    pub fn here() -> Self {
        Self {
            runtime: Handle::current(),
            state: Arc::new(watch::Sender::new(State::default())),
        }
    }

    /// Begins a piece of work.
    pub fn spawn(&self, about: &str, work: impl Future<Output = ()> + Send + 'static) {
        self.state.send_modify(|state| {
            *state.under_way.entry(about.to_owned()).or_default() += 1;
        });
        let under_way = UnderWay {
            about: about.to_owned(),
            state: Arc::clone(&self.state),
        };
        self.runtime.spawn(async move {
            let _under_way = under_way;
            work.await;
        });
    }

    /// Whether anything about this is under way.
    #[must_use]
    pub fn is_under_way(&self, about: &str) -> bool {
        self.state.borrow().under_way.contains_key(about)
    }

    /// Waits before a next try; hardly at all once the end is awaited.
    pub async fn pause(&self, pause: Duration) {
        let mut state = self.state.subscribe();
        if state.borrow().is_ending {
            tokio::time::sleep(pause.min(LAST_PAUSE)).await;
            return;
        }
        // Either is a reason to go on.
        let _over_or_ending =
            tokio::time::timeout(pause, state.wait_for(|state| state.is_ending)).await;
    }

    /// Waits until all is done. What waits before a next try does so no longer.
    pub async fn ended(&self) {
        self.state.send_modify(|state| state.is_ending = true);
        let mut state = self.state.subscribe();
        // The sender is held here, so that it is never gone.
        let _done = state.wait_for(|state| state.under_way.is_empty()).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// Longer than any test takes.
    const FOR_EVER: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn what_is_about_the_same_is_under_way_until_the_last_of_it_is_done() {
        let detached = Detached::here();
        let (one, first) = oneshot::channel::<()>();
        let (other, second) = oneshot::channel::<()>();
        for waited in [first, second] {
            detached.spawn("A", async move { drop(waited.await) });
        }
        assert!(detached.is_under_way("A"));
        assert!(!detached.is_under_way("B"));
        drop(one);
        tokio::task::yield_now().await;
        assert!(detached.is_under_way("A"));
        drop(other);
        detached.ended().await;
        assert!(!detached.is_under_way("A"));
    }

    #[tokio::test]
    async fn whoever_waits_before_a_next_try_tries_at_once_when_the_end_is_awaited() {
        let detached = Arc::new(Detached::here());
        let waits = Arc::clone(&detached);
        detached.spawn("A", async move { waits.pause(FOR_EVER).await });
        tokio::task::yield_now().await;
        detached.ended().await;
    }

    #[test]
    fn work_outlives_the_runtime_of_whoever_began_it() {
        let runtime = || {
            let building = &mut tokio::runtime::Builder::new_current_thread();
            building.enable_all().build().expect("a runtime is made")
        };
        let (main, worker) = (runtime(), runtime());
        let detached = main.block_on(async { Detached::here() });
        let (done, waited) = oneshot::channel();
        worker.block_on(async {
            detached.spawn("A", async move {
                let _heard = done.send(());
            });
        });
        drop(worker);
        main.block_on(waited).expect("it was done");
    }
}
