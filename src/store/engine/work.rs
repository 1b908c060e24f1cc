//! One caller's function as an item of a queue.

use super::{
    batch::{Failure, Item, catch_panic},
    connection::AnyConnection,
    reply::Reply,
};
use crate::store::error::{Outcome, StoreError};

/// A caller's function, its type erased.
pub(crate) trait Unit: Send {
    /// Whether its caller has withdrawn it.
    fn is_withdrawn(&self) -> bool;
    /// Runs it unless its caller has withdrawn, and keeps its outcome for the answer.
    ///
    /// # Errors
    /// What it did has to be rolled back: it failed, or its caller withdrew meanwhile.
    fn run(&mut self, connection: &mut AnyConnection) -> Result<(), Rollback>;
    /// Answers its caller.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

impl Item for Box<dyn Unit> {
    fn is_withdrawn(&self) -> bool {
        self.as_ref().is_withdrawn()
    }

    fn answer(self, failure: Option<StoreError>) {
        Unit::answer(self, failure);
    }
}

/// Why something is rolled back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rollback {
    /// its caller has withdrawn, or it failed by itself
    Alone,
    /// it collided with another transaction
    Collided,
    /// the database is away: nothing more can be done on this connection
    Broken,
}

impl From<&StoreError> for Rollback {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Collided => Self::Collided,
            StoreError::Unavailable(_) => Self::Broken,
            _ => Self::Alone,
        }
    }
}

impl From<diesel::result::Error> for Rollback {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(&StoreError::from(error))
    }
}

/// The error of a connection that broke in the middle of a unit.
pub(crate) fn broken() -> StoreError {
    StoreError::Unavailable("the connection broke".to_owned())
}

struct Work<F, T> {
    work: F,
    outcome: Option<Outcome<T>>,
    reply: Reply<T>,
}

/// Makes a unit of a function.
pub(crate) fn unit<F, T>(work: F, reply: Reply<T>) -> Box<dyn Unit>
where
    F: FnMut(&mut AnyConnection) -> Outcome<T> + Send + 'static,
    T: Send + 'static,
{
    Box::new(Work {
        work,
        outcome: None,
        reply,
    })
}

impl<F, T> Unit for Work<F, T>
where
    F: FnMut(&mut AnyConnection) -> Outcome<T> + Send,
    T: Send,
{
    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn run(&mut self, connection: &mut AnyConnection) -> Result<(), Rollback> {
        // A caller that withdrew meanwhile, perhaps while another unit waited for a row, was answered that
        // nothing was done, and so it has to be.
        if self.reply.is_withdrawn() {
            return Ok(());
        }
        let outcome = catch_panic(|| (self.work)(connection), |panicked| panicked);
        let failed = outcome.as_ref().err().map(Rollback::from);
        self.outcome = Some(outcome);
        match failed {
            Some(rollback) => Err(rollback),
            None if self.reply.confirm() => Ok(()),
            None => Err(Rollback::Alone),
        }
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        self.reply.settle(self.outcome, failure);
    }
}

/// Handles a batch of reads.
///
/// # Errors
/// [`Failure::Retry`] where the connection broke: to read twice does no harm.
pub(crate) fn read(
    connection: &mut AnyConnection,
    batch: &mut [Box<dyn Unit>],
) -> Result<(), Failure> {
    for unit in batch {
        match unit.run(connection) {
            Ok(()) | Err(Rollback::Alone) => {}
            Err(Rollback::Collided) => return Err(Failure::Collided),
            Err(Rollback::Broken) => return Err(Failure::Retry(broken())),
        }
    }
    Ok(())
}
