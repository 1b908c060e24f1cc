//! What can be wrong with one value that somebody entered.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use super::strength::Weakness;

/// Why a value was refused. The code is stable and for machines; what is said for it to people stands in
/// `locales/`, under the name of its kind.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(FlawKind),
    derive(EnumIter, IntoStaticStr),
    strum(serialize_all = "snake_case"),
    doc = "What is wrong, without its numbers: the name of its words."
)]
pub enum Flaw {
    /// The field is needed and is not there.
    Missing,
    /// There is nothing in it but blanks.
    Blank,
    /// A control character, such as a line break or NUL, is in it.
    NotALine,
    /// Fewer characters than `min`.
    TooShort {
        /// the least number of characters
        min: usize,
    },
    /// More characters than `max`.
    TooLong {
        /// the greatest number of characters
        max: usize,
    },
    /// Not letters, hyphens, apostrophes and spaces, nor what else real names hold.
    NotAName,
    /// Not a telephone number.
    NotAPhone,
    /// Not 1 to 64 of the characters that numbers, logins and codes are made of.
    NotAnIdentifier,
    /// Not a calendar date `YYYY-MM-DD`.
    NotADate,
    /// A calendar date outside the years that a date may name.
    DateOutOfRange {
        /// the first year
        first: i32,
        /// the last year
        last: i32,
    },
    /// Not an RFC 3339 time.
    NotATime,
    /// The loan system's time of a record lies ahead of the service's clock.
    AsOfAhead,
    /// Not a decimal amount in the currency's own minor units.
    NotAnAmount,
    /// Below zero where nothing can be.
    Negative,
    /// Not an ISO 4217 currency.
    NotACurrency,
    /// Outside a range of whole numbers.
    OutOfRange {
        /// the least
        min: i64,
        /// the greatest
        max: i64,
    },
    /// None of the words that can stand here.
    NotOneOf(&'static [&'static str]),
    /// The day lies ahead.
    DayAhead,
    /// The day lies before the application was drafted.
    BeforeDraft,
    /// The representative's document is past its last day.
    DocumentExpired,
    /// The identity document was not seen.
    NotSeen,
    /// The two entries of the passphrase differ.
    PassphrasesDiffer,
    /// There is nothing in the passphrase that could be compared.
    NothingToCompare,
    /// No such client.
    UnknownClient,
    /// No such branch.
    UnknownBranch,
    /// The current password is another.
    WrongPassword,
    /// The new password is common, or holds the login.
    WeakPassword,
    /// Exactly one of several fields is wanted.
    ExactlyOne,
    /// One field, twice.
    Twice,
    /// At least one of several fields is wanted.
    NothingToChange,
    /// Not a cursor that this list gave out.
    NotACursor,
    /// Two fields do not go together.
    Contradiction,
    /// Not an address that may be called.
    NotAUrl,
    /// Another JSON type than this field has.
    WrongType,
    /// No such field here.
    UnknownField,
    /// Not JSON at all.
    MalformedJson,
    /// A line of more than `max` bytes.
    LineTooLong {
        /// the greatest number of bytes
        max: usize,
    },
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A line whose letters make no sense in the encoding that its file was recognised to be in.
    WrongEncoding,
    /// A line that sums a table up.
    TotalRow,
    /// A line of a table with more or fewer values than its header has columns.
    WrongColumns {
        /// what the header has
        wanted: usize,
    },
    /// A quotation that begins in this line and does not end.
    UnendedQuotation,
    /// A stream that ended before its end, or was not packed as it said.
    BrokenOff,
    /// A passphrase that is too easily guessed.
    Weak(Weakness),
}

/// A flaw and the field that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFlaw {
    /// JSON pointer to the field, or the parameter's name
    pub pointer: String,
    /// what is wrong with it
    pub flaw: Flaw,
}

impl FieldFlaw {
    /// A flaw of a field.
    #[must_use]
    pub fn at(pointer: &str, flaw: Flaw) -> Self {
        Self {
            pointer: pointer.to_owned(),
            flaw,
        }
    }
}

impl Flaw {
    /// The stable machine code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateOutOfRange { .. } => "out_of_range",
            Self::Weak(weakness) => weakness.code(),
            _ => FlawKind::from(self).into(),
        }
    }
}
