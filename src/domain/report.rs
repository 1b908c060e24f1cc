//! The report of a day: which time it covers, and what is counted.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::{
    calendar::business_day,
    validation::{FieldError, ValidationError},
    verification::VerificationOutcome,
};

/// Days that one report covers at the most.
pub(crate) const MOST_DAYS: i64 = 31;

/// From a look-up to a verification there is no more than this, or they belong to different calls.
pub(crate) const ONE_CALL: TimeDelta = TimeDelta::minutes(30);

/// Hours begin at whole quarters in every zone: by these verifications are counted.
pub(crate) const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// The time that a report covers: from a moment until just before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// the first moment
    pub from: DateTime<Utc>,
    /// the first moment after it
    pub to: DateTime<Utc>,
}

impl Span {
    /// The span that was asked for: until now where no end is given, and from the beginning of the end's
    /// business day where no beginning is.
    ///
    /// # Errors
    /// [`ValidationError::NotAfter`], [`ValidationError::SpanTooLong`].
    pub(crate) fn of(
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Self, FieldError> {
        let to = to.unwrap_or(now);
        let from = from.unwrap_or_else(|| beginning_of_day(zone, to));
        // The beginning of a day may be its end as well, where it was asked for in that very moment.
        if to < from {
            return Err(FieldError::at("to", ValidationError::NotAfter));
        }
        if to - from > TimeDelta::days(MOST_DAYS) {
            let days = MOST_DAYS;
            return Err(FieldError::at(
                "from",
                ValidationError::SpanTooLong { days },
            ));
        }
        Ok(Self { from, to })
    }

    /// The beginnings of its hours in a zone; of the first hour it may cover the end alone.
    pub(crate) fn hours(self, zone: Tz) -> Vec<DateTime<Utc>> {
        // Clocks are set forward and back at whole quarters, so that no step misses an hour, whatever
        // becomes of one.
        let quarter = QUARTER.num_seconds();
        let begun = |moment: DateTime<Utc>| moment.timestamp().div_euclid(quarter) * quarter;
        let mut hours = BTreeSet::new();
        if self.from < self.to {
            hours.insert(hour_of(zone, self.from));
        }
        let mut at = begun(self.from) + quarter;
        while let Some(moment) = DateTime::from_timestamp(at, 0).filter(|at| *at < self.to) {
            hours.insert(hour_of(zone, moment));
            at += quarter;
        }
        hours.into_iter().collect()
    }
}

/// The beginning of the hour, by the clocks of a zone, in which a moment lies.
pub(crate) fn hour_of(zone: Tz, moment: DateTime<Utc>) -> DateTime<Utc> {
    let local = moment.with_timezone(&zone);
    let into = TimeDelta::minutes(i64::from(local.minute()))
        + TimeDelta::seconds(i64::from(local.second()))
        + TimeDelta::nanoseconds(i64::from(local.nanosecond() % 1_000_000_000));
    moment - into
}

fn beginning_of_day(zone: Tz, moment: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = business_day(zone, moment).and_time(NaiveTime::MIN);
    if let Some(local) = zone.from_local_datetime(&midnight).earliest() {
        return local.with_timezone(&Utc);
    }
    // Clocks are set forward at midnight, which by the clocks of the day before is still there.
    let before = zone
        .from_local_datetime(&(midnight - TimeDelta::hours(1)))
        .latest();
    before.map_or_else(
        || midnight.and_utc(),
        |local| local.with_timezone(&Utc) + TimeDelta::hours(1),
    )
}

/// Verifications by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OutcomeCounts {
    /// right words
    pub verified: u64,
    /// wrong words
    pub rejected: u64,
    /// a timed lock held
    pub locked: u64,
    /// the lockout policy had disabled it
    pub disabled: u64,
    /// it was blocked
    pub blocked: u64,
    /// there was no passphrase
    pub unset: u64,
}

impl OutcomeCounts {
    /// Counts verifications of an outcome.
    pub(crate) fn add(&mut self, outcome: VerificationOutcome, many: u64) {
        let count = match outcome {
            VerificationOutcome::Verified => &mut self.verified,
            VerificationOutcome::Rejected => &mut self.rejected,
            VerificationOutcome::Locked => &mut self.locked,
            VerificationOutcome::Disabled => &mut self.disabled,
            VerificationOutcome::Blocked => &mut self.blocked,
            VerificationOutcome::Unset => &mut self.unset,
        };
        *count += many;
    }

    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.verified + self.rejected + self.locked + self.disabled + self.blocked + self.unset
    }
}

