//! Why the service does not start.

use super::settings::SettingsError;
use crate::{
    secrets::{certificate::CertificateError, hasher::HasherStartError, keyring::KeyringError},
    store::StoreError,
};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// a setting
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// the keyring's file
    #[error("{0}")]
    Keyring(#[from] KeyringError),
    /// the keyring does not fit the data, or the other way round
    #[error("{0}")]
    WrongKeyring(String),
    /// the database
    #[error("{0}")]
    Store(#[from] StoreError),
    /// migrations are pending, and the command is not one that applies them
    #[error("{0} migrations are pending: run `qupia migrate` first")]
    Unmigrated(usize),
    /// the hash workers
    #[error("{0}")]
    Hasher(#[from] HasherStartError),
    /// the log
    #[error("log: {0}")]
    Log(String),
    /// signals cannot be received
    #[error("no word of signals: {0}")]
    Signals(std::io::Error),
    /// the first admin could not be made
    #[error("the first admin could not be made: {0}")]
    FirstAdmin(String),
    /// the certificate
    #[error("tls: {0}")]
    Certificate(#[from] CertificateError),
    /// the address could not be bound, or serving ended
    #[error("cannot serve: {0}")]
    Listen(std::io::Error),
    /// another process serves the SQLite file
    #[error("the database {database} is served already, {by}")]
    AlreadyServed {
        /// the file
        database: String,
        /// by which process
        by: String,
    },
    /// the data folder
    #[error("the data folder {folder}: {error}")]
    DataFolder {
        /// which
        folder: String,
        /// why
        error: std::io::Error,
    },
}

impl StartError {
    /// Whether settings, arguments or keys are at fault, rather than the machine.
    #[must_use]
    pub fn is_settings(&self) -> bool {
        matches!(
            self,
            Self::Settings(_)
                | Self::Store(StoreError::Unfit(_))
                | Self::Keyring(_)
                | Self::WrongKeyring(_)
                | Self::Log(_)
                | Self::Certificate(_)
        )
    }
}
