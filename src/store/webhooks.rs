//! Receivers of webhooks and the secrets that sign for them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment, one_row},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::{webhook_deliveries, webhook_endpoints, webhook_secrets},
    vault::Place,
};
use crate::secrets::webhook::WebhookSecret;

const TABLE: &str = "webhook_endpoints";

/// So many secrets of one endpoint sign at the most.
const MOST_SECRETS: i64 = 5;

/// A receiver.
#[derive(Clone)]
pub struct EndpointRow {
    /// id
    pub id: String,
    /// the address
    pub url: String,
    /// which events it is told; all where none is named
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
    /// whether it is told anything
    pub is_active: bool,
    /// why it is not: `admin` or `gone`
    pub disabled_because: Option<String>,
    /// when it was registered
    pub created_at: DateTime<Utc>,
    /// until when it asked to be left alone, where it did
    pub rests_until: Option<DateTime<Utc>>,
}

/// A receiver to be registered, with its first secret.
#[derive(Clone)]
pub struct NewEndpoint {
    /// id
    pub id: String,
    /// the address
    pub url: String,
    /// which events it is told; all where none is named
    pub events: Option<Vec<String>>,
    /// what it is for
    pub description: Option<String>,
}

/// What is changed of a receiver; `None` leaves it.
#[derive(Clone, Default)]
pub struct EndpointChange {
    /// another address
    pub url: Option<String>,
    /// other events, or all
    pub events: Option<Option<Vec<String>>>,
    /// another description, or none
    pub description: Option<Option<String>>,
    /// whether it is told anything
    pub is_active: Option<bool>,
}

/// A secret to be kept.
#[derive(Clone)]
pub struct NewSecret {
    /// id
    pub id: String,
    /// the secret
    pub secret: WebhookSecret,
}

/// Since when and until when a secret signs; the secret itself is shown once and never read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRow {
    /// when it was made
    pub created_at: DateTime<Utc>,
    /// until when it signs, once it is rotated
    pub expires_at: Option<DateTime<Utc>>,
}

/// A row of the table.
#[derive(Queryable)]
struct Columns {
    id: String,
    url_sealed: Vec<u8>,
    events: Option<String>,
    description: Option<String>,
    is_active: bool,
    disabled_because: Option<String>,
    created_at: i64,
    rests_until: Option<i64>,
}

fn url_of(id: &str) -> Place<'_> {
    Place {
        table: TABLE,
        column: "url",
        row: id,
    }
}

fn secret_of(id: &str) -> Place<'_> {
    Place {
        table: "webhook_secrets",
        column: "secret",
        row: id,
    }
}

fn words(events: Option<&Vec<String>>) -> Option<String> {
    events.map(|events| events.join(" "))
}

/// The events that are kept in a column; all where none is named.
pub(super) fn events_of(words: Option<&str>) -> Option<Vec<String>> {
    words.map(|words| words.split(' ').map(str::to_owned).collect())
}

