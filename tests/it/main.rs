//! Stories told to the whole service through HTTP, each on SQLite and on PostgreSQL.
//!
//! `cargo test` tells them on SQLite; those on PostgreSQL are shown as ignored. `tests/run` brings a
//! PostgreSQL along and tells both.

mod support;

mod applications;
mod attempts;
mod clients;
mod heard;
mod limits;
mod loan_system;
mod roles;
mod sessions;
mod signals;
mod story;
mod tokens;
mod verifications;
mod webhooks;
