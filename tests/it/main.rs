//! Stories told to the whole service through HTTP, each on SQLite and on PostgreSQL.
//!
//! `cargo test` tells them on SQLite; those on PostgreSQL are shown as ignored. `tests/run` brings a
//! PostgreSQL along and tells both.

mod support;

mod applications;
mod attempts;
mod audit;
mod clients;
mod conventions;
mod faults;
mod commands;
mod heard;
mod idempotency;
mod instances;
mod limits;
mod loan_system;
mod plans;
mod migrations;
mod program;
mod roles;
mod secrets;
mod sessions;
mod story;
mod tokens;
mod verifications;
