//! Whether a database can be served from at all, checked before anything else: what would show later as a
//! fault of ours is refused at the start, by name.

use std::{thread, time::Duration};

use diesel::{
    Connection as _, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    result::Error as DieselError,
    sql_query,
    sql_types::{Bool, Integer, Nullable, Text},
};
use tokio::{sync::oneshot, time::timeout};

use super::{
    engine::{
        connection::{AnyConnection, ConnectionPurpose, open},
        connections::{is_full, open_alone},
        postgres,
    },
    error::StoreError,
    migrations,
    url::DatabaseUrl,
};

/// The oldest PostgreSQL that is served, as the server numbers its versions.
const OLDEST: i32 = 13_00_00;
/// Number of probes for a pooler that gives every transaction another session: what others do at the same
/// moment may hide it from one.
const PROBES: u32 = 3;
/// How often the log says what is waited for.
const LOG_EVERY: Duration = Duration::from_secs(2);

/// What a database that can be served from is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fitness {
    /// migrations that are not applied yet
    pub pending: usize,
    /// how many connections it grants, where it bounds them
    pub granted: Option<usize>,
}

/// Waits for what is done with a database on a thread of its own, and no longer than this. The client's
/// library may wait for a silent network for ever, and then the thread is left to it.
///
/// # Errors
/// What the work says, or [`StoreError::Unavailable`].
pub(crate) async fn bounded<T: Send + 'static>(
    url: &DatabaseUrl,
    within: Duration,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (sender, mut outcome) = oneshot::channel();
    let work = move || {
        // Whoever asked may have gone.
        let _gone = sender.send(work());
    };
    thread::Builder::new()
        .name("store-start".to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let logged = async {
        loop {
            match timeout(LOG_EVERY, &mut outcome).await {
                Ok(outcome) => return outcome,
                Err(_) => tracing::warn!("waiting for the database {}", url.masked()),
            }
        }
    };
    match timeout(within, logged).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(StoreError::Unavailable("its thread ended".to_owned())),
        Err(_) => Err(StoreError::Unavailable(format!(
            "{} did not answer within {} s",
            url.masked(),
            within.as_secs()
        ))),
    }
}

/// How long [`examine`] may take: two connections are opened.
#[must_use]
pub(crate) fn examined_within(url: &DatabaseUrl, timeout: Duration) -> Duration {
    let opened = match url {
        DatabaseUrl::Sqlite(_) => Duration::ZERO,
        DatabaseUrl::Postgres(url) => postgres::opened_within(url, timeout),
    };
    opened.saturating_mul(2) + postgres::longest_wait(timeout) + Duration::from_secs(5)
}

/// Checks whether the database can be served from.
///
/// # Errors
/// [`StoreError::Unfit`] where it cannot, [`StoreError::Unavailable`] where it may later.
pub(crate) fn examine(url: &DatabaseUrl, timeout: Duration) -> Result<Fitness, StoreError> {
    let mut connection = open_alone(url, timeout).map_err(|error| named(error, url))?;
    let granted = match &mut connection {
        AnyConnection::Sqlite(sqlite) => {
            can_be_written(sqlite).map_err(|error| named(error, url))?;
            None
        }
        AnyConnection::Postgres(postgres) => {
            let server = Server::of(postgres)?;
            server.check()?;
            refuse_pooled_transactions(postgres, url, timeout)?;
            server.granted()
        }
    };
    let pending = migrations::compare(&mut connection)?;
    Ok(Fitness { pending, granted })
}

/// Names the file that is none of ours, or may not be written.
fn named(error: StoreError, url: &DatabaseUrl) -> StoreError {
    let DatabaseUrl::Sqlite(path) = url else {
        return error;
    };
    let why = error.to_string();
    if why.contains("readonly database") {
        StoreError::Unfit(format!("{path} may not be written, or its folder"))
    } else if why.contains("file is not a database") {
        StoreError::Unfit(format!("{path} is no database of SQLite"))
    } else {
        error
    }
}

fn can_be_written(sqlite: &mut SqliteConnection) -> Result<(), StoreError> {
    // A lock alone shows nothing: on a read-only file SQLite takes a reader's lock instead.
    match sqlite.batch_execute("BEGIN IMMEDIATE; CREATE TABLE qupia_probe (x); ROLLBACK") {
        // Another process writes just now, so it can be written.
        Err(DieselError::DatabaseError(_, facts)) if facts.message().contains("locked") => Ok(()),
        tried => Ok(tried?),
    }
}

#[derive(diesel::QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
    #[diesel(sql_type = Bool)]
    is_read_only: bool,
    #[diesel(sql_type = Bool)]
    may_lose_commits: bool,
    /// negative where there is none
    #[diesel(sql_type = Integer)]
    of_role: i32,
    #[diesel(sql_type = Integer)]
    of_database: i32,
    #[diesel(sql_type = Integer)]
    of_server: i32,
}

/// Limits of a role and of a database do not bind a superuser.
const SERVER: &str = "\
    SELECT current_setting('server_encoding') AS encoding, \
           current_setting('server_version_num')::int4 AS version, \
           pg_is_in_recovery() AS is_standby, \
           current_setting('default_transaction_read_only')::bool AS is_read_only, \
           current_setting('synchronous_commit') = 'off' AS may_lose_commits, \
           CASE WHEN rolsuper THEN -1 ELSE rolconnlimit END AS of_role, \
           CASE WHEN rolsuper THEN -1 ELSE datconnlimit END AS of_database, \
           current_setting('max_connections')::int4 \
               - CASE WHEN rolsuper THEN 0 \
                 ELSE current_setting('superuser_reserved_connections')::int4 END AS of_server \
    FROM pg_roles, pg_database \
    WHERE rolname = session_user AND datname = current_database()";

