//! Values encrypted at rest, each bound to its table, column and row.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key as CipherKey, Tag, XChaCha20Poly1305, XNonce};
use thiserror::Error;
use zeroize::Zeroizing;

use super::keyring::{Keyring, Purpose};
use super::rng::SystemRng;

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 5;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// By how many bytes an encrypted value is longer than the plain one.
pub(crate) const OVERHEAD_BYTES: usize = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

/// Encrypts and decrypts single values with XChaCha20-Poly1305 (RFC 8439; draft-irtf-cfrg-xchacha): its
/// nonces are long enough to be random.
///
/// An encrypted value is a version byte, the first four bytes of its key's check value, the nonce, the
/// ciphertext and the tag. The associated data are version and key, then table, column and row id, each
/// with its length before it: a value that was moved cannot be decrypted.
pub struct FieldCipher {
    /// The active key's first.
    keys: Vec<FieldKey>,
}

struct FieldKey {
    id: String,
    header: [u8; HEADER_BYTES],
    cipher: XChaCha20Poly1305,
}

/// Why a value could not be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum DecryptionError {
    #[error("not an encrypted value, or one of a later version")]
    Malformed,
    #[error("encrypted with a key that is not in the keyring (its check value begins with {})", hex::encode(.0))]
    UnknownKey([u8; 4]),
    #[error("cannot be decrypted: changed, or moved from another row or column")]
    Unauthentic,
}

