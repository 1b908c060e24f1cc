//! Who is let in, who waits, who is refused, and how the workers end.

use std::sync::mpsc;

use tokio::time::{sleep, timeout};

use super::*;

/// Holds every worker until the sender is dropped.
fn hold_workers(hasher: &Hasher) -> Vec<mpsc::Sender<()>> {
    let hold = |_| {
        let (sender, receiver) = mpsc::channel::<()>();
        let job = move |_: &mut Memory| {
            // It ends with an error, when the sender is dropped.
            let _ = receiver.recv();
        };
        assert!(hasher.0.queue.push(Box::new(job)).is_ok());
        sender
    };
    (0..hasher.settings().workers).map(hold).collect()
}

#[tokio::test]
async fn a_full_line_refuses_at_once_and_says_when_to_come_back() {
    let hasher = hasher();
    make(&hasher, "word", "word").await;
    let held = hold_workers(&hasher);
    let admitted = fill(&hasher).await;
    let line: Vec<_> = (0..8)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.admit().await.map(|_| ()) })
        })
        .collect();
    while hasher.stats().waiting < 8 {
        tokio::task::yield_now().await;
    }
    let refused = timeout(Duration::from_millis(100), hasher.admit()).await;
    let overloaded = refused.expect("at once").err().expect("the line is full");
    assert!(overloaded.retry_after > Duration::ZERO);
    let stats = hasher.stats();
    assert_eq!(
        (stats.waiting, stats.admitted, stats.refused_overload),
        (8, 4, 1)
    );

    drop((held, admitted));
    for waiter in line {
        assert_eq!(waiter.await.expect("no panic"), Ok(()));
    }
    assert_eq!(hasher.stats().waiting, 0);
}

#[tokio::test]
async fn a_place_in_line_is_held_from_the_start_and_lost_when_given_up() {
    let hasher = hasher();
    make(&hasher, "word", "word").await;
    let mut places = Vec::new();
    // As many as are let in at once, and a line of eight.
    for _ in 0..12 {
        places.push(hasher.enqueue().await.expect("there is room"));
    }
    assert!(hasher.enqueue().await.is_err(), "the line is full");
    let stats = hasher.stats();
    assert_eq!((stats.waiting, stats.admitted), (12, 0));
    drop(places.pop());
    let last = hasher.enqueue().await.expect("one has left");
    let admission = last.admitted().await.expect("nobody was let in yet");
    assert_eq!((hasher.stats().waiting, hasher.stats().admitted), (11, 1));
    drop((places, admission));
    assert_eq!((hasher.stats().waiting, hasher.stats().admitted), (0, 0));
}

#[tokio::test]
async fn who_gives_up_waiting_leaves_the_line_at_no_cost() {
    let hasher = hasher();
    make(&hasher, "word", "word").await;
    let hashes = hasher.stats().hashes_computed;
    let admitted = fill(&hasher).await;
    let gave_up = timeout(Duration::from_millis(20), hasher.admit()).await;
    assert!(gave_up.is_err());
    let stats = hasher.stats();
    assert_eq!((stats.waiting, stats.admitted), (0, 4));
    drop(admitted);
    assert_eq!(hasher.stats().admitted, 0);
    assert_eq!(hasher.stats().hashes_computed, hashes);
}

/// All the admissions that a hasher gives out at once.
async fn fill(hasher: &Hasher) -> Vec<Admission> {
    let mut admitted = Vec::new();
    for _ in 0..4 {
        admitted.push(hasher.admit().await.expect("twice the workers are let in"));
    }
    admitted
}

/// A hasher that admits nobody more until one of the admissions is dropped.
async fn full(deadline: Duration) -> (Hasher, Vec<Admission>) {
    let settings = HashSettings { deadline, ..FAST };
    let hasher = hasher_of(settings, &keyring());
    make(&hasher, "word", "word").await;
    let admitted = fill(&hasher).await;
    (hasher, admitted)
}

#[tokio::test]
async fn waiting_ends_with_the_deadline() {
    let (hasher, _admitted) = full(Duration::from_millis(30)).await;
    assert!(hasher.admit().await.is_err());
    assert_eq!(hasher.stats().waiting, 0);
}

#[tokio::test]
async fn who_could_not_be_served_in_time_is_refused_at_once() {
    let (hasher, _admitted) = full(Duration::from_secs(10)).await;
    // As if one check took a minute.
    hasher
        .0
        .mean_job_micros
        .store(60_000_000, Ordering::Relaxed);
    let refused = timeout(Duration::from_millis(100), hasher.admit()).await;
    let overloaded = refused
        .expect("at once")
        .err()
        .expect("it would take too long");
    assert!(overloaded.retry_after > Duration::from_secs(60));
}

#[tokio::test]
async fn what_was_handed_over_is_hashed_though_nobody_waits() {
    let hasher = hasher();
    let made = make(&hasher, "word", "word").await;
    let held = hold_workers(&hasher);
    let admission = hasher.admit().await.expect("nobody waits");
    drop(admission.check(checking(Some(&made), &["word"])));
    assert_eq!(hasher.stats().admitted, 1);
    drop(held);
    timeout(Duration::from_secs(10), async {
        while hasher.stats().jobs_checked == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("it is hashed all the same");
}

#[tokio::test]
async fn many_at_once_are_all_answered_rightly() {
    let hasher = hasher_of(
        HashSettings {
            queue: 1_000,
            ..FAST
        },
        &keyring(),
    );
    let made = make(&hasher, "word", "word").await;
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let (hasher, word) = (hasher.clone(), if n % 2 == 0 { "word" } else { "ward" });
            let check = checking(Some(&made), &[word]);
            tokio::spawn(async move { (n, run(&hasher, check).await.expect("readable")) })
        })
        .collect();
    for task in tasks {
        let (n, checked) = task.await.expect("no panic");
        assert_eq!(checked.matched.is_some(), n % 2 == 0);
    }
    let stats = hasher.stats();
    assert_eq!(
        (stats.jobs_checked, stats.hashes_computed),
        (200, 1 + 100 + 300)
    );
}

#[tokio::test]
async fn a_shutdown_lets_what_was_admitted_finish_and_nobody_else_in() {
    let hasher = hasher();
    let made = make(&hasher, "word", "word").await;
    let held = hold_workers(&hasher);
    let admission = hasher.admit().await.expect("nobody waits");
    let answer = admission.check(checking(Some(&made), &["word"]));
    let stopping = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.shutdown().await }
    });
    sleep(Duration::from_millis(10)).await;
    assert!(hasher.admit().await.is_err());
    drop(held);
    assert!(
        answer
            .await
            .expect("it was admitted before")
            .matched
            .is_some()
    );
    timeout(Duration::from_secs(10), stopping)
        .await
        .expect("it ends")
        .expect("no panic");
    assert!(hasher.0.threads.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn an_admission_that_outlives_the_workers_is_told_so() {
    let hasher = hasher();
    let admission = hasher.admit().await.expect("nobody waits");
    hasher.0.queue.close();
    let answer = admission.make(bytes("word"), None).await;
    assert_eq!(answer.err(), Some(HashError::Stopped));
}
