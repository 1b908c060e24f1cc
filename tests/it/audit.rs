//! The audit: each action leaves its event, with who, about whom, on which call, and what came of it.

mod details;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::{WRONG, ask_for_token, sign_in, somebody},
    telephone::Ask,
    world::{BUSY, on_each_database},
};

on_each_database! {
    each_action_leaves_its_event with BUSY,
    what_a_refused_step_was_is_recorded_too with BUSY,
    sign_ins_are_recorded_refused_or_not,
    events_are_filtered_and_the_newest_come_first with BUSY,
    filters_that_are_none_are_refused with BUSY,
    how_the_words_matched_is_told_and_never_the_words with BUSY,
    a_used_up_quota_is_recorded,
}

/// Somebody who watches the audit while others act.
struct Watch<'w> {
    world: &'w World,
    auditor: Person,
    number: std::cell::Cell<u32>,
}

impl<'w> Watch<'w> {
    async fn over(world: &'w World) -> Self {
        Self {
            world,
            auditor: world.staff("auditor").await,
            number: std::cell::Cell::new(0),
        }
    }

    /// Sends a request and gives its answer with the events that bear its id, oldest first.
    async fn see(&self, ask: Ask) -> (Answer, Vec<Value>) {
        let id = format!("watched-{}", self.number.replace(self.number.get() + 1));
        let answer = ask.header("x-request-id", &id).await;
        assert_eq!(answer.header("x-request-id"), Some(id.as_str()));
        let events = self
            .auditor
            .get("/v1/audit/events?limit=200")
            .await
            .expect(200);
        let mut own: Vec<_> = events
            .items()
            .iter()
            .filter(|event| event["request_id"] == id.as_str())
            .cloned()
            .collect();
        own.reverse();
        for event in &own {
            assert_eq!(event["remote"], "127.0.0.1");
            assert_eq!(event["at"], self.world.time_in(TimeDelta::zero()));
        }
        (answer, own)
    }

    /// The same, and holds that these are the events: action, outcome.
    #[track_caller]
    fn hold(events: &[Value], by: Option<&Person>, expected: &[(&str, &str)]) {
        let reply: Vec<_> = events
            .iter()
            .map(|event| {
                let text = |name: &str| event[name].as_str().unwrap_or_default();
                (text("action"), text("outcome"))
            })
            .collect();
        assert_eq!(reply, expected);
        for event in events {
            match by {
                Some(person) => {
                    assert_eq!(event["actor"]["id"], person.id.as_str());
                    assert_eq!(event["actor"]["login"], person.login.as_str());
                }
                None => assert_eq!(event["actor"], Value::Null),
            }
        }
    }

    async fn leaves(
        &self,
        by: &Person,
        ask: Ask,
        expected: &[(&str, &str)],
    ) -> (Answer, Vec<Value>) {
        let (answer, events) = self.see(ask).await;
        Self::hold(&events, Some(by), expected);
        (answer, events)
    }
}

