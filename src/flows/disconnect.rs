//! Whether the HTTP client still waits for the answer. An answer that reached nobody is recorded as such,
//! so a flow that reads loans out asks here, also in a task that outlives the request.

use tokio::sync::watch;

/// A pending answer. The request's future owns it, and drops it when the client disconnects.
pub struct PendingAnswer(watch::Sender<bool>);

/// Tells a flow whether the client has disconnected.
#[derive(Clone)]
pub struct ClientConnection(watch::Receiver<bool>);

/// A pending answer, and the view of it for the flow.
#[must_use]
pub fn watched() -> (PendingAnswer, ClientConnection) {
    let (sender, receiver) = watch::channel(false);
    (PendingAnswer(sender), ClientConnection(receiver))
}

impl PendingAnswer {
    /// The answer was sent completely.
    pub(crate) fn answered(self) {
        self.0.send_replace(true);
    }
}

impl ClientConnection {
    /// Whether the client has disconnected without an answer.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.has_changed().is_err() && !*self.0.borrow()
    }

    /// Waits until the client was answered or has disconnected, and says whether it has disconnected.
    pub(crate) async fn closed_first(mut self) -> bool {
        self.0.wait_for(|was_told| *was_told).await.is_err()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn whoever_waits_is_told_or_has_gone() {
        let (pending, connection) = watched();
        assert!(!connection.is_closed());
        assert_eq!(connection.clone().closed_first().now_or_never(), None);
        drop(pending);
        assert!(connection.is_closed());
        assert_eq!(connection.closed_first().now_or_never(), Some(true));

        let (pending, connection) = watched();
        pending.answered();
        assert!(!connection.is_closed());
        assert_eq!(connection.closed_first().now_or_never(), Some(false));
    }
}
