//! Names of people, of any script.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::domain::{invisible::is_invisible, validation::ValidationError};

/// A family name, a given name or a patronymic: 1 to 100 letters, hyphens, apostrophes and spaces, and the
/// other characters that real names have.
///
/// It is stored as the document has it, in NFC and with single spaces. The many hyphens and apostrophes are
/// not unified, since `ʻ` and `ʼ` are letters in some alphabets and signs in others. Nobody is found by a
/// name, and a name that is compared with a phrase is folded.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// Hyphens and the dashes typed for them, among them those of Armenian and Hebrew.
const HYPHENS: &str = "-‐‑‒–—―−﹘﹣－֊־";
/// Apostrophes and the quotation marks and accents typed for them, among them those of Armenian and
/// Hebrew.
const APOSTROPHES: &str = "'’‘‛ʼʻʹ`´′＇՚׳״";
/// Dots between two parts of one name: of Chinese, Catalan, Japanese and Tibetan.
const MIDDLE_DOTS: &str = "·‧・･་";
/// Joiners, which are part of a word's spelling in Persian and in scripts of India.
const JOINERS: &str = "\u{200c}\u{200d}";
/// An initial has one letter, or two for one sound: `Ш.`, `Дж.`.
const MAX_INITIAL_LETTERS: usize = 2;

impl PersonName {
    /// Maximum length of a name, characters.
    pub(crate) const MAX_CHARS: usize = 100;

    /// Parses a name. Invisible marks are removed, except joiners inside a word.
    ///
    /// # Errors
    /// [`ValidationError::NotAName`] where it has another character, no letter, or is too long.
    pub fn parse(entered: &str) -> Result<Self, ValidationError> {
        if entered.contains(char::is_control) {
            return Err(ValidationError::NotAName);
        }
        let normal: Vec<char> = entered.nfc().collect();
        let seen: String = (0..normal.len())
            .filter(|at| !is_invisible(normal[*at]) || is_joiner(&normal, *at))
            .map(|at| normal[at])
            .collect();
        // A removed mark may have been between a letter and its diacritic.
        let name = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let name: Vec<char> = name.nfc().collect();
        let fits = (1..=Self::MAX_CHARS).contains(&name.len())
            && (0..name.len()).all(|at| belongs(&name, at))
            && name.iter().any(|c| c.is_alphabetic());
        fits.then(|| Self(name.into_iter().collect()))
            .ok_or(ValidationError::NotAName)
    }

    /// The name in full.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown of it before verification: the initial.
    pub fn masked(&self) -> String {
        let initial = self.0.chars().find(|c| c.is_alphabetic());
        initial.into_iter().chain("***".chars()).collect()
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// Whether there are letters on both sides.
fn is_between_letters(name: &[char], at: usize) -> bool {
    let is_letter_at = |at: Option<usize>| {
        at.and_then(|at| name.get(at))
            .copied()
            .is_some_and(is_letter)
    };
    is_letter_at(at.checked_sub(1)) && is_letter_at(at.checked_add(1))
}

fn is_joiner(name: &[char], at: usize) -> bool {
    JOINERS.contains(name[at]) && is_between_letters(name, at)
}

/// Whether a full stop follows an initial.
fn ends_initial(name: &[char], at: usize) -> bool {
    let letters = name[..at].iter().rev().take_while(|c| is_letter(**c));
    let letters = letters.filter(|c| !is_combining_mark(**c)).count();
    (1..=MAX_INITIAL_LETTERS).contains(&letters)
}

/// Whether a character is allowed at its place.
fn belongs(name: &[char], at: usize) -> bool {
    let c = name[at];
    if c == ' ' || is_letter(c) || HYPHENS.contains(c) || APOSTROPHES.contains(c) {
        return true;
    }
    match c {
        '.' => ends_initial(name, at),
        c if MIDDLE_DOTS.contains(c) => is_between_letters(name, at),
        _ => is_joiner(name, at),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_masked_name_is_its_initial() {
        assert_eq!(PersonName::parse("Қасымова").unwrap().masked(), "Қ***");
        assert_eq!(PersonName::parse("’т Гоф").unwrap().masked(), "т***");
    }

    #[test]
    fn names_of_any_script_are_names_as_their_bearers_write_them() {
        for good in [
            "Нұр-Әлі",
            "O’Brien",
            "O'Brien",
            "O´Brien",
            "O‘Brien",
            "Oʻtkir",
            "Дар’я",
            "de la Cruz",
            "李",
            "Ли",
            "阿卜杜拉·买买提",
            "ジョン・スミス",
            "Gal·la",
            "Мамин–Сибиряк",
            "Мамин—Сибиряк",
            "А. С.",
            "А.С.",
            "J.R.R. Tolkien",
            "Дж. Омар",
            "Ж.-П.",
            "می\u{200c}نا",
            "ක්\u{200d}රිස්ටි",
            "བསྟན་འཛིན",
            "Ɓala",
        ] {
            let parsed = PersonName::parse(good);
            assert_eq!(parsed.as_ref().map(PersonName::as_str), Ok(good), "{good}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            " ",
            "R2D2",
            "-",
            ".",
            "·",
            "\u{200d}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0} \u{34f}",
            "\u{17b4}\u{17b5}",
            "a\nb",
            "<b>",
            "А..",
            "Иванов.",
            ".А",
            "·А",
            "А·",
            "А··Б",
            "А · Б",
            "Әсел!",
            "Әсел, Нұр",
            "a@b",
            "a/b",
            &"а".repeat(101),
        ] {
            assert_eq!(
                PersonName::parse(bad).map(|name| name.0),
                Err(ValidationError::NotAName),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn marks_that_were_pasted_along_are_left_out() {
        for pasted in [
            "\u{feff}Әсел Нұр",
            "\u{202a}Әсел Нұр\u{202c}",
            "\u{200e}Әсел\u{200f} \u{200b}Нұр",
            "Әс\u{ad}ел\u{a0} Нұр",
            "\u{200d}Әсел \u{200c}Нұр",
            "Әсел\u{3164} \u{ffa0}Нұ\u{34f}р",
        ] {
            let name = PersonName::parse(pasted).unwrap();
            assert_eq!(name.as_str(), "Әсел Нұр", "{pasted:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(
            entered in "\\PC{0,120}|[аӘ́·. \u{200c}\u{200d}\u{200e}'-]{0,20}"
        ) {
            if let Ok(name) = PersonName::parse(&entered) {
                prop_assert!(PersonName::parse(name.as_str()) == Ok(name));
            }
        }
    }
}