/// Times between the look-up of a client and the verification: of nearest rank, so that each is one that was
/// measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waits {
    /// how many were measured
    pub count: u64,
    /// half of them are no longer
    pub median: Option<TimeDelta>,
    /// nine in ten of them are no longer
    pub p90: Option<TimeDelta>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALMATY: Tz = Tz::Asia__Almaty;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_report_covers_the_business_day_until_now_unless_it_is_told_otherwise() {
        let now = at("2026-01-31T06:20:00Z");
        let day = Span::of(None, None, now, ALMATY).unwrap();
        assert_eq!((day.from, day.to), (at("2026-01-30T19:00:00Z"), now));
        // Of another end it is that end's day.
        let day = Span::of(None, Some(at("2026-01-29T18:30:00Z")), now, ALMATY).unwrap();
        assert_eq!(day.from, at("2026-01-28T19:00:00Z"));
        let week = Span::of(Some(at("2026-01-24T00:00:00Z")), None, now, ALMATY).unwrap();
        assert_eq!(week.to, now);
    }

    #[test]
    fn a_report_covers_31_days_at_the_most_and_does_not_end_before_it_begins() {
        let now = at("2026-01-31T06:00:00Z");
        let span = |from: &str, to: &str| Span::of(Some(at(from)), Some(at(to)), now, ALMATY);
        assert!(span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z").is_ok());
        assert_eq!(
            span("2026-01-01T00:00:00Z", "2026-02-01T00:00:01Z"),
            Err(FieldError::at(
                "from",
                ValidationError::SpanTooLong { days: 31 }
            ))
        );
        assert_eq!(
            span("2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"),
            Err(FieldError::at("to", ValidationError::NotAfter))
        );
    }

    #[test]
    fn hours_are_those_of_the_clocks_on_the_wall() {
        let span = Span {
            from: at("2026-01-31T04:10:00Z"),
            to: at("2026-01-31T06:00:00Z"),
        };
        assert_eq!(
            span.hours(ALMATY),
            [at("2026-01-31T04:00:00Z"), at("2026-01-31T05:00:00Z")]
        );
        // India is half an hour off.
        assert_eq!(
            span.hours(Tz::Asia__Kolkata),
            [
                at("2026-01-31T03:30:00Z"),
                at("2026-01-31T04:30:00Z"),
                at("2026-01-31T05:30:00Z")
            ]
        );
    }

    #[test]
    fn a_day_without_a_midnight_begins_when_the_clocks_are_set_forward() {
        let zone = Tz::America__Santiago;
        let beginning = at("2026-09-06T04:00:00Z");
        for moment in ["2026-09-06T04:00:00Z", "2026-09-06T15:30:00Z"] {
            assert_eq!(beginning_of_day(zone, at(moment)), beginning, "{moment}");
        }
        let before = beginning_of_day(zone, at("2026-09-06T03:59:59Z"));
        assert_eq!(before, at("2026-09-05T04:00:00Z"));
    }

    proptest! {
        #[test]
        fn every_moment_of_a_span_lies_in_one_of_its_hours(
            start in 1_700_000_000..1_900_000_000_i64,
            length in 1..200_000_i64,
            step in 0..200_000_i64,
            zone in prop_oneof![
                Just(ALMATY), Just(Tz::Asia__Kathmandu), Just(Tz::Europe__Berlin),
                Just(Tz::Australia__Lord_Howe), Just(Tz::America__Santiago),
            ],
        ) {
            let moment = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let span = Span { from: moment(start), to: moment(start + length) };
            let inside = moment(start + step % length);
            let hours = span.hours(zone);
            prop_assert!(hours.contains(&hour_of(zone, inside)), "{} {:?}", inside, hours);
            prop_assert!(hours.is_sorted());
        }

        #[test]
        fn a_day_begins_in_that_day_and_a_second_before_is_the_day_before(
            seconds in 1_700_000_000..1_900_000_000_i64,
            zone in prop_oneof![
                Just(ALMATY), Just(Tz::Europe__Berlin), Just(Tz::America__Santiago),
            ],
        ) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            let beginning = beginning_of_day(zone, moment);
            let day = business_day(zone, moment);
            prop_assert!(beginning <= moment);
            prop_assert_eq!(business_day(zone, beginning), day);
            prop_assert!(business_day(zone, beginning - TimeDelta::seconds(1)) < day);
        }
    }
}
