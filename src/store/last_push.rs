//! What the loan system last pushed about a client. Where a branch has amended the client since, the push is
//! stored beside the client, so that the loan system changes only what it has changed itself: a push that
//! repeats the last one, whatever its time, does not undo the amendment.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    access::{Reader, Tx},
    clients::ClientRow,
    columns::{micros, one_row},
    error::StoreError,
    groups::among,
    schema::clients,
    vault::Cell,
};
use crate::domain::{
    id::ClientId,
    loan::ClientRecord,
    person::{Person, PersonName, Phone},
    validation::ValidationError,
};

const TABLE: &str = "clients";

/// Names and telephone as they are stored. That form is canonical, so they are compared without being
/// parsed.
#[derive(Serialize, Deserialize)]
pub struct PersonText {
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

    fn parse(&self) -> Result<Person, ValidationError> {
        let name = |text: &Option<String>| text.as_deref().map(PersonName::parse).transpose();
        Ok(Person {
            family_name: PersonName::parse(&self.family_name)?,
            given_name: name(&self.given_name)?,
            patronymic: name(&self.patronymic)?,
            phone: Phone::parse(&self.phone)?,
        })
    }

    /// Which fields are others than that person's, by their names in the API.
    #[must_use]
    pub fn differences(&self, person: &Person) -> Vec<&'static str> {
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
pub struct KnownPerson {
    /// as they are stored
    pub stored: PersonText,
    /// where a branch has amended them since the last push
    amendment: Option<Amendment>,
}

struct Amendment {
    amended: Person,
    last_push: Person,
}

impl KnownPerson {
    /// Whether the loan system's last push said the same, whatever a branch has amended since.
    pub fn is_last_push(&self, pushed: &Person) -> bool {
        match &self.amendment {
            Some(amendment) => amendment.last_push == *pushed,
            None => self.stored.differences(pushed).is_empty(),
        }
    }

    /// The client after a push; `None` where nothing that a branch amended remains beside what is pushed.
    pub fn amended_after(&self, pushed: &Person) -> Option<Person> {
        let Amendment { amended, last_push } = self.amendment.as_ref()?;
        Some(amended.updated_by(pushed, last_push)).filter(|after| after != pushed)
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
    pub fn known_persons(
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
            let corrupt = |why: String| StoreError::corrupt(TABLE, &row.id, why);
            let parse = |text: &PersonText| {
                let parsed = text.parse();
                parsed.map_err(|error| corrupt(error.code().to_owned()))
            };
            let last_push = maybe("last_push", &row.last_push_encrypted)?
                .map(|text| serde_json::from_str::<PersonText>(&text))
                .transpose()
                .map_err(|error| corrupt(error.to_string()))?;
            let amendment = match last_push {
                Some(last_push) => Some(Amendment {
                    amended: parse(&stored)?,
                    last_push: parse(&last_push)?,
                }),
                None => None,
            };
            let known = KnownPerson { stored, amendment };
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
        let last_push = self.encrypt_push(&stored.id, &stored.person)?;
        let not_stored = clients::table
            .find(&stored.id)
            .filter(clients::last_push_encrypted.is_null());
        diesel::update(not_stored)
            .set(clients::last_push_encrypted.eq(last_push))
            .execute(self.connection)?;
        Ok(())
    }

    /// Updates a client by a push beside which a branch's amendments remain: `amended` is the client
    /// after it. The caller has to have locked the client's number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn update_amended(
        &mut self,
        id: &ClientId,
        amended: &Person,
        pushed: &ClientRecord,
    ) -> Result<(), StoreError> {
        let last_push = self.encrypt_push(id, &pushed.person)?;
        let changed = diesel::update(clients::table.find(id))
            .set((
                self.encrypt_person(id, amended),
                clients::as_of.eq(micros(pushed.as_of)),
                clients::last_push_encrypted.eq(last_push),
            ))
            .execute(self.connection)?;
        one_row(TABLE, id, changed)
    }

    fn encrypt_push(&self, id: &ClientId, person: &Person) -> Result<Vec<u8>, StoreError> {
        let text = serde_json::to_string(&PersonText::of(person))
            .map_err(|error| StoreError::corrupt(TABLE, id, error))?;
        Ok(self.vault.encrypt(cell("last_push", id), &text))
    }
}
