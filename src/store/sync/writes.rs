//! Groups of clients and loans are written.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text},
};

use crate::domain::{
    id::ClientId,
    loan::{ClientRecord, LoanRecord},
};
use crate::store::{
    access::Tx, clients::PersonColumns, columns::micros, engine::connection::AnyConnection,
    error::StoreError, groups::json,
};

/// Binds what is common to entering and replacing clients, `$1` to `$7`.
macro_rules! bind_columns {
    ($statement:expr, $columns:expr) => {
        $statement
            .bind::<Array<Text>, _>($columns.ids)
            .bind::<Array<Binary>, _>($columns.families)
            .bind::<Array<Nullable<Binary>>, _>($columns.givens)
            .bind::<Array<Nullable<Binary>>, _>($columns.patronymics)
            .bind::<Array<Binary>, _>($columns.phones)
            .bind::<Array<Binary>, _>($columns.tags)
            .bind::<Array<BigInt>, _>($columns.times)
    };
}

/// A client as it is entered or replaced: the id of its row, and what the loan system says.
pub(crate) type ClientWrite<'a> = (&'a ClientId, &'a ClientRecord);
/// A loan as it is put: the id of its client's row, and what the loan system says.
pub(crate) type LoanWrite<'a> = (&'a ClientId, &'a LoanRecord);

impl Tx<'_> {
    /// Enters clients that are not stored. Where another transaction has entered one of them in the
    /// meantime, this one is begun again.
    ///
    /// # Errors
    /// [`StoreError::Collided`], or another.
    pub(crate) fn enter_clients(
        &mut self,
        entered: &[ClientWrite<'_>],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if entered.is_empty() {
            return Ok(());
        }
        let encrypted = self.encrypt_all(entered);
        match self.0.connection {
            AnyConnection::Sqlite(sqlite) => {
                sql_query(
                    "INSERT INTO clients (id, family_name_encrypted, given_name_encrypted, \
                     patronymic_encrypted, phone_encrypted, phone_index, as_of, client_number, created_at) \
                     SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 2), \
                     unhex(value ->> 3), unhex(value ->> 4), unhex(value ->> 5), value ->> 6, \
                     value ->> 7, ? FROM json_each(?)",
                )
                .bind::<BigInt, _>(micros(now))
                .bind::<Text, _>(client_rows(entered, encrypted)?)
                .execute(sqlite)?;
            }
            AnyConnection::Postgres(postgres) => {
                let columns = ClientColumns::of(entered, encrypted);
                let statement = sql_query(
                    "INSERT INTO clients (id, family_name_encrypted, given_name_encrypted, \
                     patronymic_encrypted, phone_encrypted, phone_index, as_of, client_number, created_at) \
                     SELECT *, $9 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) \
                     ON CONFLICT DO NOTHING",
                );
                let numbers: Vec<&str> = entered
                    .iter()
                    .map(|(_, r)| r.client_number.as_str())
                    .collect();
                let inserted = bind_columns!(statement, columns)
                    .bind::<Array<Text>, _>(numbers)
                    .bind::<BigInt, _>(micros(now))
                    .execute(postgres)?;
                if inserted != entered.len() {
                    return Err(StoreError::Collided);
                }
            }
        }
        Ok(())
    }

    /// Replaces stored clients. The caller has to have locked their numbers, since the decision to replace
    /// them is not repeated here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn replace_clients(
        &mut self,
        replaced: &[ClientWrite<'_>],
    ) -> Result<(), StoreError> {
        if replaced.is_empty() {
            return Ok(());
        }
        let encrypted = self.encrypt_all(replaced);
        match self.0.connection {
            AnyConnection::Sqlite(sqlite) => {
                sql_query(
                    "UPDATE clients SET family_name_encrypted = unhex(u.value ->> 1), \
                     given_name_encrypted = unhex(u.value ->> 2), \
                     patronymic_encrypted = unhex(u.value ->> 3), \
                     phone_encrypted = unhex(u.value ->> 4), phone_index = unhex(u.value ->> 5), \
                     as_of = u.value ->> 6, last_push_encrypted = NULL \
                     FROM json_each(?) AS u WHERE clients.id = u.value ->> 0",
                )
                .bind::<Text, _>(client_rows(replaced, encrypted)?)
                .execute(sqlite)?;
            }
            AnyConnection::Postgres(postgres) => {
                let columns = ClientColumns::of(replaced, encrypted);
                let update = sql_query(
                    "UPDATE clients SET family_name_encrypted = u.family, given_name_encrypted = u.given, \
                     patronymic_encrypted = u.patronymic, phone_encrypted = u.phone, \
                     phone_index = u.tag, as_of = u.at, last_push_encrypted = NULL \
                     FROM unnest($1, $2, $3, $4, $5, $6, $7) \
                     AS u (id, family, given, patronymic, phone, tag, at) \
                     WHERE clients.id = u.id",
                );
                bind_columns!(update, columns).execute(postgres)?;
            }
        }
        Ok(())
    }

    /// Enters or replaces loans. The caller has to have locked their numbers, since the decision to replace
    /// them is not repeated here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn put_loans(&mut self, put: &[LoanWrite<'_>]) -> Result<(), StoreError> {
        if put.is_empty() {
            return Ok(());
        }
        match self.0.connection {
            AnyConnection::Sqlite(sqlite) => {
                let rows = put
                    .iter()
                    .map(|(client_id, record)| loan_row(client_id, record));
                sql_query(format!(
                    "INSERT INTO loans ({LOAN_COLUMNS}) SELECT value ->> 0, value ->> 1, \
                     value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
                     value ->> 7, value ->> 8 FROM json_each(?) WHERE true {OR_REPLACE_LOAN}"
                ))
                .bind::<Text, _>(json(&rows.collect::<Vec<_>>())?)
                .execute(sqlite)?;
            }
            AnyConnection::Postgres(postgres) => upsert_loans(postgres, put)?,
        }
        Ok(())
    }

    fn encrypt_all(&self, writes: &[ClientWrite<'_>]) -> Vec<PersonColumns> {
        let encrypted = writes
            .iter()
            .map(|(id, record)| self.encrypt_person(id, &record.person));
        encrypted.collect()
    }
}

