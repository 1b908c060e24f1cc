//! Sends spans to a receiver by OTLP over HTTP.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use reqwest::redirect::Policy;
use tokio::runtime::{Builder, Runtime};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// The target of all spans, which nothing else has.
pub const TARGET: &str = "qupia::trace";
/// How long a receiver may take for a batch.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The path of OTLP over HTTP for traces.
const PATH: &str = "/v1/traces";

/// Where spans are sent.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSettings {
    /// address of the receiver, without the path
    pub endpoint: String,
    /// the share of traces that are sent, 0 to 1
    pub sample_ratio: f64,
}

/// What sends spans; asked to send the last of them before the process ends.
pub struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Sends what waits.
    pub fn flush(&self, within: Duration) {
        if let Err(error) = self.0.shutdown_with_timeout(within) {
            tracing::warn!("the last spans were not sent: {error}");
        }
    }
}

/// The layer of the log's subscriber that collects spans, and what sends them.
///
/// # Errors
/// A sentence, where the client or its thread cannot be made.
pub fn layer<S>(settings: &TraceSettings) -> Result<(impl Layer<S> + use<S>, Exporter), String>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client::new().map_err(|error| error.to_string())?)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}{PATH}", settings.endpoint))
        .with_timeout(TIMEOUT)
        .build()
        .map_err(|error| error.to_string())?;
    let version = KeyValue::new("service.version", crate::RELEASE);
    let resource = Resource::builder_empty()
        .with_service_name("qupia")
        .with_attribute(version)
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // By the trace's id alone: a caller, who may be anybody, decides nothing.
        .with_sampler(Sampler::TraceIdRatioBased(settings.sample_ratio))
        .with_resource(resource)
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("qupia"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(|metadata| {
            metadata.is_span() && metadata.target() == TARGET
        }));
    Ok((layer, Exporter(provider)))
}

/// The HTTP client, on a thread of its own: the library sends from a thread without a runtime.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: Runtime,
    /// whether the last batch failed, so that an outage is logged once
    failed: AtomicBool,
}

impl Client {
    fn new() -> Result<Self, HttpError> {
        // The second of two callers fails to install it, and both install the same.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            http: reqwest::Client::builder()
                .timeout(TIMEOUT)
                .no_proxy()
                // Spans go where the setting says, and nowhere else.
                .redirect(Policy::none())
                .build()?,
            runtime: Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("traces")
                .enable_all()
                .build()?,
            failed: AtomicBool::new(false),
        })
    }

    fn log(&self, sent: &Result<Response<Bytes>, HttpError>) {
        let why = match sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let had_failed = self.failed.swap(why.is_some(), Ordering::Relaxed);
        match why {
            Some(why) if !had_failed => tracing::warn!("traces are not sent: {why}"),
            None if had_failed => tracing::info!("traces are sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let answer = http.execute(request.try_into()?).await?;
            let status = answer.status();
            let body = answer.bytes().await?;
            let mut response = Response::new(body);
            *response.status_mut() = status;
            Ok::<_, HttpError>(response)
        });
        let sent = sending.await.unwrap_or_else(|gone| Err(gone.into()));
        self.log(&sent);
        sent
    }
}
