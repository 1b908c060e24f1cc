//! What is looked at again and again, such as keys and certificates, and at once where SIGHUP asks for it.

use std::{future, time::Duration};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Rounds of looking.
pub struct Rounds {
    every: Duration,
    hang_up: Option<Signal>,
}

impl Rounds {
    /// A round as often as this, and one with each SIGHUP.
    #[must_use]
    pub fn every(every: Duration) -> Self {
        let hang_up = signal(SignalKind::hangup())
            .inspect_err(|error| tracing::warn!("SIGHUP is not heard: {error}"));
        Self {
            every,
            hang_up: hang_up.ok(),
        }
    }

    /// Waits for the next round.
    pub async fn next(&mut self) {
        let asked = async {
            let heard = match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => None,
            };
            if heard.is_none() {
                future::pending::<()>().await;
            }
        };
        // Either is a reason to look.
        let _due_or_asked = tokio::time::timeout(self.every, asked).await;
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal as Sent, getpid, kill_process};

    use super::*;

    #[tokio::test]
    async fn a_hang_up_asks_for_a_round_before_it_is_due() {
        let mut rounds = Rounds::every(Duration::from_secs(3_600));
        for _ in 0..2 {
            kill_process(getpid(), Sent::HUP).expect("it is our own process");
            rounds.next().await;
        }
    }

    #[tokio::test]
    async fn a_round_is_due_though_nobody_asks() {
        Rounds::every(Duration::from_millis(1)).next().await;
    }
}
