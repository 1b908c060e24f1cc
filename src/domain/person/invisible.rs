//! Marks that are not seen and come along when text is pasted.

/// Whether a character shows nothing and says nothing of the text: marks of direction, the byte order
/// mark, blanks without width, the soft hyphen. Joiners are among them; inside a word they are part of
/// its spelling, which is for the caller to tell.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}'
    )
}
