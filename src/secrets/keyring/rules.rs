//! What makes a list of keys a keyring, and how a new key is named.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use super::key::{Key, KeyProblem, KeyState, Purpose};
use crate::secrets::rng::SystemRng;

/// A new key called `purpose-YYYY-MM-DD-xxxx`, unlike all of `others` in name
/// and tag.
pub(super) fn fresh(
    others: &[Arc<Key>],
    purpose: Purpose,
    state: KeyState,
    rng: &SystemRng,
    now: DateTime<Utc>,
) -> Arc<Key> {
    loop {
        let [a, b] = rng.array();
        let id = format!("{purpose}-{}-{a:02x}{b:02x}", now.format("%Y-%m-%d"));
        let key = Key::new(purpose, id, state, rng, now);
        let clash = |other: &Arc<Key>| other.id == key.id || other.tag() == key.tag();
        if !others.iter().any(clash) {
            return Arc::new(key);
        }
    }
}

pub(super) fn check_names(keys: &[Arc<Key>]) -> Result<(), KeyProblem> {
    for (at, key) in keys.iter().enumerate() {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if key.id.is_empty() || key.id.len() > 40 || !key.id.bytes().all(allowed) {
            let purpose = key.purpose;
            let position = 1 + keys[..at].iter().filter(|k| k.purpose == purpose).count();
            return Err(KeyProblem::BadId { purpose, position });
        }
        if keys[..at].iter().any(|before| before.id == key.id) {
            return Err(KeyProblem::SameId(key.id.clone()));
        }
    }
    Ok(())
}

pub(super) fn check_secrets(keys: &[Arc<Key>]) -> Result<(), KeyProblem> {
    for (at, key) in keys.iter().enumerate() {
        let (purpose, id) = (key.purpose, key.id.clone());
        if key.secret.iter().all(|byte| *byte == key.secret[0]) {
            let problem = "its secret is one byte repeated, not a random one".to_owned();
            return Err(KeyProblem::Malformed {
                purpose,
                id,
                problem,
            });
        }
        for before in &keys[..at] {
            if bool::from(before.secret.ct_eq(&*key.secret)) {
                return Err(KeyProblem::SameSecret(before.id.clone(), id));
            }
            if before.purpose == purpose && before.tag() == key.tag() {
                let problem = format!("its tag is that of {} by chance: make another", before.id);
                return Err(KeyProblem::Malformed {
                    purpose,
                    id,
                    problem,
                });
            }
        }
    }
    Ok(())
}

pub(super) fn check_active(keys: &[Arc<Key>], purpose: Purpose) -> Result<(), KeyProblem> {
    let is_active = |key: &&Arc<Key>| key.purpose == purpose && key.state == KeyState::Active;
    let mut active = keys.iter().filter(is_active);
    let first = active.next().ok_or(KeyProblem::NoActive(purpose))?;
    match active.next() {
        None => Ok(()),
        Some(second) => Err(KeyProblem::TwoActive {
            purpose,
            first: first.id.clone(),
            second: second.id.clone(),
        }),
    }
}
