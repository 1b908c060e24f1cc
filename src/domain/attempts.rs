//! The lockout policy: after how many wrong attempts a passphrase is locked, and after how many it is
//! disabled.
//!
//! An attempt is counted *before* its hash is computed, so that however many arrive at once, no more are
//! ever tried than the policy allows. NIST SP 800-63B-4 §3.2.2 allows at most 100 in a row.

use chrono::{DateTime, TimeDelta, Utc};

use super::passphrase::StoredState;

/// The lockout state of one passphrase: its failures in a row, and their consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lockout {
    /// its stored state
    pub stored: StoredState,
    /// failures in a row, including attempts whose result is not known yet
    pub failures: u32,
    /// the end of the timed lock
    pub locked_until: Option<DateTime<Utc>>,
}

/// After `failures` in a row the passphrase is locked for `minutes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// failures in a row that bring this lock
    pub failures: u32,
    /// how long it lasts, minutes
    pub minutes: u32,
}

/// The policy in force: locks by ascending count, and the count that disables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockoutPolicy {
    locks: Vec<Lock>,
    disable_after: u32,
}

/// The consequence of one more attempt, before it is known whether it was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// the number of this attempt in the row of failures, from 1
    pub number: u32,
    /// the end of the lock that begins with this attempt if it is wrong
    pub locked_until: Option<DateTime<Utc>>,
    /// whether this attempt disables the passphrase if it is wrong
    pub disables: bool,
}

impl Counted {
    /// The stored state from the count on, until the result is known.
    pub(crate) fn stored(&self) -> StoredState {
        if self.disables {
            StoredState::Disabled
        } else {
            StoredState::Active
        }
    }

    /// The lockout state from the count on, until the result is known.
    pub fn lockout(&self) -> Lockout {
        Lockout {
            stored: self.stored(),
            failures: self.number,
            locked_until: self.locked_until,
        }
    }
}

impl LockoutPolicy {
    /// NIST SP 800-63B-4 §3.2.2: no more than this many consecutive failures.
    pub(crate) const MOST_ATTEMPTS: u32 = 100;

    /// Makes a policy.
    ///
    /// # Errors
    /// A sentence that says what is wrong, for whoever wrote the settings.
    pub fn new(locks: Vec<Lock>, disable_after: u32) -> Result<Self, String> {
        if !(1..=Self::MOST_ATTEMPTS).contains(&disable_after) {
            return Err(format!(
                "disable_after must be 1 to {}",
                Self::MOST_ATTEMPTS
            ));
        }
        if !locks
            .windows(2)
            .all(|pair| pair[0].failures < pair[1].failures)
        {
            return Err("locks must stand by ascending failures".to_owned());
        }
        if locks
            .iter()
            .any(|lock| lock.failures == 0 || lock.failures >= disable_after || lock.minutes == 0)
        {
            return Err(
                "a lock needs 1 or more failures, fewer than disable_after, and 1 or more minutes"
                    .to_owned(),
            );
        }
        Ok(Self {
            locks,
            disable_after,
        })
    }

    /// Counts one more attempt on top of `failures` already in a row.
    pub fn count(&self, failures: u32, now: DateTime<Utc>) -> Counted {
        let number = failures.saturating_add(1);
        let disables = number >= self.disable_after;
        let lock = self
            .locks
            .iter()
            .find(|lock| lock.failures == number && !disables);
        Counted {
            number,
            locked_until: lock.map(|lock| now + TimeDelta::minutes(i64::from(lock.minutes))),
            disables,
        }
    }

    /// The end of the lock after `failures` in a row that were counted after a success: that of the longest
    /// lock that they reach.
    pub(crate) fn lock_at(&self, failures: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let reached = self.locks.iter().rfind(|lock| lock.failures <= failures);
        reached.map(|lock| now + TimeDelta::minutes(i64::from(lock.minutes)))
    }

    /// The state after a right attempt at `place` in the row of failures: what was counted up to it is
    /// cleared, and what was counted after it stays. Place 0 means that a later success has cleared the row
    /// already.
    pub fn clear(&self, lockout: Lockout, place: u32, now: DateTime<Utc>) -> Lockout {
        if place == 0 {
            return lockout;
        }
        let failures = lockout.failures.saturating_sub(place);
        Lockout {
            stored: StoredState::Active,
            failures,
            locked_until: self.lock_at(failures, now),
        }
    }

    /// The state after one attempt, which a fault kept from being tried, is taken out of the row of
    /// failures; later ones move up. The consequence of the last one is undone: one failure fewer does not
    /// have it.
    pub fn take_back(&self, lockout: Lockout, place: u32) -> Lockout {
        if place == 0 {
            return lockout;
        }
        let brought_lock = |lock: &Lock| lock.failures == lockout.failures;
        Lockout {
            stored: if lockout.stored == StoredState::Disabled {
                StoredState::Active
            } else {
                lockout.stored
            },
            failures: lockout.failures.saturating_sub(1),
            locked_until: lockout
                .locked_until
                .filter(|_| !self.locks.iter().any(brought_lock)),
        }
    }

