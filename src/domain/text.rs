//! Free texts, such as the name of a product.

use super::{invisible::is_blank, validation::ValidationError};

/// The byte order mark that some programs put before a text in UTF-8. It is no part of the text.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The longest of [`short_line`], characters.
const MAX_SHORT: usize = 200;

/// One line of text: trimmed, not blank, without control characters.
///
/// # Errors
/// [`ValidationError::Blank`], [`ValidationError::NotALine`].
pub(crate) fn line(entered: &str) -> Result<String, ValidationError> {
    if entered.contains(char::is_control) {
        return Err(ValidationError::NotALine);
    }
    if is_blank(entered) {
        return Err(ValidationError::Blank);
    }
    Ok(entered.trim().to_owned())
}

/// A line of at most 200 characters.
///
/// # Errors
/// As for [`line`], and [`ValidationError::TooLong`].
pub fn short_line(entered: &str) -> Result<String, ValidationError> {
    if entered.chars().nth(MAX_SHORT).is_some() {
        return Err(ValidationError::TooLong { max: MAX_SHORT });
    }
    line(entered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_neither_blank_nor_two() {
        assert_eq!(line(" Алтын сақина ").as_deref(), Ok("Алтын сақина"));
        for blank in ["", " ", "\u{a0}", "\u{3164}"] {
            assert_eq!(line(blank), Err(ValidationError::Blank));
        }
        for broken in ["a\nb", "\u{0}", "a\t"] {
            assert_eq!(line(broken), Err(ValidationError::NotALine));
        }
        let longest = "ә".repeat(MAX_SHORT);
        assert_eq!(short_line(&longest), Ok(longest.clone()));
        let longer = longest + "ә";
        assert_eq!(
            short_line(&longer),
            Err(ValidationError::TooLong { max: MAX_SHORT })
        );
        assert_eq!(line(&longer), Ok(longer.clone()));
    }
}
