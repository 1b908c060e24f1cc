//! `Idempotency-Key`: the same key and the same body give the first answer again.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::{WRONG, sign_in, somebody},
    world::{BUSY, on_each_database},
};

on_each_database! {
    the_first_answer_is_given_again_and_nothing_is_done_twice with BUSY,
    a_key_is_its_callers_own_and_for_one_body_and_one_path with BUSY,
    a_key_lives_a_day with BUSY,
    a_key_is_of_printable_characters_and_not_too_long with BUSY,
    no_replay_holds_a_secret with BUSY,
    a_refusal_is_kept_and_a_used_up_quota_is_not,
    of_twenty_with_one_key_at_once_one_is_carried_out with BUSY,
    where_nothing_changes_or_nobody_is_signed_in_a_key_is_not_honoured with BUSY,
    a_replay_is_seen_in_the_audit with BUSY,
}

async fn post(person: &Person, path: &str, body: &Value, key: &str) -> Answer {
    person
        .post(path, body.clone())
        .header("idempotency-key", key)
        .await
}

#[track_caller]
fn is_replay(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        Some("true") => true,
        None => false,
        Some(other) => panic!("idempotency-replayed: {other}"),
    }
}

async fn the_first_answer_is_given_again_and_nothing_is_done_twice(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let first = post(&branch, "/v1/clients", &somebody("K-1"), "one")
        .await
        .expect(201);
    assert!(!is_replay(&first));
    let again = post(&branch, "/v1/clients", &somebody("K-1"), "one")
        .await
        .expect(201);
    assert!(is_replay(&again));
    assert_eq!(again.body, first.body);
    for header in ["location", "content-type"] {
        assert_eq!(again.header(header), first.header(header));
    }
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    let client = first.text("id");
    branch.register(world, &client, PHRASE).await;
    let before = world.hash_jobs();
    let wrong = json!({"client_id": client, "passphrase": WRONG, "call_id": "c"});
    let first = post(&specialist, "/v1/verifications", &wrong, "guess")
        .await
        .expect(201);
    for _ in 0..5 {
        let again = post(&specialist, "/v1/verifications", &wrong, "guess")
            .await
            .expect(201);
        assert!(is_replay(&again));
        assert_eq!(again.body, first.body);
    }
    assert_eq!(world.hash_jobs() - before, 1);
    let status = branch
        .get(&format!("/v1/clients/{client}/passphrase"))
        .await
        .expect(200);
    assert_eq!(status["failed_attempts"], 1);
}

async fn a_key_is_its_callers_own_and_for_one_body_and_one_path(world: &World) {
    let (one, two) = (world.staff("branch").await, world.staff("branch").await);
    post(&one, "/v1/clients", &somebody("K-1"), "key")
        .await
        .expect(201);
    let reused = |answer: Answer| answer.refused(422, "idempotency_key_reused");
    reused(post(&one, "/v1/clients", &somebody("K-2"), "key").await);
    reused(post(&one, "/v1/applications", &somebody("K-1"), "key").await);
    let other = post(&two, "/v1/clients", &somebody("K-2"), "key")
        .await
        .expect(201);
    assert!(!is_replay(&other));
    // The first body is still answered as it was.
    assert!(is_replay(
        &post(&one, "/v1/clients", &somebody("K-1"), "key")
            .await
            .expect(201)
    ));
    // The same person in another session is the same caller.
    let again = one.again(world.line()).await;
    assert!(is_replay(
        &post(&again, "/v1/clients", &somebody("K-1"), "key")
            .await
            .expect(201)
    ));
}

