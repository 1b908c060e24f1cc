//! Sliding windows: how much of a quota was used within the last seconds of the window.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::columns::micros;
use crate::domain::id::ClientId;

/// A quota within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// how many
    pub quota: u32,
    /// within how many seconds
    pub seconds: u32,
}

impl Window {
    fn start(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::seconds(i64::from(self.seconds))
    }

    /// This window is full, until something taken at `makes_room` leaves it.
    fn full(self, makes_room: Option<i64>, now: DateTime<Utc>) -> Limited {
        let room_at =
            makes_room.unwrap_or_else(|| micros(now)) + i64::from(self.seconds) * 1_000_000;
        let wait = (room_at - micros(now)).max(0);
        let seconds = u32::try_from((wait + 999_999) / 1_000_000).unwrap_or(self.seconds);
        Limited {
            window: self,
            retry_after_seconds: seconds.clamp(1, self.seconds.max(1)),
        }
    }
}

/// The window is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// the window
    pub window: Window,
    /// seconds until there is room for one more
    pub retry_after_seconds: u32,
}

/// What a member of staff has used of the quotas of staff.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Used {
    /// different clients, each with the microsecond at which it was last touched, oldest first
    touched: Vec<(ClientId, i64)>,
    verified: Hits,
    #[serde(default)]
    searched_in_vain: Hits,
}

