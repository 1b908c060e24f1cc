//! The seals of the audit, and events exactly as they are written, for sealing and verification.

use chrono::{DateTime, Utc};
use diesel::{
    connection::SimpleConnection,
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool, Nullable},
};

use super::{
    access::{Reader, UnauditedTx},
    engine::connection::AnyConnection,
    error::StoreError,
    leases::{Lease, Sighting},
    schema::{audit_events, audit_seals, seal_keys},
};
use crate::domain::seal::{Head, Seal, WrittenEvent};

/// Writers wait for no longer than this while the settled end is read.
const SETTLE_WITHIN_MILLIS: u32 = 200;

/// Every column as the bytes that it holds, so that a row that makes no sense is still a row.
const SQLITE: &str = "SELECT seq, CAST(at AS BLOB) AS at, \
     CAST(actor_id AS BLOB) AS actor_id, CAST(actor_login AS BLOB) AS actor_login, \
     CAST(actor_role AS BLOB) AS actor_role, CAST(action AS BLOB) AS action, \
     CAST(client_id AS BLOB) AS client_id, CAST(subject_id AS BLOB) AS subject_id, \
     CAST(call_id AS BLOB) AS call_id, CAST(outcome AS BLOB) AS outcome, \
     CAST(reason AS BLOB) AS reason, CAST(details AS BLOB) AS details, \
     CAST(request_id AS BLOB) AS request_id, CAST(remote AS BLOB) AS remote \
     FROM audit_events WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?";
const POSTGRES: &str = "SELECT seq, convert_to(at::text, 'UTF8') AS at, \
     convert_to(actor_id, 'UTF8') AS actor_id, convert_to(actor_login, 'UTF8') AS actor_login, \
     convert_to(actor_role, 'UTF8') AS actor_role, convert_to(action, 'UTF8') AS action, \
     convert_to(client_id, 'UTF8') AS client_id, convert_to(subject_id, 'UTF8') AS subject_id, \
     convert_to(call_id, 'UTF8') AS call_id, convert_to(outcome, 'UTF8') AS outcome, \
     convert_to(reason, 'UTF8') AS reason, convert_to(details, 'UTF8') AS details, \
     convert_to(request_id, 'UTF8') AS request_id, convert_to(remote, 'UTF8') AS remote \
     FROM audit_events WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3";

macro_rules! written_row {
    ($($text:ident),+) => {
        #[derive(QueryableByName)]
        struct WrittenRow {
            #[diesel(sql_type = BigInt)]
            seq: i64,
            #[diesel(sql_type = Nullable<Binary>)]
            at: Option<Vec<u8>>,
            $(#[diesel(sql_type = Nullable<Binary>)] $text: Option<Vec<u8>>,)+
        }

        impl From<WrittenRow> for WrittenEvent {
            fn from(row: WrittenRow) -> Self {
                Self {
                    seq: row.seq,
                    at: row.at.unwrap_or_default(),
                    texts: [$(row.$text,)+],
                }
            }
        }
    };
}

written_row!(
    actor_id,
    actor_login,
    actor_role,
    action,
    client_id,
    subject_id,
    call_id,
    outcome,
    reason,
    details,
    request_id,
    remote
);

#[derive(QueryableByName)]
struct SealRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = Binary)]
    digest: Vec<u8>,
    #[diesel(sql_type = Binary)]
    previous: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    sealed_at: i64,
    #[diesel(sql_type = Binary)]
    key_id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    signature: Vec<u8>,
    #[diesel(sql_type = Binary)]
    leaves: Vec<u8>,
    /// whether every column holds a value of its own type, which SQLite does not enforce
    #[diesel(sql_type = Bool)]
    is_typed: bool,
}

impl From<SealRow> for Seal {
    fn from(row: SealRow) -> Self {
        Self {
            number: row.number,
            last_seq: row.last_seq,
            events: row.events,
            digest: row.digest,
            previous: row.previous,
            sealed_at: row.sealed_at,
            key_id: String::from_utf8_lossy(&row.key_id).into_owned(),
            // What was never written so was never signed so.
            signature: if row.is_typed {
                row.signature
            } else {
                Vec::new()
            },
            leaves: row.leaves,
        }
    }
}

const SQLITE_SEALS: &str = "SELECT number, last_seq, events, digest, previous, sealed_at, \
     CAST(key_id AS BLOB) AS key_id, signature, leaves, \
     typeof(number) = 'integer' AND typeof(last_seq) = 'integer' AND typeof(events) = 'integer' \
     AND typeof(sealed_at) = 'integer' AND typeof(key_id) = 'text' AND typeof(digest) = 'blob' \
     AND typeof(previous) = 'blob' AND typeof(signature) = 'blob' AND typeof(leaves) = 'blob' \
     AS is_typed FROM audit_seals";
const POSTGRES_SEALS: &str = "SELECT number, last_seq, events, digest, previous, sealed_at, \
     convert_to(key_id, 'UTF8') AS key_id, signature, leaves, TRUE AS is_typed FROM audit_seals";

/// Seals from a number on upwards, or below it downwards.
fn seals(
    connection: &mut AnyConnection,
    from: i64,
    upwards: bool,
    limit: i64,
) -> Result<Vec<Seal>, StoreError> {
    let (compare, order) = if upwards {
        (">=", "number")
    } else {
        ("<", "number DESC")
    };
    let rows: Vec<SealRow> = match connection {
        AnyConnection::Sqlite(sqlite) => sql_query(format!(
            "{SQLITE_SEALS} WHERE number {compare} ? ORDER BY {order} LIMIT ?"
        ))
        .bind::<BigInt, _>(from)
        .bind::<BigInt, _>(limit)
        .load(sqlite)?,
        AnyConnection::Postgres(postgres) => sql_query(format!(
            "{POSTGRES_SEALS} WHERE number {compare} $1 ORDER BY {order} LIMIT $2"
        ))
        .bind::<BigInt, _>(from)
        .bind::<BigInt, _>(limit)
        .load(postgres)?,
    };
    Ok(rows.into_iter().map(Seal::from).collect())
}

