//! Keys are added, activated, counted and retired; stored values are encrypted and indexed again under the
//! active ones.
//!
//! The service keeps running: an instance rereads its keyring every few seconds. It decrypts with a new key
//! at once and encrypts with it a little later, when every other instance has it too.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    app::foundation::Foundation,
    domain::audit::{Action, Details, Event, EventOutcome, Origin},
    secrets::keyring::{Key, KeyProblem, KeyState, Keyring, KeyringError, Purpose},
    store::{ENCRYPTED, Rewrapped, StoreError, Traced},
};

/// Number of rows that one transaction rewrites.
const BATCH: i64 = 500;
/// How long an idempotency key is stored.
const IDEMPOTENCY: TimeDelta = TimeDelta::hours(24);
/// How long an instance may still use the key that was active before.
const CHANGE_OVER: TimeDelta = TimeDelta::seconds(60);

/// Why the keys were not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// the keyring file
    #[error("{0}")]
    Keyring(#[from] KeyringError),
    /// there is no such key, or its state does not allow it
    #[error("{0}")]
    Problem(#[from] KeyProblem),
    /// the key is still needed
    #[error("{id} is not retired: {in_use} still need it")]
    StillUsed {
        /// the key
        id: String,
        /// what needs it, in words
        in_use: String,
    },
    /// the database
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A key, and how many stored things need it.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// what it is for
    pub purpose: Purpose,
    /// its name
    pub id: String,
    /// whether it is the active one of its purpose
    pub is_active: bool,
    /// when it was made
    pub created_at: DateTime<Utc>,
    /// how many stored things need it
    pub in_use: i64,
    /// what these things are
    pub what: &'static str,
    /// whether they would be lost without it
    pub is_needed: bool,
    /// the public half of a seal key
    pub public_key: Option<[u8; 32]>,
}

/// Every key, and how many stored things need it.
pub async fn list(foundation: &Foundation) -> Result<Vec<KeyUse>, StoreError> {
    let keyring = foundation.keys.now().keyring.clone();
    let mut found = Vec::new();
    for key in keyring.all() {
        found.push(usage(foundation, &keyring, key).await?);
    }
    Ok(found)
}

async fn usage(
    foundation: &Foundation,
    keyring: &Keyring,
    key: &Key,
) -> Result<KeyUse, StoreError> {
    let (keys, id) = (foundation.keys.now(), key.id().to_owned());
    let now = foundation.clock.now();
    let active = keyring.active(key.purpose());
    let (active_id, made) = (active.id().to_owned(), active.created_at());
    let purpose = key.purpose();
    let mark = match purpose {
        Purpose::Field => keys.cipher.prefix_of(&id).map(|mark| mark.to_vec()),
        Purpose::Index => keys.index.mark_of(&id).map(|mark| mark.to_vec()),
        _ => None,
    };
    let mark = mark.unwrap_or_default();
    let is_active = key.state() == KeyState::Active;
    let (in_use, what, is_needed) = foundation
        .store
        .read(move |reader| {
            let over = reader.active_since(&active_id)?.unwrap_or(made) + CHANGE_OVER;
            Ok(match purpose {
                Purpose::Pepper => (reader.hashes_under(&id)?, "hashes", true),
                Purpose::Field => {
                    let in_use = reader.encrypted_by_mark()?.remove(&mark);
                    (in_use.unwrap_or_default(), "encrypted values", true)
                }
                Purpose::Index => {
                    let in_use = reader.indexed_by_mark()?.remove(&mark).unwrap_or_default();
                    if in_use > 0 || is_active {
                        (in_use, "look-up values", true)
                    } else {
                        let from = now - IDEMPOTENCY;
                        let requests = reader.idempotency_keys_between(from, over)?;
                        (requests, "idempotency keys of the last day", true)
                    }
                }
                // A token that an older key signed belongs to a session from before the change.
                Purpose::Token if is_active => (0, "sessions", true),
                Purpose::Token => (reader.sessions_opened_until(over, now)?, "sessions", true),
                Purpose::Seal => {
                    let newest = reader.newest_seal()?.map(|seal| seal.key_id);
                    let is_newest = newest.as_deref() == Some(id.as_str());
                    let what = if is_newest {
                        "seals, the newest among them"
                    } else {
                        "seals, whose public key is kept"
                    };
                    (reader.seals_under(&id)?, what, is_newest)
                }
                Purpose::Webhook => (0, "stored things", false),
            })
        })
        .await?;
    Ok(KeyUse {
        purpose,
        id: key.id().to_owned(),
        is_active,
        created_at: key.created_at(),
        in_use,
        what,
        is_needed,
        public_key: match purpose {
            Purpose::Seal => keys.seals.public_key(key.id()),
            _ => None,
        },
    })
}

/// Adds a key that only decrypts, so that every instance has it before it is activated.
pub async fn add(foundation: &Foundation, purpose: Purpose) -> Result<String, KeysError> {
    let keyring = &foundation.keys.now().keyring;
    let (keyring, id) = keyring.add(purpose, &foundation.rng, foundation.clock.now());
    keep(foundation, &keyring)?;
    foundation
        .store
        .record(event(foundation, EventOutcome::Added, &id))
        .await?;
    Ok(id)
}

/// Activates a key: one that was added before, or else a new one.
pub async fn rotate(
    foundation: &Foundation,
    purpose: Purpose,
    to: Option<String>,
) -> Result<String, KeysError> {
    let (keys, now) = (foundation.keys.now(), foundation.clock.now());
    let (keyring, id) = match to {
        Some(id) => (keys.keyring.activate(purpose, &id)?, id),
        None => keys.keyring.rotate(purpose, &foundation.rng, now),
    };
    keep(foundation, &keyring)?;
    let check = keyring.active(purpose).check_value();
    let check = (id.clone(), purpose.as_str().to_owned(), check);
    let rotated = event(foundation, EventOutcome::Rotated, &id);
    foundation
        .store
        .write(move |tx| {
            tx.note_activation(&check, now)?;
            Ok(Traced::new((), rotated.clone()))
        })
        .await?;
    Ok(id)
}

/// Removes a key, if nothing needs it any more.
pub async fn retire(foundation: &Foundation, purpose: Purpose, id: &str) -> Result<(), KeysError> {
    let keyring = foundation.keys.now().keyring.clone();
    let without = keyring.retire(purpose, id)?;
    if let Some(key) = keyring.by_id(purpose, id) {
        let used = usage(foundation, &keyring, key).await?;
        if used.is_needed && used.in_use > 0 {
            let in_use = format!("{} {}", used.in_use, used.what);
            let id = id.to_owned();
            return Err(KeysError::StillUsed { id, in_use });
        }
    }
    // The database first: if it still named a key that is gone, the next start would fail.
    let (forgotten, retired) = (id.to_owned(), event(foundation, EventOutcome::Retired, id));
    foundation
        .store
        .write(move |tx| {
            tx.forget_key(&forgotten)?;
            Ok(Traced::new((), retired.clone()))
        })
        .await?;
    keep(foundation, &without)
}

fn keep(foundation: &Foundation, keyring: &Keyring) -> Result<(), KeysError> {
    keyring.save(&foundation.settings.keyring)?;
    foundation.keys.replace(keyring);
    Ok(())
}

fn event(foundation: &Foundation, outcome: EventOutcome, subject: &str) -> Event {
    let now = foundation.clock.now();
    Event::of_nobody(&Origin::own("cli"), now, Action::KeysChanged)
        .subject(subject)
        .outcome(outcome)
}

/// What was rewritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anew {
    /// values that were rewritten
    pub done: usize,
    /// values that cannot be decrypted, each as `table.column row`
    pub unopened: Vec<String>,
}

