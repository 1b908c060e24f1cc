//! A circuit breaker: a source that failed several times in a row is left alone for a while, and then
//! tried by one request.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row after which the source is left alone.
const PATIENCE: u32 = 5;
/// For how long.
const REST: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
}

/// Leave to ask once. Whoever comes to no end of its own, as by a panic, has had no answer.
pub(super) struct Admitted<'b> {
    breaker: &'b Breaker,
    has_answered: bool,
}

impl Breaker {
    /// Leave to ask, unless the source is left alone. Where its rest is over, the first to come tries
    /// it, and the others wait for what comes of that.
    pub(super) fn admit(&self) -> Option<Admitted<'_>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(until) = state.rests_until {
            if now < until {
                return None;
            }
            state.rests_until = Some(now + REST);
        }
        Some(Admitted {
            breaker: self,
            has_answered: false,
        })
    }
}

impl Admitted<'_> {
    /// Notes what came of it.
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
        if state.failures >= PATIENCE {
            state.rests_until = Some(Instant::now() + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_keeps_failing_is_left_alone_until_it_answers() {
        let breaker = Breaker::default();
        for _ in 0..PATIENCE {
            breaker.admit().unwrap().ended(false);
        }
        assert!(breaker.admit().is_none());
        breaker.0.lock().unwrap().rests_until = Some(Instant::now());
        let trial = breaker.admit().unwrap();
        assert!(breaker.admit().is_none(), "a second one was let through");
        trial.ended(true);
        assert!(breaker.admit().is_some());
    }

    #[test]
    fn a_question_that_came_to_no_end_is_a_failure() {
        let breaker = Breaker::default();
        for _ in 0..PATIENCE {
            drop(breaker.admit().unwrap());
        }
        assert!(breaker.admit().is_none());
    }

    #[test]
    fn failures_with_an_answer_between_them_are_not_in_a_row() {
        let breaker = Breaker::default();
        for number in 1..=3 * PATIENCE {
            breaker.admit().unwrap().ended(number % PATIENCE == 0);
        }
        assert!(breaker.admit().is_some());
    }
}
