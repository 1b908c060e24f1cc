//! A SQLite file is served by one process: a lock beside it says by which. Commands that maintain data run
//! beside the service, and take no lock.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process,
};

use super::start_error::StartError;
use crate::store::DatabaseUrl;

/// The lock; the system releases it with the process.
pub struct InstanceLock(Option<File>);

impl InstanceLock {
    /// Takes the lock of a SQLite file; PostgreSQL is served by any number of processes.
    ///
    /// # Errors
    /// [`StartError::AlreadyServed`] that names the process which has it.
    pub fn take(url: &DatabaseUrl) -> Result<Self, StartError> {
        let DatabaseUrl::Sqlite(database) = url else {
            return Ok(Self(None));
        };
        let failed = |error: io::Error| StartError::AlreadyServed {
            database: database.clone(),
            by: format!("perhaps by another process: its lock cannot be taken: {error}"),
        };
        let path = path_of(Path::new(database));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        let mut file = match file {
            Ok(file) => file,
            // Opening the database says what is wrong with its folder.
            Err(_) if !path.exists() => return Ok(Self(None)),
            Err(error) => return Err(failed(error)),
        };
        match file.try_lock() {
            Ok(()) => {
                // Without the number a second process is kept out as well.
                let _unwritten = file
                    .set_len(0)
                    .and_then(|()| writeln!(file, "{}", process::id()));
                Ok(Self(Some(file)))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The message only lacks the number then.
                let _unread = file.read_to_string(&mut holder);
                Err(StartError::AlreadyServed {
                    database: database.clone(),
                    by: format!("by process {}", holder.trim()),
                })
            }
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!("nothing keeps a second process from serving {database}: {error}");
                Ok(Self(None))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Whether a second process is kept out.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// The same for every name of the database, such as a symbolic link.
fn path_of(database: &Path) -> PathBuf {
    let database = database
        .canonicalize()
        .unwrap_or_else(|_| database.to_owned());
    let mut path = OsString::from(database);
    path.push(".lock");
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_of_a_file_is_told_which_process_is_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::file(&folder.path().join("qupia.sqlite"));
        let first = InstanceLock::take(&url).unwrap();
        assert!(first.is_held());
        let Err(refused) = InstanceLock::take(&url) else {
            panic!("the lock was taken twice")
        };
        let expected = format!("by process {}", process::id());
        assert!(refused.to_string().contains(&expected), "{refused}");
        drop(first);
        assert!(InstanceLock::take(&url).unwrap().is_held());
    }
}
