//! Free texts, such as the name of a product.

use super::{flaw::Flaw, invisible::is_blank};

/// The byte order mark that some programs put before a text in UTF-8. It is no part of the text.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The longest of [`short_line`], characters.
const MAX_SHORT: usize = 200;

/// One line of text: trimmed, not blank, without control characters.
///
/// # Errors
/// [`Flaw::Blank`], [`Flaw::NotALine`].
pub fn line(entered: &str) -> Result<String, Flaw> {
    if entered.contains(char::is_control) {
        return Err(Flaw::NotALine);
    }
    if is_blank(entered) {
        return Err(Flaw::Blank);
    }
    Ok(entered.trim().to_owned())
}

/// A line of at most 200 characters.
///
/// # Errors
/// As for [`line`], and [`Flaw::TooLong`].
pub fn short_line(entered: &str) -> Result<String, Flaw> {
    if entered.chars().nth(MAX_SHORT).is_some() {
        return Err(Flaw::TooLong { max: MAX_SHORT });
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
            assert_eq!(line(blank), Err(Flaw::Blank));
        }
        for broken in ["a\nb", "\u{0}", "a\t"] {
            assert_eq!(line(broken), Err(Flaw::NotALine));
        }
        let longest = "ә".repeat(MAX_SHORT);
        assert_eq!(short_line(&longest), Ok(longest.clone()));
        let longer = longest + "ә";
        assert_eq!(short_line(&longer), Err(Flaw::TooLong { max: MAX_SHORT }));
        assert_eq!(line(&longer), Ok(longer.clone()));
    }
}
