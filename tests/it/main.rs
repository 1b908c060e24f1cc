//! Stories told to the whole service through HTTP, each on SQLite and on PostgreSQL.
//!
//! `cargo test` tells them on SQLite; those on PostgreSQL are shown as ignored. `tests/run` brings a
//! PostgreSQL along and tells both.

mod support;

mod attempts;
mod batches;
mod heard;
mod pull;
mod stand_in;
mod story;
