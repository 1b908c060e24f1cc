//! Records of the loan system, and the standing of a loan on a given day.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use strum::{EnumCount, IntoStaticStr, VariantNames};

use super::{
    identifier::{ClientNumber, TicketNumber},
    money::Money,
    person::Person,
};

/// A client as the loan system states it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientRecord {
    /// the company's number of the client
    pub client_number: ClientNumber,
    /// names and telephone
    pub person: Person,
    /// the time of this statement (`as_of`)
    pub as_of: DateTime<Utc>,
}

/// A loan as the loan system states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanRecord {
    /// the pledge ticket
    pub ticket_number: TicketNumber,
    /// whose loan
    pub client_number: ClientNumber,
    /// the name of the product
    pub product: String,
    /// the due date
    pub due_on: NaiveDate,
    /// the outstanding balance
    pub balance: Money,
    /// the guaranteed waiting period of this contract, days; `None` where the loan system states none
    pub grace_days: Option<u32>,
    /// whether it is open
    pub is_open: bool,
    /// the time of this statement (`as_of`)
    pub as_of: DateTime<Utc>,
}

/// The record in one line of a batch or a file.
#[derive(Clone, PartialEq, Eq)]
pub enum Record {
    /// a client
    Client(ClientRecord),
    /// a loan
    Loan(LoanRecord),
}

impl Record {
    /// The time of this statement (`as_of`).
    pub(crate) fn as_of(&self) -> DateTime<Utc> {
        match self {
            Self::Client(client) => client.as_of,
            Self::Loan(loan) => loan.as_of,
        }
    }
}

/// How far the loan system's clock may be ahead of the service's.
pub(crate) const MOST_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Whether an `as_of` lies too far in the future. A record stored under such a time would be the newest
/// until that day comes, whatever is pushed.
pub fn is_ahead(as_of: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    as_of - now > MOST_AHEAD
}

/// The longest waiting period that a contract may state, days.
pub const MAX_GRACE_DAYS: u32 = 3_650;

/// The result for a record of the loan system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Received {
    /// it was new, and is stored
    Created,
    /// it changed what was stored
    Applied,
    /// it repeats what is stored
    Unchanged,
    /// something newer is stored
    Stale,
}

/// What is stored about the client or the loan of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// its `as_of`; `None` for a client that a branch entered
    pub as_of: Option<DateTime<Utc>>,
    /// whether the record repeats the last statement of the loan system
    pub is_same: bool,
}

/// Decides by `as_of` about a record. A push replaces what is stored without a time, and what is stored
/// under a time in the future: that was taken while a clock was wrong.
pub(crate) fn receive(
    stored: Option<Stored>,
    as_of: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Received {
    let believed = stored.map(|stored| {
        let stored_as_of = stored.as_of.filter(|stored| !is_ahead(*stored, now));
        (stored_as_of, stored.is_same)
    });
    match believed {
        None => Received::Created,
        Some((Some(stored_as_of), _)) if as_of < stored_as_of => Received::Stale,
        Some((Some(stored_as_of), true)) if as_of == stored_as_of => Received::Unchanged,
        Some(_) => Received::Applied,
    }
}

/// The guaranteed waiting period: the days for which the pledge is kept after the due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GracePeriod {
    /// its length, days
    pub days: u32,
    /// the last day on which the pledge is kept: the due date plus `days`
    pub ends_on: NaiveDate,
}

/// The standing of a loan on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumCount, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// before its due date
    Current,
    /// due on this day
    DueToday,
    /// past due, the pledge is still kept
    InGrace,
    /// past due, and past the last day on which the pledge is kept
    GraceExpired,
    /// past due, and the waiting period is not known
    Overdue,
}

impl Standing {
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

/// A loan as it is read out on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanStanding {
    /// its standing
    pub standing: Standing,
    /// the waiting period, if the loan system states one
    pub grace_period: Option<GracePeriod>,
    /// days to the due date; negative once past
    pub days_until_due: i64,
    /// days to the last day of the waiting period; only in grace
    pub days_left_in_grace: Option<i64>,
}

