//! Matching what was said, not what was typed.
//!
//! The client says the passphrase and another person types it in a hurry.
//! [`fold()`] takes away what cannot be heard (case, spaces, script, the form of
//! a number), alike at registration and at verification, so that one hash
//! serves. [`candidates`] adds at most [`MAX_VARIANTS`] readings of a slip of
//! the keyboard. Nothing here is approximate: no edit distance, no phonetic
//! code, no dropped word, no prefix, no changed order. `docs/heard.md` has the
//! reasons and the figures.

mod fold;
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

use strum::IntoStaticStr;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use fold::Rules;

/// The version of the fold now in force, kept beside each hash.
pub const FOLD_VERSION: u16 = 1;

/// How many variants are tried at most after the folded form itself.
///
/// Each is one hash; all together are one attempt (NIST SP 800-63B-4 §3.1.1.2
/// allows "limited allowances for mistyping").
pub const MAX_VARIANTS: usize = 3;

/// A folded phrase. It is a secret: wiped on drop, never printed.
///
/// It holds only letters and digits, with no spaces.
pub struct Folded(Zeroizing<String>);

impl Folded {
    /// The folded text as the bytes that are hashed (UTF-8).
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Length in characters, the length that a minimum is compared with.
    pub fn len_chars(&self) -> usize {
        self.0.chars().count()
    }

    /// True where nothing that can be heard was left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Folded(..)")
    }
}

/// How a match came about. The name goes into the audit; the text never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Heard {
    /// Equal as typed, up to NFC.
    Exact,
    /// Equal after folding.
    Folded,
    /// Typed on the English layout while the Russian one was meant.
    KeyboardEnToRu,
    /// Typed on the English layout while the Kazakh one was meant.
    KeyboardEnToKz,
    /// Typed on the Russian layout while the Kazakh number row was meant: «2же».
    KeyboardRuToKz,
    /// Typed on the Russian or Kazakh layout while the English one was meant.
    KeyboardRuToEn,
    /// Digits typed on the number row of the Kazakh layout: «әқәң».
    KeyboardKzDigits,
    /// Latin letters that all look Cyrillic: «MOCKBA».
    LookAlike,
    /// Kazakh in Latin letters, read the less usual way: `ng` as ң.
    LatinKazakh,
    /// Russian in Latin letters, read the less usual way: `w` as в.
    LatinRussian,
    /// A number word joined to its neighbour: «алтынкүнжеті».
    JoinedNumber,
    /// An attested Russian spelling of a Kazakh word, or the Kazakh of a Russian one.
    RussianSpelling,
    /// The same by the letters alone: «Тохтар», «Кюльтегин».
    RussianLetters,
}

impl Heard {
    /// The stable name that the audit keeps.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// One folded reading of what was typed, and how it came about.
#[derive(Debug)]
pub struct Candidate {
    /// [`Heard::Folded`], or the variant's name.
    pub heard: Heard,
    /// What is hashed and compared.
    pub folded: Folded,
}

/// A set of folds: every version that still has hashes, and the one in force.
///
/// The service uses [`FOLDS`]. [`REHEARSAL`] has one version more, so that a
/// test can live through the day on which a better fold comes.
pub struct Folds(&'static [Rules]);

/// The folds of this build.
pub const FOLDS: Folds = Folds(&[Rules::V1]);

/// The folds of this build and a next one which folds otherwise; for tests.
pub const REHEARSAL: Folds = Folds(&[Rules::V1, Rules::REHEARSED_V2]);

impl Folds {
    /// The version in force, the last of the set.
    pub fn version(&self) -> u16 {
        self.0.last().map_or(FOLD_VERSION, |rules| rules.version)
    }

    fn rules(&self, version: u16) -> Option<&'static Rules> {
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
pub fn fold_as(version: u16, text: &str) -> Option<Folded> {
    FOLDS.fold_as(version, text)
}

/// Folds `text` under the version in force. `fold(fold(x)) == fold(x)`.
pub fn fold(text: &str) -> Folded {
    fold::fold(&Rules::V1, text)
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
pub fn other_spellings(text: &str) -> impl Iterator<Item = Folded> {
    variants::other_spellings(&Rules::V1, text)
}

/// What was typed in NFC, for the comparison that is named `exact`.
pub fn exact_form(text: &str) -> Zeroizing<String> {
    let mut exact = Zeroizing::new(String::with_capacity(text.len() * 3));
    exact.extend(text.nfc());
    exact
}
