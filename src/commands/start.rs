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
    trace::{self, Exporter},
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::failure::Failure;

/// How long the end of the process waits for the last lines to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The log of this process, as its subscriber is.
static LOG: OnceLock<Log> = OnceLock::new();
/// What sends the spans of this process, where the settings ask for them.
static EXPORTER: OnceLock<Exporter> = OnceLock::new();

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
    let lines = fmt::layer()
        .log_internal_errors(false)
        .with_writer(log.clone());
    let lines = if settings.log_json {
        // Flat, so that each field has one name whatever wrote the line.
        let flat = lines.json().flatten_event(true);
        flat.with_current_span(false).with_span_list(false).boxed()
    } else {
        lines.with_ansi(false).boxed()
    };
    // Spans are for traces alone.
    let lines = lines.with_filter(filter.and(filter_fn(|metadata| metadata.is_event())));
    let traces = settings.traces.as_ref().map(trace::layer).transpose();
    let (layer, exporter) = traces.map_err(|why| failed(&why))?.unzip();
    if let Some(exporter) = exporter {
        let _first = EXPORTER.set(exporter);
    }
    let subscriber = Registry::default().with(lines).with(layer);
    subscriber.try_init().map_err(|error| failed(&error))?;
    log::log_panics();
    Ok(log.lost().clone())
}

/// Writes the last lines, and sends the last spans, before the process ends.
pub fn flush_log() {
    if let Some(exporter) = EXPORTER.get() {
        exporter.flush(FLUSH_TIMEOUT);
    }
    if let Some(log) = LOG.get() {
        log.flush(FLUSH_TIMEOUT);
    }
}
