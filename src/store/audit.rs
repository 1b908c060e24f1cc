//! The audit: events are inserted with what they record, and read by auditors.

use std::array;

use chrono::{DateTime, Utc};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Nullable, Text},
};
use serde_json::{Map, Value};

use super::{
    access::Reader,
    columns::{micros, moment},
    engine::connection::AnyConnection,
    error::StoreError,
    outbox::{enqueue, receivers},
    schema::audit_events,
};
use crate::{
    domain::{
        audit::{Action, Event, EventOutcome, TEXT_FIELDS},
        id::{ClientId, StaffId},
        webhook::Message,
    },
    secrets::rng::SystemRng,
};

const TABLE: &str = "audit_events";
/// So many columns are text: all but the place and the time.
const TEXTS: usize = TEXT_FIELDS;

/// An event as it is stored, with its place in the audit. Its words are texts: a newer version of the
/// service, which shares the database, may write others than this one knows.
#[derive(Clone, Debug)]
pub(crate) struct RecordedEvent {
    /// its place; also its id
    pub seq: i64,
    /// when
    pub at: DateTime<Utc>,
    /// who acted, as it was at the time
    pub actor: Option<RecordedActor>,
    /// what was done
    pub action: String,
    /// about which client
    pub client_id: Option<ClientId>,
    /// about which other thing
    pub subject_id: Option<String>,
    /// on which call
    pub call_id: Option<String>,
    /// what came of it
    pub outcome: Option<String>,
    /// why
    pub reason: Option<String>,
    /// its facts
    pub details: Option<Map<String, Value>>,
    /// the request's id
    pub request_id: String,
    /// the caller's address
    pub remote: Option<String>,
}

/// Who acted.
#[derive(Clone, Debug)]
pub(crate) struct RecordedActor {
    /// staff id
    pub id: StaffId,
    /// login
    pub login: String,
    /// role
    pub role: String,
}

/// Which events are requested.
#[derive(Clone, Default)]
pub(crate) struct EventFilter {
    /// of this member of staff
    pub actor: Option<StaffId>,
    /// about this client
    pub client_id: Option<ClientId>,
    /// of this action
    pub action: Option<Action>,
    /// not before
    pub from: Option<DateTime<Utc>>,
    /// before
    pub to: Option<DateTime<Utc>>,
    /// only what somebody did
    pub with_actor: bool,
    /// older than this place
    pub before: Option<i64>,
}

/// A row of the table.
#[derive(Queryable)]
pub(super) struct Columns {
    seq: i64,
    at: i64,
    actor_id: Option<StaffId>,
    actor_login: Option<String>,
    actor_role: Option<String>,
    action: String,
    client_id: Option<ClientId>,
    subject_id: Option<String>,
    call_id: Option<String>,
    outcome: Option<String>,
    reason: Option<String>,
    details: Option<String>,
    request_id: String,
    remote: Option<String>,
}

pub(super) fn decode(row: Columns) -> Result<RecordedEvent, StoreError> {
    let key = row.seq.to_string();
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &key, why);
    let actor = match (row.actor_id, row.actor_login, row.actor_role) {
        (None, None, None) => None,
        (Some(id), Some(login), Some(role)) => Some(RecordedActor { id, login, role }),
        _ => return Err(corrupt("half an actor")),
    };
    let details = row.details.as_deref().map(serde_json::from_str);
    Ok(RecordedEvent {
        seq: row.seq,
        at: moment(TABLE, &key, row.at)?,
        actor,
        action: row.action,
        client_id: row.client_id,
        subject_id: row.subject_id,
        call_id: row.call_id,
        outcome: row.outcome,
        reason: row.reason,
        details: details
            .transpose()
            .map_err(|_| corrupt("details that are no object"))?,
        request_id: row.request_id,
        remote: row.remote,
    })
}

impl Reader<'_> {
    /// Events, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn events(
        &mut self,
        filter: &EventFilter,
        limit: i64,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut found = audit_events::table.into_boxed();
        if let Some(actor) = &filter.actor {
            found = found.filter(audit_events::actor_id.eq(actor.clone()));
        }
        if let Some(client) = &filter.client_id {
            found = found.filter(audit_events::client_id.eq(client.clone()));
        }
        if let Some(action) = filter.action {
            found = found.filter(audit_events::action.eq(action.name()));
        }
        if let Some(from) = filter.from {
            found = found.filter(audit_events::at.ge(micros(from)));
        }
        if let Some(to) = filter.to {
            found = found.filter(audit_events::at.lt(micros(to)));
        }
        if filter.with_actor {
            found = found.filter(audit_events::actor_id.is_not_null());
        }
        if let Some(before) = filter.before {
            found = found.filter(audit_events::seq.lt(before));
        }
        let rows = found
            .order(audit_events::seq.desc())
            .limit(limit)
            .load::<Columns>(self.connection)?;
        rows.into_iter().map(decode).collect()
    }
}

