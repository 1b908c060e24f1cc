//! The server: binds, serves, and stops as asked.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{App as Application, HttpServer, dev::Server, middleware::from_fn, web};

use super::{
    context::present, health::ApiDocument, metrics::Metrics, openapi, routes,
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

/// Maximum number of connections of one worker; the next waits in the system's queue.
const MAX_CONNECTIONS: usize = 10_000;
/// How often the certificate is read anew; SIGHUP does it at once.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(10);

/// A server that is bound and not yet running.
pub struct Bound {
    /// where it listens
    pub address: SocketAddr,
    /// `http` or `https`
    pub scheme: &'static str,
    /// to be awaited
    pub server: Server,
}

/// Binds the API, and the metrics where they have an address of their own. Signals are left to the
/// caller.
///
/// # Errors
/// [`StartError::Listen`] where an address cannot be bound, [`StartError::Certificate`].
pub fn bind(app: &App, lost_lines: LostLines) -> Result<Bound, StartError> {
    let metrics = web::Data::new(Metrics::new(lost_lines));
    let data = web::Data::new(app.clone());
    let has_own_metrics = app.settings.metrics_listen.is_some();
    let shared = metrics.clone();
    let memory = web::Data::new(BodyMemory::default());
    let public_url = app.settings.public_url.clone();
    let document = web::Data::new(ApiDocument::made_by(move || {
        openapi::json_of_service(public_url.as_deref()).into()
    }));
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
    // A caller who closes their side of the connection has disconnected: what nobody reads is recorded
    // as such.
    .h1_allow_half_closed(false)
    .max_connections(MAX_CONNECTIONS)
    .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS)
    .disable_signals();
    let (server, scheme) = match &app.settings.tls {
        None => (
            server
                .bind(app.settings.listen)
                .map_err(|error| not_bound(app.settings.listen, &error))?,
            "http",
        ),
        Some((chain, key)) => {
            // From here on a SIGHUP is handled.
            let ticker = Ticker::every(CERTIFICATE_INTERVAL);
            let certificate = Certificate::load(chain, key)?;
            let config = certificate.server_config()?;
            actix_web::rt::spawn(reload_certificate(certificate, ticker));
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

/// The error names the address.
fn not_bound(address: SocketAddr, error: &io::Error) -> StartError {
    StartError::Listen(io::Error::new(error.kind(), format!("{address}: {error}")))
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
