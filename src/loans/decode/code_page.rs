//! Code pages: one byte per letter, the lower half ASCII. `encoding_rs` has those that browsers support;
//! Kazakhstan's is not among them, so it is defined here.

use encoding_rs::{IBM866, KOI8_R, WINDOWS_1251};

use super::encoding::Encoding;

/// The upper half of KZ-1048, bytes 0x80 to 0xFF in order, as ST RK 1048-2002 defines it and the Unicode
/// Consortium maps it (`KZ1048.TXT`). It is windows-1251 with sixteen letters of other Slavic
/// languages replaced by those of Kazakh. 0x98 is unassigned in both.
const KZ_1048: &str = "\
    ЂЃ‚ѓ„…†‡€‰Љ‹ЊҚҺЏ\
    ђ‘’“”•–—\u{98}™љ›њқһџ\
    \u{a0}ҰұӘ¤Ө¦§Ё©Ғ«¬\u{ad}®Ү\
    °±Ііөµ¶·ё№ғ»әҢңү\
    АБВГДЕЖЗИЙКЛМНОП\
    РСТУФХЦЧШЩЪЫЬЭЮЯ\
    абвгдежзийклмноп\
    рстуфхцчшщъыьэюя";

/// The upper half of a code page.
pub(super) struct CodePage(Box<[char; 128]>);

impl CodePage {
    /// `None` for an encoding that is not a code page.
    pub(crate) fn of(encoding: Encoding) -> Option<Self> {
        let known = match encoding {
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => return None,
            Encoding::Kz1048 => return Some(Self::of_letters(KZ_1048)),
            Encoding::Windows1251 => WINDOWS_1251,
            Encoding::Koi8R => KOI8_R,
            Encoding::Cp866 => IBM866,
        };
        let upper_half: Vec<u8> = (0x80..=0xFF).collect();
        let (letters, _) = known.decode_without_bom_handling(&upper_half);
        Some(Self::of_letters(&letters))
    }

    fn of_letters(letters: &str) -> Self {
        let mut page = Box::new(['\u{fffd}'; 128]);
        for (place, letter) in page.iter_mut().zip(letters.chars()) {
            *place = letter;
        }
        Self(page)
    }

    /// The letter of a byte.
    pub(crate) fn letter(&self, byte: u8) -> char {
        match byte.checked_sub(0x80) {
            Some(place) => self.0[usize::from(place)],
            None => char::from(byte),
        }
    }

    /// Writes bytes as UTF-8.
    pub(crate) fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) {
        let mut letter = [0; 4];
        for byte in bytes {
            if byte.is_ascii() {
                text.push(*byte);
            } else {
                let encoded = self.letter(*byte).encode_utf8(&mut letter);
                text.extend_from_slice(encoded.as_bytes());
            }
        }
    }
}

#[cfg(test)]
impl CodePage {
    /// Encodes a text, all letters of which must be in the code page.
    pub(crate) fn encode(&self, text: &str) -> Vec<u8> {
        let byte = |letter: char| (0..=u8::MAX).find(|byte| self.letter(*byte) == letter);
        text.chars()
            .map(|letter| byte(letter).unwrap_or_else(|| panic!("no {letter:?} in it")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakhstans_code_page_is_windows_1251_but_for_sixteen_letters() {
        let (ours, windows) = (
            CodePage::of(Encoding::Kz1048).unwrap(),
            CodePage::of(Encoding::Windows1251).unwrap(),
        );
        assert_eq!(KZ_1048.chars().count(), 128);
        let differ: String = (0..=u8::MAX)
            .filter(|byte| ours.letter(*byte) != windows.letter(*byte))
            .flat_map(|byte| [windows.letter(byte), ours.letter(byte)])
            .collect();
        assert_eq!(differ, "ЌҚЋҺќқћһЎҰўұЈӘҐӨЄҒЇҮґөєғјәЅҢѕңїү");
    }

    #[test]
    fn every_letter_of_a_code_page_is_another() {
        for encoding in [
            Encoding::Windows1251,
            Encoding::Kz1048,
            Encoding::Koi8R,
            Encoding::Cp866,
        ] {
            let page = CodePage::of(encoding).unwrap();
            let whole: Vec<u8> = (0..=u8::MAX).collect();
            let mut text = Vec::new();
            page.decode(&whole, &mut text);
            assert_eq!(page.encode(&String::from_utf8(text).unwrap()), whole);
        }
    }
}
