//! The OpenAPI document, generated from the code, and its pages.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Api,
        security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use self::answers::Answers;
use super::{
    applications, audit, audit_seals, batches, branches, clients, health, loan_system, passphrases,
    problem, sessions, signals, staff, tokens, verifications, webhooks,
};

mod answers;
pub mod values;

/// The document. What all operations share is added by [`Answers`] and [`Security`].
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Qupia",
        version = "1",
        description = include_str!("openapi/introduction.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "where this document was read")),
    tags(
        (name = "sessions", description = "Signing in and out, and one's own account"),
        (name = "service accounts", description = "Access tokens for programs"),
        (name = "staff", description = "Staff and service accounts, as admins keep them"),
        (name = "branches", description = "Where clients come to"),
        (name = "clients", description = "Cards, search, and who looked"),
        (name = "applications", description = "The signed paper by which a passphrase is set or changed"),
        (name = "passphrases", description = "Status, block, unlock, destruction; checks and suggestions"),
        (name = "verifications", description = "Verifying a caller, and reading loans to them"),
        (name = "loan system", description = "What the loan system pushes"),
        (name = "audit", description = "Who did what, about whom, on which call"),
        (name = "reports", description = "What supervisors and auditors look at"),
        (name = "webhooks", description = "Receivers that are told of what happens, as admins keep them"),
        (name = "service", description = "Health, figures, and this document"),
    ),
    paths(
        sessions::open_session,
        sessions::close_session,
        sessions::me,
        sessions::change_password,
        tokens::issue_token,
        staff::enter_staff,
        staff::list_staff,
        staff::read_staff,
        staff::change_staff,
        staff::reset_password,
        branches::open_branch,
        branches::list_branches,
        clients::enter,
        clients::search,
        clients::read,
        clients::amend,
        clients::accesses,
        applications::draft,
        applications::read,
        applications::list,
        applications::print,
        applications::complete,
        applications::cancel,
        passphrases::status,
        passphrases::block,
        passphrases::unlock,
        passphrases::destroy,
        passphrases::check,
        passphrases::suggest,
        verifications::verify,
        verifications::read,
        verifications::loans,
        verifications::close,
        loan_system::put_client,
        loan_system::put_loan,
        batches::push,
        audit::events,
        signals::list,
        audit_seals::seals,
        audit_seals::verify,
        webhooks::register,
        webhooks::list,
        webhooks::read,
        webhooks::change,
        webhooks::remove,
        webhooks::rotate,
        webhooks::deliveries,
        webhooks::replay,
        webhooks::replay_dead,
        health::lives,
        health::is_ready,
        health::metrics,
        document,
    ),
    components(schemas(problem::ProblemDocument)),
    modifiers(&Security, &Answers),
)]
pub struct Document;

/// The document does not change while the program runs.
static WRITTEN: LazyLock<String> = LazyLock::new(json);

/// The document as JSON, as it stands in `docs/openapi.json`.
#[must_use]
pub fn json() -> String {
    Document::openapi()
        .to_pretty_json()
        .unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    operation_id = "read_document",
    responses((status = 200, description = "The document", body = Object)),
)]
pub async fn document() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(WRITTEN.as_str())
}

/// `GET /docs`: Swagger UI out of the binary, and nothing from elsewhere.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .service(web::redirect("/docs", "/docs/").see_other())
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")));
}

/// How a caller proves who they are. What stands in the brackets of `bearer` are the roles that may
/// call the operation.
struct Security;

impl Modify for Security {
    fn modify(&self, api: &mut Api) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        bearer.description = Some(
            "The `access_token` of `POST /v1/sessions` or `POST /v1/oauth/token`. An operation names \
             the roles that may call it."
                .to_owned(),
        );
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some(
            "Client id and client secret, for the token endpoint alone (RFC 6749 §2.3.1)."
                .to_owned(),
        );
        let flow = ClientCredentials::new("/v1/oauth/token", Scopes::new());
        let credentials = OAuth2::with_description(
            [Flow::ClientCredentials(flow)],
            "A service account fetches its own token.",
        );
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("client_basic", SecurityScheme::Http(basic));
        components.add_security_scheme("client_credentials", SecurityScheme::OAuth2(credentials));
    }
}

#[cfg(test)]
mod tests;
