//! Makes a backup while the service runs, and restores one only after it was verified.
//!
//! A backup holds the database and not the keyring: one theft must not yield both. Inside the age format it
//! is one line of JSON, the [`Manifest`], and then the database file.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{
    end_sessions::{EndedSessions, end_sessions},
    verify_audit,
};
use crate::{
    app::{
        StartError,
        chain_head::{self, KnownSeal},
        foundation::Foundation,
        settings::Settings,
    },
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        calendar::write_time,
        seal::Bad,
    },
    secrets::{
        backup::{BackupKey, BackupLock, BackupLockError},
        private_file,
    },
    store::{self, DatabaseUrl, StoreError},
};

/// The longest manifest, in bytes.
const MOST_MANIFEST: u64 = 4_096;

/// The first line of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// the format's version, 1
    pub qupia_backup: u32,
    /// when it was made, RFC 3339
    pub made_at: String,
    /// the newest seal that was known when the backup began, `NUMBER:HASH`
    pub newest_seal: Option<String>,
    /// the length of the database file, bytes
    pub database_bytes: u64,
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// the database is copied by other tools
    #[error(
        "PostgreSQL is backed up with its own tools, pg_dump or pgBackRest; see docs/keys-and-backup.md"
    )]
    Postgres,
    /// encryption
    #[error("{0}")]
    Lock(#[from] BackupLockError),
    /// a file
    #[error("{0}")]
    Io(#[from] io::Error),
    /// a database
    #[error("{0}")]
    Store(#[from] StoreError),
    /// the keyring does not fit
    #[error("{0}")]
    Start(#[from] StartError),
    /// not a backup of this program
    #[error("this is no backup of this program: {0}")]
    NotABackup(&'static str),
    /// the audit is not as it was sealed
    #[error("nothing was restored: the audit is not as it was sealed: {0}")]
    BadAudit(Bad),
}

/// Makes a backup of the database, encrypted, into `out`.
pub async fn back_up<W: Write + Send + 'static>(
    foundation: &Foundation,
    lock: BackupLock,
    out: W,
) -> Result<Manifest, BackupError> {
    let url = foundation.settings.store.url.clone();
    if matches!(url, DatabaseUrl::Postgres(_)) {
        return Err(BackupError::Postgres);
    }
    // Recorded first, so that the backup contains its own event.
    foundation
        .store
        .record(event(foundation, EventOutcome::Made))
        .await?;
    let newest = foundation.store.read(|reader| reader.newest_seal()).await?;
    let newest_seal = newest
        .as_ref()
        .map(|seal| KnownSeal::from(seal).to_string());
    let made_at = write_time(foundation.clock.now());
    let folder = foundation.settings.data_dir.clone();
    run(move || {
        let folder = tempfile::Builder::new()
            .prefix("backup-")
            .tempdir_in(folder)?;
        let copy = folder.path().join("copy.sqlite");
        store::copy_to(&url, &copy)?;
        let mut database = File::open(&copy)?;
        let manifest = Manifest {
            qupia_backup: 1,
            made_at,
            newest_seal,
            database_bytes: database.metadata()?.len(),
        };
        let written = lock.encrypt(BufWriter::new(out), |out| {
            serde_json::to_writer(&mut *out, &manifest)?;
            out.write_all(b"\n")?;
            io::copy(&mut database, out).map(drop)
        })?;
        let mut out = written
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        // Standard output has a buffer of its own.
        out.flush()?;
        Ok(manifest)
    })
    .await
}

/// What was restored.
pub struct Restored {
    /// the backup's manifest
    pub manifest: Manifest,
    /// the result of verifying the audit
    pub audit: verify_audit::AuditReport,
    /// the sessions that ended
    pub ended: EndedSessions,
}

/// Restores a backup into a folder that does not exist yet or is empty, after schema, keys and audit were
/// verified, and ends all sessions. `settings` are those of the folder, with the keyring under which the
/// data was written.
///
/// # Errors
/// [`BackupError`]; the folder is then left empty.
pub async fn restore(
    settings: impl FnOnce(&Path) -> Result<Settings, StartError>,
    key: BackupKey,
    from: File,
    to: &Path,
    clock: crate::app::clock::Clock,
    rng: crate::secrets::rng::SystemRng,
) -> Result<Restored, BackupError> {
    make_empty(to)?;
    let trial = tempfile::Builder::new().prefix("restore-").tempdir_in(to)?;
    let copy = trial.path().join("qupia.sqlite");
    let url = DatabaseUrl::file(&copy);
    let (written, checked) = (copy.clone(), url.clone());
    let manifest = run(move || {
        let manifest = unpack(&key, from, &written)?;
        store::check_copy(&checked)?;
        Ok(manifest)
    })
    .await?;
    let foundation = Foundation::open(settings(trial.path())?, clock, rng).await?;
    let known = manifest.newest_seal.as_deref().and_then(KnownSeal::parse);
    let audit = verify_audit::verify(&foundation, known.as_slice(), |_, _| {}).await?;
    if let Some(bad) = audit.first_bad {
        return Err(BackupError::BadAudit(bad));
    }
    foundation
        .store
        .record(event(&foundation, EventOutcome::Restored))
        .await?;
    let ended = end_sessions(&foundation).await?;
    let to = to.to_owned();
    let newest = audit.newest;
    run(move || {
        // Complete before it gets its name: what fails halfway is removed with the temporary folder.
        let whole = tempfile::Builder::new()
            .prefix("restore-")
            .tempdir_in(&to)?;
        let database = whole.path().join("qupia.sqlite");
        store::copy_to(&url, &database)?;
        File::open(&database)?.sync_all()?;
        if let Some(newest) = newest {
            chain_head::remember(whole.path(), &newest)?;
        }
        Ok(move_all(whole.path(), &to)?)
    })
    .await?;
    Ok(Restored {
        manifest,
        audit,
        ended,
    })
}

fn event(foundation: &Foundation, outcome: EventOutcome) -> Event {
    let now = foundation.clock.now();
    Event::of_nobody(&Origin::own("cli"), now, Action::BackupMade).outcome(outcome)
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other)?
}

/// Refuses a folder that already has data: nothing is ever overwritten.
fn make_empty(folder: &Path) -> io::Result<()> {
    private_file::create_folder(folder)?;
    let holds = |name: &str| folder.join(name).symlink_metadata().is_ok();
    match ["qupia.sqlite", "qupia.sqlite-wal", "audit-head"]
        .iter()
        .find(|name| holds(name))
    {
        Some(name) => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "{} holds {name}, which is never written over",
                folder.display()
            ),
        )),
        None => Ok(()),
    }
}

