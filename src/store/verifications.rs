//! Recorded verifications.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx},
    columns::{count, maybe_moment, micros, moment, one_row, stored_count},
    engine::connection::{AnyConnection, directly},
    error::StoreError,
    schema::verifications,
};
use crate::domain::verification::{CLOCKS_APART, Outcome, Verification};

const TABLE: &str = "verifications";

pub(super) type Columns = (
    String,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i32>,
    Option<i64>,
);

pub(super) fn decode(row: Columns) -> Result<Verification, StoreError> {
    let (
        id,
        client_id,
        staff_id,
        call_id,
        outcome,
        opened_at,
        expires_at,
        closed_at,
        attempts_left,
        locked_until,
    ) = row;
    Ok(Verification {
        outcome: Outcome::from_name(&outcome)
            .ok_or_else(|| StoreError::corrupt(TABLE, &id, "no such outcome"))?,
        opened_at: moment(TABLE, &id, opened_at)?,
        expires_at: maybe_moment(TABLE, &id, expires_at)?,
        closed_at: maybe_moment(TABLE, &id, closed_at)?,
        attempts_left: attempts_left
            .map(|left| count(TABLE, &id, left))
            .transpose()?,
        locked_until: maybe_moment(TABLE, &id, locked_until)?,
        id,
        client_id,
        staff_id,
        call_id,
    })
}

/// The row of a specialist's own verification.
pub(super) fn own_row(
    connection: &mut AnyConnection,
    id: &str,
    staff_id: &str,
) -> Result<Option<Columns>, StoreError> {
    let own = verifications::table
        .find(id)
        .filter(verifications::staff_id.eq(staff_id));
    Ok(directly!(connection, connection => own.get_result(connection)).optional()?)
}

impl Reader<'_> {
    /// A specialist's own verification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn own_verification(
        &mut self,
        id: &str,
        staff_id: &str,
    ) -> Result<Option<Verification>, StoreError> {
        own_row(self.connection, id, staff_id)?
            .map(decode)
            .transpose()
    }

    /// Those of some clients for which a specialist has a verification open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn verified_among(
        &mut self,
        clients: &[String],
        staff_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let open = verifications::table
            .filter(verifications::client_id.eq_any(clients.to_vec()))
            .filter(verifications::staff_id.eq(staff_id))
            .filter(verifications::outcome.eq(Outcome::Verified.name()))
            .filter(verifications::closed_at.is_null())
            .filter(verifications::expires_at.gt(micros(now)))
            .filter(verifications::opened_at.le(micros(now + CLOCKS_APART)))
            .select(verifications::client_id)
            .load(self.connection)?;
        Ok(open)
    }
}

impl Tx<'_> {
    /// Records a verification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn insert_verification(&mut self, verification: &Verification) -> Result<(), StoreError> {
        let insert = diesel::insert_into(verifications::table).values((
            verifications::id.eq(&verification.id),
            verifications::client_id.eq(&verification.client_id),
            verifications::staff_id.eq(&verification.staff_id),
            verifications::call_id.eq(&verification.call_id),
            verifications::outcome.eq(verification.outcome.name()),
            verifications::opened_at.eq(micros(verification.opened_at)),
            verifications::expires_at.eq(verification.expires_at.map(micros)),
            verifications::closed_at.eq(verification.closed_at.map(micros)),
            verifications::attempts_left.eq(verification.attempts_left.map(stored_count)),
            verifications::locked_until.eq(verification.locked_until.map(micros)),
        ));
        directly!(&mut *self.connection, connection => insert.execute(connection))?;
        Ok(())
    }

    /// Ends a verification with its call.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn close_verification(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let closed = diesel::update(verifications::table.find(id))
            .set(verifications::closed_at.eq(micros(now)))
            .execute(self.connection)?;
        one_row(TABLE, id, closed)
    }
}
