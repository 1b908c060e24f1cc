//! Verifications, and the loans that are read out under them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    PHRASE, Person, World,
    cast::WRONG,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_verification_is_its_own_specialists_and_nobody_elses with BUSY,
    loans_are_read_while_the_verification_is_open_and_not_after with BUSY,
    what_ends_the_passphrase_ends_the_verification with BUSY,
    what_never_was_verified_opens_nothing with BUSY,
    a_call_ends_more_than_once_without_offence with BUSY,
    each_error_of_a_verification_is_named_by_its_field with BUSY,
    where_a_loan_stands_is_reckoned_by_the_day_in_almaty with BUSY,
    loans_stand_by_due_date_and_then_by_ticket_and_closed_ones_are_not_shown with BUSY,
    a_waiting_period_that_nobody_stated_is_null with BUSY,
    the_source_is_stale_where_its_oldest_loan_is with BUSY,
    what_is_heard_in_another_case_layout_or_word_order_of_noise_is_the_same with BUSY,
    a_shorter_verification_is_set_by_its_setting with SHORT,
}

const SHORT: &[(&str, &str)] = &[("QUPIA_VERIFICATION__MINUTES", "1")];

/// A branch, a specialist, the loan system, and a client with [`PHRASE`].
async fn people(world: &World) -> (Person, Person, Person, String) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    (
        branch,
        world.staff("call_center").await,
        world.loan_system().await,
        client,
    )
}

/// Verifies, and gives the path of the verification.
async fn open(specialist: &Person, client: &str) -> String {
    let opened = specialist.verify(client, PHRASE).await.expect(201);
    assert_eq!(opened["outcome"], "verified");
    format!("/v1/verifications/{}", opened.text("id"))
}

async fn push(feed: &Person, ticket: &str, due_on: &str, grace_days: Value, status: &str) {
    let loan = json!({
        "client_number": "K-1", "product": "Алтын", "due_on": due_on,
        "balance": {"amount": "125000.5", "currency": "KZT"}, "grace_days": grace_days,
        "status": status, "as_of": "2026-01-31T05:00:00Z",
    });
    let path = format!("/v1/loan-system/loans/{ticket}");
    let answer = feed.put(&path, loan).await;
    assert!(answer.status < 300, "{}", answer.text);
}

async fn a_verification_is_its_own_specialists_and_nobody_elses(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    let path = open(&specialist, &client).await;
    let read = specialist.get(&path).await.expect(200);
    assert_eq!(read["outcome"], "verified");
    assert!(
        read.body.get("loans").is_none(),
        "loans have an address of their own"
    );
    for role in ["call_center", "supervisor"] {
        let other = world.staff(role).await;
        other.get(&path).await.refused(404, "not_found");
        other
            .get(&format!("{path}/loans"))
            .await
            .refused(404, "not_found");
        other.delete(&path).await.refused(404, "not_found");
    }
    specialist.get(&format!("{path}/loans")).await.expect(200);
    // The same specialist in another session.
    let again = specialist.again(world.line()).await;
    again.get(&format!("{path}/loans")).await.expect(200);
    specialist
        .get("/v1/verifications/nothing/loans")
        .await
        .refused(404, "not_found");
}

async fn loans_are_read_while_the_verification_is_open_and_not_after(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    let path = format!("{}/loans", open(&specialist, &client).await);
    world.wait(TimeDelta::minutes(15) - TimeDelta::microseconds(1));
    specialist.get(&path).await.expect(200);
    world.wait(TimeDelta::microseconds(1));
    specialist
        .get(&path)
        .await
        .refused(410, "verification_over");
    let path = open(&specialist, &client).await;
    specialist.delete(&path).await.expect(204);
    specialist
        .get(&format!("{path}/loans"))
        .await
        .refused(410, "verification_over");
    assert_eq!(
        specialist.get(&path).await.expect(200)["outcome"],
        "verified"
    );
}

