//! Whether a passphrase is hard enough to guess, and if not, why.
//!
//! What is judged is the *folded* phrase, since that is what an attacker has to
//! hit (NIST SP 800-63B-4 §3.1.1.2): «Қазақстан», «казахстан» on the wrong
//! layout and `qazaqstan` are one guess. There are no rules of composition. A
//! phrase is refused where it is short, on a blocklist, of a pattern, made of
//! what is known of the client, or within reach of [`StrengthRules::min_guesses_log10`].

mod dates;
mod estimate;
mod lexicon;
mod patterns;
mod personal;
mod phrase;
mod repeats;
mod walks;
mod weakness;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;

use lexicon::{LEXICON, Listed};
use personal::PersonalData;
use phrase::Phrase;

pub use personal::About;
pub use weakness::Weakness;

/// Maximum length of a passphrase as entered, characters in NFC (NIST SP 800-63B-4 §3.1.1.2 asks that at
/// least 64 be allowed).
pub const MAX_LENGTH: usize = 64;

/// Default minimum of guesses, as a power of ten.
///
/// A caller has ten guesses in all before the passphrase is disabled, so a hundred thousand leave
/// one chance in ten thousand. Guessing against stolen hashes needs the pepper too, which is not
/// in the database; `docs/security.md` has the reasoning.
pub(crate) const MIN_GUESSES_LOG10: f64 = 5.0;

/// Range of that setting. Below it ten guesses would succeed once in a hundred times; above it a suggestion
/// of three words would no longer be accepted.
pub(crate) const MIN_GUESSES_LOG10_BOUNDS: RangeInclusive<f64> = 3.0..=9.0;

/// What an installation may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrengthRules {
    /// Minimum number of letters and digits of the folded phrase.
    pub min_length: usize,
    /// Minimum number of guesses that the phrase must withstand, as a power of ten.
    pub min_guesses_log10: f64,
}

impl Default for StrengthRules {
    /// Eight, NIST's minimum beside another factor: here the call from the client's own number.
    fn default() -> Self {
        Self {
            min_length: 8,
            min_guesses_log10: MIN_GUESSES_LOG10,
        }
    }
}

/// The judgement of one passphrase. It contains nothing of the phrase itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Each reason against it, in the order of [`Weakness`]; empty where it is acceptable.
    pub weaknesses: Vec<Weakness>,
    /// The estimated number of guesses as a power of ten, 0 or more.
    pub guesses_log10: f64,
}

impl Judgement {
    /// Whether it may be set.
    pub fn acceptable(&self) -> bool {
        self.weaknesses.is_empty()
    }
}

/// Judges `passphrase` for the client whom `about` describes.
///
/// Except for [`Weakness::TooLong`] the answer depends only on the folded phrase; knowing more about the
/// client never makes a phrase acceptable that was not. 64 characters take under 5 ms once the tables are
/// built, at the first call or by [`prepare`].
pub fn judge(passphrase: &str, about: &About<'_>, rules: &StrengthRules) -> Judgement {
    let phrase = Phrase::of(passphrase);
    let known = PersonalData::of(about);
    let enough = rules.min_guesses_log10;
    let mut found = Vec::new();
    if phrase.length() < rules.min_length {
        found.push(Weakness::TooShort {
            min_length: rules.min_length,
        });
    }
    if passphrase.nfc().nth(MAX_LENGTH).is_some() {
        found.push(Weakness::TooLong);
    }
    found.extend(listed(&phrase));
    found.extend(shapes(&phrase, enough));
    let mut guesses = estimate::by_zxcvbn(&phrase).min(estimate::by_parts(&phrase, None));
    let with_knowledge = estimate::by_parts(&phrase, Some(&known));
    let is_personal = personal::is_nothing_else(&phrase, &known)
        || personal::is_number_of_a_person(&phrase)
        || (with_knowledge < enough && guesses >= enough);
    if is_personal {
        found.push(Weakness::PersonalData);
    }
    guesses = guesses.min(with_knowledge);
    for weakness in &found {
        guesses = guesses.min(weakness.guesses_log10_at_most());
    }
    if found.is_empty() && guesses < enough {
        found.push(Weakness::Guessable {
            more_words: estimate::words_for(enough - guesses),
        });
    }
    found.sort_unstable();
    found.dedup();
    Judgement {
        weaknesses: found,
        guesses_log10: guesses,
    }
}

/// Builds the tables now, in some tenths of a second, and not at the first [`judge`].
pub(crate) fn prepare() {
    let _ = judge(
        "кез келген сөз 1990",
        &About::default(),
        &StrengthRules::default(),
    );
}

/// What the blocklists say of the phrase, also where digits were put before or after it.
fn listed(phrase: &Phrase) -> Option<Weakness> {
    if phrase.is_empty() {
        return None;
    }
    if lexicon::is_company(phrase) {
        return Some(Weakness::CompanyWord);
    }
    let as_is = LEXICON.listed(phrase.as_str());
    let bare = LEXICON.listed(phrase.without_digits_around(lexicon::MAX_DECORATION));
    match as_is.or(bare)? {
        Listed::Password => Some(Weakness::CommonPassword),
        Listed::Phrase => Some(Weakness::CommonPhrase),
        Listed::Company => Some(Weakness::CompanyWord),
    }
}

/// The patterns that the phrase is nothing more than.
fn shapes(phrase: &Phrase, enough: f64) -> Vec<Weakness> {
    let mut found = Vec::new();
    if phrase.is_empty() {
        return found;
    }
    if patterns::is_sequence(phrase) {
        found.push(Weakness::Sequence);
    } else if walks::is_walk(phrase) {
        found.push(Weakness::KeyboardWalk);
    }
    if repeats::is_repeated(phrase, enough) {
        found.push(Weakness::Repeated);
    }
    if dates::is_date(phrase) {
        found.push(Weakness::DateAlone);
    }
    found
}
