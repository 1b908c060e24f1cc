//! Signals of abuse by insiders, as supervisors and auditors read them.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Call, Guard, Query},
    openapi::values,
    paging::{List, PageBody, Paging, event_mark},
    problem::Problem,
    shapes::parameter,
};
use crate::{
    domain::{
        calendar::{parse_time, write_time},
        role::{Reports, Role},
        signals::SignalKind,
    },
    flows::signals::{self, RaisedSignal},
    store::EventFilter,
};

/// Which signals to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SignalQuery {
    /// not before this time
    #[param(value_type = values::Moment, required = false)]
    from: Option<String>,
    /// before this time
    #[param(value_type = values::Moment, required = false)]
    to: Option<String>,
    /// maximum number of items
    #[param(value_type = i32, required = false, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// the `next_cursor` of the page before, of this list under these filters
    #[param(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// Whose work a signal is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignalStaffBody {
    /// staff id
    pub id: String,
    /// login
    #[schema(example = "aigul")]
    pub login: String,
    /// role
    #[schema(value_type = Role)]
    pub role: &'static str,
}

/// Something odd that was seen in the audit.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignalBody {
    /// its place in the audit
    pub id: String,
    /// when it was raised
    #[schema(value_type = String, format = DateTime)]
    pub at: String,
    /// what looks odd
    #[schema(value_type = SignalKind)]
    pub kind: String,
    /// whose work it is about; null where it is about a client
    #[schema(required = true)]
    pub staff: Option<SignalStaffBody>,
    /// about which client; null where it is about many
    #[schema(required = true)]
    pub client_id: Option<String>,
    /// how many clients, specialists, events or readings there were when it was raised
    #[schema(required = true, value_type = Option<i64>)]
    pub count: Option<u64>,
}

impl From<RaisedSignal> for SignalBody {
    fn from(signal: RaisedSignal) -> Self {
        let event = signal.recorded;
        let fact = |name: &str| event.details.as_ref().and_then(|details| details.get(name));
        let staff = signal.staff.map(|staff| SignalStaffBody {
            id: staff.id.into(),
            login: staff.login,
            role: staff.role.name(),
        });
        Self {
            id: event.seq.to_string(),
            at: write_time(event.at),
            kind: fact("signal")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            count: fact("count").and_then(Value::as_u64),
            staff,
            client_id: event.client_id.map(Into::into),
        }
    }
}

/// Lists signals of abuse by insiders, newest first.
#[utoipa::path(
    get,
    path = "/v1/reports/signals",
    tag = "reports",
    operation_id = "list_signals",
    params(SignalQuery),
    responses((status = 200, description = "A page of signals", body = PageBody<SignalBody>)),
)]
pub(crate) async fn list(
    guard: Guard<Reports>,
    call: Call,
    list: List,
    Query(query): Query<SignalQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = Paging {
        limit: query.limit,
        cursor: query.cursor,
    }
    .parse(&list)?;
    let mut errors = Vec::new();
    let moment = |text: String| parse_time(&text);
    let from = parameter(&mut errors, "from", query.from, moment);
    let to = parameter(&mut errors, "to", query.to, moment);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let filter = EventFilter {
        from,
        to,
        before: event_mark(mark)?,
        ..EventFilter::default()
    };
    let page = signals::report(&call.app, &guard, &call.origin, filter, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, SignalBody::from)))
}