async fn what_ends_the_passphrase_ends_the_verification(world: &World) {
    let (branch, specialist, _, client) = people(world).await;
    let passphrase = format!("/v1/clients/{client}/passphrase");
    let reason = json!({"reason": "asked"});
    let over = async |path: &str| {
        let loans = specialist.get(&format!("{path}/loans")).await;
        loans.refused(410, "verification_over");
    };
    let path = open(&specialist, &client).await;
    let other = world.staff("supervisor").await;
    other
        .post(&format!("{passphrase}/block"), reason.clone())
        .await
        .expect(200);
    over(&path).await;
    branch.register(world, &client, PHRASE).await;
    over(&path).await;
    let path = open(&specialist, &client).await;
    branch.register(world, &client, PHRASE).await;
    over(&path).await;
    let path = open(&specialist, &client).await;
    branch
        .ask("DELETE", &passphrase)
        .json(&reason)
        .await
        .expect(200);
    over(&path).await;
    // A lock that others bring does not end what was verified before it.
    branch.register(world, &client, PHRASE).await;
    let path = open(&specialist, &client).await;
    for _ in 0..3 {
        other.verify(&client, WRONG).await.expect(201);
    }
    specialist.get(&format!("{path}/loans")).await.expect(200);
}

async fn what_never_was_verified_opens_nothing(world: &World) {
    let (branch, specialist, _, client) = people(world).await;
    let unset = branch.enter_client("K-2").await;
    let mut expected = vec![(unset, "unset")];
    expected.extend(["rejected", "rejected", "rejected", "locked"].map(|o| (client.clone(), o)));
    for (client, outcome) in expected {
        let answer = specialist.verify(&client, WRONG).await.expect(201);
        assert_eq!(answer["outcome"], outcome);
        let path = format!("/v1/verifications/{}", answer.text("id"));
        specialist
            .get(&format!("{path}/loans"))
            .await
            .refused(403, "not_verified");
        let read = specialist.get(&path).await.expect(200);
        assert_eq!(read.body, answer.body);
        specialist.delete(&path).await.expect(204);
        specialist
            .get(&format!("{path}/loans"))
            .await
            .refused(403, "not_verified");
    }
}

async fn a_call_ends_more_than_once_without_offence(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    let path = open(&specialist, &client).await;
    for _ in 0..2 {
        specialist.delete(&path).await.expect(204);
    }
    specialist
        .delete("/v1/verifications/nothing")
        .await
        .refused(404, "not_found");
}

async fn each_error_of_a_verification_is_named_by_its_field(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    let errors = [
        ("client_id", json!(null), "missing"),
        ("passphrase", json!(null), "missing"),
        ("passphrase", json!("?!"), "nothing_to_compare"),
        ("passphrase", json!("а".repeat(1_001)), "too_long"),
        ("call_id", json!(null), "missing"),
        ("call_id", json!(""), "not_an_identifier"),
        ("call_id", json!("a b"), "not_an_identifier"),
        ("call_id", json!("x".repeat(65)), "not_an_identifier"),
    ];
    for (field, value, code) in errors {
        let mut body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
        body[field] = value;
        let answer = specialist.post("/v1/verifications", body).await;
        answer.refused_field(422, &format!("/{field}"), code);
    }
}

async fn where_a_loan_stands_is_reckoned_by_the_day_in_almaty(world: &World) {
    let (_, specialist, feed, client) = people(world).await;
    // Today in Almaty is the 31st; five minutes before its midnight it still is.
    push(&feed, "T-1", "2026-02-01", json!(2), "open").await;
    world.wait(TimeDelta::hours(12) + TimeDelta::minutes(55));
    let mut days = vec![("current", 1, Value::Null)];
    days.push(("due_today", 0, Value::Null));
    days.push(("in_grace", -1, json!(1)));
    days.push(("in_grace", -2, json!(0)));
    days.push(("grace_expired", -3, Value::Null));
    for (standing, until_due, left) in days {
        let specialist = specialist.again(world.line()).await;
        let opened = specialist.verify(&client, PHRASE).await.expect(201);
        let loan = &opened["loans"][0];
        assert_eq!(loan["standing"], standing, "{}", opened.text);
        assert_eq!(loan["days_until_due"], until_due);
        assert_eq!(loan["days_left_in_grace"], left);
        assert_eq!(
            loan["grace_period"],
            json!({"days": 2, "ends_on": "2026-02-03"})
        );
        let is_first = standing == "current";
        world.wait(if is_first {
            TimeDelta::minutes(5)
        } else {
            TimeDelta::days(1)
        });
    }
}

