//! Quotas: one row a subject, locked from the decision to the end of the transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    access::{Reader, UnauditedTx},
    amend::amend,
    columns::micros,
    engine::connection::{AnyConnection, directly},
    error::StoreError,
    schema::rate_windows,
    windows::{Hits, Limited, Used, Window},
};
use crate::domain::id::StaffId;

const TABLE: &str = "rate_windows";

impl Reader<'_> {
    /// Whether there is room for one more in a subject's window, by each of its names. Nothing is taken,
    /// and by the time that it is the window may be full.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn has_room(
        &mut self,
        names: &[String],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        for name in names {
            let mut hits: Hits = self.read_row(name)?;
            if let Err(limited) = hits.take(window, now) {
                return Ok(Err(limited));
            }
        }
        Ok(Ok(()))
    }

    /// What somebody has used of the quotas of staff.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn used_by(&mut self, staff_id: &StaffId) -> Result<Used, StoreError> {
        self.read_row(&specialist(staff_id))
    }

    fn read_row<T: DeserializeOwned + Default>(&mut self, subject: &str) -> Result<T, StoreError> {
        let row = rate_windows::table.find(subject).select(rate_windows::hits);
        let stored: Option<String> =
            directly!(&mut *self.connection, connection => row.get_result(connection))
                .optional()?;
        decode(subject, stored.as_deref())
    }
}

impl UnauditedTx<'_> {
    /// Takes one of a quota in a sliding window. The subject has a name under each index key that is
    /// read, and all of them are counted: instances that write with different keys count together.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn take(
        &mut self,
        names: &[String],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        let mut counted = Vec::new();
        // In one order, so that two instances never wait for each other.
        for name in BTreeSet::from_iter(names) {
            let mut hits: Hits = self.lock_row(name)?;
            if let Err(limited) = hits.take(window, now) {
                return Ok(Err(limited));
            }
            counted.push((name, hits));
        }
        for (name, hits) in counted {
            self.write_row(name, &hits, now)?;
        }
        Ok(Ok(()))
    }

    /// What somebody has used of the quotas of staff, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn lock_used_by(&mut self, staff_id: &StaffId) -> Result<Used, StoreError> {
        self.lock_row(&specialist(staff_id))
    }

    /// Stores what somebody has used now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn store_used_by(
        &mut self,
        staff_id: &StaffId,
        used: &Used,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write_row(&specialist(staff_id), used, now)
    }

    /// Locks a subject's row until the transaction ends, so that two at once cannot both be the last.
    pub(super) fn lock_row<T: DeserializeOwned + Default>(
        &mut self,
        subject: &str,
    ) -> Result<T, StoreError> {
        let row = rate_windows::table.find(subject).select(rate_windows::hits);
        let stored: Option<String> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => row.get_result(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => {
                let stored = row.for_update().get_result(postgres).optional()?;
                if stored.is_none() {
                    diesel::insert_into(rate_windows::table)
                        .values((
                            rate_windows::subject.eq(subject),
                            rate_windows::hits.eq(""),
                            rate_windows::last_hit.eq(0),
                        ))
                        .on_conflict_do_nothing()
                        .execute(postgres)?;
                    row.for_update().get_result(postgres).optional()?
                } else {
                    stored
                }
            }
        };
        decode(subject, stored.as_deref())
    }

    fn write_row<T: Serialize>(
        &mut self,
        subject: &str,
        stored: &T,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let written = serde_json::to_string(stored)
            .map_err(|why| StoreError::corrupt(TABLE, subject, why))?;
        let values = (
            rate_windows::hits.eq(&written),
            rate_windows::last_hit.eq(micros(now)),
        );
        let update = amend(
            rate_windows::table,
            rate_windows::subject.eq(subject),
            values,
        );
        let updated = directly!(&mut *self.connection, connection => update.execute(connection))?;
        if updated == 0 {
            diesel::insert_into(rate_windows::table)
                .values((rate_windows::subject.eq(subject), values))
                .execute(self.connection)?;
        }
        Ok(())
    }
}

fn specialist(staff_id: &StaffId) -> String {
    format!("specialist:{staff_id}")
}

fn decode<T: DeserializeOwned + Default>(
    subject: &str,
    stored: Option<&str>,
) -> Result<T, StoreError> {
    match stored {
        None | Some("") => Ok(T::default()),
        Some(stored) => {
            serde_json::from_str(stored).map_err(|why| StoreError::corrupt(TABLE, subject, why))
        }
    }
}
