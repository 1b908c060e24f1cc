//! The reasons for which a passphrase is refused.

/// A reason not to accept a passphrase. NIST SP 800-63B-4 §3.1.1.2 asks that the client be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Weakness {
    /// Fewer letters and digits, folded, than the minimum.
    TooShort {
        /// the fewest that are accepted
        min_length: usize,
    },
    /// More than [`super::MAX_LENGTH`] characters as entered.
    TooLong,
    /// A common password, a name or a place, perhaps with digits around it.
    CommonPassword,
    /// A common saying, line or greeting, perhaps with digits around it.
    CommonPhrase,
    /// Little but the company's, the product's or the trade's own words.
    CompanyWord,
    /// Keys that lie side by side on the English, Russian or Kazakh layout.
    KeyboardWalk,
    /// The same letter, syllable or word again and again.
    Repeated,
    /// A row of the alphabet or of numbers.
    Sequence,
    /// Nothing but a date, a year or a month.
    DateAlone,
    /// Little but this client's names, telephone or client number.
    PersonalData,
    /// None of these, and still too few guesses.
    Guessable {
        /// how many more words would be enough, one or more
        more_words: usize,
    },
}

impl Weakness {
    /// One of each, the minimum being `min_length` and one word missing.
    pub(crate) fn all(min_length: usize) -> [Self; 11] {
        [
            Self::TooShort { min_length },
            Self::TooLong,
            Self::CommonPassword,
            Self::CommonPhrase,
            Self::CompanyWord,
            Self::KeyboardWalk,
            Self::Repeated,
            Self::Sequence,
            Self::DateAlone,
            Self::PersonalData,
            Self::Guessable { more_words: 1 },
        ]
    }

    /// The stable machine code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::CommonPassword => "common_password",
            Self::CommonPhrase => "common_phrase",
            Self::CompanyWord => "company_word",
            Self::KeyboardWalk => "keyboard_walk",
            Self::Repeated => "repeated",
            Self::Sequence => "sequence",
            Self::DateAlone => "date_alone",
            Self::PersonalData => "personal_data",
            Self::Guessable { .. } => "guessable",
        }
    }

    /// How many guesses, as a power of ten, a phrase of this weakness withstands at most.
    pub(super) fn guesses_log10_at_most(self) -> f64 {
        match self {
            Self::TooShort { .. } | Self::TooLong | Self::Guessable { .. } => f64::INFINITY,
            Self::DateAlone => 4.5,
            Self::CommonPassword | Self::CommonPhrase | Self::Repeated => 4.0,
            Self::CompanyWord | Self::KeyboardWalk | Self::Sequence | Self::PersonalData => 3.0,
        }
    }
}
