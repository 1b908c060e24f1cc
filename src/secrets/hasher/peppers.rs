//! The peppers in force, and the stand-in for a missing hash.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::secrets::keyring::{Key, Keyring, Purpose};
use crate::secrets::phc::{Cost, Phc};
use crate::secrets::rng::SystemRng;

/// argon2's secret input, with the name that stored hashes give it.
pub(super) struct Pepper {
    id: String,
    secret: Zeroizing<[u8; 32]>,
}

impl Pepper {
    fn of(key: &Key) -> Arc<Self> {
        Arc::new(Self {
            id: key.id().to_owned(),
            secret: key.subkey("argon2"),
        })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

/// The peppers of a keyring.
pub(super) struct Peppers {
    active: Arc<Pepper>,
    reading: Vec<Arc<Pepper>>,
}

impl Peppers {
    pub(crate) fn of(keyring: &Keyring) -> Self {
        let mut peppers = keyring.active_first(Purpose::Pepper).map(Pepper::of);
        let active = peppers
            .next()
            .expect("active_first gives the active key first");
        Self {
            active,
            reading: peppers.collect(),
        }
    }

    pub(crate) fn active(&self) -> &Arc<Pepper> {
        &self.active
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Arc<Pepper>> {
        std::iter::once(&self.active)
            .chain(&self.reading)
            .find(|pepper| pepper.id == id)
    }
}

/// The stand-in for a missing hash: made at start, so that no literal in the code can be somebody's
/// passphrase.
pub(super) struct Decoy {
    secret: Zeroizing<[u8; 32]>,
    salt: [u8; 16],
    hash: [u8; 32],
}

impl Decoy {
    pub(crate) fn new(rng: &SystemRng) -> Self {
        Self {
            secret: Zeroizing::new(rng.array()),
            salt: rng.array(),
            hash: rng.array(),
        }
    }

    pub(crate) fn secret(&self) -> &[u8] {
        self.secret.as_slice()
    }

    pub(crate) fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// Stands in for a missing hash, at the current cost.
    pub(crate) fn phc(&self, cost: Cost, pepper: &Pepper) -> Phc {
        let pepper_id = pepper.id.clone();
        Phc {
            cost,
            pepper_id,
            salt: self.salt,
            hash: self.hash,
        }
    }
}
