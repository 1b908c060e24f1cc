//! Serves the console at `/console/` and the client's page at `/enter/`.
//!
//! They speak only the public API. Their addresses hold nothing of a person: what comes in a fragment, such as
//! the code of an entry link, is never sent.

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    http::header::{self, HeaderName, HeaderValue},
    web,
};

use super::{code::Code, form, problem::Problem};
use crate::console::{File, console};

/// What a page may load and run: its own files, and in a frame the printed form alone.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'";
/// A file's address changes with its content.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Adds the pages.
pub(crate) fn pages(config: &mut web::ServiceConfig) {
    config
        .service(web::redirect("/console", "/console/").see_other())
        .service(web::redirect("/enter", "/enter/").see_other())
        .service(document("/console/", "index.html", PAGE_POLICY, "DENY"))
        .service(document("/enter/", "enter.html", PAGE_POLICY, "DENY"))
        .service(document(
            "/console/print.html",
            "print.html",
            form::FRAME_POLICY,
            "SAMEORIGIN",
        ))
        .service(web::resource("/console/a/{digest}/{path:.*}").get(asset));
}

/// A document with its policies: what it may load, and who may show it in a frame.
fn document(
    path: &str,
    name: &'static str,
    policy: &'static str,
    framing: &'static str,
) -> Resource {
    let handler = move |request: HttpRequest| async move {
        let file = console().document(name);
        let file = file.ok_or_else(|| Problem::new(Code::NotFound))?;
        let mut response = answer(&request, file);
        let mut set = |name: HeaderName, value: &'static str| {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        };
        set(header::CONTENT_SECURITY_POLICY, policy);
        set(header::X_FRAME_OPTIONS, framing);
        set(header::CACHE_CONTROL, "no-store");
        set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        );
        Ok::<_, Problem>(response)
    };
    web::resource(path).get(handler)
}

/// A file of this version. Another version's is not found, and the page then offers to load anew.
async fn asset(
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (digest, path) = path.into_inner();
    let file = (digest == console().digest)
        .then(|| console().asset(&path))
        .flatten()
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut response = answer(&request, file);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD));
    Ok(response)
}

/// A file, compressed where the browser takes it so.
fn answer(request: &HttpRequest, file: &'static File) -> HttpResponse {
    let accepted = request.headers().get_all(header::ACCEPT_ENCODING);
    let takes_gzip = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("gzip"));
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.media_type)
        .insert_header((header::VARY, "accept-encoding"));
    if takes_gzip {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
        response.body(file.gzip())
    } else {
        response.body(&*file.bytes)
    }
}
