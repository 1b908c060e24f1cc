//! Applications: drafted, expired, completed, cancelled, and who may sign for whom.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_draft_says_what_it_is_for with BUSY,
    each_error_of_a_draft_is_named_by_its_field with BUSY,
    one_draft_is_open_at_a_time_even_for_ten_who_draft_at_once with BUSY,
    a_draft_expires_after_a_day_and_makes_room with BUSY,
    what_is_not_open_is_neither_completed_nor_cancelled with BUSY,
    of_ten_who_complete_one_application_at_once_one_does with BUSY,
    the_day_on_the_paper_lies_between_the_draft_and_today_in_almaty with BUSY,
    a_representatives_paper_holds_on_its_last_day_and_not_after with BUSY,
    a_decision_of_a_court_may_be_older_than_any_loan with BUSY,
    the_paper_is_looked_at_again_at_completion with BUSY,
    two_entries_that_differ_and_weak_ones_are_refused_with_every_reason with BUSY,
    entries_that_differ_in_normal_form_alone_are_the_same with BUSY,
    a_change_is_drafted_where_a_hash_is_held_and_a_setting_where_none_is with BUSY,
    numbers_on_paper_run_by_branch_without_gaps with BUSY,
    a_clients_applications_are_listed_newest_first with BUSY,
    the_form_is_printed_in_two_languages_and_never_holds_the_passphrase with BUSY,
    any_branch_serves_any_client with BUSY,
}

async fn a_draft_says_what_it_is_for(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let drafted = branch.ask_to_draft(&client).await.expect(201);
    let id = drafted.text("id");
    assert_eq!(
        drafted.header("location"),
        Some(format!("/v1/applications/{id}").as_str())
    );
    let expected = [
        ("kind", json!("set")),
        ("state", json!("draft")),
        ("client_id", json!(client)),
        ("branch_code", json!("ALA-1")),
        ("drafted_by", json!(branch.id)),
        ("drafted_at", json!("2026-01-31T06:00:00Z")),
        ("expires_at", json!("2026-02-01T06:00:00Z")),
        (
            "identity_document",
            json!({"kind": "identity_card", "seen": true}),
        ),
        ("representative", Value::Null),
        ("signed_on", Value::Null),
    ];
    for (field, value) in expected {
        assert_eq!(drafted[field], value, "{field}");
    }
    let read = branch
        .get(&format!("/v1/applications/{id}"))
        .await
        .expect(200);
    assert_eq!(read.body, drafted.body);
    branch
        .get("/v1/applications/nothing")
        .await
        .refused(404, "not_found");
}

fn draft_of(client: &str) -> Value {
    json!({"client_id": client, "identity_document": {"kind": "passport", "seen": true}})
}

fn representative(valid_until: Value) -> Value {
    json!({
        "full_name": "Серік Қасымов", "document_kind": "power_of_attorney",
        "document_number": "123/45", "document_date": "2026-01-01", "valid_until": valid_until,
    })
}

