//! A weak part that is said again and again.

use super::{estimate, patterns::period, phrase::Phrase};

/// Whether a phrase says something weak again and again: `аааа`, `абабаб`, «мама мама мама».
///
/// A part that withstands `enough` guesses alone makes no weak phrase when it is said twice.
pub(super) fn is_repeated(phrase: &Phrase, enough: f64) -> bool {
    let letters: Vec<char> = phrase.as_str().chars().collect();
    let stretches = letters.chunk_by(|a, b| a == b).count();
    if letters.len() >= 3 && stretches * 3 <= letters.len() {
        return true;
    }
    let Some(period) = period(&letters) else {
        return false;
    };
    let part = Phrase::of_folded(phrase.cut(0, period));
    estimate::by_parts(&part, None) < enough
}