/// Computes the standing of a loan on a day of the business time zone.
pub fn standing(due_on: NaiveDate, grace_days: Option<u32>, today: NaiveDate) -> LoanStanding {
    let grace_period = grace_days.and_then(|days| {
        let ends_on = due_on.checked_add_days(Days::new(u64::from(days)))?;
        Some(GracePeriod { days, ends_on })
    });
    let standing = match (due_on.cmp(&today), grace_period) {
        (std::cmp::Ordering::Greater, _) => Standing::Current,
        (std::cmp::Ordering::Equal, _) => Standing::DueToday,
        (std::cmp::Ordering::Less, None) => Standing::Overdue,
        (std::cmp::Ordering::Less, Some(grace)) if today <= grace.ends_on => Standing::InGrace,
        (std::cmp::Ordering::Less, Some(_)) => Standing::GraceExpired,
    };
    LoanStanding {
        standing,
        grace_period,
        days_until_due: (due_on - today).num_days(),
        days_left_in_grace: grace_period
            .filter(|_| standing == Standing::InGrace)
            .map(|grace| (grace.ends_on - today).num_days()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_safe_day_is_still_in_grace_and_the_next_is_not() {
        let due = day("2026-02-08");
        let last = standing(due, Some(20), day("2026-02-28"));
        assert_eq!(
            (last.standing, last.days_left_in_grace),
            (Standing::InGrace, Some(0))
        );
        let next = standing(due, Some(20), day("2026-03-01"));
        assert_eq!(
            (next.standing, next.days_left_in_grace),
            (Standing::GraceExpired, None)
        );
        assert_eq!(next.days_until_due, -21);
    }

    #[test]
    fn a_waiting_period_that_nobody_stated_is_never_guessed() {
        let past = standing(day("2026-01-01"), None, day("2026-01-02"));
        assert_eq!(
            (past.standing, past.grace_period),
            (Standing::Overdue, None)
        );
    }

    #[test]
    fn a_waiting_period_of_no_days_ends_on_the_due_date() {
        let due = day("2026-01-01");
        assert_eq!(standing(due, Some(0), due).standing, Standing::DueToday);
        assert_eq!(
            standing(due, Some(0), day("2026-01-02")).standing,
            Standing::GraceExpired
        );
    }

    #[test]
    fn an_older_record_never_replaces_a_newer_one() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let became = |stored: Option<(Option<i64>, bool)>, as_of| {
            let stored = stored.map(|(stored, is_same)| Stored {
                as_of: stored.map(at),
                is_same,
            });
            receive(stored, at(as_of), at(1_000))
        };
        assert_eq!(became(Some((Some(10), false)), 9), Received::Stale);
        assert_eq!(became(Some((Some(10), true)), 10), Received::Unchanged);
        assert_eq!(became(Some((Some(10), false)), 10), Received::Applied);
        assert_eq!(became(Some((Some(10), true)), 11), Received::Applied);
        assert_eq!(became(Some((None, false)), 1), Received::Applied);
        assert_eq!(became(None, 1), Received::Created);
    }

    #[test]
    fn what_is_held_of_a_time_that_has_not_come_yields_to_any_push() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let became = |stored| {
            let stored = Stored {
                as_of: Some(at(stored)),
                is_same: false,
            };
            receive(Some(stored), at(900), at(1_000))
        };
        assert_eq!(became(1_300), Received::Stale);
        assert_eq!(became(1_301), Received::Applied);
    }

    proptest! {
        #[test]
        fn exactly_one_standing_holds_and_its_days_agree(offset in -5000..5000_i64, grace in proptest::option::of(0..3650_u32)) {
            let today = day("2026-06-15");
            let due = today + chrono::TimeDelta::days(offset);
            let loan = standing(due, grace, today);
            prop_assert_eq!(loan.days_until_due, offset);
            prop_assert_eq!(loan.standing == Standing::InGrace, loan.days_left_in_grace.is_some());
            prop_assert_eq!(offset > 0, loan.standing == Standing::Current);
            prop_assert_eq!(offset == 0, loan.standing == Standing::DueToday);
            let safe = grace.is_some_and(|days| -offset <= i64::from(days));
            prop_assert_eq!(offset < 0 && safe, loan.standing == Standing::InGrace);
        }
    }
}
