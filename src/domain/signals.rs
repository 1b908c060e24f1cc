//! Signals of abuse by insiders: their kinds and thresholds.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use super::id::{ClientId, StaffId};

/// The kind of a signal.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
    VariantNames,
    EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignalKind {
    /// a specialist touched many different clients
    ManyClients,
    /// a specialist read clients whom they did not then verify
    LookUpsWithoutVerification,
    /// several specialists tried the passphrase of one client
    ManySpecialists,
    /// a specialist worked outside the hours
    OutsideHours,
    /// a specialist read the loans of one client again and again
    RepeatedInquiries,
}

impl SignalKind {
    /// Every kind.
    pub(crate) const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;
    /// The words of the contract, in the order of [`SignalKind::ALL`].
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The word of the contract.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The thresholds within the window; `None` switches a signal off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalRules {
    /// the window in which events are counted, and in which the same signal is raised once
    pub window: TimeDelta,
    /// different clients of one specialist
    pub clients: Option<u32>,
    /// different clients that were read and not verified
    pub look_ups: Option<u32>,
    /// how long after a read a verification may still come
    pub look_up_grace: TimeDelta,
    /// specialists for one client
    pub specialists: Option<u32>,
    /// readings of one client's loans by one specialist
    pub inquiries: Option<u32>,
    /// when specialists work
    pub hours: Option<Hours>,
}

/// Working hours of every day, in the business time zone. They may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: NaiveTime,
    to: NaiveTime,
}

impl Hours {
    /// Reads `08:00-20:00`. Hours that begin when they end are not valid.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let time = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").ok();
        let hours = Self {
            from: time(from)?,
            to: time(to)?,
        };
        (hours.from != hours.to).then_some(hours)
    }

    /// Whether a moment lies within the hours; the last minute is the one before `to`.
    pub(crate) fn contain(self, moment: DateTime<Utc>, zone: Tz) -> bool {
        let time = moment.with_timezone(&zone).time();
        if self.from < self.to {
            (self.from..self.to).contains(&time)
        } else {
            time >= self.from || time < self.to
        }
    }

    /// The spans of time outside the hours, from `from` up to `to`, to the minute.
    pub(crate) fn outside(
        self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        zone: Tz,
    ) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let mut spans: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
        let mut start = from;
        while start < to {
            let into = start.timestamp().rem_euclid(60);
            let minute = start
                - TimeDelta::seconds(into)
                - TimeDelta::microseconds(i64::from(start.timestamp_subsec_micros()));
            let end = (minute + TimeDelta::minutes(1)).min(to);
            if !self.contain(start, zone) {
                match spans.last_mut() {
                    Some(last) if last.1 == start => last.1 = end,
                    _ => spans.push((start, end)),
                }
            }
            start = end;
        }
        spans
    }
}

/// A signal, before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// its kind
    pub kind: SignalKind,
    /// the specialist, if it is about one
    pub staff_id: Option<StaffId>,
    /// the client, if it is about one
    pub client_id: Option<ClientId>,
    /// the number that reached the threshold
    pub count: i64,
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Almaty;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_of_the_business_and_may_go_over_midnight() {
        let day = Hours::parse("08:00-20:00").unwrap();
        assert!(day.contain(at("2026-01-31T03:00:00Z"), Almaty));
        assert!(!day.contain(at("2026-01-31T02:59:59Z"), Almaty));
        assert!(!day.contain(at("2026-01-31T15:00:00Z"), Almaty));
        let night = Hours::parse("20:00-08:00").unwrap();
        assert!(night.contain(at("2026-01-31T15:00:00Z"), Almaty));
        assert!(!night.contain(at("2026-01-31T03:00:00Z"), Almaty));
    }

    #[test]
    fn what_is_no_pair_of_times_is_no_hours() {
        for text in ["", "8-20", "08:00", "08:00-08:00", "08:00-25:00", "a-b"] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_spans_outside_end_where_work_begins() {
        let day = Hours::parse("08:00-20:00").unwrap();
        let (from, to) = (at("2026-01-31T02:30:30Z"), at("2026-01-31T03:30:00Z"));
        let opens = at("2026-01-31T03:00:00Z");
        assert_eq!(day.outside(from, to, Almaty), [(from, opens)]);
        assert_eq!(day.outside(opens, to, Almaty), []);
    }
}
