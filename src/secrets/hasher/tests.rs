//! The guarantees of the hash workers: results and cost.

mod admission;

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use chrono::DateTime;
use zeroize::Zeroizing;

use super::pool::{learn, learn_quickest};
use super::*;
use crate::secrets::hash_worker::Memory;
use crate::secrets::keyring::Purpose;

const FAST: HashSettings = HashSettings {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
    workers: 2,
    queue: 8,
    deadline: Duration::from_secs(60),
};

fn keyring() -> Keyring {
    Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH)
}

fn hasher_of(settings: HashSettings, keyring: &Keyring) -> Hasher {
    Hasher::start(settings, keyring, SystemRng::seeded(2)).expect("the settings are in bounds")
}

fn hasher() -> Hasher {
    hasher_of(FAST, &keyring())
}

fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn checking(made: Option<&Made>, candidates: &[&str]) -> Check {
    let candidate = |text: &&str| HashCandidate {
        secret: bytes(text),
        renew_as: None,
    };
    Check {
        stored: made.map(|made| made.phc.clone()),
        exact_tag: made.and_then(|made| made.exact_tag.clone()),
        candidates: candidates.iter().map(candidate).collect(),
        tries: 3,
        exact_form: None,
        renew: Renew::Never,
    }
}

async fn make(hasher: &Hasher, secret: &str, exact: &str) -> Made {
    let admission = hasher.admit().await.expect("nobody waits");
    admission
        .make(bytes(secret), Some(bytes(exact)))
        .await
        .expect("memory is there")
}

async fn run(hasher: &Hasher, check: Check) -> Result<Checked, HashError> {
    hasher
        .admit()
        .await
        .expect("nobody waits")
        .check(check)
        .await
}

#[tokio::test]
async fn the_right_word_matches_and_another_does_not() {
    let hasher = hasher();
    let made = make(&hasher, "алтынай", "Алтынай").await;
    let right = run(&hasher, checking(Some(&made), &["алтынай"]))
        .await
        .expect("readable");
    assert_eq!(
        right.matched,
        Some(Match {
            index: 0,
            exact: false
        })
    );
    let wrong = run(&hasher, checking(Some(&made), &["алтына"]))
        .await
        .expect("readable");
    assert_eq!(wrong.matched, None);
    assert!(!wrong.outdated && wrong.renewed.is_none());
}

#[tokio::test]
async fn the_first_candidate_that_matches_is_told() {
    let hasher = hasher();
    let made = make(&hasher, "word", "word").await;
    let checked = run(&hasher, checking(Some(&made), &["ward", "word", "wurd"])).await;
    let matched = checked
        .expect("readable")
        .matched
        .expect("the second is right");
    assert_eq!(matched.index, 1);
}

#[tokio::test]
async fn an_exact_form_is_told_from_one_that_only_folds_alike() {
    let hasher = hasher();
    let made = make(&hasher, "алтын ай", "Алтын Ай").await;
    for (typed, exact) in [("Алтын Ай", true), ("алтын ай", false), ("", false)] {
        let mut check = checking(Some(&made), &["алтын ай"]);
        check.exact_form = Some(bytes(typed));
        let matched = run(&hasher, check).await.expect("readable").matched;
        assert_eq!(matched, Some(Match { index: 0, exact }), "{typed}");
    }
}

#[tokio::test]
async fn a_refusal_costs_the_same_hashes_whatever_was_tried() {
    let hasher = hasher();
    let made = make(&hasher, "word", "word").await;
    let checks = [
        checking(Some(&made), &["a"]),
        checking(Some(&made), &["a", "b"]),
        checking(Some(&made), &["a", "b", "c"]),
        checking(Some(&made), &[]),
        checking(None, &["word"]),
        checking(None, &["a", "b", "c"]),
    ];
    for check in checks {
        let before = hasher.stats().hashes_computed;
        let checked = run(&hasher, check).await.expect("readable");
        assert_eq!(checked.matched, None);
        assert_eq!(hasher.stats().hashes_computed - before, 3);
    }
    assert_eq!(hasher.stats().jobs_checked, 6);
}

#[tokio::test]
async fn unreadable_is_not_wrong() {
    let hasher = hasher();
    let made = make(&hasher, "word", "word").await;
    let mut broken = checking(Some(&made), &["word"]);
    broken.stored = Some("$argon2id$v=19$nonsense".to_owned());
    assert_eq!(
        run(&hasher, broken).await.err(),
        Some(HashError::Unreadable)
    );

    let elsewhere = Keyring::generate(&SystemRng::seeded(7), DateTime::UNIX_EPOCH);
    let other = hasher_of(FAST, &elsewhere);
    let pepper = pepper_id_of(&made.phc).expect("it was just made");
    let refused = run(&other, checking(Some(&made), &["word"])).await.err();
    assert_eq!(refused, Some(HashError::UnknownPepper(pepper)));
}

