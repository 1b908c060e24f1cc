//! The door beside `Store::write`: attempts, rates, idempotency records. What goes through it is a
//! count and not a fact about a client, so it needs no event, and can touch nothing that does.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{
    AnyConnection, StoreError, Vault, micros, moment,
    schema::{idempotency_records, rate_windows},
    vault::Place,
};

/// What a tally can do.
pub struct Tally<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyClaim {
    /// it is new, or its first user is long gone: go on
    Fresh,
    /// the same request is still running
    Running,
    /// another request had this key
    Reused,
    /// the answer that the first request got
    Answered(String),
}

/// A request that was begun so long ago and left no answer died on the way.
const LONGEST_REQUEST: TimeDelta = TimeDelta::seconds(60);

impl Tally<'_> {
    /// Of a key's names, one for each index key that is still read, the one that is kept already;
    /// the first, where none is. Each comes with the request's fingerprint under the same index key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn known_name<'n>(
        &mut self,
        names: &'n [(String, Vec<u8>)],
    ) -> Result<&'n (String, Vec<u8>), StoreError> {
        for name in names.iter().skip(1) {
            let held = idempotency_records::table.find(&name.0);
            let held: i64 = held.count().get_result(self.connection)?;
            if held > 0 {
                return Ok(name);
            }
        }
        names
            .first()
            .ok_or_else(|| StoreError::corrupt("idempotency_records", "", "a key without a name"))
    }

    /// Claims an idempotency key for a request with this fingerprint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn claim_key(
        &mut self,
        id: &str,
        fingerprint: &[u8],
        lifetime: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<IdempotencyClaim, StoreError> {
        let record = idempotency_records::table.find(id);
        let fresh = (
            idempotency_records::id.eq(id),
            idempotency_records::fingerprint.eq(fingerprint),
            idempotency_records::started_at.eq(micros(now)),
        );
        let insert = diesel::insert_into(idempotency_records::table).values(fresh);
        let inserted = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            AnyConnection::Postgres(postgres) => {
                insert.on_conflict_do_nothing().execute(postgres)?
            }
        };
        if inserted == 1 {
            return Ok(IdempotencyClaim::Fresh);
        }
        let columns = (
            idempotency_records::fingerprint,
            idempotency_records::started_at,
            idempotency_records::answer_sealed,
        );
        let held: Option<(Vec<u8>, i64, Option<Vec<u8>>)> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => {
                record.select(columns).get_result(sqlite).optional()?
            }
            AnyConnection::Postgres(postgres) => record
                .select(columns)
                .for_update()
                .get_result(postgres)
                .optional()?,
        };
        // Its first user let it go between the two statements: it is claimed anew.
        let held = held.ok_or(StoreError::Collided)?;
        let (held_fingerprint, started_at, answer) = held;
        let age = now - moment("idempotency_records", id, started_at)?;
        let is_gone = age >= lifetime || (answer.is_none() && age >= LONGEST_REQUEST);
        if is_gone {
            diesel::update(record)
                .set((
                    idempotency_records::fingerprint.eq(fingerprint),
                    idempotency_records::started_at.eq(micros(now)),
                    idempotency_records::answer_sealed.eq(None::<Vec<u8>>),
                ))
                .execute(self.connection)?;
            return Ok(IdempotencyClaim::Fresh);
        }
        if held_fingerprint != fingerprint {
            return Ok(IdempotencyClaim::Reused);
        }
        match answer {
            None => Ok(IdempotencyClaim::Running),
            Some(sealed) => {
                let answer = self.vault.open(answer_of(id), &sealed)?;
                Ok(IdempotencyClaim::Answered(answer.to_string()))
            }
        }
    }

    /// Keeps the answer of a claimed key, encrypted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_answer(&mut self, id: &str, answer: &str) -> Result<(), StoreError> {
        let sealed = self.vault.seal(answer_of(id), answer);
        diesel::update(idempotency_records::table.find(id))
            .set(idempotency_records::answer_sealed.eq(sealed))
            .execute(self.connection)?;
        Ok(())
    }

    /// Lets a claimed key go: its request changed nothing and may be sent again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_key(&mut self, id: &str) -> Result<(), StoreError> {
        diesel::delete(idempotency_records::table.find(id))
            .filter(idempotency_records::answer_sealed.is_null())
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

fn answer_of(id: &str) -> Place<'_> {
    Place {
        table: "idempotency_records",
        column: "answer",
        row: id,
    }
}
