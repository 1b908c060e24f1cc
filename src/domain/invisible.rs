//! Invisible characters: marks that come along when text is pasted, and letters without a glyph.

/// Whether a character is invisible: Unicode's `Default_Ignorable_Code_Point`, except variation selectors,
/// which change the look of the letter before them. Joiners are included; inside a word they are part of
/// its spelling, which the caller has to decide.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            // Hangul fillers and Khmer vowels, which are letters by category.
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}'
    )
}

/// Whether nothing can be seen of a text.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank() {
        for blank in ["", " \u{a0}", "\u{3164}", "\u{200d}\u{feff} \u{115f}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["-", "\u{3164}а", "葛\u{e0100}", "♥\u{fe0f}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }
}
