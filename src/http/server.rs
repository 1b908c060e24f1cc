//! The server: binds, serves, and stops as asked.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{App as Application, HttpServer, dev::Server, middleware::from_fn, web};

use super::{
    context::present, health::ApiDocument, listeners::Listeners, metrics::Metrics, openapi, routes,
    whole_body::BodyMemory,
};
use crate::{
    app::{App, StartError, log::LostLines, ticker::Ticker},
    secrets::certificate::Certificate,
};

/// The time in which a request's headers have to arrive.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The time that running requests have to finish when the service stops. Handing leases over and closing
/// the database come after it, within the half minute that is promised for all.
const SHUTDOWN_TIMEOUT_SECONDS: u64 = 19;

/// How long a connection may be idle: longer than a proxy keeps one to use it again (nginx: 60 s), since a
/// request that is sent while the service closes it fails.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Maximum number of connections of one worker; the next waits in the system's queue.
const MAX_CONNECTIONS: usize = 10_000;
/// How often the certificate is read anew; SIGHUP does it at once.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(10);

/// A server on its sockets, not yet running.
pub struct Bound {
    /// where it listens
    pub address: SocketAddr,
    /// `http` or `https`
    pub scheme: &'static str,
    /// to be awaited
    pub server: Server,
}

/// Prepares to serve the API, and the metrics where they have an address of their own. Signals are left to
/// the caller.
///
/// # Errors
/// [`StartError::Listen`], [`StartError::Certificate`].
pub fn serve(app: &App, lost_lines: LostLines, listeners: Listeners) -> Result<Bound, StartError> {
    let address = listeners.api.local_addr().map_err(StartError::Listen)?;
    let scheme = listeners.scheme();
    let Listeners {
        api,
        metrics: own_metrics,
        certificate,
    } = listeners;
    let metrics = web::Data::new(Metrics::new(lost_lines, certificate.clone()));
    let data = web::Data::new(app.clone());
    let has_own_metrics = own_metrics.is_some();
    let shared = metrics.clone();
    let memory = web::Data::new(BodyMemory::default());
    let public_url = app.settings.public_url.clone();
    let document = move || openapi::json_of_service(public_url.as_deref());
    let document = web::Data::new(ApiDocument::of(document));
    let server = HttpServer::new(move || {
        Application::new()
            .app_data(data.clone())
            .app_data(document.clone())
            .app_data(shared.clone())
            .app_data(memory.clone())
            .wrap(from_fn(present))
            .configure(routes::routes)
            .configure(|config| {
                if !has_own_metrics {
                    routes::metrics(config);
                }
            })
    })
    .client_request_timeout(HEADER_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    // A caller who closes their side of the connection has disconnected: what nobody reads is recorded
    // as such.
    .h1_allow_half_closed(false)
    .max_connections(MAX_CONNECTIONS)
    .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS)
    .disable_signals();
    let server = match certificate {
        None => server.listen(api),
        Some(certificate) => {
            // From here on a SIGHUP is handled.
            let ticker = Ticker::every(CERTIFICATE_INTERVAL);
            let config = certificate.server_config()?;
            actix_web::rt::spawn(reload_certificate(certificate, ticker));
            server.listen_rustls_0_23(api, config)
        }
    };
    if let Some(own) = own_metrics {
        let data = web::Data::new(app.clone());
        let figures = HttpServer::new(move || {
            Application::new()
                .app_data(data.clone())
                .app_data(metrics.clone())
                .wrap(from_fn(present))
                .configure(routes::probes)
                .configure(routes::metrics)
        });
        let figures = figures.workers(1).disable_signals().listen(own);
        let figures = figures.map_err(StartError::Listen)?.run();
        actix_web::rt::spawn(async {
            if let Err(error) = figures.await {
                tracing::error!("the metrics are served no more: {error}");
            }
        });
    }
    Ok(Bound {
        address,
        scheme,
        server: server.map_err(StartError::Listen)?.run(),
    })
}

/// Serves a renewed certificate without a restart; where it cannot be read, the old one stays.
async fn reload_certificate(certificate: Arc<Certificate>, mut ticker: Ticker) {
    loop {
        ticker.tick().await;
        match certificate.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!("a renewed certificate is served"),
            Err(error) => tracing::error!("the certificate was not renewed: {error}"),
        }
    }
}
