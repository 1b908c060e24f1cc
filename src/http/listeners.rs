//! The sockets that the service listens on, and what it answers before it can serve.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App as Application, Error, HttpMessage, HttpResponse, HttpServer,
    body::BoxBody,
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    http::{KeepAlive, header},
    middleware::{Next, from_fn},
    web,
};
use tokio::net::TcpSocket;

use super::{
    code::Code,
    context::{Probe, RequestIds, present},
    health,
    problem::Problem,
};
use crate::{
    app::{StartError, clock::Clock, settings::Settings},
    secrets::{certificate::Certificate, rng::SystemRng},
};

/// Connections that the system accepts before the service does.
const BACKLOG: u32 = 1_024;
/// The time for the last requests that are told that the service is not ready.
const ANSWERED_WITHIN: Duration = Duration::from_millis(200);

/// The bound sockets, and the certificate for HTTPS.
pub struct Listeners {
    /// the API's
    pub(super) api: TcpListener,
    /// that of the metrics, where they have one of their own
    pub(super) metrics: Option<TcpListener>,
    /// for HTTPS
    pub(super) certificate: Option<Arc<Certificate>>,
}

impl Listeners {
    /// Binds the addresses of the settings, and reads the certificate.
    ///
    /// # Errors
    /// [`StartError::Listen`] where an address cannot be bound, [`StartError::Certificate`].
    pub fn bind(settings: &Settings) -> Result<Self, StartError> {
        let certificate = settings.tls.as_ref();
        let certificate = certificate.map(|(chain, key)| Certificate::load(chain, key));
        Ok(Self {
            certificate: certificate.transpose()?,
            api: bound(settings.listen)?,
            metrics: settings.metrics_listen.map(bound).transpose()?,
        })
    }

    /// `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        match self.certificate {
            Some(_) => "https",
            None => "http",
        }
    }
}

fn bound(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bind = || -> io::Result<TcpListener> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    // The error names the address.
    bind().map_err(|error| {
        StartError::Listen(io::Error::new(error.kind(), format!("{address}: {error}")))
    })
}

/// Answers while the database is waited for or migrated: the process runs, and nothing else can be served.
pub struct NotReadyServer(Vec<ServerHandle>);

impl NotReadyServer {
    /// Begins to answer.
    ///
    /// # Errors
    /// [`StartError::Listen`], [`StartError::Certificate`].
    pub fn start(listeners: &Listeners, clock: Clock, rng: SystemRng) -> Result<Self, StartError> {
        let ids = web::Data::new(RequestIds { clock, rng });
        let listen = |listener: &TcpListener, certificate: Option<&Arc<Certificate>>| {
            let ids = ids.clone();
            let server = HttpServer::new(move || {
                Application::new()
                    .app_data(ids.clone())
                    .wrap(from_fn(as_probe))
                    .wrap(from_fn(present))
                    .route("/healthz", web::get().to(health::lives))
                    .default_service(web::to(not_ready))
            });
            // The next request of a connection is for the service.
            let server = server
                .keep_alive(KeepAlive::Disabled)
                .shutdown_timeout(1)
                .workers(1)
                .disable_signals();
            let listener = listener.try_clone().map_err(StartError::Listen)?;
            let bound = match certificate {
                None => server.listen(listener),
                Some(certificate) => {
                    server.listen_rustls_0_23(listener, certificate.server_config()?)
                }
            };
            let running = bound.map_err(StartError::Listen)?.run();
            let handle = running.handle();
            actix_web::rt::spawn(running);
            Ok::<_, StartError>(handle)
        };
        let api = listen(&listeners.api, listeners.certificate.as_ref())?;
        let metrics = listeners.metrics.as_ref();
        let metrics = metrics.map(|listener| listen(listener, None)).transpose()?;
        Ok(Self([Some(api), metrics].into_iter().flatten().collect()))
    }

    /// Leaves the sockets to the service: what was accepted is answered first.
    pub async fn stop(self) {
        for handle in &self.0 {
            handle.pause().await;
        }
        tokio::time::sleep(ANSWERED_WITHIN).await;
        for handle in self.0 {
            handle.stop(true).await;
        }
    }
}

async fn not_ready() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::Unavailable).header(header::RETRY_AFTER, "2"))
}

/// Whoever asks now asks whether the service is ready.
async fn as_probe(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(Probe);
    next.call(request).await
}
