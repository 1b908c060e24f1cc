//! Everything that knows the shape of a foreign loan system: our NDJSON, CSV, our pull JSON, Fineract.
//!
//! What comes in leaves as the records of the domain, or as flaws that name field and reason. It never
//! knows our tables, and nobody above knows a foreign field's name.

pub mod csv;
pub mod decode;
pub mod fineract;
pub mod json;
pub mod lines;
pub mod ndjson;
pub mod record;
pub mod simple;
pub mod source;
