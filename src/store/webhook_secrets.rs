//! The secrets that sign for receivers of webhooks.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment},
    error::StoreError,
    schema::webhook_secrets,
    vault::Cell,
};
use crate::{domain::id::WebhookId, secrets::webhook::WebhookSecret};

/// Maximum number of secrets of one endpoint.
const MAX_SECRETS: i64 = 5;

/// A secret to be stored.
#[derive(Clone)]
pub(crate) struct NewSecret {
    /// id
    pub id: String,
    /// the secret
    pub secret: WebhookSecret,
}

/// Since when and until when a secret signs; the secret itself is shown once and never read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretRow {
    /// when it was made
    pub created_at: DateTime<Utc>,
    /// until when it signs, once it is rotated
    pub expires_at: Option<DateTime<Utc>>,
}

fn secret_of(id: &str) -> Cell<'_> {
    Cell {
        table: "webhook_secrets",
        column: "secret",
        row: id,
    }
}

impl Reader<'_> {
    /// The secrets of a receiver that sign at this moment, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn signing_secrets(
        &mut self,
        endpoint_id: &WebhookId,
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
            .select((webhook_secrets::id, webhook_secrets::secret_encrypted))
            .load(self.connection)?;
        let decrypted = rows.into_iter().map(|(id, encrypted)| {
            let text = self.vault.decrypt(secret_of(&id), &encrypted)?;
            WebhookSecret::parse(&text)
                .map_err(|error| StoreError::corrupt("webhook_secrets", &id, error))
        });
        decrypted.collect()
    }

    /// Since when and until when the secrets of a receiver sign, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn secrets_of(
        &mut self,
        endpoint_id: &WebhookId,
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
}

impl Tx<'_> {
    pub(super) fn insert_secret(
        &mut self,
        endpoint_id: &WebhookId,
        new: &NewSecret,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = new.secret.to_text();
        let encrypted = self.vault.encrypt(secret_of(&new.id), text.expose_secret());
        diesel::insert_into(webhook_secrets::table)
            .values((
                webhook_secrets::id.eq(&new.id),
                webhook_secrets::endpoint_id.eq(endpoint_id),
                webhook_secrets::secret_encrypted.eq(encrypted),
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
    pub(crate) fn rotate_secret(
        &mut self,
        endpoint_id: &WebhookId,
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
            .limit(MAX_SECRETS)
            .offset(MAX_SECRETS - 1)
            .load(self.connection)?;
        diesel::delete(webhook_secrets::table)
            .filter(webhook_secrets::id.eq_any(oldest))
            .execute(self.connection)?;
        self.insert_secret(endpoint_id, new, now)
    }
}