async fn each_action_leaves_its_event(world: &World) {
    let watch = Watch::over(world).await;
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let admin = &world.admin;
    // Staff and branches.
    let body = json!({"code": "AST", "name": "Астана"});
    watch
        .leaves(
            admin,
            admin.post("/v1/branches", body),
            &[("branch.created", "created")],
        )
        .await;
    let body = json!({"login": "new", "name": "Айгүл", "role": "auditor"});
    let (entered, events) = watch
        .leaves(
            admin,
            admin.post("/v1/staff", body),
            &[("staff.created", "created")],
        )
        .await;
    assert_eq!(events[0]["subject_id"], entered["id"]);
    let path = format!("/v1/staff/{}", entered.text("id"));
    watch
        .leaves(
            admin,
            admin.patch(&path, json!({"name": "А"})),
            &[("staff.changed", "changed")],
        )
        .await;
    let reset = admin.post(&format!("{path}/password"), json!({}));
    watch
        .leaves(admin, reset, &[("staff.password_reset", "made")])
        .await;
    // A client and the application.
    let ask = branch.post("/v1/clients", somebody("K-1"));
    let (client, events) = watch
        .leaves(&branch, ask, &[("client.created", "created")])
        .await;
    let client = client.text("id");
    assert_eq!(events[0]["client_id"], client.as_str());
    let card = format!("/v1/clients/{client}");
    let about = |event: &Value| assert_eq!(event["client_id"], client.as_str(), "{event}");
    let steps: [(Ask, &[(&str, &str)]); 5] = [
        (
            branch.patch(&card, json!({"phone": "7012345660"})),
            &[("client.changed", "changed")],
        ),
        (branch.get(&card), &[("client.viewed", "found")]),
        (
            branch.get(&format!("{card}/applications")),
            &[("application.viewed", "listed")],
        ),
        (
            branch.get(&format!("{card}/passphrase")),
            &[("passphrase.viewed", "unset")],
        ),
        (
            branch.get(&format!("{card}/accesses")),
            &[("client.accesses_read", "read")],
        ),
    ];
    for (ask, expected) in steps {
        watch
            .leaves(&branch, ask, expected)
            .await
            .1
            .iter()
            .for_each(about);
    }
    let body = json!({"client_id": client, "identity_document": {"kind": "other", "seen": true}});
    let ask = branch.post("/v1/applications", body);
    let (drafted, events) = watch
        .leaves(&branch, ask, &[("application.drafted", "drafted")])
        .await;
    assert_eq!(events[0]["subject_id"], drafted["id"]);
    let application = format!("/v1/applications/{}", drafted.text("id"));
    let body =
        json!({"signed_on": "2026-01-31", "passphrase": PHRASE, "passphrase_repeat": PHRASE});
    let steps: [(Ask, &[(&str, &str)]); 3] = [
        (branch.get(&application), &[("application.viewed", "read")]),
        (
            branch.get(&format!("{application}/form")),
            &[("application.printed", "read")],
        ),
        (
            branch.post(&format!("{application}/completion"), body),
            &[
                ("application.completed", "completed"),
                ("passphrase.set", "active"),
            ],
        ),
    ];
    for (ask, expected) in steps {
        watch
            .leaves(&branch, ask, expected)
            .await
            .1
            .iter()
            .for_each(about);
    }
    the_calls(&watch, &supervisor, &branch, &client).await;
    let feed = world.loan_system().await;
    let mut pushed = somebody("K-2");
    pushed
        .as_object_mut()
        .expect("an object")
        .remove("client_number");
    pushed["as_of"] = json!("2026-01-31T00:00:00Z");
    for outcome in ["created", "unchanged"] {
        let ask = feed.put("/v1/loan-system/clients/K-2", pushed.clone());
        watch.leaves(&feed, ask, &[("sync.client", outcome)]).await;
    }
    let ask = watch.auditor.get("/v1/audit/events?limit=1");
    watch
        .leaves(&watch.auditor, ask, &[("audit.read", "read")])
        .await;
    watch
        .leaves(
            &branch,
            branch.delete("/v1/sessions/current"),
            &[("session.closed", "closed")],
        )
        .await;
}

/// What happens on calls: each event says on which.
async fn the_calls(watch: &Watch<'_>, supervisor: &Person, branch: &Person, client: &str) {
    let card = format!("/v1/clients/{client}");
    let search = supervisor.post("/v1/clients/search", json!({"client_number": "K-1"}));
    watch
        .leaves(supervisor, search, &[("client.searched", "found")])
        .await;
    let ask = |phrase: &str| {
        let body = json!({"client_id": client, "passphrase": phrase, "call_id": "call/7"});
        supervisor.post("/v1/verifications", body)
    };
    let rejected = ("verification.recorded", "rejected");
    for expected in [
        &[rejected][..],
        &[rejected],
        &[rejected, ("passphrase.locked", "rejected")],
    ] {
        let (answer, events) = watch.leaves(supervisor, ask(WRONG), expected).await;
        for event in events {
            assert_eq!(event["subject_id"], answer["id"]);
            assert_eq!(
                (&event["call_id"], &event["client_id"]),
                (&json!("call/7"), &json!(client))
            );
        }
    }
    let locked = [("verification.recorded", "locked")];
    watch.leaves(supervisor, ask(WRONG), &locked).await;
    let unlock = supervisor.post(
        &format!("{card}/passphrase/unlock"),
        json!({"reason": "asked for"}),
    );
    let (_, events) = watch
        .leaves(supervisor, unlock, &[("passphrase.unlocked", "active")])
        .await;
    assert_eq!(events[0]["reason"], "asked for");
    let verified = [
        ("verification.recorded", "verified"),
        ("inquiry.made", "read"),
    ];
    let (opened, events) = watch.leaves(supervisor, ask(PHRASE), &verified).await;
    assert_eq!(events[1]["call_id"], "call/7");
    let path = format!("/v1/verifications/{}", opened.text("id"));
    let steps: [(Ask, (&str, &str)); 4] = [
        (supervisor.get(&path), ("verification.viewed", "read")),
        (
            supervisor.get(&format!("{path}/loans")),
            ("inquiry.made", "read"),
        ),
        (supervisor.delete(&path), ("verification.closed", "closed")),
        (
            supervisor.get(&format!("{path}/loans")),
            ("inquiry.made", "refused"),
        ),
    ];
    for (ask, expected) in steps {
        let (_, events) = watch.leaves(supervisor, ask, &[expected]).await;
        assert_eq!(events[0]["call_id"], "call/7");
        assert_eq!(events[0]["client_id"], client);
    }
    let body = json!({"reason": "lost", "call_id": "call/8"});
    let block = supervisor.post(&format!("{card}/passphrase/block"), body);
    let (_, events) = watch
        .leaves(supervisor, block, &[("passphrase.blocked", "blocked")])
        .await;
    assert_eq!(
        (&events[0]["call_id"], &events[0]["reason"]),
        (&json!("call/8"), &json!("lost"))
    );
    let destroy = branch
        .ask("DELETE", &format!("{card}/passphrase"))
        .json(&json!({"reason": "withdrawn"}));
    watch
        .leaves(branch, destroy, &[("passphrase.destroyed", "destroyed")])
        .await;
}

