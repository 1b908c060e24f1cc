//! Whole numbers by themselves.

use super::{kazakh, russian};
use crate::domain::language::ClientLanguage;

/// A whole number as it is counted with nothing after it: «сто двадцать один», «жүз жиырма бір».
pub(crate) fn number(value: u64, language: ClientLanguage) -> String {
    match language {
        ClientLanguage::Kk => kazakh::cardinal(value),
        ClientLanguage::Ru => {
            russian::cardinal(value, russian::Gender::Masculine, russian::Case::Nominative)
        }
    }
}
