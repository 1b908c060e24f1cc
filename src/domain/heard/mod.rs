//! Matching what was said, not what was typed.
//!
//! The client says the passphrase and another person types it in a hurry.
//! [`fold()`] takes away what cannot be heard (case, spaces, script, the form of
//! a number), alike at registration and at verification, so that one hash
//! serves. [`candidates`] adds at most [`MAX_VARIANTS`] readings of a slip of
//! the keyboard. Nothing here is approximate: no edit distance, no phonetic
//! code, no dropped word, no prefix, no changed order. `docs/heard.md` has the
//! reasons and the figures.

mod candidate;
mod fold;
mod forms;
mod latin;
mod layout;
mod letters;
mod number_words;
mod numbers;
mod reading;
mod spelling;
mod spelling_pairs;
mod spelling_stems;
mod variants;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use fold::FoldRules;

pub use candidate::{Candidate, Heard, MAX_VARIANTS};
pub use forms::{Folded, exact_form};

/// The version of the fold now in force, kept beside each hash.
pub const FOLD_VERSION: u16 = 1;

/// A set of folds: every version that still has hashes, and the one in force.
///
/// The service uses [`FOLDS`]. [`REHEARSAL`] has one version more, so that a
/// test can live through the day on which a better fold comes.
pub struct Folds(&'static [FoldRules]);

/// The folds of this build.
pub const FOLDS: Folds = Folds(&[FoldRules::V1]);

/// The folds of this build and a next one which folds otherwise; for tests.
pub const REHEARSAL: Folds = Folds(&[FoldRules::V1, FoldRules::REHEARSED_V2]);

impl Folds {
    /// The version in force, the last of the set.
    pub fn version(&self) -> u16 {
        self.0.last().map_or(FOLD_VERSION, |rules| rules.version)
    }

    fn rules(&self, version: u16) -> Option<&'static FoldRules> {
        self.0.iter().find(|rules| rules.version == version)
    }

    /// Folds `text` under `version`; `None` for a version not in the set.
    pub fn fold_as(&self, version: u16, text: &str) -> Option<Folded> {
        self.rules(version).map(|rules| fold::fold(rules, text))
    }

    /// See [`candidates`].
    pub fn candidates(&self, version: u16, typed: &str) -> Option<Vec<Candidate>> {
        self.rules(version)
            .map(|rules| variants::candidates(rules, typed))
    }
}

/// Folds `text` under `version`; `None` for a version this build does not know.
#[cfg(test)]
pub(crate) fn fold_as(version: u16, text: &str) -> Option<Folded> {
    FOLDS.fold_as(version, text)
}

/// Folds `text` under the version in force. `fold(fold(x)) == fold(x)`.
pub fn fold(text: &str) -> Folded {
    fold::fold(&FoldRules::V1, text)
}

/// First the folded form itself, then at most [`MAX_VARIANTS`] variants of it,
/// the likeliest first, no two alike and none empty.
///
/// `None` for a version this build does not know. The variants are made from
/// `typed` as it is, for a comma on one layout is a letter on another.
pub fn candidates(version: u16, typed: &str) -> Option<Vec<Candidate>> {
    FOLDS.candidates(version, typed)
}

/// What `text` folds to in the other spellings, Russian or Kazakh, that are heard as it.
pub(crate) fn other_spellings(text: &str) -> impl Iterator<Item = Folded> {
    variants::other_spellings(&FoldRules::V1, text)
}
