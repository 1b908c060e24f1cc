//! Attempts under way: counted before they are hashed, and settled, taken back or given up after it.
//!
//! Each has a row of its own, which holds its place in the row of failures. A success and an attempt that
//! is taken back move the places of those behind them, so that a place always says which of the failures
//! counted now an attempt is, however late it comes to its end. Whoever takes the row away ends the
//! attempt: that happens once. Everybody locks the passphrase
//! before reading the row.

use chrono::{DateTime, Utc};
use diesel::{dsl::case_when, prelude::*};

use super::{
    access::{Reader, Tx, UnauditedTx},
    amend::amend,
    columns::{count, micros, moment, stored_count},
    engine::connection::directly,
    error::StoreError,
    passphrases::{PassphraseRow, decode},
    schema::{attempts, passphrases},
};
use crate::domain::{
    attempts::{Counted, Lockout, LockoutPolicy},
    id::{ClientId, StaffId, VerificationId},
    passphrase::{PassphraseState, StoredState},
    verification::VerificationOutcome,
};

const TABLE: &str = "attempts";

/// A row of the table.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attempts)]
struct Columns {
    id: VerificationId,
    client_id: ClientId,
    generation: i64,
    place: i32,
    staff_id: StaffId,
    call_id: String,
    request_id: String,
    counted_at: i64,
}

/// Who attempts what: what is known before it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttempt {
    /// the id of the verification that will record it
    pub id: VerificationId,
    /// whose passphrase
    pub client_id: ClientId,
    /// the specialist
    pub staff_id: StaffId,
    /// the call
    pub call_id: String,
    /// the request
    pub request_id: String,
}

/// What may be done with one more attempt.
#[derive(Clone)]
pub enum Attempt {
    /// nothing is to be tried
    Untried(VerificationOutcome, Option<DateTime<Utc>>),
    /// it is counted, and its words are to be tried on this
    Counted(Box<PassphraseRow>, Counted),
}

/// What came of an attempt whose words were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// what the caller is answered
    pub outcome: VerificationOutcome,
    /// which of the failures in a row it is; 0 where it is none, or none any more
    pub place: u32,
    /// how the passphrase stands now; none where it is another than the one that was tried
    pub lockout: Option<Lockout>,
}

/// An attempt that was taken out of those under way.
struct Ended {
    /// as [`Settled::place`]
    place: u32,
    /// what it was counted on, if that is still in force
    still: Option<PassphraseRow>,
}

impl PassphraseRow {
    /// How it stands under the lockout policy.
    #[must_use]
    pub(crate) fn lockout(&self) -> Lockout {
        Lockout {
            stored: self.stored,
            failures: self.failed_attempts,
            locked_until: self.locked_until,
        }
    }
}

impl UnauditedTx<'_> {
    /// Counts one more attempt by one conditional update, before anything is hashed: on what was `seen`
    /// of the passphrase before, or where that no longer holds, on what is stored now.
    ///
    /// Where another attempt took the number meanwhile, the row is read again, with its lock if it has one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_attempt(
        &mut self,
        attempt: &NewAttempt,
        seen: Option<PassphraseRow>,
        policy: &LockoutPolicy,
        now: DateTime<Utc>,
    ) -> Result<Attempt, StoreError> {
        if let Some(seen) = seen
            && let Some(counted) = self.count_on(attempt, &seen, policy, now)?
        {
            return Ok(Attempt::Counted(Box::new(seen), counted));
        }
        loop {
            let row = passphrases::table
                .find(&attempt.client_id)
                .get_result(self.connection)
                .optional()?;
            let Some(current) = row.map(decode).transpose()? else {
                return Ok(Attempt::Untried(VerificationOutcome::Unset, None));
            };
            let state = PassphraseRow::state(Some(&current), now);
            if let Some(outcome) = VerificationOutcome::untried(state) {
                let until = current
                    .locked_until
                    .filter(|_| state == PassphraseState::Locked);
                return Ok(Attempt::Untried(outcome, until));
            }
            if let Some(counted) = self.count_on(attempt, &current, policy, now)? {
                return Ok(Attempt::Counted(Box::new(current), counted));
            }
        }
    }

    /// Counts an attempt on a passphrase that is as it was seen, and none where it is not or may not be
    /// tried.
    fn count_on(
        &mut self,
        attempt: &NewAttempt,
        seen: &PassphraseRow,
        policy: &LockoutPolicy,
        now: DateTime<Utc>,
    ) -> Result<Option<Counted>, StoreError> {
        if VerificationOutcome::untried(PassphraseRow::state(Some(seen), now)).is_some() {
            return Ok(None);
        }
        let counted = policy.count(seen.failed_attempts, now);
        let as_seen = passphrases::client_id
            .eq(&seen.client_id)
            .and(passphrases::generation.eq(seen.generation))
            .and(passphrases::failed_attempts.eq(stored_count(seen.failed_attempts)))
            .and(passphrases::state.eq(StoredState::Active.name()))
            .and(
                passphrases::locked_until
                    .is_null()
                    .or(passphrases::locked_until.le(micros(now))),
            );
        let count = amend(passphrases::table, as_seen, columns(counted.lockout()));
        let updated = directly!(&mut *self.connection, connection => count.execute(connection))?;
        if updated == 0 {
            return Ok(None);
        }
        let under_way = diesel::insert_into(attempts::table).values(Columns {
            id: attempt.id.clone(),
            client_id: attempt.client_id.clone(),
            generation: seen.generation,
            place: stored_count(counted.number),
            staff_id: attempt.staff_id.clone(),
            call_id: attempt.call_id.clone(),
            request_id: attempt.request_id.clone(),
            counted_at: micros(now),
        });
        directly!(&mut *self.connection, connection => under_way.execute(connection))?;
        Ok(Some(counted))
    }
}

