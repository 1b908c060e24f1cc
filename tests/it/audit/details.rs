//! What events tell beside their reason, and what leaves one though it is not there.

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use qupia::flows::throttled;
use serde_json::{Value, json};

use super::Watch;
use crate::support::{
    PHRASE, Person, World,
    cast::{ask_for_token, sign_in},
    telephone::Ask,
    world::{BUSY, on_each_database, on_postgresql},
};

on_each_database! {
    what_changed_of_staff_is_told_with_the_old_and_the_new,
    two_changes_at_once_leave_nobody_of_a_branch_without_one,
    what_changed_of_a_client_is_named_and_never_told with BUSY,
    whoever_asks_for_what_is_not_there_is_recorded with BUSY,
    a_client_of_nobody_in_a_body_is_recorded with BUSY,
    a_paper_that_is_refused_is_recorded with BUSY,
    a_passphrase_that_is_checked_for_a_client_is_recorded with BUSY,
    receivers_that_were_read_or_listed_are_recorded,
    staff_that_was_read_or_listed_is_recorded,
    six_hundred_throttled_sign_ins_are_one_event_with_their_count with PATIENT,
    each_login_and_each_minute_has_its_own_count,
    sign_ins_refused_on_two_instances_are_counted_together,
    one_count_that_makes_no_sense_holds_up_no_other,
}
on_postgresql! {
    a_sign_in_that_is_counted_while_its_minute_is_told_is_told_with_it,
}

/// Sixty requests at once queue for two hash workers and for one row: on a slow machine longer than a caller
/// waits by default.
const PATIENT: &[(&str, &str)] = &[
    ("QUPIA_DATABASE__TIMEOUT_SECONDS", "60"),
    ("QUPIA_HASH__WAIT_SECONDS", "60"),
];

async fn what_changed_of_staff_is_told_with_the_old_and_the_new(world: &World) {
    let watch = Watch::over(world).await;
    let admin = &world.admin;
    for code in ["ALA-1", "AST-2"] {
        world.open_branch(code).await;
    }
    let details = async |ask: Ask, expected: (&str, &str)| {
        let (_, events) = watch.leaves(admin, ask, &[expected]).await;
        (events[0]["details"].clone(), events[0]["reason"].clone())
    };
    let body =
        json!({"login": "dana", "name": "Дана Омар", "role": "branch", "branch_code": "ALA-1"});
    let (entered, events) = watch
        .leaves(
            admin,
            admin.post("/v1/staff", body),
            &[("staff.created", "created")],
        )
        .await;
    let given = json!({
        "role": {"old": null, "new": "branch"},
        "branch_code": {"old": null, "new": "ALA-1"},
    });
    assert_eq!(events[0]["details"], given);
    let path = format!("/v1/staff/{}", entered.text("id"));
    let patch = |body: Value| admin.patch(&path, body);
    let changed = ("staff.changed", "changed");
    let role = json!({"old": "branch", "new": "auditor"});
    assert_eq!(
        details(patch(json!({"role": "auditor"})), changed).await.0,
        json!({"changed": ["role"], "role": role})
    );
    let all = patch(json!({
        "name": "Дана Сапар", "role": "branch", "branch_code": "AST-2", "status": "disabled",
    }));
    let reply = json!({
        "changed": ["name", "role", "branch_code", "status"],
        "role": {"old": "auditor", "new": "branch"},
        "branch_code": {"old": "ALA-1", "new": "AST-2"},
        "status": {"old": "active", "new": "disabled"},
    });
    assert_eq!(details(all, changed).await.0, reply);
    let same = patch(json!({"role": "branch", "status": "disabled", "name": "Дана Сапар"}));
    let unchanged = details(same, ("staff.changed", "unchanged")).await;
    assert_eq!(unchanged.0, Value::Null);
    let refused = ("staff.changed", "refused");
    let (nothing, reason) = details(patch(json!({"branch_code": null})), refused).await;
    assert_eq!((nothing, reason), (Value::Null, json!("missing")));
    let everything = watch.auditor.get("/v1/audit/events?limit=200").await;
    for name in ["Дана", "Сапар", "Омар"] {
        assert!(!everything.text.contains(name), "{name}");
    }
}