/// Moves the restored files to the data folder: all of them or none.
fn move_all(from: &Path, to: &Path) -> io::Result<()> {
    // The database is the last: with it the folder can be served.
    let names = ["audit-head", "qupia.sqlite"];
    let move_one = |name: &str| fs::rename(from.join(name), to.join(name));
    let mut made = names.into_iter().filter(|name| from.join(name).exists());
    let moved = made
        .try_for_each(move_one)
        .and_then(|()| File::open(to)?.sync_all());
    if moved.is_err() {
        for name in names {
            // Neither existed before. The first error is reported, not a failure to clean up.
            let _left = fs::remove_file(to.join(name));
        }
    }
    moved
}

fn unpack(key: &BackupKey, from: File, to: &Path) -> Result<Manifest, BackupError> {
    let mut plain = BufReader::new(key.decrypt(BufReader::new(from))?);
    let mut line = String::new();
    (&mut plain).take(MOST_MANIFEST).read_line(&mut line)?;
    let manifest: Manifest = serde_json::from_str(&line)
        .map_err(|_| BackupError::NotABackup("it does not begin with a manifest"))?;
    if manifest.qupia_backup != 1 {
        return Err(BackupError::NotABackup("its format is of a later version"));
    }
    let mut database = private_file::create(to)?;
    // Read to the very end: only there is it known that nothing was cut off.
    let copied = io::copy(&mut plain, &mut database)?;
    if copied != manifest.database_bytes {
        return Err(BackupError::NotABackup(
            "its length is not the one it tells",
        ));
    }
    database.sync_all()?;
    Ok(manifest)
}