async fn what_a_refused_step_was_is_recorded_too(world: &World) {
    let watch = Watch::over(world).await;
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let client = branch.enter_client("K-1").await;
    let search = supervisor.post("/v1/clients/search", json!({"phone": "7019999999"}));
    watch
        .leaves(&supervisor, search, &[("client.searched", "not_found")])
        .await;
    let unlock = format!("/v1/clients/{client}/passphrase/unlock");
    let unlock = supervisor.post(&unlock, json!({"reason": "asked"}));
    watch
        .leaves(&supervisor, unlock, &[("passphrase.unlocked", "refused")])
        .await;
    let unset = branch.draft(&client).await;
    let body = json!({"signed_on": "2026-01-31", "passphrase": "12345678", "passphrase_repeat": "12345678"});
    let weak = branch.post(&format!("/v1/applications/{unset}/completion"), body);
    watch
        .leaves(&branch, weak, &[("application.completed", "refused")])
        .await;
    let last = world.admin.patch(
        &format!("/v1/staff/{}", world.admin.id),
        json!({"status": "disabled"}),
    );
    let (_, events) = watch
        .leaves(&world.admin, last, &[("staff.changed", "refused")])
        .await;
    assert_eq!(events[0]["reason"], "last_admin");
    let missed = supervisor.get("/v1/clients/nobody");
    watch
        .leaves(&supervisor, missed, &[("client.viewed", "not_found")])
        .await;
    let loans = supervisor.get("/v1/verifications/nothing/loans");
    watch
        .leaves(&supervisor, loans, &[("inquiry.made", "not_found")])
        .await;
}

