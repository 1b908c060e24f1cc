//! Passphrases: the hash, its generation and the count of failures.

use chrono::{DateTime, Utc};
use diesel::{Connection as _, prelude::*};

use super::{
    access::{Reader, Tx},
    columns::{count, maybe_moment, micros, moment, one_row},
    engine::connection::AnyConnection,
    error::StoreError,
    lookups::in_order,
    schema::{clients, passphrases, verifications},
};
use crate::domain::{
    id::{ApplicationId, ClientId},
    passphrase::{PassphraseState, StoredState},
    verification::VerificationOutcome,
};

/// A stored passphrase.
#[derive(Clone)]
pub struct PassphraseRow {
    /// whose
    pub client_id: ClientId,
    /// its stored state
    pub stored: StoredState,
    /// the hash; none where destroyed
    pub hash: Option<String>,
    /// the fold under which it was hashed
    pub fold_version: u16,
    /// tells an exact match from a folded one
    pub exact_tag: Option<Vec<u8>>,
    /// one more with every setting
    pub generation: i64,
    /// failures in a row
    pub failed_attempts: u32,
    /// the end of the timed lock
    pub locked_until: Option<DateTime<Utc>>,
    /// when it was set
    pub set_at: DateTime<Utc>,
    /// by which application
    pub application_id: ApplicationId,
}

/// A hash to be stored.
#[derive(Clone)]
pub struct NewPassphrase {
    /// the PHC string
    pub hash: String,
    /// the fold under which it was hashed
    pub fold_version: u16,
    /// tells an exact match from a folded one, where the exact form is known
    pub exact_tag: Option<Vec<u8>>,
}

const TABLE: &str = "passphrases";

/// A row of the table.
#[derive(Clone, Queryable)]
pub(super) struct Columns {
    client_id: ClientId,
    state: String,
    hash: Option<String>,
    fold_version: i32,
    exact_tag: Option<Vec<u8>>,
    generation: i64,
    failed_attempts: i32,
    locked_until: Option<i64>,
    set_at: i64,
    application_id: ApplicationId,
}

impl PassphraseRow {
    /// The state at `now` of a passphrase that may not be there.
    #[must_use]
    pub fn state(row: Option<&Self>, now: DateTime<Utc>) -> PassphraseState {
        PassphraseState::at(now, row.map(|row| (row.stored, row.locked_until)))
    }
}

pub(super) fn decode(row: Columns) -> Result<PassphraseRow, StoreError> {
    let client_id = row.client_id;
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &client_id, why);
    Ok(PassphraseRow {
        stored: StoredState::from_name(&row.state).ok_or_else(|| corrupt("no such state"))?,
        fold_version: u16::try_from(row.fold_version)
            .map_err(|_| corrupt("no such fold version"))?,
        failed_attempts: count(TABLE, &client_id, row.failed_attempts)?,
        locked_until: maybe_moment(TABLE, &client_id, row.locked_until)?,
        set_at: moment(TABLE, &client_id, row.set_at)?,
        hash: row.hash,
        exact_tag: row.exact_tag,
        generation: row.generation,
        application_id: row.application_id,
        client_id,
    })
}

/// A client's passphrase, if one was ever set; none at all where there is no such client.
pub(crate) type ClientPassphrase = Option<Option<PassphraseRow>>;

/// Clients' passphrases, by client id.
pub(super) fn find(
    connection: &mut AnyConnection,
    ids: &[&str],
) -> Result<Vec<Result<ClientPassphrase, StoreError>>, StoreError> {
    let columns = (clients::id, passphrases::all_columns.nullable());
    let with_passphrases = clients::table.left_join(passphrases::table);
    let decode_stored = |row: Option<Columns>| row.map(decode).transpose();
    match connection {
        AnyConnection::Sqlite(sqlite) => sqlite.transaction(|sqlite| {
            let find_one = |id: &&str| {
                let own = with_passphrases.filter(clients::id.eq(*id)).select(columns);
                let row: Option<(String, Option<Columns>)> = own.get_result(sqlite).optional()?;
                Ok(row.map(|(_, row)| decode_stored(row)).transpose())
            };
            ids.iter().map(find_one).collect()
        }),
        AnyConnection::Postgres(postgres) => {
            let rows: Vec<(String, Option<Columns>)> = with_passphrases
                .filter(clients::id.eq_any(ids.iter().copied()))
                .select(columns)
                .load(postgres)?;
            Ok(in_order(ids, rows, decode_stored))
        }
    }
}

