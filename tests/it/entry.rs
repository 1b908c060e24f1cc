//! Entry links: a branch makes one, the client opens it once and types the passphrase of that one
//! application, and nothing else is reached by it.

use chrono::TimeDelta;
use qupia::http::{
    endpoint::{RouteAccess, RouteGroup},
    endpoints::endpoints,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    database::Kind,
    telephone::Line,
    world::{BUSY, Setting, on_each_database, on_postgresql},
};

/// Few codes, so that a short story reaches the limits.
const FEW: &[Setting] = &[
    ("QUPIA_LIMITS__ENTRY_CODES_PER_MINUTE", "3"),
    ("QUPIA_LIMITS__ENTRY_CODES_IN_ALL_PER_MINUTE", "5"),
    ("QUPIA_PROXY__TRUSTED", "[\"127.0.0.1/32\"]"),
];
const PUBLIC: &[Setting] = &[("QUPIA_PUBLIC_URL", "https://qupia.example.kz/q/")];
const SHORT: &[Setting] = &[("QUPIA_ENTRY__MINUTES", "2")];

on_each_database! {
    a_client_types_the_passphrase_over_a_link_and_the_branch_sees_how_far_it_is with BUSY,
    a_code_is_read_as_people_type_it_and_opens_once with BUSY,
    wrong_used_expired_and_superseded_codes_are_one_and_the_same_refusal with BUSY,
    a_link_lasts_its_time_to_be_opened_and_the_same_again_to_type with SHORT,
    a_link_ends_with_what_ends_its_draft with BUSY,
    a_link_is_made_for_an_open_draft_and_a_day_that_holds_alone with BUSY,
    a_refused_passphrase_leaves_the_link_open_and_the_tenth_refusal_ends_it with BUSY,
    a_token_of_a_link_may_call_its_own_endpoints_alone_and_no_other_token_may_call_those with BUSY,
    a_link_is_worth_what_its_maker_may_do with BUSY,
    a_lost_answer_to_the_completion_is_asked_for_again with BUSY,
    the_audit_says_who_answers_for_it_and_that_the_client_typed with BUSY,
    codes_are_limited_by_address_and_in_all with FEW,
    nothing_of_a_code_or_a_token_is_stored with BUSY,
    the_address_of_a_link_is_that_of_the_settings with PUBLIC,
    without_one_it_is_that_of_the_request_as_a_trusted_proxy_says_it with FEW,
    a_stranger_says_nothing_about_the_scheme_of_a_link with BUSY,
    of_two_who_open_a_link_at_once_one_does with BUSY,
    ending_every_session_ends_every_link with BUSY,
    old_links_are_swept with BUSY,
}
on_postgresql! {
    a_link_made_while_its_draft_is_cancelled_is_ended_or_refused with BUSY,
    a_link_opens_on_another_instance with BUSY,
}

const TODAY: &str = "2026-01-31";

async fn ask_for_link(by: &Person, application: &str) -> Answer {
    let path = format!("/v1/applications/{application}/entry-link");
    by.post(&path, json!({"signed_on": TODAY})).await
}

async fn link(by: &Person, application: &str) -> Answer {
    ask_for_link(by, application).await.expect(201)
}

async fn state(by: &Person, application: &str) -> String {
    let path = format!("/v1/applications/{application}/entry-link");
    by.get(&path).await.expect(200).text("state")
}

async fn open(line: &Line, code: &str) -> Answer {
    line.post("/v1/entry/open", json!({"code": code})).await
}

async fn opened(world: &World, code: &str) -> Line {
    let opened = open(world.line(), code).await.expect(201);
    world.line().with_token(&opened.text("token"))
}

async fn complete(client: &Line, phrase: &str) -> Answer {
    let body = json!({"passphrase": phrase, "passphrase_repeated": phrase});
    client.post("/v1/entry/completion", body).await
}

