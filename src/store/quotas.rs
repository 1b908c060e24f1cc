//! Quotas: so many within so long, one row a subject, held while it is judged.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    access::{Reader, Tally},
    amend::amend,
    columns::micros,
    engine::connection::{AnyConnection, directly},
    error::StoreError,
    schema::rate_windows,
    windows::{Hits, Limited, Used, Window},
};

const TABLE: &str = "rate_windows";

impl Reader<'_> {
    /// Whether there is room for one more in a subject's window, by each of its names. Nothing is taken,
    /// and by the time that it is the window may be full.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_room(
        &mut self,
        names: &[String],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        for name in names {
            let mut hits: Hits = self.kept(name)?;
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
    pub fn used_by(&mut self, staff_id: &str) -> Result<Used, StoreError> {
        self.kept(&specialist(staff_id))
    }

    fn kept<T: DeserializeOwned + Default>(&mut self, subject: &str) -> Result<T, StoreError> {
        let row = rate_windows::table.find(subject).select(rate_windows::hits);
        let held: Option<String> =
            directly!(&mut *self.connection, connection => row.get_result(connection))
                .optional()?;
        decode(subject, held.as_deref())
    }
}

impl Tally<'_> {
    /// Takes one of a quota in a sliding window. The subject has a name under each index key that is
    /// read, and all of them are counted: instances that write with different keys count together.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take(
        &mut self,
        names: &[String],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        let mut counted = Vec::new();
        // In one order, so that two instances never wait for each other.
        for name in BTreeSet::from_iter(names) {
            let mut hits: Hits = self.hold(name)?;
            if let Err(limited) = hits.take(window, now) {
                return Ok(Err(limited));
            }
            counted.push((name, hits));
        }
        for (name, hits) in counted {
            self.keep(name, &hits, now)?;
        }
        Ok(Ok(()))
    }

    /// What somebody has used of the quotas of staff, held until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold_used_by(&mut self, staff_id: &str) -> Result<Used, StoreError> {
        self.hold(&specialist(staff_id))
    }

    /// Keeps what somebody has used now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_used_by(
        &mut self,
        staff_id: &str,
        used: &Used,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.keep(&specialist(staff_id), used, now)
    }

    /// Holds a subject's row until the transaction ends, so that two at once cannot both be the last.
    pub(super) fn hold<T: DeserializeOwned + Default>(
        &mut self,
        subject: &str,
    ) -> Result<T, StoreError> {
        let row = rate_windows::table.find(subject).select(rate_windows::hits);
        let held: Option<String> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => row.get_result(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => {
                let held = row.for_update().get_result(postgres).optional()?;
                if held.is_none() {
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
                    held
                }
            }
        };
        decode(subject, held.as_deref())
    }

    fn keep<T: Serialize>(
        &mut self,
        subject: &str,
        held: &T,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let written =
            serde_json::to_string(held).map_err(|why| StoreError::corrupt(TABLE, subject, why))?;
        let values = (
            rate_windows::hits.eq(&written),
            rate_windows::last_hit.eq(micros(now)),
        );
        let keep = amend(
            rate_windows::table,
            rate_windows::subject.eq(subject),
            values,
        );
        let kept = directly!(&mut *self.connection, connection => keep.execute(connection))?;
        if kept == 0 {
            diesel::insert_into(rate_windows::table)
                .values((rate_windows::subject.eq(subject), values))
                .execute(self.connection)?;
        }
        Ok(())
    }
}

fn specialist(staff_id: &str) -> String {
    format!("specialist:{staff_id}")
}

fn decode<T: DeserializeOwned + Default>(
    subject: &str,
    held: Option<&str>,
) -> Result<T, StoreError> {
    match held {
        None | Some("") => Ok(T::default()),
        Some(held) => {
            serde_json::from_str(held).map_err(|why| StoreError::corrupt(TABLE, subject, why))
        }
    }
}
