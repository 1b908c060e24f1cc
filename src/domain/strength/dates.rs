//! Dates: in digits, with the month in words, or with the words that people put beside them.

use std::{collections::HashSet, sync::LazyLock};

use crate::domain::heard;

use super::phrase::Phrase;

/// The words of dates in the three languages.
const WORDS: &str = "
қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
қаңтары ақпаны наурызы сәуірі мамыры маусымы шілдесі тамызы қыркүйегі қазаны қарашасы желтоқсаны
қаңтарда ақпанда наурызда сәуірде мамырда маусымда шілдеде тамызда қыркүйекте қазанда қарашада
желтоқсанда
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре
january february march april may june july august september october november december
дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі
понедельник вторник среда четверг пятница суббота воскресенье
monday tuesday wednesday thursday friday saturday sunday
";

/// The seasons. One beside a year is a phrase of its own; several in a row are no more than dates.
const SEASONS: &str = "
көктем жаз күз қыс весна лето осень зима весны лета осени зимы весной летом осенью зимой
spring summer autumn fall winter
";

/// Words that people put beside a date.
const BESIDE: &str = "
ж жыл жылы жылғы жылдың жылда күн күні күнгі ай айы айының туған туылған күнім мен менің
г год года году числа число день дня рождения родился родилась дата в на я мой с
y year of the th st nd rd on in day date born birth birthday my
";

/// Maximum length of a stretch that is looked up.
const LONGEST: usize = 16;
/// The years that somebody may have lived in.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;

struct DateWords {
    dates: HashSet<Box<str>>,
    seasons: HashSet<Box<str>>,
    beside: HashSet<Box<str>>,
}

static WORDS_OF_DATES: LazyLock<DateWords> = LazyLock::new(|| {
    let fold = |text: &str| -> HashSet<Box<str>> {
        text.split_whitespace()
            .map(|word| heard::fold(word).as_str().into())
            .collect()
    };
    DateWords {
        dates: fold(WORDS),
        seasons: fold(SEASONS),
        beside: fold(BESIDE),
    }
});

/// Whether a folded stretch is a word of dates: a month, a day of the week.
pub(super) fn is_word(folded: &str) -> bool {
    WORDS_OF_DATES.dates.contains(folded)
}

/// Whether a folded stretch is a season.
pub(super) fn is_season(folded: &str) -> bool {
    WORDS_OF_DATES.seasons.contains(folded)
}

/// Whether `from..to` is a word that stands beside a date. One letter is one only after a digit:
/// «1990г», «1990 ж».
pub(super) fn is_beside(phrase: &Phrase, from: usize, to: usize) -> bool {
    WORDS_OF_DATES.beside.contains(phrase.cut(from, to))
        && (to - from > 1 || from > 0 && phrase.is_digit(from - 1))
}

/// Whether digits are a year.
pub(super) fn is_year(digits: &str) -> bool {
    digits.len() == 4 && digits.parse().is_ok_and(|year| YEARS.contains(&year))
}

/// Whether digits are a day with its month and year, in any order and with or without leading
/// zeros.
pub(super) fn is_full_date(digits: &str) -> bool {
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let is_day = |part: &str| part.len() <= 2 && (1..=31).contains(&number(part));
    let is_month = |part: &str| part.len() <= 2 && (1..=12).contains(&number(part));
    let is_day_of_year = |part: &str| {
        (1..part.len()).any(|cut| {
            let (one, other) = part.split_at(cut);
            is_day(one) && is_month(other) || is_month(one) && is_day(other)
        })
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    match digits.len() {
        6..=8 => {
            let short_year =
                digits.len() == 6 && (is_day_of_year(&digits[..4]) || is_day_of_year(&digits[2..]));
            let (front, back) = (digits.split_at(digits.len() - 4), digits.split_at(4));
            short_year
                || is_day_of_year(front.0) && is_year(front.1)
                || is_year(back.0) && is_day_of_year(back.1)
        }
        _ => false,
    }
}

/// Whether digits that stand together in a phrase are a date or a part of one.
fn is_in_digits(digits: &str) -> bool {
    let is_small = |part: &str| part.len() <= 2;
    let is_month_of_year = |part: &str| {
        (5..=6).contains(&part.len())
            && (is_year(&part[..4]) && is_small(&part[4..])
                || is_year(&part[part.len() - 4..]) && is_small(&part[..part.len() - 4]))
    };
    let is_one = |part: &str| is_year(part) || is_full_date(part) || is_month_of_year(part);
    is_small(digits)
        || is_one(digits)
        || (4..digits.len()).any(|cut| is_one(&digits[..cut]) && is_one(&digits[cut..]))
}

/// Whether `from..to` is all the digits that stand together there, and they are of a date.
pub(super) fn is_digits_of_date(phrase: &Phrase, from: usize, to: usize) -> bool {
    (from..to).all(|at| phrase.is_digit(at))
        && !phrase.is_digit(to)
        && (from == 0 || !phrase.is_digit(from - 1))
        && is_in_digits(phrase.cut(from, to))
}

/// Whether a phrase is nothing but a date, a year, a month or several of them, or nothing but months
/// and seasons.
pub(super) fn is_date(phrase: &Phrase) -> bool {
    let is_all_small = phrase.seen() <= 2;
    let is_plain = |from: usize, to: usize| is_beside(phrase, from, to);
    let is_piece = |from: usize, to: usize| {
        is_plain(from, to) || is_word(phrase.cut(from, to)) || is_digits_of_date(phrase, from, to)
    };
    let is_of_a_year = |from: usize, to: usize| {
        let part = phrase.cut(from, to);
        is_word(part) || is_season(part)
    };
    !is_all_small
        && (phrase.uncovered(LONGEST, is_piece) == 0 && phrase.uncovered(LONGEST, is_plain) > 0
            || phrase.uncovered(LONGEST, is_of_a_year) == 0)
}
