//! Kazakh: ordinals, and endings in harmony with the vowels and the last sound of a word.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::forms::{Counted, DateForm, groups, year_of};

/// A number word and its ordinal.
type Word = [&'static str; 2];

/// 1 to 9.
const ONES: [Word; 9] = [
    ["бір", "бірінші"],
    ["екі", "екінші"],
    ["үш", "үшінші"],
    ["төрт", "төртінші"],
    ["бес", "бесінші"],
    ["алты", "алтыншы"],
    ["жеті", "жетінші"],
    ["сегіз", "сегізінші"],
    ["тоғыз", "тоғызыншы"],
];

/// 10 to 90.
const TENS: [Word; 9] = [
    ["он", "оныншы"],
    ["жиырма", "жиырмасыншы"],
    ["отыз", "отызыншы"],
    ["қырық", "қырқыншы"],
    ["елу", "елуінші"],
    ["алпыс", "алпысыншы"],
    ["жетпіс", "жетпісінші"],
    ["сексен", "сексенінші"],
    ["тоқсан", "тоқсаныншы"],
];

const HUNDRED: Word = ["жүз", "жүзінші"];

/// The powers of a thousand, from the first on; a `u64` reaches the sixth.
const POWERS: [Word; 6] = [
    ["мың", "мыңыншы"],
    ["миллион", "миллионыншы"],
    ["миллиард", "миллиардыншы"],
    ["триллион", "триллионыншы"],
    ["квадриллион", "квадриллионыншы"],
    ["квинтиллион", "квинтиллионыншы"],
];

/// The words of a number that is not zero. One hundred is «жүз», one thousand «бір мың».
fn words(value: u64) -> Vec<Word> {
    let mut said = Vec::new();
    for (power, group) in groups(value) {
        let row = |value: u64, unit: u64| ((value / unit % 10) as usize).checked_sub(1);
        if let Some(hundreds) = row(group, 100) {
            said.extend((hundreds > 0).then(|| ONES[hundreds]));
            said.push(HUNDRED);
        }
        said.extend(row(group, 10).map(|tens| TENS[tens]));
        said.extend(row(group, 1).map(|ones| ONES[ones]));
        said.extend(power.checked_sub(1).map(|power| POWERS[power]));
    }
    said
}

/// A whole number.
pub(super) fn cardinal(value: u64) -> String {
    if value == 0 {
        return "нөл".to_owned();
    }
    let said: Vec<&str> = words(value).iter().map(|[cardinal, _]| *cardinal).collect();
    said.join(" ")
}

/// An ordinal number from 1 on: the last word alone changes. A thousand is said without «бір»: «мың тоғыз
/// жүз тоқсан тоғызыншы».
fn ordinal(value: u64) -> String {
    let mut words = words(value);
    if (1000..2000).contains(&value) {
        words.remove(0);
    }
    let last = words.len().saturating_sub(1);
    let said: Vec<&str> = words
        .iter()
        .enumerate()
        .map(|(place, [cardinal, ordinal])| if place == last { *ordinal } else { *cardinal })
        .collect();
    said.join(" ")
}

pub(super) const PER_CENT: &str = "пайыз";

/// A number of things; the noun stays in the singular.
pub(super) fn count(value: u64, counted: Counted) -> String {
    let noun = match counted {
        Counted::Minutes => "минут",
        Counted::Hours => "сағат",
        Counted::Days => "күн",
        Counted::Attempts => "рет",
        Counted::Loans => "микрокредит",
    };
    format!("{} {noun}", cardinal(value))
}

/// A whole number and a fraction of `10^scale`: «бес бүтін жүзден жиырма бір».
pub(super) fn fraction(whole: u64, part: u64, scale: u32) -> String {
    let denominator = with_ending(&cardinal(10_u64.pow(scale)), Ending::From);
    let denominator = denominator.trim_start_matches("бір ");
    format!("{} бүтін {denominator} {}", cardinal(whole), cardinal(part))
}

/// The endings of a noun that the sentences ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// dative: «қарашаға»
    To,
    /// locative: «қарашада»
    At,
    /// ablative: «алтыдан»
    From,
}

/// A word or a row of words with an ending after the last.
///
/// The ending has back vowels or front ones as the last full vowel of the word has («у» and «и» are
/// neither), and its consonant follows the last sound.
pub(super) fn with_ending(words: &str, ending: Ending) -> String {
    let is_back = words
        .chars()
        .rev()
        .find_map(|letter| match letter {
            'а' | 'о' | 'ұ' | 'ы' => Some(true),
            'ә' | 'е' | 'і' | 'ө' | 'ү' | 'э' => Some(false),
            _ => None,
        })
        .unwrap_or(true);
    let last = words.chars().next_back().unwrap_or_default();
    let is_voiceless = "кқпстфхһцчшщ".contains(last);
    let is_nasal = "мнң".contains(last);
    let [back, front] = match ending {
        Ending::To if is_voiceless => ["қа", "ке"],
        Ending::To => ["ға", "ге"],
        Ending::At if is_voiceless => ["та", "те"],
        Ending::At => ["да", "де"],
        Ending::From if is_voiceless => ["тан", "тен"],
        Ending::From if is_nasal => ["нан", "нен"],
        Ending::From => ["дан", "ден"],
    };
    format!("{words}{}", if is_back { back } else { front })
}

const MONTHS: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
];

/// A date with its year.
pub(super) fn date(day: NaiveDate, form: DateForm) -> String {
    let year = ordinal(year_of(day));
    format!("{year} жылғы {}", day_and_month(day, form))
}

fn day_and_month(day: NaiveDate, form: DateForm) -> String {
    let month = MONTHS[day.month0() as usize];
    let month = match form {
        DateForm::Named => month.to_owned(),
        DateForm::Until => with_ending(month, Ending::To),
        DateForm::On => with_ending(month, Ending::At),
    };
    format!("{} {month}", ordinal(day.day().into()))
}

/// A time of day before «дейін», with its day: «бүгін сағат он алтыдан жиырма минут өткенге».
pub(super) fn until(local: NaiveDateTime, today: NaiveDate) -> String {
    let hour = cardinal(local.hour().into());
    let time = match local.minute() {
        0 => with_ending(&hour, Ending::To),
        minute => format!(
            "{} {} өткенге",
            with_ending(&hour, Ending::From),
            count(minute.into(), Counted::Minutes)
        ),
    };
    let day = local.date();
    if day == today {
        format!("бүгін сағат {time}")
    } else if day.year() == today.year() {
        let day = day_and_month(day, DateForm::Named);
        format!("{day} күні сағат {time}")
    } else {
        format!("{} күні сағат {time}", date(day, DateForm::Named))
    }
}