async fn two_changes_at_once_leave_nobody_of_a_branch_without_one(world: &World) {
    let admin = &world.admin;
    world.open_branch("ALA-1").await;
    let body =
        json!({"login": "dana", "name": "Дана", "role": "supervisor", "branch_code": "ALA-1"});
    let entered = admin.post("/v1/staff", body.clone()).await.expect(201);
    let path = format!("/v1/staff/{}", entered.text("id"));
    for _ in 0..30 {
        let to_branch = admin.patch(&path, json!({"role": "branch"}));
        let from_branch = admin.patch(&path, json!({"branch_code": null}));
        let (one, other) = tokio::join!(to_branch.into_future(), from_branch.into_future());
        let statuses = [one.status, other.status];
        assert!(
            matches!(statuses, [200, 422] | [422, 200]),
            "{} {}",
            one.text,
            other.text
        );
        let held = admin.get(&path).await.expect(200);
        assert!(
            held["role"] != "branch" || held["branch_code"] == "ALA-1",
            "{}",
            held.text
        );
        let back = json!({"role": "supervisor", "branch_code": "ALA-1"});
        admin.patch(&path, back).await.expect(200);
    }
}

async fn what_changed_of_a_client_is_named_and_never_told(world: &World) {
    let watch = Watch::over(world).await;
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let patch = |body: Value| branch.patch(&format!("/v1/clients/{client}"), body);
    let steps = [
        (json!({"phone": "+7 701 999 88 77"}), json!(["phone"])),
        (
            json!({"family_name": "Сапарова", "given_name": null, "phone": "7019998877"}),
            json!(["family_name", "given_name"]),
        ),
        (json!({"patronymic": null}), json!(["patronymic"])),
    ];
    for (body, changed) in steps {
        let expected = [("client.changed", "changed")];
        let (_, events) = watch.leaves(&branch, patch(body), &expected).await;
        assert_eq!(events[0]["details"], json!({"changed": changed}));
        assert_eq!(events[0]["client_id"], client.as_str());
    }
    let same = patch(json!({"patronymic": null, "phone": "8 701 999 88 77"}));
    let (_, events) = watch
        .leaves(&branch, same, &[("client.changed", "unchanged")])
        .await;
    assert_eq!(events[0]["details"], Value::Null);
    let everything = watch.auditor.get("/v1/audit/events?limit=200").await;
    for personal in ["Сапарова", "Қасымова", "9998877", "2345667"] {
        assert!(!everything.text.contains(personal), "{personal}");
    }
}