impl Reader<'_> {
    /// A client's passphrase, if one was ever set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn passphrase(
        &mut self,
        client_id: &ClientId,
    ) -> Result<Option<PassphraseRow>, StoreError> {
        let row = passphrases::table
            .find(client_id)
            .get_result::<Columns>(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }
}

impl Tx<'_> {
    /// Sets or changes the passphrase: counters and locks start anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_passphrase(
        &mut self,
        client_id: &ClientId,
        new: &NewPassphrase,
        application_id: &ApplicationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let stored = self.passphrase(client_id)?;
        let values = (
            passphrases::state.eq(StoredState::Active.name()),
            passphrases::hash.eq(&new.hash),
            passphrases::fold_version.eq(i32::from(new.fold_version)),
            passphrases::exact_tag.eq(&new.exact_tag),
            passphrases::generation.eq(stored.as_ref().map_or(1, |stored| stored.generation + 1)),
            passphrases::failed_attempts.eq(0),
            passphrases::locked_until.eq(None::<i64>),
            passphrases::set_at.eq(micros(now)),
            passphrases::application_id.eq(application_id),
        );
        let written = if stored.is_some() {
            diesel::update(passphrases::table.find(client_id))
                .set(values)
                .execute(self.connection)?
        } else {
            diesel::insert_into(passphrases::table)
                .values((passphrases::client_id.eq(client_id), values))
                .execute(self.connection)?
        };
        one_row(TABLE, client_id, written)
    }

    /// Puts the passphrase into another state; with it its open verifications end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_passphrase(
        &mut self,
        client_id: &ClientId,
        stored: StoredState,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = passphrases::table.find(client_id);
        let changed = diesel::update(row)
            .set((
                passphrases::state.eq(stored.name()),
                passphrases::locked_until.eq(None::<i64>),
            ))
            .execute(self.connection)?;
        one_row(TABLE, client_id, changed)?;
        if stored == StoredState::Destroyed {
            diesel::update(row)
                .set((
                    passphrases::hash.eq(None::<String>),
                    passphrases::exact_tag.eq(None::<Vec<u8>>),
                    passphrases::failed_attempts.eq(0),
                ))
                .execute(self.connection)?;
        }
        self.close_verifications_of(client_id, now)
    }

    /// Lifts a timed lock; the count stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lift_lock(&mut self, client_id: &ClientId) -> Result<(), StoreError> {
        let changed = diesel::update(passphrases::table.find(client_id))
            .set(passphrases::locked_until.eq(None::<i64>))
            .execute(self.connection)?;
        one_row(TABLE, client_id, changed)
    }

    /// Stores a hash made anew, unless the passphrase was changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn renew_hash(
        &mut self,
        client_id: &ClientId,
        generation: i64,
        new: &NewPassphrase,
    ) -> Result<(), StoreError> {
        diesel::update(passphrases::table.find(client_id))
            .filter(passphrases::generation.eq(generation))
            .set((
                passphrases::hash.eq(&new.hash),
                passphrases::fold_version.eq(i32::from(new.fold_version)),
                passphrases::exact_tag.eq(&new.exact_tag),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// A client's passphrase, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn passphrase_for_update(
        &mut self,
        client_id: &ClientId,
    ) -> Result<Option<PassphraseRow>, StoreError> {
        let row = passphrases::table.find(client_id);
        let row: Option<Columns> = match &mut self.0.connection {
            AnyConnection::Sqlite(sqlite) => row.get_result(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => {
                row.for_update().get_result(postgres).optional()?
            }
        };
        row.map(decode).transpose()
    }

    /// Ends every open verification of a client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn close_verifications_of(
        &mut self,
        client_id: &ClientId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(verifications::table)
            .filter(verifications::client_id.eq(client_id))
            .filter(verifications::outcome.eq(VerificationOutcome::Verified.name()))
            .filter(verifications::closed_at.is_null())
            .set(verifications::closed_at.eq(micros(now)))
            .execute(self.connection)?;
        Ok(())
    }
}
