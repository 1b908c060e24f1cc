//! Clients: entered, found, seen behind a mask, amended, and who looked at them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    PHRASE, Person, World,
    cast::somebody,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_client_is_entered_once_under_a_number with BUSY,
    each_error_of_a_client_is_named_by_its_field with BUSY,
    clients_are_found_by_phone_number_or_ticket_and_by_exactly_one_of_them with BUSY,
    a_specialist_sees_a_mask_until_the_client_is_verified_and_after with BUSY,
    a_mask_is_lifted_for_one_specialist_and_one_client with BUSY,
    a_branch_amends_what_it_names_and_leaves_the_rest with BUSY,
    a_number_with_a_slash_and_letters_of_any_script_is_one_client with BUSY,
    who_looked_at_a_client_is_told_to_branch_and_auditor with BUSY,
    more_than_two_hundred_events_are_paged_without_loss_or_repetition with BUSY,
    lists_of_staff_and_branches_are_paged with BUSY,
    limits_and_cursors_that_are_none_are_refused with BUSY,
    of_ten_who_enter_one_number_at_once_one_does with BUSY,
}

async fn a_client_is_entered_once_under_a_number(world: &World) {
    let branch = world.staff("branch").await;
    let entered = branch
        .post("/v1/clients", somebody("K-1"))
        .await
        .expect(201);
    let expected = json!({
        "id": entered["id"], "client_number": "K-1", "family_name": "Қасымова",
        "given_name": "Әсел", "patronymic": "Нұрланқызы", "phone": "+77012345667",
        "passphrase": {"state": "unset", "set_at": null, "application_id": null,
            "failed_attempts": 0, "attempts_left": null, "locked_until": null},
        "created_at": "2026-01-31T06:00:00Z",
    });
    assert_eq!(entered.body, expected);
    branch
        .post("/v1/clients", somebody("K-1"))
        .await
        .refused(409, "client_number_taken");
    let path = format!("/v1/clients/{}", entered.text("id"));
    assert_eq!(branch.get(&path).await.expect(200).body, expected);
    branch
        .get("/v1/clients/nobody")
        .await
        .refused(404, "not_found");
}

async fn each_error_of_a_client_is_named_by_its_field(world: &World) {
    let branch = world.staff("branch").await;
    let errors = [
        ("client_number", json!(""), "not_an_identifier"),
        ("client_number", json!("a b"), "not_an_identifier"),
        ("client_number", json!("x".repeat(65)), "not_an_identifier"),
        ("family_name", json!("Ive2"), "not_a_name"),
        ("family_name", json!(""), "not_a_name"),
        ("given_name", json!("ә".repeat(101)), "not_a_name"),
        ("given_name", json!("a\u{0}b"), "not_a_name"),
        ("patronymic", json!("-"), "not_a_name"),
        ("phone", json!("12345"), "not_a_phone"),
        ("phone", json!("+7701234566"), "not_a_phone"),
        ("phone", json!("'; DROP TABLE clients; --"), "not_a_phone"),
    ];
    for (field, value, code) in errors {
        let mut body = somebody("K-1");
        body[field] = value.clone();
        let answer = branch.post("/v1/clients", body).await;
        answer.refused_field(422, &format!("/{field}"), code);
    }
    let empty = branch
        .post("/v1/clients", json!({}))
        .await
        .refused(422, "invalid_input");
    assert_eq!(
        empty.errors().len(),
        4,
        "every missing field at once: {}",
        empty.text
    );
    let mut wrong_type = somebody("K-1");
    wrong_type["phone"] = json!(77_012_345_667_i64);
    branch
        .post("/v1/clients", wrong_type)
        .await
        .refused_field(400, "/phone", "wrong_type");
    let mut unknown = somebody("K-1");
    unknown["iin"] = json!("900101300123");
    branch
        .post("/v1/clients", unknown)
        .await
        .refused(400, "unknown_field");
    let null = json!({"client_number": null, "family_name": "А", "given_name": "Б", "phone": "7012345667"});
    branch
        .post("/v1/clients", null)
        .await
        .refused_field(422, "/client_number", "missing");
}

