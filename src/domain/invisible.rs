//! Characters that are not seen: marks that come along when text is pasted, and letters that show nothing.

/// Whether a character shows nothing and says nothing of the text: Unicode's
/// `Default_Ignorable_Code_Point`, but for the selectors of variants, by which the letter before them is
/// seen in another form. Joiners are among them; inside a word they are part of its spelling, which is
/// for the caller to tell.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            // Fillers of Hangul and vowels of Khmer, which are letters by their kind.
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
#[must_use]
pub fn is_blank(text: &str) -> bool {
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
