//! What the loan system last pushed about a client. Where a branch has amended the client since, that is
//! kept beside what is held, so that the same push sent again is known for what it is and does not undo
//! the amendment.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    access::{Reader, Tx},
    clients::ClientRow,
    error::StoreError,
    groups::among,
    schema::clients,
    vault::Place,
};
use crate::domain::person::{Person, PersonName};

const TABLE: &str = "clients";

/// Names and telephone in the form in which they are kept. That form is canonical, so to compare them
/// they need not be parsed again.
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

    /// Whether these are that person's.
    #[must_use]
    pub fn is(&self, person: &Person) -> bool {
        self.differences(person).is_empty()
    }

    /// Which fields are others than that person's, by their names in the API.
    #[must_use]
    pub fn differences(&self, person: &Person) -> Vec<&'static str> {
        let is = |held: &Option<String>, name: &Option<PersonName>| {
            held.as_deref() == name.as_ref().map(PersonName::as_str)
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
    /// as they are held
    pub held: PersonText,
    /// as the loan system last pushed them, where a branch has amended them since
    amended_from: Option<PersonText>,
}

impl KnownPerson {
    /// As the loan system last pushed them.
    #[must_use]
    pub fn last_pushed(&self) -> &PersonText {
        self.amended_from.as_ref().unwrap_or(&self.held)
    }
}

#[derive(QueryableByName)]
#[diesel(table_name = clients)]
struct SealedPerson {
    id: String,
    client_number: String,
    family_name_sealed: Vec<u8>,
    given_name_sealed: Option<Vec<u8>>,
    patronymic_sealed: Option<Vec<u8>>,
    phone_sealed: Vec<u8>,
    last_push_sealed: Option<Vec<u8>>,
}

fn place<'r>(column: &'static str, row: &'r str) -> Place<'r> {
    Place {
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
        let select = "SELECT id, client_number, family_name_sealed, given_name_sealed, \
                      patronymic_sealed, phone_sealed, last_push_sealed \
                      FROM clients WHERE client_number";
        let rows: Vec<SealedPerson> = among(self.connection, select, numbers)?;
        let opened = rows.into_iter().map(|row| {
            let open = |column, sealed: &[u8]| -> Result<String, StoreError> {
                Ok((*self.vault.open(place(column, &row.id), sealed)?).clone())
            };
            let maybe = |column, sealed: &Option<Vec<u8>>| {
                let sealed = sealed.as_deref();
                sealed.map(|sealed| open(column, sealed)).transpose()
            };
            let held = PersonText {
                family_name: open("family_name", &row.family_name_sealed)?,
                given_name: maybe("given_name", &row.given_name_sealed)?,
                patronymic: maybe("patronymic", &row.patronymic_sealed)?,
                phone: open("phone", &row.phone_sealed)?,
            };
            let amended_from = maybe("last_push", &row.last_push_sealed)?
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| StoreError::corrupt(TABLE, &row.id, error))?;
            let known = KnownPerson { held, amended_from };
            Ok((row.client_number, known))
        });
        opened.collect()
    }
}

impl Tx<'_> {
    /// Keeps what the loan system last pushed about a client, before a branch amends it. Where it is
    /// kept already, or the loan system has never pushed the client, there is nothing to keep.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn keep_last_push(&mut self, held: &ClientRow) -> Result<(), StoreError> {
        if held.as_of.is_none() {
            return Ok(());
        }
        let text = serde_json::to_string(&PersonText::of(&held.person))
            .map_err(|error| StoreError::corrupt(TABLE, &held.id, error))?;
        let sealed = self.vault.seal(place("last_push", &held.id), &text);
        let not_kept = clients::table
            .find(&held.id)
            .filter(clients::last_push_sealed.is_null());
        diesel::update(not_kept)
            .set(clients::last_push_sealed.eq(sealed))
            .execute(self.connection)?;
        Ok(())
    }
}