async fn events(auditor: &Person, client: &str, action: &str) -> Vec<Value> {
    let path = format!("/v1/audit/events?limit=200&client_id={client}&action={action}");
    auditor.get(&path).await.expect(200).items().clone()
}

/// The reasons of the last links that ended, the newest first.
async fn ends(auditor: &Person, client: &str) -> Vec<String> {
    let ended = events(auditor, client, "entry_link.ended").await;
    let reasons = ended.iter().filter_map(|event| event["reason"].as_str());
    reasons.map(str::to_owned).collect()
}

async fn a_client_types_the_passphrase_over_a_link_and_the_branch_sees_how_far_it_is(
    world: &World,
) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let path = format!("/v1/applications/{draft}/entry-link");
    branch.get(&path).await.refused(404, "not_found");
    let made = link(&branch, &draft).await;
    assert_eq!(made["expires_at"], world.time_in(TimeDelta::minutes(10)));
    let code = made.text("code");
    assert_eq!(code.len(), 11);
    let url = made.text("url");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(url.ends_with(&format!("/enter/#{code}")), "{url}");
    assert_eq!(state(&branch, &draft).await, "waiting");

    let answer = open(world.line(), &code).await.expect(201);
    let number = branch.get(&format!("/v1/applications/{draft}")).await;
    let expected = json!({"number": number["number"], "kind": "set"});
    assert_eq!(answer["application"], expected);
    assert_eq!(state(&branch, &draft).await, "opened");

    // The branch specialist signs out before the client types.
    let other = world.staff("branch").await;
    branch.delete("/v1/sessions/current").await.expect(204);
    let typing = world.line().with_token(&answer.text("token"));
    let weak = typing
        .post("/v1/entry/check", json!({"passphrase": "Қасымова"}))
        .await
        .expect(200);
    assert_eq!(weak["acceptable"], false);
    let own = weak["reasons"].as_array().expect("reasons");
    assert!(
        own.iter().any(|reason| reason["code"] == "personal_data"),
        "{own:?}"
    );
    let strong = typing
        .post("/v1/entry/check", json!({"passphrase": PHRASE}))
        .await
        .expect(200);
    assert_eq!(strong["acceptable"], true);
    let nothing = typing
        .post("/v1/entry/check", json!({"passphrase": "…"}))
        .await;
    assert_eq!(nothing.expect(200)["acceptable"], false);
    for language in ["kk", "ru", "en"] {
        let path = format!("/v1/entry/suggestions?language={language}");
        assert_eq!(typing.get(&path).await.expect(200).items().len(), 5);
    }
    typing
        .get("/v1/entry/suggestions?language=de")
        .await
        .refused_field(422, "language", "not_one_of");
    typing
        .get("/v1/entry/suggestions")
        .await
        .refused_field(422, "language", "missing");

    let done = complete(&typing, PHRASE).await.expect(200);
    assert_eq!(done["number"], number["number"]);
    assert_eq!(done["completed_at"], world.time_in(TimeDelta::zero()));
    assert_eq!(state(&other, &draft).await, "done");
    let application = other.get(&format!("/v1/applications/{draft}")).await;
    assert_eq!(application["state"], "completed");
    assert_eq!(application["signed_on"], TODAY);
    assert_eq!(application["completed_by"], branch.id.as_str());
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
}

async fn a_code_is_read_as_people_type_it_and_opens_once(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let code = link(&branch, &draft).await.text("code");
    let typed = format!(
        " {} ",
        code.to_lowercase()
            .replace('-', " – ")
            .replace('0', "o")
            .replace('1', "l")
    );
    open(world.line(), &typed).await.expect(201);
    open(world.line(), &code)
        .await
        .refused(401, "bad_entry_code");
    world
        .line()
        .post("/v1/entry/open", json!({}))
        .await
        .refused_field(422, "/code", "missing");
}

