//! The numbers, codes and logins that identify people and documents.
//!
//! Each is 1 to 64 letters (of any script), digits, `.`, `_`, `-` and `/`; logins and branch codes
//! are ASCII, without `/`, and compared without regard to case.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{invisible::is_invisible, validation::ValidationError};

const MAX_CHARS: usize = 64;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $parse:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses what was entered; blanks at the ends are not part of it.
            ///
            /// # Errors
            /// [`ValidationError::NotAnIdentifier`] where it has another character, none, or too many.
            pub fn parse(entered: &str) -> Result<Self, ValidationError> {
                $parse(entered).map(Self)
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

identifier!(
    /// The company's own number of a client.
    ClientNumber,
    any_script
);
identifier!(
    /// The number of a pledge ticket: one loan.
    TicketNumber,
    any_script
);
identifier!(
    /// What the telephone system calls one call.
    CallId,
    any_script
);
identifier!(
    /// A staff login, or a service account's client id; lower case.
    Login,
    ascii_lower
);
identifier!(
    /// A branch's code; case does not matter, and it is stored in upper case.
    BranchCode,
    ascii_upper
);

fn any_script(entered: &str) -> Result<String, ValidationError> {
    let text: String = entered.trim().nfc().collect();
    let is_letter = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    // Two numbers that look the same must not be two clients.
    checked(text, |c| {
        is_letter(c) && !is_invisible(c) || "._-/".contains(c)
    })
}

fn ascii_lower(entered: &str) -> Result<String, ValidationError> {
    ascii(entered).map(|text| text.to_ascii_lowercase())
}

fn ascii_upper(entered: &str) -> Result<String, ValidationError> {
    ascii(entered).map(|text| text.to_ascii_uppercase())
}

fn ascii(entered: &str) -> Result<String, ValidationError> {
    checked(entered.trim().to_owned(), |c| {
        c.is_ascii_alphanumeric() || "._-".contains(c)
    })
}

fn checked(text: String, fits: impl Fn(char) -> bool) -> Result<String, ValidationError> {
    let length = text.chars().count();
    if (1..=MAX_CHARS).contains(&length) && text.chars().all(fits) {
        Ok(text)
    } else {
        Err(ValidationError::NotAnIdentifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_have_letters_of_any_script_and_a_slash() {
        for number in ["Қ-000/7", "A1", "иин_900101300123", "١٢٣"] {
            assert_eq!(ClientNumber::parse(number).unwrap().as_str(), number);
        }
    }

    #[test]
    fn blanks_controls_and_excess_are_refused() {
        for bad in [
            "",
            "  ",
            "a b",
            "a\u{0}",
            "a?b",
            "a\u{3164}",
            "a\u{34f}",
            &"x".repeat(65),
        ] {
            assert_eq!(
                TicketNumber::parse(bad),
                Err(ValidationError::NotAnIdentifier),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_login_is_the_same_in_any_case_and_has_no_slash() {
        assert_eq!(
            Login::parse("Aigul.B").unwrap(),
            Login::parse("aigul.b").unwrap()
        );
        assert!(Login::parse("a/b").is_err());
        assert!(Login::parse("Әсел").is_err());
    }
}
