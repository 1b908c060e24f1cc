//! The report of a day, counted by the database in a few statements over one stretch of the audit.
//!
//! Events have no index by time: the stretch's first and last place are found by halving, as for signals.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    access::Reader, columns::micros, engine::connection::AnyConnection, error::StoreError,
    signals::DISORDER,
};
use crate::domain::{
    audit::Action,
    id::StaffId,
    report::{ONE_CALL, QUARTER, Span, Waits},
    signals::SignalKind,
    verification::VerificationOutcome,
};

/// [`QUARTER`] in microseconds.
const QUARTER_MICROS: i64 = QUARTER.num_seconds() * 1_000_000;

/// The outcomes of a verification; what was refused before it began is none.
const OUTCOMES: &str = "'verified', 'rejected', 'locked', 'disabled', 'blocked', 'unset'";

/// What is counted by the action alone.
const PASSPHRASES: &str = "'passphrase.set', 'passphrase.changed', 'passphrase.locked', \
     'passphrase.disabled', 'passphrase.blocked', 'passphrase.unlocked', 'passphrase.destroyed'";

/// What was counted within one span.
#[derive(Default)]
pub(crate) struct DayCounts {
    /// verifications by the quarter of an hour in which they were recorded
    pub by_quarter: Vec<(DateTime<Utc>, VerificationOutcome, u64)>,
    /// verifications by specialist
    pub by_staff: Vec<(StaffId, VerificationOutcome, u64)>,
    /// what was done to passphrases
    pub passphrases: Vec<(Action, u64)>,
    /// signals by kind
    pub signals: Vec<(SignalKind, u64)>,
    /// seconds from look-up to verification, of all specialists
    pub waits: Waits,
    /// and of each
    pub waits_by_staff: Vec<StaffWaits>,
}

/// A specialist's times from look-up to verification.
pub(crate) type StaffWaits = (StaffId, Waits);

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    quarter: Option<i64>,
    #[diesel(sql_type = BigInt)]
    many: i64,
}

impl CountedRow {
    fn many(&self) -> u64 {
        self.many.unsigned_abs()
    }

    fn outcome(&self) -> Option<VerificationOutcome> {
        self.outcome.as_deref()?.parse().ok()
    }
}

#[derive(QueryableByName)]
struct WaitsRow {
    #[diesel(sql_type = Nullable<Text>)]
    staff_id: Option<StaffId>,
    #[diesel(sql_type = BigInt)]
    many: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    median: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    p90: Option<i64>,
}

impl Reader<'_> {
    /// Counts what was recorded within a span.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn day_counts(&mut self, span: Span) -> Result<DayCounts, StoreError> {
        let stretch = Stretch::of(self, span)?;
        let mut counts = DayCounts::default();
        for row in self.count_rows(&stretch.actions())? {
            match (row.outcome(), row.quarter) {
                (Some(outcome), Some(quarter)) => {
                    let at = DateTime::from_timestamp_micros(quarter * QUARTER_MICROS);
                    let at = at.ok_or_else(|| corrupt("a time out of range"))?;
                    counts.by_quarter.push((at, outcome, row.many()));
                }
                _ => {
                    let action = row.name.as_deref().and_then(Action::from_name);
                    let action = action.ok_or_else(|| corrupt("no such action"))?;
                    counts.passphrases.push((action, row.many()));
                }
            }
        }
        for row in self.count_rows(&stretch.staff())? {
            let (outcome, many) = (row.outcome(), row.many());
            if let (Some(staff), Some(outcome)) = (row.name, outcome) {
                counts.by_staff.push((staff.into(), outcome, many));
            }
        }
        let kind = match &self.connection {
            AnyConnection::Sqlite(_) => "json_extract(details, '$.signal')",
            AnyConnection::Postgres(_) => "CAST(details AS json) ->> 'signal'",
        };
        for row in self.count_rows(&stretch.signals(kind))? {
            // A kind that only a newer version knows is left out, as in its list.
            if let Some(Ok(kind)) = row.name.as_deref().map(str::parse) {
                counts.signals.push((kind, row.many()));
            }
        }
        for row in self.wait_rows(&stretch.waits())? {
            let waits = Waits {
                count: row.many.unsigned_abs(),
                median: row.median.map(TimeDelta::microseconds),
                p90: row.p90.map(TimeDelta::microseconds),
            };
            match row.staff_id {
                Some(staff) => counts.waits_by_staff.push((staff, waits)),
                None => counts.waits = waits,
            }
        }
        Ok(counts)
    }

    fn count_rows(&mut self, statement: &str) -> Result<Vec<CountedRow>, StoreError> {
        let query = sql_query(statement);
        Ok(match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => query.load(sqlite)?,
            AnyConnection::Postgres(postgres) => query.load(postgres)?,
        })
    }

    fn wait_rows(&mut self, statement: &str) -> Result<Vec<WaitsRow>, StoreError> {
        let query = sql_query(statement);
        Ok(match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => query.load(sqlite)?,
            AnyConnection::Postgres(postgres) => query.load(postgres)?,
        })
    }
}

