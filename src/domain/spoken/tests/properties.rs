use chrono::Datelike;
use proptest::prelude::*;

use super::{inverse::read, *};
use crate::domain::{
    heard,
    spoken::russian::{self, Case, Gender},
};

const MAX: u64 = 999_999_999;

/// Numbers of every length as often, up to what money can be.
fn numbers() -> impl Strategy<Value = u64> {
    (0..=18_u32).prop_flat_map(|places| 0..=10_u64.pow(places))
}

fn languages() -> impl Strategy<Value = ClientLanguage> {
    prop_oneof![Just(ClientLanguage::Kk), Just(ClientLanguage::Ru)]
}

fn days() -> impl Strategy<Value = NaiveDate> {
    let first = day("1990-01-01");
    // To the last day that a waiting period can end on.
    (0..80_300_i64).prop_map(move |days| first + chrono::TimeDelta::days(days))
}

/// What the product reads in number words up to 999,999.
fn heard_digits(said: &str) -> String {
    heard::fold(said).as_str().to_owned()
}

/// What the product reads, each side of the millions by itself, for it knows no millions.
fn reads_back(said: &str, value: u64) {
    let (millions, rest) = (value / 1_000_000, value % 1_000_000);
    let word = said.split(' ').position(|word| word.starts_with("миллион"));
    let words: Vec<&str> = said.split(' ').collect();
    let (before, after) = match word {
        Some(place) => (words[..place].join(" "), words[place + 1..].join(" ")),
        None => (String::new(), said.to_owned()),
    };
    let digits = |value: u64, said: &str| {
        if said.is_empty() {
            assert_eq!(value, 0)
        } else {
            assert_eq!(heard_digits(said), value.to_string(), "{said}")
        }
    };
    digits(millions, &before);
    digits(rest, &after);
}

#[test]
fn every_group_of_digits_and_every_edge_is_read_back() {
    let edges = (1..19_u32).flat_map(|places| {
        let edge = 10_u64.pow(places);
        (1..=9).flat_map(move |digit| [digit * edge - 1, digit * edge, digit * edge + 1])
    });
    // Every group of three digits in every place, alone and with others.
    let groups = (0..1_000)
        .flat_map(|group| [1, 1_000, 1_001, 1_000_000, 1_001_001].map(|unit| group * unit));
    for value in groups.chain(edges) {
        for language in ClientLanguage::ALL {
            let said = number(value, language);
            assert_eq!(read(&said, language), Some(value), "{said}");
            if value <= MAX {
                reads_back(&said, value);
            }
        }
    }
}

#[test]
fn every_day_and_every_year_is_heard_as_it_was_said() {
    let days = day("2028-01-01").iter_days().take(366);
    // The last is the last in which a waiting period can end.
    let years = (1990..=2209).map(|year| NaiveDate::from_ymd_opt(year, 11, 17).unwrap());
    for day in days.chain(years) {
        let [kazakh, russian] =
            ClientLanguage::ALL.map(|language| date(day, DateForm::Named, language));
        let (kazakh_month, russian_month) = (
            kazakh.split(' ').next_back().unwrap(),
            russian_month(&russian),
        );
        assert_eq!(
            heard_digits(&kazakh),
            format!(
                "{}{}{}{}",
                day.year(),
                heard_digits("жылғы"),
                day.day(),
                heard_digits(kazakh_month)
            )
        );
        assert_eq!(
            heard_digits(&russian),
            format!(
                "{}{}{}{}",
                day.day(),
                heard_digits(russian_month),
                day.year(),
                heard_digits("года")
            )
        );
    }
}

fn russian_month(said: &str) -> &str {
    let is_month = |word: &&str| {
        ["ря", "ля", "та", "мая", "ня"]
            .iter()
            .any(|end| word.ends_with(end))
    };
    said.split(' ').find(is_month).unwrap()
}

