//! What receivers of webhooks get, as `webhooks` of the document (OpenAPI 3.1).

use chrono::DateTime;
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, HttpMethod, OpenApi, Paths, Ref, Required, Responses,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        response::{ResponseBuilder, ResponsesBuilder},
        schema::{AllOfBuilder, ObjectBuilder, Schema, Type},
    },
};

use super::words::WebhookEvent;
use crate::domain::{
    audit::{Action, Event, Origin},
    webhook::Message,
};

/// What a receiver is sent; unknown fields are passed over.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct WebhookMessage {
    /// what happened
    #[schema(rename = "type", value_type = WebhookEvent)]
    pub event: String,
    /// when
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T06:00:00Z")]
    pub timestamp: String,
    /// to whom and by what
    pub data: WebhookData,
}

/// Ids, and no personal data.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct WebhookData {
    /// whose passphrase
    #[schema(example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub client_id: String,
    /// the company's number of the client
    #[schema(example = "K-000123")]
    pub client_number: String,
    /// by which application
    #[schema(required = false, example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f12")]
    pub application_id: String,
    /// by which verification
    #[schema(required = false, example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f13")]
    pub verification_id: String,
    /// on which call
    #[schema(required = false, example = "call-20260131-0042")]
    pub call_id: String,
}

/// An event: what is done, in a sentence, and the facts that its message has beside the client.
type DocumentedEvent = (Action, &'static str, &'static [&'static str]);

const EVENTS: [DocumentedEvent; 7] = [
    (
        Action::PassphraseSet,
        "A first passphrase is set, or one after a destroyed one.",
        &["application_id"],
    ),
    (
        Action::PassphraseChanged,
        "Another passphrase is set on a new application.",
        &["application_id"],
    ),
    (
        Action::PassphraseLocked,
        "Failures brought a timed lock.",
        &["verification_id", "call_id"],
    ),
    (
        Action::PassphraseDisabled,
        "Failures disabled the passphrase.",
        &["verification_id", "call_id"],
    ),
    (
        Action::PassphraseBlocked,
        "The passphrase is blocked on the client's word.",
        &[],
    ),
    (
        Action::PassphraseDestroyed,
        "Consent was withdrawn, and the passphrase destroyed.",
        &[],
    ),
    (
        Action::InquiryMade,
        "Loans were read out.",
        &["verification_id", "call_id"],
    ),
];

/// Adds the webhooks, and the schemas that they refer to.
pub(crate) fn add(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    let mut schemas = vec![(
        WebhookMessage::name().into_owned(),
        WebhookMessage::schema(),
    )];
    WebhookMessage::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let mut webhooks = Paths::new();
    for event in EVENTS {
        let name = event.0.name();
        webhooks.add_path_operation(name, vec![HttpMethod::Post], operation(event));
    }
    api.webhooks = Some(webhooks);
}

fn operation((action, summary, facts): DocumentedEvent) -> Operation {
    let name = action.name();
    let content = Content::builder()
        .schema(Some(schema(name, facts)))
        .example(example(action, facts));
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", content.build());
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("on_{}", name.replace('.', "_"))))
        .tag("webhooks")
        .summary(Some(summary))
        .description(Some(
            "Sent to each receiver that asked for it, as Standard Webhooks has it. Verify it before it is \
             read; a repetition has the same `webhook-id`.",
        ))
        .parameters(Some(headers()))
        .request_body(Some(body.build()))
        .responses(responses())
        .build();
    // The signature stands for it.
    operation.security = Some(Vec::new());
    operation
}

/// The message of one event: any message, with this type and these facts.
fn schema(name: &str, facts: &[&str]) -> Schema {
    let kind = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([name]));
    let mut narrowed = ObjectBuilder::new().property("type", kind);
    if !facts.is_empty() {
        let needed = facts
            .iter()
            .fold(ObjectBuilder::new(), |data, fact| data.required(*fact));
        let data = AllOfBuilder::new()
            .item(Ref::from_schema_name("WebhookData"))
            .item(needed);
        narrowed = narrowed.property("data", data);
    }
    Schema::AllOf(
        AllOfBuilder::new()
            .item(Ref::from_schema_name("WebhookMessage"))
            .item(narrowed)
            .build(),
    )
}

/// A message as it is written.
fn example(action: Action, facts: &[&str]) -> Option<Value> {
    let at = DateTime::from_timestamp(1_769_839_200, 0)?;
    let client = "019c1f29-8c44-7d10-8f63-7d1b5a0c9e42".into();
    let mut event = Event::of_nobody(&Origin::own("example"), at, action)
        .client(&client)
        .subject("019c1f2a-41a7-7b02-b1c9-2e6f0f5a7d38");
    if facts.contains(&"call_id") || action == Action::PassphraseBlocked {
        event = event.call("call-20260131-0042");
    }
    serde_json::from_str(&Message::of(&event)?.payload("K-000123")).ok()
}

fn headers() -> Vec<Parameter> {
    let header = |name: &str, description: &str, example: &str| {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .examples([json!(example)]);
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(text))
            .build()
    };
    vec![
        header(
            "webhook-id",
            "The message, the same at every attempt.",
            "msg_019c1f2a-5b1e-7c3d-9a51-0f6f6f2d1c11",
        ),
        header(
            "webhook-timestamp",
            "When this attempt was made: seconds since 1970. Refuse what is more than five minutes off.",
            "1769839200",
        ),
        header(
            "webhook-signature",
            "`v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`; several with blanks between \
             while a secret is rotated: one match suffices.",
            "v1,twYn1QRJoYL6JSxwQfClZHosUH3suy5lQ2kCgc5JxRc=",
        ),
    ]
}

/// What the receiver may answer, and what comes of it.
fn responses() -> Responses {
    let response = |description: &str| ResponseBuilder::new().description(description);
    ResponsesBuilder::new()
        .response("2XX", response("Delivered."))
        .response("410", response("The receiver is gone: it is disabled."))
        .response("429", response("Nothing is sent until `Retry-After`."))
        .response("503", response("Nothing is sent until `Retry-After`."))
        .response("default", response("It is tried again, ten times in all."))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhook::EVENT_NAMES;

    #[test]
    fn every_event_that_is_sent_is_documented_with_the_facts_that_it_has() {
        assert_eq!(EVENTS.map(|(action, ..)| action.name()), EVENT_NAMES);
        for (action, _, facts) in EVENTS {
            let example = example(action, facts).expect("it is sent");
            for fact in ["client_id", "client_number"].iter().chain(facts) {
                assert!(example["data"][fact].is_string(), "{example}: {fact}");
            }
        }
    }
}