async fn whoever_asks_for_what_is_not_there_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let (admin, reason) = (&world.admin, json!({"reason": "asked"}));
    let verify = json!({"client_id": "nobody", "passphrase": "x y z", "call_id": "c"});
    let status = json!({"status": "disabled"});
    let complete = json!({"signed_on": "2026-01-31", "passphrase": "а", "passphrase_repeat": "а"});
    let card = "/v1/clients/nobody";
    let application = "/v1/applications/nobody";
    let webhook = "/v1/webhooks/nobody";
    let asked: Vec<(&Person, Ask, &str)> = vec![
        (&branch, branch.get(card), "client.viewed"),
        (
            &branch,
            branch.patch(card, json!({"phone": "7012345667"})),
            "client.changed",
        ),
        (
            &branch,
            branch.get(&format!("{card}/passphrase")),
            "passphrase.viewed",
        ),
        (
            &supervisor,
            supervisor.get(&format!("{card}/passphrase")),
            "passphrase.viewed",
        ),
        (
            &branch,
            branch.get(&format!("{card}/applications")),
            "application.viewed",
        ),
        (
            &branch,
            branch.get(&format!("{card}/accesses")),
            "client.accesses_read",
        ),
        (
            &supervisor,
            supervisor.post(&format!("{card}/passphrase/block"), reason.clone()),
            "passphrase.blocked",
        ),
        (
            &supervisor,
            supervisor.post(&format!("{card}/passphrase/unlock"), reason.clone()),
            "passphrase.unlocked",
        ),
        (
            &branch,
            branch
                .ask("DELETE", &format!("{card}/passphrase"))
                .json(&reason),
            "passphrase.destroyed",
        ),
        (&branch, branch.get(application), "application.viewed"),
        (
            &branch,
            branch.get(&format!("{application}/form")),
            "application.printed",
        ),
        (
            &branch,
            branch.post(&format!("{application}/completion"), complete),
            "application.completed",
        ),
        (
            &branch,
            branch.post(&format!("{application}/cancellation"), reason.clone()),
            "application.cancelled",
        ),
        (
            &supervisor,
            supervisor.post("/v1/verifications", verify),
            "client.viewed",
        ),
        (
            &supervisor,
            supervisor.get("/v1/verifications/nobody"),
            "verification.viewed",
        ),
        (
            &supervisor,
            supervisor.delete("/v1/verifications/nobody"),
            "verification.closed",
        ),
        (admin, admin.get("/v1/staff/nobody"), "staff.viewed"),
        (admin, admin.get(webhook), "webhook.viewed"),
        (
            admin,
            admin.get(&format!("{webhook}/deliveries")),
            "webhook.viewed",
        ),
        (
            admin,
            admin.patch(webhook, json!({"description": null})),
            "webhook.changed",
        ),
        (admin, admin.delete(webhook), "webhook.changed"),
        (
            admin,
            admin.post(&format!("{webhook}/secrets"), json!({})),
            "webhook.changed",
        ),
        (
            admin,
            admin.post(&format!("{webhook}/replay"), json!({})),
            "webhook.replayed",
        ),
        (
            admin,
            admin.post(&format!("{webhook}/deliveries/1/replay"), json!({})),
            "webhook.replayed",
        ),
        (
            admin,
            admin.post(&format!("{webhook}/deliveries/none/replay"), json!({})),
            "webhook.replayed",
        ),
        (
            admin,
            admin.post("/v1/staff/nobody/password", json!({})),
            "staff.password_reset",
        ),
    ];
    for (person, ask, action) in asked {
        let (answer, events) = watch.leaves(person, ask, &[(action, "not_found")]).await;
        answer.refused(404, "not_found");
        // What was asked for is the id of nothing, and so of no client.
        assert_eq!(events[0]["subject_id"], "nobody");
        assert_eq!(events[0]["client_id"], Value::Null);
    }
    let (answer, events) = watch
        .leaves(
            admin,
            admin.patch("/v1/staff/nobody", status),
            &[("staff.changed", "refused")],
        )
        .await;
    answer.refused(404, "not_found");
    assert_eq!(events[0]["reason"], "unknown");
    let elsewhere =
        json!({"login": "dana", "name": "Дана", "role": "branch", "branch_code": "NONE"});
    let ask = admin.post("/v1/staff", elsewhere);
    let refused = [("staff.created", "refused")];
    let (answer, events) = watch.leaves(admin, ask, &refused).await;
    answer.refused_field(422, "/branch_code", "unknown_branch");
    assert_eq!(events[0]["reason"], "unknown_branch");
}

async fn a_client_of_nobody_in_a_body_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let branch = world.staff("branch").await;
    let draft = json!({
        "client_id": "nobody", "identity_document": {"kind": "passport", "seen": true},
    });
    let check = json!({"client_id": "nobody", "passphrase": PHRASE});
    for (path, body, action) in [
        ("/v1/applications", draft, "application.drafted"),
        ("/v1/passphrases/check", check, "passphrase.checked"),
    ] {
        let ask = branch.post(path, body);
        let (answer, events) = watch.leaves(&branch, ask, &[(action, "not_found")]).await;
        answer.refused_field(422, "/client_id", "unknown_client");
        assert_eq!(events[0]["subject_id"], "nobody");
        assert_eq!(events[0]["client_id"], Value::Null);
    }
    // An id of any length is no more than one in the audit.
    let long = json!({"client_id": "n".repeat(100_000), "passphrase": PHRASE});
    let ask = branch.post("/v1/passphrases/check", long);
    let expected = [("passphrase.checked", "not_found")];
    let (answer, events) = watch.leaves(&branch, ask, &expected).await;
    answer.refused_field(422, "/client_id", "unknown_client");
    let subject = events[0]["subject_id"].as_str().expect("a text");
    assert!(subject.len() < 500, "{}", subject.len());
}

async fn a_paper_that_is_refused_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    for (dated, until, reason) in [
        ("2026-01-01", "2026-01-30", "document_expired"),
        ("2026-02-01", "2026-02-02", "day_ahead"),
    ] {
        let body = json!({
            "client_id": client, "identity_document": {"kind": "passport", "seen": true},
            "representative": {
                "full_name": "Серік Қасымов", "document_kind": "power_of_attorney",
                "document_number": "123/45", "document_date": dated, "valid_until": until,
            },
        });
        let ask = branch.post("/v1/applications", body);
        let expected = [("application.drafted", "refused")];
        let (answer, events) = watch.leaves(&branch, ask, &expected).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(events[0]["reason"], reason);
        assert_eq!(events[0]["client_id"], client.as_str());
    }
    let everything = watch.auditor.get("/v1/audit/events?limit=200").await;
    for personal in ["Серік", "123/45"] {
        assert!(!everything.text.contains(personal), "{personal}");
    }
}

