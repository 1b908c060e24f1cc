//! Idempotency records: who carries a request out under a key, and what it was answered.
//!
//! A claim is a lease: it is renewed while its request is under way, and one that was not renewed for
//! [`LEASE`] died with its instance and is taken over. Instances' clocks may differ by up to [`LEASE`]
//! less [`RENEW_EVERY`].

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{
    access::UnauditedTx,
    columns::{micros, moment},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::idempotency_records,
    vault::Cell,
};

const TABLE: &str = "idempotency_records";

/// A claim that was not renewed for so long is nobody's any more.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a claim is renewed while its request is under way.
pub const RENEW_EVERY: TimeDelta = TimeDelta::seconds(15);

/// A key as one request claims it.
#[derive(Clone, Debug)]
pub struct KeyClaim {
    /// the key's names, each with the request's fingerprint: one for every index key that is read.
    /// All are claimed, so that two instances that read with one index key in common, and write with
    /// different ones, meet at that.
    names: Vec<KeyName>,
    /// tells this claim from every other of the same key
    claimed_by: String,
    /// when it was made
    at: DateTime<Utc>,
}

/// A key's name, and the fingerprint of a request that bears it, under one index key.
#[derive(Clone, Debug)]
pub struct KeyName {
    /// the name
    pub id: String,
    /// the fingerprint
    pub fingerprint: Vec<u8>,
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

/// A record, decoded.
struct Record {
    id: String,
    fingerprint: Vec<u8>,
    started_at: DateTime<Utc>,
    renewed_at: DateTime<Utc>,
    claimed_by: String,
    answer_encrypted: Option<Vec<u8>>,
}

impl Record {
    fn is_gone(&self, lifetime: TimeDelta, now: DateTime<Utc>) -> bool {
        let is_abandoned = self.answer_encrypted.is_none() && now - self.renewed_at >= LEASE;
        is_abandoned || now - self.started_at >= lifetime
    }
}

/// A row of the table.
#[derive(Queryable)]
struct Columns {
    id: String,
    fingerprint: Vec<u8>,
    started_at: i64,
    renewed_at: i64,
    claimed_by: String,
    answer_encrypted: Option<Vec<u8>>,
}

impl KeyClaim {
    /// A claim of a key by its names; `claimed_by` is of this claim alone.
    #[must_use]
    pub fn new(mut names: Vec<KeyName>, claimed_by: String, at: DateTime<Utc>) -> Self {
        // In one order, so that two instances never wait for each other.
        names.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Self {
            names,
            claimed_by,
            at,
        }
    }

    /// When it was made.
    #[must_use]
    pub(crate) fn at(&self) -> DateTime<Utc> {
        self.at
    }

    fn ids(&self) -> Vec<&str> {
        self.names.iter().map(|name| name.id.as_str()).collect()
    }

