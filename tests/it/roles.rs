//! The role table: every role against every route, and nobody against every route.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Answer, World,
    telephone::Line,
    world::{BUSY, on_each_database},
};

on_each_database! {
    every_role_gets_through_the_doors_that_are_its_own_and_no_other with BUSY,
    without_a_good_token_every_door_is_the_same_wall with BUSY,
    a_one_time_password_opens_nothing_but_its_own_change with BUSY,
}

const NOBODY: &[&str] = &[];
const ALL: &[&str] = &[
    "call_center",
    "branch",
    "supervisor",
    "auditor",
    "admin",
    "loan_system",
];
const PEOPLE: &[&str] = &["call_center", "branch", "supervisor", "auditor", "admin"];
const FIND: &[&str] = &["call_center", "branch", "supervisor"];
const VERIFY: &[&str] = &["call_center", "supervisor"];
const BRANCH: &[&str] = &["branch"];
const ADMIN: &[&str] = &["admin"];
const FEED: &[&str] = &["loan_system"];

/// Every route and the roles that may. `NOBODY` marks a door without a lock.
pub const TABLE: &[(&str, &str, &[&str])] = &[
    ("POST", "/v1/sessions", NOBODY),
    ("POST", "/v1/oauth/token", NOBODY),
    ("GET", "/v1/staff/me", PEOPLE),
    ("POST", "/v1/staff/me/password", PEOPLE),
    ("POST", "/v1/staff", ADMIN),
    ("GET", "/v1/staff", ADMIN),
    ("GET", "/v1/staff/{id}", ADMIN),
    ("PATCH", "/v1/staff/{id}", ADMIN),
    ("POST", "/v1/staff/{id}/password", ADMIN),
    ("POST", "/v1/branches", ADMIN),
    ("GET", "/v1/branches", ADMIN),
    ("POST", "/v1/clients", BRANCH),
    ("POST", "/v1/clients/search", FIND),
    ("GET", "/v1/clients/{id}", FIND),
    ("PATCH", "/v1/clients/{id}", BRANCH),
    ("GET", "/v1/clients/{id}/applications", BRANCH),
    ("GET", "/v1/clients/{id}/accesses", &["auditor", "branch"]),
    (
        "GET",
        "/v1/clients/{id}/passphrase",
        &["branch", "supervisor"],
    ),
    ("DELETE", "/v1/clients/{id}/passphrase", BRANCH),
    ("POST", "/v1/clients/{id}/passphrase/block", VERIFY),
    (
        "POST",
        "/v1/clients/{id}/passphrase/unlock",
        &["supervisor"],
    ),
    ("POST", "/v1/applications", BRANCH),
    ("GET", "/v1/applications/{id}", BRANCH),
    ("GET", "/v1/applications/{id}/form", BRANCH),
    ("POST", "/v1/applications/{id}/completion", BRANCH),
    ("POST", "/v1/applications/{id}/cancellation", BRANCH),
    ("POST", "/v1/passphrases/check", BRANCH),
    ("POST", "/v1/passphrases/suggestions", BRANCH),
    ("POST", "/v1/verifications", VERIFY),
    ("GET", "/v1/verifications/{id}", VERIFY),
    ("DELETE", "/v1/verifications/{id}", VERIFY),
    ("GET", "/v1/verifications/{id}/loans", VERIFY),
    ("PUT", "/v1/loan-system/clients/{client_number}", FEED),
    ("PUT", "/v1/loan-system/loans/{ticket_number}", FEED),
    ("GET", "/v1/audit/events", &["auditor"]),
    ("GET", "/v1/audit/seals", &["auditor"]),
    ("POST", "/v1/audit/verification", &["auditor"]),
    ("POST", "/v1/webhooks", ADMIN),
    ("GET", "/v1/webhooks", ADMIN),
    ("GET", "/v1/webhooks/{id}", ADMIN),
    ("PATCH", "/v1/webhooks/{id}", ADMIN),
    ("DELETE", "/v1/webhooks/{id}", ADMIN),
    ("POST", "/v1/webhooks/{id}/secrets", ADMIN),
    ("GET", "/v1/webhooks/{id}/deliveries", ADMIN),
    (
        "POST",
        "/v1/webhooks/{id}/deliveries/{delivery_id}/replay",
        ADMIN,
    ),
    ("POST", "/v1/webhooks/{id}/replay", ADMIN),
    ("GET", "/v1/reports/signals", &["supervisor", "auditor"]),
    ("GET", "/healthz", NOBODY),
    ("GET", "/readyz", NOBODY),
    ("GET", "/metrics", NOBODY),
    ("GET", "/openapi.json", NOBODY),
    // The last, since whoever may go through it is signed out.
    ("DELETE", "/v1/sessions/current", ALL),
];