async fn clients_are_found_by_phone_number_or_ticket_and_by_exactly_one_of_them(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let feed = world.loan_system().await;
    let client = branch.enter_client("K-1").await;
    let mut other = somebody("K-2");
    other["phone"] = json!("+77012345668");
    branch.post("/v1/clients", other).await.expect(201);
    push_loan(&feed, "T-1", "K-1").await;
    let search = async |body: Value| {
        let found = specialist
            .post("/v1/clients/search", body)
            .await
            .expect(200);
        found
            .items()
            .iter()
            .map(|card| card["id"].clone())
            .collect::<Vec<_>>()
    };
    for phone in [
        "+77012345667",
        "8 701 234-56-67",
        "7 (701) 234 56 67",
        "7012345667",
    ] {
        assert_eq!(search(json!({"phone": phone})).await, [client.as_str()]);
    }
    assert_eq!(
        search(json!({"client_number": " K-1 "})).await,
        [client.as_str()]
    );
    assert_eq!(
        search(json!({"ticket_number": "T-1"})).await,
        [client.as_str()]
    );
    for nobody in [
        json!({"phone": "+77019999999"}),
        json!({"client_number": "k-1"}),
        json!({"ticket_number": "T-2"}),
    ] {
        assert!(search(nobody).await.is_empty());
    }
    let refused = async |body: Value, pointer: &str, code: &str| {
        specialist
            .post("/v1/clients/search", body)
            .await
            .refused_field(422, pointer, code);
    };
    refused(json!({}), "", "exactly_one").await;
    refused(
        json!({"phone": "+77012345667", "client_number": "K-1"}),
        "",
        "exactly_one",
    )
    .await;
    refused(json!({"phone": "12"}), "/phone", "not_a_phone").await;
    refused(
        json!({"ticket_number": "?"}),
        "/ticket_number",
        "not_an_identifier",
    )
    .await;
}

async fn push_loan(feed: &Person, ticket: &str, number: &str) {
    let loan = json!({
        "client_number": number, "product": "Алтын", "due_on": "2026-02-20",
        "balance": {"amount": "1", "currency": "KZT"}, "grace_days": null,
        "status": "open", "as_of": "2026-01-31T05:00:00Z",
    });
    feed.put(&format!("/v1/loan-system/loans/{ticket}"), loan)
        .await
        .expect(201);
}

/// Whether somebody sees a mask, on the card and in a search alike.
async fn is_masked(person: &Person, client: &str) -> bool {
    let card = person
        .get(&format!("/v1/clients/{client}"))
        .await
        .expect(200);
    let number = json!({"client_number": card["client_number"]});
    let found = person.post("/v1/clients/search", number).await.expect(200);
    assert_eq!(found.items()[0], card.body);
    let seen = ["family_name", "given_name", "patronymic", "phone"].map(|name| card.text(name));
    if seen == ["Қ***", "Ә***", "Н***", "+7********67"] {
        true
    } else {
        assert_eq!(seen, ["Қасымова", "Әсел", "Нұрланқызы", "+77012345667"]);
        false
    }
}

async fn a_specialist_sees_a_mask_until_the_client_is_verified_and_after(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    assert!(!is_masked(&branch, &client).await);
    for role in ["call_center", "supervisor"] {
        let specialist = world.staff(role).await;
        assert!(is_masked(&specialist, &client).await);
        specialist
            .verify(&client, "не те слова совсем")
            .await
            .expect(201);
        assert!(is_masked(&specialist, &client).await);
        let opened = specialist.verify(&client, PHRASE).await.expect(201);
        assert!(!is_masked(&specialist, &client).await);
        specialist
            .delete(&format!("/v1/verifications/{}", opened.text("id")))
            .await
            .expect(204);
        assert!(is_masked(&specialist, &client).await);
        specialist.verify(&client, PHRASE).await.expect(201);
        world.wait(TimeDelta::minutes(15) - TimeDelta::microseconds(1));
        assert!(!is_masked(&specialist, &client).await);
        world.wait(TimeDelta::microseconds(1));
        assert!(is_masked(&specialist, &client).await);
        specialist.verify(&client, PHRASE).await.expect(201);
        let block = format!("/v1/clients/{client}/passphrase/block");
        specialist
            .post(&block, json!({"reason": "asked"}))
            .await
            .expect(200);
        assert!(is_masked(&specialist, &client).await);
        branch.register(world, &client, PHRASE).await;
    }
}