async fn each_error_of_a_draft_is_named_by_its_field(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let errors = [
        ("/client_id", json!(null), "missing"),
        ("/identity_document", json!(null), "missing"),
        (
            "/identity_document/kind",
            json!("driving_licence"),
            "not_one_of",
        ),
        ("/identity_document/seen", json!(false), "not_seen"),
        ("/identity_document/seen", json!(null), "missing"),
        ("/representative/full_name", json!("R2"), "not_a_name"),
        (
            "/representative/document_kind",
            json!("letter"),
            "not_one_of",
        ),
        (
            "/representative/document_number",
            json!("x".repeat(65)),
            "too_long",
        ),
        ("/representative/document_number", json!("  "), "blank"),
        (
            "/representative/document_date",
            json!("01.02.2026"),
            "not_a_date",
        ),
        (
            "/representative/document_date",
            json!("0001-01-01"),
            "out_of_range",
        ),
        (
            "/representative/document_date",
            json!("1899-12-31"),
            "out_of_range",
        ),
        (
            "/representative/valid_until",
            json!("9999-12-31"),
            "out_of_range",
        ),
        (
            "/representative/valid_until",
            json!("0001-01-01"),
            "out_of_range",
        ),
        (
            "/representative/valid_until",
            json!("2026-02-30"),
            "not_a_date",
        ),
        (
            "/representative/valid_until",
            json!("2025-12-31"),
            "contradiction",
        ),
    ];
    for (pointer, value, code) in errors {
        let mut body = draft_of(&client);
        if pointer.starts_with("/representative") {
            body["representative"] = representative(json!("2026-12-31"));
        }
        *body.pointer_mut(pointer).expect("a field") = value;
        branch
            .post("/v1/applications", body)
            .await
            .refused_field(422, pointer, code);
    }
    let unknown = branch.post("/v1/applications", draft_of("nobody")).await;
    unknown
        .refused(422, "unknown_client")
        .refused_field(422, "/client_id", "unknown_client");
    let mut with_number = draft_of(&client);
    with_number["identity_document"]["number"] = json!("N12345678");
    branch
        .post("/v1/applications", with_number)
        .await
        .refused(400, "unknown_field");
}

async fn one_draft_is_open_at_a_time_even_for_ten_who_draft_at_once(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let drafts = (0..10).map(|_| branch.ask_to_draft(&client));
    let answers = futures_util::future::join_all(drafts).await;
    let drafted = answers.iter().filter(|answer| answer.status == 201).count();
    let open = answers
        .iter()
        .filter(|answer| answer["code"] == "application_already_open")
        .count();
    assert_eq!((drafted, open), (1, 9));
    let other = branch.enter_client("K-2").await;
    branch.draft(&other).await;
}

async fn state(branch: &Person, id: &str) -> String {
    branch
        .get(&format!("/v1/applications/{id}"))
        .await
        .expect(200)
        .text("state")
}

async fn cancel(branch: &Person, id: &str) -> Answer {
    let path = format!("/v1/applications/{id}/cancellation");
    branch
        .post(&path, json!({"reason": "the client left"}))
        .await
}

