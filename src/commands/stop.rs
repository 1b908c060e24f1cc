//! How the program hears that it is to stop.

use qupia::app::StartError;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Takes the signals over. No SIGHUP ends the program from here on either: that one asks for keys and
    /// certificates to be read anew, and is heard by whoever reads them.
    ///
    /// # Errors
    /// That the system does not tell of them.
    pub fn listen() -> Result<Self, StartError> {
        let on = |kind| signal(kind).map_err(StartError::Signals);
        let _heard_elsewhere = on(SignalKind::hangup())?;
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    /// Waits until a stop is asked for, and says by which signal.
    pub async fn asked(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
