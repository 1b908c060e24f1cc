//! Clients: names and telephones are encrypted, look-ups go through a blind index.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment, one_row},
    error::StoreError,
    schema::{clients, loans},
    vault::Cell,
};
use crate::domain::{
    id::ClientId,
    identifier::{ClientNumber, TicketNumber},
    person::{Person, PersonName, Phone},
};

/// A client.
#[derive(Clone)]
pub(crate) struct ClientRow {
    /// id
    pub id: ClientId,
    /// the company's number
    pub client_number: String,
    /// names and telephone
    pub person: Person,
    /// the loan system's time of this, where it came from there last
    pub as_of: Option<DateTime<Utc>>,
    /// since when the client is known
    pub created_at: DateTime<Utc>,
}

/// By what a client is found.
#[derive(Clone)]
pub(crate) enum Lookup {
    /// the telephone
    Phone(Phone),
    /// the company's number
    ClientNumber(ClientNumber),
    /// one of the client's loans
    TicketNumber(TicketNumber),
}

/// Maximum number of clients found by one telephone number; with more it is a switchboard.
const MAX_FOUND: i64 = 50;

const TABLE: &str = "clients";

/// A row of the table. What was pushed last is read by itself.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
struct Columns {
    id: ClientId,
    client_number: String,
    #[diesel(embed)]
    person: PersonColumns,
    as_of: Option<i64>,
    created_at: i64,
}

impl Reader<'_> {
    /// The client with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn client(&mut self, id: &ClientId) -> Result<Option<ClientRow>, StoreError> {
        let row = clients::table
            .find(id)
            .select(Columns::as_select())
            .get_result(self.connection)
            .optional()?;
        row.map(|row| self.decode_client(row)).transpose()
    }

    /// Whether there is a client with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_client(&mut self, id: &ClientId) -> Result<bool, StoreError> {
        let found = clients::table
            .find(id)
            .select(clients::id)
            .get_result::<ClientId>(self.connection);
        Ok(found.optional()?.is_some())
    }

    /// The id of the client with a client number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn client_id_by_number(
        &mut self,
        number: &ClientNumber,
    ) -> Result<Option<ClientId>, StoreError> {
        let found = clients::table.filter(clients::client_number.eq(number.as_str()));
        Ok(found
            .select(clients::id)
            .get_result(self.connection)
            .optional()?)
    }

    /// Finds clients; the answer is ordered by client number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn find_clients(&mut self, lookup: &Lookup) -> Result<Vec<ClientRow>, StoreError> {
        let rows: Vec<Columns> = match lookup {
            Lookup::ClientNumber(number) => {
                let found = clients::table.filter(clients::client_number.eq(number.as_str()));
                found
                    .limit(1)
                    .select(Columns::as_select())
                    .load(self.connection)?
            }
            Lookup::Phone(phone) => clients::table
                .filter(clients::phone_index.eq_any(self.vault.phone_indexes(phone.as_str())))
                .order(clients::client_number)
                .limit(MAX_FOUND)
                .select(Columns::as_select())
                .load(self.connection)?,
            Lookup::TicketNumber(ticket) => {
                let holder = loans::table.find(ticket.as_str()).select(loans::client_id);
                match holder.first::<ClientId>(self.connection).optional()? {
                    None => Vec::new(),
                    Some(id) => clients::table
                        .find(id)
                        .select(Columns::as_select())
                        .load(self.connection)?,
                }
            }
        };
        let decoded = rows.into_iter().map(|row| self.decode_client(row));
        decoded.collect()
    }

    fn decode_client(&self, row: Columns) -> Result<ClientRow, StoreError> {
        let (id, encrypted) = (row.id, row.person);
        let decrypt = |column, encrypted: &[u8]| {
            self.vault.decrypt(
                Cell {
                    table: TABLE,
                    column,
                    row: &id,
                },
                encrypted,
            )
        };
        let name = |column, encrypted: &[u8]| {
            let text = decrypt(column, encrypted)?;
            PersonName::parse(&text).map_err(|error| StoreError::corrupt(TABLE, &id, error.code()))
        };
        let person = Person {
            family_name: name("family_name", &encrypted.family_name_encrypted)?,
            given_name: encrypted
                .given_name_encrypted
                .map(|encrypted| name("given_name", &encrypted))
                .transpose()?,
            patronymic: encrypted
                .patronymic_encrypted
                .map(|encrypted| name("patronymic", &encrypted))
                .transpose()?,
            phone: Phone::parse(&decrypt("phone", &encrypted.phone_encrypted)?)
                .map_err(|error| StoreError::corrupt(TABLE, &id, error.code()))?,
        };
        Ok(ClientRow {
            as_of: maybe_moment(TABLE, &id, row.as_of)?,
            created_at: moment(TABLE, &id, row.created_at)?,
            id,
            client_number: row.client_number,
            person,
        })
    }
}

/// The columns of a person.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct PersonColumns {
    pub(super) family_name_encrypted: Vec<u8>,
    pub(super) given_name_encrypted: Option<Vec<u8>>,
    pub(super) patronymic_encrypted: Option<Vec<u8>>,
    pub(super) phone_encrypted: Vec<u8>,
    pub(super) phone_index: Vec<u8>,
}

impl Reader<'_> {
    pub(super) fn encrypt_person(&self, id: &ClientId, person: &Person) -> PersonColumns {
        let encrypt = |column, plain: &str| {
            self.vault.encrypt(
                Cell {
                    table: TABLE,
                    column,
                    row: id,
                },
                plain,
            )
        };
        PersonColumns {
            family_name_encrypted: encrypt("family_name", person.family_name.as_str()),
            given_name_encrypted: person
                .given_name
                .as_ref()
                .map(|name| encrypt("given_name", name.as_str())),
            patronymic_encrypted: person
                .patronymic
                .as_ref()
                .map(|name| encrypt("patronymic", name.as_str())),
            phone_encrypted: encrypt("phone", person.phone.as_str()),
            phone_index: self.vault.phone_index(person.phone.as_str()),
        }
    }
}

impl Tx<'_> {
    /// Enters a client; `as_of` where the loan system sent them.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the client number, or another [`StoreError`].
    pub(crate) fn insert_client(
        &mut self,
        id: &ClientId,
        number: &ClientNumber,
        person: &Person,
        as_of: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::insert_into(clients::table)
            .values(Columns {
                id: id.to_owned(),
                client_number: number.as_str().to_owned(),
                person: self.encrypt_person(id, person),
                as_of: as_of.map(micros),
                created_at: micros(now),
            })
            .execute(self.connection)?;
        Ok(())
    }

    /// Amends a client's names and telephone. The loan system's time of the client stays, and what it
    /// last pushed stays stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn amend_client(
        &mut self,
        stored: &ClientRow,
        person: &Person,
    ) -> Result<(), StoreError> {
        self.store_last_push(stored)?;
        let id = &stored.id;
        let encrypted = self.encrypt_person(id, person);
        let changed = diesel::update(clients::table.find(id))
            .set(encrypted)
            .execute(self.connection)?;
        one_row(TABLE, id, changed)
    }
}