    fn fingerprint(&self, id: &str) -> Option<&[u8]> {
        let name = self.names.iter().find(|name| name.id == id);
        name.map(|name| name.fingerprint.as_slice())
    }
}

impl UnauditedTx<'_> {
    /// Claims an idempotency key for a request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn claim_key(
        &mut self,
        claim: &KeyClaim,
        lifetime: TimeDelta,
    ) -> Result<IdempotencyClaim, StoreError> {
        let mut inserted = 0;
        for name in &claim.names {
            inserted += self.insert_record(claim, name)?;
        }
        if inserted == claim.names.len() {
            return Ok(IdempotencyClaim::Fresh);
        }
        let records = self.lock_records(claim)?;
        if records.len() < claim.names.len() {
            // Its first user let it go between the two statements: it is claimed anew.
            return Err(StoreError::Collided);
        }
        let first = records.iter().find(|record| {
            record.claimed_by != claim.claimed_by && !record.is_gone(lifetime, claim.at)
        });
        let Some(first) = first else {
            self.take_over(claim)?;
            return Ok(IdempotencyClaim::Fresh);
        };
        self.release_key(claim)?;
        if claim.fingerprint(&first.id) != Some(first.fingerprint.as_slice()) {
            return Ok(IdempotencyClaim::Reused);
        }
        match &first.answer_encrypted {
            None => Ok(IdempotencyClaim::Running),
            Some(encrypted) => {
                let answer = self.vault.decrypt(answer_of(&first.id), encrypted)?;
                Ok(IdempotencyClaim::Answered(answer.to_string()))
            }
        }
    }

    /// Renews a claim while its request is under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn renew_claim(
        &mut self,
        claim: &KeyClaim,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(idempotency_records::table)
            .filter(idempotency_records::id.eq_any(claim.ids()))
            .filter(idempotency_records::claimed_by.eq(&claim.claimed_by))
            .set(idempotency_records::renewed_at.eq(micros(now)))
            .execute(self.connection)?;
        Ok(())
    }

    /// Stores the answer of a claimed key, encrypted. Says whether the claim is still valid: an answer never
    /// takes another claim's place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn store_answer(&mut self, claim: &KeyClaim, answer: &str) -> Result<bool, StoreError> {
        let mut stored = 0;
        for id in claim.ids() {
            let encrypted = self.vault.encrypt(answer_of(id), answer);
            stored += diesel::update(idempotency_records::table.find(id))
                .filter(idempotency_records::claimed_by.eq(&claim.claimed_by))
                .set(idempotency_records::answer_encrypted.eq(encrypted))
                .execute(self.connection)?;
        }
        Ok(stored == claim.names.len())
    }

    /// Lets a claimed key go: its request changed nothing and may be sent again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_key(&mut self, claim: &KeyClaim) -> Result<(), StoreError> {
        diesel::delete(idempotency_records::table)
            .filter(idempotency_records::id.eq_any(claim.ids()))
            .filter(idempotency_records::claimed_by.eq(&claim.claimed_by))
            .filter(idempotency_records::answer_encrypted.is_null())
            .execute(self.connection)?;
        Ok(())
    }

    fn insert_record(&mut self, claim: &KeyClaim, name: &KeyName) -> Result<usize, StoreError> {
        let insert = diesel::insert_into(idempotency_records::table).values((
            idempotency_records::id.eq(&name.id),
            idempotency_records::fingerprint.eq(&name.fingerprint),
            idempotency_records::started_at.eq(micros(claim.at)),
            idempotency_records::renewed_at.eq(micros(claim.at)),
            idempotency_records::claimed_by.eq(&claim.claimed_by),
        ));
        Ok(match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            AnyConnection::Postgres(postgres) => {
                insert.on_conflict_do_nothing().execute(postgres)?
            }
        })
    }

    /// The records of a key's names, locked until the transaction ends.
    fn lock_records(&mut self, claim: &KeyClaim) -> Result<Vec<Record>, StoreError> {
        let records = idempotency_records::table
            .filter(idempotency_records::id.eq_any(claim.ids()))
            .order(idempotency_records::id);
        let rows: Vec<Columns> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => records.load(sqlite)?,
            AnyConnection::Postgres(postgres) => records.for_update().load(postgres)?,
        };
        let decode = |row: Columns| {
            Ok(Record {
                started_at: moment(TABLE, &row.id, row.started_at)?,
                renewed_at: moment(TABLE, &row.id, row.renewed_at)?,
                id: row.id,
                fingerprint: row.fingerprint,
                claimed_by: row.claimed_by,
                answer_encrypted: row.answer_encrypted,
            })
        };
        rows.into_iter().map(decode).collect()
    }

    fn take_over(&mut self, claim: &KeyClaim) -> Result<(), StoreError> {
        for name in &claim.names {
            diesel::update(idempotency_records::table.find(&name.id))
                .set((
                    idempotency_records::fingerprint.eq(&name.fingerprint),
                    idempotency_records::started_at.eq(micros(claim.at)),
                    idempotency_records::renewed_at.eq(micros(claim.at)),
                    idempotency_records::claimed_by.eq(&claim.claimed_by),
                    idempotency_records::answer_encrypted.eq(None::<Vec<u8>>),
                ))
                .execute(self.connection)?;
        }
        Ok(())
    }
}

fn answer_of(id: &str) -> Cell<'_> {
    Cell {
        table: TABLE,
        column: "answer",
        row: id,
    }
}
