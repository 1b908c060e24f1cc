//! Formats of loan systems. Files and batches: [`csv`] and [`ndjson`]. Systems that Qupia requests loans
//! from: [`source`], each protocol in [`dialect`].
//!
//! The result is always records of the domain, or field errors. Nothing here knows the database, and no other
//! module knows a field name of a loan system.

pub(crate) mod answer;
pub mod csv;
pub mod decode;
pub mod dialect;
pub mod lines;
pub mod ndjson;
pub(crate) mod record;
pub mod source;
pub(crate) mod wire;
