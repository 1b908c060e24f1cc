//! What hangs on which key, and the same values under the active key.
//!
//! An encrypted value and a marked index value begin with the mark of their key, so both are counted
//! and found without being decrypted.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable, Text},
};

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::{audit_seals, idempotency_records, key_checks, sessions},
    vault::Cell,
};

/// A column of encrypted values. Every one is here: what is missing is lost with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EncryptedColumn {
    /// the table; its key is `id`
    pub table: &'static str,
    /// the column, without its `_encrypted`
    pub column: &'static str,
}

const fn encrypted(table: &'static str, column: &'static str) -> EncryptedColumn {
    EncryptedColumn { table, column }
}

/// Every column of encrypted values.
pub(crate) const ENCRYPTED: &[EncryptedColumn] = &[
    encrypted("staff", "name"),
    encrypted("clients", "family_name"),
    encrypted("clients", "given_name"),
    encrypted("clients", "patronymic"),
    encrypted("clients", "phone"),
    encrypted("clients", "last_push"),
    encrypted("applications", "representative"),
    encrypted("idempotency_records", "answer"),
    encrypted("webhook_endpoints", "url"),
    encrypted("webhook_secrets", "secret"),
];

/// Every column of hashes that a pepper went into.
const HASHES: &[(&str, &str)] = &[("passphrases", "hash"), ("staff", "password_hash")];

/// One step of making values anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rewrapped {
    /// values made anew
    pub done: usize,
    /// rows whose value does not decrypt
    pub unopened: Vec<String>,
    /// the last row that was read; `None` at the end of the table
    pub last: Option<String>,
}

#[derive(QueryableByName)]
struct Marked {
    #[diesel(sql_type = Nullable<Binary>)]
    mark: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct EncryptedRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Binary)]
    encrypted: Vec<u8>,
}

/// Both databases take `$1`; for SQLite it is a name, numbered as it first appears.
macro_rules! on_either {
    ($connection:expr, $sql:expr, [$($type:ty = $value:expr),*], $call:ident) => {
        match $connection {
            AnyConnection::Sqlite(sqlite) => sql_query($sql)$(.bind::<$type, _>($value))*.$call(sqlite),
            AnyConnection::Postgres(postgres) => sql_query($sql)$(.bind::<$type, _>($value))*.$call(postgres),
        }
    };
}

impl Reader<'_> {
    /// How many encrypted values begin with each mark, in all columns together.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn encrypted_by_mark(&mut self) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
        let mut found = HashMap::new();
        for EncryptedColumn { table, column } in ENCRYPTED {
            let sql = format!(
                "SELECT substr({column}_encrypted, 1, 5) AS mark, count(*) AS number FROM {table} \
                 WHERE {column}_encrypted IS NOT NULL GROUP BY 1"
            );
            add(
                &mut found,
                on_either!(&mut self.connection, &sql, [], load)?,
            );
        }
        Ok(found)
    }

    /// How many index values begin with each mark.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn indexed_by_mark(&mut self) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
        let sql = "SELECT substr(phone_index, 1, 4) AS mark, count(*) AS number FROM clients \
                   GROUP BY 1";
        let mut found = HashMap::new();
        add(&mut found, on_either!(&mut self.connection, sql, [], load)?);
        Ok(found)
    }

    /// Whether a column, or else the index values of telephone numbers, has values that are not
    /// under the active key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn has_others(&mut self, of: Option<EncryptedColumn>) -> Result<bool, StoreError> {
        let keys = self.vault.keys.now();
        let (sql, mark) = match of {
            Some(EncryptedColumn { table, column }) => (
                format!(
                    "SELECT count(*) AS number FROM (SELECT 1 FROM {table} WHERE \
                     {column}_encrypted IS NOT NULL AND substr({column}_encrypted, 1, 5) <> $1 LIMIT 1) \
                     AS others"
                ),
                keys.cipher.active_prefix().to_vec(),
            ),
            None => (
                "SELECT count(*) AS number FROM (SELECT 1 FROM clients WHERE \
                 substr(phone_index, 1, 4) <> $1 LIMIT 1) AS others"
                    .to_owned(),
                keys.index.active_mark().to_vec(),
            ),
        };
        let count: Count = on_either!(&mut self.connection, &sql, [Binary = &mark], get_result)?;
        Ok(count.number > 0)
    }

    /// How many hashes hang on a pepper.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn hashes_under(&mut self, pepper_id: &str) -> Result<i64, StoreError> {
        let mut number = 0;
        let pattern = format!("%,keyid={pepper_id}$%");
        for (table, column) in HASHES {
            let sql = format!("SELECT count(*) AS number FROM {table} WHERE {column} LIKE $1");
            let count: Count =
                on_either!(&mut self.connection, &sql, [Text = &pattern], get_result)?;
            number += count.number;
        }
        Ok(number)
    }

    /// How many seals a key signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn seals_under(&mut self, key_id: &str) -> Result<i64, StoreError> {
        Ok(audit_seals::table
            .filter(audit_seals::key_id.eq(key_id))
            .count()
            .get_result(self.connection)?)
    }

    /// How many sessions that were opened until then still live.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn sessions_opened_until(
        &mut self,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        Ok(sessions::table
            .filter(sessions::issued_at.le(micros(until)))
            .filter(sessions::expires_at.gt(micros(now)))
            .filter(sessions::ended_at.is_null())
            .count()
            .get_result(self.connection)?)
    }

    /// How many requests with an idempotency key began between two moments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn idempotency_keys_between(
        &mut self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        Ok(idempotency_records::table
            .filter(idempotency_records::started_at.between(micros(from), micros(until)))
            .count()
            .get_result(self.connection)?)
    }

    /// Since when a key makes what is new, where that is recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn active_since(
        &mut self,
        key_id: &str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since: Option<Option<i64>> = key_checks::table
            .find(key_id)
            .select(key_checks::active_since)
            .first(self.connection)
            .optional()?;
        maybe_moment("key_checks", key_id, since.flatten())
    }

    fn batch(
        &mut self,
        sql: &str,
        after: &str,
        mark: &[u8],
        limit: i64,
    ) -> Result<Vec<EncryptedRow>, StoreError> {
        Ok(on_either!(
            &mut self.connection,
            sql,
            [Text = after, Binary = mark, BigInt = limit],
            load
        )?)
    }
}