async fn loans_stand_by_due_date_and_then_by_ticket_and_closed_ones_are_not_shown(world: &World) {
    let (_, specialist, feed, client) = people(world).await;
    for (ticket, due_on, status) in [
        ("T-3", "2026-03-01", "open"),
        ("T-1", "2026-03-01", "open"),
        ("T-2", "2026-02-01", "open"),
        ("T-0", "2026-01-01", "closed"),
        ("T-9", "2025-12-01", "open"),
        ("T-8", "2026-02-01", "open"),
    ] {
        push(&feed, ticket, due_on, json!(null), status).await;
    }
    let opened = specialist.verify(&client, PHRASE).await.expect(201);
    let loans = opened["loans"].as_array().expect("loans");
    let tickets: Vec<_> = loans
        .iter()
        .map(|loan| loan["ticket_number"].as_str().unwrap())
        .collect();
    assert_eq!(tickets, ["T-9", "T-2", "T-8", "T-1", "T-3"]);
    assert_eq!(
        loans[0]["balance"],
        json!({"amount": "125000.50", "currency": "KZT"})
    );
}

async fn a_waiting_period_that_nobody_stated_is_null(world: &World) {
    let (_, specialist, feed, client) = people(world).await;
    push(&feed, "T-1", "2026-01-30", json!(null), "open").await;
    push(&feed, "T-2", "2026-01-31", json!(0), "open").await;
    let opened = specialist.verify(&client, PHRASE).await.expect(201);
    let [unknown, none] = &opened["loans"].as_array().expect("loans")[..] else {
        panic!("two")
    };
    assert_eq!(
        (&unknown["standing"], &unknown["grace_period"]),
        (&json!("overdue"), &Value::Null)
    );
    assert_eq!(unknown["days_left_in_grace"], Value::Null);
    assert_eq!(
        none["grace_period"],
        json!({"days": 0, "ends_on": "2026-01-31"})
    );
    assert_eq!(none["standing"], "due_today");
}

async fn the_source_is_stale_where_its_oldest_loan_is(world: &World) {
    let (_, specialist, feed, client) = people(world).await;
    let none = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(
        none["source"],
        json!({"available": true, "as_of": null, "stale": false})
    );
    push(&feed, "T-1", "2026-03-01", json!(null), "open").await;
    // Known since five o'clock of the 31st; a day later it is not yet older than a day.
    world.wait(TimeDelta::hours(23));
    let specialist = specialist.again(world.line()).await;
    let source = async |specialist: &Person| {
        let opened = specialist.verify(&client, PHRASE).await.expect(201);
        opened["source"].clone()
    };
    let as_of = "2026-01-31T05:00:00Z";
    assert_eq!(
        source(&specialist).await,
        json!({"available": true, "as_of": as_of, "stale": false})
    );
    world.wait(TimeDelta::microseconds(1));
    assert_eq!(
        source(&specialist).await,
        json!({"available": true, "as_of": as_of, "stale": true})
    );
}

async fn what_is_heard_in_another_case_layout_or_word_order_of_noise_is_the_same(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    for heard in [
        "ЛИЛОВЫЙ ЯКОРЬ ВАРИТ ТУМАН",
        "  лиловый, якорь… варит   туман! ",
        "kbkjdsq zrjhm dfhbn nevfy",
    ] {
        assert_eq!(
            specialist.outcome(&client, heard).await,
            "verified",
            "{heard}"
        );
    }
    for other in ["лиловый якорь", "туман варит якорь лиловый", WRONG]
    {
        assert_eq!(
            specialist.outcome(&client, other).await,
            "rejected",
            "{other}"
        );
        assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    }
}

async fn a_shorter_verification_is_set_by_its_setting(world: &World) {
    let (_, specialist, _, client) = people(world).await;
    let path = format!("{}/loans", open(&specialist, &client).await);
    world.wait(TimeDelta::seconds(60));
    specialist
        .get(&path)
        .await
        .refused(410, "verification_over");
}
