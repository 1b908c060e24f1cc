//! One connection type over both databases, and how each is opened.

use std::{path::Path, time::Duration};

use diesel::{
    Connection as _, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager as _},
    sql_query,
};

pub(super) use super::url::DatabaseUrl;
use super::{error::StoreError, postgres};
use crate::secrets::private_file;

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
pub(super) enum Purpose {
    Read,
    Write,
    /// writing much, as an import does
    Load,
}

/// SQLite waits this long for a writer of another process before it says that it is locked.
const BUSY: Duration = Duration::from_secs(3);
/// SQLite's pages held in memory, KiB. A reader's are let go with every commit of the writer. An import
/// writes to pages all over the indexes, in a process of its own.
const READER_CACHE_KIB: u32 = 2 * 1_024;
const WRITER_CACHE_KIB: u32 = 16 * 1_024;
const LOADER_CACHE_KIB: u32 = 80 * 1_024;
/// Pages in the log after which they are brought into the database: the more, the more often a page
/// that changed several times is written there once.
const CHECKPOINT_PAGES: u32 = 4_000;
const LOADER_CHECKPOINT_PAGES: u32 = 16_000;

pub(super) fn open(
    url: &DatabaseUrl,
    purpose: Purpose,
    statement: Duration,
) -> Result<AnyConnection, StoreError> {
    let mut connection = establish(url, statement)?;
    set_up(&mut connection, purpose, statement)?;
    Ok(connection)
}

/// A connection on which nothing is set yet. Libpq bounds this by itself; see [`postgres::bounded`].
pub(super) fn establish(
    url: &DatabaseUrl,
    statement: Duration,
) -> Result<AnyConnection, StoreError> {
    let opened = match url {
        DatabaseUrl::Sqlite(path) => {
            // SQLite would make it for everybody to read. Its log and index take after it; why it cannot
            // be made SQLite says itself.
            let _sqlite_says_why = private_file::create_if_absent(Path::new(path));
            SqliteConnection::establish(path).map(AnyConnection::Sqlite)
        }
        DatabaseUrl::Postgres(url) => {
            PgConnection::establish(&postgres::bounded(url, statement)).map(AnyConnection::Postgres)
        }
    };
    opened.map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Sets what a new connection needs for its purpose.
pub(super) fn set_up(
    connection: &mut AnyConnection,
    purpose: Purpose,
    statement: Duration,
) -> Result<(), StoreError> {
    let settings = match connection {
        AnyConnection::Sqlite(_) => {
            // What a reader sorts or counts may be as long as the audit: not in memory.
            let (cache_kib, checkpoint, only_reads, temporary) = match purpose {
                Purpose::Read => (READER_CACHE_KIB, CHECKPOINT_PAGES, "ON", "FILE"),
                Purpose::Write => (WRITER_CACHE_KIB, CHECKPOINT_PAGES, "OFF", "MEMORY"),
                Purpose::Load => (LOADER_CACHE_KIB, LOADER_CHECKPOINT_PAGES, "OFF", "MEMORY"),
            };
            format!(
                "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = {temporary}; \
                 PRAGMA cache_size = -{cache_kib}; PRAGMA wal_autocheckpoint = {checkpoint}; \
                 PRAGMA query_only = {only_reads};",
                BUSY.as_millis(),
            )
        }
        AnyConnection::Postgres(_) => format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0}; \
             SET idle_in_transaction_session_timeout = {0}; SET application_name = 'qupia';",
            statement.as_millis(),
        ),
    };
    connection.batch_execute(&settings)?;
    Ok(())
}

/// Runs a statement on the connection itself. Through [`AnyConnection`] it would be written out as
/// text each time it is run; so it is found again by its type. For what every request does.
macro_rules! directly {
    ($any:expr, $connection:ident => $run:expr) => {
        match $any {
            $crate::store::AnyConnection::Sqlite($connection) => $run,
            $crate::store::AnyConnection::Postgres($connection) => $run,
        }
    };
}
pub(super) use directly;

impl AnyConnection {
    /// Begins the transaction of a write: SQLite takes its one write lock at once, so that two
    /// readers never turn into writers against each other.
    pub(super) fn begin_write(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(sqlite) => {
                AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
            }
            Self::Postgres(postgres) => {
                AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN")
            }
        }
    }

    /// Whether a transaction was begun on it.
    pub(super) fn is_in_transaction(&mut self) -> QueryResult<bool> {
        let status =
            <Self as diesel::Connection>::TransactionManager::transaction_manager_status_mut(self);
        Ok(status.transaction_depth()?.is_some())
    }

    /// Whether the database answers.
    pub(super) fn ping(&mut self) -> Result<(), StoreError> {
        sql_query("SELECT 1").execute(self)?;
        Ok(())
    }
}
