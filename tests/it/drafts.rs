//! Drafts and what ends them beside their completion: a block, a destruction, a paper that does not
//! hold.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_block_cancels_an_open_draft with BUSY,
    a_block_of_what_is_blocked_cancels_a_draft_too with BUSY,
    a_destruction_cancels_an_open_draft_and_a_new_one_sets with BUSY,
    a_block_leaves_what_is_over_as_it_is with BUSY,
    a_completion_in_flight_never_outlives_a_block with BUSY,
    a_draft_made_while_the_passphrase_is_destroyed_is_cancelled_or_sets with BUSY,
    a_paper_dated_ahead_is_refused_in_almatys_day with BUSY,
    a_paper_is_dated_ahead_at_completion_where_the_clock_went_back with BUSY,
}

const TODAY: &str = "2026-01-31";

async fn block(by: &Person, client: &str) -> Answer {
    let body = json!({"reason": "the telephone was stolen", "call_id": "call-7"});
    by.post(&format!("/v1/clients/{client}/passphrase/block"), body)
        .await
}

async fn destroy(by: &Person, client: &str) -> Answer {
    by.ask("DELETE", &format!("/v1/clients/{client}/passphrase"))
        .json(&json!({"reason": "consent was withdrawn"}))
        .await
}

async fn application(by: &Person, id: &str) -> Answer {
    by.get(&format!("/v1/applications/{id}")).await.expect(200)
}

async fn state(by: &Person, client: &str) -> String {
    let path = format!("/v1/clients/{client}/passphrase");
    by.get(&path).await.expect(200).text("state")
}

/// The events of an action about a client, newest first.
async fn events(auditor: &Person, client: &str, action: &str) -> Vec<Value> {
    let path = format!("/v1/audit/events?limit=200&client_id={client}&action={action}");
    auditor.get(&path).await.expect(200).items().clone()
}

