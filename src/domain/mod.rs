//! The rules, pure: no I/O, no clock, no random numbers, no HTTP and no SQL.

pub mod application;
pub mod attempts;
pub mod audit;
pub mod calendar;
pub mod entry;
pub mod heard;
pub mod id;
pub mod identifier;
pub mod invisible;
pub mod language;
pub mod loan;
pub mod money;
pub mod passphrase;
pub mod person;
pub mod report;
pub mod role;
pub mod seal;
pub mod signals;
pub mod spoken;
pub mod staff;
pub mod strength;
pub mod suggestions;
pub mod text;
pub mod validation;
pub mod verification;
pub mod webhook;
