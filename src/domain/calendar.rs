//! Days and moments as text, and the business day.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use super::validation::ValidationError;

/// The years of a calendar date. An accounting system writes `0001-01-01` for "no date" and `9999-12-31`
/// for "without end": neither is a day that a client can be told.
const YEARS: RangeInclusive<i32> = 1990..=2199;

/// The years of a date on a document: a court decision may be older than any loan.
const DOCUMENT_YEARS: RangeInclusive<i32> = 1900..=2199;

/// Parses a calendar date, `YYYY-MM-DD` and nothing else, from 1990-01-01 to 2199-12-31.
///
/// # Errors
/// [`ValidationError::NotADate`], or [`ValidationError::DateOutOfRange`].
pub fn parse_date(text: &str) -> Result<NaiveDate, ValidationError> {
    within(&YEARS, parse_day(text)?)
}

/// Parses a date on a document, from 1900-01-01 to 2199-12-31.
///
/// # Errors
/// As for [`parse_date`].
pub(crate) fn parse_document_date(text: &str) -> Result<NaiveDate, ValidationError> {
    within(&DOCUMENT_YEARS, parse_day(text)?)
}

fn parse_day(text: &str) -> Result<NaiveDate, ValidationError> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    let date = shaped
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten();
    date.ok_or(ValidationError::NotADate)
}

/// Checks that a day is from 1990-01-01 to 2199-12-31.
///
/// # Errors
/// [`ValidationError::DateOutOfRange`].
pub(crate) fn within_range(day: NaiveDate) -> Result<NaiveDate, ValidationError> {
    within(&YEARS, day)
}

fn within(years: &RangeInclusive<i32>, day: NaiveDate) -> Result<NaiveDate, ValidationError> {
    let (first, last) = (*years.start(), *years.end());
    years
        .contains(&day.year())
        .then_some(day)
        .ok_or(ValidationError::DateOutOfRange { first, last })
}

/// Parses an RFC 3339 time to microseconds, the precision of the databases.
///
/// # Errors
/// [`ValidationError::NotATime`].
pub fn parse_time(text: &str) -> Result<DateTime<Utc>, ValidationError> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| ValidationError::NotATime)?;
    // As the databases return it: there a leap second is the moment after it.
    let utc = DateTime::from_timestamp_micros(time.timestamp_micros())
        .ok_or(ValidationError::NotATime)?;
    (1..=9999)
        .contains(&utc.year())
        .then_some(utc)
        .ok_or(ValidationError::NotATime)
}

/// Writes a time as the contract has it: RFC 3339, UTC, `Z`.
pub fn write_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// The calendar day at a moment in the business time zone.
pub(crate) fn business_day(zone: Tz, moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_calendar_date_is_a_date() {
        assert!(parse_date("2024-02-29").is_ok());
        for bad in [
            "2026-02-29",
            "2026-2-01",
            "01.02.2026",
            "2026-02-01T00:00",
            "+026-02-01",
            "２０２６",
        ] {
            assert_eq!(parse_date(bad), Err(ValidationError::NotADate), "{bad}");
        }
    }

    #[test]
    fn a_date_of_no_time_that_anybody_lives_in_is_out_of_range() {
        for good in ["1990-01-01", "2199-12-31"] {
            assert_eq!(
                parse_date(good).map(|day| day.to_string()).as_deref(),
                Ok(good)
            );
        }
        for bad in ["0001-01-01", "1989-12-31", "2200-01-01", "9999-12-31"] {
            let code = parse_date(bad).map_err(|error| error.code());
            assert_eq!(code, Err("out_of_range"), "{bad}");
        }
        assert_eq!(parse_date("0000-00-00"), Err(ValidationError::NotADate));
    }

    #[test]
    fn a_document_may_be_older_than_a_loan_and_not_without_a_date() {
        for good in ["1900-01-01", "1987-05-12", "2199-12-31"] {
            let date = parse_document_date(good).map(|day| day.to_string());
            assert_eq!(date.as_deref(), Ok(good));
        }
        for bad in ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"] {
            let code = parse_document_date(bad).map_err(|error| error.code());
            assert_eq!(code, Err("out_of_range"), "{bad}");
        }
        assert_eq!(
            parse_document_date("1987-5-12"),
            Err(ValidationError::NotADate)
        );
    }

    #[test]
    fn a_time_in_any_zone_is_the_same_moment() {
        let almaty = parse_time("2026-01-01T05:00:00+05:00").unwrap();
        assert_eq!(write_time(almaty), "2026-01-01T00:00:00Z");
        assert!(parse_time("2026-01-01").is_err());
        assert!(parse_time("2026-01-01T00:00:00").is_err());
    }

    #[test]
    fn a_leap_second_is_kept_as_it_is_compared() {
        let leap = parse_time("2016-12-31T23:59:60Z").unwrap();
        assert_eq!(write_time(leap), "2017-01-01T00:00:00Z");
        assert_eq!(
            DateTime::from_timestamp_micros(leap.timestamp_micros()),
            Some(leap)
        );
    }

    #[test]
    fn a_time_is_cut_to_microseconds() {
        let time = parse_time("1960-01-01T00:00:00.123456789Z").unwrap();
        assert_eq!(write_time(time), "1960-01-01T00:00:00.123456Z");
    }

    #[test]
    fn the_business_day_begins_before_the_day_of_utc() {
        let evening = parse_time("2026-01-01T19:30:00Z").unwrap();
        assert_eq!(
            business_day(chrono_tz::Asia::Almaty, evening).to_string(),
            "2026-01-02"
        );
    }
}
