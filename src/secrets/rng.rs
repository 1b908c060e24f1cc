//! The one source of randomness: the operating system's, or in tests a seed.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};

/// Where every random byte of the service comes from (NIST SP 800-90A by way of
/// the kernel's generator; ASVS 11.5.1). Cheap to clone.
#[derive(Clone)]
pub struct SystemRng(Source);

#[derive(Clone)]
enum Source {
    Os,
    Seeded(Arc<Mutex<StdRng>>),
}

impl SystemRng {
    /// The operating system's generator.
    pub fn os() -> Self {
        Self(Source::Os)
    }

    /// The same bytes for the same seed, in every run: for tests alone.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(
            seed,
        )))))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// Where the kernel refuses random bytes: nothing can be done safely then.
    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::Os => SysRng
                .try_fill_bytes(bytes)
                .expect("a booted kernel always has random bytes to give"),
            Source::Seeded(generator) => generator
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(bytes),
        }
    }

    /// `N` random bytes.
    pub(crate) fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number in `0..bound`, each as likely as the next; 0 where `bound` is 0.
    pub fn below(&self, bound: u32) -> u32 {
        if bound < 2 {
            return 0;
        }
        // What lies past the last whole multiple of `bound` would favour small
        // numbers: draw again.
        let last_fair = u32::MAX - (u32::MAX % bound + 1) % bound;
        loop {
            let drawn = u32::from_le_bytes(self.array());
            if drawn <= last_fair {
                return drawn % bound;
            }
        }
    }

    /// An id that sorts by the time it was made: a UUID of version 7 (RFC 9562
    /// §5.7), of `now` to the millisecond. Ids of the same
    /// millisecond stand in no order. An id is no secret (ASVS 11.5.1).
    pub(crate) fn uuid_v7(&self, now: DateTime<Utc>) -> String {
        let now_millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(now_millis, &self.array())
            .into_uuid()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence() {
        let (a, b) = (SystemRng::seeded(7), SystemRng::seeded(7));
        assert_eq!(a.array::<32>(), b.array::<32>());
        assert_ne!(a.array::<32>(), SystemRng::seeded(8).array::<32>());
    }

    #[test]
    fn the_systems_bytes_do_not_repeat() {
        let rng = SystemRng::os();
        assert_ne!(rng.array::<16>(), rng.array::<16>());
    }

    #[test]
    fn a_clone_of_a_seed_goes_on_where_the_first_stood() {
        let rng = SystemRng::seeded(1);
        assert_ne!(rng.array::<16>(), rng.clone().array::<16>());
    }

    #[test]
    fn every_number_below_the_bound_is_about_as_likely() {
        let rng = SystemRng::seeded(3);
        let mut seen = [0u32; 7];
        for _ in 0..14_000 {
            seen[rng.below(7) as usize] += 1;
        }
        assert!(
            seen.iter().all(|n| (1_800..2_200).contains(n)),
            "uneven: {seen:?}"
        );
    }

    #[test]
    fn the_bound_is_never_reached() {
        let rng = SystemRng::seeded(4);
        assert_eq!((rng.below(0), rng.below(1)), (0, 0));
        for bound in [2, 3, 1 << 31, (1 << 31) + 1, u32::MAX] {
            assert!((0..200).all(|_| rng.below(bound) < bound));
        }
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one() {
        let rng = SystemRng::seeded(5);
        let (early, late) = (
            rng.uuid_v7(DateTime::from_timestamp_millis(1_700_000_000_000).unwrap()),
            rng.uuid_v7(DateTime::from_timestamp_millis(1_700_000_000_001).unwrap()),
        );
        assert!(early < late);
        assert_eq!(early.len(), 36);
        assert_eq!(early.as_bytes()[14], b'7');
    }
}