async fn wrong_used_expired_and_superseded_codes_are_one_and_the_same_refusal(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let superseded = link(&branch, &draft).await.text("code");
    let used = link(&branch, &draft).await.text("code");
    opened(world, &used).await;
    let expired = link(&branch, &draft).await.text("code");
    world.wait(TimeDelta::minutes(10));
    let mut reply = Vec::new();
    for code in ["00000-00000", "no code", "", &superseded, &used, &expired] {
        let mut answer = open(world.line(), code)
            .await
            .refused(401, "bad_entry_code");
        answer.body["request_id"] = json!(null);
        reply.push(answer.body);
    }
    assert!(reply.iter().all(|body| *body == reply[0]), "{reply:?}");
    // The audit knows which, and of whose link.
    let page = auditor
        .get("/v1/audit/events?action=entry_link.opened&limit=6")
        .await
        .expect(200);
    let reasons: Vec<_> = page
        .items()
        .iter()
        .rev()
        .map(|event| {
            assert_eq!(event["outcome"], "refused");
            assert_eq!(event["actor"], Value::Null);
            let reason = event["reason"].as_str().expect("a reason");
            assert_eq!(event["client_id"].is_null(), reason == "unknown_code");
            reason.to_owned()
        })
        .collect();
    let unknown = "unknown_code";
    assert_eq!(
        reasons,
        [unknown, unknown, unknown, "ended", "ended", "expired"]
    );
    assert_eq!(ends(&auditor, &client).await, ["superseded", "superseded"]);
}

async fn a_link_lasts_its_time_to_be_opened_and_the_same_again_to_type(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let made = link(&branch, &draft).await;
    assert_eq!(made["expires_at"], world.time_in(TimeDelta::minutes(2)));
    world.wait(TimeDelta::seconds(119));
    let answer = open(world.line(), &made.text("code")).await.expect(201);
    assert_eq!(answer["expires_at"], world.time_in(TimeDelta::minutes(2)));
    let typing = world.line().with_token(&answer.text("token"));
    world.wait(TimeDelta::seconds(119));
    assert_eq!(state(&branch, &draft).await, "opened");
    let check = json!({"passphrase": PHRASE});
    typing
        .post("/v1/entry/check", check.clone())
        .await
        .expect(200);
    world.wait(TimeDelta::seconds(1));
    typing
        .post("/v1/entry/check", check)
        .await
        .refused(401, "unauthenticated");
    complete(&typing, PHRASE)
        .await
        .refused(401, "unauthenticated");
    assert_eq!(state(&branch, &draft).await, "ended");
}

