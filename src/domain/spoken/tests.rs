//! What is said, beside what a speaker would say: tables here, properties and the way back in their files.

mod inverse;
mod kazakh;
mod properties;
mod russian;

use iso_currency::Currency;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A local time, `2026-11-28T16:20`.
fn local(text: &str) -> NaiveDateTime {
    format!("{text}:00").parse().unwrap()
}

/// Money, `48500.50 KZT`.
fn money(text: &str) -> Money {
    let (amount, code) = text.split_once(' ').unwrap();
    Money::parse(amount, Currency::from_code(code).unwrap()).unwrap()
}

/// Each left side is said as the right one.
fn all_said<T: Copy + std::fmt::Display>(table: &[(T, &str)], say: impl Fn(T) -> String) {
    for (value, said) in table {
        assert_eq!(say(*value), *said, "{value}");
    }
}
