//! Check values of the keys under which data was written, so that a missing or a wrong key is found
//! at the start and not in a value that does not open.

use diesel::{connection::SimpleConnection, prelude::*};

use super::{
    access::{Reader, UnauditedTx},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::key_checks,
};

/// A key's id, purpose and check value.
pub(crate) type KeyCheckRow = (String, String, String);

fn recorded(connection: &mut AnyConnection) -> Result<Vec<KeyCheckRow>, StoreError> {
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
    pub(crate) fn key_checks(&mut self) -> Result<Vec<KeyCheckRow>, StoreError> {
        recorded(self.connection)
    }
}

impl UnauditedTx<'_> {
    /// Records keys and gives all that are recorded. The keys of a keyring that was just made are
    /// recorded only where there are none: of two instances that start at once, one starts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn record_keys(
        &mut self,
        checks: &[KeyCheckRow],
        keyring_is_new: bool,
    ) -> Result<Vec<KeyCheckRow>, StoreError> {
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
