//! `App`: settings, clock, chance, store, hasher, keyring. Built once, by one builder, which the
//! program and the tests share.

pub mod chain_head;
pub mod clock;
pub mod detached;
pub mod drain;
pub mod foundation;
pub mod log;
pub mod open_network;
pub mod outbound;
pub mod reload;
pub mod rounds;
pub mod settings;
pub mod signal_counts;
pub mod turns;

use std::sync::Arc;

use secrecy::SecretString;

use self::{
    clock::Clock,
    detached::Detached,
    drain::Drain,
    foundation::Foundation,
    outbound::Outbound,
    reload::KeyringRefused,
    settings::{Settings, SettingsError},
    signal_counts::SignalCounts,
    turns::Turns,
};
use crate::{
    loans::source::LoanSource,
    secrets::{
        certificate::CertificateError,
        chance::Chance,
        hasher::{Hasher, HasherStartError},
        keyring::KeyringError,
    },
    store::StoreError,
};

/// Everything that a story needs. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// settings, clock, chance, keys and database, which are the app's own as well
    pub foundation: Foundation,
    /// the hash workers
    pub hasher: Hasher,
    /// calls to receivers of webhooks
    pub outbound: Outbound,
    /// the loan system that is asked, where there is one
    pub loan_source: Option<LoanSource>,
    /// signals that this process raised
    pub signals: SignalCounts,
    /// whether the keyring's file is one that cannot be taken
    pub keyring_refused: KeyringRefused,
    /// whose turn it is to search: a person's searches come one after the other, so that those that find
    /// nobody are counted before the next begins
    pub searches: Turns,
    /// whether it was asked to stop
    pub drain: Drain,
    /// work that goes on though nobody waits for it
    pub detached: Detached,
    /// the first admin's one-time password, where the settings give one
    pub bootstrap_password: Option<SecretString>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::Deref for Parts {
    type Target = Foundation;

    fn deref(&self) -> &Foundation {
        &self.foundation
    }
}

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
    /// signals cannot be heard
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

impl App {
    /// Builds the app: data folder, migrations, keyring, store, workers.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(
        mut settings: Settings,
        clock: Clock,
        chance: Chance,
    ) -> Result<Self, StartError> {
        // The tables of weak phrases take a moment; the first branch specialist does not wait for them.
        std::thread::spawn(crate::domain::strength::prepare);
        let bootstrap_password = settings.take_bootstrap_password();
        let foundation = Foundation::lay(settings, clock, chance.clone()).await?;
        let hash = &foundation.settings.hash;
        let keys = foundation.keys.now();
        let hasher = Hasher::start(hash.clone(), &keys.keyring, chance)?;
        if hash.below_floor() {
            tracing::warn!(
                "the hash costs less than OWASP's and ASVS's floor (46 MiB t=1 or its equals)"
            );
        }
        // Comes before other callers: it installs what all of them speak TLS with.
        let outbound = Outbound::new(foundation.settings.webhooks.outbound.clone());
        let loan_source = foundation.loan_source()?;
        Ok(Self(Arc::new(Parts {
            outbound,
            loan_source,
            signals: SignalCounts::default(),
            keyring_refused: KeyringRefused::default(),
            searches: Turns::default(),
            drain: Drain::default(),
            detached: Detached::here(),
            foundation,
            hasher,
            bootstrap_password,
        })))
    }
}
