//! `App`: settings, clock, random numbers, database, hash workers, keys. The program and the tests build it
//! by the same function.

pub mod chain_head;
pub mod clock;
pub(crate) mod detached;
pub(crate) mod drain;
pub mod foundation;
pub mod instance_lock;
pub(crate) mod keyed_locks;
pub mod last_backup;
pub mod log;
pub(crate) mod open_network;
pub(crate) mod outbound;
pub(crate) mod readiness;
pub mod reload;
pub mod settings;
pub(crate) mod signal_counts;
mod start_error;
pub(crate) mod ticker;
pub(crate) mod verification_times;

use std::sync::{Arc, atomic::AtomicBool};

use secrecy::SecretString;

pub use self::start_error::StartError;
use self::{
    clock::Clock, detached::Detached, drain::Drain, foundation::Foundation,
    keyed_locks::KeyedLocks, outbound::Outbound, readiness::Readiness, settings::Settings,
    signal_counts::SignalCounts, verification_times::VerificationTimes,
};
use crate::{
    loans::source::LoanSource,
    secrets::{hasher::Hasher, rng::SystemRng},
};

/// Everything that a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// settings, clock, random numbers, keys and database
    pub foundation: Foundation,
    /// the hash workers
    pub hasher: Hasher,
    /// calls to receivers of webhooks
    pub outbound: Outbound,
    /// the loan system that loans are requested from, if any
    pub loan_source: Option<LoanSource>,
    /// how long the steps of verifications took
    pub verification_times: VerificationTimes,
    /// whether the service was ready when it was last asked
    pub readiness: Readiness,
    /// number of signals that this process raised
    pub signals: SignalCounts,
    /// whether the keyring's file has been rejected, and the keys before it are still in use
    pub keyring_refused: AtomicBool,
    /// searches by staff id: those of one person run one after the other, so that an empty result is counted
    /// before the next search begins
    pub searches: KeyedLocks,
    /// whether the process is stopping
    pub drain: Drain,
    /// background work that no caller waits for
    pub detached: Detached,
    /// the first admin's one-time password from the settings
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

impl App {
    /// Builds the app: data folder, migrations, keyring, store, workers.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(
        mut settings: Settings,
        clock: Clock,
        rng: SystemRng,
    ) -> Result<Self, StartError> {
        // Building the tables of weak passphrases takes a moment, which the first request need not wait for.
        std::thread::spawn(crate::domain::strength::prepare);
        let bootstrap_password = settings.take_bootstrap_password();
        let foundation = Foundation::build(settings, clock, rng.clone()).await?;
        let hash = &foundation.settings.hash;
        let keys = foundation.keys.now();
        let hasher = Hasher::start(hash.clone(), &keys.keyring, rng)?;
        if hash.below_floor() {
            tracing::warn!(
                "the hash costs less than OWASP's and ASVS's floor (46 MiB t=1 or its equals)"
            );
        }
        // Before other HTTP clients: it installs the TLS provider of all of them.
        let outbound = Outbound::new(foundation.settings.webhooks.outbound.clone());
        let loan_source = foundation.loan_source()?;
        Ok(Self(Arc::new(Parts {
            outbound,
            loan_source,
            verification_times: VerificationTimes::default(),
            readiness: Readiness::default(),
            signals: SignalCounts::default(),
            keyring_refused: AtomicBool::new(false),
            searches: KeyedLocks::default(),
            drain: Drain::default(),
            detached: Detached::here(),
            foundation,
            hasher,
            bootstrap_password,
        })))
    }
}