async fn a_block_cancels_an_open_draft(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let auditor = world.staff("auditor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let draft = branch.draft(&client).await;
    block(&specialist, &client).await.expect(200);
    let cancelled = application(&branch, &draft).await;
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(cancelled["cancelled_by"], specialist.id.as_str());
    assert_eq!(cancelled["cancel_reason"], "the telephone was stolen");
    branch
        .complete(&draft, TODAY, PHRASE)
        .await
        .refused(409, "application_not_open");
    assert_eq!(state(&branch, &client).await, "blocked");
    let refused = events(&auditor, &client, "application.completed").await;
    assert_eq!(
        (&refused[0]["outcome"], &refused[0]["reason"]),
        (&json!("refused"), &json!("application_not_open"))
    );
    let reply = events(&auditor, &client, "application.cancelled").await;
    assert_eq!(reply.len(), 1);
    assert_eq!(reply[0]["subject_id"], draft.as_str());
    assert_eq!(reply[0]["actor"]["id"], specialist.id.as_str());
    assert_eq!(
        (&reply[0]["call_id"], &reply[0]["outcome"]),
        (&json!("call-7"), &json!("cancelled"))
    );
    // Only a new one leads back, and it changes what is there.
    let next = branch.draft(&client).await;
    assert_eq!(application(&branch, &next).await["kind"], "change");
    branch.complete(&next, TODAY, PHRASE).await.expect(200);
    assert_eq!(state(&branch, &client).await, "active");
    assert_eq!(
        events(&auditor, &client, "passphrase.changed").await.len(),
        1
    );
}

async fn a_block_of_what_is_blocked_cancels_a_draft_too(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    block(&specialist, &client).await.expect(200);
    let draft = branch.draft(&client).await;
    assert_eq!(
        block(&specialist, &client).await.expect(200)["state"],
        "blocked"
    );
    branch
        .complete(&draft, TODAY, PHRASE)
        .await
        .refused(409, "application_not_open");
    assert_eq!(state(&branch, &client).await, "blocked");
}

async fn a_destruction_cancels_an_open_draft_and_a_new_one_sets(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.client_with_phrase(world, "K-1").await;
    let draft = branch.draft(&client).await;
    destroy(&branch, &client).await.expect(200);
    assert_eq!(application(&branch, &draft).await["state"], "cancelled");
    branch
        .complete(&draft, TODAY, PHRASE)
        .await
        .refused(409, "application_not_open");
    assert_eq!(state(&branch, &client).await, "destroyed");
    let next = branch.draft(&client).await;
    assert_eq!(application(&branch, &next).await["kind"], "set");
    branch.complete(&next, TODAY, PHRASE).await.expect(200);
    assert_eq!(events(&auditor, &client, "passphrase.set").await.len(), 2);
    assert!(
        events(&auditor, &client, "passphrase.changed")
            .await
            .is_empty()
    );
}

async fn a_block_leaves_what_is_over_as_it_is(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let auditor = world.staff("auditor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let expired = branch.draft(&client).await;
    world.wait(TimeDelta::hours(24));
    let branch = branch.again(world.line()).await;
    let auditor = auditor.again(world.line()).await;
    let specialist = specialist.again(world.line()).await;
    block(&specialist, &client).await.expect(200);
    assert_eq!(application(&branch, &expired).await["state"], "expired");
    assert!(
        events(&auditor, &client, "application.cancelled")
            .await
            .is_empty()
    );
    // Another client's draft is none of this.
    let other = branch.enter_client("K-2").await;
    let draft = branch.draft(&other).await;
    block(&specialist, &client).await.expect(200);
    assert_eq!(application(&branch, &draft).await["state"], "draft");
}

async fn a_completion_in_flight_never_outlives_a_block(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    for round in 0..12 {
        let client = branch
            .client_with_phrase(world, &format!("K-{round}"))
            .await;
        let draft = branch.draft(&client).await;
        let (completed, ended) = if round % 2 == 0 {
            tokio::join!(
                branch.complete(&draft, TODAY, PHRASE),
                block(&specialist, &client)
            )
        } else {
            tokio::join!(
                branch.complete(&draft, TODAY, PHRASE),
                destroy(&branch, &client)
            )
        };
        ended.expect(200);
        let reply = application(&branch, &draft).await.text("state");
        if completed.status == 200 {
            assert_eq!(reply, "completed");
        } else {
            completed.refused(409, "application_not_open");
            assert_eq!(reply, "cancelled");
        }
        let left = if round % 2 == 0 {
            "blocked"
        } else {
            "destroyed"
        };
        assert_eq!(state(&branch, &client).await, left);
    }
}

async fn a_draft_made_while_the_passphrase_is_destroyed_is_cancelled_or_sets(world: &World) {
    let branch = world.staff("branch").await;
    for round in 0..12 {
        let client = branch
            .client_with_phrase(world, &format!("K-{round}"))
            .await;
        let (drafted, destroyed) =
            tokio::join!(branch.ask_to_draft(&client), destroy(&branch, &client));
        destroyed.expect(200);
        let drafted = application(&branch, &drafted.expect(201).text("id")).await;
        let stands = (drafted.text("kind"), drafted.text("state"));
        let stands = (stands.0.as_str(), stands.1.as_str());
        assert!(
            matches!(stands, ("set", "draft") | ("change", "cancelled")),
            "{stands:?}"
        );
    }
}

fn represented(client: &str, dated: &str) -> Value {
    json!({
        "client_id": client, "identity_document": {"kind": "passport", "seen": true},
        "representative": {
            "full_name": "Серік Қасымов", "document_kind": "power_of_attorney",
            "document_number": "123/45", "document_date": dated,
        },
    })
}

async fn a_paper_dated_ahead_is_refused_in_almatys_day(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = async |dated: &str| {
        branch
            .post("/v1/applications", represented(&client, dated))
            .await
    };
    for ahead in ["2026-02-01", "2027-01-01"] {
        draft(ahead)
            .await
            .refused_field(422, "/representative/document_date", "day_ahead");
    }
    let mut over = represented(&client, "2026-02-02");
    over["representative"]["valid_until"] = json!("2026-02-01");
    branch.post("/v1/applications", over).await.refused_field(
        422,
        "/representative/valid_until",
        "contradiction",
    );
    // Seven in the evening in UTC is the next day in Almaty.
    world.wait(TimeDelta::hours(13));
    let branch = branch.again(world.line()).await;
    branch
        .post("/v1/applications", represented(&client, "2026-02-01"))
        .await
        .expect(201);
}

async fn a_paper_is_dated_ahead_at_completion_where_the_clock_went_back(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let drafted = branch
        .post("/v1/applications", represented(&client, TODAY))
        .await
        .expect(201);
    world.wait(TimeDelta::hours(-12));
    let branch = branch.again(world.line()).await;
    let answer = branch
        .complete(&drafted.text("id"), "2026-01-30", PHRASE)
        .await;
    answer.refused_field(422, "/representative/document_date", "day_ahead");
    assert_eq!(state(&branch, &client).await, "unset");
}
