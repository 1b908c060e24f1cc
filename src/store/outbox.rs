//! The outbox: messages to receivers of webhooks, written in the transaction of what they report.
//!
//! Messages of one client are in the order in which they were written: whatever changes a passphrase
//! locks its row first, so that the later change also takes the later number.

use diesel::prelude::*;

use super::{
    columns::micros,
    deliveries::DeliveryState,
    engine::connection::{AnyConnection, directly},
    error::StoreError,
    schema::{clients, webhook_deliveries, webhook_endpoints},
    webhooks::events_of,
};
use crate::{
    domain::{
        id::{ClientId, MessageId, WebhookId},
        webhook::Message,
    },
    secrets::rng::SystemRng,
};

/// An active receiver and the events that it receives; `None` for all.
pub(super) struct Receiver {
    id: WebhookId,
    events: Option<Vec<String>>,
}

/// The active receivers. Where nobody is registered this reads an empty table.
pub(super) fn receivers(connection: &mut AnyConnection) -> Result<Vec<Receiver>, StoreError> {
    let active = webhook_endpoints::table
        .filter(webhook_endpoints::is_active.eq(true))
        .select((webhook_endpoints::id, webhook_endpoints::events));
    let rows: Vec<(WebhookId, Option<String>)> =
        directly!(connection, connection => active.load(connection))?;
    let receivers = rows.into_iter().map(|(id, events)| Receiver {
        id,
        events: events_of(events.as_deref()),
    });
    Ok(receivers.collect())
}

/// Puts a message about an event into the outbox, once for each receiver of its event.
pub(super) fn enqueue(
    connection: &mut AnyConnection,
    rng: &SystemRng,
    receivers: &[Receiver],
    message: &Message<'_>,
) -> Result<(), StoreError> {
    let wants = |receiver: &&Receiver| {
        let events = receiver.events.as_ref();
        events.is_none_or(|events| events.iter().any(|name| name == message.name))
    };
    let receivers: Vec<_> = receivers.iter().filter(wants).collect();
    if receivers.is_empty() {
        return Ok(());
    }
    let at = message.at();
    let message_id = MessageId::from(format!("msg_{}", rng.uuid_v7(at)));
    let payload = message.payload(&number_of(connection, message.client_id)?);
    for receiver in receivers {
        diesel::insert_into(webhook_deliveries::table)
            .values((
                webhook_deliveries::endpoint_id.eq(&receiver.id),
                webhook_deliveries::message_id.eq(&message_id),
                webhook_deliveries::client_id.eq(message.client_id),
                webhook_deliveries::event.eq(message.name),
                webhook_deliveries::payload.eq(&payload),
                webhook_deliveries::state.eq(DeliveryState::Pending.name()),
                webhook_deliveries::attempts.eq(0),
                webhook_deliveries::next_at.eq(micros(at)),
                webhook_deliveries::created_at.eq(micros(at)),
                webhook_deliveries::traceparent.eq(message.trace()),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// The company's number of a client.
fn number_of(connection: &mut AnyConnection, id: &ClientId) -> Result<String, StoreError> {
    let number = clients::table.find(id).select(clients::client_number);
    Ok(directly!(connection, connection => number.first(connection))?)
}
