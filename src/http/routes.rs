//! The whole route table on one screen.

use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Responder, Route, guard, http::header,
    middleware::from_fn, web,
};

use super::{
    applications, audit, audit_seals, batches, branches, clients, context::identify, extract::Door,
    health, idempotency::honour, loan_system, openapi, passphrases, sessions, signals, staff,
    tokens, verifications, webhooks,
};

/// Lays out every route.
pub fn routes(config: &mut web::ServiceConfig) {
    let v1 = web::scope("/v1")
        .wrap(from_fn(identify))
        // Routes are looked through in this order: the most used stand first.
        .service(at("/verifications/{id}/loans", [get(verifications::loans)]))
        .service(at("/verifications", [post(verifications::verify)]))
        .service(at(
            "/verifications/{id}",
            [get(verifications::read), delete(verifications::close)],
        ))
        .service(at(
            "/sessions",
            [post(sessions::open_session).without_key()],
        ))
        .service(at("/sessions/current", [delete(sessions::close_session)]))
        .service(at(
            "/oauth/token",
            [post(tokens::issue_token).without_key()],
        ))
        .service(at("/staff/me", [get(sessions::me)]))
        .service(at("/staff/me/password", [post(sessions::change_password)]))
        .service(at(
            "/staff",
            [post(staff::enter_staff), get(staff::list_staff)],
        ))
        .service(at(
            "/staff/{id}",
            [get(staff::read_staff), patch(staff::change_staff)],
        ))
        .service(at("/staff/{id}/password", [post(staff::reset_password)]))
        .service(at(
            "/branches",
            [post(branches::open_branch), get(branches::list_branches)],
        ))
        .service(at("/clients", [post(clients::enter)]))
        .service(at("/clients/search", [post(clients::search).without_key()]))
        .service(at(
            "/clients/{id}",
            [get(clients::read), patch(clients::amend)],
        ))
        .service(at("/clients/{id}/applications", [get(applications::list)]))
        .service(at("/clients/{id}/accesses", [get(clients::accesses)]))
        .service(at(
            "/clients/{id}/passphrase",
            [get(passphrases::status), delete(passphrases::destroy)],
        ))
        .service(at(
            "/clients/{id}/passphrase/block",
            [post(passphrases::block)],
        ))
        .service(at(
            "/clients/{id}/passphrase/unlock",
            [post(passphrases::unlock)],
        ))
        .service(at("/applications", [post(applications::draft)]))
        .service(at("/applications/{id}", [get(applications::read)]))
        .service(at("/applications/{id}/form", [get(applications::print)]))
        .service(at(
            "/applications/{id}/completion",
            [post(applications::complete)],
        ))
        .service(at(
            "/applications/{id}/cancellation",
            [post(applications::cancel)],
        ))
        .service(at(
            "/passphrases/check",
            [post(passphrases::check).without_key()],
        ))
        .service(at(
            "/passphrases/suggestions",
            [post(passphrases::suggest).without_key()],
        ))
        .service(at(
            "/loan-system/clients/{client_number}",
            [put(loan_system::put_client)],
        ))
        .service(at(
            "/loan-system/loans/{ticket_number}",
            [put(loan_system::put_loan)],
        ))
        .service(at(
            "/loan-system/batches",
            [post(batches::push).without_key()],
        ))
        .service(at("/audit/events", [get(audit::events)]))
        .service(at("/audit/seals", [get(audit_seals::seals)]))
        .service(at("/audit/verification", [post(audit_seals::verify)]))
        .service(at("/reports/signals", [get(signals::list)]))
        .service(at(
            "/webhooks",
            [post(webhooks::register), get(webhooks::list)],
        ))
        .service(at(
            "/webhooks/{id}",
            [
                get(webhooks::read),
                patch(webhooks::change),
                delete(webhooks::remove),
            ],
        ))
        .service(at("/webhooks/{id}/secrets", [post(webhooks::rotate)]))
        .service(at("/webhooks/{id}/deliveries", [get(webhooks::deliveries)]))
        .service(at(
            "/webhooks/{id}/deliveries/{delivery_id}/replay",
            [post(webhooks::replay)],
        ))
        .service(at("/webhooks/{id}/replay", [post(webhooks::replay_dead)]));
    config
        .service(v1)
        .service(at("/healthz", [get(health::lives)]))
        .service(at("/readyz", [get(health::is_ready)]))
        .service(at("/openapi.json", [get(openapi::document)]))
        .configure(openapi::pages);
}

/// The metrics, which may have an address of their own.
pub fn metrics(config: &mut web::ServiceConfig) {
    config.service(at("/metrics", [get(health::metrics)]));
}

/// One address with its methods; another method is told which there are (RFC 9110 §15.5.6).
fn at<const N: usize>(path: &str, methods: [Method; N]) -> Resource {
    let allow = methods.each_ref().map(|method| method.name).join(", ");
    let refusal = move || {
        let allow = allow.clone();
        async move {
            HttpResponse::MethodNotAllowed()
                .insert_header((header::ALLOW, allow))
                .finish()
        }
    };
    let resource = web::resource(path).default_service(web::to(refusal));
    methods.into_iter().fold(resource, |resource, method| {
        resource.route(method.laid_out())
    })
}

/// A method of an address, and what answers it.
struct Method {
    name: &'static str,
    route: Route,
    /// honours an `Idempotency-Key` on the route
    honour: Option<fn(Route) -> Route>,
}

impl Method {
    /// No `Idempotency-Key` is honoured: nobody is known yet, nothing is changed, or a repetition does no
    /// harm. `openapi/answers.rs` tells of the same.
    fn without_key(self) -> Self {
        Self {
            honour: None,
            ..self
        }
    }

    fn laid_out(self) -> Route {
        match self.honour {
            Some(honour) => honour(self.route),
            None => self.route,
        }
    }
}

/// GET, and HEAD with it (RFC 9110 §9.3.2).
fn get<F, Args>(handler: F) -> Method
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let either = guard::Any(guard::Get()).or(guard::Head());
    Method {
        name: "GET, HEAD",
        route: web::route().guard(either).to(handler),
        honour: None,
    }
}

/// POST, which honours an `Idempotency-Key` behind the handler's own door.
fn post<F, Args>(handler: F) -> Method
where
    F: Handler<Args>,
    Args: FromRequest + Door + 'static,
    F::Output: Responder + 'static,
{
    Method {
        name: "POST",
        route: web::post().to(handler),
        honour: Some(|route| route.wrap(from_fn(honour::<Args>))),
    }
}

macro_rules! methods {
    ($($function:ident = $name:literal,)+) => {
        $(
            fn $function<F, Args>(handler: F) -> Method
            where
                F: Handler<Args>,
                Args: FromRequest + 'static,
                F::Output: Responder + 'static,
            {
                Method { name: $name, route: web::$function().to(handler), honour: None }
            }
        )+
    };
}

methods! {
    put = "PUT",
    patch = "PATCH",
    delete = "DELETE",
}
