//! What all operations share: the parameters of every request, the headers of every answer, and the
//! problems that can befall any operation of a kind. Each operation names the problems of its own in
//! `x-problems`; here they become responses.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use serde_json::json;
use utoipa::{
    Modify,
    openapi::{
        Components, Content, Header, OpenApi, PathItem, Ref, RefOr, Response,
        example::ExampleBuilder,
        header::HeaderBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        response::ResponseBuilder,
        schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, Schema, Type},
    },
};

use crate::{
    domain::{
        flaw::Flaw,
        language::Language,
        role::{Anyone, Duty},
    },
    http::{
        code::Code,
        problem::{self, Problem},
    },
    locales,
};

/// The extension in which an operation names its own problems.
const PROBLEMS: &str = "x-problems";

/// What may be called before a one-time password is changed.
const EARLY: [&str; 3] = ["close_session", "read_me", "change_password"];

/// The POSTs on which no `Idempotency-Key` is honoured.
pub const WITHOUT_KEY: [&str; 6] = [
    "open_session",
    "issue_token",
    "search_clients",
    "check_passphrase",
    "suggest_passphrases",
    "push_batch",
];

/// Adds what all operations share.
pub struct Answers;

impl Modify for Answers {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        for (name, parameter) in parameters() {
            components
                .parameters
                .insert(name.to_owned(), RefOr::T(parameter));
        }
        refer_to_items(components);
        for (path, item) in &mut api.paths.paths {
            if path.starts_with("/v1/") {
                item.parameters = Some(vec![parameter("AcceptLanguage"), parameter("RequestId")]);
            }
            for (method, operation) in operations(item) {
                complete(components, path, method, operation);
            }
        }
    }
}

/// The items of a page are written out in place, being an argument of a generic type; with a
/// reference a generated client has one type for them.
fn refer_to_items(components: &mut Components) {
    for (name, schema) in &mut components.schemas {
        let Some(item) = name.strip_prefix("PageBody_") else {
            continue;
        };
        if let RefOr::T(Schema::Object(page)) = schema {
            let items = ArrayBuilder::new().items(Ref::from_schema_name(item));
            page.properties.insert("items".to_owned(), items.into());
        }
    }
}

/// The operations of a path.
pub fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let all = [
        ("get", item.get.as_mut()),
        ("put", item.put.as_mut()),
        ("post", item.post.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
        .collect()
}

fn complete(components: &mut Components, path: &str, method: &str, operation: &mut Operation) {
    let is_personal = path.starts_with("/v1/");
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let takes_key = method == "post" && is_personal && !WITHOUT_KEY.contains(&id);
    let codes = problems_of(path, takes_key, operation);
    if takes_key {
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(parameter("IdempotencyKey"));
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.extend(headers(is_personal));
            if takes_key {
                let replayed = header("there and `true` where this is the first answer again");
                response
                    .headers
                    .insert("idempotency-replayed".to_owned(), replayed);
            }
        }
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status
            .entry(code.status().as_u16())
            .or_default()
            .push(code);
    }
    for (status, codes) in by_status {
        let shared = shared(status, &codes);
        let responses = &mut operation.responses.responses;
        match responses.get_mut(&status.to_string()) {
            // The token endpoint has errors of RFC 6749 beside the problems of its status.
            Some(RefOr::T(own)) => own.content.extend(shared.content),
            _ => {
                let name = name_of(&codes);
                let reference = Ref::from_response_name(&name);
                components.responses.insert(name, RefOr::T(shared));
                responses.insert(status.to_string(), RefOr::Ref(reference));
            }
        }
    }
}

/// Every problem that an operation can come to, in the order of [`Code::all`].
fn problems_of(path: &str, takes_key: bool, operation: &mut Operation) -> Vec<Code> {
    let mut named = BTreeSet::new();
    if let Some(own) = operation
        .extensions
        .as_mut()
        .and_then(|extensions| extensions.remove(PROBLEMS))
    {
        let own = own.as_array().cloned().unwrap_or_default();
        named.extend(
            own.iter()
                .filter_map(|code| code.as_str().map(str::to_owned)),
        );
    }
    let mut add = |codes: &[Code]| named.extend(codes.iter().map(|code| code.name().to_owned()));
    if path.starts_with("/v1/") {
        add(&[Code::NotAcceptable, Code::Internal, Code::Unavailable]);
    }
    if path.contains('{') {
        add(&[Code::NotFound]);
    }
    if let Some(roles) = roles_of(operation) {
        add(&[Code::Unauthenticated]);
        if roles < Anyone::ROLES.len() {
            add(&[Code::Forbidden]);
        }
        let id = operation.operation_id.as_deref().unwrap_or_default();
        if !EARLY.contains(&id) {
            add(&[Code::PasswordChangeRequired]);
        }
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
    if parameters.iter().any(is_query) {
        add(&[Code::UnknownParameter, Code::InvalidInput]);
    }
    if path.contains("_number}") {
        add(&[Code::InvalidInput]);
    }
    let takes_json = matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    if takes_json || takes_key {
        add(&[Code::Overloaded]);
    }
    if takes_json {
        add(&[
            Code::BadRequest,
            Code::MalformedJson,
            Code::WrongType,
            Code::UnknownField,
            Code::RequestTimeout,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidInput,
        ]);
    }
    if takes_key {
        add(&[
            Code::BadRequest,
            Code::RequestTimeout,
            Code::RequestInProgress,
            Code::IdempotencyKeyInvalid,
            Code::IdempotencyKeyReused,
            Code::PayloadTooLarge,
        ]);
    }
    let all = Code::all();
    all.filter(|code| named.contains(code.name())).collect()
}

/// How many roles may call an operation; nothing where anybody may.
fn roles_of(operation: &Operation) -> Option<usize> {
    let required = serde_json::to_value(operation.security.as_ref()?).ok()?;
    let roles = required
        .as_array()?
        .iter()
        .find_map(|one| one.get("bearer"))?;
    roles.as_array().map(Vec::len)
}

/// The response of a status, with an example for each of its problems.
fn shared(status: u16, codes: &[Code]) -> Response {
    let names = codes.iter().map(|code| code.name());
    let told: Vec<_> = codes
        .iter()
        .map(|code| {
            format!(
                "`{}`: {}",
                code.name(),
                locales::of_problem(code.name(), Language::En).1
            )
        })
        .collect();
    let constant = ObjectBuilder::new()
        .property(
            "code",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(names)),
        )
        .property(
            "status",
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .enum_values(Some([status])),
        );
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(constant);
    let mut content = Content::builder().schema(Some(schema));
    for code in codes {
        let example = ExampleBuilder::new().value(Some(example(*code))).build();
        content = content.examples_from_iter([(code.name(), example)]);
    }
    let mut response = ResponseBuilder::new()
        .description(told.join(" "))
        .content("application/problem+json", content.build())
        .build();
    response.headers.extend(headers(true));
    response.headers.extend(headers_of_status(status));
    response
}

