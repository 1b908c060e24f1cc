//! Seals: Ed25519 signatures over the audit, and their verification by anyone.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::keyring::{Keyring, Purpose};

/// Signs with the active `seal` key and verifies with all of them (Ed25519,
/// RFC 8032).
pub struct Seals {
    /// The active key's first.
    keys: Vec<(String, SigningKey)>,
}

impl Seals {
    /// Seals under every `seal` key of the keyring.
    pub fn new(keyring: &Keyring) -> Self {
        let keys = keyring.active_first(Purpose::Seal).map(|key| {
            (
                key.id().to_owned(),
                SigningKey::from_bytes(&key.subkey("ed25519")),
            )
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// The active key's id and its signature of the message.
    pub fn sign(&self, message: &[u8]) -> (&str, [u8; 64]) {
        let (id, key) = &self.keys[0];
        (id, key.sign(message).to_bytes())
    }

    /// Whether the key of that id signed that message. False too where the
    /// keyring has no such key.
    #[cfg(test)]
    pub(crate) fn verify(&self, key_id: &str, message: &[u8], signature: &[u8]) -> bool {
        self.public_key(key_id)
            .is_some_and(|public| verify(&public, message, signature))
    }

    /// The public half of a key, which a verifier elsewhere needs. Store it with
    /// the seals: it must outlive the key.
    pub fn public_key(&self, key_id: &str) -> Option<[u8; 32]> {
        let (_, key) = self.keys.iter().find(|(id, _)| id == key_id)?;
        Some(key.verifying_key().to_bytes())
    }

    /// The id of the key that signs.
    pub fn active_key_id(&self) -> &str {
        &self.keys[0].0
    }
}

/// Whether the owner of a public key signed that message. Strict: neither weak
/// keys nor a second form of one signature are taken (RFC 8032 §5.1.7, §8.4).
pub(crate) fn verify(public_key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let Ok(public_key) = VerifyingKey::from_bytes(public_key) else {
        return false;
    };
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    public_key.verify_strict(message, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::secrets::rng::SystemRng;

    fn keyring() -> Keyring {
        Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_seal_is_verified_by_its_key_and_by_the_public_half_alone() {
        let seals = Seals::new(&keyring());
        let (id, signature) = seals.sign(b"events 1 to 9");
        assert_eq!(id, seals.active_key_id());
        assert!(seals.verify(id, b"events 1 to 9", &signature));
        let public = seals.public_key(id).expect("it is in the keyring");
        assert!(verify(&public, b"events 1 to 9", &signature));
        assert!(!verify(&public, b"events 1 to 8", &signature));
        assert!(!seals.verify("seal-unknown", b"events 1 to 9", &signature));
    }

    #[test]
    fn after_a_rotation_old_seals_still_verify() {
        let old = keyring();
        let before = Seals::new(&old);
        let (id, signature) = before.sign(b"events");
        let (new, new_id) = old.rotate(Purpose::Seal, &SystemRng::seeded(2), DateTime::UNIX_EPOCH);
        let after = Seals::new(&new);
        assert!(after.verify(id, b"events", &signature));
        assert_eq!(after.sign(b"events").0, new_id);
        assert!(!after.verify(&new_id, b"events", &signature));
    }

    #[test]
    fn a_weak_key_and_a_cut_signature_verify_nothing() {
        // The neutral element as a key would sign every message.
        let mut weak = [0; 32];
        weak[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!verify(&weak, b"anything", &signature));
        let seals = Seals::new(&keyring());
        let (id, signature) = seals.sign(b"events");
        assert!(!seals.verify(id, b"events", &signature[..63]));
        assert!(!seals.verify(id, b"events", &[]));
    }

    proptest! {
        #[test]
        fn one_changed_bit_breaks_a_seal(at in 0usize..64, bit in 0u8..8, message: Vec<u8>) {
            let seals = Seals::new(&keyring());
            let (id, mut signature) = seals.sign(&message);
            signature[at] ^= 1 << bit;
            prop_assert!(!seals.verify(id, &message, &signature));
        }

        #[test]
        fn no_bytes_make_verification_panic(key: [u8; 32], message: Vec<u8>, signature: Vec<u8>) {
            prop_assert!(!verify(&key, &message, &signature));
        }
    }
}
