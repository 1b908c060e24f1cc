//! What is known about this client, and whether a phrase is little else.

use std::{collections::HashSet, sync::LazyLock};

use zeroize::Zeroizing;

use crate::domain::heard;

use super::{dates, lexicon::LEXICON, phrase::Phrase};

/// Endings that make another form of a name: pet forms, patronymics, feminine forms.
const ENDINGS: &str = "
жан бек хан бай гүл еке тай ш ка ік ик а я и е у ой ов ова ев ева ин ина уша юша ушка очка енька
улы ұлы қызы кызы ович евич овна евна ична ұл
";
/// Words that people put beside their own data.
const BESIDE: &str = "
телефон телефоны телефоным нөмір нөмірім нөмірі номер номера тел мобильный ұялы клиент клиента
клиенттің фамилия фамилиям аты атым тегі тегім имя отчество зовут меня есімім есім әкемнің
phone number name client
";

static ENDINGS_AND_BESIDE: LazyLock<HashSet<Box<str>>> = LazyLock::new(|| {
    ENDINGS
        .split_whitespace()
        .chain(BESIDE.split_whitespace())
        .map(|word| heard::fold(word).as_str().into())
        .collect()
});

/// The fewest letters of a name that still tell it.
const SHORTEST_PART: usize = 3;
/// The fewest digits in a row of a telephone or client number that still tell it.
const SHORTEST_DIGITS: usize = 4;
/// Letters and digits that personal data may leave over in a phrase that is no more than them.
const LEFT_OVER: usize = 2;
/// Maximum length of a stretch that is looked up.
const LONGEST: usize = 40;

/// What is known of the client whose passphrase it is to be. All of it is optional.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    /// Family name, or empty.
    pub family_name: &'a str,
    /// Given name, or empty.
    pub given_name: &'a str,
    /// Patronymic, where there is one.
    pub patronymic: Option<&'a str>,
    /// Telephone in E.164, or empty.
    pub phone: &'a str,
    /// The loan system's number of the client, or empty.
    pub client_number: &'a str,
}

/// The client's own words and numbers, folded.
pub(super) struct PersonalData {
    names: Vec<Zeroizing<String>>,
    numbers: Vec<Zeroizing<String>>,
    /// the length of the longest of them in bytes
    longest: usize,
}

impl PersonalData {
    /// Folds what is known.
    pub(super) fn of(about: &About<'_>) -> Self {
        let fold = |text: &str| Zeroizing::new(heard::fold(text).as_str().to_owned());
        let mut names = Vec::new();
        for name in [
            about.family_name,
            about.given_name,
            about.patronymic.unwrap_or_default(),
        ] {
            names.push(fold(name));
            names.extend(name.split(|c: char| !c.is_alphabetic()).map(fold));
        }
        let digits = |text: &str| {
            Zeroizing::new(
                text.chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>(),
            )
        };
        let phone = digits(about.phone);
        let domestic = phone
            .strip_prefix('7')
            .map_or_else(|| phone.to_string(), |rest| format!("8{rest}"));
        let mut numbers = vec![phone, Zeroizing::new(domestic)];
        numbers.push(digits(about.client_number));
        numbers.push(fold(about.client_number));
        names.retain(|name| name.chars().count() >= 2);
        numbers.retain(|number| number.chars().count() >= 2);
        let longest = names.iter().chain(&numbers).map(|known| known.len()).max();
        Self {
            names,
            numbers,
            longest: longest.unwrap_or(0),
        }
    }

    /// Whether a folded stretch is the client's: a name or its beginning, or digits that stand
    /// together in the telephone or client number.
    pub(super) fn holds(&self, folded: &str) -> bool {
        if folded.len() > self.longest {
            return false;
        }
        let length = folded.chars().count();
        let is_name = |name: &Zeroizing<String>| {
            name.as_str() == folded || length >= SHORTEST_PART && name.starts_with(folded)
        };
        let is_number = |number: &Zeroizing<String>| {
            number.as_str() == folded || length >= SHORTEST_DIGITS && number.contains(folded)
        };
        self.names.iter().any(is_name) || self.numbers.iter().any(is_number)
    }

    fn is_initial(&self, folded: &str) -> bool {
        folded.chars().count() == 1 && self.names.iter().any(|name| name.starts_with(folded))
    }
}

/// Whether a phrase is nothing, or nearly nothing, but the client's data, in any order, with dates
/// and the words that stand beside such data.
pub(super) fn is_nothing_else(phrase: &Phrase, known: &PersonalData) -> bool {
    let is_plain = |from: usize, to: usize| {
        let part = phrase.cut(from, to);
        dates::is_digits_of_date(phrase, from, to)
            || dates::is_beside(phrase, from, to)
            || dates::is_word(part)
            || dates::is_season(part)
            || to - from > 1
                && (ENDINGS_AND_BESIDE.contains(part)
                    || LEXICON.get(part).is_some_and(|entry| entry.is_filler()))
    };
    let is_own = |from: usize, to: usize| known.holds(phrase.cut(from, to));
    let is_piece = |from: usize, to: usize| {
        is_plain(from, to) || is_own(from, to) || known.is_initial(phrase.cut(from, to))
    };
    let own = phrase.seen() - phrase.uncovered(LONGEST, is_own);
    own >= 2
        && phrase.uncovered(LONGEST, is_piece) <= LEFT_OVER
        && phrase.uncovered(LONGEST, is_plain) > LEFT_OVER
}

/// Whether a phrase has the form of a telephone number of Kazakhstan or of an individual
/// identification number (12 digits: date of birth, century and sex, serial, control digit).
/// Whoever's it is, it is written down in many places.
pub(super) fn is_number_of_a_person(phrase: &Phrase) -> bool {
    let text = phrase.as_str();
    if phrase.length() != text.len() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    match text.len() {
        10 => text.starts_with('7'),
        11 => text.starts_with("77") || text.starts_with("87"),
        12 => is_identification_number(text),
        _ => false,
    }
}

fn is_identification_number(text: &str) -> bool {
    let digits: Vec<usize> = text.bytes().map(|b| usize::from(b - b'0')).collect();
    let control = |first: usize| -> usize {
        let weighted = digits[..11].iter().enumerate();
        weighted
            .map(|(at, digit)| ((at + first - 1) % 11 + 1) * digit)
            .sum::<usize>()
            % 11
    };
    let expected = match control(1) {
        10 => control(3),
        sum => sum,
    };
    dates::is_full_date(&text[..6]) && (1..=6).contains(&digits[6]) && expected == digits[11]
}
