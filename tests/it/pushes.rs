//! What a push may say of its own time, what it leaves of what people here have done, and whom it is
//! recorded about.

use serde_json::{Value, json};

use crate::support::{
    PHRASE, Person, World,
    telephone::Answer,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_time_that_has_not_come_is_refused_and_freezes_nothing with BUSY,
    what_is_held_of_a_time_that_has_not_come_is_stale_and_yields with BUSY,
    a_push_sent_again_leaves_what_a_branch_amended with BUSY,
    a_batch_sent_again_leaves_what_a_branch_amended with BUSY,
    each_client_whom_a_push_concerns_has_an_event with BUSY,
    each_client_whom_a_batch_concerns_has_an_event with BUSY,
}

const BATCHES: &str = "/v1/loan-system/batches";
const CLIENT: &str = "/v1/loan-system/clients/K-1";
const LOAN: &str = "/v1/loan-system/loans/T-1";
const ONE: &str = "2026-01-30T00:00:00Z";
const TWO: &str = "2026-01-30T00:00:01Z";

fn client(phone: &str, as_of: &str) -> Value {
    json!({"family_name": "Қасымова", "given_name": "Әсел", "phone": phone, "as_of": as_of})
}

fn loan(number: &str, as_of: &str) -> Value {
    json!({"client_number": number, "product": "Алтын", "due_on": "2026-02-20",
        "balance": {"amount": "1.00", "currency": "KZT"}, "grace_days": 20, "status": "open",
        "as_of": as_of})
}

/// The same as a line of a batch.
fn line(kind: &str, field: &str, number: &str, mut body: Value) -> String {
    body["type"] = json!(kind);
    body[field] = json!(number);
    format!("{body}\n")
}

async fn push(feed: &Person, lines: &[String]) -> Answer {
    let body = lines.concat();
    let asked = feed.ask("POST", BATCHES);
    asked.body("application/x-ndjson", body).await.expect(200)
}

fn counts(answer: &Answer) -> [u64; 4] {
    let names = ["applied", "unchanged", "stale", "rejected_total"];
    names.map(|name| answer[name].as_u64().expect("a count"))
}

async fn phone(branch: &Person, id: &str) -> String {
    let card = branch.get(&format!("/v1/clients/{id}")).await.expect(200);
    card.text("phone")
}

async fn a_time_that_has_not_come_is_refused_and_freezes_nothing(world: &World) {
    let feed = world.loan_system().await;
    let (at, ahead) = ("2026-01-31T06:05:00Z", "2026-01-31T06:05:00.000001Z");
    for time in [ahead, "2026-01-31T11:00:00Z", "2099-01-01T00:00:00Z"] {
        let reply = feed.put(CLIENT, client("+77012345667", time)).await;
        reply
            .refused(422, "invalid_input")
            .refused_field(422, "/as_of", "as_of_ahead");
    }
    feed.put(CLIENT, client("+77012345667", at))
        .await
        .expect(201);
    for time in [ahead, "2099-01-01T00:00:00Z"] {
        let reply = feed.put(LOAN, loan("K-1", time)).await;
        reply.refused_field(422, "/as_of", "as_of_ahead");
    }
    // A line of a batch alike, and only that line.
    let reply = push(
        &feed,
        &[
            line(
                "client",
                "client_number",
                "K-2",
                client("+77012345668", "2099-01-01T00:00:00Z"),
            ),
            line(
                "client",
                "client_number",
                "K-3",
                client("+77012345668", ONE),
            ),
            line(
                "loan",
                "ticket_number",
                "T-1",
                loan("K-1", "2099-01-01T00:00:00Z"),
            ),
        ],
    )
    .await;
    assert_eq!(counts(&reply), [1, 0, 0, 2]);
    for (place, number) in [(0, 1), (1, 3)] {
        let rejected = &reply["rejected"][place];
        assert_eq!(
            (&rejected["line"], &rejected["code"]),
            (&json!(number), &json!("as_of_ahead"))
        );
        let detail = rejected["detail"].as_str().expect("a text");
        assert!(detail.starts_with("/as_of: "), "{detail}");
    }
    feed.put(LOAN, loan("K-1", ONE)).await.expect(201);
    let refused = "SELECT count(*) FROM audit_events WHERE reason = 'as_of_ahead'";
    assert_eq!(world.database.number(refused), 5);
}

