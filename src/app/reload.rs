//! The keyring is looked at again and again, so that keys change without a stop.
//!
//! A key that was unknown until now reads at once and makes what is new only [`SETTLE`] later: by then
//! every instance that looks at the same keyring reads with it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use super::{App, StartError, foundation::agree_on_keys, rounds::Rounds};
use crate::secrets::keyring::{KeyState, Keyring, Purpose};

/// How often the keyring is looked at.
const ROUND: Duration = Duration::from_secs(2);
/// How long a new key only reads.
pub const SETTLE: TimeDelta = TimeDelta::seconds(5);

/// What one instance remembers from look to look.
#[derive(Default)]
pub struct Reloader {
    /// a keyring whose new keys only read as yet, and since when
    settling: Option<(Keyring, DateTime<Utc>)>,
    /// what was said last of a keyring that cannot be taken
    said: String,
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
    let path = app.settings.keyring.clone();
    let loaded = tokio::task::spawn_blocking(move || Keyring::load(&path)).await;
    let written = loaded.map_err(|error| StartError::WrongKeyring(error.to_string()))??;
    let now = app.clock.now();
    if let Some((settling, since)) = &reloader.settling
        && is_same(settling, &written)
    {
        // A clock that was set back makes nobody wait for longer.
        if now - *since >= SETTLE || now < *since {
            agree_on_keys(&app.store, &written, None).await?;
            take(app, &written);
            reloader.settling = None;
        }
        return Ok(());
    }
    let current = app.keys.now().keyring.clone();
    if is_same(&current, &written) {
        reloader.settling = None;
        return Ok(());
    }
    match reading_first(&current, &written) {
        Some(reading) => {
            take(app, &reading);
            reloader.settling = Some((written, now));
        }
        None => {
            // A keyring without a key that data hangs on is not taken.
            agree_on_keys(&app.store, &written, None).await?;
            take(app, &written);
            reloader.settling = None;
        }
    }
    Ok(())
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

/// The new keyring with the keys of before still active, where it activates keys unknown so far.
fn reading_first(current: &Keyring, written: &Keyring) -> Option<Keyring> {
    let mut reading = written.clone();
    let mut is_needed = false;
    for purpose in Purpose::ALL {
        let is_known = current
            .by_id(purpose, written.active(purpose).id())
            .is_some();
        if !is_known && let Ok(held_back) = reading.activate(purpose, current.active(purpose).id())
        {
            reading = held_back;
            is_needed = true;
        }
    }
    is_needed.then_some(reading)
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