async fn a_draft_expires_after_a_day_and_makes_room(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let id = branch.draft(&client).await;
    world.wait(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    let branch = branch.again(world.line()).await;
    assert_eq!(state(&branch, &id).await, "draft");
    branch
        .ask_to_draft(&client)
        .await
        .refused(409, "application_already_open");
    world.wait(TimeDelta::microseconds(1));
    assert_eq!(state(&branch, &id).await, "expired");
    branch
        .complete(&id, "2026-02-01", PHRASE)
        .await
        .refused(409, "application_not_open");
    cancel(&branch, &id)
        .await
        .refused(409, "application_not_open");
    branch.draft(&client).await;
    assert_eq!(state(&branch, &id).await, "expired");
}

async fn what_is_not_open_is_neither_completed_nor_cancelled(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let cancelled = branch.draft(&client).await;
    let answer = cancel(&branch, &cancelled).await.expect(200);
    assert_eq!(
        (&answer["state"], &answer["cancel_reason"]),
        (&json!("cancelled"), &json!("the client left"))
    );
    let completed = branch.draft(&client).await;
    let answer = branch
        .complete(&completed, "2026-01-31", PHRASE)
        .await
        .expect(200);
    assert_eq!(
        (&answer["state"], &answer["signed_on"]),
        (&json!("completed"), &json!("2026-01-31"))
    );
    for id in [cancelled, completed] {
        branch
            .complete(&id, "2026-01-31", PHRASE)
            .await
            .refused(409, "application_not_open");
        cancel(&branch, &id)
            .await
            .refused(409, "application_not_open");
    }
    branch
        .complete("nothing", "2026-01-31", PHRASE)
        .await
        .refused(404, "not_found");
    cancel(&branch, "nothing").await.refused(404, "not_found");
    branch
        .post("/v1/applications/nothing/cancellation", json!({}))
        .await
        .refused_field(422, "/reason", "missing");
}

async fn of_ten_who_complete_one_application_at_once_one_does(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let id = branch.draft(&client).await;
    let entries = (0..10).map(|_| branch.complete(&id, "2026-01-31", PHRASE));
    let answers = futures_util::future::join_all(entries).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers
        .iter()
        .filter(|answer| answer["code"] == "application_not_open")
        .count();
    assert_eq!((done, refused), (1, 9));
    let set = world
        .database
        .number("SELECT count(*) FROM audit_events WHERE action = 'passphrase.set'");
    assert_eq!(set, 1);
}

async fn the_day_on_the_paper_lies_between_the_draft_and_today_in_almaty(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    // Five minutes to midnight in Almaty, which is five hours before it in UTC.
    world.wait(TimeDelta::hours(12) + TimeDelta::minutes(55));
    let branch = branch.again(world.line()).await;
    let id = branch.draft(&client).await;
    let complete = async |day: &str| branch.complete(&id, day, PHRASE).await;
    complete("2026-02-01")
        .await
        .refused_field(422, "/signed_on", "day_ahead");
    complete("2026-01-30")
        .await
        .refused_field(422, "/signed_on", "before_draft");
    world.wait(TimeDelta::minutes(5));
    complete("2026-02-02")
        .await
        .refused_field(422, "/signed_on", "day_ahead");
    complete("2026-02-31")
        .await
        .refused_field(422, "/signed_on", "not_a_date");
    complete("0001-01-01")
        .await
        .refused_field(422, "/signed_on", "out_of_range");
    complete("2026-02-01T00:00:00Z")
        .await
        .refused_field(422, "/signed_on", "not_a_date");
    // Signed before midnight, entered after it.
    complete("2026-01-31").await.expect(200);
}

async fn a_representatives_paper_holds_on_its_last_day_and_not_after(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let mut body = draft_of(&client);
    for (until, status) in [("2026-01-30", 422), ("2026-01-31", 201)] {
        body["representative"] = representative(json!(until));
        let answer = branch
            .post("/v1/applications", body.clone())
            .await
            .expect(status);
        if status == 422 {
            answer.refused_field(422, "/representative/valid_until", "document_expired");
        } else {
            assert_eq!(answer["representative"], body["representative"]);
            cancel(&branch, &answer.text("id")).await.expect(200);
        }
    }
    let mut open_ended = representative(json!(null));
    open_ended
        .as_object_mut()
        .expect("an object")
        .remove("valid_until");
    body["representative"] = open_ended;
    let drafted = branch.post("/v1/applications", body).await.expect(201);
    assert_eq!(drafted["representative"]["valid_until"], Value::Null);
}

async fn a_decision_of_a_court_may_be_older_than_any_loan(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    for dated in ["1900-01-01", "1987-05-12", "1989-12-31"] {
        let mut body = draft_of(&client);
        body["representative"] = representative(json!("2199-12-31"));
        body["representative"]["document_kind"] = json!("court_decision");
        body["representative"]["document_date"] = json!(dated);
        let drafted = branch.post("/v1/applications", body).await.expect(201);
        assert_eq!(drafted["representative"]["document_date"], dated);
        let id = drafted.text("id");
        let read = branch.get(&format!("/v1/applications/{id}")).await;
        assert_eq!(read["representative"]["document_date"], dated);
        let form = branch.get(&format!("/v1/applications/{id}/form?lang=ru"));
        form.await.expect(200);
        let completed = branch.complete(&id, "1987-05-12", PHRASE).await;
        completed.refused_field(422, "/signed_on", "out_of_range");
        cancel(&branch, &id).await.expect(200);
    }
}

async fn the_paper_is_looked_at_again_at_completion(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let mut body = draft_of(&client);
    body["representative"] = representative(json!("2026-01-31"));
    let id = branch
        .post("/v1/applications", body)
        .await
        .expect(201)
        .text("id");
    // Seven in the evening in UTC is the next day in Almaty.
    world.wait(TimeDelta::hours(13));
    let branch = branch.again(world.line()).await;
    let late = branch.complete(&id, "2026-01-31", PHRASE).await;
    late.refused_field(422, "/representative/valid_until", "document_expired");
    let status = branch
        .get(&format!("/v1/clients/{client}/passphrase"))
        .await
        .expect(200);
    assert_eq!(status["state"], "unset");
}

async fn two_entries_that_differ_and_weak_ones_are_refused_with_every_reason(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let id = branch.draft(&client).await;
    let path = format!("/v1/applications/{id}/completion");
    let complete = async |one: &str, two: &str| {
        let body = json!({"signed_on": "2026-01-31", "passphrase": one, "passphrase_repeat": two});
        branch.post(&path, body).await
    };
    let differ = complete(PHRASE, "лиловый якорь варит суп").await;
    differ.refused(422, "passphrases_differ").refused_field(
        422,
        "/passphrase_repeat",
        "passphrases_differ",
    );
    // The fold would take these for the same; what is entered at a branch has to be the same.
    complete(PHRASE, &PHRASE.to_uppercase())
        .await
        .refused(422, "passphrases_differ");
    for weak in [
        "пароль12",
        "аааааааааа",
        "12345678",
        "Қасымова Әсел",
        "+77012345667",
        "ab",
    ] {
        let refused = complete(weak, weak)
            .await
            .refused(422, "passphrase_refused");
        let reasons = refused.errors();
        assert!(
            !reasons.is_empty() && reasons.iter().all(|(at, _)| at == "/passphrase"),
            "{weak}"
        );
        let checked = json!({"passphrase": weak, "client_id": client});
        let checked = branch
            .post("/v1/passphrases/check", checked)
            .await
            .expect(200);
        let said: Vec<_> = checked["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .map(|reason| {
                (
                    "/passphrase".to_owned(),
                    reason["code"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        assert_eq!(said, reasons, "the check says what completion says: {weak}");
        assert_eq!(checked["acceptable"], false);
    }
    for (one, two, at) in [
        ("", PHRASE, "/passphrase"),
        (PHRASE, "--", "/passphrase_repeat"),
    ] {
        complete(one, two)
            .await
            .refused_field(422, at, "nothing_to_compare");
    }
    let long = "а б ".repeat(300);
    complete(&long, &long)
        .await
        .refused_field(422, "/passphrase", "too_long");
    assert_eq!(state(&branch, &id).await, "draft");
    complete(PHRASE, PHRASE).await.expect(200);
}

async fn entries_that_differ_in_normal_form_alone_are_the_same(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let id = branch.draft(&client).await;
    let composed = "мой лиловый ёжик варит туман";
    let decomposed = composed.replace('й', "и\u{306}").replace('ё', "е\u{308}");
    let body =
        json!({"signed_on": "2026-01-31", "passphrase": composed, "passphrase_repeat": decomposed});
    branch
        .post(&format!("/v1/applications/{id}/completion"), body)
        .await
        .expect(200);
}

async fn a_change_is_drafted_where_a_hash_is_held_and_a_setting_where_none_is(world: &World) {
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let client = branch.enter_client("K-1").await;
    let passphrase = format!("/v1/clients/{client}/passphrase");
    let kind = async |expected: &str| {
        let drafted = branch.ask_to_draft(&client).await.expect(201);
        assert_eq!(drafted["kind"], expected);
        cancel(&branch, &drafted.text("id")).await.expect(200);
    };
    kind("set").await;
    branch.register(world, &client, PHRASE).await;
    kind("change").await;
    for _ in 0..3 {
        supervisor
            .verify(&client, "не те слова совсем")
            .await
            .expect(201);
    }
    kind("change").await;
    let reason = json!({"reason": "asked"});
    supervisor
        .post(&format!("{passphrase}/block"), reason.clone())
        .await
        .expect(200);
    kind("change").await;
    branch
        .ask("DELETE", &passphrase)
        .json(&reason)
        .await
        .expect(200);
    kind("set").await;
}

async fn numbers_on_paper_run_by_branch_without_gaps(world: &World) {
    let branch = world.staff("branch").await;
    let mut numbers = Vec::new();
    for number in 1..=3 {
        let client = branch.enter_client(&format!("K-{number}")).await;
        numbers.push(
            branch
                .ask_to_draft(&client)
                .await
                .expect(201)
                .text("number"),
        );
        branch
            .ask_to_draft(&client)
            .await
            .refused(409, "application_already_open");
    }
    assert_eq!(
        numbers,
        [
            "ALA-1-2026-000001",
            "ALA-1-2026-000002",
            "ALA-1-2026-000003"
        ]
    );
    world.open_branch("AST").await;
    let entered = json!({"login": "ast", "name": "Айгүл", "role": "branch", "branch_code": "ast"});
    let entered = world.admin.post("/v1/staff", entered).await.expect(201);
    let password = entered.text("password");
    let other = crate::support::cast::settle_in(world.line(), "ast", &password).await;
    let clients = futures_util::future::join_all((0..5).map(|n| {
        let (other, number) = (other.clone(), format!("A-{n}"));
        async move { other.enter_client(&number).await }
    }))
    .await;
    let drafts = clients.iter().map(|client| other.ask_to_draft(client));
    let drafts = futures_util::future::join_all(drafts).await;
    let mut numbers: Vec<_> = drafts
        .into_iter()
        .map(|answer| answer.expect(201).text("number"))
        .collect();
    numbers.sort();
    let expected: Vec<_> = (1..=5)
        .map(|number| format!("AST-2026-{number:06}"))
        .collect();
    assert_eq!(numbers, expected, "a first number that five want at once");
}

async fn a_clients_applications_are_listed_newest_first(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let mut drafted = Vec::new();
    for _ in 0..5 {
        world.wait(TimeDelta::seconds(1));
        let id = branch.draft(&client).await;
        cancel(&branch, &id).await.expect(200);
        drafted.insert(0, id);
    }
    let path = format!("/v1/clients/{client}/applications");
    let first = branch.get(&format!("{path}?limit=3")).await.expect(200);
    let cursor = first["next_cursor"]
        .as_str()
        .expect("there is more")
        .to_owned();
    let second = branch
        .get(&format!("{path}?limit=3&cursor={cursor}"))
        .await
        .expect(200);
    let listed: Vec<_> = first
        .items()
        .iter()
        .chain(second.items())
        .map(|application| application["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, drafted);
    assert_eq!(second["next_cursor"], Value::Null);
    branch
        .get("/v1/clients/nobody/applications")
        .await
        .refused(404, "not_found");
}

async fn the_form_is_printed_in_two_languages_and_never_holds_the_passphrase(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let id = branch.draft(&client).await;
    let path = format!("/v1/applications/{id}/form");
    for (query, language) in [("", "kk"), ("?lang=kk", "kk"), ("?lang=ru", "ru")] {
        let page = branch.get(&format!("{path}{query}")).await.expect(200);
        assert_eq!(page.header("content-language"), Some(language));
        let policy = page.header("content-security-policy");
        assert!(policy.is_some_and(|policy| policy.contains("style-src 'sha256-")));
        assert!(page.text.contains("ALA-1-2026-000001"));
    }
    branch
        .get(&format!("{path}?lang=en"))
        .await
        .refused_field(422, "lang", "not_one_of");
    branch
        .get(&format!("{path}?language=kk"))
        .await
        .refused(400, "unknown_parameter");
    branch.complete(&id, "2026-01-31", PHRASE).await.expect(200);
    assert!(!branch.get(&path).await.expect(200).text.contains("якорь"));
    branch
        .get("/v1/applications/nothing/form")
        .await
        .refused(404, "not_found");
}

async fn any_branch_serves_any_client(world: &World) {
    let one = world.staff("branch").await;
    let two = world.staff("branch").await;
    let client = one.enter_client("K-1").await;
    let id = one.draft(&client).await;
    two.get(&format!("/v1/applications/{id}")).await.expect(200);
    let completed = two.complete(&id, "2026-01-31", PHRASE).await.expect(200);
    assert_eq!(
        (&completed["drafted_by"], &completed["completed_by"]),
        (&json!(one.id), &json!(two.id))
    );
}