async fn a_passphrase_that_is_checked_for_a_client_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    for (phrase, outcome) in [(PHRASE, "acceptable"), ("қасымова қасымова", "refused")]
    {
        let ask = branch.post(
            "/v1/passphrases/check",
            json!({"client_id": client, "passphrase": phrase}),
        );
        let expected = [("passphrase.checked", outcome)];
        let (answer, events) = watch.leaves(&branch, ask, &expected).await;
        assert_eq!(answer["acceptable"], outcome == "acceptable");
        assert_eq!(events[0]["client_id"], client.as_str());
        assert_eq!(events[0]["reason"], Value::Null);
    }
    let accesses = branch.get(&format!("/v1/clients/{client}/accesses")).await;
    assert_eq!(accesses.items()[0]["action"], "passphrase.checked");
    // Where nobody is named, nobody is looked at.
    let ask = branch.post("/v1/passphrases/check", json!({"passphrase": PHRASE}));
    watch.leaves(&branch, ask, &[]).await;
}

async fn receivers_that_were_read_or_listed_are_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let admin = &world.admin;
    let body = json!({"url": "https://93.184.216.34/qupia"});
    let registered = admin.post("/v1/webhooks", body).await.expect(201);
    let listed = [("webhook.viewed", "listed")];
    watch
        .leaves(admin, admin.get("/v1/webhooks"), &listed)
        .await;
    let path = format!("/v1/webhooks/{}", registered.text("id"));
    for path in [path.clone(), format!("{path}/deliveries")] {
        let read = [("webhook.viewed", "read")];
        let (_, events) = watch.leaves(admin, admin.get(&path), &read).await;
        assert_eq!(events[0]["subject_id"], registered["id"]);
    }
}

async fn staff_that_was_read_or_listed_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let admin = &world.admin;
    let path = format!("/v1/staff/{}", watch.auditor.id);
    let (_, events) = watch
        .leaves(admin, admin.get(&path), &[("staff.viewed", "read")])
        .await;
    assert_eq!(events[0]["subject_id"], watch.auditor.id.as_str());
    watch
        .leaves(admin, admin.get("/v1/staff"), &[("staff.viewed", "listed")])
        .await;
}

/// The events of sign-ins that the throttle refused, oldest first.
async fn throttled_events(auditor: &Person) -> Vec<Value> {
    let events = auditor
        .get("/v1/audit/events?limit=200&action=session.opened")
        .await
        .expect(200);
    let reply = events.items().iter().rev();
    reply
        .filter(|event| event["reason"] == "limit")
        .cloned()
        .collect()
}

async fn six_hundred_throttled_sign_ins_are_one_event_with_their_count(world: &World) {
    let (person, auditor) = (
        world.staff("supervisor").await,
        world.staff("auditor").await,
    );
    let count = "SELECT count(*) FROM audit_events";
    world.wait(TimeDelta::minutes(1));
    let (before, since) = (
        world.database.number(count),
        world.time_in(TimeDelta::zero()),
    );
    let tries = (0..60).map(|_| async {
        let mut refused = 0;
        for _ in 0..10 {
            let answer = sign_in(world.line(), &person.login, "wrong").await;
            if answer.status != 401 {
                answer.refused(429, "rate_limited");
                refused += 1;
            }
        }
        refused
    });
    let refused: i64 = futures_util::future::join_all(tries).await.iter().sum();
    assert_eq!(refused, 590);
    assert_eq!(world.database.number(count) - before, 10);
    let app = &world.first.app;
    assert_eq!(
        throttled::tell(app).await.expect("it answers"),
        0,
        "the minute is not over"
    );
    world.wait(TimeDelta::minutes(1));
    assert_eq!(throttled::tell(app).await.expect("it answers"), 1);
    assert_eq!(
        throttled::tell(app).await.expect("it answers"),
        0,
        "told once"
    );
    assert_eq!(world.database.number(count) - before, 11);
    let reply = throttled_events(&auditor).await;
    assert_eq!(reply.len(), 1, "{reply:?}");
    assert_eq!(reply[0]["details"], json!({"count": 590, "since": since}));
    assert_eq!(reply[0]["outcome"], "refused");
    assert_eq!(reply[0]["subject_id"], person.id.as_str());
    assert_eq!(
        (&reply[0]["actor"], &reply[0]["remote"]),
        (&Value::Null, &json!("127.0.0.1"))
    );
}

