//! Qupia (құпия, *secret*): how a lender knows its client on the telephone.
//!
//! One sentence of law: `main → http → flows → app → {store, loans} → secrets → domain`. An arrow may
//! skip rooms; it never turns back. See `docs/architecture.md`.

// These panic where nobody reads, or the disk is full.
#![warn(clippy::print_stdout, clippy::print_stderr)]

/// The version and the commit of this build, such as `0.1.0 (1f2e3d4c5b6a)`.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BUILD_COMMIT"), ")");
/// The version of this build.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// The commit of this build; `development` for one that is not optimised.
pub const COMMIT: &str = env!("BUILD_COMMIT");

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
pub mod trace;
