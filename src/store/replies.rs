//! How a caller and the thread that works for it agree on what comes of the work.
//!
//! A caller may withdraw its work for as long as the thread has not decided to keep what was done; from
//! that moment on the caller waits for what comes of it. So whoever was not answered in time knows that
//! nothing was done, and nothing is kept of which nobody learns.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::{StoreError, lanes::Outcome};

/// Neither side has decided.
const OPEN: u8 = 0;
/// The caller is gone, or was told that nothing was done; and so it has to be.
const WITHDRAWN: u8 = 1;
/// The thread keeps what was done.
const KEPT: u8 = 2;

/// Moves a unit of work to one of the two ends, unless it is at the other.
fn is_moved_to(end: u8, fate: &AtomicU8) -> bool {
    match fate.compare_exchange(OPEN, end, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => true,
        Err(reached) => reached == end,
    }
}

/// The thread's side of a unit of work.
pub(super) struct Reply<T> {
    fate: Arc<AtomicU8>,
    sender: oneshot::Sender<Outcome<T>>,
}

/// The caller's side. Dropped, it withdraws the work.
pub(super) struct Answer<T> {
    fate: Arc<AtomicU8>,
    receiver: oneshot::Receiver<Outcome<T>>,
}

/// The two sides of one unit of work.
pub(super) fn channel<T>() -> (Reply<T>, Answer<T>) {
    let fate = Arc::new(AtomicU8::new(OPEN));
    let (sender, receiver) = oneshot::channel();
    let reply = Reply {
        fate: Arc::clone(&fate),
        sender,
    };
    (reply, Answer { fate, receiver })
}

impl<T> Reply<T> {
    /// Whether nobody wants the work any more.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.fate.load(Ordering::Acquire) == WITHDRAWN
    }

    /// Decides, just before it is committed, that what was done is kept. False where the caller has
    /// withdrawn, and nothing of it may stay.
    pub(super) fn keep(&self) -> bool {
        is_moved_to(KEPT, &self.fate)
    }

    pub(super) fn send(self, outcome: Outcome<T>) {
        let _caller_may_be_gone = self.sender.send(outcome);
    }
}

impl<T> Answer<T> {
    /// Whether the work could still be withdrawn, and is.
    fn withdraw(&self) -> bool {
        is_moved_to(WITHDRAWN, &self.fate)
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Waits for what a thread answers, and no longer than its caller's patience: then the work is withdrawn.
/// Where it is being committed already, as long again; who then still knows nothing is told so.
///
/// # Errors
/// What the work says; [`StoreError::Unavailable`] where nothing was done; [`StoreError::InDoubt`].
pub(super) async fn answered<T>(patience: Duration, mut answer: Answer<T>) -> Outcome<T> {
    for _ in 0..2 {
        match tokio::time::timeout(patience, &mut answer.receiver).await {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(_)) if answer.withdraw() => {
                let why = "the database's thread ended".to_owned();
                return Err(StoreError::Unavailable(why));
            }
            Ok(Err(_)) => break,
            Err(_) if answer.withdraw() => {
                let why = "the database did not answer in time".to_owned();
                return Err(StoreError::Unavailable(why));
            }
            Err(_) => {}
        }
    }
    let why = "the commit was not answered in time".to_owned();
    Err(StoreError::InDoubt(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any test takes, under a clock that stands still but where all wait for it.
    const PATIENCE: Duration = Duration::from_secs(3_600);

    fn block_on<F: Future>(story: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime is made");
        runtime.block_on(story)
    }

    #[test]
    fn who_was_not_answered_in_time_has_withdrawn_and_nothing_is_kept() {
        let (reply, answer) = channel::<()>();
        let told = block_on(answered(Duration::ZERO, answer));
        assert!(matches!(told, Err(StoreError::Unavailable(_))));
        assert!(reply.is_withdrawn());
        assert!(!reply.keep());
    }

    #[test]
    fn who_goes_away_has_withdrawn() {
        let (reply, answer) = channel::<()>();
        drop(answer);
        assert!(!reply.keep());
    }

    #[test]
    fn what_is_kept_is_waited_for_beyond_the_patience() {
        let (reply, answer) = channel();
        assert!(reply.keep());
        assert!(!answer.withdraw());
        let told = block_on(async {
            let answering = async { reply.send(Ok("kept")) };
            tokio::join!(answered(PATIENCE, answer), answering).0
        });
        assert!(matches!(told, Ok("kept")));
    }

    #[test]
    fn what_is_kept_and_not_answered_is_in_doubt_and_never_said_to_be_undone() {
        let (reply, answer) = channel::<()>();
        assert!(reply.keep());
        let told = block_on(answered(Duration::ZERO, answer));
        assert!(matches!(told, Err(StoreError::InDoubt(_))));
        let (reply, answer) = channel::<()>();
        assert!(reply.keep());
        drop(reply);
        let told = block_on(answered(PATIENCE, answer));
        assert!(matches!(told, Err(StoreError::InDoubt(_))));
    }
}
