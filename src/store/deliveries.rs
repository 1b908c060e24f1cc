//! Deliveries: what became of each message of the outbox to each receiver of webhooks.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*};

use super::{
    access::{Reader, Tx, UnauditedTx},
    columns::{count, maybe_moment, micros, moment, one_row, stored_count},
    error::StoreError,
    leases::HeldLease,
    schema::{webhook_deliveries, webhook_endpoints},
};
use crate::domain::id::{ClientId, MessageId, WebhookId};

const TABLE: &str = "webhook_deliveries";

macro_rules! states {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// The state of a delivery.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum DeliveryState {
            $($(#[$doc])* $variant,)+
        }

        impl DeliveryState {
            /// The words for every state.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// The word of the contract.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The state of a word.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

states! {
    /// it is still to be delivered
    Pending = "pending",
    /// the receiver took it
    Delivered = "delivered",
    /// it was tried as often as it may be: a dead letter
    Dead = "dead",
}

/// A message to one receiver.
#[derive(Clone, Debug)]
pub(crate) struct DeliveryRow {
    /// its place in the outbox; also its id
    pub seq: i64,
    /// to whom
    pub endpoint_id: WebhookId,
    /// the message's id, the same for every receiver and at every attempt
    pub message_id: MessageId,
    /// about whom
    pub client_id: ClientId,
    /// the event
    pub event: String,
    /// the body
    pub payload: String,
    /// the state
    pub state: DeliveryState,
    /// how often it was tried
    pub attempts: u32,
    /// when it is tried next, while it is pending
    pub next_at: DateTime<Utc>,
    /// when it was written
    pub created_at: DateTime<Utc>,
    /// when it was tried last
    pub last_at: Option<DateTime<Utc>>,
    /// what the receiver answered last
    pub last_status: Option<u16>,
    /// why there was no answer
    pub last_error: Option<String>,
    /// the context of the trace of what it reports
    pub traceparent: Option<String>,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryAnswer {
    /// the status, where there was an answer
    pub status: Option<u16>,
    /// why there was none
    pub error: Option<&'static str>,
}

/// A row of the table.
#[derive(Queryable)]
struct Columns {
    seq: i64,
    endpoint_id: WebhookId,
    message_id: MessageId,
    client_id: ClientId,
    event: String,
    payload: String,
    state: String,
    attempts: i32,
    next_at: i64,
    created_at: i64,
    last_at: Option<i64>,
    last_status: Option<i32>,
    last_error: Option<String>,
    traceparent: Option<String>,
}

fn decode(row: Columns) -> Result<DeliveryRow, StoreError> {
    let key = row.seq.to_string();
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &key, why);
    Ok(DeliveryRow {
        state: DeliveryState::from_name(&row.state).ok_or_else(|| corrupt("no such state"))?,
        attempts: count(TABLE, &key, row.attempts)?,
        next_at: moment(TABLE, &key, row.next_at)?,
        created_at: moment(TABLE, &key, row.created_at)?,
        last_at: maybe_moment(TABLE, &key, row.last_at)?,
        last_status: row
            .last_status
            .map(u16::try_from)
            .transpose()
            .map_err(|_| corrupt("no such status"))?,
        seq: row.seq,
        endpoint_id: row.endpoint_id,
        message_id: row.message_id,
        client_id: row.client_id,
        event: row.event,
        payload: row.payload,
        last_error: row.last_error,
        traceparent: row.traceparent,
    })
}

diesel::alias!(webhook_deliveries as earlier: Earlier);

impl Reader<'_> {
    /// The active receivers for which something is due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn endpoints_due(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<Vec<WebhookId>, StoreError> {
        let due = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(webhook_endpoints::id))
            .filter(webhook_deliveries::state.eq(DeliveryState::Pending.name()))
            .filter(webhook_deliveries::next_at.le(micros(now)));
        let rests_until = webhook_endpoints::rests_until;
        Ok(webhook_endpoints::table
            .filter(webhook_endpoints::is_active.eq(true))
            .filter(rests_until.is_null().or(rests_until.le(micros(now))))
            .filter(exists(due))
            .order(webhook_endpoints::id)
            .select(webhook_endpoints::id)
            .load(self.connection)?)
    }

    /// What is due for a receiver and has no earlier pending message about the same client before it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn deliveries_due(
        &mut self,
        endpoint_id: &WebhookId,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let before = earlier
            .filter(
                earlier
                    .field(webhook_deliveries::endpoint_id)
                    .eq(webhook_deliveries::endpoint_id),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::client_id)
                    .eq(webhook_deliveries::client_id),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::state)
                    .eq(DeliveryState::Pending.name()),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::seq)
                    .lt(webhook_deliveries::seq),
            );
        let rows = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::state.eq(DeliveryState::Pending.name()))
            .filter(webhook_deliveries::next_at.le(micros(now)))
            .filter(diesel::dsl::not(exists(before)))
            .order((webhook_deliveries::next_at, webhook_deliveries::seq))
            .limit(limit)
            .load::<Columns>(self.connection)?;
        rows.into_iter().map(decode).collect()
    }

    /// Deliveries to a receiver, newest first, before a place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn deliveries(
        &mut self,
        endpoint_id: &WebhookId,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut found = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id.to_owned()))
            .into_boxed();
        if let Some(state) = state {
            found = found.filter(webhook_deliveries::state.eq(state.name()));
        }
        if let Some(before) = before {
            found = found.filter(webhook_deliveries::seq.lt(before));
        }
        let rows = found
            .order(webhook_deliveries::seq.desc())
            .limit(limit)
            .load::<Columns>(self.connection)?;
        rows.into_iter().map(decode).collect()
    }

    /// One delivery to a receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn delivery(
        &mut self,
        endpoint_id: &WebhookId,
        seq: i64,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        let row = webhook_deliveries::table
            .find(seq)
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .first::<Columns>(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }
}

