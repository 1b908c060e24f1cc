//! Validation errors of single values.

use strum::{EnumDiscriminants, EnumIter, IntoEnumIterator, IntoStaticStr};

use super::strength::Weakness;

/// Why a value was refused. The code is stable and for machines; `locales/` has the message, under the name
/// of the kind.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(ValidationErrorKind),
    derive(EnumIter, IntoStaticStr),
    strum(serialize_all = "snake_case"),
    doc = "What is wrong, without its numbers: the name of its words."
)]
pub enum ValidationError {
    /// The field is needed and is not there.
    Missing,
    /// It is empty or blank.
    Blank,
    /// It contains a control character, such as a line break or NUL.
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
    /// It contains other characters than names do: letters, hyphens, apostrophes, spaces and a few more.
    NotAName,
    /// Not a telephone number.
    NotAPhone,
    /// Not 1 to 64 of the characters that numbers, logins and codes consist of.
    NotAnIdentifier,
    /// Not a calendar date `YYYY-MM-DD`.
    NotADate,
    /// A calendar date outside the allowed years.
    DateOutOfRange {
        /// the first year
        first: i32,
        /// the last year
        last: i32,
    },
    /// Not an RFC 3339 time.
    NotATime,
    /// A time that does not lie after the one before it.
    NotAfter,
    /// A span of more than `days` days.
    SpanTooLong {
        /// the greatest number of days
        days: i64,
    },
    /// The `as_of` of a record lies ahead of the service's clock.
    AsOfAhead,
    /// Not a decimal amount in the currency's own minor units.
    NotAnAmount,
    /// Below zero.
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
    /// Not one of the allowed words.
    NotOneOf(&'static [&'static str]),
    /// The day lies in the future.
    DayAhead,
    /// The day lies before the application was drafted.
    BeforeDraft,
    /// The representative's document has expired.
    DocumentExpired,
    /// The identity document was not seen.
    NotSeen,
    /// The two entries of the passphrase differ.
    PassphrasesDiffer,
    /// The passphrase has no letter and no digit.
    NothingToCompare,
    /// No such client.
    UnknownClient,
    /// No such branch.
    UnknownBranch,
    /// The current password is wrong.
    WrongPassword,
    /// The new password is common, or contains the login.
    WeakPassword,
    /// Exactly one of several fields is required.
    ExactlyOne,
    /// One field, twice.
    Twice,
    /// At least one of several fields is required.
    NothingToChange,
    /// Not a cursor that this list gave out.
    NotACursor,
    /// Two fields contradict each other.
    Contradiction,
    /// Not an address that the service may call.
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
    /// Not UTF-8.
    NotUtf8,
    /// A line that makes no sense in the encoding that was detected for its file.
    WrongEncoding,
    /// A line with the totals of a table.
    TotalRow,
    /// A line of a table with more or fewer values than its header has columns.
    WrongColumns {
        /// the number of columns in the header
        wanted: usize,
    },
    /// A quotation mark in this line is never closed.
    UnendedQuotation,
    /// A stream that broke off, or whose compression is broken.
    BrokenOff,
    /// A passphrase that is too easily guessed.
    Weak(Weakness),
}

/// A validation error and the field that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to the field, or the parameter's name
    pub pointer: String,
    /// what is wrong with it
    pub error: ValidationError,
}

impl FieldError {
    /// A validation error of a field.
    pub(crate) fn at(pointer: &str, error: ValidationError) -> Self {
        Self {
            pointer: pointer.to_owned(),
            error,
        }
    }
}

impl ValidationError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateOutOfRange { .. } => "out_of_range",
            Self::Weak(weakness) => weakness.code(),
            _ => ValidationErrorKind::from(self).into(),
        }
    }

    /// Every code that there is; one that values and passphrases share comes twice.
    pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
        use ValidationErrorKind::{DateOutOfRange, Weak};
        ValidationErrorKind::iter()
            .filter(|kind| !matches!(kind, DateOutOfRange | Weak))
            .map(Into::into)
            .chain(Weakness::all(0).map(Weakness::code))
    }
}