async fn a_mask_is_lifted_for_one_specialist_and_one_client(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let other = branch.client_with_phrase(world, "K-2").await;
    let (one, two) = (
        world.staff("call_center").await,
        world.staff("call_center").await,
    );
    one.verify(&client, PHRASE).await.expect(201);
    assert!(!is_masked(&one, &client).await);
    assert!(is_masked(&one, &other).await);
    assert!(is_masked(&two, &client).await);
}

async fn a_branch_amends_what_it_names_and_leaves_the_rest(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}");
    let amended = branch
        .patch(&path, json!({"phone": "8 705 111 22 33"}))
        .await
        .expect(200);
    assert_eq!(amended["phone"], "+77051112233");
    assert_eq!(amended["family_name"], "Қасымова");
    let amended = branch
        .patch(&path, json!({"patronymic": null}))
        .await
        .expect(200);
    assert_eq!(
        (&amended["patronymic"], &amended["phone"]),
        (&Value::Null, &json!("+77051112233"))
    );
    let amended = branch
        .patch(&path, json!({"family_name": "Смит-Әли"}))
        .await
        .expect(200);
    assert_eq!(branch.get(&path).await.expect(200).body, amended.body);
    branch
        .patch(&path, json!({}))
        .await
        .refused_field(422, "", "nothing_to_change");
    branch
        .patch(&path, json!({"given_name": "1"}))
        .await
        .refused_field(422, "/given_name", "not_a_name");
    branch
        .patch(&path, json!({"client_number": "K-9"}))
        .await
        .refused(400, "unknown_field");
    branch
        .patch("/v1/clients/nobody", json!({"phone": "7012345667"}))
        .await
        .refused(404, "not_found");
    // The old number finds nobody any more, the new one does.
    let search = async |phone: &str| {
        let found = branch
            .post("/v1/clients/search", json!({"phone": phone}))
            .await
            .expect(200);
        found.items().len()
    };
    assert_eq!(
        (search("+77012345667").await, search("+77051112233").await),
        (0, 1)
    );
}

async fn a_number_with_a_slash_and_letters_of_any_script_is_one_client(world: &World) {
    let branch = world.staff("branch").await;
    for number in ["ЗБ/2026-Қ.7_а", "a/b/c", "../..", "١٢٣"] {
        let client = branch
            .post("/v1/clients", somebody(number))
            .await
            .expect(201);
        assert_eq!(client["client_number"], *number);
        let found = branch
            .post("/v1/clients/search", json!({"client_number": number}))
            .await;
        assert_eq!(found.expect(200).items()[0]["id"], client["id"]);
    }
}

async fn who_looked_at_a_client_is_told_to_branch_and_auditor(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let specialist = world.staff("call_center").await;
    let feed = world.loan_system().await;
    let client = branch.client_with_phrase(world, "K-1").await;
    push_loan(&feed, "T-1", "K-1").await;
    specialist
        .get(&format!("/v1/clients/{client}"))
        .await
        .expect(200);
    specialist.verify(&client, PHRASE).await.expect(201);
    let path = format!("/v1/clients/{client}/accesses");
    let accesses = branch.get(&path).await.expect(200);
    let by_specialist: Vec<_> = accesses
        .items()
        .iter()
        .filter(|event| event["actor"]["id"] == specialist.id.as_str())
        .map(|event| event["action"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        by_specialist,
        ["inquiry.made", "verification.recorded", "client.viewed"]
    );
    assert!(
        accesses
            .items()
            .iter()
            .all(|event| event["client_id"] == client.as_str())
    );
    let seen = auditor.get(&path).await.expect(200);
    assert_eq!(seen.items()[0]["action"], "client.accesses_read");
    assert_eq!(seen.items()[0]["actor"]["login"], branch.login.as_str());
    auditor
        .get("/v1/clients/nobody/accesses")
        .await
        .refused(404, "not_found");
}

/// Walks every page of a list.
async fn walk(person: &Person, path: &str, limit: usize) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), format!("{path}?limit={limit}"));
    loop {
        let page = person.get(&next).await.expect(200);
        assert!(page.items().len() <= limit);
        found.extend(page.items().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("{path}?limit={limit}&cursor={cursor}"),
            None => return found,
        }
        assert_eq!(page.items().len(), limit, "a page in the middle is full");
    }
}

