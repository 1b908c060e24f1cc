//! What is odd in the newest part of the audit, counted by the database.
//!
//! Events have no index by time, which every write would pay for; they are all but ordered by it, so
//! the window's first place is found by halving.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    RunQueryDsl,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use serde_json::Value;

use super::{
    access::Reader, columns::micros, engine::connection::AnyConnection, error::StoreError,
    schema::audit_events,
};
use crate::domain::{
    audit::{Action, EventOutcome},
    id::{ClientId, StaffId},
    signals::{Signal, SignalKind, SignalRules},
};

/// More signals of one kind at once are not read: these are enough.
const MOST: i64 = 500;
/// Instances' clocks may differ, and a transaction may take a while: events stand so far out of order.
pub(super) const DISORDER: TimeDelta = TimeDelta::minutes(10);

/// What a specialist does about a client: audited reads, attempts, and what is done to the passphrase.
const WORK: &str = "actor_role IN ('call_center', 'supervisor') AND action IN \
     ('client.searched', 'client.viewed', 'verification.recorded', 'inquiry.made', \
     'passphrase.viewed', 'passphrase.blocked', 'passphrase.unlocked')";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Nullable<Text>)]
    staff_id: Option<StaffId>,
    #[diesel(sql_type = Nullable<Text>)]
    client_id: Option<ClientId>,
    #[diesel(sql_type = BigInt)]
    many: i64,
}

/// A signal that was raised: its kind, whose work, about which client.
pub(crate) type RaisedColumns = (SignalKind, Option<StaffId>, Option<ClientId>);

impl Reader<'_> {
    /// What is odd within the window that ends now. `outside` are its spans without work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn signals(
        &mut self,
        rules: &SignalRules,
        outside: &[(DateTime<Utc>, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Result<Vec<Signal>, StoreError> {
        let from = now - rules.window;
        // Numbers and words of our own alone go into the text.
        let window = format!(
            "FROM audit_events AS e WHERE e.seq >= {} AND e.at >= {}",
            self.first_place_after(from)?,
            micros(from)
        );
        let of_staff = "GROUP BY actor_id";
        let mut signals = Vec::new();
        let mut add = |reader: &mut Self, kind, what: String| -> Result<(), StoreError> {
            signals.extend(reader.counted(kind, &what)?);
            Ok(())
        };
        let clients =
            "SELECT actor_id AS staff_id, NULL AS client_id, COUNT(DISTINCT client_id) AS many";
        if let Some(most) = rules.clients {
            let what = format!(
                "{clients} {window} AND {WORK} {of_staff} HAVING COUNT(DISTINCT client_id) >= {most}"
            );
            add(self, SignalKind::ManyClients, what)?;
        }
        if let Some(most) = rules.look_ups {
            let until = micros(now - rules.look_up_grace);
            let what = format!(
                "{clients} {window} AND {WORK} AND e.action IN ('client.searched', 'client.viewed') \
                 AND e.at < {until} AND NOT EXISTS (SELECT 1 FROM audit_events AS v \
                 WHERE v.client_id = e.client_id AND v.seq > e.seq AND v.actor_id = e.actor_id \
                 AND v.action = 'verification.recorded') \
                 {of_staff} HAVING COUNT(DISTINCT client_id) >= {most}"
            );
            add(self, SignalKind::LookUpsWithoutVerification, what)?;
        }
        if let Some(most) = rules.specialists {
            let what = format!(
                "SELECT NULL AS staff_id, client_id, COUNT(DISTINCT actor_id) AS many {window} \
                 AND e.action = 'verification.recorded' GROUP BY client_id \
                 HAVING COUNT(DISTINCT actor_id) >= {most}"
            );
            add(self, SignalKind::ManySpecialists, what)?;
        }
        if let Some(most) = rules.inquiries {
            let what = format!(
                "SELECT actor_id AS staff_id, client_id, COUNT(*) AS many {window} \
                 AND e.action = 'inquiry.made' AND e.outcome = '{}' \
                 GROUP BY actor_id, client_id HAVING COUNT(*) >= {most}",
                EventOutcome::Read.name()
            );
            add(self, SignalKind::RepeatedInquiries, what)?;
        }
        for (start, end) in outside {
            let what = format!(
                "SELECT actor_id AS staff_id, NULL AS client_id, COUNT(*) AS many {window} \
                 AND {WORK} AND e.at >= {} AND e.at < {} {of_staff}",
                micros(*start),
                micros(*end)
            );
            add(self, SignalKind::OutsideHours, what)?;
        }
        Ok(signals)
    }

    /// Which signals were raised since a time, to be raised no second time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn raised_since(
        &mut self,
        from: DateTime<Utc>,
    ) -> Result<Vec<RaisedColumns>, StoreError> {
        let first = self.first_place_after(from)?;
        let rows: Vec<(Option<String>, Option<StaffId>, Option<ClientId>)> = audit_events::table
            .filter(audit_events::seq.ge(first))
            .filter(audit_events::at.gt(micros(from)))
            .filter(audit_events::action.eq(Action::SignalRaised.name()))
            .select((
                audit_events::details,
                audit_events::subject_id,
                audit_events::client_id,
            ))
            .load(self.connection)?;
        let known = rows.into_iter().filter_map(|(details, staff, client)| {
            // Facts that only a newer version knows are no obstacle.
            let facts: Value = serde_json::from_str(details.as_deref()?).ok()?;
            let kind = facts["signal"].as_str()?.parse().ok()?;
            Some((kind, staff, client))
        });
        Ok(known.collect())
    }

    fn counted(&mut self, kind: SignalKind, what: &str) -> Result<Vec<Signal>, StoreError> {
        let query = sql_query(format!("{what} ORDER BY many DESC LIMIT {MOST}"));
        let rows: Vec<Counted> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => query.load(sqlite)?,
            AnyConnection::Postgres(postgres) => query.load(postgres)?,
        };
        let signals = rows.into_iter().map(|row| Signal {
            kind,
            staff_id: row.staff_id,
            client_id: row.client_id,
            count: row.many,
        });
        Ok(signals.collect())
    }

    /// A place before which nothing happened at `from` or later.
    pub(super) fn first_place_after(&mut self, from: DateTime<Utc>) -> Result<i64, StoreError> {
        let from = micros(from - DISORDER);
        let newest: Option<i64> = audit_events::table
            .select(audit_events::seq)
            .order(audit_events::seq.desc())
            .first(self.connection)
            .optional()?;
        let (mut low, mut high) = (0, newest.map_or(0, |newest| newest + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            let next: Option<i64> = audit_events::table
                .filter(audit_events::seq.ge(middle))
                .order(audit_events::seq)
                .select(audit_events::at)
                .first(self.connection)
                .optional()?;
            if next.is_none_or(|at| at >= from) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }
}
