//! Writing: a batch is one transaction, and all of it is answered after the one commit. On SQLite, whose
//! one writer is waited for by all, a batch is whatever waits; on PostgreSQL it is one unit, which waits
//! for rows that another transaction holds and must not let others wait with it.

use diesel::{Connection as _, connection::TransactionManager as _};

use super::{
    batch::{Failure, Item},
    connection::AnyConnection,
    work::{Rollback, Unit, broken},
};
use crate::store::error::{Outcome, StoreError};

type Manager = <AnyConnection as diesel::Connection>::TransactionManager;

/// What waits to be written.
pub(crate) enum Write<S> {
    /// under a savepoint of its own: it may fail alone
    Alone(Box<dyn Unit>),
    /// under one savepoint with the others of its kind, which fail together
    Shared(S),
}

impl<S: Item> Item for Write<S> {
    fn is_withdrawn(&self) -> bool {
        match self {
            Self::Alone(unit) => unit.is_withdrawn(),
            Self::Shared(item) => item.is_withdrawn(),
        }
    }

    fn answer(self, failure: Option<StoreError>) {
        match self {
            Self::Alone(unit) => unit.answer(failure),
            Self::Shared(item) => item.answer(failure),
        }
    }
}

/// Handles a batch in one transaction; `share` writes its shared items, all or none.
///
/// # Errors
/// [`Failure::Retry`] where the transaction was not begun, so that a connection that died while it lay
/// idle is found before anything is done. A commit that is in doubt is [`Failure::Final`].
pub(crate) fn write<S>(
    connection: &mut AnyConnection,
    batch: &mut [Write<S>],
    share: impl Fn(&mut AnyConnection, &mut [&mut S]) -> Outcome<()>,
) -> Result<(), Failure> {
    connection
        .begin_write()
        .map_err(|error| match StoreError::from(error) {
            away @ StoreError::Unavailable(_) => Failure::Retry(away),
            other => Failure::Final(other),
        })?;
    match carry_out(connection, batch, share) {
        Ok(()) => commit(connection),
        Err(rollback) => {
            let rolled_back = Manager::rollback_transaction(connection);
            match rollback {
                Rollback::Collided => Err(Failure::Collided),
                Rollback::Alone if rolled_back.is_ok() => Ok(()),
                Rollback::Alone | Rollback::Broken => Err(Failure::Final(broken())),
            }
        }
    }
}

fn carry_out<S>(
    connection: &mut AnyConnection,
    batch: &mut [Write<S>],
    share: impl Fn(&mut AnyConnection, &mut [&mut S]) -> Outcome<()>,
) -> Result<(), Rollback> {
    let share = |connection: &mut AnyConnection, items: &mut [&mut S]| {
        // Their callers may have been promised already that they stay: they fail with the batch.
        share(connection, items).map_err(|error| match error {
            StoreError::Collided => Rollback::Collided,
            _ => Rollback::Broken,
        })
    };
    // The transaction itself is the savepoint of a batch of one.
    if let [only] = batch {
        return match only {
            Write::Alone(unit) => unit.run(connection),
            Write::Shared(item) => share(connection, &mut [item]),
        };
    }
    let (mut alone, mut shared) = (Vec::new(), Vec::new());
    for item in batch {
        match item {
            Write::Alone(unit) => alone.push(unit),
            Write::Shared(item) => shared.push(item),
        }
    }
    if !shared.is_empty() && alone.is_empty() {
        share(connection, &mut shared)?;
    } else if !shared.is_empty() {
        connection.transaction(|connection| share(connection, &mut shared))?;
    }
    for unit in alone {
        let done = connection.transaction(|connection| unit.run(connection).map_err(Undone::Unit));
        if let Err(Undone::Unit(Rollback::Broken) | Undone::Savepoint) = done {
            return Err(Rollback::Broken);
        }
    }
    Ok(())
}

/// Why a unit's savepoint was not released.
enum Undone {
    /// the unit was rolled back
    Unit(Rollback),
    /// the savepoint itself failed: where SQLite has rolled back by itself, as on a full disk, what follows
    /// would be outside the transaction
    Savepoint,
}

impl From<diesel::result::Error> for Undone {
    fn from(_: diesel::result::Error) -> Self {
        Self::Savepoint
    }
}

fn commit(connection: &mut AnyConnection) -> Result<(), Failure> {
    Manager::commit_transaction(connection).map_err(|error| {
        // A commit that failed leaves a transaction behind in SQLite; it must not be joined.
        let _already_gone = Manager::rollback_transaction(connection);
        match StoreError::from(error) {
            StoreError::Collided => Failure::Collided,
            _ => Failure::Final(StoreError::InDoubt("the connection broke".to_owned())),
        }
    })
}