fn add(found: &mut HashMap<Vec<u8>, i64>, rows: Vec<Marked>) {
    for row in rows {
        *found.entry(row.mark.unwrap_or_default()).or_default() += row.number;
    }
}

impl Tx<'_> {
    /// Seals the next values of a column anew that are not under the active key. What somebody else
    /// changes meanwhile stays theirs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn rewrap_column(
        &mut self,
        of: EncryptedColumn,
        after: &str,
        limit: i64,
    ) -> Result<Rewrapped, StoreError> {
        let EncryptedColumn { table, column } = of;
        let sql = format!(
            "SELECT id, {column}_encrypted AS encrypted FROM {table} WHERE id > $1 \
             AND {column}_encrypted IS NOT NULL AND substr({column}_encrypted, 1, 5) <> $2 \
             ORDER BY id LIMIT $3"
        );
        let mark = self.vault.keys.now().cipher.active_prefix();
        let rows = self.batch(&sql, after, &mark, limit)?;
        let update = format!(
            "UPDATE {table} SET {column}_encrypted = $1 WHERE id = $2 AND {column}_encrypted = $3"
        );
        let mut rewrapped = ended(&rows, limit);
        for row in rows {
            let cell = Cell {
                table,
                column,
                row: &row.id,
            };
            let Ok(plain) = self.vault.decrypt(cell, &row.encrypted) else {
                rewrapped.unopened.push(row.id);
                continue;
            };
            let anew = self.vault.encrypt(cell, &plain);
            rewrapped.done += on_either!(
                &mut self.connection,
                &update,
                [Binary = &anew, Text = &row.id, Binary = &row.encrypted],
                execute
            )?;
        }
        Ok(rewrapped)
    }

    /// Makes the next index values of telephone numbers anew that are not under the active key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn rewrap_phone_index(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Rewrapped, StoreError> {
        let sql = "SELECT id, phone_encrypted AS encrypted FROM clients WHERE id > $1 \
                   AND substr(phone_index, 1, 4) <> $2 ORDER BY id LIMIT $3";
        let mark = self.vault.keys.now().index.active_mark();
        let rows = self.batch(sql, after, &mark, limit)?;
        let update = "UPDATE clients SET phone_index = $1 WHERE id = $2 AND phone_encrypted = $3";
        let mut rewrapped = ended(&rows, limit);
        for row in rows {
            let cell = Cell {
                table: "clients",
                column: "phone",
                row: &row.id,
            };
            let Ok(phone) = self.vault.decrypt(cell, &row.encrypted) else {
                rewrapped.unopened.push(row.id);
                continue;
            };
            let anew = self.vault.phone_index(&phone);
            rewrapped.done += on_either!(
                &mut self.connection,
                update,
                [Binary = &anew, Text = &row.id, Binary = &row.encrypted],
                execute
            )?;
        }
        Ok(rewrapped)
    }

    /// Forgets a key that nothing hangs on any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn forget_key(&mut self, key_id: &str) -> Result<(), StoreError> {
        diesel::delete(key_checks::table.find(key_id)).execute(self.connection)?;
        Ok(())
    }

    /// Notes since when a key makes what is new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn note_activation(
        &mut self,
        check: &(String, String, String),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (id, purpose, value) = check;
        let noted = diesel::update(key_checks::table.find(id))
            .set(key_checks::active_since.eq(micros(now)))
            .execute(self.connection)?;
        if noted == 0 {
            diesel::insert_into(key_checks::table)
                .values((
                    key_checks::key_id.eq(id),
                    key_checks::purpose.eq(purpose),
                    key_checks::check_value.eq(value),
                    key_checks::active_since.eq(micros(now)),
                ))
                .execute(self.connection)?;
        }
        Ok(())
    }
}

fn ended(rows: &[EncryptedRow], limit: i64) -> Rewrapped {
    let is_last = i64::try_from(rows.len()).is_ok_and(|read| read < limit);
    Rewrapped {
        last: rows.last().filter(|_| !is_last).map(|row| row.id.clone()),
        ..Rewrapped::default()
    }
}

#[cfg(test)]
mod tests {
    use super::ENCRYPTED;

    #[test]
    fn every_encrypted_column_of_the_schema_is_made_anew() {
        let schema = include_str!("schema.rs");
        let in_schema = schema.matches("_encrypted ->").count();
        assert_eq!(in_schema, ENCRYPTED.len());
    }
}
