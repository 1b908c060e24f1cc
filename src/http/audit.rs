//! The audit as auditors read it.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::{Call, Guard, Query},
    openapi::values,
    paging::{List, PageBody, Paging, event_mark},
    problem::Problem,
    shapes::{id, parameter},
};
use crate::{
    domain::{
        audit::{Action, Details},
        calendar::{parse_time, write_time},
        flaw::Flaw,
        role::{Audit, Role},
    },
    flows::{FieldFlaw, audit},
    store::{EventFilter, RecordedEvent},
};

/// Which events to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// the staff id of who acted
    #[param(value_type = values::Id, required = false)]
    actor: Option<String>,
    /// about which client
    #[param(value_type = values::Id, required = false)]
    client_id: Option<String>,
    /// what was done
    #[param(value_type = Action, required = false)]
    action: Option<String>,
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

/// Who acted.
#[derive(Serialize, ToSchema)]
pub struct ActorBody {
    /// staff id
    pub id: String,
    /// login at the time
    pub login: String,
    /// role at the time
    #[schema(value_type = Role)]
    pub role: &'static str,
}

/// One event of the audit.
#[derive(Serialize, ToSchema)]
pub struct EventBody {
    /// its place in the audit
    pub id: String,
    /// when
    #[schema(value_type = String, format = DateTime)]
    pub at: String,
    /// who; null where nobody was known
    #[schema(required = true)]
    pub actor: Option<ActorBody>,
    /// what
    #[schema(value_type = Action)]
    pub action: &'static str,
    /// about which client
    #[schema(required = true)]
    pub client_id: Option<String>,
    /// about which other thing
    #[schema(required = true)]
    pub subject_id: Option<String>,
    /// on which call
    #[schema(required = true)]
    pub call_id: Option<String>,
    /// what came of it
    #[schema(required = true, example = "verified")]
    pub outcome: Option<String>,
    /// why; of a verification: how the words matched
    #[schema(required = true, example = "folded")]
    pub reason: Option<String>,
    /// facts beside the reason
    #[schema(required = true, value_type = Option<EventDetails>)]
    pub details: Option<Details>,
    /// the request
    pub request_id: String,
    /// from where
    #[schema(required = true)]
    pub remote: Option<String>,
}

/// What changed, from what to what.
#[derive(ToSchema)]
pub struct ChangeDetail {
    /// before; null where there was nothing
    #[schema(required = true, example = "branch")]
    pub old: Option<String>,
    /// now; null where there is nothing
    #[schema(required = true, example = "auditor")]
    pub new: Option<String>,
}

/// Facts beside the reason; only those that the action has.
#[derive(ToSchema)]
pub struct EventDetails {
    /// the branch of staff, before and now
    #[schema(required = false)]
    pub branch_code: ChangeDetail,
    /// which fields are others than before
    #[schema(required = false, example = json!(["role"]))]
    pub changed: Vec<String>,
    /// how often it happened, or to how many
    #[schema(required = false, minimum = 0, example = 590)]
    pub count: i64,
    /// how the words of a verification matched
    #[schema(required = false, example = "folded")]
    pub fold: String,
    /// what whoever asked was told, where that was not what came of it: `unavailable` (503), or `nothing`
    /// where they had hung up
    #[schema(required = false, example = "unavailable")]
    pub told: String,
    /// the role of staff, before and now
    #[schema(required = false)]
    pub role: ChangeDetail,
    /// since when what is counted happened
    #[schema(required = false, value_type = String, format = DateTime)]
    pub since: String,
    /// the status of staff, before and now
    #[schema(required = false)]
    pub status: ChangeDetail,
}

/// Writes an event out.
pub fn event_body(recorded: RecordedEvent) -> EventBody {
    let event = recorded.event;
    EventBody {
        id: recorded.seq.to_string(),
        at: write_time(event.at),
        actor: event.actor.map(|who| ActorBody {
            id: who.id,
            login: who.login,
            role: who.role.name(),
        }),
        action: event.action.name(),
        client_id: event.client_id,
        subject_id: event.subject_id,
        call_id: event.call_id,
        outcome: event.outcome,
        reason: event.reason,
        details: event.details,
        request_id: event.origin.request_id,
        remote: event.origin.remote,
    }
}

/// Lists recorded events, newest first. Reading them is recorded too.
#[utoipa::path(
    get,
    path = "/v1/audit/events",
    tag = "audit",
    operation_id = "list_events",
    params(EventQuery),
    responses((status = 200, description = "A page of events", body = PageBody<EventBody>)),
)]
pub async fn events(
    guard: Guard<Audit>,
    call: Call,
    list: List,
    Query(query): Query<EventQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = Paging {
        limit: query.limit,
        cursor: query.cursor,
    }
    .parse(&list)?;
    let mut flaws = Vec::new();
    let moment = |text: String| parse_time(&text);
    let from = parameter(&mut flaws, "from", query.from, moment);
    let to = parameter(&mut flaws, "to", query.to, moment);
    let actor = parameter(&mut flaws, "actor", query.actor, id);
    let client_id = parameter(&mut flaws, "client_id", query.client_id, id);
    let action = query.action.as_deref().map(Action::from_name);
    if action == Some(None) {
        flaws.push(FieldFlaw {
            pointer: "action".to_owned(),
            flaw: Flaw::NotOneOf(Action::NAMES),
        });
    }
    if !flaws.is_empty() {
        return Err(Problem::invalid(flaws));
    }
    let filter = EventFilter {
        actor,
        client_id,
        action: action.flatten(),
        from,
        to,
        with_actor: false,
        before: event_mark(mark)?,
    };
    let page = audit::events(&call.app, &guard, &call.origin, filter, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, event_body)))
}