async fn a_link_ends_with_what_ends_its_draft(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let auditor = world.staff("auditor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let reason = json!({"reason": "a reason"});
    let passphrase = format!("/v1/clients/{client}/passphrase");
    for end in ["cancelled", "completed", "blocked", "destroyed"] {
        for is_opened in [false, true] {
            if end == "destroyed" {
                branch.register(world, &client, PHRASE).await;
            }
            let draft = branch.draft(&client).await;
            let code = link(&branch, &draft).await.text("code");
            let typing = if is_opened {
                opened(world, &code).await
            } else {
                world.line().clone()
            };
            match end {
                "cancelled" => {
                    let path = format!("/v1/applications/{draft}/cancellation");
                    branch.post(&path, reason.clone()).await.expect(200);
                }
                "completed" => {
                    branch.complete(&draft, TODAY, PHRASE).await.expect(200);
                }
                "blocked" => {
                    let path = format!("{passphrase}/block");
                    specialist.post(&path, reason.clone()).await.expect(200);
                }
                _ => {
                    branch
                        .ask("DELETE", &passphrase)
                        .json(&reason)
                        .await
                        .expect(200);
                }
            }
            assert_eq!(ends(&auditor, &client).await[0], end);
            assert_eq!(state(&branch, &draft).await, "ended", "{end}");
            if is_opened {
                complete(&typing, PHRASE)
                    .await
                    .refused(401, "unauthenticated");
            } else {
                open(&typing, &code).await.refused(401, "bad_entry_code");
            }
        }
    }
}

async fn a_link_is_made_for_an_open_draft_and_a_day_that_holds_alone(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    ask_for_link(&branch, "nothing")
        .await
        .refused(404, "not_found");
    let draft = branch.draft(&client).await;
    let path = format!("/v1/applications/{draft}/entry-link");
    for (day, code) in [
        (json!("2026-02-01"), "day_ahead"),
        (json!("2026-01-30"), "before_draft"),
        (json!("31.01.2026"), "not_a_date"),
        (json!(null), "missing"),
    ] {
        let answer = branch.post(&path, json!({"signed_on": day})).await;
        answer.refused_field(422, "/signed_on", code);
    }
    branch.get(&path).await.refused(404, "not_found");
    // No link outlives its draft.
    world.wait(TimeDelta::hours(24) - TimeDelta::minutes(3));
    let branch = branch.again(world.line()).await;
    let answer = branch.post(&path, json!({"signed_on": "2026-02-01"})).await;
    let made = answer.expect(201);
    assert_eq!(made["expires_at"], world.time_in(TimeDelta::minutes(3)));
    world.wait(TimeDelta::minutes(3));
    open(world.line(), &made.text("code"))
        .await
        .refused(401, "bad_entry_code");
    ask_for_link(&branch, &draft)
        .await
        .refused(409, "application_not_open");
}

async fn a_refused_passphrase_leaves_the_link_open_and_the_tenth_refusal_ends_it(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let typing = opened(world, &link(&branch, &draft).await.text("code")).await;
    let differing = json!({"passphrase": PHRASE, "passphrase_repeated": "лиловый якорь варит чай"});
    let hashed = world.hash_jobs();
    for number in 1..=10 {
        assert_eq!(state(&branch, &draft).await, "opened");
        if number % 2 == 0 {
            let answer = typing.post("/v1/entry/completion", differing.clone()).await;
            let answer = answer.refused(422, "passphrases_differ");
            answer.refused_field(422, "/passphrase_repeated", "passphrases_differ");
        } else {
            let answer = complete(&typing, "12345").await;
            answer.refused(422, "passphrase_refused");
        }
    }
    assert_eq!(world.hash_jobs(), hashed);
    complete(&typing, PHRASE)
        .await
        .refused(401, "unauthenticated");
    assert_eq!(state(&branch, &draft).await, "ended");
    assert_eq!(ends(&auditor, &client).await, ["tries_used_up"]);
    // A field that is missing is no try; and after nine refusals the right one completes.
    let typing = opened(world, &link(&branch, &draft).await.text("code")).await;
    for _ in 0..9 {
        complete(&typing, "12345")
            .await
            .refused(422, "passphrase_refused");
        let half = json!({"passphrase": PHRASE});
        let answer = typing.post("/v1/entry/completion", half).await;
        answer.refused_field(422, "/passphrase_repeated", "missing");
    }
    complete(&typing, PHRASE).await.expect(200);
}

async fn a_token_of_a_link_may_call_its_own_endpoints_alone_and_no_other_token_may_call_those(
    world: &World,
) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let typing = opened(world, &link(&branch, &draft).await.text("code")).await;
    let made_up = world
        .line()
        .with_token("qupia_et_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    for endpoint in endpoints() {
        if endpoint.group != RouteGroup::Api {
            continue;
        }
        let path = endpoint
            .path
            .replace("{id}", &draft)
            .replace(['{', '}'], "");
        let call = |line: &Line| {
            let ask = line.ask(endpoint.method.as_str(), &path);
            if endpoint.method == "GET" {
                ask
            } else {
                ask.json(&json!({}))
            }
        };
        match endpoint.access {
            RouteAccess::Public => {}
            RouteAccess::Roles { .. } => {
                call(&typing).await.refused(401, "unauthenticated");
            }
            RouteAccess::Entry => {
                for line in [&*branch, &*world.admin, &made_up] {
                    call(line).await.refused(401, "unauthenticated");
                }
                assert_ne!(call(&typing).await.status, 401, "{path}");
            }
        }
    }
    assert_eq!(state(&branch, &draft).await, "opened");
}