/// An event as a row to be inserted; its place is the database's to give.
#[derive(Insertable)]
#[diesel(table_name = audit_events)]
pub(super) struct EventColumns<'e> {
    at: i64,
    actor_id: Option<&'e str>,
    actor_login: Option<&'e str>,
    actor_role: Option<&'e str>,
    action: &'e str,
    client_id: Option<&'e str>,
    subject_id: Option<&'e str>,
    call_id: Option<&'e str>,
    outcome: Option<&'e str>,
    reason: Option<&'e str>,
    details: Option<String>,
    request_id: &'e str,
    remote: Option<&'e str>,
}

impl<'e> EventColumns<'e> {
    pub(super) fn of(event: &'e Event) -> Self {
        let actor = event.actor.as_ref();
        Self {
            at: micros(event.at),
            actor_id: actor.map(|who| who.id.as_str()),
            actor_login: actor.map(|who| who.login.as_str()),
            actor_role: actor.map(|who| who.role.name()),
            action: event.action.name(),
            client_id: event.client_id.as_deref(),
            subject_id: event.subject_id.as_deref(),
            call_id: event.call_id.as_deref(),
            outcome: event.outcome.map(EventOutcome::name),
            reason: event.reason.as_deref(),
            details: event.details.canonical(),
            request_id: &event.origin.request_id,
            remote: event.origin.remote.as_deref(),
        }
    }

    /// All but the time, in the order of the table.
    fn texts(&self) -> [Option<&str>; TEXTS] {
        [
            self.actor_id,
            self.actor_login,
            self.actor_role,
            Some(self.action),
            self.client_id,
            self.subject_id,
            self.call_id,
            self.outcome,
            self.reason,
            self.details.as_deref(),
            Some(self.request_id),
            self.remote,
        ]
    }
}

/// Inserts events, and their messages into the outbox. The transaction is the caller's.
pub(super) fn record(
    connection: &mut AnyConnection,
    rng: &SystemRng,
    events: &[&Event],
) -> Result<(), StoreError> {
    let messages: Vec<_> = events
        .iter()
        .filter_map(|event| Some((Message::of(event)?, event)))
        .collect();
    let receivers = if messages.is_empty() {
        Vec::new()
    } else {
        receivers(connection)?
    };
    if receivers.is_empty() {
        return insert(connection, events);
    }
    insert(connection, events)?;
    messages
        .iter()
        .try_for_each(|(message, event)| enqueue(connection, rng, &receivers, message, event))
}

fn insert(connection: &mut AnyConnection, events: &[&Event]) -> Result<(), StoreError> {
    let rows = events.iter().map(|event| EventColumns::of(event));
    let written = match connection {
        AnyConnection::Sqlite(sqlite) => {
            let mut written = 0;
            for row in rows {
                written += diesel::insert_into(audit_events::table)
                    .values(row)
                    .execute(sqlite)?;
            }
            written
        }
        AnyConnection::Postgres(postgres) => {
            Together::of(&rows.collect::<Vec<_>>()).execute(postgres)?
        }
    };
    if written == events.len() {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            TABLE,
            "(new)",
            "fewer events written than happened",
        ))
    }
}

/// Events to be inserted by one statement, which is the same for any number of them and so stays
/// prepared: their values are passed as one array a column.
struct Together<'e> {
    at: Vec<i64>,
    texts: [Vec<Option<&'e str>>; TEXTS],
}

impl<'e> Together<'e> {
    fn of(rows: &'e [EventColumns<'_>]) -> Self {
        let texts: Vec<_> = rows.iter().map(EventColumns::texts).collect();
        Self {
            at: rows.iter().map(|row| row.at).collect(),
            texts: array::from_fn(|column| texts.iter().map(|row| row[column]).collect()),
        }
    }
}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO audit_events (at, actor_id, actor_login, actor_role, action, client_id, \
             subject_id, call_id, outcome, reason, details, request_id, remote) SELECT * FROM unnest(",
        );
        out.push_bind_param::<Array<BigInt>, _>(&self.at)?;
        for texts in &self.texts {
            out.push_sql(", ");
            out.push_bind_param::<Array<Nullable<Text>>, _>(texts)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Together<'_> {
    type QueryId = Together<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for Together<'_> {}
