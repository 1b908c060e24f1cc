//! The code of an entry link: as it is drawn, shown and read.

use zeroize::Zeroizing;

/// Crockford's base32: no `I`, `L`, `O` or `U`, so that nothing is misread and nothing is a word.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Ten symbols of five bits.
pub(crate) const CODE_LENGTH: usize = 10;

/// The code of an entry link, 50 bits: its ten symbols. It has no `Debug`, and is wiped when it is dropped.
pub(crate) struct EntryCode(Zeroizing<String>);

impl EntryCode {
    /// The code of random bytes.
    pub(crate) fn drawn(bytes: &[u8; CODE_LENGTH]) -> Self {
        // 32 divides 256: each symbol is as likely as the next.
        let symbol = |byte: &u8| char::from(SYMBOLS[usize::from(byte % 32)]);
        Self(Zeroizing::new(bytes.iter().map(symbol).collect()))
    }

    /// Reads what was typed: in either case, with or without hyphens and blanks, and with the letters that
    /// stand for a digit. `None` where it can be no code.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let mut symbols = Zeroizing::new(String::with_capacity(CODE_LENGTH));
        for letter in typed.chars() {
            if letter.is_whitespace() || is_hyphen(letter) {
                continue;
            }
            let symbol = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let is_symbol = u8::try_from(symbol).is_ok_and(|symbol| SYMBOLS.contains(&symbol));
            if !is_symbol || symbols.len() == CODE_LENGTH {
                return None;
            }
            symbols.push(symbol);
        }
        (symbols.len() == CODE_LENGTH).then_some(Self(symbols))
    }

    /// The ten symbols, under which it is looked up.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as it is shown: two groups of five.
    pub(crate) fn shown(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at(CODE_LENGTH / 2);
        Zeroizing::new(format!("{first}-{second}"))
    }
}

/// What keyboards and messengers make of a hyphen.
fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str) -> Option<String> {
        EntryCode::read(typed).map(|code| code.as_str().to_owned())
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Some("K7M2P04110".to_owned());
        for typed in [
            "K7M2P-04110",
            "k7m2p04110",
            " K7M2P 04110 ",
            "K7M2P-O4ILO",
            "k7m2p–o4lio",
            "K-7-M-2-P-0-4-1-1-0",
        ] {
            assert_eq!(read(typed), code, "{typed}");
        }
        for typed in [
            "",
            "K7M2P",
            "K7M2P-0411",
            "K7M2P-041100",
            "K7M2P-0411U",
            "К7М2Р-04110",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(bytes in any::<[u8; CODE_LENGTH]>()) {
            let code = EntryCode::drawn(&bytes);
            prop_assert_eq!(code.shown().len(), CODE_LENGTH + 1);
            prop_assert_eq!(read(&code.shown()), Some(code.as_str().to_owned()));
            prop_assert_eq!(read(&code.shown().to_lowercase()), Some(code.as_str().to_owned()));
        }

        #[test]
        fn no_text_is_read_as_more_or_less_than_ten_symbols(typed in ".{0,20}") {
            if let Some(symbols) = read(&typed) {
                prop_assert_eq!(symbols.len(), CODE_LENGTH);
                prop_assert!(symbols.bytes().all(|symbol| SYMBOLS.contains(&symbol)));
            }
        }
    }
}