fn example(code: Code) -> serde_json::Value {
    let flaw = match code {
        Code::UnknownField => Some(("/fone", Flaw::UnknownField)),
        Code::WrongType => Some(("/phone", Flaw::WrongType)),
        Code::InvalidInput => Some(("/phone", Flaw::NotAPhone)),
        Code::UnknownClient => Some(("/client_id", Flaw::UnknownClient)),
        Code::PassphrasesDiffer => Some(("/passphrase_repeat", Flaw::PassphrasesDiffer)),
        Code::PassphraseRefused => Some(("/passphrase", Flaw::TooShort { min: 8 })),
        _ => None,
    };
    let flaws = flaw.map(|(pointer, flaw)| crate::flows::FieldFlaw::at(pointer, flaw));
    let problem = Problem {
        flaws: flaws.into_iter().collect(),
        ..Problem::new(code)
    };
    let shown = problem::document(&problem, Language::En, "/v1/…", "019a9f3e-example");
    serde_json::to_value(shown).unwrap_or_default()
}

/// `[not_found]` is `NotFound`, more of one status are joined by `Or`.
fn name_of(codes: &[Code]) -> String {
    let names: Vec<_> = codes.iter().map(|code| format!("{code:?}")).collect();
    names.join("Or")
}

fn headers_of_status(status: u16) -> Vec<(String, RefOr<Header>)> {
    let told: &[(&str, &str)] = match StatusCode::from_u16(status) {
        Ok(StatusCode::UNAUTHORIZED) => &[("WWW-Authenticate", "the scheme that is wanted")],
        Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE) => &[
            ("Accept", "the type that is wanted, where it was another"),
            (
                "Accept-Encoding",
                "the codings that are taken, where it was another",
            ),
        ],
        Ok(StatusCode::TOO_MANY_REQUESTS) => &[
            ("Retry-After", "seconds until it may be tried again"),
            (
                "RateLimit-Policy",
                "the quota and its window, as in `\"verifications\";q=10;w=60`",
            ),
            (
                "RateLimit",
                "what is left and for how long, as in `\"verifications\";r=0;t=41`",
            ),
        ],
        Ok(StatusCode::SERVICE_UNAVAILABLE) => {
            &[("Retry-After", "seconds until it may be tried again")]
        }
        _ => &[],
    };
    let language = ("Content-Language", "the language of `title` and `detail`");
    told.iter()
        .chain([&language])
        .map(|(name, description)| ((*name).to_owned(), header(description)))
        .collect()
}

/// The headers of every answer.
fn headers(is_personal: bool) -> Vec<(String, RefOr<Header>)> {
    let mut headers = vec![(
        "x-request-id".to_owned(),
        header("the request's id, as in the log and the audit"),
    )];
    if is_personal {
        headers.push(("Cache-Control".to_owned(), header("`no-store`")));
    }
    headers
}

fn header(description: &str) -> RefOr<Header> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let header = HeaderBuilder::new()
        .schema(Some(text))
        .description(Some(description));
    RefOr::T(header.build())
}

fn parameter(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}

fn parameters() -> [(&'static str, Parameter); 3] {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |name: &str, description: &str, schema: ObjectBuilder| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .description(Some(description))
            .schema(Some(schema))
            .build()
    };
    [
        (
            "AcceptLanguage",
            header(
                "Accept-Language",
                "The language of problems: `kk`, `ru` or `en`; `en` where none matches.",
                text().examples([json!("kk-KZ, ru;q=0.8")]),
            ),
        ),
        (
            "RequestId",
            header(
                "X-Request-Id",
                "The caller's own id of the request; taken where it is `[A-Za-z0-9._-]{1,128}`, else one is made.",
                text().examples([json!("call-20260131-0042.3")]),
            ),
        ),
        (
            "IdempotencyKey",
            header(
                "Idempotency-Key",
                "The caller's own key of this request, honoured for 24 hours.",
                text()
                    .pattern(Some(r"^[!-~]([ -~]{0,126}[!-~])?$"))
                    .examples([json!("5f1c6c1e-2a4e-4a8b-9c55-0d6f0b1a7c11")]),
            ),
        ),
    ]
}
