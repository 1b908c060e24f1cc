//! Stories told to the whole service through HTTP, each on SQLite and on PostgreSQL.
//!
//! `cargo test` tells them on SQLite; those on PostgreSQL are shown as ignored. `tests/run` brings a
//! PostgreSQL along and tells both.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod support;

mod applications;
mod attempts;
mod audit;
mod backups;
mod batches;
mod clients;
mod clocks;
mod commands;
mod console;
mod conventions;
mod documents;
mod drafts;
mod entry;
mod faults;
mod heard;
mod idempotency;
mod imports;
mod instances;
mod keys;
mod kills;
mod limits;
mod loan_checks;
mod loan_system;
mod lockout;
mod logs;
mod lost_answers;
mod migrations;
mod names;
mod operating;
mod plans;
mod program;
mod pull;
mod pull_races;
mod pushes;
mod reports;
mod roles;
mod sealed_audit;
mod seals;
mod secrets;
mod sessions;
mod signals;
mod silence;
mod spoken;
mod stand_in;
mod stopping;
mod story;
mod strength;
mod tokens;
mod unfit;
mod verifications;
mod webhooks;
