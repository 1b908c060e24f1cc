//! Recognises the code page of a file by its letters, in two steps.
//!
//! Windows, old UNIX and DOS have Cyrillic at different bytes: in the wrong code page frequent letters become rare
//! ones and signs that no name has. The two code pages of Windows differ in sixteen bytes only, where one has
//! letters of Kazakh and the other letters of Ukrainian, Belarusian, Serbian and Macedonian. There the letters
//! beside them decide: `Гүлнар` is a possible word and `Гїлнар` is not.

use super::{code_page::CodePage, encoding::Encoding};

/// The letters of Russian and Kazakh text, the frequent ones first.
const FREQUENT: &str = "аеоинрстлкмвдыу";
const LESS_FREQUENT: &str = "іпяьгзбчйхжшқәңғ";
const RARE: &str = "юцщэфёъұүөһ";
/// Signs that occur in any text.
const SIGNS: &str = "«»“”„‘’–—…№\u{a0}\u{ad}";

/// How likely a code page is that has this character at a byte of the file.
pub(super) fn weight(letter: char) -> i64 {
    let lower = lower(letter);
    if FREQUENT.contains(lower) {
        3
    } else if LESS_FREQUENT.contains(lower) {
        1
    } else if RARE.contains(lower) || SIGNS.contains(letter) {
        0
    } else if letter.is_alphabetic() {
        -1
    } else {
        -3
    }
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Statistics of the letters of a file, taken while it is read.
pub(super) struct Letters {
    counts: [u64; 256],
    /// the last two bytes
    before: [u8; 2],
    windows: CodePage,
    kazakh: CodePage,
    /// number of letters in possible positions, by code page
    fit_kazakh: u64,
    fit_windows: u64,
}

impl Default for Letters {
    fn default() -> Self {
        let page = |encoding| CodePage::of(encoding).expect("this encoding is a code page");
        Self {
            counts: [0; 256],
            before: [b' '; 2],
            windows: page(Encoding::Windows1251),
            kazakh: page(Encoding::Kz1048),
            fit_kazakh: 0,
            fit_windows: 0,
        }
    }
}

impl Letters {
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.counts[usize::from(*byte)] += 1;
            self.weigh_the_last_beside(*byte);
            self.before = [self.before[1], *byte];
        }
    }

    fn weigh_the_last_beside(&mut self, after: u8) {
        let [before, at] = self.before;
        if at.is_ascii() || self.kazakh.letter(at) == self.windows.letter(at) {
            return;
        }
        let read = |page: &CodePage| [before, at, after].map(|byte| lower(page.letter(byte)));
        self.fit_kazakh += u64::from(fits_in_kazakh(read(&self.kazakh)));
        self.fit_windows += u64::from(fits_in_slavic(read(&self.windows)));
    }

    /// The most likely code page; windows-1251 where there are no letters.
    pub(crate) fn code_page(&mut self) -> Encoding {
        self.weigh_the_last_beside(b'\n');
        let windows = self.score(|byte| {
            let readings = [&self.windows, &self.kazakh];
            let weights = readings.map(|page| weight(page.letter(byte)));
            weights[0].max(weights[1])
        });
        let others = [Encoding::Koi8R, Encoding::Cp866].map(|encoding| {
            let page = CodePage::of(encoding).expect("this encoding is a code page");
            (self.score(|byte| weight(page.letter(byte))), encoding)
        });
        let [best, other] = others;
        let (score, encoding) = if other.0 > best.0 { other } else { best };
        if score > windows {
            return encoding;
        }
        let is_apart = (0x80..=0xFF)
            .filter(|byte| self.kazakh.letter(*byte) != self.windows.letter(*byte))
            .any(|byte| self.counts[usize::from(byte)] > 0);
        // In Kazakhstan an ambiguous file is most likely Kazakh.
        if is_apart && self.fit_kazakh >= self.fit_windows {
            Encoding::Kz1048
        } else {
            Encoding::Windows1251
        }
    }

    fn score(&self, weight: impl Fn(u8) -> i64) -> i64 {
        let upper_half = (0x80..=0xFF).map(|byte| {
            let count = i64::try_from(self.counts[usize::from(byte)]).unwrap_or(i64::MAX);
            count.saturating_mul(weight(byte))
        });
        upper_half.fold(0, i64::saturating_add)
    }
}

/// Vowels of Kazakh and Russian. `и` and `у` may be consonants after a vowel.
const VOWELS: &str = "аәеёиоөуұүыіэюя";
const PURE_VOWELS: &str = "аәеоөұүыіэ";

/// Whether a letter that only Kazakh has is in a possible position: no vowel beside another vowel, and no
/// consonant between consonants.
fn fits_in_kazakh([before, at, after]: [char; 3]) -> bool {
    let is_vowel = |letter| VOWELS.contains(letter);
    match at {
        'ә' | 'ө' | 'ұ' | 'ү' => !is_vowel(before) && !PURE_VOWELS.contains(after),
        _ => is_vowel(before) || is_vowel(after),
    }
}

/// Whether a letter of another Slavic language is in a possible position: `ї` begins a syllable, `ў` ends one
/// after a vowel, no vowel follows `є`, and no consonant is between consonants.
fn fits_in_slavic([before, at, after]: [char; 3]) -> bool {
    let is_vowel = |letter| "аеёиоуыіэюяєї".contains(letter);
    match at {
        'ї' => is_vowel(before) || !before.is_alphabetic(),
        'є' => !is_vowel(after) || after == 'є',
        'ў' => is_vowel(before) && !is_vowel(after),
        _ => is_vowel(before) || is_vowel(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(text: &str, encoding: Encoding) -> Encoding {
        let bytes = CodePage::of(encoding).unwrap().encode(text);
        let mut letters = Letters::default();
        bytes.chunks(3).for_each(|chunk| letters.take(chunk));
        letters.code_page()
    }

    #[test]
    fn kazakh_names_are_distinguished_from_those_of_other_slavic_languages() {
        for names in [
            "Қасымова Әсел Нұрланқызы",
            "ҚАСЫМОВА ӘСЕЛ",
            "Гүлнар",
            "Ғалым",
            "Бағдат",
            "Өмірбек",
            "Дәулет Сәуле",
            "Жаңабай",
            "Үсен",
            "Гауһар",
        ] {
            assert_eq!(
                recognised(names, Encoding::Kz1048),
                Encoding::Kz1048,
                "{names}"
            );
        }
        for names in [
            "Євтушенко Ігор",
            "Київ, Заїка Раїса",
            "Ґалаґан",
            "Воўк Алесь",
            "Јовановић Никола",
            "Ковалєв Сергій",
        ] {
            let windows = Encoding::Windows1251;
            assert_eq!(recognised(names, windows), windows, "{names}");
        }
    }

    #[test]
    fn each_code_page_is_recognised_by_a_single_name() {
        for names in [
            "Иванов",
            "ИВАНОВ",
            "Ким Вера",
            "Щербакова Юлия",
            "Кольцо обручальное",
            "Серьги; золото «585»",
        ] {
            for encoding in [Encoding::Windows1251, Encoding::Koi8R, Encoding::Cp866] {
                let names = match encoding {
                    Encoding::Windows1251 => names.to_owned(),
                    _ => names.replace(['«', '»'], "\""),
                };
                assert_eq!(recognised(&names, encoding), encoding, "{names}");
            }
        }
    }
}
