//! What the contract says of every request and every answer.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Answer, World,
    cast::somebody,
    world::{BUSY, on_each_database, on_sqlite},
};

on_each_database! {
    a_null_character_is_no_fault_of_ours_wherever_it_stands with BUSY,
}
on_sqlite! {
    a_request_bears_the_callers_id_where_it_fits_and_one_of_ours_elsewhere,
    bodies_that_are_no_json_of_ours_are_told_apart,
    a_body_over_a_mebibyte_is_refused,
    a_byte_order_mark_before_a_body_is_passed_over,
    credentials_over_sixteen_kibibytes_are_refused,
    several_lines_of_a_header_are_one_list,
    a_cursor_is_good_for_its_list_and_its_filters_alone,
    behind_a_trusted_proxy_the_caller_is_whom_it_names with BEHIND_A_PROXY,
    whoever_is_no_trusted_proxy_names_nobody,
    addresses_and_methods_that_are_not_there_are_told_in_the_contracts_form,
    what_is_not_acceptable_is_not_sent,
    problems_are_told_in_the_callers_language,
    every_answer_is_guarded_by_its_headers,
    whoever_lives_and_can_serve_says_so,
}

/// The stories' own address is a proxy's.
const BEHIND_A_PROXY: &[(&str, &str)] =
    &[("QUPIA_PROXY__TRUSTED", r#"["127.0.0.0/8", "10.0.0.0/8"]"#)];

async fn a_null_character_is_no_fault_of_ours_wherever_it_stands(world: &World) {
    let (branch, supervisor) = (world.staff("branch").await, world.staff("supervisor").await);
    let feed = world.loan_system().await;
    for path in [
        "/v1/clients/%00",
        "/v1/clients/a%00b",
        "/v1/clients/%00/applications",
        "/v1/clients/%00/accesses",
        "/v1/clients/%00/passphrase",
        "/v1/applications/%00",
        "/v1/applications/%00/form",
    ] {
        let answer = branch.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    for path in ["/v1/verifications/%00", "/v1/verifications/%00/loans"] {
        supervisor.get(path).await.refused(404, "not_found");
    }
    supervisor
        .delete("/v1/verifications/%00")
        .await
        .refused(404, "not_found");
    world
        .admin
        .get("/v1/staff/%00")
        .await
        .refused(404, "not_found");
    world
        .admin
        .patch("/v1/staff/%00", json!({"name": "A"}))
        .await
        .refused(404, "not_found");
    world
        .admin
        .post("/v1/staff/%00/password", json!({}))
        .await
        .refused(404, "not_found");
    let reason = json!({"reason": "a"});
    branch
        .ask("DELETE", "/v1/clients/%00/passphrase")
        .json(&reason)
        .await
        .refused(404, "not_found");
    supervisor
        .post("/v1/clients/%00/passphrase/block", reason.clone())
        .await
        .refused(404, "not_found");
    supervisor
        .verify("a\u{0}b", "лиловый якорь")
        .await
        .refused_field(422, "/client_id", "not_a_line");
    branch
        .ask_to_draft("\u{0}")
        .await
        .refused_field(422, "/client_id", "not_a_line");
    let check = json!({"passphrase": "лиловый\u{0}якорь", "client_id": "\u{0}"});
    branch
        .post("/v1/passphrases/check", check)
        .await
        .refused_field(422, "/client_id", "not_a_line");
    // A number is the caller's to choose, so one that is none is told as such.
    let null = feed.put("/v1/loan-system/clients/%00", json!({})).await;
    null.refused_field(422, "client_number", "not_an_identifier");
    let login = json!({"login": "\u{0}", "password": "\u{0}"});
    world
        .line()
        .post("/v1/sessions", login)
        .await
        .refused(401, "bad_credentials");
    for field in ["reason", "call_id"] {
        let client = branch.enter_client(&format!("K-{field}")).await;
        let mut body = json!({"reason": "a", "call_id": "c"});
        body[field] = json!("a\u{0}b");
        let answer = supervisor
            .post(&format!("/v1/clients/{client}/passphrase/block"), body)
            .await;
        assert_eq!(answer.status, 422, "{}", answer.text);
    }
    let name = json!({"login": "zero", "name": "a\u{0}b", "role": "auditor"});
    world
        .admin
        .post("/v1/staff", name)
        .await
        .refused_field(422, "/name", "not_a_line");
}

async fn a_request_bears_the_callers_id_where_it_fits_and_one_of_ours_elsewhere(world: &World) {
    let me = |id: &str| world.line().get("/healthz").header("x-request-id", id);
    let longest = "a".repeat(128);
    for id in ["a", "A-1._z", longest.as_str()] {
        assert_eq!(me(id).await.header("x-request-id"), Some(id));
    }
    let too_long = "a".repeat(129);
    for id in ["", "a b", "a/b", "ключ", "<script>", too_long.as_str()] {
        let answer = me(id).await.expect(200);
        let given = answer.header("x-request-id").expect("an id");
        assert!(given != id && given.len() >= 16, "{given}");
    }
}

async fn bodies_that_are_no_json_of_ours_are_told_apart(world: &World) {
    let branch = world.staff("branch").await;
    let post =
        async |kind: &str, body: Vec<u8>| branch.ask("POST", "/v1/clients").body(kind, body).await;
    let json_kind = "application/json";
    for body in [
        "",
        "{",
        "{\"phone\":}",
        "nonsense",
        "{} {}",
        "{\"phone\": \"\\ud800\"}",
    ] {
        let answer = post(json_kind, body.as_bytes().to_vec()).await;
        answer.refused(400, "malformed_json");
    }
    post(json_kind, b"{\"phone\": \"\xff\"}".to_vec())
        .await
        .refused(400, "malformed_json");
    let deep = format!(
        "{{\"phone\": {}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert_eq!(post(json_kind, deep.into_bytes()).await.status, 400);
    for body in ["[]", "null", "\"a\"", "7", "true"] {
        post(json_kind, body.as_bytes().to_vec())
            .await
            .refused(400, "wrong_type");
    }
    let unknown = branch
        .post("/v1/clients", json!({"client_nubmer": "K-1"}))
        .await;
    assert_eq!(unknown.errors()[0].1, "unknown_field", "{}", unknown.text);
    let twice = br#"{"client_number": "K-1", "client_number": "K-2"}"#.to_vec();
    assert_eq!(post(json_kind, twice).await.status, 400);
    let body = || somebody("K-1").to_string().into_bytes();
    for kind in [
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "multipart/form-data",
    ] {
        post(kind, body())
            .await
            .refused(415, "unsupported_media_type");
    }
    let packed = branch
        .ask("POST", "/v1/clients")
        .header("content-encoding", "gzip")
        .body(json_kind, body());
    packed.await.refused(415, "unsupported_media_type");
    post("application/json; charset=utf-8", body())
        .await
        .expect(201);
}

async fn a_body_over_a_mebibyte_is_refused(world: &World) {
    let branch = world.staff("branch").await;
    let mut body = somebody("K-1").to_string();
    body.push_str(&" ".repeat(1024 * 1024 - body.len()));
    let post = async |body: String| {
        branch
            .ask("POST", "/v1/clients")
            .body("application/json", body)
            .await
    };
    post(body.clone()).await.expect(201);
    body.push(' ');
    post(body.clone()).await.refused(413, "payload_too_large");
    let keyed = branch
        .ask("POST", "/v1/clients")
        .header("idempotency-key", "k");
    keyed
        .body("application/json", body)
        .await
        .refused(413, "payload_too_large");
}

async fn a_byte_order_mark_before_a_body_is_passed_over(world: &World) {
    let branch = world.staff("branch").await;
    let enter = async |mark: &str, number: &str| {
        let body = format!("{mark}{}", crate::support::cast::somebody(number));
        let ask = branch.ask("POST", "/v1/clients");
        ask.body("application/json", body).await
    };
    enter("\u{feff}", "K-1").await.expect(201);
    // One is a mark; another is no JSON.
    let twice = enter("\u{feff}\u{feff}", "K-2").await;
    twice.refused(400, "malformed_json");
    enter("\u{fffe}", "K-2")
        .await
        .refused(400, "malformed_json");
}

async fn credentials_over_sixteen_kibibytes_are_refused(world: &World) {
    const MOST: usize = 16 * 1024;
    let sign_in = json!({"login": "nobody", "password": "x"}).to_string();
    let form = "grant_type=client_credentials&client_id=nobody&client_secret=x&scope=".to_owned();
    for (path, kind, body, filler) in [
        ("/v1/sessions", "application/json", sign_in, " "),
        (
            "/v1/oauth/token",
            "application/x-www-form-urlencoded",
            form,
            "x",
        ),
    ] {
        let post = async |length: usize| {
            let body = body.clone() + &filler.repeat(length - body.len());
            world.line().ask("POST", path).body(kind, body).await
        };
        assert_eq!(post(MOST).await.status, 401, "{path}");
        post(MOST + 1).await.refused(413, "payload_too_large");
        post(1024 * 1024).await.refused(413, "payload_too_large");
    }
}

async fn several_lines_of_a_header_are_one_list(world: &World) {
    let line = world.line();
    let ask = line
        .get("/v1/staff/me")
        .header("accept-language", "de, kk;Q=0.5");
    let answer = ask.header("accept-language", "ru;q=0.8").await;
    assert_eq!(answer.header("content-language"), Some("ru"));
    let ask = line.get("/v1/staff/me").header("accept", "text/html");
    let answer = ask.header("accept", "application/json;Q=0.1").await;
    answer.refused(401, "unauthenticated");
}

async fn a_cursor_is_good_for_its_list_and_its_filters_alone(world: &World) {
    let auditor = world.staff("auditor").await;
    world.open_branch("ALA-1").await;
    world.open_branch("ALA-2").await;
    let refused = |answer: Answer| answer.refused_field(422, "cursor", "not_a_cursor");
    let staff = world.admin.get("/v1/staff?limit=1").await.expect(200);
    let cursor = staff.text("next_cursor");
    let next = format!("/v1/staff?cursor={cursor}&limit=2");
    assert_eq!(world.admin.get(&next).await.expect(200).items().len(), 1);
    refused(
        world
            .admin
            .get(&format!("/v1/branches?cursor={cursor}"))
            .await,
    );

    let events = "/v1/audit/events?limit=1";
    let first = auditor
        .get(&format!("{events}&action=branch.created"))
        .await;
    let cursor = first.expect(200).text("next_cursor");
    let next = format!("/v1/audit/events?cursor={cursor}&action=branch.created");
    assert_eq!(auditor.get(&next).await.expect(200).items().len(), 1);
    for filters in [
        "",
        "&action=staff.created",
        "&action=branch.created&from=2026-01-01T00:00:00Z",
    ] {
        refused(
            auditor
                .get(&format!("{events}&cursor={cursor}{filters}"))
                .await,
        );
    }
    let branch = world.staff("branch").await;
    let (one, other) = (
        branch.enter_client("K-1").await,
        branch.enter_client("K-2").await,
    );
    for client in [&one, &one, &other] {
        branch
            .get(&format!("/v1/clients/{client}"))
            .await
            .expect(200);
    }
    let accesses = |client: &str| format!("/v1/clients/{client}/accesses?limit=1");
    let cursor = branch
        .get(&accesses(&one))
        .await
        .expect(200)
        .text("next_cursor");
    branch
        .get(&format!("{}&cursor={cursor}", accesses(&one)))
        .await
        .expect(200);
    refused(
        branch
            .get(&format!("{}&cursor={cursor}", accesses(&other)))
            .await,
    );
}

/// From where the audit says that a sign-in came which bears these headers.
async fn told_of(world: &World, headers: &[(&str, &str)]) -> String {
    world.wait(TimeDelta::minutes(1));
    let body = json!({"login": "nobody", "password": "x"});
    let ask = world.line().post("/v1/sessions", body);
    let ask = headers
        .iter()
        .fold(ask, |ask, (name, value)| ask.header(name, value));
    ask.await.refused(401, "bad_credentials");
    let newest = "SELECT remote FROM audit_events ORDER BY seq DESC LIMIT 1";
    world.database.texts(newest).concat()
}

async fn behind_a_trusted_proxy_the_caller_is_whom_it_names(world: &World) {
    for (headers, expected) in [
        (&[][..], "127.0.0.1"),
        (&[("x-forwarded-for", "203.0.113.7:51008")], "203.0.113.7"),
        (&[("x-forwarded-for", "[2001:db8::5]:443")], "2001:db8::5"),
        (
            &[("x-forwarded-for", "198.51.100.1, 203.0.113.7, 10.1.1.1, ")],
            "203.0.113.7",
        ),
        (&[("x-forwarded-for", "203.0.113.7, \"\"")], "203.0.113.7"),
        (
            &[
                ("x-forwarded-for", "198.51.100.1"),
                ("x-forwarded-for", "203.0.113.7"),
            ],
            "203.0.113.7",
        ),
        (
            &[(
                "forwarded",
                "for=198.51.100.1, For=\"[2001:db8::5]:443\";proto=https",
            )],
            "2001:db8::5",
        ),
        (
            &[
                ("forwarded", "for=203.0.113.7"),
                ("forwarded", "for=10.1.1.1;by=_x"),
            ],
            "203.0.113.7",
        ),
        (
            &[
                ("forwarded", "for=203.0.113.7"),
                ("x-forwarded-for", "198.51.100.1"),
            ],
            "198.51.100.1",
        ),
        (
            &[("forwarded", "for=203.0.113.7, for=unknown")],
            "127.0.0.1",
        ),
        // What a stranger sent stands before what the proxy appended.
        (&[("x-forwarded-for", "\", 203.0.113.7")], "203.0.113.7"),
        (&[("x-forwarded-for", "é, 203.0.113.7")], "203.0.113.7"),
        (
            &[
                ("x-forwarded-for", "198.51.100.1"),
                ("x-forwarded-for", "é"),
            ],
            "127.0.0.1",
        ),
        (&[("forwarded", "for=\"x, for=203.0.113.7")], "203.0.113.7"),
    ] {
        assert_eq!(told_of(world, headers).await, expected, "{headers:?}");
    }
}

async fn whoever_is_no_trusted_proxy_names_nobody(world: &World) {
    for name in ["x-forwarded-for", "forwarded"] {
        for value in ["203.0.113.7", "for=203.0.113.7"] {
            assert_eq!(told_of(world, &[(name, value)]).await, "127.0.0.1");
        }
    }
}

async fn addresses_and_methods_that_are_not_there_are_told_in_the_contracts_form(world: &World) {
    let line = &world.admin;
    for path in [
        "/v1/nothing",
        "/v1",
        "/v2/clients",
        "/",
        "/v1/staff/",
        "/v1//staff",
        "/.git/config",
    ] {
        let answer = line.get(path).await;
        assert_eq!(
            (answer.status, &answer["code"]),
            (404, &json!("not_found")),
            "{path}"
        );
    }
    let deleted = line
        .delete("/v1/staff")
        .await
        .refused(405, "method_not_allowed");
    let mut allowed: Vec<_> = deleted
        .header("allow")
        .expect("methods")
        .split(", ")
        .collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
    line.ask("BREW", "/v1/staff")
        .await
        .refused(405, "method_not_allowed");
    let read = line
        .get("/v1/sessions")
        .await
        .refused(405, "method_not_allowed");
    assert_eq!(read.header("allow"), Some("POST"));
}

async fn what_is_not_acceptable_is_not_sent(world: &World) {
    let me = async |accept: &str| {
        world
            .admin
            .get("/v1/staff/me")
            .header("accept", accept)
            .await
            .status
    };
    for accept in [
        "*/*",
        "application/json",
        "application/*",
        "text/html, */*;q=0.1",
        "application/json;q=0.5",
        "application/json, application/problem+json",
    ] {
        assert_eq!(me(accept).await, 200, "{accept}");
    }
    for accept in [
        "text/html",
        "application/xml",
        "application/json;q=0",
        "image/*",
    ] {
        assert_eq!(me(accept).await, 406, "{accept}");
    }
    let branch = world.staff("branch").await;
    for (accept, status) in [("application/json", 406), ("text/html", 404)] {
        let form = branch.get("/v1/applications/nothing/form");
        assert_eq!(
            form.header("accept", accept).await.status,
            status,
            "{accept}"
        );
    }
}

async fn problems_are_told_in_the_callers_language(world: &World) {
    let reply = async |accept: &str| {
        let ask = world
            .line()
            .get("/v1/staff/me")
            .header("accept-language", accept);
        let answer = ask.await.refused(401, "unauthenticated");
        let language = answer
            .header("content-language")
            .expect("a language")
            .to_owned();
        (language, answer.text("title"), answer.text("detail"))
    };
    let (kk, ru, en) = (reply("kk").await, reply("ru-RU").await, reply("en").await);
    assert_eq!(
        (kk.0.as_str(), ru.0.as_str(), en.0.as_str()),
        ("kk", "ru", "en")
    );
    assert!(kk.1 != ru.1 && ru.1 != en.1 && kk.2 != ru.2 && ru.2 != en.2);
    assert_eq!(reply("de, ru;q=0.3, kk;q=0.8").await, kk);
    assert_eq!(reply("de").await, en);
    let branch = world.staff("branch").await;
    let ask = branch
        .post("/v1/clients", json!({}))
        .header("accept-language", "kk");
    let flawed = ask.await.refused(422, "invalid_input");
    let detail = flawed["errors"][0]["detail"].as_str().expect("a detail");
    assert!(
        detail
            .chars()
            .any(|c| "әғқңөұүһі".contains(c) || c.is_alphabetic() && !c.is_ascii())
    );
}

async fn every_answer_is_guarded_by_its_headers(world: &World) {
    let nothing = "default-src 'none'; frame-ancestors 'none'";
    let documentation = "default-src 'self'; ";
    for (path, caching, policy) in [
        ("/healthz", Some("no-store"), nothing),
        ("/v1/staff/me", Some("no-store"), nothing),
        ("/v1/nothing", Some("no-store"), nothing),
        ("/openapi.json", None, documentation),
        ("/docs/", None, documentation),
        ("/docs/nothing", Some("no-store"), nothing),
    ] {
        let answer = world.line().get(path).await;
        assert_eq!(answer.header("cache-control"), caching, "{path}");
        let sent = answer.header("content-security-policy");
        assert!(
            sent.is_some_and(|sent| sent.starts_with(policy)),
            "{path}: {sent:?}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
    }
}

async fn whoever_lives_and_can_serve_says_so(world: &World) {
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            world.line().get(path).await.expect(200).body,
            json!({"status": "ok"})
        );
    }
    let figures = world.line().get("/metrics").await.expect(200);
    assert!(
        figures
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/plain"))
    );
    for name in ["qupia_requests_total", "qupia_hash_jobs_total"] {
        assert!(figures.text.contains(name), "{name}");
    }
    let document = world.line().get("/openapi.json").await.expect(200);
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3."))
    );
    let pages = world.line().get("/docs/").await.expect(200);
    assert!(
        pages
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    assert_ne!(document["info"], Value::Null);
}
