//! Bodies of receivers of webhooks and of their deliveries.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{calendar::write_time, validation::ValidationError},
    flows::webhooks::Receiver,
    http::{
        extract::rule,
        openapi::{
            values,
            words::{KnownWebhookEvent, WebhookEvent},
        },
        shapes::{ActiveStatus, present},
    },
    store::{DeliveryRow, DeliveryState},
};

/// A receiver to be registered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookBody {
    /// where to: `https`, without user and fragment, in the open network
    #[schema(required = true, value_type = values::Address)]
    pub url: Option<String>,
    /// which events it receives; all where this is left out or null
    #[schema(value_type = Option<Vec<KnownWebhookEvent>>, min_items = 1)]
    pub events: Option<Vec<String>>,
    /// what it is for
    #[validate(length(max = 200))]
    #[schema(value_type = Option<values::Line>)]
    pub description: Option<String>,
}

/// Since when and until when a secret signs.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecretBody {
    /// since when
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// until when, once it is rotated; null for the current one
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<String>,
}

/// A receiver.
#[derive(Serialize, ToSchema)]
pub struct WebhookBody {
    /// id
    pub id: String,
    /// where to
    #[schema(example = "https://sms.example.kz/qupia")]
    pub url: String,
    /// which events it receives; null for all
    #[schema(required = true, value_type = Option<Vec<WebhookEvent>>)]
    pub events: Option<Vec<String>>,
    /// what it is for
    #[schema(required = true, example = "the SMS gateway")]
    pub description: Option<String>,
    /// whether it receives anything
    pub status: ActiveStatus,
    /// why it is disabled: `admin`, or `gone` where it answered 410
    #[schema(required = true)]
    pub disabled_because: Option<String>,
    /// its secrets, the newest first
    pub secrets: Vec<WebhookSecretBody>,
    /// since when it is registered
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// a secret that was just made, shown once
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = Password, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
}

impl WebhookBody {
    pub(super) fn of(endpoint: Receiver, secret: Option<SecretString>) -> Self {
        let Receiver { row, secrets } = endpoint;
        let secrets = secrets.into_iter().map(|secret| WebhookSecretBody {
            created_at: write_time(secret.created_at),
            expires_at: secret.expires_at.map(write_time),
        });
        Self {
            id: row.id.into(),
            url: row.url,
            events: row.events,
            description: row.description,
            status: ActiveStatus::of(row.is_active),
            disabled_because: row.disabled_because,
            secrets: secrets.collect(),
            created_at: write_time(row.created_at),
            secret: secret.map(|secret| secret.expose_secret().to_owned()),
        }
    }
}

/// A message to one receiver, and the state of its delivery.
#[derive(Serialize, ToSchema)]
pub struct WebhookDeliveryBody {
    /// id of the delivery
    #[schema(example = "815")]
    pub id: String,
    /// id of the message: `webhook-id`, the same at every attempt
    #[schema(example = "msg_019c1234-5678-7abc-8def-0123456789ab")]
    pub message_id: String,
    /// its event
    #[schema(value_type = WebhookEvent)]
    pub event: String,
    /// its status
    #[schema(value_type = DeliveryState)]
    pub status: &'static str,
    /// how often it was tried
    #[schema(example = 1)]
    pub attempts: u32,
    /// when it is tried next, while it is pending; later where an earlier message about the same
    /// client is still to be delivered
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<String>,
    /// when it was tried last
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub last_attempt_at: Option<String>,
    /// the status that the receiver answered last
    #[schema(required = true, example = 503)]
    pub last_status: Option<u16>,
    /// why there was no answer: `address_not_allowed`, `timed_out`, `not_connected`, `broken_off`
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// when it was written
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

impl From<DeliveryRow> for WebhookDeliveryBody {
    fn from(row: DeliveryRow) -> Self {
        let is_pending = row.state == DeliveryState::Pending;
        Self {
            id: row.seq.to_string(),
            message_id: row.message_id.into(),
            event: row.event,
            status: row.state.name(),
            attempts: row.attempts,
            next_attempt_at: is_pending.then(|| write_time(row.next_at)),
            last_attempt_at: row.last_at.map(write_time),
            last_status: row.last_status,
            last_error: row.last_error,
            created_at: write_time(row.created_at),
        }
    }
}

/// What to change of a receiver; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
#[validate(schema(function = Self::changes_something))]
pub struct WebhookPatch {
    /// another address
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = values::Address, required = false)]
    pub url: Option<Option<String>>,
    /// other events; null for all
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<KnownWebhookEvent>>, min_items = 1)]
    pub events: Option<Option<Vec<String>>>,
    /// another description; null for none
    #[validate(length(max = 200))]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<values::Line>)]
    pub description: Option<Option<String>>,
    /// `active` or `disabled`
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ActiveStatus, required = false)]
    pub status: Option<Option<String>>,
}

impl WebhookPatch {
    fn changes_something(&self) -> Result<(), validator::ValidationError> {
        let is_changed = self.url.is_some()
            || self.events.is_some()
            || self.description.is_some()
            || self.status.is_some();
        rule(is_changed, &ValidationError::NothingToChange)
    }
}

/// Which dead letters are sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    /// those written at this time or later; all where it is left out
    #[schema(value_type = Option<values::Moment>)]
    pub since: Option<String>,
}

/// How many dead letters are sent again.
#[derive(Serialize, ToSchema)]
pub struct ReplayedBody {
    /// how many
    #[schema(example = 3)]
    pub replayed: usize,
}
