//! The printable form of Appendix #1.
use crate::{
    domain::{application::Application, language::Language},
    store::ClientRow,
};
use chrono::NaiveDate;

/// What the page may load: nothing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Writes the page.
#[must_use]
pub fn page(
    application: &Application,
    _client: &ClientRow,
    _drafted_on: NaiveDate,
    _language: Language,
) -> String {
    application.number.clone()
}
