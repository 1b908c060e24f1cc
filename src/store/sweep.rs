//! Deletes what only counts, once it is old.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    access::UnauditedTx,
    columns::micros,
    error::StoreError,
    schema::{entry_links, idempotency_records, rate_windows},
};

impl UnauditedTx<'_> {
    /// Deletes idempotency records, rates and entry links that are older than `before`; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn sweep(&mut self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let keys = diesel::delete(idempotency_records::table)
            .filter(idempotency_records::started_at.lt(micros(before)))
            .execute(self.connection)?;
        let rates = diesel::delete(rate_windows::table)
            .filter(rate_windows::last_hit.lt(micros(before)))
            .execute(self.connection)?;
        let links = diesel::delete(entry_links::table)
            .filter(entry_links::made_at.lt(micros(before)))
            .execute(self.connection)?;
        Ok(keys + rates + links)
    }
}
