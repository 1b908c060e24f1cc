//! The interval at which files such as keys and certificates are checked for changes. SIGHUP has them checked
//! at once.

use std::{future, time::Duration};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ticks at an interval and with each SIGHUP.
pub(crate) struct Ticker {
    every: Duration,
    hangups: Option<Signal>,
}

impl Ticker {
    pub(crate) fn every(every: Duration) -> Self {
        let hangups = signal(SignalKind::hangup())
            .inspect_err(|error| tracing::warn!("SIGHUP is not heard: {error}"));
        Self {
            every,
            hangups: hangups.ok(),
        }
    }

    /// Waits for the next tick.
    pub(crate) async fn tick(&mut self) {
        let hangup = async {
            let received = match &mut self.hangups {
                Some(hangups) => hangups.recv().await,
                None => None,
            };
            if received.is_none() {
                future::pending::<()>().await;
            }
        };
        let _either_is_a_tick = tokio::time::timeout(self.every, hangup).await;
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal as Sent, getpid, kill_process};

    use super::*;

    #[tokio::test]
    async fn a_sighup_is_a_tick_before_the_interval_is_over() {
        let mut ticker = Ticker::every(Duration::from_secs(3_600));
        for _ in 0..2 {
            kill_process(getpid(), Sent::HUP).expect("it is our own process");
            ticker.tick().await;
        }
    }

    #[tokio::test]
    async fn the_interval_is_a_tick_without_a_signal() {
        Ticker::every(Duration::from_millis(1)).tick().await;
    }
}
