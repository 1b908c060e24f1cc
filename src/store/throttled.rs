//! Sign-ins that the throttle refused: counted by login, until one event reports their number.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx, UnauditedTx},
    columns::{micros, moment},
    engine::connection::directly,
    error::StoreError,
    schema::throttled_sign_ins,
    windows::Hits,
};
use crate::domain::{
    audit::{Action, Origin},
    id::StaffId,
};

const TABLE: &str = "throttled_sign_ins";

/// Refused sign-ins are reported together for this long, from the first on.
const TOGETHER: TimeDelta = TimeDelta::minutes(1);

/// Sign-ins of one login that the throttle refused within a minute.
pub(crate) struct Throttled {
    /// the action that was refused
    pub action: Action,
    /// the first of them
    pub since: DateTime<Utc>,
    /// how many
    pub count: u64,
    /// whose login it is, where it is anybody's
    pub staff_id: Option<StaffId>,
    /// from where the first came
    pub origin: Origin,
}

/// Which of them: the blind index of the login, the action, and when the minute began.
pub(crate) type ThrottledKey = (String, String, i64);

/// A row of the table.
#[derive(Queryable, Insertable)]
#[diesel(table_name = throttled_sign_ins, treat_none_as_default_value = false)]
struct Columns {
    login: String,
    action: String,
    since: i64,
    refusals: i64,
    staff_id: Option<StaffId>,
    request_id: String,
    remote: Option<String>,
}

impl UnauditedTx<'_> {
    /// Counts a sign-in that the throttle refused; `subject` is the login's own rate. Tells whether it
    /// is the first of its minute.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn count_throttled(
        &mut self,
        subject: &str,
        action: Action,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        // Locked until the end, so that two at once are counted one after the other.
        let _locked: Hits = self.lock_row(subject)?;
        let counted = diesel::update(throttled_sign_ins::table)
            .filter(throttled_sign_ins::login.eq(subject))
            .filter(throttled_sign_ins::action.eq(action.name()))
            .filter(throttled_sign_ins::since.gt(micros(now - TOGETHER)))
            .set(throttled_sign_ins::refusals.eq(throttled_sign_ins::refusals + 1))
            .execute(self.connection)?;
        if counted > 0 {
            return Ok(false);
        }
        diesel::insert_into(throttled_sign_ins::table)
            .values(Columns {
                login: subject.to_owned(),
                action: action.name().to_owned(),
                since: micros(now),
                refusals: 1,
                staff_id: None,
                request_id: origin.request_id.clone(),
                remote: origin.remote.clone(),
            })
            .execute(self.connection)?;
        Ok(true)
    }

    /// Notes whose login it is that is being refused.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn name_throttled(
        &mut self,
        subject: &str,
        staff_id: &StaffId,
    ) -> Result<(), StoreError> {
        diesel::update(throttled_sign_ins::table)
            .filter(throttled_sign_ins::login.eq(subject))
            .set(throttled_sign_ins::staff_id.eq(staff_id))
            .execute(self.connection)?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What was refused in minutes that are over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn throttled_before(
        &mut self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<ThrottledKey>, StoreError> {
        let over = throttled_sign_ins::table
            .filter(throttled_sign_ins::since.le(micros(now - TOGETHER)))
            .order(throttled_sign_ins::since)
            .limit(limit)
            .select((
                throttled_sign_ins::login,
                throttled_sign_ins::action,
                throttled_sign_ins::since,
            ));
        Ok(over.load(self.connection)?)
    }
}

impl Tx<'_> {
    /// Takes one minute's refusals out, to be reported by an event.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`] where another instance has reported them, or another.
    pub(crate) fn take_throttled(&mut self, key: &ThrottledKey) -> Result<Throttled, StoreError> {
        let (login, action, since) = key;
        let row = throttled_sign_ins::table.find((login.as_str(), action.as_str(), *since));
        // One statement: what is counted between a read and the end of the row would be lost.
        let take = diesel::delete(row).returning(throttled_sign_ins::all_columns);
        let taken: Option<Columns> =
            directly!(&mut *self.connection, connection => take.get_result(connection))
                .optional()?;
        let row = taken.ok_or(StoreError::AlreadyEnded)?;
        let corrupt = |why: &str| StoreError::corrupt(TABLE, &row.login, why);
        Ok(Throttled {
            action: Action::from_name(&row.action).ok_or_else(|| corrupt("no such action"))?,
            since: moment(TABLE, &row.login, row.since)?,
            count: u64::try_from(row.refusals).map_err(|_| corrupt("a negative count"))?,
            staff_id: row.staff_id,
            origin: Origin {
                request_id: row.request_id,
                remote: row.remote,
                trace: None,
            },
        })
    }
}
