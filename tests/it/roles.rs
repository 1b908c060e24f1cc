//! Every role against every endpoint, and nobody against every endpoint, as endpoints are declared.

use std::collections::BTreeSet;

use qupia::http::{
    endpoint::{Endpoint, RouteAccess},
    endpoints::endpoints,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, World,
    telephone::Line,
    world::{BUSY, on_each_database},
};

on_each_database! {
    every_role_may_call_the_endpoints_that_are_its_own_and_no_other with BUSY,
    without_a_good_token_every_endpoint_gives_the_same_refusal with BUSY,
    a_one_time_password_opens_nothing_but_its_own_change with BUSY,
}

const ROLES: [&str; 6] = [
    "call_center",
    "branch",
    "supervisor",
    "auditor",
    "admin",
    "loan_system",
];
const PEOPLE: [&str; 5] = ["call_center", "branch", "supervisor", "auditor", "admin"];

/// Every endpoint as it is declared; signing out comes last, since nothing can be called after it.
fn table() -> Vec<&'static Endpoint> {
    let mut table: Vec<_> = endpoints().iter().collect();
    table.sort_by_key(|endpoint| endpoint.path == "/v1/sessions/current");
    table
}

/// The roles that may call an endpoint; `None` where anybody may. None is that of a client at an entry link.
fn roles_of(endpoint: &Endpoint) -> Option<Vec<&'static str>> {
    match endpoint.access {
        RouteAccess::Public => None,
        RouteAccess::Entry => Some(Vec::new()),
        RouteAccess::Roles { roles, .. } => Some(roles.iter().map(|role| role.name()).collect()),
    }
}

/// The committed document is what reviewers see of a change of roles.
#[test]
fn the_table_names_every_route_that_there_is() {
    let document: Value =
        serde_json::from_str(include_str!("../../docs/openapi.json")).expect("it is JSON");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            if method != "parameters" {
                let security = &operation["security"][0];
                let roles = security["bearer"]
                    .as_array()
                    .or(security["entry"].as_array());
                let roles: Option<Vec<_>> =
                    roles.map(|roles| roles.iter().filter_map(Value::as_str).collect());
                documented.insert((method.to_uppercase(), path.clone(), roles));
            }
        }
    }
    let declared = table().into_iter().map(|endpoint| {
        let roles = roles_of(endpoint);
        (endpoint.method.to_string(), endpoint.path.clone(), roles)
    });
    assert_eq!(declared.collect::<BTreeSet<_>>(), documented);
}

/// Calls an endpoint with an empty body, about something that does not exist.
async fn call(line: &Line, endpoint: &Endpoint) -> Answer {
    let parts = endpoint.path.split('/');
    let parts = parts.map(|part| {
        if part.starts_with('{') {
            "nothing"
        } else {
            part
        }
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let ask = line.ask(endpoint.method.as_str(), &path);
    if endpoint.method == "GET" {
        ask.await
    } else {
        ask.json(&json!({})).await
    }
}

/// What is shown where an answer is not as it should be.
fn shown(role: &str, endpoint: &Endpoint, answer: &Answer) -> String {
    let Endpoint { method, path, .. } = endpoint;
    format!("{role}: {method} {path}: {} {}", answer.status, answer.text)
}

async fn every_role_may_call_the_endpoints_that_are_its_own_and_no_other(world: &World) {
    for role in ROLES {
        let person = world.anybody(role).await;
        for endpoint in table() {
            let answer = call(&person, endpoint).await;
            let shown = shown(role, endpoint, &answer);
            if roles_of(endpoint).is_none_or(|roles| roles.contains(&role)) {
                assert!(![401, 403, 405].contains(&answer.status), "{shown}");
            } else if endpoint.access == RouteAccess::Entry {
                assert_eq!(
                    (answer.status, &answer["code"]),
                    (401, &json!("unauthenticated")),
                    "{shown}"
                );
            } else {
                assert_eq!(
                    (answer.status, &answer["code"]),
                    (403, &json!("forbidden")),
                    "{shown}"
                );
            }
        }
    }
}

async fn without_a_good_token_every_endpoint_gives_the_same_refusal(world: &World) {
    let bad_token = world.line().with_token("not.a.token");
    for endpoint in table() {
        for line in [world.line(), &bad_token] {
            let answer = call(line, endpoint).await;
            let shown = shown("nobody", endpoint, &answer);
            if roles_of(endpoint).is_none() {
                assert!(![401, 403].contains(&answer.status), "{shown}");
            } else {
                assert_eq!(answer["code"], "unauthenticated", "{shown}");
                assert_eq!(answer.status, 401, "{shown}");
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
        let mut early = Vec::new();
        for endpoint in table() {
            let RouteAccess::Roles {
                roles,
                before_password_change,
            } = endpoint.access
            else {
                continue;
            };
            let answer = call(&line, endpoint).await;
            let shown = shown(role, endpoint, &answer);
            if before_password_change {
                assert!(![401, 403].contains(&answer.status), "{shown}");
                early.push(endpoint.path.as_str());
            } else {
                assert_eq!(answer.status, 403, "{shown}");
                let code = answer["code"].as_str().unwrap_or_default();
                let is_own = roles.iter().any(|own| own.name() == role);
                assert!(code == "password_change_required" || !is_own, "{shown}");
            }
        }
        // Who one is, a password of one's own, and the way out; nothing else, whatever is declared.
        let expected = [
            "/v1/staff/me",
            "/v1/staff/me/password",
            "/v1/sessions/current",
        ];
        assert_eq!(early, expected);
    }
}
