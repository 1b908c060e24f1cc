//! Whether the HTTP client still waits for the answer. An answer that reached nobody is recorded as such,
//! so a flow that reads loans out asks here, also in a task that outlives the request.

use tokio::sync::watch;

/// A pending answer. The request's future owns it, and drops it when the client disconnects.
pub struct PendingAnswer(watch::Sender<bool>);

/// Tells a flow whether the client has disconnected.
#[derive(Clone)]
pub struct HangUp(watch::Receiver<bool>);

/// A pending answer, and the view of it for the flow.
#[must_use]
pub fn watched() -> (PendingAnswer, HangUp) {
    let (sender, receiver) = watch::channel(false);
    (PendingAnswer(sender), HangUp(receiver))
}

impl PendingAnswer {
    /// The answer was sent completely.
    pub fn told(self) {
        self.0.send_replace(true);
    }
}

impl HangUp {
    /// Whether the client has disconnected without an answer.
    pub fn has_come(&self) -> bool {
        self.0.has_changed().is_err() && !*self.0.borrow()
    }

    /// Waits until the client was answered or has disconnected, and says whether it has disconnected.
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
