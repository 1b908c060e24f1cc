//! What the loan system last pushed about a client. Where a branch has amended the client since, both are
//! stored, so that the same push sent again is recognised and does not undo the amendment.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    access::{Reader, Tx},
    clients::ClientRow,
    error::StoreError,
    groups::among,
    schema::clients,
    vault::Cell,
};
use crate::domain::{
    id::ClientId,
    person::{Person, PersonName},
};

const TABLE: &str = "clients";

/// Names and telephone as they are stored. That form is canonical, so they are compared without being
/// parsed.
#[derive(Serialize, Deserialize)]
pub(crate) struct PersonText {
    family_name: String,
    given_name: Option<String>,
    patronymic: Option<String>,
    phone: String,
}

impl PersonText {
    fn of(person: &Person) -> Self {
        let text = |name: &PersonName| name.as_str().to_owned();
        Self {
            family_name: text(&person.family_name),
            given_name: person.given_name.as_ref().map(text),
            patronymic: person.patronymic.as_ref().map(text),
            phone: person.phone.as_str().to_owned(),
        }
    }

    /// Which fields are others than that person's, by their names in the API.
    #[must_use]
    pub(crate) fn differences(&self, person: &Person) -> Vec<&'static str> {
        let is = |text: &Option<String>, name: &Option<PersonName>| {
            text.as_deref() == name.as_ref().map(PersonName::as_str)
        };
        let fields = [
            (
                "family_name",
                self.family_name == person.family_name.as_str(),
            ),
            ("given_name", is(&self.given_name, &person.given_name)),
            ("patronymic", is(&self.patronymic, &person.patronymic)),
            ("phone", self.phone == person.phone.as_str()),
        ];
        let differing = fields.into_iter().filter(|(_, is_same)| !is_same);
        differing.map(|(name, _)| name).collect()
    }
}

/// A client's names and telephone.
pub(crate) struct KnownPerson {
    /// as they are stored
    pub stored: PersonText,
    /// as the loan system last pushed them, where a branch has amended them since
    amended_from: Option<PersonText>,
}

impl KnownPerson {
    /// Whether the loan system's last push said the same, whatever a branch has amended since.
    pub(crate) fn is_last_push(&self, pushed: &Person) -> bool {
        let last_push = self.amended_from.as_ref().unwrap_or(&self.stored);
        last_push.differences(pushed).is_empty()
    }
}

#[derive(QueryableByName)]
#[diesel(table_name = clients)]
struct KnownColumns {
    id: ClientId,
    client_number: String,
    family_name_encrypted: Vec<u8>,
    given_name_encrypted: Option<Vec<u8>>,
    patronymic_encrypted: Option<Vec<u8>>,
    phone_encrypted: Vec<u8>,
    last_push_encrypted: Option<Vec<u8>>,
}

fn cell<'r>(column: &'static str, row: &'r str) -> Cell<'r> {
    Cell {
        table: TABLE,
        column,
        row,
    }
}

impl Reader<'_> {
    /// The persons behind these client numbers, by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn known_persons(
        &mut self,
        numbers: &[&str],
    ) -> Result<HashMap<String, KnownPerson>, StoreError> {
        let select = "SELECT id, client_number, family_name_encrypted, given_name_encrypted, \
                      patronymic_encrypted, phone_encrypted, last_push_encrypted \
                      FROM clients WHERE client_number";
        let rows: Vec<KnownColumns> = among(self.connection, select, numbers)?;
        let decrypted = rows.into_iter().map(|row| {
            let decrypt = |column, encrypted: &[u8]| -> Result<String, StoreError> {
                Ok((*self.vault.decrypt(cell(column, &row.id), encrypted)?).clone())
            };
            let maybe = |column, encrypted: &Option<Vec<u8>>| {
                let encrypted = encrypted.as_deref();
                encrypted
                    .map(|encrypted| decrypt(column, encrypted))
                    .transpose()
            };
            let stored = PersonText {
                family_name: decrypt("family_name", &row.family_name_encrypted)?,
                given_name: maybe("given_name", &row.given_name_encrypted)?,
                patronymic: maybe("patronymic", &row.patronymic_encrypted)?,
                phone: decrypt("phone", &row.phone_encrypted)?,
            };
            let amended_from = maybe("last_push", &row.last_push_encrypted)?
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| StoreError::corrupt(TABLE, &row.id, error))?;
            let known = KnownPerson {
                stored,
                amended_from,
            };
            Ok((row.client_number, known))
        });
        decrypted.collect()
    }
}

impl Tx<'_> {
    /// Stores what the loan system last pushed about a client, before a branch amends it. Does nothing
    /// where it is stored already, or the loan system has never pushed the client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn store_last_push(&mut self, stored: &ClientRow) -> Result<(), StoreError> {
        if stored.as_of.is_none() {
            return Ok(());
        }
        let text = serde_json::to_string(&PersonText::of(&stored.person))
            .map_err(|error| StoreError::corrupt(TABLE, &stored.id, error))?;
        let last_push = self.vault.encrypt(cell("last_push", &stored.id), &text);
        let not_stored = clients::table
            .find(&stored.id)
            .filter(clients::last_push_encrypted.is_null());
        diesel::update(not_stored)
            .set(clients::last_push_encrypted.eq(last_push))
            .execute(self.connection)?;
        Ok(())
    }
}
