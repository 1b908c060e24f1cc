//! One question at a time about the same thing: whoever asks while it is asked is given the same answer.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt, future::BoxFuture, future::Shared};

/// Questions that are under way, by what they are about. Cheap to clone.
#[derive(Clone)]
pub(super) struct SingleFlight<T: Clone> {
    under_way: Arc<Mutex<HashMap<String, Shared<BoxFuture<'static, T>>>>>,
    /// the answer where asking came to no end of its own
    broken: T,
}

/// Makes room for the next question when this one ends, however it ends.
struct Room<T: Clone> {
    flight: SingleFlight<T>,
    about: String,
}

impl<T: Clone> Drop for Room<T> {
    fn drop(&mut self) {
        self.flight.under_way().remove(&self.about);
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// Nothing is under way; `broken` is the answer where asking panics.
    pub(super) fn new(broken: T) -> Self {
        Self {
            under_way: Arc::default(),
            broken,
        }
    }

    /// The answer to what is asked about this, asked now unless it is under way.
    pub(super) async fn ask<F>(&self, about: &str, asking: impl FnOnce() -> F) -> T
    where
        F: Future<Output = T> + Send + 'static,
    {
        let answer = {
            let mut under_way = self.under_way();
            let entry = under_way.entry(about.to_owned());
            entry.or_insert_with(|| self.begin(about, asking())).clone()
        };
        answer.await
    }

    /// Spawned, so that it comes to its end and makes room for the next, whoever still waits for it.
    fn begin<F>(&self, about: &str, asking: F) -> Shared<BoxFuture<'static, T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let room = Room {
            flight: self.clone(),
            about: about.to_owned(),
        };
        let asking = tokio::spawn(async move {
            let _until_it_ends = room;
            asking.await
        });
        let broken = self.broken.clone();
        let answer = async move { asking.await.unwrap_or(broken) };
        answer.boxed().shared()
    }
}

impl<T: Clone> SingleFlight<T> {
    fn under_way(&self) -> MutexGuard<'_, HashMap<String, Shared<BoxFuture<'static, T>>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn after_a_panic_the_next_question_is_asked_again() {
        let flight = SingleFlight::new("broken");
        let panics = || async { panic!("a fault of ours") };
        assert_eq!(flight.ask("K-1", panics).await, "broken");
        assert_eq!(
            flight.ask("K-1", || async { "an answer" }).await,
            "an answer"
        );
        assert!(flight.under_way().is_empty());
    }

    #[tokio::test]
    async fn who_asks_about_the_same_meanwhile_is_given_the_same_answer() {
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
    async fn who_goes_away_leaves_the_question_under_way_and_no_mark_behind() {
        let flight = SingleFlight::new("broken");
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let slow = || async move {
            let _ended = ended.await;
            "an answer"
        };
        let asker = flight.clone();
        let gone = tokio::spawn(async move { asker.ask("K-1", slow).await });
        while flight.under_way().is_empty() {
            tokio::task::yield_now().await;
        }
        gone.abort();
        let second = flight.ask("K-1", || async { "another" });
        let (answer, _) = tokio::join!(second, async { end.send(()) });
        assert_eq!(answer, "an answer");
    }
}
