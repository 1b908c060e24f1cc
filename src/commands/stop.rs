//! The signals that stop the program: SIGTERM and SIGINT.

use qupia::app::StartError;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives the signals.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// From here on SIGHUP does not end the program either: it has keys and certificates reloaded.
    ///
    /// # Errors
    /// [`StartError::Signals`].
    pub fn listen() -> Result<Self, StartError> {
        let on = |kind| signal(kind).map_err(StartError::Signals);
        let _received_elsewhere = on(SignalKind::hangup())?;
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    /// Waits for a signal and returns its name.
    pub async fn signal(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