proptest! {
    #[test]
    fn a_number_is_read_back_as_itself(value in numbers(), language in languages()) {
        let said = number(value, language);
        prop_assert_eq!(read(&said, language), Some(value), "{}", said);
    }

    #[test]
    fn what_is_said_the_product_hears(value in 0..=MAX, small in 0..=999_999_u64, language in languages()) {
        for value in [value, small] {
            reads_back(&number(value, language), value);
        }
    }

    #[test]
    fn a_number_is_itself_in_every_gender_and_case(value in numbers()) {
        for gender in [Gender::Masculine, Gender::Feminine] {
            for case in [Case::Nominative, Case::Genitive, Case::Accusative] {
                let said = russian::cardinal(value, gender, case);
                prop_assert_eq!(read(&said, ClientLanguage::Ru), Some(value), "{}", said);
            }
        }
    }

    #[test]
    fn a_russian_noun_agrees_with_the_last_word_of_its_number(value in numbers()) {
        for (counted, [one, few, many]) in [
            (Counted::Days, ["один день", "дня", "дней"]),
            (Counted::Hours, ["один час", "часа", "часов"]),
            (Counted::Minutes, ["одна минута", "минуты", "минут"]),
            (Counted::Attempts, ["одна попытка", "попытки", "попыток"]),
        ] {
            let said = count(value, counted, ClientLanguage::Ru);
            let words: Vec<&str> = said.split(' ').collect();
            let [.., number, noun] = words[..] else { panic!("{said}") };
            match number {
                "один" | "одна" => prop_assert!(said.ends_with(one), "{}", said),
                "два" | "две" | "три" | "четыре" => prop_assert_eq!(noun, few, "{}", said),
                _ => prop_assert_eq!(noun, many, "{}", said),
            }
            let is_feminine = matches!(counted, Counted::Minutes | Counted::Attempts);
            prop_assert!(number != "два" || !is_feminine, "{}", said);
            prop_assert!(number != "две" || is_feminine, "{}", said);
        }
    }

    #[test]
    fn a_sum_says_both_its_parts(units in 0..=i64::MAX, places in 0..19_u32, language in languages()) {
        let units = units % 10_i64.pow(places).max(1);
        let said = sum(Money::from_minor_units(units, "KZT").unwrap(), language);
        let units = units.unsigned_abs();
        let name = match language { ClientLanguage::Kk => " теңге", ClientLanguage::Ru => " тенге" };
        let (whole, minor) = said.split_once(name).unwrap_or(("", &said));
        prop_assert_eq!(whole.is_empty(), units < 100 && units > 0);
        prop_assert_eq!(minor.is_empty(), units % 100 == 0);
        if !whole.is_empty() {
            prop_assert_eq!(read(whole, language), Some(units / 100), "{}", said);
        }
        if !minor.is_empty() {
            let (number, noun) = minor.trim_start().rsplit_once(' ').unwrap();
            prop_assert_eq!(read(number, language), Some(units % 100), "{}", said);
            prop_assert!(noun.starts_with("тиын"), "{}", said);
        }
    }

    #[test]
    fn nothing_that_is_said_has_a_digit(
        day in days(),
        minute in 0..1440_i64,
        units in 0..=i64::MAX,
        currency in prop::sample::select(vec!["KZT", "USD", "EUR", "RUB", "GBP", "JPY", "KWD", "CLF", "XAU"]),
        name in "\\PC{0,40}",
        language in languages(),
    ) {
        let moment = day.and_hms_opt(0, 0, 0).unwrap() + chrono::TimeDelta::minutes(minute);
        let mut said: Vec<String> = [DateForm::Named, DateForm::Until, DateForm::On].map(|form| date(day, form, language)).into();
        said.push(until(moment, day, language));
        said.push(until(moment, super::day("2026-11-28"), language));
        said.push(sum(Money::from_minor_units(units, currency).unwrap(), language));
        said.extend(product(&name, language));
        for said in said {
            prop_assert!(!said.contains(char::is_numeric), "{}", said);
            prop_assert!(!said.is_empty() && said == said.trim() && !said.contains("  "), "{:?}", said);
        }
    }

    #[test]
    fn a_kazakh_ending_has_the_vowels_of_its_word(day in days()) {
        for form in [DateForm::Until, DateForm::On] {
            let named = date(day, DateForm::Named, ClientLanguage::Kk);
            let said = date(day, form, ClientLanguage::Kk);
            let ending = said.strip_prefix(&named).unwrap();
            let month = named.rsplit(' ').next().unwrap();
            let is_front = month.contains(['ә', 'і', 'ү', 'ө']);
            prop_assert_eq!(ending.ends_with('е'), is_front, "{}", said);
        }
    }
}

#[test]
fn an_age_is_counted_in_minutes_hours_and_calendar_days() {
    use chrono::{DateTime, FixedOffset, Utc};
    let zone = FixedOffset::east_opt(5 * 3600).unwrap();
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let now = at("2026-11-28T10:00:00Z");
    for (as_of, expected) in [
        ("2026-11-28T10:05:01Z", None),
        ("2026-11-28T10:04:00Z", Some(Age::JustNow)),
        ("2026-11-28T09:59:01Z", Some(Age::JustNow)),
        ("2026-11-28T09:59:00Z", Some(Age::Minutes(1))),
        ("2026-11-28T09:00:01Z", Some(Age::Minutes(59))),
        ("2026-11-28T09:00:00Z", Some(Age::Hours(1))),
        ("2026-11-27T10:00:01Z", Some(Age::Hours(23))),
        (
            "2026-11-27T10:00:00Z",
            Some(Age::Days {
                count: 1,
                on: day("2026-11-27"),
            }),
        ),
        // 47 hours ago, and yet the day before yesterday.
        (
            "2026-11-26T11:00:00Z",
            Some(Age::Days {
                count: 2,
                on: day("2026-11-26"),
            }),
        ),
        // Already the next day in the business time zone.
        (
            "2026-11-25T19:30:00Z",
            Some(Age::Days {
                count: 2,
                on: day("2026-11-26"),
            }),
        ),
    ] {
        assert_eq!(age_of(at(as_of), now, &zone), expected, "{as_of}");
    }
}
