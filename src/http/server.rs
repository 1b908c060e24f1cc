//! The server: binds, serves, and stops as asked.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use actix_web::{App as Application, HttpServer, dev::Server, middleware::from_fn, web};

use super::{
    context::present, health::ApiDocument, intake::Intake, metrics::Metrics, openapi, routes,
};
use crate::{
    app::{App, StartError, log::LostLines, ticker::Ticker},
    secrets::certificate::Certificate,
};

/// A request's headers have to arrive within this time.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// What is in flight when the service stops has this time to finish. Handing duties over and closing the
/// database come after it, within the half minute that is promised for all.
const FINISH_WITHIN_SECONDS: u64 = 19;

/// So many connections are held by one worker; the next waits in the system's own queue.
const MOST_CONNECTIONS: usize = 10_000;
/// A renewed certificate is found within this time, or at once with SIGHUP.
const LOOK_AT_CERTIFICATE: Duration = Duration::from_secs(10);

/// A server that is bound and not yet running.
pub struct Bound {
    /// where it listens
    pub address: SocketAddr,
    /// `http` or `https`
    pub scheme: &'static str,
    /// to be awaited
    pub server: Server,
}

/// Binds the API, and the metrics where they have an address of their own. Signals are left to whoever
/// runs it.
///
/// # Errors
/// [`StartError::Listen`] where an address cannot be bound, [`StartError::Certificate`].
pub fn bind(app: &App, lost_lines: LostLines) -> Result<Bound, StartError> {
    let metrics = web::Data::new(Metrics::new(lost_lines));
    let data = web::Data::new(app.clone());
    let has_own_metrics = app.settings.metrics_listen.is_some();
    let shared = metrics.clone();
    let intake = web::Data::new(Intake::default());
    let document = web::Data::new(ApiDocument(LazyLock::new(|| openapi::json().into())));
    let server = HttpServer::new(move || {
        Application::new()
            .app_data(data.clone())
            .app_data(document.clone())
            .app_data(shared.clone())
            .app_data(intake.clone())
            .wrap(from_fn(present))
            .configure(routes::routes)
            .configure(|config| {
                if !has_own_metrics {
                    routes::metrics(config);
                }
            })
    })
    .client_request_timeout(HEADERS_WITHIN)
    // A caller who hangs up only closes their side as yet, and is not to be answered any more: what is
    // read out to nobody is recorded as such.
    .h1_allow_half_closed(false)
    .max_connections(MOST_CONNECTIONS)
    .shutdown_timeout(FINISH_WITHIN_SECONDS)
    .disable_signals();
    let (server, scheme) = match &app.settings.tls {
        None => (
            server
                .bind(app.settings.listen)
                .map_err(|error| not_bound(app.settings.listen, &error))?,
            "http",
        ),
        Some((chain, key)) => {
            // A SIGHUP that comes from here on is heard.
            let ticker = Ticker::every(LOOK_AT_CERTIFICATE);
            let certificate = Certificate::load(chain, key)?;
            let config = certificate.server_config()?;
            actix_web::rt::spawn(keep_fresh(certificate, ticker));
            let bound = server.bind_rustls_0_23(app.settings.listen, config);
            let bound = bound.map_err(|error| not_bound(app.settings.listen, &error))?;
            (bound, "https")
        }
    };
    let address = server
        .addrs()
        .first()
        .copied()
        .unwrap_or(app.settings.listen);
    if let Some(own) = app.settings.metrics_listen {
        let data = web::Data::new(app.clone());
        let figures = HttpServer::new(move || {
            Application::new()
                .app_data(data.clone())
                .app_data(metrics.clone())
                .configure(routes::metrics)
        });
        let figures = figures
            .workers(1)
            .disable_signals()
            .bind(own)
            .map_err(|error| not_bound(own, &error))?;
        actix_web::rt::spawn(figures.run());
    }
    Ok(Bound {
        address,
        scheme,
        server: server.run(),
    })
}

/// Says which address it was.
fn not_bound(address: SocketAddr, error: &io::Error) -> StartError {
    StartError::Listen(io::Error::new(error.kind(), format!("{address}: {error}")))
}

/// Serves a renewed certificate without a stop; one that cannot be read leaves the old one served.
async fn keep_fresh(certificate: Arc<Certificate>, mut ticker: Ticker) {
    loop {
        ticker.tick().await;
        match certificate.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!("a renewed certificate is served"),
            Err(error) => tracing::error!("the certificate was not renewed: {error}"),
        }
    }
}
