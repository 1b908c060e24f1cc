//! The audit as auditors read it.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::VariantNames;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

use super::{
    extract::{Call, Guard, Query},
    openapi::values,
    paging::{List, PageBody, Paging, event_mark},
    problem::Problem,
    shapes::{id, parameter},
};
use crate::{
    domain::{
        audit::{Action, EventOutcome},
        calendar::{parse_time, write_time},
        role::{Audit, Role},
        validation::ValidationError,
    },
    flows::{FieldError, audit},
    store::{EventFilter, RecordedEvent},
};

/// Which events to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
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
pub(crate) struct ActorBody {
    /// staff id
    pub id: String,
    /// login at the time
    pub login: String,
    /// role at the time
    #[schema(value_type = Role)]
    pub role: String,
}

/// One event of the audit.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventBody {
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
    pub action: String,
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
    #[schema(required = true, value_type = Option<EventOutcomeName>)]
    pub outcome: Option<String>,
    /// why: a code, or the words of whoever asked for it
    #[schema(required = true, example = "the client asked for it in person")]
    pub reason: Option<String>,
    /// facts that a program can read; null where there are none
    #[schema(required = true, value_type = Option<EventDetails>)]
    pub details: Option<Map<String, Value>>,
    /// the request
    pub request_id: String,
    /// from where
    #[schema(required = true)]
    pub remote: Option<String>,
}

/// What came of an action.
pub(crate) struct EventOutcomeName;

impl PartialSchema for EventOutcomeName {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(EventOutcome::VARIANTS.iter().copied()))
            .description(Some("What came of an action."))
            .examples([EventOutcome::Verified.name()]);
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for EventOutcomeName {}

/// What changed, from what to what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct ChangeDetail {
    /// before; null where there was nothing
    #[schema(required = true, example = "branch")]
    pub old: Option<String>,
    /// now; null where there is nothing
    #[schema(required = true, example = "auditor")]
    pub new: Option<String>,
}

/// How many records of a batch, or of a loan source's answer, became what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct RecordCountsDetail {
    /// new, or different from what was stored
    #[schema(minimum = 0, example = 4000)]
    pub applied: i64,
    /// stored already
    #[schema(minimum = 0)]
    pub unchanged: i64,
    /// older than what is stored
    #[schema(minimum = 0)]
    pub stale: i64,
    /// not valid
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// loans that a loan source's answer no longer lists; of an answer alone
    #[schema(required = false, minimum = 0)]
    pub closed: i64,
}

/// What a comparison with the loan source found.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct ComparisonDetail {
    /// clients that were compared
    #[schema(minimum = 0)]
    pub clients: i64,
    /// differences
    #[schema(minimum = 0)]
    pub differences: i64,
}

/// What ended with a restored backup.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct EndedDetail {
    /// sessions
    #[schema(minimum = 0)]
    pub sessions: i64,
    /// one-time passwords
    #[schema(minimum = 0)]
    pub one_time_passwords: i64,
}

/// Facts about an event that a program can read; only those that the action has.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) struct EventDetails {
    /// what the caller was answered, where it was not the outcome: `unavailable` (503), or `nothing`
    /// where the client had disconnected
    #[schema(required = false, example = "unavailable")]
    pub answered: String,
    /// the branch of staff, before and now
    #[schema(required = false)]
    pub branch_code: ChangeDetail,
    /// the fields that changed
    #[schema(required = false, example = json!(["role"]))]
    pub changed: Vec<String>,
    /// what a comparison with the loan source found
    #[schema(required = false)]
    pub comparison: ComparisonDetail,
    /// how often it happened, or to how many
    #[schema(required = false, minimum = 0, example = 590)]
    pub count: i64,
    /// what ended with a restored backup
    #[schema(required = false)]
    pub ended: EndedDetail,
    /// the entry link by which it was done: the client typed, and the actor made the link
    #[schema(required = false, example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub entry_link: String,
    /// how the words of a verification matched
    #[schema(required = false, example = "folded")]
    pub fold: String,
    /// the message of a webhook that is sent again
    #[schema(required = false)]
    pub message_id: String,
    /// how many records of a batch, or of a loan source's answer, became what
    #[schema(required = false)]
    pub records: RecordCountsDetail,
    /// the report that was read: `signals` or `today`
    #[schema(required = false, example = "signals")]
    pub report: String,
    /// the role of staff, before and now
    #[schema(required = false)]
    pub role: ChangeDetail,
    /// the kind of an abuse signal
    #[schema(required = false, value_type = crate::domain::signals::SignalKind)]
    pub signal: String,
    /// the start of the time in which `count` was counted
    #[schema(required = false, value_type = String, format = DateTime)]
    pub since: String,
    /// the status of staff, before and now
    #[schema(required = false)]
    pub status: ChangeDetail,
}

/// Writes an event out.
pub(crate) fn event_body(event: RecordedEvent) -> EventBody {
    EventBody {
        id: event.seq.to_string(),
        at: write_time(event.at),
        actor: event.actor.map(|who| ActorBody {
            id: who.id.into(),
            login: who.login,
            role: who.role,
        }),
        action: event.action,
        client_id: event.client_id.map(Into::into),
        subject_id: event.subject_id,
        call_id: event.call_id,
        outcome: event.outcome,
        reason: event.reason,
        details: event.details,
        request_id: event.request_id,
        remote: event.remote,
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
pub(crate) async fn events(
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
    let mut errors = Vec::new();
    let moment = |text: String| parse_time(&text);
    let from = parameter(&mut errors, "from", query.from, moment);
    let to = parameter(&mut errors, "to", query.to, moment);
    let actor = parameter(&mut errors, "actor", query.actor, id);
    let client_id = parameter(&mut errors, "client_id", query.client_id, id);
    let action = query.action.as_deref().map(Action::from_name);
    if action == Some(None) {
        errors.push(FieldError {
            pointer: "action".to_owned(),
            error: ValidationError::NotOneOf(Action::NAMES),
        });
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema's properties, or the keys of a value.
    fn names(value: &serde_json::Value) -> Vec<&str> {
        let object = value.as_object().expect("an object");
        object.keys().map(String::as_str).collect()
    }

    #[test]
    fn the_schema_describes_every_fact() {
        let schema = serde_json::to_value(EventDetails::schema()).expect("it is JSON");
        let facts =
            serde_json::to_value(crate::domain::audit::Details::every_fact()).expect("it is JSON");
        assert_eq!(names(&schema["properties"]), names(&facts));
        for (name, schema) in [
            ("records", RecordCountsDetail::schema()),
            ("comparison", ComparisonDetail::schema()),
            ("ended", EndedDetail::schema()),
            ("role", ChangeDetail::schema()),
        ] {
            let schema = serde_json::to_value(schema).expect("it is JSON");
            assert_eq!(names(&schema["properties"]), names(&facts[name]), "{name}");
        }
    }
}