async fn a_link_is_worth_what_its_maker_may_do(world: &World) {
    let (branch, other) = (world.staff("branch").await, world.staff("branch").await);
    let client = other.enter_client("K-1").await;
    let draft = other.draft(&client).await;
    let staff = format!("/v1/staff/{}", branch.id);
    let change = |status: &str| world.admin.patch(&staff, json!({"status": status}));
    let code = link(&branch, &draft).await.text("code");
    change("disabled").await.expect(200);
    open(world.line(), &code)
        .await
        .refused(401, "bad_entry_code");
    change("active").await.expect(200);
    let typing = opened(world, &code).await;
    change("disabled").await.expect(200);
    complete(&typing, PHRASE)
        .await
        .refused(401, "unauthenticated");
    // Another may make one for the same draft.
    let typing = opened(world, &link(&other, &draft).await.text("code")).await;
    complete(&typing, PHRASE).await.expect(200);
}

async fn a_lost_answer_to_the_completion_is_asked_for_again(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let typing = opened(world, &link(&branch, &draft).await.text("code")).await;
    let body = json!({"passphrase": PHRASE, "passphrase_repeated": PHRASE});
    let ask = |key: &str| {
        let ask = typing.post("/v1/entry/completion", body.clone());
        ask.header("idempotency-key", key)
    };
    let first = ask("one").await.expect(200);
    let again = ask("one").await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    ask("two").await.refused(409, "application_not_open");
    let check = json!({"passphrase": PHRASE});
    let answer = typing.post("/v1/entry/check", check).await;
    answer.refused(409, "application_not_open");
    let completed = events(&auditor, &client, "application.completed").await;
    let completed: Vec<_> = completed.iter().map(|event| &event["outcome"]).collect();
    assert_eq!(completed, ["completed"]);
    let replayed = events(&auditor, &client, "answer.replayed").await;
    assert_eq!(
        (&replayed[0]["actor"], &replayed[0]["subject_id"]),
        (&Value::Null, &json!(draft))
    );
}

async fn the_audit_says_who_answers_for_it_and_that_the_client_typed(world: &World) {
    let (branch, auditor) = (world.staff("branch").await, world.staff("auditor").await);
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let typing = opened(world, &link(&branch, &draft).await.text("code")).await;
    complete(&typing, "12345")
        .await
        .refused(422, "passphrase_refused");
    let check = json!({"passphrase": PHRASE});
    typing.post("/v1/entry/check", check).await.expect(200);
    complete(&typing, PHRASE).await.expect(200);
    let path = format!("/v1/audit/events?client_id={client}&limit=8");
    let page = auditor.get(&path).await.expect(200);
    let id = page.items()[0]["details"]["entry_link"].clone();
    assert!(id.is_string());
    let mut reply = Vec::new();
    for event in page.items().iter().rev() {
        let action = event["action"].as_str().expect("an action");
        if action == "application.drafted" {
            continue;
        }
        assert_eq!(event["details"], json!({"entry_link": id}), "{action}");
        assert_eq!(event["subject_id"], draft.as_str(), "{action}");
        let by = event["actor"]["id"].as_str().map(|id| id == branch.id);
        reply.push((action.to_owned(), event["outcome"].clone(), by));
    }
    let expected = [
        ("entry_link.made", "made", Some(true)),
        ("entry_link.opened", "opened", None),
        ("application.completed", "refused", Some(true)),
        ("passphrase.checked", "acceptable", None),
        ("application.completed", "completed", Some(true)),
        ("passphrase.set", "active", Some(true)),
        ("entry_link.ended", "closed", Some(true)),
    ];
    let expected = expected.map(|(action, outcome, by)| (action.to_owned(), json!(outcome), by));
    assert_eq!(reply, expected);
    assert_eq!(ends(&auditor, &client).await, ["done"]);
    // A branch that types it itself leaves no such fact.
    let draft = branch.draft(&client).await;
    branch.complete(&draft, TODAY, PHRASE).await.expect(200);
    let typed = events(&auditor, &client, "application.completed").await;
    assert_eq!(typed[0]["details"], Value::Null);
}