fn newest(connection: &mut AnyConnection) -> Result<Option<Seal>, StoreError> {
    Ok(seals(connection, i64::MAX, false, 1)?.pop())
}

/// A key's id as the bytes that it holds: one that was altered need be no text.
#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Binary)]
    key_id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    public_key: Vec<u8>,
}

impl Reader<'_> {
    /// The newest seal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn newest_seal(&mut self) -> Result<Option<Seal>, StoreError> {
        newest(self.connection)
    }

    /// Seals from a number on, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn seals_from(&mut self, number: i64, limit: i64) -> Result<Vec<Seal>, StoreError> {
        seals(self.connection, number, true, limit)
    }

    /// Seals before a number, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn seals_before(
        &mut self,
        number: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Seal>, StoreError> {
        seals(self.connection, number.unwrap_or(i64::MAX), false, limit)
    }

    /// The public halves of all keys that ever sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn seal_keys(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows: Vec<KeyRow> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => sql_query(
                "SELECT CAST(key_id AS BLOB) AS key_id, CAST(public_key AS BLOB) AS public_key \
                 FROM seal_keys ORDER BY key_id",
            )
            .load(sqlite)?,
            AnyConnection::Postgres(postgres) => sql_query(
                "SELECT convert_to(key_id, 'UTF8') AS key_id, public_key \
                 FROM seal_keys ORDER BY key_id",
            )
            .load(postgres)?,
        };
        let text = |id: Vec<u8>| String::from_utf8_lossy(&id).into_owned();
        Ok(rows
            .into_iter()
            .map(|row| (text(row.key_id), row.public_key))
            .collect())
    }

    /// Events exactly as they are written, from one place and up to another, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn written_events(
        &mut self,
        from: i64,
        up_to: i64,
        limit: i64,
    ) -> Result<Vec<WrittenEvent>, StoreError> {
        let rows: Vec<WrittenRow> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => sql_query(SQLITE)
                .bind::<BigInt, _>(from)
                .bind::<BigInt, _>(up_to)
                .bind::<BigInt, _>(limit)
                .load(sqlite)?,
            AnyConnection::Postgres(postgres) => sql_query(POSTGRES)
                .bind::<BigInt, _>(from)
                .bind::<BigInt, _>(up_to)
                .bind::<BigInt, _>(limit)
                .load(postgres)?,
        };
        Ok(rows.into_iter().map(WrittenEvent::from).collect())
    }

    /// How many events there are from a place on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn events_from(&mut self, seq: i64) -> Result<i64, StoreError> {
        Ok(audit_events::table
            .filter(audit_events::seq.ge(seq))
            .count()
            .get_result(self.connection)?)
    }
}

impl UnauditedTx<'_> {
    /// The last place up to which no event can appear any more.
    ///
    /// PostgreSQL gives places out before their transactions commit, and not in that order: so
    /// whoever writes events now is waited for, those who come are held up for that long, and both
    /// go on with the end of this transaction.
    ///
    /// # Errors
    /// [`StoreError`], among them where a writer takes too long: try again later.
    pub(crate) fn settled_end(&mut self) -> Result<i64, StoreError> {
        if let AnyConnection::Postgres(postgres) = &mut self.connection {
            postgres.batch_execute(&format!(
                "SET LOCAL lock_timeout = {SETTLE_WITHIN_MILLIS}; \
                 LOCK TABLE audit_events IN SHARE MODE"
            ))?;
        }
        let last: Option<i64> = audit_events::table
            .select(max(audit_events::seq))
            .first(self.connection)?;
        Ok(last.unwrap_or_default())
    }

    /// Adds a seal to the chain, if the lease is still ours and the chain still ends where the seal
    /// goes on. Keeps the public half of its key. Gives whether it was added.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn add_seal(
        &mut self,
        added: &Seal,
        public_key: &[u8],
        lease: (&'static str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let lease = self.acquire_lease(lease.0, lease.1, None::<&Sighting>, now)?;
        if !matches!(lease, Lease::Ours(_)) {
            return Ok(false);
        }
        let head = newest(self.connection)?.map_or(Head::GENESIS, |seal| seal.head());
        if head.number + 1 != added.number || head.hash.as_slice() != added.previous {
            return Ok(false);
        }
        let known: i64 = seal_keys::table
            .find(&added.key_id)
            .count()
            .get_result(self.connection)?;
        if known == 0 {
            diesel::insert_into(seal_keys::table)
                .values((
                    seal_keys::key_id.eq(&added.key_id),
                    seal_keys::public_key.eq(public_key),
                ))
                .execute(self.connection)?;
        }
        diesel::insert_into(audit_seals::table)
            .values((
                audit_seals::number.eq(added.number),
                audit_seals::last_seq.eq(added.last_seq),
                audit_seals::events.eq(added.events),
                audit_seals::digest.eq(&added.digest),
                audit_seals::previous.eq(&added.previous),
                audit_seals::sealed_at.eq(added.sealed_at),
                audit_seals::key_id.eq(&added.key_id),
                audit_seals::signature.eq(&added.signature),
                audit_seals::leaves.eq(&added.leaves),
            ))
            .execute(self.connection)?;
        Ok(true)
    }
}
