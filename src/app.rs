//! `App`: settings, clock, chance, store, hasher, keyring. Built once, by one builder, which the
//! program and the tests share.

pub mod clock;
pub mod settings;

use std::{fs, path::Path, sync::Arc};

use secrecy::SecretString;

use self::{
    clock::Clock,
    settings::{Settings, SettingsError},
};
use crate::{
    loans::source::LoanSource,
    secrets::{
        chance::Chance,
        field::FieldCipher,
        hasher::{Hasher, HasherStartError},
        index::BlindIndex,
        keyring::{KeyCheck, KeyProblem, Keyring, KeyringError, Purpose},
        token::{TokenSettings, Tokens},
    },
    store::{self, DatabaseUrl, Store, StoreError, Vault},
};

/// Everything that a story needs. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// the settings in force
    pub settings: Settings,
    /// the clock
    pub clock: Clock,
    /// the source of randomness
    pub chance: Chance,
    /// the database
    pub store: Store,
    /// the hash workers
    pub hasher: Hasher,
    /// access tokens
    pub tokens: Tokens,
    /// the loan system that is asked, where there is one
    pub loan_source: Option<LoanSource>,
    /// blind look-up values for what is no column: logins in rates, idempotency keys
    pub index: BlindIndex,
    /// the first admin's one-time password, where the settings give one
    pub bootstrap_password: Option<SecretString>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
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
    /// the hash workers
    #[error("{0}")]
    Hasher(#[from] HasherStartError),
    /// the log
    #[error("log: {0}")]
    Log(String),
    /// the first admin could not be made
    #[error("the first admin could not be made: {0}")]
    FirstAdmin(String),
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
            Self::Settings(_) | Self::Keyring(_) | Self::WrongKeyring(_) | Self::Log(_)
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
        make_folder(&settings.data_dir)?;
        migrate(settings.store.url.clone()).await?;
        let keyring = Keyring::load(&settings.keyring);
        let (keyring, is_new) = match keyring {
            Ok(keyring) => (keyring, false),
            Err(KeyringError::NotThere(_)) => (Keyring::generate(&chance, clock.now()), true),
            Err(error) => return Err(error.into()),
        };
        for warning in keyring.warnings() {
            tracing::warn!("{warning}");
        }
        let vault = Vault {
            cipher: FieldCipher::new(&keyring),
            index: BlindIndex::new(&keyring),
            chance: chance.clone(),
        };
        let store = Store::open(&settings.store, vault)?;
        agree_on_keys(
            &store,
            &keyring,
            is_new.then_some(settings.keyring.as_path()),
        )
        .await?;
        let hasher = Hasher::start(settings.hash.clone(), &keyring, chance.clone())?;
        if settings.hash.below_floor() {
            tracing::warn!(
                "the hash costs less than OWASP's and ASVS's floor (46 MiB t=1 or its equals)"
            );
        }
        let loan_source = match settings.loan_source.clone() {
            None => None,
            Some(source) => Some(
                LoanSource::new(source, chance.clone())
                    .map_err(|why| SettingsError::of("loans.url", why))?,
            ),
        };
        let bootstrap_password = settings.take_bootstrap_password();
        Ok(Self(Arc::new(Parts {
            loan_source,
            tokens: Tokens::new(&keyring, TokenSettings::default()),
            index: BlindIndex::new(&keyring),
            settings,
            clock,
            chance,
            store,
            hasher,
            bootstrap_password,
        })))
    }

    /// A new id, ordered by time.
    #[must_use]
    pub fn new_id(&self) -> String {
        let millis = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default();
        self.chance.uuid_v7(millis)
    }
}

fn make_folder(folder: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| StartError::DataFolder {
        folder: folder.display().to_string(),
        error,
    })
}

async fn migrate(url: DatabaseUrl) -> Result<(), StartError> {
    let migrated = tokio::task::spawn_blocking(move || store::migrate(&url)).await;
    let state = migrated.map_err(|error| StoreError::Unavailable(error.to_string()))??;
    if !state.applied.is_empty() {
        tracing::info!(applied = ?state.applied, "migrations applied");
    }
    Ok(())
}

/// Holds the keyring against the keys that the data was written under. A keyring that was just made
/// is kept only where there is no data yet.
async fn agree_on_keys(
    store: &Store,
    keyring: &Keyring,
    new_at: Option<&Path>,
) -> Result<(), StartError> {
    let known = store.read(|reader| reader.key_checks()).await?;
    if let Some(path) = new_at {
        if !known.is_empty() {
            return Err(no_keyring(path));
        }
        keyring.create(path)?;
    }
    keyring.compare(&decode(known)?).map_err(wrong)?;
    let checks: Vec<_> = keyring
        .checks()
        .into_iter()
        .map(|check| (check.id, check.purpose.as_str().to_owned(), check.value))
        .collect();
    let is_new = new_at.is_some();
    let recorded = store
        .tally(move |tally| tally.remember_keys(&checks, is_new))
        .await?;
    let agreed = keyring.compare(&decode(recorded)?);
    if let (Some(path), Err(_)) = (new_at, &agreed) {
        // Another instance began in the same moment: nothing hangs on the keyring made here.
        fs::remove_file(path).map_err(|error| StartError::DataFolder {
            folder: path.display().to_string(),
            error,
        })?;
        return Err(no_keyring(path));
    }
    agreed.map(|_| ()).map_err(wrong)
}

fn no_keyring(path: &Path) -> StartError {
    StartError::WrongKeyring(format!(
        "there is no keyring {}, and the data in the database was written under one; \
         bring it back, for without it the data cannot be read, and a new one is never made for it",
        path.display()
    ))
}

fn wrong(problem: KeyProblem) -> StartError {
    StartError::WrongKeyring(problem.to_string())
}

fn decode(rows: Vec<(String, String, String)>) -> Result<Vec<KeyCheck>, StartError> {
    let decoded = rows.into_iter().map(|(id, purpose, value)| {
        let known = Purpose::ALL
            .into_iter()
            .find(|known| known.as_str() == purpose);
        let purpose = known.ok_or_else(|| {
            StartError::WrongKeyring(format!("the key {id} has no purpose of ours"))
        })?;
        Ok(KeyCheck { purpose, id, value })
    });
    decoded.collect()
}
