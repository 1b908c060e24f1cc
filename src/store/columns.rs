//! How values are written in columns.

use chrono::{DateTime, Utc};

use super::error::StoreError;

/// A time as it is stored: microseconds since 1970, UTC.
pub(super) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A stored time.
pub(super) fn moment(
    table: &'static str,
    id: &str,
    micros: i64,
) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::corrupt(table, id, "a time out of range"))
}

/// A stored time that may not be there.
pub(super) fn maybe_moment(
    table: &'static str,
    id: &str,
    micros: Option<i64>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    micros.map(|micros| moment(table, id, micros)).transpose()
}

/// Checks that a statement changed exactly one row.
pub(super) fn one_row(table: &'static str, id: &str, changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            table,
            id,
            format!("{changed} rows changed where one should have"),
        ))
    }
}

/// A count that no write of ours makes negative.
pub(super) fn count(table: &'static str, id: &str, value: i32) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::corrupt(table, id, "a negative count"))
}

/// A count as it is stored.
pub(super) fn stored_count(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