impl Server {
    fn of(postgres: &mut PgConnection) -> Result<Self, StoreError> {
        Ok(sql_query(SERVER).get_result(postgres)?)
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.version < OLDEST {
            return Err(StoreError::Unfit(format!(
                "this is PostgreSQL {}, and {} or later is needed",
                self.version / 10_000,
                OLDEST / 10_000
            )));
        }
        if self.encoding != "UTF8" {
            return Err(StoreError::Unfit(format!(
                "its encoding is {}, which has no room for every name: make one with \
                 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
                self.encoding
            )));
        }
        if self.is_standby {
            // It may be promoted.
            return Err(StoreError::Unavailable(
                "the server is a standby (in recovery) and takes no writes".to_owned(),
            ));
        }
        if self.is_read_only {
            return Err(StoreError::Unfit(
                "default_transaction_read_only is on for this role, database or server".to_owned(),
            ));
        }
        if self.may_lose_commits {
            tracing::warn!(
                "synchronous_commit is off: what was answered may be gone after a crash of PostgreSQL"
            );
        }
        Ok(())
    }

    fn granted(&self) -> Option<usize> {
        let bounds = [self.of_role, self.of_database, self.of_server];
        let bounds = bounds.into_iter().filter_map(|bound| bound.try_into().ok());
        bounds.min()
    }
}

#[derive(diesel::QueryableByName)]
struct Probe {
    #[diesel(sql_type = Nullable<Text>)]
    mark: Option<String>,
}

/// A pooler that gives every transaction another session mixes up what sessions have set, prepared and
/// locked; it is found by what one session sees of another.
fn refuse_pooled_transactions(
    first: &mut PgConnection,
    url: &DatabaseUrl,
    timeout: Duration,
) -> Result<(), StoreError> {
    let mut second = match open(url, ConnectionPurpose::Write, timeout) {
        Ok(second) => second,
        // There is but one connection to be had: it stands for itself.
        Err(error) if is_full(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    let AnyConnection::Postgres(second) = &mut second else {
        return Ok(());
    };
    let mut is_pooled = false;
    for _ in 0..PROBES {
        is_pooled = is_pooled
            || match is_mixed_up(first, second) {
                Err(error) if is_a_poolers(&error) => true,
                seen => seen?,
            };
    }
    if is_pooled {
        return Err(StoreError::Unfit(
            "a pooler (such as PgBouncer with pool_mode = transaction or statement) stands before \
             PostgreSQL and gives every transaction another session, and the service needs sessions: \
             for prepared statements, time-outs and locks; connect without it, or with \
             pool_mode = session"
                .to_owned(),
        ));
    }
    Ok(())
}

fn is_mixed_up(first: &mut PgConnection, second: &mut PgConnection) -> QueryResult<bool> {
    const SET: &str = "SELECT set_config('qupia.probe', gen_random_uuid()::text, false) AS mark";
    const READ: &str = "SELECT current_setting('qupia.probe', true) AS mark";
    let read = |connection: &mut PgConnection| sql_query(READ).get_result::<Probe>(connection);
    let made = sql_query(SET).get_result::<Probe>(first)?.mark;
    // A pooler hands out first what it was given back last.
    if read(second)?.mark == made {
        return Ok(true);
    }
    // While the second holds a session, the first has to be given another one.
    second.transaction(|second| Ok(read(second)?.mark == made || read(first)?.mark != made))
}

/// What PostgreSQL says where sessions were mixed up already, and PgBouncer of its modes.
fn is_a_poolers(error: &DieselError) -> bool {
    let DieselError::DatabaseError(_, facts) = error else {
        return false;
    };
    let message = facts.message();
    message.contains("pooling mode") || message.contains("prepared statement")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server {
            encoding: "UTF8".to_owned(),
            version: 15_00_04,
            is_standby: false,
            is_read_only: false,
            may_lose_commits: false,
            of_role: -1,
            of_database: -1,
            of_server: 97,
        }
    }

    #[test]
    fn what_would_break_later_is_refused_at_the_start_by_name() {
        assert!(server().check().is_ok());
        let refused = |server: Server, word: &str| {
            let error = server.check().expect_err("it cannot be served from");
            assert!(error.to_string().contains(word), "{error}");
            error
        };
        let latin = Server {
            encoding: "LATIN1".to_owned(),
            ..server()
        };
        let old = Server {
            version: 12_00_19,
            ..server()
        };
        let read_only = Server {
            is_read_only: true,
            ..server()
        };
        for (server, word) in [
            (latin, "LATIN1"),
            (old, "PostgreSQL 12"),
            (read_only, "default_transaction_read_only"),
        ] {
            assert!(matches!(refused(server, word), StoreError::Unfit(_)));
        }
        let standby = Server {
            is_standby: true,
            ..server()
        };
        let error = refused(standby, "standby");
        assert!(matches!(error, StoreError::Unavailable(_)));
    }

    #[test]
    fn the_narrowest_bound_on_connections_is_the_one_that_counts() {
        assert_eq!(server().granted(), Some(97));
        let role = Server {
            of_role: 3,
            of_database: 10,
            ..server()
        };
        assert_eq!(role.granted(), Some(3));
        let none = Server {
            of_server: -1,
            ..server()
        };
        assert_eq!(none.granted(), None);
    }
}