async fn sign_ins_are_recorded_refused_or_not(world: &World) {
    let watch = Watch::over(world).await;
    let person = world.staff("supervisor").await;
    let feed = world.loan_system().await;
    let events = async |query: &str| {
        let path = format!("/v1/audit/events?limit=200{query}");
        watch.auditor.get(&path).await.expect(200).items().clone()
    };
    let before = events("&action=session.opened").await.len();
    sign_in(world.line(), &person.login, "wrong")
        .await
        .refused(401, "bad_credentials");
    sign_in(world.line(), "no.such.login", "wrong")
        .await
        .refused(401, "bad_credentials");
    let opened = events("&action=session.opened").await;
    assert_eq!(opened.len() - before, 2);
    assert_eq!(
        (&opened[0]["subject_id"], &opened[0]["actor"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(opened[1]["subject_id"], person.id.as_str());
    assert_eq!(
        (&opened[1]["outcome"], &opened[1]["actor"]),
        (&json!("refused"), &Value::Null)
    );
    // A password that was typed into the field of the login is not kept.
    assert!(
        !events("")
            .await
            .iter()
            .any(|event| event.to_string().contains("no.such.login"))
    );
    ask_for_token(world.line(), &feed.login, "wrong").await;
    ask_for_token(world.line(), &feed.login, &feed.password)
        .await
        .expect(200);
    let issued = events("&action=token.issued").await;
    assert_eq!(
        (&issued[0]["outcome"], &issued[1]["outcome"]),
        (&json!("opened"), &json!("refused"))
    );
    assert_eq!(issued[0]["actor"]["login"], feed.login.as_str());
    let change = json!({"current_password": "wrong", "new_password": "lantern marmot orchard"});
    let ask = person.post("/v1/staff/me/password", change);
    watch
        .leaves(&person, ask, &[("staff.password_changed", "refused")])
        .await;
}

async fn events_are_filtered_and_the_newest_come_first(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let other = branch.enter_client("K-2").await;
    let times: Vec<_> = (0..4)
        .map(|hour| world.time_in(TimeDelta::hours(hour)))
        .collect();
    for _ in 0..4 {
        branch
            .get(&format!("/v1/clients/{client}"))
            .await
            .expect(200);
        branch
            .get(&format!("/v1/clients/{other}"))
            .await
            .expect(200);
        world.wait(TimeDelta::hours(1));
    }
    let found = async |query: String| {
        let path = format!("/v1/audit/events?limit=200&action=client.viewed{query}");
        auditor.get(&path).await.expect(200).items().clone()
    };
    assert_eq!(found(String::new()).await.len(), 8);
    assert_eq!(found(format!("&client_id={client}")).await.len(), 4);
    assert_eq!(found(format!("&actor={}", branch.id)).await.len(), 8);
    assert_eq!(found(format!("&actor={}", auditor.id)).await.len(), 0);
    // `from` counts, `to` does not.
    let between = found(format!(
        "&client_id={client}&from={}&to={}",
        times[1], times[3]
    ))
    .await;
    let at: Vec<_> = between
        .iter()
        .map(|event| event["at"].as_str().unwrap())
        .collect();
    assert_eq!(at, [times[2].as_str(), times[1].as_str()]);
    let in_almaty = "2026-01-31T13:00:00%2B05:00";
    assert_eq!(found(format!("&from={in_almaty}")).await.len(), 4);
    assert_eq!(found("&client_id=nobody".to_owned()).await.len(), 0);
}

async fn filters_that_are_none_are_refused(world: &World) {
    let auditor = world.staff("auditor").await;
    let events = async |query: &str| auditor.get(&format!("/v1/audit/events?{query}")).await;
    events("action=client.fed")
        .await
        .refused_field(422, "action", "not_one_of");
    events("from=yesterday")
        .await
        .refused_field(422, "from", "not_a_time");
    events("to=2026-01-31")
        .await
        .refused_field(422, "to", "not_a_time");
    events("login=a").await.refused(400, "unknown_parameter");
    events("actor=%00")
        .await
        .refused_field(422, "actor", "not_a_line");
}

async fn how_the_words_matched_is_told_and_never_the_words(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for heard in [
        PHRASE,
        "ЛИЛОВЫЙ ЯКОРЬ ВАРИТ ТУМАН",
        "kbkjdsq zrjhm dfhbn nevfy",
    ] {
        assert_eq!(
            specialist.outcome(&client, heard).await,
            "verified",
            "{heard}"
        );
    }
    specialist.verify(&client, WRONG).await.expect(201);
    let path = format!("/v1/audit/events?limit=200&client_id={client}");
    let events = auditor.get(&path).await.expect(200);
    let folds: Vec<_> = events
        .items()
        .iter()
        .filter(|event| event["action"] == "verification.recorded")
        .map(|event| event["details"]["fold"].as_str())
        .collect();
    for event in events.items() {
        if event["action"] == "verification.recorded" && event["outcome"] == "verified" {
            assert_eq!(event["details"], json!({"fold": event["details"]["fold"]}));
        } else {
            assert_eq!(event["details"], Value::Null);
        }
    }
    assert_eq!(folds[0], None);
    assert_eq!(folds[3], Some("exact"));
    assert_eq!(folds[2], Some("folded"));
    assert!(
        folds[1].is_some_and(|how| !["exact", "folded"].contains(&how)),
        "{folds:?}"
    );
    for word in ["лилов", "якор", "туман", "суп", "nevfy"] {
        assert!(!events.text.to_lowercase().contains(word), "{word}");
    }
}

async fn a_used_up_quota_is_recorded(world: &World) {
    let watch = Watch::over(world).await;
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..10 {
        specialist.verify(&client, PHRASE).await.expect(201);
    }
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    let ask = specialist.post("/v1/verifications", body);
    let (_, events) = watch
        .leaves(&specialist, ask, &[("limit.reached", "refused")])
        .await;
    assert_eq!(events[0]["reason"], "verifications");
}
