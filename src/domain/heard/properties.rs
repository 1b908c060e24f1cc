//! What holds for every text and every number.

use proptest::prelude::*;

use super::*;

fn folded(text: &str) -> String {
    fold(text).as_str().to_owned()
}

fn readings(typed: &str) -> Vec<(Heard, String)> {
    candidates(FOLD_VERSION, typed)
        .expect("the version in force")
        .into_iter()
        .map(|candidate| (candidate.heard, candidate.folded.as_str().to_owned()))
        .collect()
}

/// A number as a Kazakh says it.
fn kazakh_words(number: u32) -> Vec<&'static str> {
    const UNITS: [&str; 10] = [
        "",
        "бір",
        "екі",
        "үш",
        "төрт",
        "бес",
        "алты",
        "жеті",
        "сегіз",
        "тоғыз",
    ];
    const TENS: [&str; 10] = [
        "",
        "он",
        "жиырма",
        "отыз",
        "қырық",
        "елу",
        "алпыс",
        "жетпіс",
        "сексен",
        "тоқсан",
    ];
    if number == 0 {
        return vec!["нөл"];
    }
    let group = |value: u32| {
        let (hundreds, tens, units) = (value / 100, value / 10 % 10, value % 10);
        let mut words = Vec::new();
        if hundreds > 0 {
            words.extend([UNITS[hundreds as usize], "жүз"]);
        }
        words.extend([TENS[tens as usize], UNITS[units as usize]]);
        words
    };
    let mut words = Vec::new();
    if number >= 1000 {
        words.extend(group(number / 1000));
        words.push("мың");
    }
    words.extend(group(number % 1000));
    words.retain(|word| !word.is_empty());
    words
}

/// A number as a Russian says it.
fn russian_words(number: u32) -> Vec<&'static str> {
    const UNITS: [&str; 20] = [
        "",
        "один",
        "два",
        "три",
        "четыре",
        "пять",
        "шесть",
        "семь",
        "восемь",
        "девять",
        "десять",
        "одиннадцать",
        "двенадцать",
        "тринадцать",
        "четырнадцать",
        "пятнадцать",
        "шестнадцать",
        "семнадцать",
        "восемнадцать",
        "девятнадцать",
    ];
    const TENS: [&str; 10] = [
        "",
        "",
        "двадцать",
        "тридцать",
        "сорок",
        "пятьдесят",
        "шестьдесят",
        "семьдесят",
        "восемьдесят",
        "девяносто",
    ];
    const HUNDREDS: [&str; 10] = [
        "",
        "сто",
        "двести",
        "триста",
        "четыреста",
        "пятьсот",
        "шестьсот",
        "семьсот",
        "восемьсот",
        "девятьсот",
    ];
    if number == 0 {
        return vec!["ноль"];
    }
    let group = |value: u32| {
        let rest = value % 100;
        let (tens, units) = if rest < 20 {
            (0, rest)
        } else {
            (rest / 10, rest % 10)
        };
        vec![
            HUNDREDS[(value / 100) as usize],
            TENS[tens as usize],
            UNITS[units as usize],
        ]
    };
    let mut words = Vec::new();
    if number >= 1000 {
        let thousands = number / 1000;
        words.extend(group(thousands));
        words.push(match (thousands % 10, thousands % 100) {
            (_, 11..=19) => "тысяч",
            (1, _) => "тысяча",
            (2..=4, _) => "тысячи",
            _ => "тысяч",
        });
    }
    words.extend(group(number % 1000));
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_number_up_to_a_million_is_one_in_words_and_digits() {
    let all = (0..3000)
        .chain((3000..1_000_000).step_by(331))
        .chain([999_999]);
    for number in all {
        let digits = number.to_string();
        for words in [kazakh_words(number), russian_words(number)] {
            assert_eq!(folded(&words.join(" ")), digits, "{words:?}");
            assert_eq!(folded(&words.concat()), digits, "{words:?} joined");
        }
    }
}

/// Pieces from which awkward texts are built: number words whole and broken,
/// endings, letters that are alike, digits, signs.
const PIECES: [&str; 48] = [
    "екі",
    "мың",
    "он",
    "бес",
    "жүз",
    "алты",
    "оныншы",
    "бір",
    "үш",
    "две",
    "тысячи",
    "десять",
    "сто",
    "пять",
    "десят",
    "пятый",
    "сот",
    "один",
    "надцать",
    "двад",
    "три",
    "ста",
    "шы",
    "го",
    "й",
    "о",
    "O",
    "0",
    "7",
    "10",
    "200",
    "-",
    " ",
    "  ",
    "'",
    "ь",
    "с",
    "т",
    "н",
    "ы",
    "y",
    "i",
    "sh",
    "eki",
    "myñ",
    "л",
    "ж",
    "и\u{306}",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..14)
        .prop_map(|pieces| pieces.concat())
}

fn assert_holds(text: &str) {
    for version in [FOLD_VERSION, REHEARSAL.version()] {
        let once = REHEARSAL.fold_as(version, text).expect("known");
        let twice = REHEARSAL.fold_as(version, once.as_str()).expect("known");
        assert_eq!(once.as_str(), twice.as_str(), "{text:?} under {version}");
    }
    let all = readings(text);
    assert_eq!(all[0], (Heard::Folded, folded(text)));
    assert!(all.len() <= 1 + MAX_VARIANTS);
    for (index, (_, reading)) in all.iter().enumerate() {
        assert!(index == 0 || !reading.is_empty());
        assert!(all[..index].iter().all(|(_, other)| other != reading));
        assert_eq!(folded(reading), *reading, "a variant is folded: {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn folding_twice_is_folding_once_for_any_text(text in any::<String>()) {
        assert_holds(&text);
    }

    #[test]
    fn folding_twice_is_folding_once_for_number_words(text in pieces()) {
        assert_holds(&text);
    }

    #[test]
    fn folding_twice_is_folding_once_for_letters(text in "[а-яәғқңөұүһіёa-z0-9 '-]{0,40}") {
        assert_holds(&text);
    }

    #[test]
    fn case_and_composition_are_never_heard(text in "[а-яәғқңөұүһі0-9 ]{0,30}") {
        use unicode_normalization::UnicodeNormalization;
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(folded(&text), folded(&decomposed));
        prop_assert_eq!(folded(&text), folded(&text.to_uppercase()));
    }
}

#[test]
fn every_character_folds_to_something_still() {
    for letter in '\0'..=char::MAX {
        let once = folded(&format!("{letter}а{letter}"));
        assert_eq!(folded(&once), once, "U+{:04X}", u32::from(letter));
    }
}
