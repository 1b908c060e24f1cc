//! At most one request at a time about one key: callers that come meanwhile share its answer.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt, future::BoxFuture, future::Shared};

/// Requests in progress, by key. Cheap to clone.
#[derive(Clone)]
pub(super) struct SingleFlight<T: Clone> {
    in_progress: Arc<Mutex<HashMap<String, Shared<BoxFuture<'static, T>>>>>,
    /// the answer where the request panicked
    broken: T,
}

/// Removes the request from those in progress when it ends, also by a panic.
struct Removal<T: Clone> {
    flight: SingleFlight<T>,
    key: String,
}

impl<T: Clone> Drop for Removal<T> {
    fn drop(&mut self) {
        self.flight.in_progress().remove(&self.key);
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// `broken` is the answer where a request panics.
    pub(super) fn new(broken: T) -> Self {
        Self {
            in_progress: Arc::default(),
            broken,
        }
    }

    /// The answer about a key: of the request in progress, else of a new one.
    pub(super) async fn ask<F>(&self, key: &str, asking: impl FnOnce() -> F) -> T
    where
        F: Future<Output = T> + Send + 'static,
    {
        let answer = {
            let mut in_progress = self.in_progress();
            let entry = in_progress.entry(key.to_owned());
            entry.or_insert_with(|| self.begin(key, asking())).clone()
        };
        answer.await
    }

    /// Spawned, so that it ends even if all callers have gone.
    fn begin<F>(&self, key: &str, asking: F) -> Shared<BoxFuture<'static, T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let removal = Removal {
            flight: self.clone(),
            key: key.to_owned(),
        };
        let asking = tokio::spawn(async move {
            let _until_it_ends = removal;
            asking.await
        });
        let broken = self.broken.clone();
        let answer = async move { asking.await.unwrap_or(broken) };
        answer.boxed().shared()
    }
}

impl<T: Clone> SingleFlight<T> {
    fn in_progress(&self) -> MutexGuard<'_, HashMap<String, Shared<BoxFuture<'static, T>>>> {
        self.in_progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn after_a_panic_the_next_caller_sends_a_new_request() {
        let flight = SingleFlight::new("broken");
        let panics = || async { panic!("a fault of ours") };
        assert_eq!(flight.ask("K-1", panics).await, "broken");
        assert_eq!(
            flight.ask("K-1", || async { "an answer" }).await,
            "an answer"
        );
        assert!(flight.in_progress().is_empty());
    }

    #[tokio::test]
    async fn simultaneous_callers_about_one_key_share_one_answer() {
        let (flight, asked) = (SingleFlight::new(0), Arc::new(AtomicU32::new(0)));
        let (answer, answers) = tokio::sync::watch::channel(false);
        let ask = |about| {
            let (asked, mut answers) = (Arc::clone(&asked), answers.clone());
            flight.ask(about, move || async move {
                let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
                let _answered = answers.wait_for(|is_so| *is_so).await;
                number
            })
        };
        let asking = async { tokio::join!(ask("K-1"), ask("K-1"), ask("K-2")) };
        let answering = async { answer.send(true) };
        let ((one, two, other), _) = tokio::join!(asking, answering);
        assert_eq!(one, two);
        assert_ne!(one, other);
        assert_eq!(ask("K-1").await, 3);
    }

    #[tokio::test]
    async fn a_request_goes_on_without_its_caller_and_leaves_nothing_behind() {
        let flight = SingleFlight::new("broken");
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let slow = || async move {
            let _ended = ended.await;
            "an answer"
        };
        let asker = flight.clone();
        let gone = tokio::spawn(async move { asker.ask("K-1", slow).await });
        while flight.in_progress().is_empty() {
            tokio::task::yield_now().await;
        }
        gone.abort();
        let second = flight.ask("K-1", || async { "another" });
        let (answer, _) = tokio::join!(second, async { end.send(()) });
        assert_eq!(answer, "an answer");
    }
}