async fn a_key_lives_a_day(world: &World) {
    let branch = world.staff("branch").await;
    post(&branch, "/v1/clients", &somebody("K-1"), "key")
        .await
        .expect(201);
    world.wait(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    let branch = branch.again(world.line()).await;
    assert!(is_replay(
        &post(&branch, "/v1/clients", &somebody("K-1"), "key")
            .await
            .expect(201)
    ));
    world.wait(TimeDelta::microseconds(1));
    let anew = post(&branch, "/v1/clients", &somebody("K-1"), "key").await;
    assert!(!is_replay(&anew));
    anew.refused(409, "client_number_taken");
}

async fn a_key_is_of_printable_characters_and_not_too_long(world: &World) {
    let branch = world.staff("branch").await;
    for (number, key) in ["x", " a b !~", "ключ", &"k".repeat(128)]
        .iter()
        .enumerate()
    {
        let body = somebody(&format!("K-{number}"));
        post(&branch, "/v1/clients", &body, key).await.expect(201);
        assert!(is_replay(
            &post(&branch, "/v1/clients", &body, key).await.expect(201)
        ));
    }
    for key in ["", &"k".repeat(129), "a\tb"] {
        let answer = post(&branch, "/v1/clients", &somebody("K-9"), key).await;
        answer.refused(422, "idempotency_key_invalid");
    }
    let found = branch
        .post("/v1/clients/search", json!({"client_number": "K-9"}))
        .await;
    assert!(found.expect(200).items().is_empty());
}

async fn no_replay_holds_a_secret(world: &World) {
    for role in ["auditor", "loan_system"] {
        let body = json!({"login": format!("r-{role}"), "name": "Айгүл", "role": role});
        let first = post(&world.admin, "/v1/staff", &body, role)
            .await
            .expect(201);
        let again = post(&world.admin, "/v1/staff", &body, role)
            .await
            .expect(201);
        assert!(is_replay(&again));
        let path = format!("/v1/staff/{}/password", first.text("id"));
        let made = post(&world.admin, &path, &json!({}), &path)
            .await
            .expect(201);
        let made_again = post(&world.admin, &path, &json!({}), &path)
            .await
            .expect(201);
        assert!(is_replay(&made_again));
        for secret in ["password", "client_secret"] {
            let given = first.body.get(secret).is_some() && made.body.get(secret).is_some();
            assert_eq!(
                given,
                (role == "auditor") == (secret == "password"),
                "{secret}"
            );
            assert!(again.body.get(secret).is_none(), "{}", again.text);
            assert!(made_again.body.get(secret).is_none(), "{}", made_again.text);
        }
        // The first of the two made is the one that holds: the replay made none.
        if role == "auditor" {
            let login = first.text("login");
            sign_in(world.line(), &login, &made.text("password"))
                .await
                .expect(201);
        }
    }
}

async fn a_refusal_is_kept_and_a_used_up_quota_is_not(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.enter_client("K-1").await;
    let block = format!("/v1/clients/{client}/passphrase/block");
    let reason = json!({"reason": "asked"});
    post(&specialist, &block, &reason, "b")
        .await
        .refused(409, "no_passphrase");
    branch.register(world, &client, PHRASE).await;
    let kept = post(&specialist, &block, &reason, "b").await;
    assert!(is_replay(&kept));
    kept.refused(409, "no_passphrase");
    let invalid = json!({"client_id": client, "passphrase": "!", "call_id": "c"});
    for expected in [false, true] {
        let answer = post(&specialist, "/v1/verifications", &invalid, "i").await;
        assert_eq!(is_replay(&answer), expected);
        answer.refused_field(422, "/passphrase", "nothing_to_compare");
    }
    for _ in 0..10 {
        specialist.verify(&client, PHRASE).await.expect(201);
    }
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    for _ in 0..2 {
        let limited = post(&specialist, "/v1/verifications", &body, "q").await;
        assert!(!is_replay(&limited));
        limited.refused(429, "rate_limited");
    }
    world.wait(TimeDelta::minutes(1));
    let done = post(&specialist, "/v1/verifications", &body, "q")
        .await
        .expect(201);
    assert!(!is_replay(&done));
}

async fn of_twenty_with_one_key_at_once_one_is_carried_out(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let body = json!({"client_id": client, "passphrase": WRONG, "call_id": "c"});
    let before = world.hash_jobs();
    let tries = (0..20).map(|_| post(&specialist, "/v1/verifications", &body, "key"));
    for answer in futures_util::future::join_all(tries).await {
        match answer.status {
            201 => assert_eq!(answer["outcome"], "rejected"),
            _ => drop(answer.refused(409, "request_in_progress")),
        }
    }
    assert_eq!(world.hash_jobs() - before, 1);
}

async fn where_nothing_changes_or_nobody_is_signed_in_a_key_is_not_honoured(world: &World) {
    let branch = world.staff("branch").await;
    let person = world.staff("auditor").await;
    for (path, body) in [
        ("/v1/clients/search", json!({"client_number": "K-1"})),
        ("/v1/passphrases/check", json!({"passphrase": PHRASE})),
        ("/v1/passphrases/suggestions", json!({"language": "ru"})),
    ] {
        for _ in 0..2 {
            assert!(!is_replay(
                &post(&branch, path, &body, "key").await.expect(200)
            ));
        }
    }
    let body = json!({"login": person.login, "password": person.password});
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let session = post(&person, "/v1/sessions", &body, "key")
            .await
            .expect(201);
        assert!(!is_replay(&session));
        tokens.push(session.text("access_token"));
    }
    assert_ne!(tokens[0], tokens[1]);
}

async fn a_replay_is_seen_in_the_audit(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let first = post(&branch, "/v1/clients", &somebody("K-1"), "key")
        .await
        .expect(201);
    post(&branch, "/v1/clients", &somebody("K-1"), "key")
        .await
        .expect(201);
    let events = auditor
        .get("/v1/audit/events?action=answer.replayed")
        .await
        .expect(200);
    assert_eq!(events.items().len(), 1);
    let event = &events.items()[0];
    assert_eq!(event["actor"]["id"], branch.id.as_str());
    assert_eq!(event["subject_id"], first["id"]);
}