impl FieldCipher {
    /// Ciphers for every `field` key of the keyring.
    pub(crate) fn new(keyring: &Keyring) -> Self {
        let keys = keyring.active_first(Purpose::Field).map(|key| {
            let [a, b, c, d] = key.tag();
            FieldKey {
                id: key.id().to_owned(),
                header: [VERSION, a, b, c, d],
                cipher: XChaCha20Poly1305::new(&CipherKey::from(*key.subkey("xchacha20poly1305"))),
            }
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// Encrypts a value under the active key.
    pub(crate) fn encrypt(
        &self,
        rng: &SystemRng,
        table: &str,
        column: &str,
        row_id: &str,
        plain: &[u8],
    ) -> Vec<u8> {
        let key = &self.keys[0];
        let nonce: [u8; NONCE_BYTES] = rng.array();
        // It never grows after this, so no copy of the plain value is left behind.
        let mut encrypted = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        encrypted.extend_from_slice(&key.header);
        encrypted.extend_from_slice(&nonce);
        encrypted.extend_from_slice(plain);
        let place = associated(&key.header, table, column, row_id);
        let body = &mut encrypted[HEADER_BYTES + NONCE_BYTES..];
        let tag = key
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &place, body.into())
            .expect("a value in memory is shorter than ChaCha20's 256 GiB (RFC 8439 §2.8)");
        encrypted.extend_from_slice(&tag);
        encrypted
    }

    /// Decrypts a value that was encrypted for this table, column and row.
    ///
    /// # Errors
    /// [`DecryptionError`]; never a wrong value.
    pub(crate) fn decrypt(
        &self,
        table: &str,
        column: &str,
        row_id: &str,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DecryptionError> {
        let header = header_of(encrypted)?;
        let key = self.key_of(header).ok_or_else(|| unknown(header))?;
        let (nonce, rest) = encrypted[HEADER_BYTES..]
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(DecryptionError::Malformed)?;
        let (body, tag) = rest
            .split_last_chunk::<TAG_BYTES>()
            .ok_or(DecryptionError::Malformed)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let place = associated(header, table, column, row_id);
        key.cipher
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &place,
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| DecryptionError::Unauthentic)?;
        Ok(plain)
    }

    /// The id of the key that a value was encrypted with.
    ///
    /// # Errors
    /// [`DecryptionError::Malformed`] or [`DecryptionError::UnknownKey`].
    #[cfg(test)]
    pub(crate) fn key_id_of(&self, encrypted: &[u8]) -> Result<&str, DecryptionError> {
        let header = header_of(encrypted)?;
        let key = self.key_of(header).ok_or_else(|| unknown(header))?;
        Ok(&key.id)
    }

    /// The first bytes of every value under the active key: a value that begins otherwise has to be
    /// encrypted again.
    pub(crate) fn active_prefix(&self) -> [u8; HEADER_BYTES] {
        self.keys[0].header
    }

    /// The first bytes of every value under the key with an id.
    pub(crate) fn prefix_of(&self, key_id: &str) -> Option<[u8; HEADER_BYTES]> {
        self.keys
            .iter()
            .find(|key| key.id == key_id)
            .map(|key| key.header)
    }

    fn key_of(&self, header: &[u8; HEADER_BYTES]) -> Option<&FieldKey> {
        self.keys.iter().find(|key| key.header == *header)
    }
}

fn header_of(encrypted: &[u8]) -> Result<&[u8; HEADER_BYTES], DecryptionError> {
    match encrypted.first_chunk::<HEADER_BYTES>() {
        Some(header) if header[0] == VERSION => Ok(header),
        _ => Err(DecryptionError::Malformed),
    }
}

fn unknown(header: &[u8; HEADER_BYTES]) -> DecryptionError {
    let [_, a, b, c, d] = *header;
    DecryptionError::UnknownKey([a, b, c, d])
}

fn associated(header: &[u8; HEADER_BYTES], table: &str, column: &str, row_id: &str) -> Vec<u8> {
    let parts = [table, column, row_id];
    let length = parts.iter().map(|part| 8 + part.len()).sum::<usize>();
    let mut place = Vec::with_capacity(HEADER_BYTES + length);
    place.extend_from_slice(header);
    for part in parts {
        place.extend_from_slice(&(part.len() as u64).to_be_bytes());
        place.extend_from_slice(part.as_bytes());
    }
    place
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn keyring() -> Keyring {
        Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH)
    }

    fn encrypted(cipher: &FieldCipher, plain: &str) -> Vec<u8> {
        cipher.encrypt(
            &SystemRng::seeded(2),
            "clients",
            "phone",
            "id-1",
            plain.as_bytes(),
        )
    }

    #[test]
    fn a_value_is_decrypted_in_its_own_place() {
        let cipher = FieldCipher::new(&keyring());
        let value = encrypted(&cipher, "+77011234567");
        assert_eq!(value.len(), 12 + OVERHEAD_BYTES);
        let decrypted = cipher
            .decrypt("clients", "phone", "id-1", &value)
            .expect("it was encrypted there");
        assert_eq!(*decrypted, b"+77011234567");
    }

    #[test]
    fn a_value_that_was_moved_does_not_open() {
        let cipher = FieldCipher::new(&keyring());
        let value = encrypted(&cipher, "+77011234567");
        let places = [
            ("clients", "phone", "id-2"),
            ("clients", "family_name", "id-1"),
            ("applications", "phone", "id-1"),
            ("client", "sphone", "id-1"),
        ];
        for (table, column, row) in places {
            let decrypted = cipher.decrypt(table, column, row, &value);
            assert_eq!(decrypted, Err(DecryptionError::Unauthentic));
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let (cipher, rng) = (FieldCipher::new(&keyring()), SystemRng::seeded(3));
        let encrypt = || cipher.encrypt(&rng, "clients", "phone", "id-1", b"same");
        assert_ne!(encrypt(), encrypt());
    }

    #[test]
    fn after_a_rotation_old_values_open_and_new_ones_take_the_new_key() {
        let old = keyring();
        let value = encrypted(&FieldCipher::new(&old), "name");
        let (new, new_id) = old.rotate(Purpose::Field, &SystemRng::seeded(4), DateTime::UNIX_EPOCH);
        let cipher = FieldCipher::new(&new);
        let old_id = old.active(Purpose::Field).id();
        assert_eq!(cipher.key_id_of(&value), Ok(old_id));
        assert_eq!(cipher.prefix_of(old_id), value.first_chunk().copied());
        assert!(!value.starts_with(&cipher.active_prefix()));
        assert!(cipher.decrypt("clients", "phone", "id-1", &value).is_ok());
        assert_eq!(
            cipher.key_id_of(&encrypted(&cipher, "name")),
            Ok(new_id.as_str())
        );
    }

    #[test]
    fn a_missing_key_is_told_by_its_check_value() {
        let value = encrypted(&FieldCipher::new(&keyring()), "name");
        let other = Keyring::generate(&SystemRng::seeded(9), DateTime::UNIX_EPOCH);
        let refused = FieldCipher::new(&other).decrypt("clients", "phone", "id-1", &value);
        let message = refused.expect_err("the key is another").to_string();
        let check = keyring().active(Purpose::Field).check_value();
        assert!(message.contains(&check[..8]), "says only: {message}");
    }

    proptest! {
        #[test]
        fn whatever_is_encrypted_can_be_decrypted(plain: Vec<u8>, row in "\\PC{0,40}") {
            let cipher = FieldCipher::new(&keyring());
            let value = cipher.encrypt(&SystemRng::os(), "clients", "phone", &row, &plain);
            let decrypted = cipher.decrypt("clients", "phone", &row, &value);
            prop_assert_eq!(decrypted.as_deref(), Ok(&plain));
        }

        #[test]
        fn one_changed_bit_anywhere_does_not_open(at: prop::sample::Index, bit in 0u8..8) {
            let cipher = FieldCipher::new(&keyring());
            let mut value = encrypted(&cipher, "Әділ");
            let at = at.index(value.len());
            value[at] ^= 1 << bit;
            prop_assert!(cipher.decrypt("clients", "phone", "id-1", &value).is_err());
        }

        #[test]
        fn no_bytes_make_the_decryption_panic(value: Vec<u8>, of_this_key: bool) {
            let cipher = FieldCipher::new(&keyring());
            let mut bytes = if of_this_key { cipher.active_prefix().to_vec() } else { vec![] };
            bytes.extend(value);
            prop_assert!(cipher.decrypt("clients", "phone", "id-1", &bytes).is_err());
        }
    }
}
