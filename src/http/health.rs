//! Whether the process runs, whether it can serve, its metrics, and the document of its API.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Bytes},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{code::Code, metrics::Metrics, problem::Problem};
use crate::app::App;

/// That the service is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// always `ok`
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Whether the process runs.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    operation_id = "read_health",
    responses((status = 200, description = "It runs", body = Health)),
)]
pub(crate) async fn lives() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether it can serve: database, keys and migrations.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "service",
    operation_id = "read_readiness",
    responses((status = 200, description = "It can", body = Health)),
)]
pub(crate) async fn is_ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let is_ready = if app.drain.has_begun() {
        Err("the service was asked to stop".to_owned())
    } else {
        // Keys were checked against the data at the start. What can fail later is the database, and what
        // can change is its schema.
        app.store.ping().await.map_err(|error| error.to_string())
    };
    is_ready.map_err(|why| {
        let unavailable = Problem {
            inner: Some(why),
            ..Problem::new(Code::Unavailable)
        };
        unavailable.header(header::RETRY_AFTER, "2")
    })?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}

/// Metrics for Prometheus; at an address of their own where one is set.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    operation_id = "read_metrics",
    responses((status = 200, description = "Metrics in the text format of Prometheus", body = String, content_type = "text/plain", example = json!("# TYPE qupia_requests_total counter\nqupia_requests_total{method=\"POST\",route=\"/v1/sessions\",status=\"201\"} 42\n"))),
)]
pub(crate) async fn metrics(app: web::Data<App>, metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.text(&app))
}

/// The OpenAPI document as JSON, which is made when it is first requested.
pub(crate) struct ApiDocument(LazyLock<Bytes, Box<dyn FnOnce() -> Bytes + Send>>);

impl ApiDocument {
    /// What `make` makes, once.
    pub(crate) fn made_by(make: impl FnOnce() -> Bytes + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(make)))
    }
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    operation_id = "read_document",
    responses((status = 200, description = "The document", body = Object, example = json!({"openapi": "3.1.0", "info": {"title": "Qupia", "version": "1"}, "paths": {}}))),
)]
pub(crate) async fn document(document: web::Data<ApiDocument>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(Bytes::clone(&document.0))
}