/// How many values are not under the active keys.
pub async fn to_rewrap(foundation: &Foundation) -> Result<i64, StoreError> {
    let keys = foundation.keys.now();
    let (prefix, mark) = (keys.cipher.active_prefix(), keys.index.active_mark());
    let (sealed, indexed) = foundation
        .store
        .read(|reader| Ok((reader.encrypted_by_mark()?, reader.indexed_by_mark()?)))
        .await?;
    let old = sealed
        .iter()
        .filter(|(found, _)| found.as_slice() != prefix);
    let old_index = indexed.iter().filter(|(found, _)| found.as_slice() != mark);
    Ok(old.chain(old_index).map(|(_, number)| number).sum())
}

/// Rewrites every value that is not under the active field and index keys, batch by batch. It may be
/// stopped at any moment and started again: each value names its key.
///
/// # Errors
/// [`StoreError`]; batches that were committed stay.
pub async fn rewrap(
    foundation: &Foundation,
    mut progress: impl FnMut(usize),
) -> Result<Anew, StoreError> {
    let mut anew = Anew::default();
    let columns = ENCRYPTED.iter().copied().map(Some).chain([None]);
    for of in columns {
        // Where there is nothing to do, nothing is recorded.
        let has_others = foundation
            .store
            .read(move |reader| reader.has_others(of))
            .await?;
        if !has_others {
            continue;
        }
        let name = of.map_or("clients.phone_index".to_owned(), |of| {
            format!("{}.{}", of.table, of.column)
        });
        let mut after = Some(String::new());
        while let Some(from) = after {
            let rewrapped = event(foundation, EventOutcome::Rewrapped, &name);
            let step: Rewrapped = foundation
                .store
                .write(move |tx| {
                    let step = match of {
                        Some(of) => tx.rewrap_column(of, &from, BATCH)?,
                        None => tx.rewrap_phone_index(&from, BATCH)?,
                    };
                    let details = Details::count(step.done as u64);
                    Ok(Traced::new(step, rewrapped.clone().details(details)))
                })
                .await?;
            anew.done += step.done;
            let unopened = step.unopened.iter().map(|row| format!("{name} {row}"));
            anew.unopened.extend(unopened);
            progress(step.done);
            after = step.last;
        }
    }
    Ok(anew)
}