async fn codes_are_limited_by_address_and_in_all(world: &World) {
    let try_from = |address: &'static str| {
        let ask = world
            .line()
            .post("/v1/entry/open", json!({"code": "00000-00000"}));
        ask.header("x-forwarded-for", address)
    };
    for _ in 0..3 {
        try_from("203.0.113.7").await.refused(401, "bad_entry_code");
    }
    let limited = try_from("203.0.113.7").await.refused(429, "rate_limited");
    assert_eq!(
        limited.header("ratelimit-policy"),
        Some("\"entry_codes\";q=3;w=60")
    );
    // Of IPv6 a whole network is one address, and those of all count together.
    try_from("2001:db8:1:2::3")
        .await
        .refused(401, "bad_entry_code");
    try_from("2001:db8:1:2::4")
        .await
        .refused(401, "bad_entry_code");
    let limited = try_from("203.0.113.9").await.refused(429, "rate_limited");
    assert_eq!(
        limited.header("ratelimit-policy"),
        Some("\"entry_codes\";q=5;w=60")
    );
    // A right code is refused as well: it was not compared.
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let code = link(&branch, &draft).await.text("code");
    open(world.line(), &code).await.refused(429, "rate_limited");
    assert_eq!(state(&branch, &draft).await, "waiting");
    world.wait(TimeDelta::minutes(1));
    open(world.line(), &code).await.expect(201);
    // What was refused is told with its count, once a minute and limit.
    world.wait(TimeDelta::minutes(1));
    qupia::flows::throttled::tell(&world.first.app)
        .await
        .expect("it is told");
    let counts = world.database.texts(
        "SELECT details FROM audit_events WHERE action = 'entry_link.opened' \
         AND reason = 'limit' ORDER BY seq",
    );
    let mut counts: Vec<_> = counts
        .iter()
        .map(|details| serde_json::from_str::<Value>(details).expect("JSON")["count"].as_u64())
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [Some(1), Some(2)]);
}

