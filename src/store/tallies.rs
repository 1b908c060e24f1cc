//! The door beside `Store::write`: attempts, rates, idempotency records. What goes through it is a
//! count and not a fact about a client, so it needs no event, and can touch nothing that does.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    AnyConnection, StoreError, Vault, micros,
    schema::{idempotency_records, rate_windows},
};

/// What a tally can do.
pub struct Tally<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

impl Tally<'_> {
    /// Forgets idempotency records and rates that nobody will ask for again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sweep(&mut self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let keys = diesel::delete(idempotency_records::table)
            .filter(idempotency_records::started_at.lt(micros(before)))
            .execute(self.connection)?;
        let rates = diesel::delete(rate_windows::table)
            .filter(rate_windows::last_hit.lt(micros(before)))
            .execute(self.connection)?;
        Ok(keys + rates)
    }
}
