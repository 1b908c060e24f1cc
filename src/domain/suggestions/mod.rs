//! Suggested passphrases: a few common, concrete words that are easy to say and to hear.
//!
//! `docs/suggestions.md` says how the lists were made and what they guarantee.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use super::language::Language;

/// Default number of words.
pub(crate) const DEFAULT_WORDS: usize = 3;
/// Minimum number of words: three are more than 31 bits in every language.
pub(crate) const MIN_WORDS: usize = 3;
/// Maximum number of words: five words of ten letters and the spaces are 54 of the 64 allowed characters.
pub(crate) const MAX_WORDS: usize = 5;

static KK: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("kk.txt").lines().collect());
static RU: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("ru.txt").lines().collect());
static EN: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("en.txt").lines().collect());

/// The word list of a language, sorted.
pub(crate) fn words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Kk => &KK,
        Language::Ru => &RU,
        Language::En => &EN,
    }
}

/// A phrase of `words` words, joined by spaces.
///
/// `pick` is the random source: given `n` it returns a number below `n`, each with the same probability; it
/// has to be cryptographic. A number that is not below `n` is taken modulo `n`.
pub(crate) fn suggest(
    language: Language,
    words: usize,
    mut pick: impl FnMut(u32) -> u32,
) -> String {
    let list = self::words(language);
    let size = u32::try_from(list.len()).expect("the lists have a few thousand words");
    let mut phrase = String::new();
    for place in 0..words.clamp(MIN_WORDS, MAX_WORDS) {
        if place > 0 {
            phrase.push(' ');
        }
        phrase.push_str(list[(pick(size) % size) as usize]);
    }
    phrase
}

/// The entropy in bits of a suggestion, folded: `words · log₂(size of the list)`.
///
/// It is exact, because no folded word is the beginning of another: from the folded phrase, which
/// has no spaces, the words can be read back in one way only.
#[cfg(test)]
pub(crate) fn entropy_bits(language: Language, words: usize) -> f64 {
    let places = u32::try_from(words.clamp(MIN_WORDS, MAX_WORDS)).expect("at most MAX_WORDS");
    let size = u32::try_from(self::words(language).len()).expect("a few thousand words");
    f64::from(places) * f64::from(size).log2()
}
