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

/// Leave to ask once.
pub(super) struct Admitted<'b>(&'b Breaker);

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
        Some(Admitted(self))
    }
}

impl Admitted<'_> {
    /// Notes what came of it.
    pub(super) fn ended(self, has_answered: bool) {
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if has_answered {
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
    fn failures_with_an_answer_between_them_are_not_in_a_row() {
        let breaker = Breaker::default();
        for number in 1..=3 * PATIENCE {
            breaker.admit().unwrap().ended(number % PATIENCE == 0);
        }
        assert!(breaker.admit().is_some());
    }
}
