//! Receivers of webhooks.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment, one_row},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::{webhook_deliveries, webhook_endpoints, webhook_secrets},
    vault::Cell,
    webhook_secrets::NewSecret,
};
use crate::domain::id::WebhookId;

const TABLE: &str = "webhook_endpoints";

/// A receiver.
#[derive(Clone)]
pub(crate) struct EndpointRow {
    /// id
    pub id: WebhookId,
    /// the address
    pub url: String,
    /// the events that it receives; `None` for all
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
    /// whether it receives anything
    pub is_active: bool,
    /// why it is not: `admin` or `gone`
    pub disabled_because: Option<String>,
    /// when it was registered
    pub created_at: DateTime<Utc>,
    /// until when it asked for a pause, if it did
    pub rests_until: Option<DateTime<Utc>>,
}

/// A receiver to be registered, with its first secret.
#[derive(Clone)]
pub(crate) struct NewEndpoint {
    /// id
    pub id: WebhookId,
    /// the address
    pub url: String,
    /// the events that it receives; `None` for all
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
}

/// What is changed of a receiver; `None` leaves it.
#[derive(Clone, Default)]
pub(crate) struct EndpointChange {
    /// another address
    pub url: Option<String>,
    /// other events, or all
    pub events: Option<Option<Vec<String>>>,
    /// another description, or none
    pub description: Option<Option<String>>,
    /// whether it receives anything
    pub is_active: Option<bool>,
}

/// A row of the table.
#[derive(Queryable)]
struct Columns {
    id: WebhookId,
    url_encrypted: Vec<u8>,
    events: Option<String>,
    description: Option<String>,
    is_active: bool,
    disabled_because: Option<String>,
    created_at: i64,
    rests_until: Option<i64>,
}

/// The columns that an [`EndpointChange`] changes.
#[derive(AsChangeset)]
#[diesel(table_name = webhook_endpoints)]
struct ChangedColumns<'c> {
    url_encrypted: Option<Vec<u8>>,
    events: Option<Option<String>>,
    description: Option<Option<&'c str>>,
    rests_until: Option<Option<i64>>,
}

fn url_of(id: &str) -> Cell<'_> {
    Cell {
        table: TABLE,
        column: "url",
        row: id,
    }
}

fn words(events: Option<&Vec<String>>) -> Option<String> {
    events.map(|events| events.join(" "))
}

/// The events of a column; `None` for all.
pub(super) fn events_of(words: Option<&str>) -> Option<Vec<String>> {
    words.map(|words| words.split(' ').map(str::to_owned).collect())
}

impl Reader<'_> {
    /// The receiver with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn endpoint(&mut self, id: &WebhookId) -> Result<Option<EndpointRow>, StoreError> {
        let row = webhook_endpoints::table
            .find(id)
            .first::<Columns>(self.connection)
            .optional()?;
        row.map(|row| self.decode_endpoint(row)).transpose()
    }

    /// Receivers by id, after one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn endpoints(
        &mut self,
        after: Option<&WebhookId>,
        limit: i64,
    ) -> Result<Vec<EndpointRow>, StoreError> {
        let rows = webhook_endpoints::table
            .filter(webhook_endpoints::id.gt(after.map_or("", WebhookId::as_str)))
            .order(webhook_endpoints::id)
            .limit(limit)
            .load::<Columns>(self.connection)?;
        rows.into_iter()
            .map(|row| self.decode_endpoint(row))
            .collect()
    }

    /// How many receivers there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn count_endpoints(&mut self) -> Result<i64, StoreError> {
        Ok(webhook_endpoints::table
            .count()
            .get_result(self.connection)?)
    }

    fn decode_endpoint(&self, row: Columns) -> Result<EndpointRow, StoreError> {
        Ok(EndpointRow {
            url: self
                .vault
                .decrypt(url_of(&row.id), &row.url_encrypted)?
                .to_string(),
            events: events_of(row.events.as_deref()),
            created_at: moment(TABLE, &row.id, row.created_at)?,
            rests_until: maybe_moment(TABLE, &row.id, row.rests_until)?,
            id: row.id,
            description: row.description,
            is_active: row.is_active,
            disabled_because: row.disabled_because,
        })
    }
}

impl Tx<'_> {
    /// Registers a receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn insert_endpoint(
        &mut self,
        new: &NewEndpoint,
        secret: &NewSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let url = self.vault.encrypt(url_of(&new.id), &new.url);
        diesel::insert_into(webhook_endpoints::table)
            .values((
                webhook_endpoints::id.eq(&new.id),
                webhook_endpoints::url_encrypted.eq(url),
                webhook_endpoints::events.eq(words(new.events.as_ref())),
                webhook_endpoints::description.eq(&new.description),
                webhook_endpoints::is_active.eq(true),
                webhook_endpoints::created_at.eq(micros(now)),
            ))
            .execute(self.connection)?;
        self.insert_secret(&new.id, secret, now)
    }

    /// The receiver with an id, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn endpoint_for_update(
        &mut self,
        id: &WebhookId,
    ) -> Result<Option<EndpointRow>, StoreError> {
        let found = webhook_endpoints::table.find(id);
        let row: Option<Columns> = match &mut self.0.connection {
            AnyConnection::Sqlite(sqlite) => found.first(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => found.for_update().first(postgres).optional()?,
        };
        row.map(|row| self.decode_endpoint(row)).transpose()
    }

    /// Changes a receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn change_endpoint(
        &mut self,
        id: &WebhookId,
        change: &EndpointChange,
    ) -> Result<(), StoreError> {
        let url = change.url.as_ref();
        let events = change.events.as_ref();
        let columns = ChangedColumns {
            url_encrypted: url.map(|url| self.vault.encrypt(url_of(id), url)),
            events: events.map(|events| words(events.as_ref())),
            description: change.description.as_ref().map(Option::as_deref),
            // It was another address that asked for a pause.
            rests_until: url.map(|_| None),
        };
        let changed = diesel::update(webhook_endpoints::table.find(id))
            .set(columns)
            .execute(self.connection)
            .optional_empty_changeset()?;
        changed.map_or(Ok(()), |changed| one_row(TABLE, id, changed))?;
        match change.is_active {
            None => Ok(()),
            Some(true) => self.switch_endpoint(id, None),
            Some(false) => self.switch_endpoint(id, Some("admin")),
        }
    }

    /// Switches a receiver off for a reason, or on for none. What waits for it stays; whoever switches it
    /// on has seen to it, and it rests no longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn switch_endpoint(
        &mut self,
        id: &WebhookId,
        disabled_because: Option<&str>,
    ) -> Result<(), StoreError> {
        let changed = diesel::update(webhook_endpoints::table.find(id))
            .set((
                webhook_endpoints::is_active.eq(disabled_because.is_none()),
                webhook_endpoints::disabled_because.eq(disabled_because),
                webhook_endpoints::rests_until.eq(None::<i64>),
            ))
            .execute(self.connection)?;
        one_row(TABLE, id, changed)
    }

    /// Removes a receiver with its secrets and all that was or was to be sent to it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn remove_endpoint(&mut self, id: &WebhookId) -> Result<(), StoreError> {
        diesel::delete(webhook_deliveries::table)
            .filter(webhook_deliveries::endpoint_id.eq(id))
            .execute(self.connection)?;
        diesel::delete(webhook_secrets::table)
            .filter(webhook_secrets::endpoint_id.eq(id))
            .execute(self.connection)?;
        let removed = diesel::delete(webhook_endpoints::table.find(id)).execute(self.connection)?;
        one_row(TABLE, id, removed)
    }
}
