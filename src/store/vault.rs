//! Encrypts values on their way into columns, and decrypts them on their way out.

use zeroize::Zeroizing;

use super::error::StoreError;
use crate::secrets::{live::LiveKeys, rng::SystemRng};

/// The keys in force, and the rng for nonces.
pub(crate) struct Vault {
    /// encrypt and decrypt fields, and make look-up values of what is encrypted
    pub keys: LiveKeys,
    /// the source of nonces
    pub rng: SystemRng,
}

/// The cell of an encrypted value: it decrypts in no other.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub table: &'static str,
    pub column: &'static str,
    pub row: &'a str,
}

impl Vault {
    pub(super) fn encrypt(&self, cell: Cell<'_>, plain: &str) -> Vec<u8> {
        self.keys.now().cipher.encrypt(
            &self.rng,
            cell.table,
            cell.column,
            cell.row,
            plain.as_bytes(),
        )
    }

    pub(super) fn decrypt(
        &self,
        cell: Cell<'_>,
        encrypted: &[u8],
    ) -> Result<Zeroizing<String>, StoreError> {
        let corrupt = |why: String| {
            StoreError::corrupt(cell.table, cell.row, format!("{}: {why}", cell.column))
        };
        let plain = self
            .keys
            .now()
            .cipher
            .decrypt(cell.table, cell.column, cell.row, encrypted)
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
