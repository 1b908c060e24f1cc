//! That the document is whole.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::OpenApi;

use super::{
    Document,
    answers::{WITHOUT_KEY, operations},
    json,
};
use crate::{domain::role::Role, http::code::Code};

/// Every route with its method, as the table in `routes.rs` has them.
fn routed() -> BTreeSet<String> {
    let table = include_str!("../routes.rs");
    let mut scope = "/v1";
    let mut found = BTreeSet::new();
    for piece in table.split(".service(").skip(1) {
        if piece.starts_with("v1)") {
            scope = "";
        }
        let Some(arguments) = piece.trim_start().strip_prefix("at(") else {
            continue;
        };
        let mut quoted = arguments.split('"');
        let path = quoted.nth(1).unwrap_or_default();
        let methods = quoted.next().unwrap_or_default();
        for method in ["get", "put", "post", "patch", "delete"] {
            let called = |head: char| methods.contains(&format!("{head}{method}("));
            if called('[') || called(' ') {
                let scope = if path == "/metrics" { "" } else { scope };
                found.insert(format!("{method} {scope}{path}"));
            }
        }
    }
    found
}

#[test]
fn every_route_is_in_the_document_and_every_operation_is_a_route() {
    let mut api = Document::openapi();
    let mut documented = BTreeSet::new();
    for (path, item) in &mut api.paths.paths {
        for (method, _) in operations(item) {
            documented.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(documented, routed());
    assert!(documented.len() > 35, "the table was read");
}

#[test]
fn the_document_tells_on_which_posts_no_key_is_honoured() {
    let table: String = include_str!("../routes.rs")
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let without: BTreeSet<_> = table
        .split(".service(at(\"")
        .filter(|row| row.contains(".without_key()"))
        .filter_map(|row| row.split('"').next())
        .map(|path| format!("/v1{path}"))
        .collect();
    let mut api = Document::openapi();
    let mut told = BTreeSet::new();
    for (path, item) in &mut api.paths.paths {
        let post = item
            .post
            .as_ref()
            .and_then(|post| post.operation_id.as_deref());
        if post.is_some_and(|id| WITHOUT_KEY.contains(&id)) {
            told.insert(path.clone());
        }
    }
    assert_eq!(told, without);
    assert_eq!(told.len(), WITHOUT_KEY.len());
}

#[test]
fn every_problem_that_an_operation_names_is_one() {
    // A name that is none is not carried over, so that the extension would stay or go unseen: the
    // sources are read instead.
    let sources = [
        include_str!("../applications.rs"),
        include_str!("../branches.rs"),
        include_str!("../clients.rs"),
        include_str!("../health.rs"),
        include_str!("../loan_system.rs"),
        include_str!("../passphrases.rs"),
        include_str!("../sessions.rs"),
        include_str!("../staff.rs"),
        include_str!("../tokens.rs"),
        include_str!("../verifications.rs"),
        include_str!("../webhooks.rs"),
    ];
    let known: BTreeSet<_> = Code::all().map(Code::name).collect();
    for source in sources {
        for named in source.split("\"x-problems\" = json!([").skip(1) {
            let list = named.split(']').next().unwrap_or_default();
            for name in list.split('"').skip(1).step_by(2) {
                assert!(known.contains(name), "{name}");
            }
        }
    }
}

#[test]
fn every_operation_has_an_id_of_its_own_a_tag_and_a_summary() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method == "parameters" {
                continue;
            }
            let place = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{place}");
            assert!(operation["tags"][0].is_string(), "{place}");
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{place}: {id}");
            assert!(operation.get("x-problems").is_none(), "{place}");
        }
    }
}

#[test]
fn an_operation_names_only_roles_that_there_are() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let required = operation.get("security").and_then(Value::as_array);
            for roles in required.into_iter().flatten() {
                for role in roles["bearer"].as_array().into_iter().flatten() {
                    let role = role.as_str().unwrap();
                    assert!(Role::from_name(role).is_some(), "{method} {path}: {role}");
                }
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field.as_str() {
                        Some(target) if name == "$ref" => {
                            found.insert(target);
                        }
                        _ => references(field, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&json()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for target in found {
        let pointer = target.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
}

#[test]
fn the_committed_document_is_the_one_that_the_code_makes() {
    let committed = include_str!("../../../docs/openapi.json");
    assert!(
        committed.trim_end() == json().trim_end(),
        "docs/openapi.json is out of date: cargo run -- openapi > docs/openapi.json"
    );
}