async fn what_is_held_of_a_time_that_has_not_come_is_stale_and_yields(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let specialist = world.staff("call_center").await;
    let holder = branch.client_with_phrase(world, "K-1").await;
    feed.put(LOAN, loan("K-1", ONE)).await.expect(201);
    feed.put(CLIENT, client("+77012345667", ONE))
        .await
        .expect(200);
    // As an earlier version took it, or while the clock of this one was wrong.
    let ahead = "UPDATE loans SET as_of = 4070908800000000; \
                 UPDATE clients SET as_of = 4070908800000000";
    world.database.execute(ahead);
    let reply = specialist.verify(&holder, PHRASE).await.expect(201);
    assert_eq!(reply["loans"][0]["as_of"], "2099-01-01T00:00:00Z");
    assert_eq!(reply["source"]["stale"], true);
    let mut closed = loan("K-1", TWO);
    closed["status"] = json!("closed");
    assert_eq!(feed.put(LOAN, closed).await.expect(200)["applied"], true);
    let reply = feed.put(CLIENT, client("+77051112233", TWO)).await;
    assert_eq!(reply.expect(200)["applied"], true);
    assert_eq!(phone(&branch, &holder).await, "+77051112233");
    let reply = specialist.verify(&holder, PHRASE).await.expect(201);
    assert_eq!(reply["loans"], json!([]));
}

async fn a_push_sent_again_leaves_what_a_branch_amended(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let pushed = client("+77012345667", TWO);
    let id = feed
        .put(CLIENT, pushed.clone())
        .await
        .expect(201)
        .text("client_id");
    let card = format!("/v1/clients/{id}");
    let unchanged = json!({"applied": false, "reason": "unchanged", "client_id": id});
    for amended in ["+77051112233", "+77051112244"] {
        branch
            .patch(&card, json!({"phone": amended}))
            .await
            .expect(200);
        let reply = feed.put(CLIENT, pushed.clone()).await.expect(200);
        assert_eq!(reply.body, unchanged);
        assert_eq!(phone(&branch, &id).await, amended);
    }
    let reply = feed
        .put(CLIENT, client("+77012345667", ONE))
        .await
        .expect(200);
    assert_eq!(reply["reason"], "stale");
    // Other content of the same moment is another word, also where it says what the branch said.
    let corrected = client("+77051112244", TWO);
    assert_eq!(
        feed.put(CLIENT, corrected.clone()).await.expect(200)["applied"],
        true
    );
    assert_eq!(
        feed.put(CLIENT, corrected).await.expect(200).body,
        unchanged
    );
    assert_eq!(feed.put(CLIENT, pushed).await.expect(200)["applied"], true);
    assert_eq!(phone(&branch, &id).await, "+77012345667");
    // A later word is a word: the loan system was asked again after the branch.
    branch
        .patch(&card, json!({"phone": "+77051112233"}))
        .await
        .expect(200);
    let later = client("+77012345667", "2026-01-31T00:00:00Z");
    assert_eq!(feed.put(CLIENT, later).await.expect(200)["applied"], true);
    assert_eq!(phone(&branch, &id).await, "+77012345667");
}

async fn a_batch_sent_again_leaves_what_a_branch_amended(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let pushed: Vec<_> = (1..=3)
        .map(|number| {
            let body = client(&format!("+7701234566{number}"), ONE);
            line("client", "client_number", &format!("K-{number}"), body)
        })
        .collect();
    assert_eq!(counts(&push(&feed, &pushed).await), [3, 0, 0, 0]);
    let sought = json!({"client_number": "K-2"});
    let found = branch.post("/v1/clients/search", sought).await.expect(200);
    let id = found.items()[0]["id"].as_str().expect("an id").to_owned();
    let amended = json!({"phone": "+77051112233", "patronymic": "Нұрланқызы"});
    branch
        .patch(&format!("/v1/clients/{id}"), amended)
        .await
        .expect(200);
    assert_eq!(counts(&push(&feed, &pushed).await), [0, 3, 0, 0]);
    assert_eq!(phone(&branch, &id).await, "+77051112233");
    // Within one batch each line is held against the one before it.
    let other = line(
        "client",
        "client_number",
        "K-2",
        client("+77051112299", ONE),
    );
    let mixed = [pushed[1].clone(), other.clone(), other, pushed[1].clone()];
    assert_eq!(counts(&push(&feed, &mixed).await), [2, 2, 0, 0]);
    assert_eq!(phone(&branch, &id).await, "+77012345662");
}

/// What is recorded about a client by pushes: action, outcome, subject and what changed, oldest first.
async fn recorded(auditor: &Person, id: &str) -> Vec<(String, String, Value, Value)> {
    let path = format!("/v1/audit/events?limit=200&client_id={id}");
    let events = auditor.get(&path).await.expect(200);
    let mut reply: Vec<_> = events
        .items()
        .iter()
        .map(|event| {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            let subject = event["subject_id"].clone();
            (
                text("action"),
                text("outcome"),
                subject,
                event["details"].clone(),
            )
        })
        .filter(|(action, ..)| action.starts_with("sync."))
        .collect();
    reply.reverse();
    reply
}

