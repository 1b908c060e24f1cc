//! Clocks that are wrong: one that was set back, and two instances that disagree. What was opened does
//! not stay open for longer, and nobody gets a guess more.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{
    PHRASE, World,
    cast::WRONG,
    world::{BUSY, on_each_database, on_postgresql},
};

on_each_database! {
    a_clock_set_back_leaves_no_verification_open_for_longer with BUSY,
    a_clock_set_back_lifts_no_lock_and_gives_no_guess with BUSY,
    a_session_of_the_time_to_come_waits_for_it_and_a_new_one_serves with BUSY,
}
on_postgresql! {
    instances_five_minutes_apart_take_each_others_sessions_and_verifications with BUSY,
    instances_five_minutes_apart_try_no_more_guesses_than_one with BUSY,
}

const HOUR: TimeDelta = TimeDelta::hours(1);
const APART: TimeDelta = TimeDelta::minutes(5);

async fn a_clock_set_back_leaves_no_verification_open_for_longer(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let specialist = world.staff("call_center").await;
    let opened = specialist.verify(&client, PHRASE).await.expect(201);
    let loans = format!("/v1/verifications/{}/loans", opened.text("id"));
    let card = format!("/v1/clients/{client}");
    world.wait(-HOUR);
    let specialist = specialist.again(world.line()).await;
    specialist
        .get(&loans)
        .await
        .refused(410, "verification_over");
    let masked = specialist.get(&card).await.expect(200);
    assert_eq!(masked["family_name"], "Қ***");
    // The clock is right again within the quarter of an hour that it was good for.
    world.wait(HOUR);
    specialist.get(&loans).await.expect(200);
    let whole = specialist.get(&card).await.expect(200);
    assert_eq!(whole["family_name"], "Қасымова");
}

async fn a_clock_set_back_lifts_no_lock_and_gives_no_guess(world: &World) {
    let branch = world.staff("branch").await;
    let (tried, locked) = (
        branch.client_with_phrase(world, "K-1").await,
        branch.client_with_phrase(world, "K-2").await,
    );
    let specialist = world.staff("call_center").await;
    for client in [&tried, &tried, &locked, &locked, &locked] {
        assert_eq!(specialist.outcome(client, WRONG).await, "rejected");
    }
    world.wait(-HOUR);
    let specialist = specialist.again(world.line()).await;
    assert_eq!(specialist.outcome(&locked, PHRASE).await, "locked");
    assert_eq!(specialist.outcome(&tried, WRONG).await, "rejected");
    assert_eq!(specialist.outcome(&tried, PHRASE).await, "locked");
    // The lock lasts until its own time comes, however often the clock is set.
    world.wait(HOUR);
    assert_eq!(specialist.outcome(&locked, PHRASE).await, "locked");
    world.wait(TimeDelta::minutes(15));
    assert_eq!(specialist.outcome(&locked, PHRASE).await, "verified");
}

async fn a_session_of_the_time_to_come_waits_for_it_and_a_new_one_serves(world: &World) {
    let specialist = world.staff("call_center").await;
    specialist.get("/v1/staff/me").await.expect(200);
    world.wait(-HOUR);
    specialist
        .get("/v1/staff/me")
        .await
        .refused(401, "unauthenticated");
    let anew = specialist.again(world.line()).await;
    anew.get("/v1/staff/me").await.expect(200);
    world.wait(HOUR);
    specialist.get("/v1/staff/me").await.expect(200);
    anew.get("/v1/staff/me").await.expect(200);
}

async fn instances_five_minutes_apart_take_each_others_sessions_and_verifications(world: &World) {
    let ahead = world.another_instance_ahead_by(APART).await;
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let here = world.staff("call_center").await;
    let there = here.again(&ahead.line).await;
    // A session that was opened ahead serves behind, and what is verified ahead is read behind.
    let opened = there.verify(&client, PHRASE).await.expect(201);
    assert_eq!(opened["outcome"], "verified");
    let loans = format!("/v1/verifications/{}/loans", opened.text("id"));
    there.at(&world.first).get(&loans).await.expect(200);
    let opened = here.verify(&client, PHRASE).await.expect(201);
    let loans = format!("/v1/verifications/{}/loans", opened.text("id"));
    here.at(&ahead).get(&loans).await.expect(200);
}

async fn instances_five_minutes_apart_try_no_more_guesses_than_one(world: &World) {
    let ahead = world.another_instance_ahead_by(APART).await;
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let client = branch.client_with_phrase(world, "K-1").await;
    let here = world.staff("call_center").await;
    let there = here.at(&ahead);
    let mut tried = 0;
    for number in 0..40 {
        let (one, other) = if number % 2 == 0 {
            (&here, &there)
        } else {
            (&there, &here)
        };
        let reply = one.verify(&client, WRONG).await.expect(201);
        tried += u32::from(reply["outcome"] == "rejected");
        if reply["locked_until"].is_string() {
            assert_eq!(other.outcome(&client, PHRASE).await, "locked");
            let path = format!("/v1/clients/{client}/passphrase/unlock");
            let reason = json!({"reason": "the client called back"});
            supervisor.post(&path, reason).await.expect(200);
        }
    }
    assert_eq!(tried, 10);
    assert_eq!(here.outcome(&client, PHRASE).await, "disabled");
}
