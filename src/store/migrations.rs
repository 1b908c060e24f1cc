//! The migrations, embedded, run under a lock at start or by `qupia migrate`.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{
    RunQueryDsl,
    migration::{Migration, MigrationSource, MigrationVersion},
    sql_query,
    sql_types::{BigInt, Bool},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    connection::{AnyConnection, DatabaseUrl, Purpose, open},
    error::StoreError,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A migration may take long on a large table; another instance waits for it as long.
const PATIENCE: Duration = Duration::from_secs(600);
/// The advisory lock under which instances migrate one after another: "qupia" in ASCII.
const LOCK: i64 = 0x71_75_70_69_61;

/// What a migration run did.
#[derive(Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// the versions that were applied now
    pub applied: Vec<String>,
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Applies what is pending. Two instances may call it at the same moment.
///
/// # Errors
/// [`StoreError::Unavailable`], or the fault of a migration.
pub fn migrate(url: &DatabaseUrl) -> Result<MigrationState, StoreError> {
    let mut connection = open(url, Purpose::Write, PATIENCE)?;
    let applied = match &mut connection {
        AnyConnection::Sqlite(sqlite) => {
            // One file has one writer at a time; the migrations' own transactions are its lock.
            sqlite
                .run_pending_migrations(SQLITE)
                .map(|versions| names(&versions))
        }
        AnyConnection::Postgres(postgres) => {
            let until = Instant::now() + PATIENCE;
            loop {
                let taken = sql_query("SELECT pg_try_advisory_lock($1) AS locked")
                    .bind::<BigInt, _>(LOCK)
                    .get_result::<Locked>(postgres)?;
                if taken.locked {
                    break;
                }
                if Instant::now() > until {
                    return Err(StoreError::Unavailable(
                        "another instance is still migrating".to_owned(),
                    ));
                }
                thread::sleep(Duration::from_millis(50));
            }
            let done = postgres
                .run_pending_migrations(POSTGRES)
                .map(|versions| names(&versions));
            sql_query("SELECT pg_advisory_unlock($1)")
                .bind::<BigInt, _>(LOCK)
                .execute(postgres)?;
            done
        }
    };
    applied
        .map(|applied| MigrationState { applied })
        .map_err(failed)
}

/// How many migrations are pending.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn pending(url: &DatabaseUrl) -> Result<usize, StoreError> {
    let pending = match &mut open(url, Purpose::Write, PATIENCE)? {
        AnyConnection::Sqlite(sqlite) => sqlite.pending_migrations(SQLITE).map(|list| list.len()),
        AnyConnection::Postgres(postgres) => {
            postgres.pending_migrations(POSTGRES).map(|list| list.len())
        }
    };
    pending.map_err(failed)
}

/// The versions of SQLite's migrations that this program knows.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub(super) fn known() -> Result<Vec<String>, StoreError> {
    let migrations: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(failed)?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Takes every migration back: for tests of the migrations themselves.
///
/// # Errors
/// [`StoreError::Unavailable`], or the fault of a migration.
pub fn revert_all(url: &DatabaseUrl) -> Result<usize, StoreError> {
    let reverted = match &mut open(url, Purpose::Write, PATIENCE)? {
        AnyConnection::Sqlite(sqlite) => {
            sqlite.revert_all_migrations(SQLITE).map(|list| list.len())
        }
        AnyConnection::Postgres(postgres) => postgres
            .revert_all_migrations(POSTGRES)
            .map(|list| list.len()),
    };
    reverted.map_err(failed)
}

fn names(versions: &[MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Unavailable(format!("a migration failed: {error}"))
}
