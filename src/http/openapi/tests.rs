//! That the document is whole.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, path::ParameterIn};

use super::{json, json_of_service};
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

#[test]
fn every_reference_leads_somewhere() {
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

/// Every answer of an operation with its status, those of problems resolved.
fn answers(document: &Value) -> Vec<(String, String, Value)> {
    let mut answers = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let answer = match answer["$ref"].as_str() {
                    Some(target) => document.pointer(target.trim_start_matches('#')).unwrap(),
                    None => answer,
                };
                answers.push((format!("{method} {path}"), status.clone(), answer.clone()));
            }
        }
    }
    answers
}

#[test]
fn every_answer_that_has_a_body_has_an_example() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    for (place, status, answer) in answers(&document) {
        for (kind, content) in answer["content"].as_object().into_iter().flatten() {
            let has_example = content.get("example").is_some() || content.get("examples").is_some();
            assert!(
                has_example,
                "{place} {status} {kind}: a part of it has none"
            );
        }
    }
}

#[test]
fn problems_are_of_one_schema_and_named_by_their_codes() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    let mut named = BTreeSet::new();
    for (place, status, answer) in answers(&document) {
        let Some(content) = answer["content"].get("application/problem+json") else {
            continue;
        };
        let schema = &content["schema"];
        assert_eq!(
            *schema,
            json!({"$ref": "#/components/schemas/Problem"}),
            "{place}"
        );
        // The token endpoint has errors of its own beside them.
        for code in answer["x-problems"].as_array().into_iter().flatten() {
            named.insert((place.clone(), status.clone(), code.to_string()));
        }
    }
    for endpoint in endpoints() {
        let place = format!(
            "{} {}",
            endpoint.method.as_str().to_lowercase(),
            endpoint.path
        );
        for code in endpoint.problems() {
            let status = code.status().as_str().to_owned();
            let name = format!("{:?}", code.name());
            assert!(
                named.remove(&(place.clone(), status, name)),
                "{place} {code:?}"
            );
        }
    }
    assert_eq!(named, BTreeSet::new());
}

/// What an answer holds of a list that may grow is no enum: a generated client would refuse a new value.
#[test]
fn answers_are_closed_to_no_list_that_may_grow() {
    let document: Value = serde_json::from_str(&json()).unwrap();
    let mut wanted: Vec<Value> = answers(&document)
        .into_iter()
        .map(|answer| answer.2)
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(value) = wanted.pop() {
        let mut found = BTreeSet::new();
        references(&value, &mut found);
        for target in found.into_iter().map(str::to_owned) {
            if seen.insert(target.clone()) {
                wanted.extend(document.pointer(target.trim_start_matches('#')).cloned());
            }
        }
    }
    let names = seen.iter().filter_map(|target| target.rsplit('/').next());
    let closed: Vec<_> = names.filter(|name| name.starts_with("Known")).collect();
    assert_eq!(closed, [""; 0]);
    for open in [
        "ActionName",
        "EventOutcomeName",
        "FieldErrorCode",
        "ProblemCode",
        "RoleName",
        "SignalKind",
        "WebhookEvent",
    ] {
        let schema = &document["components"]["schemas"][open];
        assert!(
            schema["x-extensible-enum"][1].is_string() && schema.get("enum").is_none(),
            "{open}"
        );
    }
}

#[test]
fn patterns_are_for_every_engine() {
    fn patterns<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("pattern").and_then(Value::as_str));
                fields.values().for_each(|field| patterns(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&json()).unwrap();
    let mut found = BTreeSet::new();
    patterns(&document, &mut found);
    assert!(found.len() > 5);
    for pattern in found {
        for special in [r"\p", r"\P", "(?"] {
            assert!(!pattern.contains(special), "{pattern}");
        }
    }
}

#[test]
fn the_server_is_where_the_service_is_reached() {
    let servers = |text: &str| -> Value {
        let document: Value = serde_json::from_str(text).unwrap();
        document["servers"].clone()
    };
    assert_eq!(servers(&json())[0]["url"], ".");
    assert_eq!(servers(&json_of_service(None))[0]["url"], ".");
    let behind_a_prefix = "https://lender.example.kz/qupia";
    assert_eq!(
        servers(&json_of_service(Some(behind_a_prefix))),
        json!([{"url": behind_a_prefix}])
    );
}

/// The table of `docs/api.md`: each code once, with its status and a meaning.
#[test]
fn every_code_is_in_the_table_of_the_documentation() {
    let document = include_str!("../../../docs/api.md");
    let rows = document.lines().filter_map(|line| {
        let (code, rest) = line.strip_prefix('`')?.split_once("`|")?;
        let (status, meaning) = rest.split_once('|')?;
        assert!(meaning.contains(char::is_alphabetic), "{line}");
        Some((code, status.parse().ok()?))
    });
    let codes = Code::all().map(|code| (code.name(), code.status().as_u16()));
    assert_eq!(rows.collect::<Vec<_>>(), codes.collect::<Vec<_>>());
}
