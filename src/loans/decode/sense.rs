//! Whether a line makes sense in the recognised code page of its file. A file may have lines in several
//! encodings, or in one that is not supported: such lines are rejected by number, so that meaningless letters
//! never become a name.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    super::{
        lines::{Form, Line},
        record::Parsed,
    },
    code_page::CodePage,
    encoding::Encoding,
    recognise::weight,
};
use crate::domain::{
    loan::Record,
    validation::{FieldError, ValidationError},
};

/// A format whose lines are checked first, if the encoding of the file was only recognised.
pub struct Sensible<F> {
    form: F,
    is_recognised: bool,
}

impl<F> Sensible<F> {
    /// An encoding that was given, or that the file states by a mark, is not checked.
    pub fn new(form: F, is_recognised: bool) -> Self {
        Self {
            form,
            is_recognised,
        }
    }
}

impl<F: Form> Form for Sensible<F> {
    fn parse(&mut self, text: &[u8]) -> Line {
        let is_nonsense =
            self.is_recognised && std::str::from_utf8(text).is_ok_and(|text| !makes_sense(text));
        if is_nonsense {
            let refused: Parsed<Record> =
                Err(vec![FieldError::at("", ValidationError::WrongEncoding)]);
            return Line::Whole(refused);
        }
        self.form.parse(text)
    }
}

/// Signs that may be beside a letter on either side.
const TOUCHING: &str = "‐‑–—’‘ʼ´·•«»“”…№®™©\u{ad}";
/// Signs that may be before a letter and not after one: opening marks, signs of paragraphs and measures, and
/// signs at the beginning of list items and descriptions of goods.
const OPENING: &str = "„‚‹§√■∙≈≤≥÷";
/// Signs of measures, which may be before a letter, and after any letter except those that are the first bytes of
/// UTF-8 read as a code page: `40°С` and `40 С°` are a temperature, `Р°` is `а`.
const MEASURES: &str = "°±";
/// The first bytes of `а`, `б`, `ұ` and `М` in UTF-8, in the code pages where the second byte is such a sign.
const BEFORE_NO_MEASURE: &str = "РТп";

/// No control characters of the upper half, no box drawing, no impossible sign inside a word, and no word with
/// inverted case.
fn makes_sense(line: &str) -> bool {
    if line.is_ascii() {
        return true;
    }
    let mut before = ' ';
    for letter in line.chars() {
        let is_control = ('\u{80}'..='\u{9f}').contains(&letter);
        let is_frame = ('\u{2500}'..='\u{259f}').contains(&letter);
        if is_control || is_frame || is_odd(before, letter) {
            return false;
        }
        before = letter;
    }
    let mut words = line.split(|letter: char| !letter.is_alphabetic());
    !words.any(is_turned_over)
}

/// Whether one of two neighbours is a letter beyond ASCII and the other a sign that cannot be beside it.
fn is_odd(before: char, after: char) -> bool {
    if MEASURES.contains(after) {
        return BEFORE_NO_MEASURE.contains(before);
    }
    if MEASURES.contains(before) {
        return false;
    }
    let is_letter = |c: char| !c.is_ascii() && c.is_alphabetic();
    let is_sign = |c: char| {
        let is_plain = c.is_ascii() || c.is_alphanumeric() || c.is_whitespace();
        !is_plain && !unicode_normalization::char::is_combining_mark(c) && !TOUCHING.contains(c)
    };
    (is_letter(before) && is_sign(after))
        || (is_sign(before) && is_letter(after) && !OPENING.contains(before))
}

/// Whether a word has inverted case, and likelier letters in the other code page, which has capitals at the bytes
/// of the small letters: `йЧБОПЧ` is `Иванов` there, while `иВАНОВ` was only typed with caps lock.
fn is_turned_over(word: &str) -> bool {
    let mut letters = word.chars();
    let begins_small = letters
        .next()
        .is_some_and(|letter| !letter.is_ascii() && letter.is_lowercase());
    let rest = letters.as_str();
    if !begins_small || rest.chars().nth(1).is_none() || !rest.chars().all(char::is_uppercase) {
        return false;
    }
    let as_read: i64 = word.chars().map(weight).sum();
    TURNED_OVER.iter().any(|letters| {
        let turned = word.chars().filter_map(|letter| letters.get(&letter));
        turned.map(|letter| weight(*letter)).sum::<i64>() > as_read
    })
}

/// The letter of KOI8-R for each letter of windows-1251, and the reverse.
static TURNED_OVER: LazyLock<[HashMap<char, char>; 2]> = LazyLock::new(|| {
    let [windows, koi] = [Encoding::Windows1251, Encoding::Koi8R]
        .map(|encoding| CodePage::of(encoding).expect("this encoding is a code page"));
    let pairs = |from: &CodePage, to: &CodePage| {
        let letters = (0x80..=0xFF).map(|byte| (from.letter(byte), to.letter(byte)));
        letters.collect()
    };
    [pairs(&windows, &koi), pairs(&koi, &windows)]
});

#[cfg(test)]
mod tests {
    use super::*;

    /// A text in another code page, read as windows-1251.
    fn misread(text: &[u8]) -> String {
        let mut read = Vec::new();
        let page = CodePage::of(Encoding::Windows1251).unwrap();
        page.decode(text, &mut read);
        String::from_utf8(read).unwrap()
    }

    #[test]
    fn what_people_write_makes_sense() {
        for line in [
            "K-1;Ivanov",
            "К-1;Қасымова;Әсел;Нұрланқызы",
            "ЗБ/1;ТОО «Ромашка»;Кольцо, 585° проба – новое",
            "Ким–Цой Анна-Мария;О’Нил;Абдул·ла;e-Gov еQazyna",
            "ЖШС „Алтын“;КредитПлюс;5 €;§ 4;iPhone®",
            "иВАНОВ;тОО Ромашка;қАСЫМОВА",
            "Термос до 40°С;Утюг 200 С°;Весы ±0,5;±пять;585°…;№3;§Б;10‰",
            "■Кольцо;√Проба;∙Серьги;≈пять;≤шести;5÷6",
        ] {
            assert!(makes_sense(line), "{line}");
        }
    }

    #[test]
    fn what_was_written_in_another_code_page_makes_none() {
        for name in [
            "Қасымова",
            "Әсел",
            "Иван",
            "Роза",
            "Алтын",
            "Фёдор",
            "Бану",
            "Ұлан",
            "абаб",
            "ұлы",
        ] {
            let line = misread(name.as_bytes());
            assert!(!makes_sense(&line), "{name} became {line}");
        }
        let koi = CodePage::of(Encoding::Koi8R).unwrap();
        let line = misread(&koi.encode("Вера"));
        assert!(!makes_sense(&line), "{line}");
        let dos = CodePage::of(Encoding::Cp866).unwrap();
        let line = misread(&dos.encode("Иванов"));
        assert!(!makes_sense(&line), "{line}");
    }
}
