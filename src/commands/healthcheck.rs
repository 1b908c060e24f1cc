//! `qupia healthcheck`: asks the service on this machine whether it is ready, for a container without `curl`.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;
use qupia::app::settings::Settings;
use reqwest::Client;

use super::{failure::Failure, location::Location, output::say};

/// How long the answer may take: the service itself waits for its database.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Args)]
pub struct Healthcheck {
    #[command(flatten)]
    location: Location,
    /// The address to ask, in place of the one that the settings have it listen on
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Healthcheck {
    pub fn run(self) -> Result<(), Failure> {
        let url = match self.url {
            Some(url) => url,
            None => readiness_url(&self.location.settings(None)?),
        };
        actix_web::rt::System::new().block_on(async {
            let status = ask(&url)
                .await
                .map_err(|error| Failure::other(format!("not ready: {url}: {error}")))?;
            if !status.is_success() {
                return Err(Failure::other(format!("not ready: {url}: {status}")));
            }
            say("ready")
        })
    }
}

async fn ask(url: &str) -> reqwest::Result<reqwest::StatusCode> {
    // The second of two callers fails to install it, and both install the same.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        // The certificate names the service as clients know it, and this asks on the machine itself.
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .timeout(TIMEOUT)
        .build()?;
    Ok(client.get(url).send().await?.status())
}

fn readiness_url(settings: &Settings) -> String {
    let scheme = if settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let listen = settings.listen;
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{scheme}://{}/readyz", SocketAddr::new(ip, listen.port()))
}
