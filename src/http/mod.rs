//! Everything that knows HTTP: routes, extractors that are the proof of authority, shapes of bodies,
//! problem documents, the OpenAPI document.

pub mod applications;
pub mod audit;
pub mod batches;
pub mod clients;
pub mod context;
pub mod extract;
pub mod form;
pub mod health;
pub mod idempotency;
pub mod language;
pub mod loan_system;
pub mod metrics;
pub mod openapi;
pub mod passphrases;
pub mod problem;
pub mod routes;
pub mod server;
pub mod shapes;
pub mod staff;
pub mod verifications;
pub mod words;