async fn more_than_two_hundred_events_are_paged_without_loss_or_repetition(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}");
    for _ in 0..230 {
        branch.get(&path).await.expect(200);
    }
    let viewed: Vec<_> = walk(&auditor, &format!("{path}/accesses"), 200)
        .await
        .into_iter()
        .filter(|event| event["action"] == "client.viewed")
        .map(|event| {
            event["id"]
                .as_str()
                .and_then(|id| id.parse::<i64>().ok())
                .expect("a place")
        })
        .collect();
    assert_eq!(viewed.len(), 230);
    assert!(
        viewed.windows(2).all(|pair| pair[0] > pair[1]),
        "newest first, each once"
    );
}

async fn lists_of_staff_and_branches_are_paged(world: &World) {
    for number in 0..7 {
        world.open_branch(&format!("B-{number}")).await;
    }
    let branches = walk(&world.admin, "/v1/branches", 3).await;
    let codes: Vec<_> = branches
        .iter()
        .map(|branch| branch["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["B-0", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6"]);
    for role in ["auditor", "supervisor", "call_center"] {
        world.enter_staff(role).await;
    }
    let staff = walk(&world.admin, "/v1/staff", 1).await;
    assert_eq!(staff.len(), 4);
    for who in staff {
        let path = format!("/v1/staff/{}", who["id"].as_str().unwrap());
        assert_eq!(world.admin.get(&path).await.expect(200).body, who);
    }
}

async fn limits_and_cursors_that_are_none_are_refused(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let accesses = format!("/v1/clients/{client}/accesses");
    let applications = format!("/v1/clients/{client}/applications");
    for (person, path) in [
        (&world.admin, "/v1/staff"),
        (&world.admin, "/v1/branches"),
        (&auditor, "/v1/audit/events"),
        (&branch, accesses.as_str()),
        (&branch, applications.as_str()),
    ] {
        for limit in [
            "0",
            "-1",
            "201",
            "x",
            "",
            "1e2",
            "%2B5",
            "99999999999999999999",
        ] {
            let answer = person.get(&format!("{path}?limit={limit}")).await;
            answer.refused_field(422, "limit", "out_of_range");
        }
        for cursor in ["!", "%00", "AA%3D%3D", "gICA"] {
            let answer = person.get(&format!("{path}?cursor={cursor}")).await;
            answer.refused_field(422, "cursor", "not_a_cursor");
        }
        person
            .get(&format!("{path}?limit=1&limit=2"))
            .await
            .refused(400, "unknown_parameter");
        person
            .get(&format!("{path}?page=2"))
            .await
            .refused(400, "unknown_parameter");
        person.get(&format!("{path}?limit=200")).await.expect(200);
    }
}

async fn of_ten_who_enter_one_number_at_once_one_does(world: &World) {
    let branch = world.staff("branch").await;
    let entries = (0..10).map(|_| branch.post("/v1/clients", somebody("K-1")).into_future());
    let answers = futures_util::future::join_all(entries).await;
    let entered = answers.iter().filter(|answer| answer.status == 201).count();
    let taken = answers
        .iter()
        .filter(|answer| answer["code"] == "client_number_taken")
        .count();
    assert_eq!((entered, taken), (1, 9));
}
