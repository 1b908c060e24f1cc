//! One reading of what was typed, and how it came about.

use strum::IntoStaticStr;

use super::forms::Folded;

/// How many variants are tried at most after the folded form itself.
///
/// Each is one hash; all together are one attempt (NIST SP 800-63B-4 §3.1.1.2
/// allows "limited allowances for mistyping").
pub const MAX_VARIANTS: usize = 3;

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
