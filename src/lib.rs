//! Qupia (құпия, *secret*): how a lender knows its client on the telephone.
//!
//! One sentence of law: `main → http → flows → app → {store, loans} → secrets → domain`. An arrow may
//! skip rooms; it never turns back. See `docs/architecture.md`.

// These panic where nobody reads, or the disk is full.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod console;
pub mod domain;
pub mod flows;
pub mod http;
pub mod json;
pub mod loans;
pub mod locales;
pub mod secrets;
pub mod store;
