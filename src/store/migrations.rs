//! The migrations, embedded, run under a lock at start or by `qupia migrate`.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{
    RunQueryDsl,
    migration::{Migration, MigrationSource, MigrationVersion},
    sql_query,
    sql_types::{BigInt, Bool, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    engine::{
        connection::{AnyConnection, ConnectionPurpose, open},
        connections::open_alone,
    },
    error::StoreError,
    url::DatabaseUrl,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A migration may take long on a large table; another instance waits for it as long.
const TIMEOUT: Duration = Duration::from_secs(600);
/// How long a start waits for all of them to be applied.
pub(crate) const MIGRATED_WITHIN: Duration = Duration::from_secs(2 * 600);
/// The advisory lock under which instances migrate one after another: "qupia" in ASCII.
const LOCK: i64 = 0x71_75_70_69_61;

/// What a migration run did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MigrationState {
    /// the versions that were applied now
    pub applied: Vec<String>,
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    is_so: bool,
}

/// Applies what is pending. Two instances may call it at the same moment.
///
/// # Errors
/// [`StoreError::Unavailable`], or the fault of a migration.
pub fn migrate(url: &DatabaseUrl) -> Result<MigrationState, StoreError> {
    let mut connection = open_alone(url, TIMEOUT)?;
    compare(&mut connection)?;
    let applied = match &mut connection {
        AnyConnection::Sqlite(sqlite) => {
            // One file has one writer at a time; the migrations' own transactions are its lock.
            sqlite
                .run_pending_migrations(SQLITE)
                .map(|versions| names(&versions))
        }
        AnyConnection::Postgres(postgres) => {
            let until = Instant::now() + TIMEOUT;
            loop {
                let taken = sql_query("SELECT pg_try_advisory_lock($1) AS is_so")
                    .bind::<BigInt, _>(LOCK)
                    .get_result::<Answer>(postgres)?;
                if taken.is_so {
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
/// [`StoreError::Unavailable`], [`StoreError::Unfit`] where the schema is newer than this program.
pub fn pending(url: &DatabaseUrl) -> Result<usize, StoreError> {
    compare(&mut open(url, ConnectionPurpose::Write, TIMEOUT)?)
}

#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Compares the database's schema with the migrations that this program knows, and gives how many are
/// pending. It makes nothing, not even the table of what was applied: instances that start over an empty
/// database at the same moment would be in each other's way.
///
/// # Errors
/// [`StoreError::Unfit`] where the schema is newer than this program.
pub(super) fn compare(connection: &mut AnyConnection) -> Result<usize, StoreError> {
    let is_there = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT count(*) > 0 AS is_so FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
        AnyConnection::Postgres(_) => {
            "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS is_so"
        }
    };
    let known = known()?;
    if !sql_query(is_there).get_result::<Answer>(connection)?.is_so {
        return Ok(known.len());
    }
    let applied: Vec<Applied> =
        sql_query("SELECT version FROM __diesel_schema_migrations").load(connection)?;
    if let Some(newer) = applied.iter().find(|one| !known.contains(&one.version)) {
        return Err(StoreError::Unfit(format!(
            "its schema is newer than this program (qupia {}): migration {} is of a later version",
            env!("CARGO_PKG_VERSION"),
            newer.version
        )));
    }
    Ok(known.len().saturating_sub(applied.len()))
}

/// Whether the schema is that of this program, neither older nor newer.
pub(super) fn are_ours(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match compare(connection)? {
        0 => Ok(()),
        pending => Err(StoreError::Unavailable(format!(
            "{pending} migrations are pending"
        ))),
    }
}

/// The versions of the migrations that this program knows; SQLite's and PostgreSQL's are twins.
fn known() -> Result<Vec<String>, StoreError> {
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
    let reverted = match &mut open(url, ConnectionPurpose::Write, TIMEOUT)? {
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
