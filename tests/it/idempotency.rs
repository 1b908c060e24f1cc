//! `Idempotency-Key`: the same key and the same body give the first answer again.

use chrono::TimeDelta;
use qupia::store::{IdempotencyClaim, KeyClaim, KeyName, RENEW_EVERY};
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::{self, WRONG, sign_in, somebody},
    cut::Cut,
    world::{BUSY, on_each_database, on_postgresql},
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
    a_replayed_verification_tells_no_loans with BUSY,
    a_replay_passes_the_permission_checks_of_today with BUSY,
    nothing_is_said_of_a_key_before_the_permission_check with BUSY,
    a_refusal_of_permission_is_no_answer_to_a_key with BUSY,
    a_key_stays_claimed_for_as_long_as_its_request_is_under_way with SLOW,
    a_claim_that_was_lost_keeps_no_answer with BUSY,
    a_batch_honours_no_key with BUSY,
}
on_postgresql! {
    a_key_whose_claim_was_committed_and_not_answered_is_free_again with BUSY,
}

/// Whoever waits for a hash waits for as long as a story wants.
const SLOW: &[(&str, &str)] = &[("QUPIA_HASH__WAIT_SECONDS", "600")];

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

async fn a_replayed_verification_tells_no_loans(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    let again = async || {
        let again = post(&specialist, "/v1/verifications", &body, "key").await;
        let again = again.expect(201);
        assert!(is_replay(&again));
        assert_eq!(again["outcome"], "verified");
        for absent in ["loans", "source"] {
            assert!(again.body.get(absent).is_none(), "{}", again.text);
        }
        again.text("id")
    };
    let first = post(&specialist, "/v1/verifications", &body, "key")
        .await
        .expect(201);
    assert!(first["loans"].is_array() && first["source"].is_object());
    let path = format!("/v1/verifications/{}", first.text("id"));
    assert_eq!(again().await, first.text("id"));
    specialist.get(&format!("{path}/loans")).await.expect(200);
    specialist.delete(&path).await.expect(204);
    again().await;
    let block = format!("/v1/clients/{client}/passphrase/block");
    let reason = json!({"reason": "asked"});
    specialist.post(&block, reason).await.expect(200);
    again().await;
    let loans = specialist.get(&format!("{path}/loans")).await;
    loans.refused(410, "verification_over");
}

async fn a_replay_passes_the_permission_checks_of_today(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    let verified = async || {
        let specialist = world.staff("call_center").await;
        let first = post(&specialist, "/v1/verifications", &body, "key").await;
        first.expect(201);
        specialist
    };
    let moved = verified().await;
    let path = format!("/v1/staff/{}", moved.id);
    let role = json!({"role": "auditor"});
    world.admin.patch(&path, role).await.expect(200);
    let out = post(&moved, "/v1/verifications", &body, "key").await;
    out.refused(401, "unauthenticated");
    let auditor = moved.again(world.line()).await;
    let reply = post(&auditor, "/v1/verifications", &body, "key").await;
    reply.refused(403, "forbidden");

    let reset = verified().await;
    let path = format!("/v1/staff/{}/password", reset.id);
    let made = world.admin.post(&path, json!({})).await.expect(201);
    let mut one_time = reset;
    one_time.password = made.text("password");
    let one_time = one_time.again(world.line()).await;
    let reply = post(&one_time, "/v1/verifications", &body, "key").await;
    reply.refused(403, "password_change_required");

    let disabled = verified().await;
    let path = format!("/v1/staff/{}", disabled.id);
    let status = json!({"status": "disabled"});
    world.admin.patch(&path, status).await.expect(200);
    let reply = post(&disabled, "/v1/verifications", &body, "key").await;
    reply.refused(401, "unauthenticated");
}

async fn nothing_is_said_of_a_key_before_the_permission_check(world: &World) {
    let auditor = world.staff("auditor").await;
    let key = "k".repeat(129);
    let too_long = post(&auditor, "/v1/branches", &json!({}), &key).await;
    too_long.refused(403, "forbidden");
    let large = json!({"code": "x".repeat(1024 * 1024)});
    let too_large = post(&auditor, "/v1/branches", &large, "key").await;
    too_large.refused(403, "forbidden");
    let stranger = world.line().post("/v1/branches", json!({}));
    let reply = stranger.header("idempotency-key", &key).await;
    reply.refused(401, "unauthenticated");
    // A key that was used where one may is not told of where one may not.
    let verification = json!({});
    let first = post(&auditor, "/v1/audit/verification", &verification, "key").await;
    first.expect(200);
    let elsewhere = post(&auditor, "/v1/branches", &json!({}), "key").await;
    elsewhere.refused(403, "forbidden");
}

async fn a_refusal_of_permission_is_no_answer_to_a_key(world: &World) {
    let entered = world.enter_staff("branch").await;
    let (login, one_time) = (entered.text("login"), entered.text("password"));
    let session = sign_in(world.line(), &login, &one_time).await.expect(201);
    let early = world.line().with_token(&session.text("access_token"));
    let enter = early.post("/v1/clients", somebody("K-1"));
    let refused = enter.header("idempotency-key", "key").await;
    refused.refused(403, "password_change_required");
    let branch = cast::settle_in(world.line(), &login, &one_time).await;
    let entered = post(&branch, "/v1/clients", &somebody("K-1"), "key").await;
    assert!(!is_replay(&entered.expect(201)));
}