fn event(
    action: &str,
    outcome: &str,
    subject: Option<&str>,
    changed: &[&str],
) -> (String, String, Value, Value) {
    let details = match changed {
        [] => Value::Null,
        fields => json!({"changed": fields}),
    };
    (
        action.to_owned(),
        outcome.to_owned(),
        json!(subject),
        details,
    )
}

async fn each_client_whom_a_push_concerns_has_an_event(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let auditor = world.staff("auditor").await;
    let first = branch.enter_client("K-1").await;
    let second = branch.enter_client("K-2").await;
    feed.put(LOAN, loan("K-1", ONE)).await.expect(201);
    let moved = feed.put(LOAN, loan("K-2", TWO)).await.expect(200);
    assert_eq!(moved.body, json!({"applied": true, "client_id": second}));
    // A new telephone, and no patronymic any more; then only the time is another; then it is sent again.
    let number = "+77051112233";
    for time in [ONE, TWO, TWO] {
        feed.put(CLIENT, client(number, time)).await.expect(200);
    }
    let mut renamed = client(number, "2026-01-31T00:00:00Z");
    renamed["family_name"] = json!("Сапарова");
    renamed["given_name"] = Value::Null;
    feed.put(CLIENT, renamed).await.expect(200);
    let expected = [
        event("sync.loan", "created", Some("T-1"), &[]),
        event("sync.loan", "moved_away", Some("T-1"), &["client_number"]),
        event("sync.client", "applied", None, &["patronymic", "phone"]),
        event("sync.client", "applied", None, &[]),
        event("sync.client", "unchanged", None, &[]),
        event(
            "sync.client",
            "applied",
            None,
            &["family_name", "given_name"],
        ),
    ];
    assert_eq!(recorded(&auditor, &first).await, expected);
    let expected = [event(
        "sync.loan",
        "applied",
        Some("T-1"),
        &["client_number"],
    )];
    assert_eq!(recorded(&auditor, &second).await, expected);
    let everything = auditor.get("/v1/audit/events?limit=200").await;
    for personal in ["Сапарова", "1112233"] {
        assert!(!everything.text.contains(personal), "{personal}");
    }
}

async fn each_client_whom_a_batch_concerns_has_an_event(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let auditor = world.staff("auditor").await;
    let first = branch.enter_client("K-1").await;
    let second = branch.enter_client("K-2").await;
    let about = |number: &str, phone: &str, as_of: &str| {
        line("client", "client_number", number, client(phone, as_of))
    };
    let of_loan =
        |number: &str, as_of: &str| line("loan", "ticket_number", "T-1", loan(number, as_of));
    let lines = [
        about("K-1", "+77051112233", ONE),
        about("K-2", "+77051112244", ONE),
        about("K-3", "+77051112255", ONE),
        of_loan("K-1", ONE),
    ];
    assert_eq!(counts(&push(&feed, &lines).await), [4, 0, 0, 0]);
    let changed = event("sync.client", "changed", None, &["patronymic", "phone"]);
    let once = std::slice::from_ref(&changed);
    assert_eq!(recorded(&auditor, &first).await, once);
    assert_eq!(recorded(&auditor, &second).await, once);
    // A later word that says the same of K-1, and moves the loan to K-2.
    let lines = [about("K-1", "+77051112233", TWO), of_loan("K-2", TWO)];
    assert_eq!(counts(&push(&feed, &lines).await), [2, 0, 0, 0]);
    let away = event("sync.loan", "moved_away", Some("T-1"), &["client_number"]);
    assert_eq!(recorded(&auditor, &first).await, [changed.clone(), away]);
    let moved_in = event("sync.loan", "moved_in", Some("T-1"), &["client_number"]);
    assert_eq!(recorded(&auditor, &second).await, [changed, moved_in]);
    // They bear the id of the request that brought them, beside the event that counts the batch.
    let path = format!("/v1/audit/events?client_id={second}&action=sync.loan");
    let events = auditor.get(&path).await.expect(200);
    let request = events.items()[0]["request_id"].clone();
    let batches = auditor
        .get("/v1/audit/events?action=sync.batch")
        .await
        .expect(200);
    assert_eq!(batches.items()[0]["request_id"], request);
    assert_eq!(events.items()[0]["actor"], batches.items()[0]["actor"]);
}