/// The columns of a loan, in the order in which they are put.
const LOAN_COLUMNS: &str = "ticket_number, client_id, product, due_on, balance_minor_units, \
                            currency, grace_days, is_open, as_of";
/// A stored loan is replaced.
const OR_REPLACE_LOAN: &str = "ON CONFLICT (ticket_number) DO UPDATE SET \
     client_id = excluded.client_id, product = excluded.product, due_on = excluded.due_on, \
     balance_minor_units = excluded.balance_minor_units, currency = excluded.currency, \
     grace_days = excluded.grace_days, is_open = excluded.is_open, as_of = excluded.as_of";

type LoanJson<'a> = (
    &'a str,
    &'a str,
    &'a str,
    String,
    i64,
    &'a str,
    Option<u32>,
    bool,
    i64,
);

fn loan_row<'a>(client_id: &'a str, record: &'a LoanRecord) -> LoanJson<'a> {
    (
        record.ticket_number.as_str(),
        client_id,
        &record.product,
        record.due_on.to_string(),
        record.balance.minor_units(),
        record.balance.currency_code(),
        record.grace_days,
        record.is_open,
        micros(record.as_of),
    )
}

/// Rows of clients as SQLite takes them whole: blobs in hexadecimal digits.
fn client_rows(
    writes: &[ClientWrite<'_>],
    encrypted: Vec<PersonColumns>,
) -> Result<String, StoreError> {
    let rows = writes
        .iter()
        .zip(encrypted)
        .map(|((id, record), encrypted)| {
            (
                *id,
                hex(&encrypted.family_name_encrypted),
                encrypted.given_name_encrypted.as_deref().map(hex),
                encrypted.patronymic_encrypted.as_deref().map(hex),
                hex(&encrypted.phone_encrypted),
                hex(&encrypted.phone_index),
                micros(record.as_of),
                record.client_number.as_str(),
            )
        });
    json(&rows.collect::<Vec<_>>())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn upsert_loans(
    postgres: &mut diesel::PgConnection,
    put: &[LoanWrite<'_>],
) -> Result<(), StoreError> {
    let grace: Result<Vec<Option<i32>>, StoreError> =
        put.iter().map(|(_, record)| grace_days(record)).collect();
    let column = |text: fn(&LoanRecord) -> &str| -> Vec<&str> {
        put.iter().map(|(_, record)| text(record)).collect()
    };
    let number = |number: fn(&LoanRecord) -> i64| -> Vec<i64> {
        put.iter().map(|(_, record)| number(record)).collect()
    };
    let clients: Vec<&ClientId> = put.iter().map(|(client_id, _)| *client_id).collect();
    let due: Vec<String> = put.iter().map(|(_, r)| r.due_on.to_string()).collect();
    let open: Vec<bool> = put.iter().map(|(_, r)| r.is_open).collect();
    sql_query(format!(
        "INSERT INTO loans ({LOAN_COLUMNS}) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) {OR_REPLACE_LOAN}"
    ))
    .bind::<Array<Text>, _>(column(|r| r.ticket_number.as_str()))
    .bind::<Array<Text>, _>(clients)
    .bind::<Array<Text>, _>(column(|r| &r.product))
    .bind::<Array<Text>, _>(due)
    .bind::<Array<BigInt>, _>(number(|r| r.balance.minor_units()))
    .bind::<Array<Text>, _>(column(|r| r.balance.currency_code()))
    .bind::<Array<Nullable<Integer>>, _>(grace?)
    .bind::<Array<Bool>, _>(open)
    .bind::<Array<BigInt>, _>(number(|r| micros(r.as_of)))
    .execute(postgres)?;
    Ok(())
}

fn grace_days(record: &LoanRecord) -> Result<Option<i32>, StoreError> {
    let days = record.grace_days.map(i32::try_from).transpose();
    days.map_err(|error| StoreError::corrupt("loans", record.ticket_number.as_str(), error))
}

/// The columns of many clients, as PostgreSQL takes them.
struct ClientColumns<'a> {
    ids: Vec<&'a ClientId>,
    families: Vec<Vec<u8>>,
    givens: Vec<Option<Vec<u8>>>,
    patronymics: Vec<Option<Vec<u8>>>,
    phones: Vec<Vec<u8>>,
    tags: Vec<Vec<u8>>,
    times: Vec<i64>,
}

impl<'a> ClientColumns<'a> {
    fn of(writes: &[ClientWrite<'a>], encrypted: Vec<PersonColumns>) -> Self {
        let mut columns = Self {
            ids: writes.iter().map(|(id, _)| *id).collect(),
            families: Vec::with_capacity(writes.len()),
            givens: Vec::with_capacity(writes.len()),
            patronymics: Vec::with_capacity(writes.len()),
            phones: Vec::with_capacity(writes.len()),
            tags: Vec::with_capacity(writes.len()),
            times: writes.iter().map(|(_, r)| micros(r.as_of)).collect(),
        };
        for person in encrypted {
            columns.families.push(person.family_name_encrypted);
            columns.givens.push(person.given_name_encrypted);
            columns.patronymics.push(person.patronymic_encrypted);
            columns.phones.push(person.phone_encrypted);
            columns.tags.push(person.phone_index);
        }
        columns
    }
}
