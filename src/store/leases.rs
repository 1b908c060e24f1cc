//! Leases: what only one instance at a time may do.
//!
//! A lease is held by being renewed. Instances' clocks may differ, so nobody compares another's time
//! with its own: a lease is dead when it stood still for [`DEAD_AFTER`] by the onlooker's own clock.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{AnyConnection, StoreError, Tally, micros, schema::leases};

/// A lease that was not renewed for so long may be taken over.
pub const DEAD_AFTER: TimeDelta = TimeDelta::seconds(10);

/// What an onlooker remembers of a lease: who held it, in which renewal, and since when it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    holder: String,
    renewed: i64,
    since: DateTime<Utc>,
}

/// Whether a lease is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// it is, as of this transaction
    Ours,
    /// another holds it; to be handed in at the next try
    Theirs(Sighting),
}

impl Tally<'_> {
    /// Takes a lease, or renews it. Within the same transaction nobody else can take it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold_lease(
        &mut self,
        name: &str,
        instance: &str,
        seen: Option<&Sighting>,
        now: DateTime<Utc>,
    ) -> Result<Lease, StoreError> {
        let renewal = (
            leases::holder.eq(instance),
            leases::expires_at.eq(micros(now + DEAD_AFTER)),
        );
        let ours = diesel::update(leases::table.find(name))
            .filter(leases::holder.eq(instance))
            .set(renewal)
            .execute(self.connection)?;
        if ours == 1 {
            return Ok(Lease::Ours);
        }
        let insert = diesel::insert_into(leases::table).values((leases::name.eq(name), renewal));
        let made = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            AnyConnection::Postgres(postgres) => {
                insert.on_conflict_do_nothing().execute(postgres)?
            }
        };
        if made == 1 {
            return Ok(Lease::Ours);
        }
        if let Some(seen) = seen.filter(|seen| now - seen.since >= DEAD_AFTER) {
            let taken = diesel::update(leases::table.find(name))
                .filter(leases::holder.eq(&seen.holder))
                .filter(leases::expires_at.eq(seen.renewed))
                .set(renewal)
                .execute(self.connection)?;
            if taken == 1 {
                return Ok(Lease::Ours);
            }
        }
        let held: Option<(String, i64)> = leases::table
            .find(name)
            .select((leases::holder, leases::expires_at))
            .get_result(self.connection)
            .optional()?;
        // Let go in this very moment: the next try finds it free.
        let (holder, renewed) = held.unwrap_or_default();
        let since = seen
            .filter(|seen| seen.holder == holder && seen.renewed == renewed)
            // A clock that was set back must not make a dead lease live for longer.
            .map_or(now, |seen| seen.since.min(now));
        Ok(Lease::Theirs(Sighting {
            holder,
            renewed,
            since,
        }))
    }

    /// Lets a lease go, so that another instance need not wait until it is dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_lease(&mut self, name: &str, instance: &str) -> Result<(), StoreError> {
        diesel::delete(leases::table.find(name))
            .filter(leases::holder.eq(instance))
            .execute(self.connection)?;
        Ok(())
    }
}
