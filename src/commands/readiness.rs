//! What a start does until the service is ready: it waits for PostgreSQL, and tells a service manager.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};

use qupia::{
    app::{App, StartError, clock::Clock, settings::Settings},
    http::listeners::{Listeners, NotReadyServer},
    secrets::rng::SystemRng,
    store::{DatabaseUrl, StoreError},
};
use sd_notify::NotifyState;

/// A start that takes longer than this answers meanwhile that it is not ready.
const QUIET_FOR: Duration = Duration::from_secs(1);
/// Pauses between tries to reach PostgreSQL; the last one goes on.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Builds the app. Where that takes long, `/healthz` is 200 meanwhile and all else 503.
///
/// # Errors
/// [`StartError`], for an unreachable PostgreSQL once the time of the settings is over.
pub async fn build(settings: &Settings, listeners: &Listeners) -> Result<App, StartError> {
    let mut building = pin!(build_once_reached(settings));
    if let Ok(built) = tokio::time::timeout(QUIET_FOR, &mut building).await {
        return built;
    }
    let not_ready = NotReadyServer::start(listeners, Clock::system(), SystemRng::os())?;
    let built = building.await;
    not_ready.stop().await;
    built
}

async fn build_once_reached(settings: &Settings) -> Result<App, StartError> {
    let until = Instant::now() + settings.start_wait;
    let mut pauses = PAUSES.into_iter();
    let mut pause = Duration::ZERO;
    loop {
        let built = App::build(settings.clone(), Clock::system(), SystemRng::os()).await;
        let Err(StartError::Store(StoreError::Unavailable(why))) = built else {
            return built;
        };
        pause = pauses.next().unwrap_or(pause);
        let is_over = Instant::now() + pause >= until;
        if is_over || matches!(settings.store.url, DatabaseUrl::Sqlite(_)) {
            return Err(StoreError::Unavailable(why).into());
        }
        tracing::warn!("waiting for the database: {why}");
        tokio::time::sleep(pause).await;
    }
}

/// Tells systemd what the service does, where it was started by it (sd_notify(3)).
pub fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!("the service manager could not be notified: {error}");
    }
}

/// Tells the watchdog of systemd twice in its time that the service's main thread goes on.
pub fn keep_watchdog_quiet() -> Option<impl Future<Output = ()>> {
    let every = sd_notify::watchdog_enabled()? / 2;
    Some(async move {
        loop {
            notify(NotifyState::Watchdog);
            tokio::time::sleep(every).await;
        }
    })
}
