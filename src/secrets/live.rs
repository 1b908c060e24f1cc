//! Everything made of the keyring, exchanged at one stroke when the keyring changes.

use std::sync::{Arc, PoisonError, RwLock};

use super::field::FieldCipher;
use super::index::BlindIndex;
use super::keyring::Keyring;
use super::seal::Seals;
use super::token::{TokenSettings, Tokens};

/// What is made of one keyring.
pub struct KeySet {
    /// the keyring itself
    pub keyring: Keyring,
    /// encrypts and decrypts fields
    pub cipher: FieldCipher,
    /// look-up values of what is encrypted or named
    pub index: BlindIndex,
    /// access tokens
    pub tokens: Tokens,
    /// seals of the audit
    pub seals: Seals,
}

impl KeySet {
    fn of(keyring: &Keyring) -> Self {
        Self {
            keyring: keyring.clone(),
            cipher: FieldCipher::new(keyring),
            index: BlindIndex::new(keyring),
            tokens: Tokens::new(keyring, TokenSettings::default()),
            seals: Seals::new(keyring),
        }
    }
}

/// The keys in force. Cheap to clone; clones change together.
#[derive(Clone)]
pub struct LiveKeys(Arc<RwLock<Arc<KeySet>>>);

impl LiveKeys {
    /// The keys of a keyring.
    pub(crate) fn new(keyring: &Keyring) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(KeySet::of(keyring)))))
    }

    /// The keys as of now. Whoever holds them is not disturbed by a change.
    pub fn now(&self) -> Arc<KeySet> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    /// Takes another keyring from here on.
    pub(crate) fn replace(&self, keyring: &Keyring) {
        let made = Arc::new(KeySet::of(keyring));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = made;
    }
}
