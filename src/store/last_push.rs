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
    vault::Place,
};
use crate::domain::{
    flaw::Flaw,
    loan::ClientRecord,
    person::{Person, PersonName, Phone},
};

const TABLE: &str = "clients";

/// Names and telephone in the form in which they are stored. That form is canonical, so to compare them
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

    fn parse(&self) -> Result<Person, Flaw> {
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
    #[must_use]
    pub fn is_last_push(&self, pushed: &Person) -> bool {
        match &self.amendment {
            Some(amendment) => amendment.last_push == *pushed,
            None => self.stored.differences(pushed).is_empty(),
        }
    }

    /// The client after a push; `None` where nothing that a branch amended remains beside what is pushed.
    #[must_use]
    pub fn amended_after(&self, pushed: &Person) -> Option<Person> {
        let Amendment { amended, last_push } = self.amendment.as_ref()?;
        Some(amended.updated_by(pushed, last_push)).filter(|after| after != pushed)
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
            let stored = PersonText {
                family_name: open("family_name", &row.family_name_sealed)?,
                given_name: maybe("given_name", &row.given_name_sealed)?,
                patronymic: maybe("patronymic", &row.patronymic_sealed)?,
                phone: open("phone", &row.phone_sealed)?,
            };
            let amendment = maybe("last_push", &row.last_push_sealed)?
                .map(|text| {
                    let last_push: PersonText = serde_json::from_str(&text)
                        .map_err(|error| StoreError::corrupt(TABLE, &row.id, error))?;
                    let person = |text: &PersonText| {
                        let parsed = text.parse();
                        parsed.map_err(|flaw| StoreError::corrupt(TABLE, &row.id, flaw.code()))
                    };
                    Ok::<_, StoreError>(Amendment {
                        amended: person(&stored)?,
                        last_push: person(&last_push)?,
                    })
                })
                .transpose()?;
            let known = KnownPerson { stored, amendment };
            Ok((row.client_number, known))
        });
        opened.collect()
    }
}

impl Tx<'_> {
    /// Stores what the loan system last pushed about a client, before a branch amends it. Where it is
    /// stored already, or the loan system has never pushed the client, there is nothing to store.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn keep_last_push(&mut self, held: &ClientRow) -> Result<(), StoreError> {
        if held.as_of.is_none() {
            return Ok(());
        }
        let last_push = self.encrypted_push(&held.id, &held.person)?;
        let not_stored = clients::table
            .find(&held.id)
            .filter(clients::last_push_sealed.is_null());
        diesel::update(not_stored)
            .set(clients::last_push_sealed.eq(last_push))
            .execute(self.connection)?;
        Ok(())
    }

    /// Updates a client by a push beside which a branch's amendments remain: `amended` is the client
    /// after it. The client's number has to be locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn update_amended(
        &mut self,
        id: &str,
        amended: &Person,
        pushed: &ClientRecord,
    ) -> Result<(), StoreError> {
        let last_push = self.encrypted_push(id, &pushed.person)?;
        let changed = diesel::update(clients::table.find(id))
            .set((
                self.seal_person(id, amended),
                clients::as_of.eq(micros(pushed.as_of)),
                clients::last_push_sealed.eq(last_push),
            ))
            .execute(self.connection)?;
        one_row(TABLE, id, changed)
    }

    fn encrypted_push(&self, id: &str, person: &Person) -> Result<Vec<u8>, StoreError> {
        let text = serde_json::to_string(&PersonText::of(person))
            .map_err(|error| StoreError::corrupt(TABLE, id, error))?;
        Ok(self.vault.seal(place("last_push", id), &text))
    }
}