impl Tx<'_> {
    /// Makes a delivery due again, from its first attempt on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn replay_delivery(
        &mut self,
        seq: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let again = diesel::update(webhook_deliveries::table.find(seq))
            .set((
                webhook_deliveries::state.eq(DeliveryState::Pending.name()),
                webhook_deliveries::attempts.eq(0),
                webhook_deliveries::next_at.eq(micros(now)),
            ))
            .execute(self.connection)?;
        one_row(TABLE, &seq.to_string(), again)
    }

    /// Makes a receiver's dead letters due again, those written at `since` or later. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn replay_dead(
        &mut self,
        endpoint_id: &WebhookId,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        Ok(diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::state.eq(DeliveryState::Dead.name()))
            .filter(webhook_deliveries::created_at.ge(since.map_or(i64::MIN, micros)))
            .set((
                webhook_deliveries::state.eq(DeliveryState::Pending.name()),
                webhook_deliveries::attempts.eq(0),
                webhook_deliveries::next_at.eq(micros(now)),
            ))
            .execute(self.connection)?)
    }
}

impl UnauditedTx<'_> {
    /// Counts an attempt that ended a delivery, well or for good. Says whether it was counted: not where
    /// another instance holds the lease to deliver by now.
    ///
    /// What was changed since it was picked up is left alone: a replay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_delivery(
        &mut self,
        lease: &HeldLease,
        row: &DeliveryRow,
        state: DeliveryState,
        answer: DeliveryAnswer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(self.still_holds(lease, now)? && {
            self.count_delivery(row, state, answer, row.next_at, now)?;
            true
        })
    }

    /// Counts an attempt that failed; the next is at `next_at`, and what waits behind it with it. Says
    /// whether it was counted: not where another instance holds the lease to deliver by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn retry_delivery(
        &mut self,
        lease: &HeldLease,
        row: &DeliveryRow,
        answer: DeliveryAnswer,
        next_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if !self.still_holds(lease, now)? {
            return Ok(false);
        }
        self.count_delivery(row, DeliveryState::Pending, answer, next_at, now)?;
        // Otherwise each pass would read them and skip them.
        diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::endpoint_id.eq(&row.endpoint_id))
            .filter(webhook_deliveries::client_id.eq(&row.client_id))
            .filter(webhook_deliveries::state.eq(DeliveryState::Pending.name()))
            .filter(webhook_deliveries::seq.gt(row.seq))
            .filter(webhook_deliveries::next_at.lt(micros(next_at)))
            .set(webhook_deliveries::next_at.eq(micros(next_at)))
            .execute(self.connection)?;
        Ok(true)
    }

    /// Sends nothing to a receiver until a time, unless it asked for a longer pause before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn pause_endpoint(
        &mut self,
        id: &WebhookId,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rests_until = webhook_endpoints::rests_until;
        diesel::update(webhook_endpoints::table.find(id))
            .filter(rests_until.is_null().or(rests_until.lt(micros(until))))
            .set(rests_until.eq(micros(until)))
            .execute(self.connection)?;
        Ok(())
    }

    fn count_delivery(
        &mut self,
        row: &DeliveryRow,
        state: DeliveryState,
        answer: DeliveryAnswer,
        next_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(webhook_deliveries::table.find(row.seq))
            .filter(webhook_deliveries::state.eq(DeliveryState::Pending.name()))
            .filter(webhook_deliveries::attempts.eq(stored_count(row.attempts)))
            .set((
                webhook_deliveries::state.eq(state.name()),
                webhook_deliveries::attempts.eq(stored_count(row.attempts.saturating_add(1))),
                webhook_deliveries::next_at.eq(micros(next_at)),
                webhook_deliveries::last_at.eq(micros(now)),
                webhook_deliveries::last_status.eq(answer.status.map(i32::from)),
                webhook_deliveries::last_error.eq(answer.error),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Deletes what was delivered before a time. Dead letters stay until their receiver goes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn delete_delivered(&mut self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        Ok(diesel::delete(webhook_deliveries::table)
            .filter(webhook_deliveries::state.eq(DeliveryState::Delivered.name()))
            .filter(webhook_deliveries::last_at.lt(micros(before)))
            .execute(self.connection)?)
    }
}
