//! What the store needs of key material to turn values into rows and back.

use zeroize::Zeroizing;

use super::error::StoreError;
use crate::secrets::{chance::Chance, live::LiveKeys};

/// The keys in force, and chance for nonces.
pub struct Vault {
    /// encrypt and decrypt fields, and make look-up values of what is encrypted
    pub keys: LiveKeys,
    /// the source of nonces
    pub chance: Chance,
}

/// Where a sealed value stands; it opens nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub table: &'static str,
    pub column: &'static str,
    pub row: &'a str,
}

impl Vault {
    pub(super) fn seal(&self, place: Place<'_>, plain: &str) -> Vec<u8> {
        self.keys.now().cipher.encrypt(
            &self.chance,
            place.table,
            place.column,
            place.row,
            plain.as_bytes(),
        )
    }

    pub(super) fn open(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, StoreError> {
        let corrupt = |why: String| {
            StoreError::corrupt(place.table, place.row, format!("{}: {why}", place.column))
        };
        let plain = self
            .keys
            .now()
            .cipher
            .decrypt(place.table, place.column, place.row, sealed)
            .map_err(|error| corrupt(error.to_string()))?;
        let text = std::str::from_utf8(&plain).map_err(|error| corrupt(error.to_string()))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    pub(super) fn phone_index(&self, phone: &str) -> Vec<u8> {
        self.keys.now().index.marked(PHONE, phone)
    }

    /// The index values under every key that is still read.
    pub(super) fn phone_indexes(&self, phone: &str) -> Vec<Vec<u8>> {
        self.keys.now().index.all_marked(PHONE, phone)
    }
}

const PHONE: &str = "clients.phone";
