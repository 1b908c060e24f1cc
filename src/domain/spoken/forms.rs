//! What the languages share: the forms that a sentence asks for, and how a number falls into groups.

use chrono::{Datelike, NaiveDate};

/// The form in which a sentence asks for a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// the date by its name: «седьмое декабря», «жетінші желтоқсан»
    Named,
    /// after «до», before «дейін»: «седьмого декабря», «жетінші желтоқсанға»
    Until,
    /// when it was or will be: «седьмого декабря», «жетінші желтоқсанда»
    On,
}

/// What is counted in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// minutes
    Minutes,
    /// hours
    Hours,
    /// days
    Days,
    /// attempts to say the passphrase
    Attempts,
    /// open loans
    Loans,
}

/// The year of a day, kept to the years that can be said.
pub(super) fn year_of(day: NaiveDate) -> u64 {
    day.year().clamp(1, 9999).unsigned_abs().into()
}

/// The groups of three digits of a number, the highest first, each with the power of a thousand that it
/// counts; groups of nothing are left out.
pub(super) fn groups(value: u64) -> impl Iterator<Item = (usize, u64)> {
    (0..=6_u32)
        .rev()
        .map(move |power| (power as usize, value / 1000_u64.pow(power) % 1000))
        .filter(|(_, group)| *group > 0)
}
