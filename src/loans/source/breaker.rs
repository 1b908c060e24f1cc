//! A circuit breaker: after several failures in a row it opens for a while, and then one request is let
//! through as a trial.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Number of failures in a row that opens the breaker.
const THRESHOLD: u32 = 5;
/// How long it stays open.
const OPEN_FOR: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

/// Permission for one request. Dropped without [`Admitted::ended`], as in a panic, it counts as a failure.
pub(super) struct Admitted<'b> {
    breaker: &'b Breaker,
    has_answered: bool,
}

impl Breaker {
    /// Admits a request unless the breaker is open. When its time is over, the first caller is admitted as
    /// a trial and the others are refused until that has ended.
    pub(super) fn admit(&self) -> Option<Admitted<'_>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(until) = state.open_until {
            if now < until {
                return None;
            }
            state.open_until = Some(now + OPEN_FOR);
        }
        Some(Admitted {
            breaker: self,
            has_answered: false,
        })
    }

    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.open_until.is_some_and(|until| Instant::now() < until)
    }
}

impl Admitted<'_> {
    /// Records the outcome.
    pub(super) fn ended(mut self, has_answered: bool) {
        self.has_answered = has_answered;
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        let state = self.breaker.0.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if self.has_answered {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= THRESHOLD {
            state.open_until = Some(Instant::now() + OPEN_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_after_failures_in_a_row_and_closes_after_an_answer() {
        let breaker = Breaker::default();
        for _ in 0..THRESHOLD {
            breaker.admit().unwrap().ended(false);
        }
        assert!(breaker.admit().is_none());
        breaker.0.lock().unwrap().open_until = Some(Instant::now());
        let trial = breaker.admit().unwrap();
        assert!(breaker.admit().is_none(), "a second one was let through");
        trial.ended(true);
        assert!(breaker.admit().is_some());
    }

    #[test]
    fn a_request_that_did_not_end_is_a_failure() {
        let breaker = Breaker::default();
        for _ in 0..THRESHOLD {
            drop(breaker.admit().unwrap());
        }
        assert!(breaker.admit().is_none());
    }

    #[test]
    fn failures_with_an_answer_between_them_are_not_in_a_row() {
        let breaker = Breaker::default();
        for number in 1..=3 * THRESHOLD {
            breaker.admit().unwrap().ended(number % THRESHOLD == 0);
        }
        assert!(breaker.admit().is_some());
    }
}
