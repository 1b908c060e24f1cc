//! Stories told to the whole service through HTTP, each on SQLite and on PostgreSQL.
//!
//! `cargo test` tells them on SQLite; those on PostgreSQL are shown as ignored. `tests/run` brings a
//! PostgreSQL along and tells both.

mod support;

mod applications;
mod attempts;
mod backups;
mod clients;
mod heard;
mod keys;
mod limits;
mod loan_system;
mod roles;
mod sealed_audit;
mod seals;
mod sessions;
mod story;
mod tokens;
mod verifications;