#[tokio::test]
async fn without_the_pepper_the_hash_is_another() {
    let made = make(&hasher(), "word", "word").await;
    let elsewhere = Keyring::generate(&SystemRng::seeded(7), DateTime::UNIX_EPOCH);
    let pepper = elsewhere.active(Purpose::Pepper).id().to_owned();
    let mut moved = checking(Some(&made), &["word"]);
    let own = pepper_id_of(&made.phc).expect("it was just made");
    moved.stored = Some(made.phc.replace(&own, &pepper));
    let checked = run(&hasher_of(FAST, &elsewhere), moved)
        .await
        .expect("readable");
    assert_eq!(checked.matched, None);
}

#[tokio::test]
async fn an_outdated_hash_is_renewed_at_its_next_success() {
    let old = make(&hasher(), "word", "Word").await;
    let (rotated, pepper) =
        keyring().rotate(Purpose::Pepper, &SystemRng::seeded(3), DateTime::UNIX_EPOCH);
    let dearer = HashSettings {
        memory_kib: 128,
        ..FAST
    };
    let newer = [hasher_of(FAST, &rotated), hasher_of(dearer, &keyring())];
    for hasher in newer {
        let renewing = |candidates: &[&str]| Check {
            renew: Renew::WhenOutdated,
            exact_form: Some(bytes("Word")),
            ..checking(Some(&old), candidates)
        };
        let wrong = run(&hasher, renewing(&["ward"])).await.expect("readable");
        assert!(wrong.outdated && wrong.renewed.is_none());
        let right = run(&hasher, renewing(&["ward", "word"]))
            .await
            .expect("readable");
        let renewed = right.renewed.expect("it is outdated");
        let again = Check {
            stored: Some(renewed.phc.clone()),
            ..renewing(&["word"])
        };
        let again = Check {
            exact_tag: renewed.exact_tag,
            ..again
        };
        let again = run(&hasher, again).await.expect("readable");
        assert_eq!(
            again.matched,
            Some(Match {
                index: 0,
                exact: true
            })
        );
        assert!(!again.outdated && again.renewed.is_none());
    }
    let hasher = hasher_of(FAST, &rotated);
    hasher.use_keyring(&keyring());
    let made = make(&hasher, "word", "word").await;
    assert_ne!(pepper_id_of(&made.phc), Some(pepper));
}

#[tokio::test]
async fn a_renewal_takes_the_new_folding_of_what_matched_and_forgets_a_form_not_set() {
    let hasher = hasher();
    let old = make(&hasher, "old-fold", "Set").await;
    let mut check = checking(Some(&old), &["typo", "old-fold"]);
    check.candidates[1].renew_as = Some(bytes("new-fold"));
    check.renew = Renew::Always;
    check.exact_form = Some(bytes("Typed"));
    let renewed = run(&hasher, check)
        .await
        .expect("readable")
        .renewed
        .expect("always");
    assert_eq!(renewed.exact_tag, None);
    let again = run(&hasher, checking(Some(&renewed), &["new-fold"])).await;
    assert!(again.expect("readable").matched.is_some());
}

#[tokio::test]
async fn the_same_word_is_hashed_differently_each_time() {
    let hasher = hasher();
    let mut seen = HashSet::new();
    for _ in 0..8 {
        assert!(seen.insert(make(&hasher, "word", "word").await.phc));
    }
}

#[test]
fn settings_out_of_bounds_are_named() {
    let cases = [
        (
            HashSettings {
                memory_kib: 7,
                ..FAST
            },
            "hash.memory_kib",
        ),
        (
            HashSettings {
                memory_kib: MAX_MEMORY_KIB + 1,
                ..FAST
            },
            "hash.memory_kib",
        ),
        (
            HashSettings {
                memory_kib: 64,
                lanes: 9,
                ..FAST
            },
            "hash.memory_kib",
        ),
        (HashSettings { passes: 0, ..FAST }, "hash.passes"),
        (HashSettings { lanes: 0, ..FAST }, "hash.lanes"),
        (HashSettings { workers: 0, ..FAST }, "hash.workers"),
        (
            HashSettings {
                deadline: Duration::ZERO,
                ..FAST
            },
            "hash.deadline",
        ),
    ];
    for (settings, wanted) in cases {
        let message = settings.check().expect_err("out of bounds").to_string();
        assert!(
            message.starts_with(wanted),
            "expected {wanted}, got: {message}"
        );
        assert!(Hasher::start(settings, &keyring(), SystemRng::seeded(1)).is_err());
    }
    assert!(FAST.below_floor() && !HashSettings::default().below_floor());
}

#[test]
fn one_long_pause_moves_the_pace_little_and_a_slow_machine_is_learnt() {
    let mean = AtomicU64::new(10_000);
    learn(&mean, Duration::from_secs(10));
    assert!(mean.load(Ordering::Relaxed) < 15_000);
    for _ in 0..60 {
        learn(&mean, Duration::from_millis(500));
    }
    assert!(mean.load(Ordering::Relaxed) > 490_000);
    for _ in 0..60 {
        learn(&mean, Duration::from_millis(10));
    }
    assert!(mean.load(Ordering::Relaxed) < 11_000);
}

#[test]
fn the_quickest_hash_of_a_start_tells_the_pace() {
    let mean = AtomicU64::new(0);
    for millis in [900, 40, 300] {
        learn_quickest(&mean, Duration::from_millis(millis));
    }
    assert_eq!(mean.load(Ordering::Relaxed), 40_000);
}
