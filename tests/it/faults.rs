//! The database goes away, is locked, or throws everybody out: the service says so, loses nothing,
//! and is back by itself.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::WRONG,
    telephone::Line,
    world::{BUSY, on_postgresql, on_sqlite},
};

on_sqlite! {
    a_locked_file_is_never_shown_as_a_wrong_passphrase with IMPATIENT,
    whoever_was_told_to_come_again_was_not_counted with IMPATIENT,
}
on_postgresql! {
    a_database_that_is_away_is_told_and_found_again with IMPATIENT,
    connections_that_died_idle_are_nobodys_trouble with BUSY,
    whoever_is_thrown_out_in_the_middle_is_counted_no_more_than_once with BUSY,
}

const IMPATIENT: &[(&str, &str)] = &[
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_DATABASE__TIMEOUT_SECONDS", "1"),
];

/// No fault lasts longer than this once its cause is gone.
const SOON: Duration = Duration::from_secs(20);

/// Asks until the answer is this; each asking takes as long as it takes.
pub async fn until(line: &Line, path: &str, status: u16) -> Answer {
    let began = Instant::now();
    loop {
        let answer = line.get(path).await;
        if answer.status == status {
            return answer;
        }
        assert!(
            began.elapsed() < SOON,
            "{path} is still {}: {}",
            answer.status,
            answer.text
        );
        actix_web::rt::task::yield_now().await;
    }
}

async fn failed_attempts(branch: &Person, client: &str) -> i64 {
    let path = format!("/v1/clients/{client}/passphrase");
    let status = branch.get(&path).await.expect(200);
    status["failed_attempts"].as_i64().expect("a count")
}

async fn a_locked_file_is_never_shown_as_a_wrong_passphrase(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let before = world.hash_jobs();
    let mut other = world.database.sqlite();
    other
        .batch_execute("BEGIN IMMEDIATE")
        .expect("the lock is free");
    specialist
        .verify(&client, PHRASE)
        .await
        .refused(503, "unavailable");
    specialist
        .verify(&client, WRONG)
        .await
        .refused(503, "unavailable");
    world
        .line()
        .get("/readyz")
        .await
        .refused(503, "unavailable");
    world.line().get("/healthz").await.expect(200);
    other
        .batch_execute("ROLLBACK")
        .expect("the lock is given back");
    until(world.line(), "/readyz", 200).await;
    assert_eq!(world.hash_jobs(), before);
    assert_eq!(failed_attempts(&branch, &client).await, 0);
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
}

async fn whoever_was_told_to_come_again_was_not_counted(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..3 {
        // The lock is given back in the very moment in which the callers were sent away, while their
        // work still waits for it.
        let mut other = world.database.sqlite();
        other
            .batch_execute("BEGIN IMMEDIATE")
            .expect("the lock is free");
        let tries = (0..3).map(|_| specialist.verify(&client, WRONG));
        for answer in futures_util::future::join_all(tries).await {
            answer.refused(503, "unavailable");
        }
        other
            .batch_execute("ROLLBACK")
            .expect("the lock is given back");
        until(world.line(), "/readyz", 200).await;
        assert_eq!(failed_attempts(&branch, &client).await, 0);
    }
}

async fn a_database_that_is_away_is_told_and_found_again(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..2 {
        world.database.take_away();
        specialist
            .verify(&client, PHRASE)
            .await
            .refused(503, "unavailable");
        branch
            .get(&format!("/v1/clients/{client}"))
            .await
            .refused(503, "unavailable");
        let session = json!({"login": branch.login, "password": branch.password});
        world
            .line()
            .post("/v1/sessions", session)
            .await
            .refused(503, "unavailable");
        world
            .line()
            .get("/readyz")
            .await
            .refused(503, "unavailable");
        world.line().get("/healthz").await.expect(200);
        world.database.give_back();
        until(world.line(), "/readyz", 200).await;
        assert_eq!(failed_attempts(&branch, &client).await, 0);
        assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    }
}

async fn connections_that_died_idle_are_nobodys_trouble(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..5 {
        world.database.throw_out();
        let opened = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(opened["outcome"], "verified");
        world.database.throw_out();
        let path = format!("/v1/verifications/{}/loans", opened.text("id"));
        specialist.get(&path).await.expect(200);
        branch
            .get(&format!("/v1/clients/{client}"))
            .await
            .expect(200);
    }
}

async fn whoever_is_thrown_out_in_the_middle_is_counted_no_more_than_once(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    for round in 0..3 {
        let client = branch
            .client_with_phrase(world, &format!("K-{round}"))
            .await;
        let before = world.hash_jobs();
        let tries = (0..30).map(|number| {
            if number % 10 == 5 {
                world.database.throw_out();
            }
            specialist.verify(&client, WRONG)
        });
        let answers = futures_util::future::join_all(tries).await;
        let reply = |outcome: &str| {
            answers
                .iter()
                .filter(|answer| answer["outcome"] == outcome)
                .count()
        };
        let tried = world.hash_jobs() - before;
        assert!(tried <= 3, "{tried} were tried");
        assert!(reply("rejected") as u64 <= tried);
        for answer in &answers {
            assert!([201, 503].contains(&answer.status), "{}", answer.text);
        }
        until(world.line(), "/readyz", 200).await;
        assert!(failed_attempts(&branch, &client).await <= 3);
    }
}