impl Used {
    /// Notes that clients are touched, unless that would make too many different ones.
    ///
    /// # Errors
    /// [`Limited`], with nothing noted.
    pub(crate) fn touch(
        &mut self,
        clients: &[ClientId],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<(), Limited> {
        let (now_micros, start) = (micros(now), micros(window.start(now)));
        self.touched.retain_mut(|(_, at)| {
            *at = (*at).min(now_micros);
            *at > start
        });
        let mut different = clients.to_vec();
        different.sort_unstable();
        different.dedup();
        let is_known = |client: &&ClientId| self.touched.iter().any(|(known, _)| known == *client);
        let new = different.len() - different.iter().filter(is_known).count();
        let over = (self.touched.len() + new).saturating_sub(window.quota as usize);
        if over > 0 && new > 0 {
            let makes_room = self.touched.get(over - 1).or(self.touched.last());
            return Err(window.full(makes_room.map(|(_, at)| *at), now));
        }
        self.touched.retain(|(known, _)| !different.contains(known));
        let touched = different.into_iter().map(|client| (client, now_micros));
        self.touched.extend(touched);
        Ok(())
    }

    /// Whether one client more could be touched; nothing is noted.
    ///
    /// # Errors
    /// [`Limited`].
    pub(crate) fn may_touch_another(
        &self,
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<(), Limited> {
        // No id is empty, so that nobody was touched by this name.
        self.clone().touch(&[ClientId::from("")], window, now)
    }

    /// Whether there may be another search; nothing is noted.
    ///
    /// # Errors
    /// [`Limited`] where too many found nothing.
    pub(crate) fn may_search(&self, window: Window, now: DateTime<Utc>) -> Result<(), Limited> {
        self.searched_in_vain.clone().take(window, now)
    }

    /// Notes a search that found nothing.
    ///
    /// # Errors
    /// [`Limited`], with nothing noted.
    pub(crate) fn search_in_vain(
        &mut self,
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<(), Limited> {
        self.searched_in_vain.take(window, now)
    }

    /// Notes a verification.
    ///
    /// # Errors
    /// [`Limited`], with nothing noted.
    pub(crate) fn verify(&mut self, window: Window, now: DateTime<Utc>) -> Result<(), Limited> {
        self.verified.take(window, now)
    }
}

/// Hits: when, in microseconds, and how many.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Hits(Vec<(i64, u32)>);

impl Hits {
    /// Up to this quota every hit is stored by its own time; above it, by hundredths of the window, so
    /// that the row stays short.
    const EXACT_UP_TO: u32 = 100;

    pub(super) fn take(&mut self, window: Window, now: DateTime<Utc>) -> Result<(), Limited> {
        let width = if window.quota <= Self::EXACT_UP_TO {
            0
        } else {
            i64::from(window.seconds) * 10_000
        };
        let (now_micros, start) = (micros(now), micros(window.start(now)));
        // A clock that was set back leaves hits in the future; they count as of now.
        self.0.retain_mut(|(at, _)| {
            *at = (*at).min(now_micros);
            *at + width > start
        });
        let taken: u32 = self.0.iter().map(|(_, count)| *count).sum();
        if taken >= window.quota {
            let mut over = taken - window.quota + 1;
            let makes_room = self.0.iter().find(|(_, count)| {
                over = over.saturating_sub(*count);
                over == 0
            });
            return Err(window.full(makes_room.map(|(at, _)| at + width), now));
        }
        match self.0.last_mut() {
            Some((at, count)) if now_micros - *at < width => *count += 1,
            _ => self.0.push((now_micros, 1)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn a_minute_of(quota: u32) -> Window {
        Window { quota, seconds: 60 }
    }

    fn clients(names: &[&str]) -> Vec<ClientId> {
        names.iter().copied().map(ClientId::from).collect()
    }

    #[test]
    fn a_full_window_has_room_again_when_its_oldest_hit_leaves_it() {
        let window = a_minute_of(2);
        let mut hits = Hits::default();
        assert_eq!(hits.take(window, at(0)), Ok(()));
        assert_eq!(hits.take(window, at(20)), Ok(()));
        let limited = hits.take(window, at(30)).unwrap_err();
        assert_eq!(limited.retry_after_seconds, 30);
        assert_eq!(hits.take(window, at(60)), Ok(()));
    }

    #[test]
    fn a_clock_set_back_shuts_nobody_out_for_longer_than_the_window() {
        let window = a_minute_of(1);
        let mut hits = Hits::default();
        assert_eq!(hits.take(window, at(3_600)), Ok(()));
        assert!(hits.take(window, at(0)).is_err());
        assert_eq!(hits.take(window, at(60)), Ok(()));
        let mut used = Used::default();
        assert_eq!(used.touch(&clients(&["a"]), window, at(3_600)), Ok(()));
        assert!(used.touch(&clients(&["b"]), window, at(0)).is_err());
        assert_eq!(used.touch(&clients(&["b"]), window, at(60)), Ok(()));
    }

    #[test]
    fn a_client_touched_again_takes_no_more_room_and_stays_for_longer() {
        let window = a_minute_of(2);
        let mut used = Used::default();
        assert_eq!(
            used.touch(&clients(&["a", "b", "a"]), window, at(0)),
            Ok(())
        );
        assert_eq!(used.touch(&clients(&["a"]), window, at(40)), Ok(()));
        // "b" leaves in ten seconds, and with it only one place is free.
        let limited = used.touch(&clients(&["c"]), window, at(50)).unwrap_err();
        assert_eq!(limited.retry_after_seconds, 10);
        let limited = used.touch(&clients(&["c", "d"]), window, at(50));
        assert_eq!(limited.unwrap_err().retry_after_seconds, 50);
        assert_eq!(used.touch(&clients(&["a", "b"]), window, at(50)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_its_quota(
            quota in prop_oneof![1..20_u32, 101..140_u32],
            steps in proptest::collection::vec(0..20_i64, 1..300),
        ) {
            let window = a_minute_of(quota);
            let mut hits = Hits::default();
            let mut taken: Vec<i64> = Vec::new();
            let mut now = 0;
            for step in steps {
                now += step / 10;
                if hits.take(window, at(now)).is_ok() {
                    taken.push(now);
                }
                let within = taken.iter().filter(|hit| **hit > now - 60).count();
                prop_assert!(within <= quota as usize);
            }
        }

        #[test]
        fn no_specialist_touches_more_different_clients_in_a_window_than_the_quota(
            quota in 1..6_u32,
            steps in proptest::collection::vec((0..20_i64, proptest::collection::vec("[a-h]", 1..3)), 1..200),
        ) {
            let window = a_minute_of(quota);
            let mut used = Used::default();
            let mut touches: Vec<(ClientId, i64)> = Vec::new();
            let mut now = 0;
            for (step, names) in steps {
                now += step / 4;
                let names: Vec<_> = names.into_iter().map(ClientId::from).collect();
                let mut within: Vec<_> = touches
                    .iter()
                    .filter(|(_, at)| *at > now - 60)
                    .map(|(client, _)| client.clone())
                    .collect();
                let known = within.clone();
                within.extend(names.clone());
                within.sort_unstable();
                within.dedup();
                let fits = within.len() <= quota as usize
                    || names.iter().all(|name| known.contains(name));
                prop_assert_eq!(used.touch(&names, window, at(now)).is_ok(), fits);
                if fits {
                    touches.extend(names.into_iter().map(|name| (name, now)));
                }
            }
        }
    }
}
