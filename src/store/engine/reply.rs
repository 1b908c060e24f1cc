//! How a caller and the worker agree on what comes of the work.
//!
//! A caller may withdraw its work until the worker confirms it, just before the commit; from then on the
//! caller waits for what comes of it. So a caller that was not answered in time knows that nothing was
//! done, and nothing is committed of which no caller learns.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use crate::store::error::{Outcome, StoreError};

/// Neither side has decided.
const UNDECIDED: u8 = 0;
/// The caller is gone, or was answered that nothing was done; and so it has to be.
const WITHDRAWN: u8 = 1;
/// What was done is to be committed.
const CONFIRMED: u8 = 2;

/// Decides, unless the other side has decided otherwise.
fn decide(decision: u8, state: &AtomicU8) -> bool {
    match state.compare_exchange(UNDECIDED, decision, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => true,
        Err(decided) => decided == decision,
    }
}

/// The worker's side.
pub(crate) struct Reply<T> {
    state: Arc<AtomicU8>,
    sender: oneshot::Sender<Outcome<T>>,
}

/// The caller's side. Dropped, it withdraws the work.
pub(crate) struct Answer<T> {
    state: Arc<AtomicU8>,
    receiver: oneshot::Receiver<Outcome<T>>,
}

/// The two sides of one unit of work.
pub(crate) fn channel<T>() -> (Reply<T>, Answer<T>) {
    let state = Arc::new(AtomicU8::new(UNDECIDED));
    let (sender, receiver) = oneshot::channel();
    let reply = Reply {
        state: Arc::clone(&state),
        sender,
    };
    (reply, Answer { state, receiver })
}

impl<T> Reply<T> {
    /// Whether the caller has withdrawn.
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.state.load(Ordering::Acquire) == WITHDRAWN
    }

    /// Decides, just before the commit, that what was done is committed. `false`: the caller has withdrawn,
    /// and it has to be rolled back.
    pub(crate) fn confirm(&self) -> bool {
        decide(CONFIRMED, &self.state)
    }

    pub(crate) fn send(self, outcome: Outcome<T>) {
        let _caller_may_be_gone = self.sender.send(outcome);
    }

    /// Answers with what came of the work itself and of its batch: an error of its own comes first, since
    /// only what succeeded depended on the commit.
    pub(crate) fn settle(self, outcome: Option<Outcome<T>>, failure: Option<StoreError>) {
        let settled = match (outcome, failure) {
            (Some(Err(own)), _) => Err(own),
            (_, Some(failure)) => Err(failure),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(StoreError::Unavailable("the work was not begun".to_owned())),
        };
        self.send(settled);
    }
}

impl<T> Answer<T> {
    /// Whether the work could still be withdrawn, and is.
    fn withdraw(&self) -> bool {
        decide(WITHDRAWN, &self.state)
    }

    /// Waits for the outcome and withdraws the work where it takes longer; where it is being committed
    /// already, waits for as long again.
    ///
    /// # Errors
    /// What the work says; [`StoreError::Unavailable`] where nothing was done; [`StoreError::InDoubt`].
    pub(crate) async fn within(mut self, timeout: Duration) -> Outcome<T> {
        for _ in 0..2 {
            match tokio::time::timeout(timeout, &mut self.receiver).await {
                Ok(Ok(outcome)) => return outcome,
                Ok(Err(_)) if self.withdraw() => {
                    let why = "the database's thread ended".to_owned();
                    return Err(StoreError::Unavailable(why));
                }
                Ok(Err(_)) => break,
                Err(_) if self.withdraw() => {
                    let why = "the database did not answer in time".to_owned();
                    return Err(StoreError::Unavailable(why));
                }
                Err(_) => {}
            }
        }
        let why = "the commit was not answered in time".to_owned();
        Err(StoreError::InDoubt(why))
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.withdraw();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any test takes, under a clock that stands still but where all wait for it.
    const LONG: Duration = Duration::from_secs(3_600);

    fn block_on<F: Future>(story: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime is made");
        runtime.block_on(story)
    }

    #[test]
    fn a_caller_that_is_not_answered_in_time_withdraws() {
        let (reply, answer) = channel::<()>();
        let outcome = block_on(answer.within(Duration::ZERO));
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))));
        assert!(reply.is_withdrawn());
        assert!(!reply.confirm());
    }

    #[test]
    fn a_caller_that_goes_away_withdraws() {
        let (reply, answer) = channel::<()>();
        drop(answer);
        assert!(!reply.confirm());
    }

    #[test]
    fn confirmed_work_is_waited_for_beyond_the_timeout() {
        let (reply, answer) = channel();
        assert!(reply.confirm());
        assert!(!answer.withdraw());
        let outcome = block_on(async {
            let answering = async { reply.send(Ok("done")) };
            tokio::join!(answer.within(LONG), answering).0
        });
        assert!(matches!(outcome, Ok("done")));
    }

    #[test]
    fn confirmed_work_without_an_answer_is_in_doubt_and_never_said_to_be_undone() {
        let (reply, answer) = channel::<()>();
        assert!(reply.confirm());
        let outcome = block_on(answer.within(Duration::ZERO));
        assert!(matches!(outcome, Err(StoreError::InDoubt(_))));
        let (reply, answer) = channel::<()>();
        assert!(reply.confirm());
        drop(reply);
        let outcome = block_on(answer.within(LONG));
        assert!(matches!(outcome, Err(StoreError::InDoubt(_))));
    }
}
