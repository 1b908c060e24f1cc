//! How old a piece of information is, as people say it.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use crate::domain::loan::is_ahead;

/// How long ago something was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// less than a minute ago
    JustNow,
    /// 1 to 59 minutes ago
    Minutes(u64),
    /// 1 to 23 hours ago
    Hours(u64),
    /// at least 24 hours ago: how many calendar days, and on which
    Days {
        /// 1 is yesterday
        count: u64,
        /// the day in the business time zone
        on: NaiveDate,
    },
}

/// The age of what was known at `as_of`; `None` where that lies too far ahead, so that nobody knows how old it
/// is.
pub(crate) fn age_of<Z: TimeZone>(
    as_of: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: &Z,
) -> Option<Age> {
    if is_ahead(as_of, now) {
        return None;
    }
    let minutes = u64::try_from((now - as_of).num_minutes()).unwrap_or(0);
    Some(match minutes {
        0 => Age::JustNow,
        1..60 => Age::Minutes(minutes),
        60..1440 => Age::Hours(minutes / 60),
        _ => {
            let on = as_of.with_timezone(zone).date_naive();
            let today = now.with_timezone(zone).date_naive();
            Age::Days {
                // A day of 25 hours, when clocks are set back, is still at least yesterday.
                count: u64::try_from((today - on).num_days()).unwrap_or(0).max(1),
                on,
            }
        }
    })
}