impl Reader<'_> {
    /// Attempts that were counted before a time and are still under way, the oldest first. One that does
    /// not decode is skipped and logged, so that it hides no other.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attempts_counted_before(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(NewAttempt, DateTime<Utc>)>, StoreError> {
        let rows = attempts::table
            .filter(attempts::counted_at.lt(micros(before)))
            .order(attempts::counted_at)
            .limit(limit)
            .select(Columns::as_select())
            .load(self.connection)?;
        let decode = |row: Columns| {
            let at = moment(TABLE, &row.id, row.counted_at)?;
            let attempt = NewAttempt {
                id: row.id,
                client_id: row.client_id,
                staff_id: row.staff_id,
                call_id: row.call_id,
                request_id: row.request_id,
            };
            Ok((attempt, at))
        };
        let log = |error: &StoreError| tracing::error!("an attempt is skipped: {error}");
        let attempts = rows.into_iter().map(decode);
        Ok(attempts
            .filter_map(|attempt| attempt.inspect_err(log).ok())
            .collect())
    }
}

impl Tx<'_> {
    /// Settles an attempt whose words were tried: right ones clear what was counted up to it, wrong ones
    /// stay counted.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`] where it is not under way.
    pub fn settle_attempt(
        &mut self,
        id: &VerificationId,
        client_id: &ClientId,
        were_right: bool,
        policy: &LockoutPolicy,
        now: DateTime<Utc>,
    ) -> Result<Settled, StoreError> {
        let Ended { place, still } = self.end_attempt(id, client_id)?;
        let Some(row) = still else {
            return Ok(Settled {
                outcome: VerificationOutcome::Rejected,
                place,
                lockout: None,
            });
        };
        let (mut lockout, outcome) = (
            row.lockout(),
            VerificationOutcome::tried(row.stored, were_right),
        );
        if outcome == VerificationOutcome::Verified && place > 0 {
            lockout = policy.clear(lockout, place, now);
            self.write_lockout(&row, lockout)?;
            self.move_up(&row, 0, place)?;
        }
        Ok(Settled {
            outcome,
            place,
            lockout: Some(lockout),
        })
    }

    /// Takes back an attempt that could not be tried because of a fault: that is nobody's failure.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`] where it is not under way, or never was counted.
    pub fn take_attempt_back(
        &mut self,
        id: &VerificationId,
        client_id: &ClientId,
        policy: &LockoutPolicy,
    ) -> Result<(), StoreError> {
        let Ended { place, still } = self.end_attempt(id, client_id)?;
        if let Some(row) = still.filter(|_| place > 0) {
            self.write_lockout(&row, policy.take_back(row.lockout(), place))?;
            self.move_up(&row, place, 1)?;
        }
        Ok(())
    }

    /// Gives up an attempt whose words nobody will ever know: it stays counted.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`] where it is not under way.
    pub fn give_attempt_up(
        &mut self,
        id: &VerificationId,
        client_id: &ClientId,
    ) -> Result<Settled, StoreError> {
        let Ended { place, still } = self.end_attempt(id, client_id)?;
        Ok(Settled {
            outcome: VerificationOutcome::Rejected,
            place,
            lockout: still.map(|row| row.lockout()),
        })
    }

    /// Takes an attempt out of those under way, once what it was counted on is locked.
    fn end_attempt(
        &mut self,
        id: &VerificationId,
        client_id: &ClientId,
    ) -> Result<Ended, StoreError> {
        let current = self.passphrase_for_update(client_id)?;
        let end = diesel::delete(attempts::table.find(id))
            .returning((attempts::generation, attempts::place));
        let ended: Option<(i64, i32)> =
            directly!(&mut *self.connection, connection => end.get_result(connection))
                .optional()?;
        let (generation, place) = ended.ok_or(StoreError::AlreadyEnded)?;
        let still = current.filter(|row| row.generation == generation);
        let is_counted = still
            .as_ref()
            .is_some_and(|row| row.stored != StoredState::Destroyed);
        Ok(Ended {
            place: if is_counted {
                count(TABLE, id, place)?
            } else {
                0
            },
            still,
        })
    }

    fn write_lockout(&mut self, row: &PassphraseRow, lockout: Lockout) -> Result<(), StoreError> {
        let this = passphrases::client_id.eq(&row.client_id);
        let write = amend(passphrases::table, this, columns(lockout));
        directly!(&mut *self.connection, connection => write.execute(connection))?;
        Ok(())
    }

    /// Moves the attempts behind a place up by so many, now that these are no failures any more; whoever
    /// was one of them is none either.
    fn move_up(&mut self, row: &PassphraseRow, behind: u32, by: u32) -> Result<(), StoreError> {
        if row.failed_attempts <= 1 {
            // It was the only one.
            return Ok(());
        }
        let by = stored_count(by);
        let those_behind = attempts::client_id
            .eq(&row.client_id)
            .and(attempts::generation.eq(row.generation))
            .and(attempts::place.gt(stored_count(behind)));
        let moved = case_when(attempts::place.gt(by), attempts::place - by).otherwise(0);
        let move_up = amend(attempts::table, those_behind, attempts::place.eq(moved));
        directly!(&mut *self.connection, connection => move_up.execute(connection))?;
        Ok(())
    }
}

/// The columns of a lockout.
#[derive(AsChangeset)]
#[diesel(table_name = passphrases, treat_none_as_null = true)]
struct LockoutColumns {
    state: &'static str,
    failed_attempts: i32,
    locked_until: Option<i64>,
}

fn columns(lockout: Lockout) -> LockoutColumns {
    LockoutColumns {
        state: lockout.stored.name(),
        failed_attempts: stored_count(lockout.failures),
        locked_until: lockout.locked_until.map(micros),
    }
}