async fn nothing_of_a_code_or_a_token_is_stored(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let code = link(&branch, &draft).await.text("code");
    let answer = open(world.line(), &code).await.expect(201);
    let token = answer.text("token");
    let bare = code.replace('-', "");
    let rows = world.database.texts(
        "SELECT id || application_id || client_id || made_by || signed_on \
         || coalesce(ended_because, '') FROM entry_links",
    );
    let audit = world.database.texts(
        "SELECT coalesce(subject_id, '') || coalesce(reason, '') || coalesce(details, '') \
         || request_id FROM audit_events",
    );
    let rates = world
        .database
        .texts("SELECT subject || hits FROM rate_windows");
    assert_eq!(rows.len(), 1);
    for text in rows.iter().chain(&audit).chain(&rates) {
        for secret in [code.as_str(), &bare, &token] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let hashes = match world.kind {
        Kind::Sqlite => {
            "SELECT lower(hex(code_index)) || ' ' || lower(hex(token_index)) FROM entry_links"
        }
        Kind::Postgres => {
            "SELECT encode(code_index, 'hex') || ' ' || encode(token_index, 'hex') FROM entry_links"
        }
    };
    let hashes = world.database.texts(hashes);
    let (of_code, of_token) = hashes[0].split_once(' ').expect("two");
    assert_eq!((of_code.len(), of_token.len()), (32, 32));
    assert!(!of_code.contains(&hex::encode(&bare)[..16]));
}

async fn the_address_of_a_link_is_that_of_the_settings(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let made = link(&branch, &draft).await;
    let code = made.text("code");
    assert_eq!(
        made["url"],
        format!("https://qupia.example.kz/q/enter/#{code}")
    );
}

/// The address of a link that is asked for under a host, by way of a proxy.
async fn address_under(branch: &Person, draft: &str, host: &str, scheme: &str) -> Answer {
    let path = format!("/v1/applications/{draft}/entry-link");
    let ask = branch.post(&path, json!({"signed_on": TODAY}));
    ask.header("host", host)
        .header("x-forwarded-proto", scheme)
        .await
}

async fn without_one_it_is_that_of_the_request_as_a_trusted_proxy_says_it(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    for (said, scheme) in [
        ("https", "https"),
        ("http, HTTPS", "https"),
        ("https, http", "http"),
    ] {
        let made = address_under(&branch, &draft, "desk.example:8443", said).await;
        let url = made.expect(201).text("url");
        let base = format!("{scheme}://desk.example:8443/enter/#");
        assert!(url.starts_with(&base), "{url}");
    }
    address_under(&branch, &draft, "somebody@desk.example", "https")
        .await
        .refused(400, "bad_request");
}

async fn a_stranger_says_nothing_about_the_scheme_of_a_link(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let made = address_under(&branch, &draft, "desk.example", "https").await;
    let url = made.expect(201).text("url");
    assert!(url.starts_with("http://desk.example/enter/#"), "{url}");
}

async fn of_two_who_open_a_link_at_once_one_does(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    for _ in 0..5 {
        let code = link(&branch, &draft).await.text("code");
        let both = futures_util::future::join_all((0..4).map(|_| open(world.line(), &code))).await;
        let mut statuses: Vec<_> = both.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401, 401, 401]);
    }
}

async fn ending_every_session_ends_every_link(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let code = link(&branch, &draft).await.text("code");
    let other = branch.enter_client("K-2").await;
    let second = branch.draft(&other).await;
    let typing = opened(world, &link(&branch, &second).await.text("code")).await;
    qupia::flows::end_sessions::end_sessions(&world.first.app.foundation)
        .await
        .expect("they end");
    open(world.line(), &code)
        .await
        .refused(401, "bad_entry_code");
    complete(&typing, PHRASE)
        .await
        .refused(401, "unauthenticated");
    assert_eq!(
        state(&branch.again(world.line()).await, &draft).await,
        "ended"
    );
}

async fn old_links_are_swept(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    link(&branch, &draft).await;
    world.wait(TimeDelta::hours(26));
    qupia::flows::upkeep::sweep(&world.first.app)
        .await
        .expect("it is swept");
    let left = world.database.texts("SELECT id FROM entry_links");
    assert_eq!(left, Vec::<String>::new());
}

async fn a_link_made_while_its_draft_is_cancelled_is_ended_or_refused(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let other = branch.at(&world.another_instance().await);
    for _ in 0..10 {
        let draft = branch.draft(&client).await;
        let path = format!("/v1/applications/{draft}/cancellation");
        let reason = json!({"reason": "a slip"});
        let (cancelled, made) = futures_util::future::join(
            async { branch.post(&path, reason).await },
            ask_for_link(&other, &draft),
        )
        .await;
        cancelled.expect(200);
        if made.status == 201 {
            assert_eq!(state(&branch, &draft).await, "ended");
            open(world.line(), &made.text("code"))
                .await
                .refused(401, "bad_entry_code");
        } else {
            made.refused(409, "application_not_open");
        }
    }
}

async fn a_link_opens_on_another_instance(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let draft = branch.draft(&client).await;
    let code = link(&branch, &draft).await.text("code");
    let second = world.another_instance().await;
    let token = open(&second.line, &code).await.expect(201).text("token");
    let typing = world.line().with_token(&token);
    complete(&typing, PHRASE).await.expect(200);
    open(world.line(), &code)
        .await
        .refused(401, "bad_entry_code");
}