/// Waits until a query counts so many.
async fn until(world: &World, query: &str, count: i64) {
    for _ in 0..100_000 {
        if world.database.number(query) == count {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it is never {count}: {query}");
}

async fn a_key_stays_claimed_for_as_long_as_its_request_is_under_way(world: &World) {
    let hasher = &world.first.app.hasher;
    let mut taken = Vec::new();
    while hasher.stats().admitted < 4 {
        taken.push(hasher.admit().await.expect("there is room"));
    }
    let body = json!({"login": "slow", "name": "Айгүл", "role": "auditor"});
    let admin = world.admin.clone();
    let entry = body.clone();
    let slow = actix_web::rt::spawn(async move { post(&admin, "/v1/staff", &entry, "key").await });
    let records = "SELECT count(*) FROM idempotency_records";
    until(world, records, 1).await;
    // Two minutes, which are longer than a claim lives that nobody renews.
    for _ in 0..8 {
        world.wait(RENEW_EVERY);
        let now = world.clock.now().timestamp_micros();
        until(world, &format!("{records} WHERE renewed_at = {now}"), 1).await;
    }
    let admin = &world.admin;
    let same = post(admin, "/v1/staff", &body, "key").await;
    same.refused(409, "request_in_progress");
    let branch = json!({"code": "ALA-1", "name": "Алматы"});
    let other = post(admin, "/v1/branches", &branch, "key").await;
    other.refused(422, "idempotency_key_reused");
    assert!(
        admin
            .get("/v1/branches")
            .await
            .expect(200)
            .items()
            .is_empty()
    );
    drop(taken);
    let first = slow.await.expect("it is answered").expect(201);
    let again = post(admin, "/v1/staff", &body, "key").await.expect(201);
    assert!(is_replay(&again));
    assert_eq!(again["id"], first["id"]);
}

async fn a_claim_that_was_lost_keeps_no_answer(world: &World) {
    let store = &world.first.app.store;
    let claim = |by: &str| {
        let name = KeyName {
            id: "key".to_owned(),
            fingerprint: b"body".to_vec(),
        };
        KeyClaim::new(vec![name], by.to_owned(), world.clock.now())
    };
    let lifetime = TimeDelta::hours(24);
    let claimed = async |by: &str| {
        let claim = claim(by);
        let claimed = store.unaudited(move |tx| tx.claim_key(&claim, lifetime));
        claimed.await.unwrap_or_else(|error| panic!("{error}"))
    };
    let kept = async |by: &str, answer: &'static str| {
        let claim = claim(by);
        let kept = store.unaudited(move |tx| tx.store_answer(&claim, answer));
        kept.await.unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(claimed("first").await, IdempotencyClaim::Fresh);
    world.wait(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    assert_eq!(claimed("second").await, IdempotencyClaim::Running);
    world.wait(TimeDelta::microseconds(1));
    assert_eq!(claimed("second").await, IdempotencyClaim::Fresh);
    assert!(!kept("first", "late").await);
    let first = claim("first");
    let released = store.unaudited(move |tx| tx.release_key(&first)).await;
    released.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(claimed("third").await, IdempotencyClaim::Running);
    assert!(kept("second", "answer").await);
    let answered = IdempotencyClaim::Answered("answer".to_owned());
    assert_eq!(claimed("third").await, answered);
}

async fn a_batch_honours_no_key(world: &World) {
    let loans = world.loan_system().await;
    let line = "{\"type\":\"client\",\"client_number\":\"K-1\",\"family_name\":\"Ким\",\
        \"given_name\":\"Анна\",\"phone\":\"+77012345667\",\"as_of\":\"2026-01-30T00:00:00Z\"}\n";
    let push = async |key: &str, body: String| {
        let push = loans.ask("POST", "/v1/loan-system/batches");
        let push = push.header("idempotency-key", key);
        push.body("application/x-ndjson", body).await.expect(200)
    };
    let first = push("key", line.to_owned()).await;
    assert_eq!(first["applied"], 1, "{}", first.text);
    for (key, body) in [
        ("key", line.to_owned()),
        ("key", line.repeat(2)),
        (&*"k".repeat(129), line.to_owned()),
    ] {
        let again = push(key, body).await;
        assert!(!is_replay(&again));
        assert_eq!(again["applied"], 0, "{}", again.text);
    }
    let records = "SELECT count(*) FROM idempotency_records";
    assert_eq!(world.database.number(records), 0);
}

async fn a_key_whose_claim_was_committed_and_not_answered_is_free_again(world: &World) {
    let branch = world.staff("branch").await;
    let cut = Cut::before(&world.database.url());
    let other = world
        .another_instance_over(&cut.url(&world.database.url()))
        .await;
    let there = branch.at(&other);
    cut.lose_answer_to(1);
    let lost = post(&there, "/v1/clients", &somebody("K-1"), "one").await;
    lost.refused(503, "unavailable");
    let claims = "SELECT count(*) FROM idempotency_records";
    let began = std::time::Instant::now();
    while world.database.number(claims) > 0 {
        assert!(began.elapsed().as_secs() < 30, "the key is still claimed");
        actix_web::rt::task::yield_now().await;
    }
    let made = post(&there, "/v1/clients", &somebody("K-1"), "one").await;
    assert!(!is_replay(&made.expect(201)));
}