/// What a one-time password does open.
const EARLY: &[(&str, &str)] = &[
    ("GET", "/v1/staff/me"),
    ("POST", "/v1/staff/me/password"),
    ("DELETE", "/v1/sessions/current"),
];

/// The routes as `src/http/routes.rs` lays them out.
fn laid_out() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/http/routes.rs");
    let source: String = source.chars().filter(|c| !c.is_whitespace()).collect();
    let mut found = BTreeSet::new();
    for place in source.split("at(\"").skip(1) {
        let (path, rest) = place.split_once('"').expect("a path ends");
        let methods = rest.split_once(']').expect("a list of methods ends").0;
        let is_outside = ["/healthz", "/readyz", "/openapi.json", "/metrics"].contains(&path);
        let path = if is_outside {
            path.to_owned()
        } else {
            format!("/v1{path}")
        };
        for method in ["get", "post", "put", "patch", "delete"] {
            let name = format!("{method}(");
            let names = methods.match_indices(&name);
            // `target(` is no `get(`: the name begins after a bracket or a comma.
            if names
                .into_iter()
                .any(|(at, _)| methods[..at].ends_with(['[', ',']))
            {
                found.insert((method.to_ascii_uppercase(), path.clone()));
            }
        }
    }
    found
}

#[test]
fn the_table_names_every_route_that_there_is() {
    let told = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    let told: BTreeSet<_> = told.collect();
    let laid_out = laid_out();
    let missing: Vec<_> = laid_out.difference(&told).collect();
    let gone: Vec<_> = told.difference(&laid_out).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in the table: {missing:?}; gone: {gone:?}"
    );
}

/// Knocks at a door of the table, with an empty body.
async fn knock(line: &Line, method: &str, path: &str) -> Answer {
    let path = [
        "{id}",
        "{client_number}",
        "{ticket_number}",
        "{delivery_id}",
    ]
    .iter()
    .fold(path.to_owned(), |path, part| path.replace(part, "nothing"));
    let ask = line.ask(method, &path);
    if method == "GET" {
        ask.await
    } else {
        ask.json(&json!({})).await
    }
}

async fn every_role_gets_through_the_doors_that_are_its_own_and_no_other(world: &World) {
    for role in ALL {
        let person = world.anybody(role).await;
        for (method, path, roles) in TABLE {
            let answer = knock(&person, method, path).await;
            let told = format!("{role}: {method} {path}: {} {}", answer.status, answer.text);
            if roles == &NOBODY || roles.contains(role) {
                assert!(![401, 403, 405].contains(&answer.status), "{told}");
            } else {
                assert_eq!(
                    (answer.status, &answer["code"]),
                    (403, &json!("forbidden")),
                    "{told}"
                );
            }
        }
    }
}

async fn without_a_good_token_every_door_is_the_same_wall(world: &World) {
    let stranger = world.line().with_token("not.a.token");
    for (method, path, roles) in TABLE {
        for line in [world.line(), &stranger] {
            let answer = knock(line, method, path).await;
            let told = format!("{method} {path}: {} {}", answer.status, answer.text);
            if roles == &NOBODY {
                assert!(![401, 403].contains(&answer.status), "{told}");
            } else {
                assert_eq!(answer["code"], "unauthenticated", "{told}");
                assert_eq!(answer.status, 401, "{told}");
            }
        }
    }
}

async fn a_one_time_password_opens_nothing_but_its_own_change(world: &World) {
    for role in PEOPLE {
        let entered = world.enter_staff(role).await;
        let body = json!({"login": entered["login"], "password": entered["password"]});
        let session = world.line().post("/v1/sessions", body).await.expect(201);
        assert_eq!(
            session["staff"]["password_change_required"],
            Value::Bool(true)
        );
        let line = world.line().with_token(&session.text("access_token"));
        for (method, path, roles) in TABLE.iter().filter(|(_, _, roles)| roles != &NOBODY) {
            let answer = knock(&line, method, path).await;
            let told = format!("{role}: {method} {path}: {} {}", answer.status, answer.text);
            if EARLY.contains(&(*method, *path)) {
                assert!(![401, 403].contains(&answer.status), "{told}");
            } else {
                assert_eq!(answer.status, 403, "{told}");
                let code = answer["code"].as_str().unwrap_or_default();
                let is_own = roles.contains(role);
                assert!(code == "password_change_required" || !is_own, "{told}");
            }
        }
    }
}
