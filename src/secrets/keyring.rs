//! The keyring: for each purpose one key that makes new things and the older
//! ones that still read old things.

mod disk;
mod error;
mod file;
mod key;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::rng::SystemRng;
use rules::{check_active, check_names, check_secrets, fresh};

pub use error::KeyringError;
pub use key::{Key, KeyCheck, KeyProblem, KeyState, Purpose};

/// All keys. A value: what changes it gives a new one, and `save` keeps it.
/// Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[Arc<Key>]>,
    warnings: Arc<[String]>,
}

impl Keyring {
    /// A new keyring with one active key for every purpose.
    pub fn generate(rng: &SystemRng, now: DateTime<Utc>) -> Self {
        let mut keys: Vec<Arc<Key>> = Vec::new();
        for purpose in Purpose::ALL {
            keys.push(fresh(&keys, purpose, KeyState::Active, rng, now));
        }
        Self {
            keys: keys.into(),
            warnings: [].into(),
        }
    }

    fn checked(keys: Vec<Arc<Key>>, warnings: Vec<String>) -> Result<Self, KeyProblem> {
        check_names(&keys)?;
        check_secrets(&keys)?;
        for purpose in Purpose::ALL {
            check_active(&keys, purpose)?;
        }
        Ok(Self {
            keys: keys.into(),
            warnings: warnings.into(),
        })
    }

    /// The key that makes what is new.
    pub fn active(&self, purpose: Purpose) -> &Key {
        self.of(purpose)
            .find(|key| key.state == KeyState::Active)
            .expect("a keyring without an active key for each purpose is never built")
    }

    /// The keys of one purpose, in the order of the file.
    pub(crate) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Key> {
        self.keys
            .iter()
            .map(Arc::as_ref)
            .filter(move |key| key.purpose == purpose)
    }

    /// The keys of one purpose, the active one first.
    pub(crate) fn active_first(&self, purpose: Purpose) -> impl Iterator<Item = &Key> {
        let reading = self
            .of(purpose)
            .filter(|key| key.state == KeyState::Reading);
        std::iter::once(self.active(purpose)).chain(reading)
    }

    /// Every key, purpose by purpose.
    pub fn all(&self) -> impl Iterator<Item = &Key> {
        Purpose::ALL
            .into_iter()
            .flat_map(|purpose| self.of(purpose))
    }

    /// The key of that name, where the keyring has it.
    pub fn by_id(&self, purpose: Purpose, id: &str) -> Option<&Key> {
        self.of(purpose).find(|key| key.id == id)
    }

    /// What the operator should mend but need not, such as a key file that
    /// others may read. In words, without secrets.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Adds a key that only reads, so that every instance can have it before it
    /// is activated. Gives the new keyring and the key's id.
    pub(crate) fn add(
        &self,
        purpose: Purpose,
        rng: &SystemRng,
        now: DateTime<Utc>,
    ) -> (Self, String) {
        let key = fresh(&self.keys, purpose, KeyState::Reading, rng, now);
        let id = key.id.clone();
        (
            self.with(self.keys.iter().cloned().chain([key]).collect()),
            id,
        )
    }

    /// Lets a key that only reads make what is new; the one that did so reads on.
    ///
    /// # Errors
    /// [`KeyProblem::Unknown`] where there is no such key.
    pub(crate) fn activate(&self, purpose: Purpose, id: &str) -> Result<Self, KeyProblem> {
        self.require(purpose, id)?;
        let keys = self.keys.iter().map(|key| match key.purpose == purpose {
            true if key.id == id => key.in_state(KeyState::Active),
            true => key.in_state(KeyState::Reading),
            false => Arc::clone(key),
        });
        Ok(self.with(keys.collect()))
    }

    /// Adds a key and activates it. Gives the new keyring and the key's id.
    pub(crate) fn rotate(
        &self,
        purpose: Purpose,
        rng: &SystemRng,
        now: DateTime<Utc>,
    ) -> (Self, String) {
        let (added, id) = self.add(purpose, rng, now);
        let rotated = added
            .activate(purpose, &id)
            .expect("the key was added the line before");
        (rotated, id)
    }

    /// Takes a key out for good. Ask first that nothing was made with it that is
    /// still needed: that is the database's knowledge.
    ///
    /// # Errors
    /// [`KeyProblem::Unknown`], or [`KeyProblem::StillActive`].
    pub(crate) fn retire(&self, purpose: Purpose, id: &str) -> Result<Self, KeyProblem> {
        if self.require(purpose, id)?.state == KeyState::Active {
            return Err(KeyProblem::StillActive {
                purpose,
                id: id.to_owned(),
            });
        }
        Ok(self.with(
            self.keys
                .iter()
                .filter(|key| key.id != id)
                .cloned()
                .collect(),
        ))
    }

    /// The check values of all keys, for the database to keep.
    pub fn checks(&self) -> Vec<KeyCheck> {
        let check = |key: &Key| KeyCheck {
            purpose: key.purpose,
            id: key.id.clone(),
            value: key.check_value(),
        };
        self.all().map(check).collect()
    }

    /// Compares with what the database recorded; gives the checks that it does
    /// not hold yet.
    ///
    /// # Errors
    /// [`KeyProblem::Missing`] or [`KeyProblem::Wrong`] for the first recorded
    /// key that is not here, or is another under the same name.
    pub(crate) fn compare(&self, recorded: &[KeyCheck]) -> Result<Vec<KeyCheck>, KeyProblem> {
        for KeyCheck { purpose, id, value } in recorded {
            let (purpose, missing) = (*purpose, id.clone());
            let key = self.by_id(purpose, id).ok_or(KeyProblem::Missing {
                purpose,
                id: missing,
            })?;
            if key.check_value() != *value {
                let (found, expected) = (key.check_value(), value.clone());
                return Err(KeyProblem::Wrong {
                    purpose,
                    id: id.clone(),
                    found,
                    expected,
                });
            }
        }
        let is_new = |check: &KeyCheck| !recorded.iter().any(|known| known.id == check.id);
        Ok(self.checks().into_iter().filter(is_new).collect())
    }

    fn require(&self, purpose: Purpose, id: &str) -> Result<&Key, KeyProblem> {
        self.by_id(purpose, id).ok_or_else(|| KeyProblem::Unknown {
            purpose,
            id: id.to_owned(),
        })
    }

    fn with(&self, keys: Vec<Arc<Key>>) -> Self {
        Self {
            keys: keys.into(),
            warnings: Arc::clone(&self.warnings),
        }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
