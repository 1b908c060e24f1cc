//! Traces (OpenTelemetry): spans, and the context of W3C that is taken from callers and passed on.
//!
//! A span says what took time: a method, a route, a status. It has no path, no id and no personal data.
//! Nothing is collected unless the settings name a receiver.

mod exporter;

use std::collections::HashMap;

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::TraceContextExt,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub use self::exporter::{Exporter, TARGET, TraceSettings, layer};

/// The header of the context, and what it is stored as.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// The span of a step, below that of the request.
macro_rules! step {
    ($name:literal) => {
        tracing::info_span!(target: $crate::trace::TARGET, $name)
    };
}
pub(crate) use step;

/// The span of a request; its caller's context is the parent.
pub(crate) fn of_request(method: &str, caller: &impl Extractor) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        http.request.method = method,
        http.route = field::Empty,
        http.response.status_code = field::Empty,
    );
    continue_from(&span, caller);
    span
}

/// Notes the route, once it is known, and the answer.
pub(crate) fn answered(span: &Span, method: &str, route: &str, status: u16) {
    if span.is_disabled() {
        return;
    }
    span.context()
        .span()
        .update_name(format!("{method} {route}"));
    span.record("http.route", route);
    span.record("http.response.status_code", status);
}

/// The span of a request to somebody else; `parent` is the stored context of what it is sent for.
pub(crate) fn of_call(what: &'static str, parent: Option<&str>) -> Span {
    let span = tracing::info_span!(target: TARGET, "call", otel.name = what, otel.kind = "client");
    if let Some(parent) = parent {
        continue_from(
            &span,
            &HashMap::from([(TRACEPARENT.to_owned(), parent.to_owned())]),
        );
    }
    span
}

fn continue_from(span: &Span, caller: &impl Extractor) {
    if span.is_disabled() {
        return;
    }
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), caller);
    // A span that has begun keeps its parent, and this one has not.
    let _set = span.set_parent(parent);
}

/// Passes the context of the current span on.
pub(crate) fn propagate(headers: &mut reqwest::header::HeaderMap) {
    // Without `tracestate`, a text that a caller chooses.
    let context = current().and_then(|context| context.parse().ok());
    if let Some(context) = context {
        headers.insert(TRACEPARENT, context);
    }
}

/// The context of the current span as it is stored; `None` where nothing is collected.
pub(crate) fn current() -> Option<String> {
    let mut written = HashMap::new();
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut written);
    written.remove(TRACEPARENT)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::{Registry, layer::SubscriberExt};

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn the_callers_trace_is_passed_on_at_once_and_from_what_was_stored() {
        let tracer = SdkTracerProvider::builder().build().tracer("test");
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        tracing::subscriber::with_default(Registry::default().with(layer), || {
            let sent = format!("00-{TRACE}-b7ad6b7169203331-01");
            let caller = HashMap::from([(TRACEPARENT.to_owned(), sent)]);
            let stored = of_request("POST", &caller).in_scope(current);
            let stored = stored.expect("a trace is collected");
            assert!(stored.contains(TRACE), "{stored}");
            let mut headers = reqwest::header::HeaderMap::new();
            of_call("webhook", Some(&stored)).in_scope(|| propagate(&mut headers));
            let passed_on = headers[TRACEPARENT].to_str().expect("it is ASCII");
            assert!(passed_on.contains(TRACE), "{passed_on}");
            assert_ne!(passed_on, stored, "each step has an id of its own");
        });
    }

    #[test]
    fn nothing_is_passed_on_where_nothing_is_collected() {
        let caller = HashMap::from([(TRACEPARENT.to_owned(), "00-1-2-01".to_owned())]);
        let mut headers = reqwest::header::HeaderMap::new();
        of_request("GET", &caller).in_scope(|| propagate(&mut headers));
        assert!(headers.is_empty());
        assert_eq!(current(), None);
    }
}
