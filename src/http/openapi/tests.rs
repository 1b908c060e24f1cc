//! That the document is whole.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::{RefOr, path::ParameterIn};

use super::json;
use crate::{
    domain::role::Role,
    http::{
        code::Code,
        endpoint::{API, RouteGroup},
        endpoints::endpoints,
    },
};

#[test]
fn an_endpoint_is_declared_once_in_its_group_and_documents_its_path() {
    let mut found = BTreeSet::new();
    for endpoint in endpoints() {
        let place = format!("{} {}", endpoint.method, endpoint.path);
        assert!(found.insert(place.clone()), "{place} is declared twice");
        let is_api = endpoint.path.starts_with(&format!("{API}/"));
        assert_eq!(is_api, endpoint.group == RouteGroup::Api, "{place}");
        let parameters = endpoint.operation().parameters.unwrap_or_default();
        let documented = parameters.iter().filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path => {
                Some(parameter.name.as_str())
            }
            _ => None,
        });
        let in_path = endpoint.path.split('{').skip(1);
        let in_path = in_path.filter_map(|part| part.split('}').next());
        assert!(documented.eq(in_path), "{place}");
    }
    assert!(found.len() > 50, "{found:?}");
}

#[test]
fn every_code_is_a_problem_of_some_endpoint() {
    let mut lost: Vec<_> = Code::all().collect();
    for endpoint in endpoints() {
        let problems = endpoint.problems();
        lost.retain(|code| !problems.contains(code));
    }
    // The router answers with it where there is no endpoint.
    assert_eq!(lost, [Code::MethodNotAllowed]);
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
