//! The rules, pure: no I/O, no clock, no random numbers, no HTTP and no SQL.

pub(crate) mod application;
pub mod attempts;
pub mod audit;
pub mod calendar;
pub(crate) mod entry;
pub mod heard;
pub mod id;
pub mod identifier;
pub(crate) mod invisible;
pub mod language;
pub mod loan;
pub mod money;
pub mod passphrase;
pub mod person;
pub(crate) mod report;
pub mod role;
pub mod seal;
pub mod signals;
pub(crate) mod spoken;
pub(crate) mod staff;
pub mod strength;
pub(crate) mod suggestions;
pub mod text;
pub mod validation;
pub mod verification;
pub(crate) mod webhook;
