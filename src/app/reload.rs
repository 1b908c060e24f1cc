//! The keyring is looked at again and again, so that keys change without a stop.
//!
//! A key that was unknown until now reads at once and makes what is new only [`SETTLE`] later: by then
//! every instance that looks at the same keyring reads with it. That is reckoned for each key from the
//! moment it was taken, however often the keyring changes meanwhile.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use super::{App, StartError, foundation::agree_on_keys, rounds::Rounds};
use crate::secrets::keyring::{Key, KeyState, Keyring, Purpose};

/// How often the keyring is looked at.
const ROUND: Duration = Duration::from_secs(2);
/// How long a new key only reads.
pub const SETTLE: TimeDelta = TimeDelta::seconds(5);

/// What one instance remembers from look to look.
#[derive(Default)]
pub struct Reloader {
    /// keys that only read as yet, by their check values, and since when they are known
    settling: BTreeMap<String, DateTime<Utc>>,
    /// what was said last of a keyring that cannot be taken
    said: String,
}

/// Whether the keyring's file is one that cannot be taken: for the metrics.
#[derive(Default)]
pub struct KeyringRefused(AtomicBool);

impl KeyringRefused {
    /// Whether it is.
    #[must_use]
    pub fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Looks at the keyring until it is told to stop, and at once where SIGHUP asks for it.
pub async fn run(app: App, mut stop: oneshot::Receiver<()>) {
    let (mut reloader, mut rounds) = (Reloader::default(), Rounds::every(ROUND));
    loop {
        tokio::select! {
            _ = &mut stop => return,
            () = rounds.next() => {}
        }
        match look(&app, &mut reloader).await {
            Ok(()) => reloader.said.clear(),
            Err(error) => {
                let why = error.to_string();
                if why != reloader.said {
                    tracing::error!("the keys stay as they are: {why}");
                    reloader.said = why;
                }
            }
        }
    }
}

/// Looks once, and takes what is new.
///
/// # Errors
/// [`StartError`]; the keys stay as they are.
pub async fn look(app: &App, reloader: &mut Reloader) -> Result<(), StartError> {
    let looked = look_and_take(app, reloader).await;
    // A database that is away says nothing about the keyring.
    if !matches!(looked, Err(StartError::Store(_))) {
        let is_refused = looked.is_err();
        app.keyring_refused.0.store(is_refused, Ordering::Relaxed);
    }
    looked
}

async fn look_and_take(app: &App, reloader: &mut Reloader) -> Result<(), StartError> {
    let path = app.settings.keyring.clone();
    let loaded = tokio::task::spawn_blocking(move || Keyring::load(&path)).await;
    let written = loaded.map_err(|error| StartError::WrongKeyring(error.to_string()))??;
    let current = app.keys.now().keyring.clone();
    let settling = settling(&reloader.settling, &current, &written, app.clock.now());
    let next = held_back(&current, &written, &settling);
    if !is_same(&current, &next) {
        // A keyring without a key that data hangs on is not taken, whatever else it brings.
        agree_on_keys(&app.store, &next, None).await?;
        take(app, &next);
    }
    reloader.settling = settling;
    Ok(())
}

/// The keys of a keyring that are too young to make anything: those that were so and still are, and
/// those that are not in force yet.
fn settling(
    before: &BTreeMap<String, DateTime<Utc>>,
    current: &Keyring,
    written: &Keyring,
    now: DateTime<Utc>,
) -> BTreeMap<String, DateTime<Utc>> {
    let known: Vec<String> = current.all().map(Key::check_value).collect();
    let since = |check: String| match before.get(&check) {
        Some(since) => Some((check, *since)),
        None if known.contains(&check) => None,
        None => Some((check, now)),
    };
    let young = written.all().map(Key::check_value).filter_map(since);
    // A clock that was set back makes nobody wait for longer.
    let is_settled = |since: DateTime<Utc>| now < since || now - since >= SETTLE;
    young.filter(|(_, since)| !is_settled(*since)).collect()
}

/// The keyring with the keys of before still active in place of those that are settling.
fn held_back(
    current: &Keyring,
    written: &Keyring,
    settling: &BTreeMap<String, DateTime<Utc>>,
) -> Keyring {
    let mut next = written.clone();
    for purpose in Purpose::ALL {
        let is_young = settling.contains_key(&written.active(purpose).check_value());
        // Where the key of before is gone there is nothing else to make anything with.
        if is_young && let Ok(held) = next.activate(purpose, current.active(purpose).id()) {
            next = held;
        }
    }
    next
}

fn take(app: &App, keyring: &Keyring) {
    app.keys.replace(keyring);
    app.hasher.use_keyring(keyring);
    let active: Vec<_> = Purpose::ALL
        .into_iter()
        .map(|purpose| keyring.active(purpose).id())
        .collect();
    tracing::info!(?active, "keys taken from the keyring");
}

fn is_same(one: &Keyring, other: &Keyring) -> bool {
    let told = |keyring: &Keyring| -> Vec<_> {
        keyring
            .all()
            .map(|key| (key.check_value(), key.state() == KeyState::Active))
            .collect()
    };
    told(one) == told(other)
}
