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
use crate::domain::{
    id::{ClientId, StaffId, VerificationId},
    verification::{CLOCKS_APART, Verification, VerificationOutcome},
};

const TABLE: &str = "verifications";

/// A row of the table.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = verifications, treat_none_as_default_value = false)]
pub(super) struct Columns {
    pub(super) id: VerificationId,
    client_id: ClientId,
    staff_id: StaffId,
    call_id: String,
    outcome: String,
    opened_at: i64,
    expires_at: Option<i64>,
    closed_at: Option<i64>,
    attempts_left: Option<i32>,
    locked_until: Option<i64>,
}

pub(super) fn decode(row: Columns) -> Result<Verification, StoreError> {
    let id = row.id;
    Ok(Verification {
        outcome: VerificationOutcome::from_name(&row.outcome)
            .ok_or_else(|| StoreError::corrupt(TABLE, &id, "no such outcome"))?,
        opened_at: moment(TABLE, &id, row.opened_at)?,
        expires_at: maybe_moment(TABLE, &id, row.expires_at)?,
        closed_at: maybe_moment(TABLE, &id, row.closed_at)?,
        attempts_left: row
            .attempts_left
            .map(|left| count(TABLE, &id, left))
            .transpose()?,
        locked_until: maybe_moment(TABLE, &id, row.locked_until)?,
        id,
        client_id: row.client_id,
        staff_id: row.staff_id,
        call_id: row.call_id,
    })
}

fn encode(verification: &Verification) -> Columns {
    Columns {
        id: verification.id.clone(),
        client_id: verification.client_id.clone(),
        staff_id: verification.staff_id.clone(),
        call_id: verification.call_id.clone(),
        outcome: verification.outcome.name().to_owned(),
        opened_at: micros(verification.opened_at),
        expires_at: verification.expires_at.map(micros),
        closed_at: verification.closed_at.map(micros),
        attempts_left: verification.attempts_left.map(stored_count),
        locked_until: verification.locked_until.map(micros),
    }
}

/// The row of a specialist's own verification.
pub(super) fn own_row(
    connection: &mut AnyConnection,
    id: &VerificationId,
    staff_id: &StaffId,
) -> Result<Option<Columns>, StoreError> {
    let own = verifications::table
        .find(id)
        .filter(verifications::staff_id.eq(staff_id));
    Ok(directly!(connection, connection => own.select(Columns::as_select()).get_result(connection)).optional()?)
}

impl Reader<'_> {
    /// A specialist's own verification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn own_verification(
        &mut self,
        id: &VerificationId,
        staff_id: &StaffId,
    ) -> Result<Option<Verification>, StoreError> {
        own_row(self.connection, id, staff_id)?
            .map(decode)
            .transpose()
    }

    /// Those of some clients for which a specialist has a verification open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn verified_among(
        &mut self,
        clients: &[ClientId],
        staff_id: &StaffId,
        now: DateTime<Utc>,
    ) -> Result<Vec<ClientId>, StoreError> {
        let open = verifications::table
            .filter(verifications::client_id.eq_any(clients.to_vec()))
            .filter(verifications::staff_id.eq(staff_id))
            .filter(verifications::outcome.eq(VerificationOutcome::Verified.name()))
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
    pub(crate) fn insert_verification(
        &mut self,
        verification: &Verification,
    ) -> Result<(), StoreError> {
        let insert = diesel::insert_into(verifications::table).values(encode(verification));
        directly!(&mut *self.connection, connection => insert.execute(connection))?;
        Ok(())
    }

    /// Ends a verification with its call.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn close_verification(
        &mut self,
        id: &VerificationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let closed = diesel::update(verifications::table.find(id))
            .set(verifications::closed_at.eq(micros(now)))
            .execute(self.connection)?;
        one_row(TABLE, id, closed)
    }
}
