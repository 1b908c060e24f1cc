//! The OpenAPI document, generated from the endpoints.

use utoipa::{
    OpenApi,
    openapi::{
        Components, OpenApi as Api, Server,
        security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme},
    },
};

use super::{endpoints::endpoints, problem};

mod examples;
mod operations;
pub(crate) mod values;
mod webhooks;
pub(crate) mod words;

/// What is true of the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Qupia",
        version = "1",
        description = include_str!("openapi/introduction.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = ".", description = "where this document was read")),
    tags(
        (name = "sessions", description = "Signing in and out, and one's own account"),
        (name = "service accounts", description = "Access tokens for programs"),
        (name = "staff", description = "Staff and service accounts, managed by admins"),
        (name = "branches", description = "The branches that clients come to"),
        (name = "clients", description = "Cards, search, and who accessed them"),
        (name = "applications", description = "The signed paper by which a passphrase is set or changed"),
        (name = "entry", description = "Where clients type their own passphrases"),
        (name = "passphrases", description = "Status, block, unlock, destruction; checks and suggestions"),
        (name = "verifications", description = "Verifying a caller, and reading loans to them"),
        (name = "loan system", description = "What the loan system pushes"),
        (name = "audit", description = "Who did what, about whom, on which call"),
        (name = "reports", description = "Reports for supervisors and auditors"),
        (name = "webhooks", description = "Receivers of events, managed by admins"),
        (name = "service", description = "Health, metrics, and this document"),
    ),
    components(schemas(problem::ProblemDocument)),
)]
struct Info;

/// The document of all endpoints.
pub(crate) fn document() -> Api {
    let mut api = Info::openapi();
    let components = api.components.get_or_insert_default();
    add_security_schemes(components);
    operations::add_parameters(components);
    for endpoint in endpoints() {
        operations::add(&mut api, endpoint);
    }
    webhooks::add(&mut api);
    examples::add(&mut api);
    api
}

/// The document as JSON, as it is in `docs/openapi.json`. Its server is relative to the place where the
/// document is read, which is right behind a prefix of a path as well.
pub fn json() -> String {
    written(&document())
}

/// The document as JSON for readers of a service that is reached under an address of its own.
pub(crate) fn json_of_service(public_url: Option<&str>) -> String {
    let mut api = document();
    if let Some(url) = public_url {
        api.servers = Some(vec![Server::new(url)]);
    }
    written(&api)
}

fn written(api: &Api) -> String {
    api.to_pretty_json()
        .unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}

/// How callers authenticate. An operation lists the roles that may call it as the scopes of `bearer`.
fn add_security_schemes(components: &mut Components) {
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    bearer.description = Some(
        "The `access_token` of `POST /v1/sessions` or `POST /v1/oauth/token`. An operation names \
             the roles that may call it."
            .to_owned(),
    );
    let mut entry = Http::new(HttpAuthScheme::Bearer);
    entry.description = Some(
        "The `token` of `POST /v1/entry/open`: it completes one application, and opens nothing else."
            .to_owned(),
    );
    let mut basic = Http::new(HttpAuthScheme::Basic);
    basic.description = Some(
        "Client id and client secret, for the token endpoint alone (RFC 6749 §2.3.1).".to_owned(),
    );
    let flow = ClientCredentials::new("/v1/oauth/token", Scopes::new());
    let credentials = OAuth2::with_description(
        [Flow::ClientCredentials(flow)],
        "A service account fetches its own token.",
    );
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("entry", SecurityScheme::Http(entry));
    components.add_security_scheme("client_basic", SecurityScheme::Http(basic));
    components.add_security_scheme("client_credentials", SecurityScheme::OAuth2(credentials));
}

#[cfg(test)]
mod tests;
