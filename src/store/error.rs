//! What can go wrong with the database, by what a caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What comes of work on the database.
pub(crate) type Outcome<T> = Result<T, StoreError>;

/// A rule of uniqueness that a write ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// another client has this client number
    ClientNumber,
    /// another member of staff has this login
    Login,
    /// another branch has this code
    BranchCode,
    /// another draft is open for the client
    OpenDraft,
}

/// Every constraint that a caller can run into, by what the two databases call it.
const CONSTRAINTS: &[(&str, &str, Taken)] = &[
    (
        "clients_client_number_key",
        "clients.client_number",
        Taken::ClientNumber,
    ),
    ("staff_login_key", "staff.login", Taken::Login),
    ("branches_pkey", "branches.code", Taken::BranchCode),
    (
        "one_draft_a_client",
        "applications.client_id",
        Taken::OpenDraft,
    ),
];

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, busy, full or too slow, and nothing was changed.
    #[error("the database cannot serve: {0}")]
    Unavailable(String),
    /// The connection broke, or was silent, while it was committed: nobody knows if it was.
    #[error("the database did not say whether it was committed: {0}")]
    InDoubt(String),
    /// What the work was to end had ended before; nothing was changed.
    #[error("it had ended before")]
    AlreadyEnded,
    /// The database cannot serve as it is set up, and trying again does not help.
    #[error("the database cannot be served from: {0}")]
    Unfit(String),
    /// A rule of uniqueness.
    #[error("already taken: {0:?}")]
    Taken(Taken),
    /// A row that no write of ours can have left so.
    #[error("corrupt row {id} in {table}: {why}")]
    Corrupt {
        /// the table
        table: &'static str,
        /// the row's key
        id: String,
        /// what does not fit
        why: String,
    },
    /// Two transactions were in each other's way; worth another try.
    #[error("serialization failure")]
    Collided,
    /// The work panicked: a fault of this program.
    #[error("the work panicked")]
    Panicked,
    /// A fault of this program.
    #[error("database fault: {0}")]
    Fault(DieselError),
}

impl StoreError {
    /// A row that does not decode.
    pub(super) fn corrupt(table: &'static str, id: &str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            table,
            id: id.to_owned(),
            why: why.to_string(),
        }
    }
}

impl StoreError {
    /// Whether the database did not serve, rather than that this piece of work failed.
    #[must_use]
    pub(crate) fn is_away(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::InDoubt(_))
    }

    /// The same for another caller whose work failed with it.
    pub(super) fn shared(&self) -> Self {
        match self {
            Self::InDoubt(why) => Self::InDoubt(why.clone()),
            Self::Panicked => Self::Panicked,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, facts) = &error else {
            return match error {
                DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
                other => Self::Fault(other),
            };
        };
        let message = facts.message();
        match kind {
            DatabaseErrorKind::UniqueViolation => {
                let name = facts.constraint_name().unwrap_or(message);
                CONSTRAINTS
                    .iter()
                    .find(|(postgres, sqlite, _)| name == *postgres || message.ends_with(sqlite))
                    .map_or_else(|| Self::Fault(error), |(_, _, taken)| Self::Taken(*taken))
            }
            DatabaseErrorKind::SerializationFailure => Self::Collided,
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable(message.to_owned()),
            _ if message.contains("deadlock detected") => Self::Collided,
            _ if AWAY.iter().any(|sign| message.contains(sign)) => {
                Self::Unavailable(message.to_owned())
            }
            _ => Self::Fault(error),
        }
    }
}

/// How the databases say that it is their state and not our statement that is at fault.
const AWAY: &[&str] = &[
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "No space left on device",
    // PostgreSQL's words where no room was found, or only for a part, and errno says nothing.
    "could not extend file",
    "could not write",
    "could not access status of transaction",
    "statement timeout",
    "lock timeout",
    "terminating connection",
    "connection to server",
    "server closed the connection",
    "could not receive data",
    "could not send data",
    "no connection to the server",
    "the database system is",
    "recovery",
    "SSL connection has been closed",
    "SSL SYSCALL",
    "too many clients",
    "remaining connection slots",
    "out of memory",
    "current transaction is aborted",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str) -> StoreError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn a_full_disk_is_no_fault_of_ours_however_it_is_worded() {
        for message in [
            "database or disk is full",
            "disk I/O error",
            "could not extend file \"base/16384/16495\": No space left on device",
            // Where half of a page still found room, PostgreSQL does not say why.
            "could not extend file \"base/16384/16495\": wrote only 4096 of 8192 bytes at block 30",
            "could not write to file \"base/pgsql_tmp/pgsql_tmp1.0\": Disk quota exceeded",
            "could not access status of transaction 743",
        ] {
            let error = read(message);
            assert!(matches!(error, StoreError::Unavailable(_)), "{message}");
        }
        assert!(matches!(read("no such column: x"), StoreError::Fault(_)));
    }
}
