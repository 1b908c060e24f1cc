//! Paces refusals, which are immediate while they are few. A caller that ignores `Retry-After` and asks
//! again at once costs the web threads more than a refusal saves, and the hash workers have a lower
//! priority than those: without a pause a few hundred such callers would leave little time to hash.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Number of refusals that are immediate.
const AT_ONCE: u64 = 5_000;
/// Number of further immediate refusals each second.
const A_SECOND: u64 = 500;
/// Delay of the others.
const LATER: Duration = Duration::from_millis(500);

const MICROS_EACH: u64 = 1_000_000 / A_SECOND;

pub(super) struct Refusals {
    since: Instant,
    /// when all immediate refusals will be made up for, in microseconds
    even_at: AtomicU64,
}

impl Refusals {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            even_at: AtomicU64::new(0),
        }
    }

    /// Waits, if there were too many recently.
    pub(super) async fn pause(&self) {
        let now = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let taken = self
            .even_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |even_at| {
                one_more(even_at, now)
            });
        if taken.is_err() {
            tokio::time::sleep(LATER).await;
        }
    }
}

/// The new value after one more immediate refusal; `None` where it has to wait.
fn one_more(even_at: u64, now: u64) -> Option<u64> {
    let even_at = even_at.max(now).saturating_add(MICROS_EACH);
    (even_at - now <= AT_ONCE * MICROS_EACH).then_some(even_at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Number of these refusals that are immediate, each so many microseconds after the one before.
    fn prompt(gaps: &[u64]) -> Vec<u64> {
        let (mut now, mut even_at, mut prompt) = (0, 0, Vec::new());
        for gap in gaps {
            now += gap;
            if let Some(next) = one_more(even_at, now) {
                even_at = next;
                prompt.push(now);
            }
        }
        prompt
    }

    #[test]
    fn a_rush_is_refused_at_once_and_who_keeps_asking_waits() {
        assert_eq!(prompt(&[0; 5_000]).len(), 5_000);
        assert_eq!(prompt(&[0; 9_000]).len(), 5_000);
        let ten_thousand_a_second = [100; 60_001];
        assert_eq!(prompt(&ten_thousand_a_second).len(), 5_000 + 6 * 500);
    }

    #[test]
    fn few_are_always_refused_at_once() {
        assert_eq!(prompt(&[MICROS_EACH; 20_000]).len(), 20_000);
    }

    proptest! {
        #[test]
        fn no_second_has_more_prompt_refusals_than_the_law_allows(
            gaps in proptest::collection::vec(0..300_u64, 6_000..9_000),
        ) {
            let prompt = prompt(&gaps);
            for (number, start) in prompt.iter().enumerate().step_by(97) {
                let within = prompt[number..].iter().take_while(|at| **at < start + 1_000_000).count();
                prop_assert!(within as u64 <= AT_ONCE + A_SECOND);
            }
        }
    }
}
