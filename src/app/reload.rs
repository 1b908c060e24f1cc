//! Reloads the keyring when its file changes, so that keys are rotated without a restart.
//!
//! A new key decrypts at once and encrypts only [`SETTLE`] later: by then every instance that shares the
//! keyring can decrypt with it. The time runs for each key from when it was loaded, however often the keyring
//! changes meanwhile.

use std::{collections::BTreeMap, sync::atomic::Ordering, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use super::{App, StartError, foundation::agree_on_keys, ticker::Ticker};
use crate::secrets::keyring::{Key, KeyState, Keyring, Purpose};

/// How often the keyring's file is checked.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long a new key only decrypts.
pub const SETTLE: TimeDelta = TimeDelta::seconds(5);

/// What an instance remembers between checks.
#[derive(Default)]
pub struct Reloader {
    /// keys that only decrypt yet, by check value, with the time of loading
    settling: BTreeMap<String, DateTime<Utc>>,
    /// the last error that was logged
    reported: String,
}

/// Checks the keyring at an interval and at each SIGHUP, until `stop`.
pub async fn run(app: App, mut stop: oneshot::Receiver<()>) {
    let (mut reloader, mut ticker) = (Reloader::default(), Ticker::every(INTERVAL));
    loop {
        tokio::select! {
            _ = &mut stop => return,
            () = ticker.tick() => {}
        }
        match check(&app, &mut reloader).await {
            Ok(()) => reloader.reported.clear(),
            Err(error) => {
                let why = error.to_string();
                if why != reloader.reported {
                    tracing::error!("the keys stay as they are: {why}");
                    reloader.reported = why;
                }
            }
        }
    }
}

/// Checks once, and loads what is new.
///
/// # Errors
/// [`StartError`]; the keys stay as they are.
pub async fn check(app: &App, reloader: &mut Reloader) -> Result<(), StartError> {
    let checked = check_and_load(app, reloader).await;
    // An unavailable database says nothing about the keyring.
    if !matches!(checked, Err(StartError::Store(_))) {
        let is_refused = checked.is_err();
        app.keyring_refused.store(is_refused, Ordering::Relaxed);
    }
    checked
}

async fn check_and_load(app: &App, reloader: &mut Reloader) -> Result<(), StartError> {
    let path = app.settings.keyring.clone();
    let loaded = tokio::task::spawn_blocking(move || Keyring::load(&path)).await;
    let written = loaded.map_err(|error| StartError::WrongKeyring(error.to_string()))??;
    let current = app.keys.now().keyring.clone();
    let settling = settling(&reloader.settling, &current, &written, app.clock.now());
    let next = without_settling(&current, &written, &settling);
    if !is_same(&current, &next) {
        // A keyring that lacks a key which data depends on is rejected as a whole.
        agree_on_keys(&app.store, &next, None).await?;
        take(app, &next);
    }
    reloader.settling = settling;
    Ok(())
}

/// The keys that are too new to encrypt: those that were before and still are, and those that were not in the
/// keyring before.
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
    // A clock that was set back does not prolong the time.
    let is_settled = |since: DateTime<Utc>| now < since || now - since >= SETTLE;
    young.filter(|(_, since)| !is_settled(*since)).collect()
}

/// The new keyring, with the former key still active in place of one that is settling.
fn without_settling(
    current: &Keyring,
    written: &Keyring,
    settling: &BTreeMap<String, DateTime<Utc>>,
) -> Keyring {
    let mut next = written.clone();
    for purpose in Purpose::ALL {
        let is_young = settling.contains_key(&written.active(purpose).check_value());
        // If the former key is gone, only the new one can encrypt.
        if is_young && let Ok(former) = next.activate(purpose, current.active(purpose).id()) {
            next = former;
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
    let contents = |keyring: &Keyring| -> Vec<_> {
        keyring
            .all()
            .map(|key| (key.check_value(), key.state() == KeyState::Active))
            .collect()
    };
    contents(one) == contents(other)
}
