//! `qupia backup` and `qupia restore`.

mod folder;

use std::{
    fs,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use clap::Args;
use qupia::{
    app::{
        StartError,
        clock::Clock,
        foundation::Foundation,
        last_backup,
        settings::{Flags, Settings},
    },
    flows::backup::{self, BackupError, Manifest},
    secrets::{
        backup::{BackupKey, BackupLock, BackupLockError},
        private_file,
        rng::SystemRng,
    },
};
use secrecy::SecretString;

use self::folder::Folder;
use super::{
    audit::{BAD_AUDIT, create},
    failure::Failure,
    location::{Location, environment},
    output::{note, say},
    sessions,
    start::{open, start_log},
};

#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    location: Location,
    /// A new file, or `-` for standard output
    #[arg(required_unless_present = "to")]
    file: Option<PathBuf>,
    /// A folder of this installation's own, in which each backup is named after its time
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    to: Option<PathBuf>,
    /// How many backups stay in that folder; older ones are removed once the new one is whole
    #[arg(long, value_name = "N", requires = "to", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// The public key of whoever may open it, `age1…`; may be given more than once
    #[arg(
        long,
        value_name = "AGE1…",
        required_unless_present = "passphrase_file"
    )]
    recipient: Vec<String>,
    /// A file whose first line is the passphrase that opens it
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
    /// The data folder to restore into; an existing database is never overwritten
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The keyring that the data was written under
    #[arg(long, value_name = "FILE")]
    keyring: PathBuf,
    /// A file of age identities
    #[arg(long, value_name = "FILE", required_unless_present = "passphrase_file")]
    identity: Option<PathBuf>,
    /// A file whose first line is the passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
}

pub fn back_up(arguments: Backup) -> Result<(), Failure> {
    let lock = match &arguments.passphrase_file {
        Some(file) => BackupLock::passphrase(&secret(file)?),
        None => BackupLock::to(&arguments.recipient),
    };
    let lock = lock.map_err(|error| Failure::argument(error.to_string()))?;
    open(
        arguments.location.settings(None)?,
        async move |foundation| {
            let target = match (&arguments.to, arguments.file) {
                (Some(folder), _) => Target::In(Folder::open(folder, foundation.clock.now())?),
                (None, Some(file)) if file.as_os_str() == "-" => Target::Output,
                (None, file) => Target::File(file.unwrap_or_default()),
            };
            let manifest = target.write(foundation, lock).await?;
            let path = match &target {
                Target::Output => None,
                Target::File(file) => Some(file.clone()),
                Target::In(folder) => Some(folder.name()?),
            };
            let now = foundation.clock.now();
            if let Err(error) = last_backup::note(&foundation.settings.data_dir, now) {
                note(format_args!(
                    "qupia: the time of the backup was not noted: {error}"
                ));
            }
            if let Target::In(folder) = &target {
                folder.remove_old(arguments.keep)?;
            }
            let bytes = manifest.database_bytes;
            match path {
                Some(path) => say(format_args!(
                    "{}: {bytes} bytes of database",
                    path.display()
                )),
                None => {
                    note(format_args!("{bytes} bytes of database"));
                    Ok(())
                }
            }
        },
    )
}

/// Where a backup is written.
enum Target {
    Output,
    File(PathBuf),
    In(Folder),
}

impl Target {
    async fn write(&self, foundation: &Foundation, lock: BackupLock) -> Result<Manifest, Failure> {
        let path = match self {
            Self::Output => {
                let made = backup::back_up(foundation, lock, io::stdout()).await;
                return made.map_err(failure_of);
            }
            Self::File(path) => path,
            Self::In(folder) => &folder.unfinished,
        };
        let out = create(path)?;
        let written = out
            .try_clone()
            .map_err(|error| Failure::other(error.to_string()))?;
        let made = backup::back_up(foundation, lock, out).await;
        let made = made.and_then(|manifest| {
            written.sync_all()?;
            Ok(manifest)
        });
        made.map_err(|error| {
            // A partial backup is useless.
            let _best_effort = fs::remove_file(path);
            failure_of(error)
        })
    }
}

pub fn restore(arguments: Restore) -> Result<(), Failure> {
    let key = match (&arguments.identity, &arguments.passphrase_file) {
        (Some(file), _) => BackupKey::identities(&secret(file)?)
            .map_err(|error| Failure::argument(error.to_string()))?,
        (None, Some(file)) => BackupKey::passphrase(&secret(file)?),
        (None, None) => {
            return Err(Failure::argument(
                "--identity or --passphrase-file".to_owned(),
            ));
        }
    };
    let from = File::open(&arguments.file)
        .map_err(|error| Failure::argument(format!("{}: {error}", arguments.file.display())))?;
    // Settings of the environment that name another database or keyring do not apply.
    let mut variables = environment()?;
    variables
        .retain(|(name, _)| !name.starts_with("QUPIA_DATABASE_URL") && name != "QUPIA_KEYRING");
    variables.push((
        "QUPIA_KEYRING".to_owned(),
        arguments.keyring.display().to_string(),
    ));
    let settings_of = |folder: &Path| {
        let flags = Flags {
            data_dir: Some(folder.to_owned()),
            ..Flags::default()
        };
        Ok::<_, StartError>(Settings::read(&flags, variables.into_iter())?)
    };
    actix_web::rt::System::new().block_on(async {
        let settings = |folder: &Path| {
            let settings = settings_of(folder)?;
            start_log(&settings)?;
            Ok(settings)
        };
        let (clock, rng) = (Clock::system(), SystemRng::os());
        let restored = backup::restore(settings, key, from, &arguments.to, clock, rng)
            .await
            .map_err(failure_of)?;
        let report = restored.audit;
        say(format_args!(
            "restored what was held at {}",
            restored.manifest.made_at
        ))?;
        say(format_args!(
            "{} events under {} seals are as they were sealed, {} were not sealed yet",
            report.events, report.seals, report.unsealed
        ))?;
        say(format_args!(
            "put a copy of the keyring into {} before `qupia serve --data-dir`",
            arguments.to.display()
        ))?;
        sessions::report(&restored.ended)
    })
}

fn secret(file: &Path) -> Result<SecretString, Failure> {
    private_file::read(file)
        .map(|text| SecretString::from(text.as_str()))
        .map_err(|error| Failure::argument(format!("{}: {error}", file.display())))
}

fn failure_of(error: BackupError) -> Failure {
    match error {
        BackupError::Start(error) => error.into(),
        BackupError::Store(error) => StartError::from(error).into(),
        BackupError::BadAudit(_) => Failure {
            code: BAD_AUDIT,
            message: error.to_string(),
        },
        BackupError::Postgres
        | BackupError::Lock(BackupLockError::Decrypt(_))
        | BackupError::NotABackup(_) => Failure::argument(error.to_string()),
        other => Failure::other(other.to_string()),
    }
}
