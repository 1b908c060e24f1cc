//! Check values of the keys under which data was written, so that a missing or a wrong key is found
//! at the start and not in a value that does not open.

use diesel::{connection::SimpleConnection, prelude::*};

use super::{
    access::{Reader, Tally},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::key_checks,
};

/// A key's id, purpose and check value.
pub type KeptCheck = (String, String, String);

fn recorded(connection: &mut AnyConnection) -> Result<Vec<KeptCheck>, StoreError> {
    let columns = (
        key_checks::key_id,
        key_checks::purpose,
        key_checks::check_value,
    );
    Ok(key_checks::table
        .select(columns)
        .order(key_checks::key_id)
        .load(connection)?)
}

impl Reader<'_> {
    /// Every key that data may hang on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn key_checks(&mut self) -> Result<Vec<KeptCheck>, StoreError> {
        recorded(self.connection)
    }
}

impl Tally<'_> {
    /// Remembers keys and gives all that are remembered. The keys of a keyring that was just made are
    /// remembered only where none are: of two instances that begin at once, one begins.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remember_keys(
        &mut self,
        checks: &[KeptCheck],
        keyring_is_new: bool,
    ) -> Result<Vec<KeptCheck>, StoreError> {
        if let AnyConnection::Postgres(postgres) = &mut self.connection {
            postgres.batch_execute("LOCK TABLE key_checks IN EXCLUSIVE MODE")?;
        }
        let known = recorded(self.connection)?;
        if keyring_is_new && !known.is_empty() {
            return Ok(known);
        }
        for (id, purpose, value) in checks {
            if !known.iter().any(|(known, ..)| known == id) {
                diesel::insert_into(key_checks::table)
                    .values((
                        key_checks::key_id.eq(id),
                        key_checks::purpose.eq(purpose),
                        key_checks::check_value.eq(value),
                    ))
                    .execute(self.connection)?;
            }
        }
        recorded(self.connection)
    }
}