fn corrupt(why: &str) -> StoreError {
    StoreError::corrupt("audit_events", "a report", why)
}

/// A stretch of the audit, and the statements over it. Numbers and words of our own alone go into their text.
struct Stretch {
    first: i64,
    after: i64,
    span: Span,
}

impl Stretch {
    fn of(reader: &mut Reader<'_>, span: Span) -> Result<Self, StoreError> {
        Ok(Self {
            // A look-up may lie before the span whose verification lies in it.
            first: reader.first_place_after(span.from - ONE_CALL)?,
            // Clocks differ by this much, either way.
            after: reader.first_place_after(span.to + DISORDER * 2)?,
            span,
        })
    }

    fn events_from(&self, from: DateTime<Utc>) -> String {
        format!(
            "FROM audit_events WHERE seq >= {} AND seq < {} AND at >= {} AND at < {}",
            self.first,
            self.after,
            micros(from),
            micros(self.span.to),
        )
    }

    fn events(&self) -> String {
        self.events_from(self.span.from)
    }

    /// Verifications by quarter and outcome; what was done to passphrases.
    fn actions(&self) -> String {
        let events = self.events();
        format!(
            "SELECT action AS name, outcome, at / {QUARTER_MICROS} AS quarter, COUNT(*) AS many {events} \
             AND action = 'verification.recorded' AND outcome IN ({OUTCOMES}) \
             GROUP BY action, outcome, at / {QUARTER_MICROS} \
             UNION ALL \
             SELECT action AS name, NULL AS outcome, NULL AS quarter, COUNT(*) AS many {events} \
             AND action IN ({PASSPHRASES}) AND outcome NOT IN ('refused', 'not_found', 'unchanged') \
             GROUP BY action"
        )
    }

    fn staff(&self) -> String {
        format!(
            "SELECT actor_id AS name, outcome, NULL AS quarter, COUNT(*) AS many {} \
             AND action = 'verification.recorded' AND outcome IN ({OUTCOMES}) \
             GROUP BY actor_id, outcome",
            self.events()
        )
    }

    fn signals(&self, kind: &str) -> String {
        format!(
            "SELECT {kind} AS name, NULL AS outcome, NULL AS quarter, COUNT(*) AS many {} \
             AND action = 'signal.raised' GROUP BY {kind}",
            self.events()
        )
    }

    /// The times from the last look-up of a client to the first verification after it, by the same
    /// specialist; the row without one is of all.
    fn waits(&self) -> String {
        let (events, from) = (
            self.events_from(self.span.from - ONE_CALL),
            micros(self.span.from),
        );
        let longest = ONE_CALL.num_seconds() * 1_000_000;
        let ranks = "MIN(CASE WHEN place * 2 >= many THEN wait END) AS median, \
             MIN(CASE WHEN place * 10 >= many * 9 THEN wait END) AS p90";
        format!(
            "WITH steps AS (\
                 SELECT actor_id, action, at, LAG(action) OVER calls AS step_before, \
                 LAG(at) OVER calls AS looked_up_at {events} AND client_id IS NOT NULL \
                 AND actor_id IS NOT NULL AND (action = 'verification.recorded' AND outcome IN ({OUTCOMES}) \
                 OR action IN ('client.searched', 'client.viewed') AND outcome = 'found') \
                 WINDOW calls AS (PARTITION BY actor_id, client_id ORDER BY seq)\
             ), waits AS (\
                 SELECT actor_id, at - looked_up_at AS wait FROM steps \
                 WHERE action = 'verification.recorded' AND step_before <> 'verification.recorded' \
                 AND at >= {from} AND at - looked_up_at BETWEEN 0 AND {longest}\
             ), own AS (\
                 SELECT actor_id, wait, ROW_NUMBER() OVER (PARTITION BY actor_id ORDER BY wait) AS place, \
                 COUNT(*) OVER (PARTITION BY actor_id) AS many FROM waits\
             ), together AS (\
                 SELECT wait, ROW_NUMBER() OVER (ORDER BY wait) AS place, COUNT(*) OVER () AS many FROM waits\
             ) \
             SELECT actor_id AS staff_id, many, {ranks} FROM own GROUP BY actor_id, many \
             UNION ALL SELECT NULL AS staff_id, many, {ranks} FROM together GROUP BY many"
        )
    }
}
