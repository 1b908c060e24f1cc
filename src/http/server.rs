//! The server: binds, serves, and stops as asked.

use std::{io, net::SocketAddr, time::Duration};

use actix_web::{App as Application, HttpServer, dev::Server, middleware::from_fn, web};

use super::{context::present, metrics::Metrics, routes};
use crate::app::App;

/// A request's headers have to arrive within this time.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// What is in flight when the service is asked to stop has this time to finish.
const FINISH_WITHIN_SECONDS: u64 = 30;

/// A server that is bound and not yet running.
pub struct Bound {
    /// where it listens
    pub address: SocketAddr,
    /// to be awaited
    pub server: Server,
}

/// Binds the API, and the metrics where they have an address of their own.
///
/// # Errors
/// Where an address cannot be bound.
pub fn bind(app: &App) -> io::Result<Bound> {
    let metrics = web::Data::new(Metrics::new().map_err(io::Error::other)?);
    let data = web::Data::new(app.clone());
    let has_own_metrics = app.settings.metrics_listen.is_some();
    let shared = metrics.clone();
    let server = HttpServer::new(move || {
        Application::new()
            .app_data(data.clone())
            .app_data(shared.clone())
            .wrap(from_fn(present))
            .configure(routes::routes)
            .configure(|config| {
                if !has_own_metrics {
                    routes::metrics(config);
                }
            })
    })
    .client_request_timeout(HEADERS_WITHIN)
    .shutdown_timeout(FINISH_WITHIN_SECONDS)
    .bind(app.settings.listen)?;
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
        let figures = figures.workers(1).disable_signals().bind(own)?.run();
        actix_web::rt::spawn(figures);
    }
    Ok(Bound {
        address,
        server: server.run(),
    })
}
