//! The routes of all endpoints, and the pages of the documentation.

use actix_web::{
    Error, HttpMessage, HttpResponse, Resource, Route,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::{Method, header},
    middleware::{Next, from_fn},
    web,
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{
    accept,
    code::Code,
    console,
    context::{Probe, identify},
    endpoint::{API, AnswerHeaders, Endpoint, RouteGroup},
    endpoints::endpoints,
    idempotency::honour,
    problem::Problem,
};

/// Adds every route except that of the metrics.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let mut api = web::scope(API).wrap(from_fn(identify));
    for resource in resources(RouteGroup::Api) {
        api = api.service(resource);
    }
    config.service(api);
    for resource in resources(RouteGroup::Root) {
        config.service(resource);
    }
    config.configure(probes).configure(console::pages);
    // Swagger UI out of the binary, and nothing from elsewhere.
    let pages = SwaggerUi::new("/{_:.*}").config(Config::from("/openapi.json"));
    config
        .service(web::redirect("/docs", "/docs/").see_other())
        .service(web::scope("/docs").wrap(from_fn(documented)).service(pages));
}

/// Adds the routes that say whether the service runs and is ready.
pub(crate) fn probes(config: &mut web::ServiceConfig) {
    for resource in resources(RouteGroup::Probes) {
        config.service(resource);
    }
}

/// Adds the route of the metrics, which may have an address of their own.
pub(crate) fn metrics(config: &mut web::ServiceConfig) {
    for resource in resources(RouteGroup::Metrics) {
        config.service(resource);
    }
}

/// The paths of a group with their methods, in the order in which the router tries them.
fn resources(group: RouteGroup) -> Vec<Resource> {
    let mut paths: Vec<(&str, Vec<&'static Endpoint>)> = Vec::new();
    for endpoint in endpoints()
        .iter()
        .filter(|endpoint| endpoint.group == group)
    {
        match paths.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, endpoints)) => endpoints.push(endpoint),
            None => paths.push((&endpoint.path, vec![endpoint])),
        }
    }
    let resources = paths.into_iter().map(|(path, endpoints)| {
        let path = match group {
            RouteGroup::Api => path.strip_prefix(API).unwrap_or(path),
            RouteGroup::Root | RouteGroup::Probes | RouteGroup::Metrics => path,
        };
        resource(path, &endpoints)
    });
    resources.collect()
}

/// One path with its methods; the answer to another method lists them (RFC 9110 §15.5.6).
fn resource(path: &str, endpoints: &[&'static Endpoint]) -> Resource {
    let methods = endpoints.iter().map(|endpoint| match endpoint.method {
        Method::GET => "GET, HEAD",
        ref method => method.as_str(),
    });
    let allow = methods.collect::<Vec<_>>().join(", ");
    let refusal = move || {
        let allow = allow.clone();
        async move {
            HttpResponse::MethodNotAllowed()
                .insert_header((header::ALLOW, allow))
                .finish()
        }
    };
    let resource = web::resource(path).default_service(web::to(refusal));
    endpoints.iter().fold(resource, |resource, endpoint| {
        resource.route(route(endpoint))
    })
}

fn route(endpoint: &'static Endpoint) -> Route {
    let method = guard::Method(endpoint.method.clone());
    let route = match endpoint.method {
        // HEAD comes with GET (RFC 9110 §9.3.2).
        Method::GET => endpoint.route().guard(guard::Any(method).or(guard::Head())),
        _ => endpoint.route().guard(method),
    };
    route.wrap(from_fn(
        move |request: ServiceRequest, next: Next<BoxBody>| enter(endpoint, request, next),
    ))
}

/// Handles a request to an endpoint as that is declared.
async fn enter(
    endpoint: &'static Endpoint,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(endpoint.headers);
    if matches!(endpoint.group, RouteGroup::Probes | RouteGroup::Metrics) {
        request.extensions_mut().insert(Probe);
    }
    if endpoint.group == RouteGroup::Api
        && !accept::accepts(request.headers(), &endpoint.media_type)
    {
        return Ok(request.error_response(Problem::new(Code::NotAcceptable)));
    }
    if endpoint.honours_key {
        honour(endpoint, request, next).await
    } else {
        next.call(request).await
    }
}

/// The pages of the documentation, which are no endpoints.
async fn documented(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request
        .extensions_mut()
        .insert(AnswerHeaders::DOCUMENTATION);
    next.call(request).await
}
