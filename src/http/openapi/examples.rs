//! An example for every answer, made of the examples of its parts.

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, PathItem},
};

/// Ids are all of one form.
const ID: &str = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11";
const TIME: &str = "2026-11-22T09:30:00Z";
const DAY: &str = "2026-11-22";

/// Adds an example to every answer that has none of its own.
pub(crate) fn add(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    let schemas = serde_json::to_value(&components.schemas).unwrap_or_default();
    for operation in api.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else {
                continue;
            };
            let composer = Composer {
                schemas: &schemas,
                is_first: status == "201",
            };
            let id = operation.operation_id.as_deref().unwrap_or_default();
            let own = own_values(id, status);
            for content in response.content.values_mut() {
                if let RefOr::T(content) = content
                    && content.example.is_none()
                    && content.examples.is_empty()
                {
                    let schema = serde_json::to_value(&content.schema).unwrap_or_default();
                    content.example = composer.of(&schema).map(|example| with(example, &own));
                }
            }
        }
    }
}

/// The operations of a path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        patch,
        delete,
        ..
    } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}

/// Composes examples of schemas.
struct Composer<'s> {
    /// the schemas that are referred to, by name
    schemas: &'s Value,
    /// whether it is an answer about something new: secrets that are shown once, and loans, are in no other
    is_first: bool,
}

impl Composer<'_> {
    /// An example of a schema; `None` where one of its parts has none.
    fn of(&self, schema: &Value) -> Option<Value> {
        let own = schema.get("example").or_else(|| schema["examples"].get(0));
        if let Some(own) = own.or_else(|| schema["enum"].get(0)) {
            return Some(own.clone());
        }
        if let Some(target) = schema["$ref"].as_str() {
            return self.of(&self.schemas[target.rsplit('/').next()?]);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let choice = choices.iter().find(|choice| choice["type"] != "null")?;
            return self.of(choice);
        }
        let kind = &schema["type"];
        if kind
            .as_array()
            .is_some_and(|kinds| kinds.contains(&json!("null")))
        {
            return Some(Value::Null);
        }
        match kind.as_str()? {
            "object" => self.object(schema),
            "array" => Some(json!([self.of(&schema["items"])?])),
            "boolean" => Some(json!(false)),
            "integer" | "number" => Some(json!(0)),
            "string" => match schema["format"].as_str()? {
                "date-time" => Some(json!(TIME)),
                "date" => Some(json!(DAY)),
                _ => None,
            },
            _ => None,
        }
    }

    fn object(&self, schema: &Value) -> Option<Value> {
        let required = schema["required"].as_array();
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object()? {
            let is_required = required.is_some_and(|names| names.contains(&json!(name)));
            let is_once = property["format"] == "password"
                || property.get("$ref").is_some()
                || property.get("items").is_some();
            let is_shown = is_required || self.is_first || !is_once;
            let is_id = property["type"] == "string"
                && (name == "id" || name.ends_with("_id") || name.ends_with("_by"));
            let example = match self.of(property) {
                None if is_id => Some(json!(ID)),
                example => example,
            };
            match example {
                Some(example) if is_shown => object.insert(name.clone(), example),
                None if is_required => return None,
                _ => None,
            };
        }
        Some(Value::Object(object))
    }
}

/// What an operation's answer has in place of the values of its schema's example.
fn own_values(operation: &str, status: &str) -> Value {
    let person = json!({
        "family_name": "Қасымова", "given_name": "Әсел", "patronymic": null, "phone": "+77012345667",
    });
    match (operation, status) {
        ("enter_client" | "amend_client", _) => person,
        ("complete_application", _) => json!({
            "state": "completed", "signed_on": DAY, "completed_at": TIME, "completed_by": ID,
        }),
        ("cancel_application", _) => json!({
            "state": "cancelled", "cancelled_at": TIME, "cancelled_by": ID,
            "cancel_reason": "the client left",
        }),
        ("block_passphrase", _) => json!({"state": "blocked", "attempts_left": null}),
        ("destroy_passphrase", _) => json!({
            "state": "destroyed", "attempts_left": null,
        }),
        ("push_client" | "push_loan", "200") => json!({"applied": false, "reason": "stale"}),
        ("list_deliveries" | "replay_delivery", _) => {
            json!({"next_attempt_at": TIME, "last_attempt_at": TIME})
        }
        _ => Value::Null,
    }
}

/// An example with other values: of a page, in each of its items.
fn with(mut example: Value, values: &Value) -> Value {
    let items = example.get_mut("items").and_then(Value::as_array_mut);
    let targets: Vec<&mut Value> = match items {
        Some(items) => items.iter_mut().collect(),
        None => vec![&mut example],
    };
    for target in targets.into_iter().filter_map(Value::as_object_mut) {
        let values = values.as_object().into_iter().flatten();
        target.extend(values.map(|(name, value)| (name.clone(), value.clone())));
    }
    example
}