async fn each_login_and_each_minute_has_its_own_count(world: &World) {
    let (feed, auditor) = (world.loan_system().await, world.staff("auditor").await);
    let app = &world.first.app;
    for minute in 1..=2 {
        world.wait(TimeDelta::minutes(1));
        for _ in 0..10 + minute {
            sign_in(world.line(), "no.such.login", "wrong").await;
            ask_for_token(world.line(), &feed.login, "wrong").await;
        }
        world.wait(TimeDelta::seconds(30));
        sign_in(world.line(), "no.such.login", "wrong")
            .await
            .refused(429, "rate_limited");
    }
    world.wait(TimeDelta::minutes(1));
    assert_eq!(throttled::tell(app).await.expect("it answers"), 4);
    let counts = |events: &[Value]| -> Vec<i64> {
        let counts = events
            .iter()
            .map(|event| event["details"]["count"].as_i64());
        counts.map(|count| count.expect("a count")).collect()
    };
    let people = throttled_events(&auditor).await;
    assert_eq!(counts(&people), [2, 3]);
    assert!(
        people
            .iter()
            .all(|event| event["subject_id"] == Value::Null),
        "{people:?}"
    );
    let services = auditor
        .get("/v1/audit/events?limit=200&action=token.issued")
        .await
        .expect(200);
    let mut services: Vec<_> = services.items().clone();
    services.retain(|event| event["reason"] == "limit");
    services.reverse();
    assert_eq!(counts(&services), [1, 2]);
    assert!(
        services
            .iter()
            .all(|event| event["subject_id"] == feed.id.as_str()),
        "{services:?}"
    );
}

async fn sign_ins_refused_on_two_instances_are_counted_together(world: &World) {
    let auditor = world.staff("auditor").await;
    let other = world.another_instance().await;
    world.wait(TimeDelta::minutes(1));
    let tries = (0..20).map(|number| {
        let line = if number % 2 == 0 {
            world.line()
        } else {
            &other.line
        };
        sign_in(line, "somebody", "wrong")
    });
    futures_util::future::join_all(tries).await;
    world.wait(TimeDelta::minutes(1));
    let (one, two) = tokio::join!(
        throttled::tell(&world.first.app),
        throttled::tell(&other.app)
    );
    assert_eq!(one.expect("it answers") + two.expect("it answers"), 1);
    let reply = throttled_events(&auditor).await;
    assert_eq!(reply.len(), 1, "{reply:?}");
    assert_eq!(reply[0]["details"]["count"], 10);
}

async fn one_count_that_makes_no_sense_holds_up_no_other(world: &World) {
    let auditor = world.staff("auditor").await;
    for login in ["one", "other"] {
        world.wait(TimeDelta::minutes(1));
        for _ in 0..11 {
            sign_in(world.line(), login, "wrong").await;
        }
        // The first of the two, which would be told first.
        if login == "one" {
            let broken = "UPDATE throttled_sign_ins SET refusals = -1";
            world.database.execute(broken);
        }
    }
    world.wait(TimeDelta::minutes(1));
    let reply = throttled::tell(&world.first.app).await;
    assert_eq!(reply.expect("it goes on"), 1);
    assert_eq!(throttled_events(&auditor).await.len(), 1);
}

async fn a_sign_in_that_is_counted_while_its_minute_is_told_is_told_with_it(world: &World) {
    let auditor = world.staff("auditor").await;
    world.wait(TimeDelta::minutes(1));
    for _ in 0..11 {
        sign_in(world.line(), "somebody", "wrong").await;
    }
    world.wait(TimeDelta::minutes(1));
    let mut late = world.database.postgres();
    late.batch_execute("BEGIN; UPDATE throttled_sign_ins SET refusals = refusals + 1")
        .expect("it is counted");
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'qupia' AND wait_event_type = 'Lock'";
    let commit = async {
        while world.database.number(waits) == 0 {
            actix_web::rt::task::yield_now().await;
        }
        late.batch_execute("COMMIT").expect("it is committed");
    };
    let (reply, ()) = tokio::join!(throttled::tell(&world.first.app), commit);
    assert_eq!(reply.expect("it answers"), 1);
    let reply = throttled_events(&auditor).await;
    assert_eq!(reply[0]["details"]["count"], 2);
}
