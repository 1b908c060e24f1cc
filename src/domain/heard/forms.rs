//! The two forms in which a phrase is compared: exact, and folded.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A folded phrase. It is a secret: wiped on drop, never printed.
///
/// It holds only letters and digits, with no spaces.
pub struct Folded(pub(super) Zeroizing<String>);

impl Folded {
    /// The folded text as the bytes that are hashed (UTF-8).
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Length in characters, the length that a minimum is compared with.
    pub fn len_chars(&self) -> usize {
        self.0.chars().count()
    }

    /// True where nothing that can be heard was left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Folded(..)")
    }
}

/// What was typed in NFC, for the comparison that is named `exact`.
pub fn exact_form(text: &str) -> Zeroizing<String> {
    let mut exact = Zeroizing::new(String::with_capacity(text.len() * 3));
    exact.extend(text.nfc());
    exact
}
