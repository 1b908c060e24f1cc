//! Whether whoever asked still waits for the answer. What is read out to nobody is recorded as such, so a
//! story that reads out asks here, also where it runs in a task that outlives the request.

use tokio::sync::watch;

/// An answer that is yet to be told: held by the request's own future, with which it is dropped where the
/// caller disconnects.
pub struct PendingAnswer(watch::Sender<bool>);

/// What a story knows of its caller.
#[derive(Clone)]
pub struct HangUp(watch::Receiver<bool>);

/// An answer that somebody waits for, and how a story hears that they do no longer.
#[must_use]
pub fn watched() -> (PendingAnswer, HangUp) {
    let (sender, receiver) = watch::channel(false);
    (PendingAnswer(sender), HangUp(receiver))
}

impl PendingAnswer {
    /// The caller was there to the end.
    pub fn told(self) {
        self.0.send_replace(true);
    }
}

impl HangUp {
    /// Whether the caller has gone without an answer.
    #[must_use]
    pub fn has_come(&self) -> bool {
        self.0.has_changed().is_err() && !*self.0.borrow()
    }

    /// Waits until the caller was answered or has gone, and says whether they have gone.
    pub async fn came_first(mut self) -> bool {
        self.0.wait_for(|was_told| *was_told).await.is_err()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn whoever_waits_is_told_or_has_gone() {
        let (pending, hang_up) = watched();
        assert!(!hang_up.has_come());
        assert_eq!(hang_up.clone().came_first().now_or_never(), None);
        drop(pending);
        assert!(hang_up.has_come());
        assert_eq!(hang_up.came_first().now_or_never(), Some(true));

        let (pending, hang_up) = watched();
        pending.told();
        assert!(!hang_up.has_come());
        assert_eq!(hang_up.came_first().now_or_never(), Some(false));
    }
}
