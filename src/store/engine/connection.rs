//! One connection type over both databases, and how each is opened.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection},
    result::Error as DieselError,
    sql_query,
};

use super::postgres;
use crate::{
    secrets::private_file,
    store::{error::StoreError, url::DatabaseUrl},
};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// the embedded database
    Sqlite(SqliteConnection),
    /// the one that several instances share
    Postgres(PgConnection),
}

/// What a connection is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionPurpose {
    Read,
    Write,
    /// writing much, as an import does
    Load,
}

/// SQLite waits this long for a writer of another process before it says that it is locked.
const BUSY: Duration = Duration::from_secs(3);
/// How SQLite says so.
const LOCKED: &str = "database is locked";
/// Between two attempts to begin the log of a new file.
const BUSY_STEP: Duration = Duration::from_millis(5);
/// SQLite's page cache, KiB. A reader's is emptied with every commit of the writer. An import writes to pages
/// all over the indexes, in a process of its own.
const READER_CACHE_KIB: u32 = 2 * 1_024;
const WRITER_CACHE_KIB: u32 = 16 * 1_024;
const LOADER_CACHE_KIB: u32 = 80 * 1_024;
/// Pages in the log after which they are brought into the database: the more, the more often a page
/// that changed several times is written there once.
const CHECKPOINT_PAGES: u32 = 4_000;
const LOADER_CHECKPOINT_PAGES: u32 = 16_000;

pub(crate) fn open(
    url: &DatabaseUrl,
    purpose: ConnectionPurpose,
    timeout: Duration,
) -> Result<AnyConnection, StoreError> {
    let mut connection = establish(url, timeout)?;
    set_up(&mut connection, purpose, timeout)?;
    Ok(connection)
}

/// A connection on which nothing is set yet. Libpq bounds this by itself; see [`postgres::bounded`].
pub(crate) fn establish(url: &DatabaseUrl, timeout: Duration) -> Result<AnyConnection, StoreError> {
    let opened = match url {
        DatabaseUrl::Sqlite(path) => {
            // SQLite would make it for everybody to read. Its log and index take after it; why it cannot
            // be made SQLite says itself.
            let _sqlite_says_why = private_file::create_if_absent(Path::new(path));
            SqliteConnection::establish(path).map(AnyConnection::Sqlite)
        }
        DatabaseUrl::Postgres(url) => {
            PgConnection::establish(&postgres::bounded(url, timeout)).map(AnyConnection::Postgres)
        }
    };
    opened.map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Sets what a new connection needs for its purpose.
pub(crate) fn set_up(
    connection: &mut AnyConnection,
    purpose: ConnectionPurpose,
    timeout: Duration,
) -> Result<(), StoreError> {
    let settings = match connection {
        AnyConnection::Sqlite(sqlite) => {
            begin_log(sqlite)?;
            // What a reader sorts or counts may be as long as the audit: not in memory.
            let (cache_kib, checkpoint, only_reads, temporary) = match purpose {
                ConnectionPurpose::Read => (READER_CACHE_KIB, CHECKPOINT_PAGES, "ON", "FILE"),
                ConnectionPurpose::Write => (WRITER_CACHE_KIB, CHECKPOINT_PAGES, "OFF", "MEMORY"),
                ConnectionPurpose::Load => {
                    (LOADER_CACHE_KIB, LOADER_CHECKPOINT_PAGES, "OFF", "MEMORY")
                }
            };
            format!(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = {temporary}; \
                 PRAGMA cache_size = -{cache_kib}; PRAGMA wal_autocheckpoint = {checkpoint}; \
                 PRAGMA query_only = {only_reads};",
            )
        }
        AnyConnection::Postgres(_) => format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0}; \
             SET idle_in_transaction_session_timeout = {0}; SET application_name = 'qupia';",
            timeout.as_millis(),
        ),
    };
    connection.batch_execute(&settings)?;
    Ok(())
}

/// Has SQLite write ahead to a log. On a new file this needs the whole file for a moment, and SQLite does not
/// wait for another connection that wants the same, since each could wait for the other without end.
fn begin_log(sqlite: &mut SqliteConnection) -> QueryResult<()> {
    sqlite.batch_execute(&format!("PRAGMA busy_timeout = {};", BUSY.as_millis()))?;
    let until = Instant::now() + BUSY;
    loop {
        match sqlite.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(DieselError::DatabaseError(_, facts))
                if facts.message() == LOCKED && Instant::now() < until =>
            {
                thread::sleep(BUSY_STEP);
            }
            begun => return begun,
        }
    }
}

/// Runs a statement on the connection itself: Diesel then finds the prepared statement by its type, and
/// through [`AnyConnection`] it writes the text anew each time. For what every request does.
macro_rules! directly {
    ($any:expr, $connection:ident => $run:expr) => {
        match $any {
            $crate::store::engine::connection::AnyConnection::Sqlite($connection) => $run,
            $crate::store::engine::connection::AnyConnection::Postgres($connection) => $run,
        }
    };
}
pub(crate) use directly;

impl AnyConnection {
    /// Begins the transaction of a write: SQLite takes its one write lock at once, so that two
    /// readers never turn into writers against each other.
    pub(crate) fn begin_write(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(sqlite) => {
                AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
            }
            Self::Postgres(postgres) => {
                AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")
            }
        }
    }

    /// Whether the database answers.
    pub(crate) fn ping(&mut self) -> Result<(), StoreError> {
        sql_query("SELECT 1").execute(self)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn a_new_file_may_be_opened_by_many_at_once() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("new.sqlite").display().to_string();
            let url = DatabaseUrl::Sqlite(path);
            let start = Barrier::new(8);
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        start.wait();
                        open(&url, ConnectionPurpose::Write, Duration::from_secs(60))
                            .map(drop)
                            .expect("each waits for the others");
                    });
                }
            });
        }
    }
}
