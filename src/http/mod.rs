//! Everything that knows HTTP: endpoints and their handlers, extractors that prove what a caller may do,
//! bodies, problem documents, the OpenAPI document.

pub mod accept;
pub mod applications;
pub mod audit;
pub mod audit_seals;
pub mod batches;
pub mod branches;
pub mod clients;
mod code;
pub mod context;
pub mod endpoint;
pub mod endpoints;
pub mod extract;
pub mod fields;
pub mod form;
pub mod health;
pub mod idempotency;
pub mod language;
pub mod loan_system;
pub mod metrics;
pub mod openapi;
pub mod paging;
pub mod passphrases;
pub mod path;
pub mod problem;
pub mod remote;
pub mod routes;
pub mod server;
pub mod sessions;
pub mod shapes;
pub mod signals;
pub mod staff;
pub mod tokens;
pub mod verifications;
pub mod webhooks;
pub mod weighted;
pub mod whole_body;