impl Reader<'_> {
    /// The receiver with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn endpoint(&mut self, id: &str) -> Result<Option<EndpointRow>, StoreError> {
        let row = webhook_endpoints::table
            .find(id)
            .first::<Columns>(self.connection)
            .optional()?;
        row.map(|row| self.decode_endpoint(row)).transpose()
    }

    /// Receivers by id, after an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn endpoints(&mut self, after: &str, limit: i64) -> Result<Vec<EndpointRow>, StoreError> {
        let rows = webhook_endpoints::table
            .filter(webhook_endpoints::id.gt(after))
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
    pub fn count_endpoints(&mut self) -> Result<i64, StoreError> {
        Ok(webhook_endpoints::table
            .count()
            .get_result(self.connection)?)
    }

    /// The secrets of a receiver that sign at this moment, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn signing_secrets(
        &mut self,
        endpoint_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<WebhookSecret>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = webhook_secrets::table
            .filter(webhook_secrets::endpoint_id.eq(endpoint_id))
            .filter(
                webhook_secrets::expires_at
                    .is_null()
                    .or(webhook_secrets::expires_at.gt(micros(now))),
            )
            .order((
                webhook_secrets::created_at.desc(),
                webhook_secrets::id.desc(),
            ))
            .select((webhook_secrets::id, webhook_secrets::secret_sealed))
            .load(self.connection)?;
        let opened = rows.into_iter().map(|(id, sealed)| {
            let text = self.vault.open(secret_of(&id), &sealed)?;
            WebhookSecret::parse(&text)
                .map_err(|error| StoreError::corrupt("webhook_secrets", &id, error))
        });
        opened.collect()
    }

    /// Since when and until when the secrets of a receiver sign, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn secrets_of(
        &mut self,
        endpoint_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<SecretRow>, StoreError> {
        let rows: Vec<(String, i64, Option<i64>)> = webhook_secrets::table
            .filter(webhook_secrets::endpoint_id.eq(endpoint_id))
            .order((
                webhook_secrets::created_at.desc(),
                webhook_secrets::id.desc(),
            ))
            .select((
                webhook_secrets::id,
                webhook_secrets::created_at,
                webhook_secrets::expires_at,
            ))
            .load(self.connection)?;
        let mut secrets = Vec::with_capacity(rows.len());
        for (id, created_at, expires_at) in rows {
            secrets.push(SecretRow {
                created_at: moment("webhook_secrets", &id, created_at)?,
                expires_at: maybe_moment("webhook_secrets", &id, expires_at)?,
            });
        }
        secrets.retain(|secret| secret.expires_at.is_none_or(|until| until > now));
        Ok(secrets)
    }

    fn decode_endpoint(&self, row: Columns) -> Result<EndpointRow, StoreError> {
        Ok(EndpointRow {
            url: self
                .vault
                .open(url_of(&row.id), &row.url_sealed)?
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
    pub fn insert_endpoint(
        &mut self,
        new: &NewEndpoint,
        secret: &NewSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let url = self.vault.seal(url_of(&new.id), &new.url);
        diesel::insert_into(webhook_endpoints::table)
            .values((
                webhook_endpoints::id.eq(&new.id),
                webhook_endpoints::url_sealed.eq(url),
                webhook_endpoints::events.eq(words(new.events.as_ref())),
                webhook_endpoints::description.eq(&new.description),
                webhook_endpoints::is_active.eq(true),
                webhook_endpoints::created_at.eq(micros(now)),
            ))
            .execute(self.connection)?;
        self.insert_secret(&new.id, secret, now)
    }

    fn insert_secret(
        &mut self,
        endpoint_id: &str,
        new: &NewSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = new.secret.to_text();
        let sealed = self.vault.seal(secret_of(&new.id), text.expose_secret());
        diesel::insert_into(webhook_secrets::table)
            .values((
                webhook_secrets::id.eq(&new.id),
                webhook_secrets::endpoint_id.eq(endpoint_id),
                webhook_secrets::secret_sealed.eq(sealed),
                webhook_secrets::created_at.eq(micros(now)),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Gives a receiver a new secret; the one before signs until `old_until`. What signs no more is
    /// forgotten, and so are the oldest of too many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rotate_secret(
        &mut self,
        endpoint_id: &str,
        new: &NewSecret,
        now: DateTime<Utc>,
        old_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::delete(webhook_secrets::table)
            .filter(webhook_secrets::endpoint_id.eq(endpoint_id))
            .filter(webhook_secrets::expires_at.le(micros(now)))
            .execute(self.connection)?;
        diesel::update(webhook_secrets::table)
            .filter(webhook_secrets::endpoint_id.eq(endpoint_id))
            .filter(webhook_secrets::expires_at.is_null())
            .set(webhook_secrets::expires_at.eq(micros(old_until)))
            .execute(self.connection)?;
        let oldest: Vec<String> = webhook_secrets::table
            .filter(webhook_secrets::endpoint_id.eq(endpoint_id))
            .order(webhook_secrets::created_at.desc())
            .select(webhook_secrets::id)
            .limit(MOST_SECRETS)
            .offset(MOST_SECRETS - 1)
            .load(self.connection)?;
        diesel::delete(webhook_secrets::table)
            .filter(webhook_secrets::id.eq_any(oldest))
            .execute(self.connection)?;
        self.insert_secret(endpoint_id, new, now)
    }

    /// The receiver with an id, held still until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold_endpoint(&mut self, id: &str) -> Result<Option<EndpointRow>, StoreError> {
        let wanted = webhook_endpoints::table.find(id);
        let row: Option<Columns> = match &mut self.0.connection {
            AnyConnection::Sqlite(sqlite) => wanted.first(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => wanted.for_update().first(postgres).optional()?,
        };
        row.map(|row| self.decode_endpoint(row)).transpose()
    }

    /// Changes a receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change_endpoint(&mut self, id: &str, change: &EndpointChange) -> Result<(), StoreError> {
        let row = webhook_endpoints::table.find(id);
        if let Some(url) = &change.url {
            let sealed = self.vault.seal(url_of(id), url);
            let changed = diesel::update(row)
                .set((
                    webhook_endpoints::url_sealed.eq(sealed),
                    // It was another address that asked to be left alone.
                    webhook_endpoints::rests_until.eq(None::<i64>),
                ))
                .execute(self.connection)?;
            one_row(TABLE, id, changed)?;
        }
        if let Some(events) = &change.events {
            let changed = diesel::update(row)
                .set(webhook_endpoints::events.eq(words(events.as_ref())))
                .execute(self.connection)?;
            one_row(TABLE, id, changed)?;
        }
        if let Some(description) = &change.description {
            let changed = diesel::update(row)
                .set(webhook_endpoints::description.eq(description))
                .execute(self.connection)?;
            one_row(TABLE, id, changed)?;
        }
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
    pub fn switch_endpoint(
        &mut self,
        id: &str,
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
    pub fn remove_endpoint(&mut self, id: &str) -> Result<(), StoreError> {
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
