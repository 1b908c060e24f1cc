//! The door beside `Store::write`: attempts, rates, idempotency records. What goes through it is a
//! count and not a fact about a client, so it needs no event, and can touch nothing that does.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    AnyConnection, StoreError, Vault,
    amend::amend,
    connection::directly,
    micros,
    passphrases::{PassphraseRow, decode, kept_count},
    schema::{idempotency_records, passphrases, rate_windows},
};
use crate::domain::{
    attempts::{AttemptLaw, Counted},
    passphrase::{Kept, PassphraseState},
    verification::Outcome,
};

/// What a tally can do.
pub struct Tally<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

/// What may be done with one more attempt.
#[derive(Clone)]
pub enum Attempt {
    /// nothing is to be tried
    Untried(Outcome, Option<DateTime<Utc>>),
    /// it is counted, and its words are to be tried on this
    Counted(Box<PassphraseRow>, Counted),
}

impl Tally<'_> {
    /// Counts one more attempt by one conditional update, before anything is hashed: on what was `seen`
    /// of the passphrase before, or where that no longer holds, on what is there now.
    ///
    /// Whoever loses the race for a number looks again; a lock that the winner brought then holds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_attempt(
        &mut self,
        client_id: &str,
        seen: Option<PassphraseRow>,
        law: &AttemptLaw,
        now: DateTime<Utc>,
    ) -> Result<Attempt, StoreError> {
        if let Some(seen) = seen
            && let Some(counted) = self.count_on(&seen, law, now)?
        {
            return Ok(Attempt::Counted(Box::new(seen), counted));
        }
        loop {
            let row = passphrases::table
                .find(client_id)
                .get_result(self.connection)
                .optional()?;
            let Some(held) = row.map(decode).transpose()? else {
                return Ok(Attempt::Untried(Outcome::Unset, None));
            };
            let state = PassphraseRow::state(Some(&held), now);
            if let Some(outcome) = Outcome::untried(state) {
                let until = held
                    .locked_until
                    .filter(|_| state == PassphraseState::Locked);
                return Ok(Attempt::Untried(outcome, until));
            }
            if let Some(counted) = self.count_on(&held, law, now)? {
                return Ok(Attempt::Counted(Box::new(held), counted));
            }
        }
    }

    /// Counts an attempt on a passphrase that is as it was seen, and none where it is not or may not be
    /// tried.
    fn count_on(
        &mut self,
        seen: &PassphraseRow,
        law: &AttemptLaw,
        now: DateTime<Utc>,
    ) -> Result<Option<Counted>, StoreError> {
        if Outcome::untried(PassphraseRow::state(Some(seen), now)).is_some() {
            return Ok(None);
        }
        let counted = law.count(seen.failed_attempts, now);
        let as_seen = passphrases::client_id
            .eq(&seen.client_id)
            .and(passphrases::generation.eq(seen.generation))
            .and(passphrases::failed_attempts.eq(kept_count(seen.failed_attempts)))
            .and(passphrases::state.eq(Kept::Active.name()))
            .and(
                passphrases::locked_until
                    .is_null()
                    .or(passphrases::locked_until.le(micros(now))),
            );
        let one_more = (
            passphrases::failed_attempts.eq(kept_count(counted.number)),
            passphrases::locked_until.eq(counted.locked_until.map(micros)),
            passphrases::state.eq(counted.kept().name()),
        );
        let count = amend(passphrases::table, as_seen, one_more);
        let updated = directly!(&mut *self.connection, connection => count.execute(connection))?;
        Ok((updated == 1).then_some(counted))
    }

    /// Takes back an attempt that a fault kept from being tried, if nothing was counted since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take_attempt_back(
        &mut self,
        client_id: &str,
        generation: i64,
        counted: Counted,
    ) -> Result<(), StoreError> {
        diesel::update(passphrases::table.find(client_id))
            .filter(passphrases::generation.eq(generation))
            .filter(passphrases::failed_attempts.eq(kept_count(counted.number)))
            .filter(passphrases::state.eq_any([Kept::Active.name(), Kept::Disabled.name()]))
            .set((
                passphrases::failed_attempts.eq(kept_count(counted.number.saturating_sub(1))),
                passphrases::locked_until.eq(None::<i64>),
                passphrases::state.eq(Kept::Active.name()),
            ))
            .execute(self.connection)?;
        Ok(())
    }

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
