//! Money, days and moments: what was parsed says what was written, and is kept without loss.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use qupia::domain::{
    calendar::{parse_date, parse_time, write_time},
    money::{Money, parse_currency},
};

fuzz_target!(|text: &str| {
    if let Ok(day) = parse_date(text) {
        assert_eq!(day.to_string(), text);
    }
    if let Ok(time) = parse_time(text) {
        assert_eq!(parse_time(&write_time(time)), Ok(time));
        // As the databases keep it.
        assert_eq!(
            DateTime::from_timestamp_micros(time.timestamp_micros()),
            Some(time)
        );
    }
    let (code, amount) = text.split_once(' ').unwrap_or(("KZT", text));
    if let Ok(currency) = parse_currency(code)
        && let Ok(money) = Money::parse(amount, currency)
    {
        let written = money.amount();
        assert!(money.minor_units() >= 0);
        assert_eq!(Money::parse(&written, currency), Ok(money));
        assert_eq!(
            Money::from_minor_units(money.minor_units(), code),
            Ok(money)
        );
        let bare = |text: &str| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let whole = whole.trim_start_matches('0').to_owned();
            (whole, fraction.trim_end_matches('0').to_owned())
        };
        assert_eq!(
            bare(&written),
            bare(amount),
            "another amount than was written"
        );
    }
});
