//! Locks on client and ticket numbers: on PostgreSQL whoever writes the record of a number waits for
//! whoever writes it already, so that what was read to decide is still so when it is written. SQLite has
//! one writer, and needs no locks.

use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{Array, Integer, Text},
};

use super::{access::Tx, engine::connection::AnyConnection, error::StoreError};

/// The class of these advisory locks: "numb" in ASCII.
const CLASS: i32 = 0x6e_75_6d_62;
/// Numbers fall into so many classes, so that a large group takes no more locks than that.
const BUCKETS: i32 = 256;

impl Tx<'_> {
    /// Locks the records of these client or ticket numbers until the transaction ends. What decides about
    /// them has to be read after this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn lock_numbers(&mut self, numbers: &[&str]) -> Result<(), StoreError> {
        if let AnyConnection::Postgres(postgres) = &mut self.0.connection {
            // In ascending order, so that two groups never wait for each other.
            sql_query(
                "SELECT pg_advisory_xact_lock($1, bucket) FROM (\
                 SELECT DISTINCT abs(hashtext(number) % $2) AS bucket \
                 FROM unnest($3) AS number ORDER BY bucket) AS buckets",
            )
            .bind::<Integer, _>(CLASS)
            .bind::<Integer, _>(BUCKETS)
            .bind::<Array<Text>, _>(numbers)
            .execute(postgres)?;
        }
        Ok(())
    }
}
