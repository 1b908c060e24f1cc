//! The core of the app: settings, clock, random numbers, keys, database. Commands that maintain data and keys
//! need no more.

use std::{fs, path::Path};

use super::{
    clock::Clock,
    settings::{Settings, SettingsError},
    start_error::StartError,
};
use crate::{
    loans::source::LoanSource,
    secrets::{
        keyring::{KeyCheck, KeyProblem, Keyring, KeyringError, Purpose},
        live::LiveKeys,
        private_file,
        rng::SystemRng,
    },
    store::{
        self, DatabaseUrl, MIGRATED_WITHIN, MigrationState, Store, StoreError, StoreSettings, Vault,
    },
};

/// Settings, clock, random numbers, keys and database. Cheap to clone except for the settings.
#[derive(Clone)]
pub struct Foundation {
    /// the settings in force
    pub settings: Settings,
    /// the clock
    pub clock: Clock,
    /// the source of randomness
    pub rng: SystemRng,
    /// the keys in force
    pub keys: LiveKeys,
    /// the database
    pub store: Store,
    /// unique name of this process among those that share the database
    pub instance: String,
}

impl Foundation {
    /// The loan system that loans are requested from, if the settings have one.
    ///
    /// # Errors
    /// [`StartError::Settings`] where its client cannot be made.
    pub fn loan_source(&self) -> Result<Option<LoanSource>, StartError> {
        let Some(source) = self.settings.loan_source.clone() else {
            return Ok(None);
        };
        let source = LoanSource::new(source, self.rng.clone());
        let source = source.map_err(|why| SettingsError::of("loans.url", why))?;
        Ok(Some(source))
    }

    /// For the service: makes the data folder, applies migrations, and on an empty database makes a keyring.
    pub async fn build(
        mut settings: Settings,
        clock: Clock,
        rng: SystemRng,
    ) -> Result<Self, StartError> {
        let state = migrate(&mut settings).await?;
        if !state.applied.is_empty() {
            tracing::info!(applied = ?state.applied, "migrations applied");
        }
        let (keyring, is_new) = match Keyring::load(&settings.keyring) {
            Ok(keyring) => (keyring, false),
            Err(KeyringError::NotThere(_)) => (Keyring::generate(&rng, clock.now()), true),
            Err(error) => return Err(error.into()),
        };
        let built = Self::on(settings, clock, rng, &keyring)?;
        agree_on_keys(
            &built.starting_store(),
            &keyring,
            is_new.then_some(built.settings.keyring.as_path()),
        )
        .await?;
        Ok(built)
    }

    /// For a maintenance command: opens an existing database and keyring.
    ///
    /// # Errors
    /// [`StartError`], also where database or keyring does not exist, or migrations are pending.
    pub async fn open(
        mut settings: Settings,
        clock: Clock,
        rng: SystemRng,
    ) -> Result<Self, StartError> {
        if let DatabaseUrl::Sqlite(path) = &settings.store.url
            && !Path::new(path).is_file()
        {
            let problem = format!("there is no database {path}");
            return Err(StoreError::Unavailable(problem).into());
        }
        let pending = examine(&mut settings).await?;
        if pending > 0 {
            return Err(StartError::Unmigrated(pending));
        }
        let keyring = Keyring::load(&settings.keyring)?;
        let opened = Self::on(settings, clock, rng, &keyring)?;
        agree_on_keys(&opened.starting_store(), &keyring, None).await?;
        Ok(opened)
    }

    fn on(
        settings: Settings,
        clock: Clock,
        rng: SystemRng,
        keyring: &Keyring,
    ) -> Result<Self, StartError> {
        for warning in keyring.warnings() {
            tracing::warn!("{warning}");
        }
        let keys = LiveKeys::new(keyring);
        let vault = Vault {
            keys: keys.clone(),
            rng: rng.clone(),
        };
        Ok(Self {
            store: Store::open(&settings.store, vault)?,
            instance: rng.uuid_v7(clock.now()),
            settings,
            clock,
            rng,
            keys,
        })
    }

    /// The store for a step of the start, which may have to open its connection first: it waits for as long
    /// as the steps before it.
    #[must_use]
    pub(crate) fn starting_store(&self) -> Store {
        let StoreSettings { url, timeout, .. } = &self.settings.store;
        self.store
            .with_timeout(store::examined_within(url, *timeout))
    }

    /// A new id, ordered by time (UUID version 7).
    pub(crate) fn new_id<I: From<String>>(&self) -> I {
        self.rng.uuid_v7(self.clock.now()).into()
    }
}

/// Makes the data folder and applies pending migrations.
///
/// # Errors
/// [`StartError::DataFolder`] or [`StartError::Store`].
pub async fn migrate(settings: &mut Settings) -> Result<MigrationState, StartError> {
    make_folder(&settings.data_dir)?;
    if examine(settings).await? == 0 {
        // So that a database role without rights on the schema can serve.
        return Ok(MigrationState::default());
    }
    let url = settings.store.url.clone();
    let migrate = move || store::migrate(&url);
    let url = &settings.store.url;
    Ok(store::bounded(url, MIGRATED_WITHIN, migrate).await?)
}

/// Checks that the database can be used; returns the number of pending migrations.
async fn examine(settings: &mut Settings) -> Result<usize, StartError> {
    let (url, timeout) = (settings.store.url.clone(), settings.store.timeout);
    let within = store::examined_within(&url, timeout);
    let examine = move || store::examine(&url, timeout);
    let fitness = store::bounded(&settings.store.url, within, examine).await?;
    settings.store.granted = fitness.granted;
    Ok(fitness.pending)
}

/// Makes the data folder, unless it exists.
///
/// # Errors
/// [`StartError::DataFolder`].
pub fn make_folder(folder: &Path) -> Result<(), StartError> {
    private_file::create_folder(folder).map_err(|error| StartError::DataFolder {
        folder: folder.display().to_string(),
        error,
    })
}

/// Compares the keyring with the keys that the data was written under. `new_at` is the path of a keyring that
/// was just generated, which is written there only if there is no data yet.
pub(super) async fn agree_on_keys(
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
        tracing::info!("a new keyring was made: {}", path.display());
    }
    keyring.compare(&decode(known)?).map_err(wrong)?;
    // Only active keys are recorded: no data depends on one that only decrypts, and another instance may still
    // have a key that was retired here.
    let checks: Vec<_> = keyring
        .checks()
        .into_iter()
        .filter(|check| keyring.active(check.purpose).id() == check.id)
        .map(|check| (check.id, check.purpose.as_str().to_owned(), check.value))
        .collect();
    let is_new = new_at.is_some();
    let recorded = store
        .unaudited(move |tx| tx.record_keys(&checks, is_new))
        .await?;
    let agreed = keyring.compare(&decode(recorded)?);
    if let (Some(path), Err(_)) = (new_at, &agreed) {
        // Another instance started at the same moment: no data depends on the keyring made here.
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
