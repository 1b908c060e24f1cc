//! Why nothing was hashed.

use std::time::Duration;

use thiserror::Error;

use super::settings::HashSettingsError;

/// The workers could not be started.
#[derive(Debug, Error)]
pub enum HasherStartError {
    #[error(transparent)]
    Settings(#[from] HashSettingsError),
    #[error("no thread for a hash worker: {0}")]
    Thread(#[from] std::io::Error),
}

/// There are more requests for hashes than can be computed in time. Nothing was counted and nothing was
/// hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("overloaded: what is waiting now takes {retry_after:?}")]
pub struct Overloaded {
    /// When the present queue will be done, at the present pace.
    pub retry_after: Duration,
}

/// A fault, which is never the same as "wrong".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashError {
    #[error("the stored hash is not one that this service wrote")]
    Unreadable,
    #[error("the stored hash hangs on the pepper {0}, which is not in the keyring")]
    UnknownPepper(String),
    #[error("there is no memory for a hash of {memory_kib} KiB")]
    OutOfMemory { memory_kib: u32 },
    #[error("the hash workers have been stopped")]
    Stopped,
}
