//! Entry links, as branches make and watch them.

use actix_web::{HttpRequest, HttpResponse, http::header, http::uri::Authority};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    code::Code,
    extract::{Body, Call, Fields, Guard, PathId},
    openapi::values,
    problem::Problem,
    remote::is_secure,
};
use crate::{
    app::App,
    domain::{
        calendar::{parse_date, write_time},
        entry::LinkState,
        id::ApplicationId,
        role::Register,
    },
    flows::entry_links,
};

/// The page on which clients type, below the service's address.
const PAGE: &str = "/enter/";

/// What the branch enters from the signed form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryLinkRequest {
    /// the day on the signed form
    #[schema(required = true, value_type = values::Day)]
    pub signed_on: Option<String>,
}

/// A link that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryLinkBody {
    /// the page with the code in its fragment, for a QR code
    #[schema(example = "https://qupia.example.kz/enter/#K7M2P-X4R9T")]
    pub url: String,
    /// the code, to be typed; shown this once
    #[schema(example = "K7M2P-X4R9T")]
    pub code: String,
    /// until when it can be opened
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: String,
}

/// Makes an entry link, over which the client types the passphrase of this application.
///
/// Its code opens it once. A newer link ends it, as do the end of the application and of its time. An
/// `Idempotency-Key` is not honoured: a repetition would have to leave out the code, and makes a new link
/// instead.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/entry-link",
    tag = "applications",
    operation_id = "make_entry_link",
    params(("id" = values::Id, Path, description = "the application")),
    request_body = EntryLinkRequest,
    responses((status = 201, description = "The link", body = EntryLinkBody)),
)]
pub(crate) async fn make(
    guard: Guard<Register>,
    call: Call,
    request: HttpRequest,
    PathId(id): PathId<ApplicationId>,
    Body(body): Body<EntryLinkRequest>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let signed_on = fields.required("/signed_on", body.signed_on, |text| parse_date(&text));
    let signed_on = fields.finish(signed_on)?;
    let base = base(&call.app, &request)?;
    let link = entry_links::make(&call.app, &guard, &call.origin, &id, signed_on).await?;
    let code = link.code.shown();
    Ok(HttpResponse::Created().json(EntryLinkBody {
        url: format!("{base}{PAGE}#{}", *code),
        code: code.to_string(),
        expires_at: write_time(link.expires_at),
    }))
}

/// The service's address: that of the settings, or the one that this request came to.
fn base(app: &App, request: &HttpRequest) -> Result<String, Problem> {
    if let Some(url) = &app.settings.public_url {
        return Ok(url.clone());
    }
    // HTTP/2 has the host in the address of the request.
    let sent = request.headers().get(header::HOST);
    let sent = sent.and_then(|host| host.to_str().ok()).map(str::parse);
    let host: Option<Authority> = match sent {
        Some(host) => host.ok(),
        None => request.uri().authority().cloned(),
    };
    let host = host.filter(|host| !host.host().is_empty() && !host.as_str().contains('@'));
    let host = host.ok_or_else(|| Problem::new(Code::BadRequest))?;
    let scheme = if is_secure(request) { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

/// How far a link has come.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkStateBody {
    /// `waiting` for its code, `opened` by the client, `done` with the application completed over it, or
    /// `ended` otherwise
    #[schema(value_type = LinkState)]
    pub state: &'static str,
    /// until when it can be opened; once opened, until when the client can type
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: String,
}

/// Reads how far the newest entry link of an application has come.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/entry-link",
    tag = "applications",
    operation_id = "read_entry_link",
    params(("id" = values::Id, Path, description = "the application")),
    responses((status = 200, description = "Its state", body = LinkStateBody)),
)]
pub(crate) async fn read(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ApplicationId>,
) -> Result<HttpResponse, Problem> {
    let link = entry_links::newest(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(LinkStateBody {
        state: link.state(call.app.clock.now()).name(),
        expires_at: write_time(link.expires_at),
    }))
}
