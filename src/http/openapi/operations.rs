//! Operations, completed by what their endpoints declare: who may call them, the problems that they can
//! end in, and the headers that all of them share.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use utoipa::openapi::{
    Components, Content, Header, OpenApi, Ref, RefOr, Response,
    example::ExampleBuilder,
    extensions::ExtensionsBuilder,
    header::HeaderBuilder,
    path::{HttpMethod, Operation, ParameterBuilder, ParameterIn},
    response::ResponseBuilder,
    schema::{ArrayBuilder, ObjectBuilder, Schema, Type},
    security::SecurityRequirement,
};

use crate::{
    domain::{language::Language, role::Role, validation::ValidationError},
    http::{
        code::Code,
        endpoint::{AnswerHeaders, Endpoint, RouteAccess},
        problem::{self, Problem},
    },
    locales,
};

/// The name of the one parameter that operations share. `Accept-Language` and `X-Request-Id`, which every
/// operation takes, are in the introduction: a client sets them for all of its requests at once.
const IDEMPOTENCY_KEY: &str = "IdempotencyKey";

/// Adds the parameter that operations refer to.
pub(crate) fn add_parameters(components: &mut Components) {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(r"^[!-~]([ -~]{0,126}[!-~])?$"))
        .examples([json!("5f1c6c1e-2a4e-4a8b-9c55-0d6f0b1a7c11")]);
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The caller's own key of this request, honoured for 24 hours.",
        ))
        .schema(Some(text))
        .build();
    components
        .parameters
        .insert(IDEMPOTENCY_KEY.to_owned(), RefOr::T(parameter));
}

/// Adds an endpoint's operation, with the schemas and responses that it refers to.
pub(crate) fn add(api: &mut OpenApi, endpoint: &Endpoint) {
    let components = api.components.get_or_insert_default();
    components.schemas.extend(endpoint.schemas());
    refer_to_items(components);
    let operation = operation(components, endpoint);
    let method = match endpoint.method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    };
    api.paths
        .add_path_operation(&endpoint.path, vec![method], operation);
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

fn operation(components: &mut Components, endpoint: &Endpoint) -> Operation {
    let mut operation = endpoint.operation();
    operation.security = match endpoint.access {
        RouteAccess::Roles { roles, .. } => Some(security(roles)),
        RouteAccess::Entry => Some(vec![SecurityRequirement::new("entry", NO_SCOPES)]),
        // An empty list says that none is needed; without it a linter takes it for forgotten.
        RouteAccess::Public => Some(operation.security.unwrap_or_default()),
    };
    let callers = callers(endpoint.access);
    operation.description = Some(match operation.description {
        Some(text) if !text.is_empty() => format!("{text}\n\n{callers}"),
        _ => callers,
    });
    if endpoint.honours_key {
        let reference = Ref::new(format!("#/components/parameters/{IDEMPOTENCY_KEY}"));
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(RefOr::Ref(reference));
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response
                .headers
                .extend(headers(endpoint.headers.cache_control));
            if endpoint.honours_key {
                let replayed = header("there and `true` where this is the first answer again");
                response
                    .headers
                    .insert("idempotency-replayed".to_owned(), replayed);
            }
        }
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in endpoint.problems() {
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
    operation
}

const NO_SCOPES: [&str; 0] = [];

/// Who may call it, for readers: a generated client does not show the scopes.
fn callers(access: RouteAccess) -> String {
    match access {
        RouteAccess::Public => "Needs no token.".to_owned(),
        RouteAccess::Entry => "For a client, with the token of an entry link.".to_owned(),
        RouteAccess::Roles { roles, .. } => {
            let names: Vec<_> = roles
                .iter()
                .map(|role| format!("`{}`", role.name()))
                .collect();
            format!("For {}.", names.join(", "))
        }
    }
}

/// A token of one of the roles, which service accounts get by the OAuth2 flow of client credentials.
fn security(roles: &[Role]) -> Vec<SecurityRequirement> {
    let names = roles.iter().map(|role| role.name());
    let mut requirements = vec![SecurityRequirement::new("bearer", names)];
    if roles == [Role::LoanSystem] {
        requirements.push(SecurityRequirement::new("client_credentials", NO_SCOPES));
    }
    requirements
}

/// The response of a status, with an example for each of its problems.
fn shared(status: u16, codes: &[Code]) -> Response {
    let details: Vec<_> = codes
        .iter()
        .map(|code| {
            format!(
                "`{}`: {}",
                code.name(),
                locales::of_problem(code.name(), Language::En).1
            )
        })
        .collect();
    let mut content = Content::builder().schema(Some(Ref::from_schema_name("Problem")));
    for code in codes {
        let example = ExampleBuilder::new().value(Some(example(*code))).build();
        content = content.examples_from_iter([(code.name(), example)]);
    }
    let mut response = ResponseBuilder::new()
        .description(details.join(" "))
        .content("application/problem+json", content.build())
        .extensions(Some(
            ExtensionsBuilder::new()
                .add(
                    "x-problems",
                    codes.iter().map(|code| code.name()).collect::<Vec<_>>(),
                )
                .build(),
        ))
        .build();
    response
        .headers
        .extend(headers(AnswerHeaders::default().cache_control));
    response.headers.extend(headers_of_status(status));
    response
}

/// One response serves many operations, and so its examples are of one of them.
const EXAMPLE_PATH: &str = "/v1/clients";
const EXAMPLE_ID: &str = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f12";

fn example(code: Code) -> serde_json::Value {
    let error = match code {
        Code::UnknownField => Some(("/fone", ValidationError::UnknownField)),
        Code::WrongType => Some(("/phone", ValidationError::WrongType)),
        Code::InvalidInput => Some(("/phone", ValidationError::NotAPhone)),
        Code::UnknownClient => Some(("/client_id", ValidationError::UnknownClient)),
        Code::PassphrasesDiffer => Some(("/passphrase_repeat", ValidationError::PassphrasesDiffer)),
        Code::PassphraseRefused => Some(("/passphrase", ValidationError::TooShort { min: 8 })),
        _ => None,
    };
    let errors = error.map(|(pointer, error)| crate::flows::FieldError::at(pointer, error));
    let problem = Problem {
        errors: errors.into_iter().collect(),
        ..Problem::new(code)
    };
    let shown = problem::document(&problem, Language::En, EXAMPLE_PATH, EXAMPLE_ID);
    serde_json::to_value(shown).unwrap_or_default()
}

/// `[not_found]` is `NotFound`, more of one status are joined by `Or`.
fn name_of(codes: &[Code]) -> String {
    let names: Vec<_> = codes.iter().map(|code| format!("{code:?}")).collect();
    names.join("Or")
}

fn headers_of_status(status: u16) -> Vec<(String, RefOr<Header>)> {
    let of_status: &[(&str, &str)] = match StatusCode::from_u16(status) {
        Ok(StatusCode::UNAUTHORIZED) => &[("WWW-Authenticate", "the scheme to use")],
        Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE) => &[
            ("Accept", "the accepted type, where it was another"),
            (
                "Accept-Encoding",
                "the accepted codings, where it was another",
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
    of_status
        .iter()
        .chain([&language])
        .map(|(name, description)| ((*name).to_owned(), header(description)))
        .collect()
}

/// The headers of every answer.
fn headers(cache_control: Option<&str>) -> Vec<(String, RefOr<Header>)> {
    let mut headers = vec![(
        "x-request-id".to_owned(),
        header("the request's id, as in the log and the audit"),
    )];
    if let Some(caching) = cache_control {
        headers.push(("Cache-Control".to_owned(), header(&format!("`{caching}`"))));
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
