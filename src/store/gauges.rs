//! What monitoring reads out of the database: small, indexed queries, since it does so every few seconds.

use chrono::{DateTime, Utc};
use diesel::{dsl::max, prelude::*, sql_query, sql_types::BigInt};

use super::{
    access::Reader,
    columns::maybe_moment,
    deliveries::DeliveryState,
    error::StoreError,
    schema::{audit_events, audit_seals, loans},
};

/// Counts stop here: whether more wait makes no difference to whoever is alarmed by it.
const MAX_COUNT: i64 = 100_000;

/// The state of what waits in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredGauges {
    /// when the loan system last said anything about a loan, by its own clock
    pub newest_loan: Option<DateTime<Utc>>,
    /// webhooks that are to be sent
    pub webhooks_pending: i64,
    /// webhooks that were given up
    pub webhooks_dead: i64,
    /// events that are not sealed yet
    pub unsealed: i64,
    /// when the oldest of them was recorded
    pub oldest_unsealed: Option<DateTime<Utc>>,
}

impl Reader<'_> {
    pub(crate) fn stored_gauges(&mut self) -> Result<StoredGauges, StoreError> {
        let newest_loan: Option<i64> = loans::table
            .select(max(loans::as_of))
            .first(self.connection)?;
        let sealed: Option<i64> = audit_seals::table
            .select(audit_seals::last_seq)
            .order(audit_seals::number.desc())
            .first(self.connection)
            .optional()?;
        let oldest_unsealed: Option<i64> = audit_events::table
            .filter(audit_events::seq.gt(sealed.unwrap_or_default()))
            .select(audit_events::at)
            .order(audit_events::seq)
            .first(self.connection)
            .optional()?;
        let sealed = sealed.unwrap_or_default();
        Ok(StoredGauges {
            newest_loan: maybe_moment("loans", "", newest_loan)?,
            webhooks_pending: self.count_deliveries(DeliveryState::Pending)?,
            webhooks_dead: self.count_deliveries(DeliveryState::Dead)?,
            unsealed: self.count("audit_events", &format!("seq > {sealed}"))?,
            oldest_unsealed: maybe_moment("audit_events", "", oldest_unsealed)?,
        })
    }

    /// A state is a literal, since a parameter would keep the partial indexes from being used.
    fn count_deliveries(&mut self, state: DeliveryState) -> Result<i64, StoreError> {
        self.count("webhook_deliveries", &format!("state = '{}'", state.name()))
    }

    fn count(&mut self, table: &str, condition: &str) -> Result<i64, StoreError> {
        let counted: Counted = sql_query(format!(
            "SELECT count(*) AS count FROM \
             (SELECT 1 FROM {table} WHERE {condition} LIMIT {MAX_COUNT}) AS counted"
        ))
        .get_result(self.connection)?;
        Ok(counted.count)
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
