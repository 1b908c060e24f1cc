//! Saying numbers, sums, dates and counts in Kazakh and Russian words: what `heard` reads, this says.
//!
//! Here is the grammar alone: a value goes in with the form that a sentence asks for, and words come out,
//! without a digit among them. The sentences stand in `locales/*/spoken.ftl`.

mod currency;
mod elapsed;
mod forms;
mod kazakh;
mod number;
mod product;
mod russian;

use chrono::{NaiveDate, NaiveDateTime};

use super::{language::ClientLanguage, money::Money};

pub(crate) use elapsed::{Age, age_of};
pub(crate) use forms::{Counted, DateForm};
#[cfg(test)]
use number::number;
pub(crate) use product::product;

/// A sum with the name of its currency: «сто двадцать пять тысяч тенге». Minor units are said where they are
/// not zero, and whole units where they are not zero or nothing else is there.
pub(crate) fn sum(money: Money, language: ClientLanguage) -> String {
    currency::sum(money, language)
}

/// A number of things: «двадцать один день», «жиырма бір күн».
pub(crate) fn count(value: u64, counted: Counted, language: ClientLanguage) -> String {
    match language {
        ClientLanguage::Kk => kazakh::count(value, counted),
        ClientLanguage::Ru => russian::count(value, counted, russian::Case::Nominative),
    }
}

/// A span of time before «назад» or «бұрын»: «одну минуту», «бір минут».
pub(crate) fn span(value: u64, counted: Counted, language: ClientLanguage) -> String {
    match language {
        ClientLanguage::Kk => kazakh::count(value, counted),
        ClientLanguage::Ru => russian::count(value, counted, russian::Case::Accusative),
    }
}

/// A date with its year: «семнадцатое ноября две тысячи двадцать шестого года». Years are said from 1 to
/// 9999; no date of the service lies outside them.
pub(crate) fn date(day: NaiveDate, form: DateForm, language: ClientLanguage) -> String {
    match language {
        ClientLanguage::Kk => kazakh::date(day, form),
        ClientLanguage::Ru => russian::date(day, form),
    }
}

/// A time of day after «до», before «дейін», with its day where that is not `today`, and with the year where
/// it is another one: «десяти часов пяти минут двадцать девятого ноября», «бүгін сағат он алтыға».
///
/// Both are local times; seconds are left out, so round up before.
pub(crate) fn until(local: NaiveDateTime, today: NaiveDate, language: ClientLanguage) -> String {
    match language {
        ClientLanguage::Kk => kazakh::until(local, today),
        ClientLanguage::Ru => russian::until(local, today),
    }
}

#[cfg(test)]
mod tests;
