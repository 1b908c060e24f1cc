//! What a command starts with: the log, and the database and keyring that it works on.

use std::{io, sync::OnceLock, time::Duration};

use qupia::{
    app::{
        StartError,
        clock::Clock,
        foundation::Foundation,
        log::{self, Log, LostLines},
        settings::Settings,
    },
    secrets::rng::SystemRng,
};
use tracing_subscriber::EnvFilter;

use super::failure::Failure;

/// How long the end of the process waits for the last lines to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The log of this process, as its subscriber is.
static LOG: OnceLock<Log> = OnceLock::new();

/// Opens the database and the keyring of an existing installation, and runs `work` on them.
pub fn open(
    settings: Settings,
    work: impl AsyncFnOnce(&Foundation) -> Result<(), Failure>,
) -> Result<(), Failure> {
    start_log(&settings)?;
    actix_web::rt::System::new().block_on(async move {
        let foundation = Foundation::open(settings, Clock::system(), SystemRng::os()).await?;
        work(&foundation).await
    })
}

/// Starts the log, which goes to standard error; the output of a command goes to standard output.
pub fn start_log(settings: &Settings) -> Result<LostLines, StartError> {
    let failed = |error: &dyn std::fmt::Display| StartError::Log(error.to_string());
    let filter = EnvFilter::try_new(&settings.log_filter)
        .map_err(|error| StartError::Log(format!("filter: {error}")))?;
    let log = Log::to(io::stderr()).map_err(|error| failed(&error))?;
    let log = LOG.get_or_init(|| log);
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .log_internal_errors(false)
        .with_writer(log.clone());
    let started = if settings.log_json {
        // Flat, so that each field has one name whatever wrote the line.
        let flat = subscriber.json().flatten_event(true);
        flat.with_current_span(false).with_span_list(false).try_init()
    } else {
        subscriber.with_ansi(false).try_init()
    };
    started.map_err(|error| failed(&error))?;
    log::log_panics();
    Ok(log.lost().clone())
}

/// Writes the last lines before the process ends.
pub fn flush_log() {
    if let Some(log) = LOG.get() {
        log.flush(FLUSH_TIMEOUT);
    }
}