    /// Attempts left until the next lock or the end, after `failures` in a row; zero after the one that
    /// brought it.
    pub(crate) fn attempts_left(&self, failures: u32) -> u32 {
        let bounds = self
            .locks
            .iter()
            .map(|lock| lock.failures)
            .chain([self.disable_after]);
        bounds
            .filter(|bound| *bound >= failures)
            .map(|bound| bound - failures)
            .next()
            .unwrap_or(0)
    }

    /// Attempts until the next lock or the end, for whoever may try now after `failures` in a row: a lock
    /// that these brought has run out.
    pub(crate) fn attempts_ahead(&self, failures: u32) -> u32 {
        match self.attempts_left(failures) {
            0 => self.attempts_left(failures + 1) + 1,
            left => left,
        }
    }
}

impl Default for LockoutPolicy {
    /// 3 failures lock for 15 minutes, 3 more for an hour, 3 more for a day; the 10th disables.
    fn default() -> Self {
        let locks = [(3, 15), (6, 60), (9, 24 * 60)];
        Self {
            locks: locks
                .map(|(failures, minutes)| Lock { failures, minutes })
                .to_vec(),
            disable_after: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn the_third_sixth_and_ninth_failure_lock_for_longer_and_longer() {
        let policy = LockoutPolicy::default();
        let minutes = |failures| {
            policy
                .count(failures, now())
                .locked_until
                .map(|until| (until - now()).num_minutes())
        };
        assert_eq!(
            (0..10).map(minutes).collect::<Vec<_>>(),
            [
                None,
                None,
                Some(15),
                None,
                None,
                Some(60),
                None,
                None,
                Some(1440),
                None
            ]
        );
    }

    #[test]
    fn the_tenth_failure_disables_and_no_other() {
        let policy = LockoutPolicy::default();
        let disabling: Vec<_> = (0..12)
            .filter(|failures| policy.count(*failures, now()).disables)
            .collect();
        assert_eq!(disabling, [9, 10, 11]);
    }

    #[test]
    fn attempts_left_count_to_the_next_lock_and_are_none_on_the_one_that_brings_it() {
        let policy = LockoutPolicy::default();
        let left: Vec<_> = (0..=10)
            .map(|failures| policy.attempts_left(failures))
            .collect();
        assert_eq!(left, [3, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0]);
    }

    #[test]
    fn attempts_ahead_are_those_that_may_be_spent_before_the_next_lock() {
        let policy = LockoutPolicy::default();
        let ahead: Vec<_> = (0..10)
            .map(|failures| policy.attempts_ahead(failures))
            .collect();
        assert_eq!(ahead, [3, 2, 1, 3, 2, 1, 3, 2, 1, 1]);
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_refused() {
        let lock = |failures, minutes| Lock { failures, minutes };
        assert!(LockoutPolicy::new(vec![], 101).is_err());
        assert!(LockoutPolicy::new(vec![lock(3, 1), lock(2, 1)], 10).is_err());
        assert!(LockoutPolicy::new(vec![lock(10, 1)], 10).is_err());
        assert!(LockoutPolicy::new(vec![lock(3, 0)], 10).is_err());
    }

    fn active(failures: u32, locked_until: Option<DateTime<Utc>>) -> Lockout {
        Lockout {
            stored: StoredState::Active,
            failures,
            locked_until,
        }
    }

    #[test]
    fn right_words_clear_what_was_counted_up_to_them_and_nothing_behind_them() {
        let policy = LockoutPolicy::default();
        let locked = policy.count(2, now()).lockout();
        assert_eq!(policy.clear(locked, 3, now()), active(0, None));
        assert_eq!(policy.clear(locked, 1, now()), active(2, None));
        let quarter = Some(now() + TimeDelta::minutes(15));
        assert_eq!(policy.clear(active(4, None), 1, now()), active(3, quarter));
        assert_eq!(policy.clear(locked, 0, now()), locked);
        let disabled = policy.count(9, now()).lockout();
        assert_eq!(policy.clear(disabled, 10, now()), active(0, None));
    }

    #[test]
    fn what_is_taken_back_undoes_the_lock_or_the_end_that_so_few_failures_do_not_bring() {
        let policy = LockoutPolicy::default();
        for failures in [2, 5, 8, 9] {
            let brought = policy.count(failures, now()).lockout();
            for place in [1, failures + 1] {
                assert_eq!(policy.take_back(brought, place), active(failures, None));
            }
            assert_eq!(policy.take_back(brought, 0), brought);
        }
        let quarter = Some(now() + TimeDelta::minutes(15));
        assert_eq!(policy.take_back(active(4, quarter), 2), active(3, quarter));
        let blocked = Lockout {
            stored: StoredState::Blocked,
            ..active(2, None)
        };
        assert_eq!(policy.take_back(blocked, 1).stored, StoredState::Blocked);
    }

    proptest! {
        #[test]
        fn no_policy_lets_more_than_disable_after_words_be_tried(disable_after in 1..=100_u32, at in 1..100_u32) {
            let locks = if at < disable_after { vec![Lock { failures: at, minutes: 5 }] } else { vec![] };
            let policy = LockoutPolicy::new(locks, disable_after).unwrap();
            let tried = (0..200).take_while(|failures| !policy.count(*failures, now()).disables).count();
            prop_assert_eq!(tried + 1, disable_after as usize);
        }
    }
}
