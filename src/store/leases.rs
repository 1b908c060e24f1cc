//! Leases: what only one instance at a time may do.
//!
//! A lease is held by being renewed. Instances' clocks may differ, so none compares another's time with
//! its own: a lease is dead when it was not renewed for [`DEAD_AFTER`] by the observer's own clock.
//!
//! A process that was paused does not know that its lease is another's by now. So a lease has a term, a
//! fencing token that grows whenever the lease changes hands, and what must not be done beside a
//! successor asks for it in its own transaction: [`UnauditedTx::still_holds`], [`Tx::require_lease`].

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{
    access::{Tx, UnauditedTx},
    columns::micros,
    engine::connection::AnyConnection,
    error::StoreError,
    schema::leases,
};

/// How long a lease stays its holder's without being renewed.
pub(crate) const DEAD_AFTER: TimeDelta = TimeDelta::seconds(10);

/// The holder of a lease that was released. Its row stays, so that its term goes on growing.
const NOBODY: &str = "";

/// What an observer remembers of a lease: its holder, its renewal, and since when these are unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    holder: String,
    renewed: i64,
    since: DateTime<Utc>,
}

/// Whether a lease is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lease {
    /// it is, as of this transaction
    Ours(HeldLease),
    /// another holds it; to be passed at the next try
    Theirs(Sighting),
}

/// A lease that was ours when this was made. Whether it still is, is checked in the transaction of what
/// depends on it: a process may have been paused in between, and another holds the lease by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLease {
    name: &'static str,
    holder: String,
    term: i64,
}

impl UnauditedTx<'_> {
    /// Takes a lease, or renews it. Within the same transaction nobody else can take it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn acquire_lease(
        &mut self,
        name: &'static str,
        instance: &str,
        seen: Option<&Sighting>,
        now: DateTime<Utc>,
    ) -> Result<Lease, StoreError> {
        let expires_at = micros(now + DEAD_AFTER);
        let renewed = diesel::update(leases::table.find(name))
            .filter(leases::holder.eq(instance))
            .set(leases::expires_at.eq(expires_at))
            .execute(self.connection)?;
        if renewed == 1 || self.take_lease(name, instance, seen, now)? {
            let term = leases::table
                .find(name)
                .select(leases::term)
                .get_result(self.connection)?;
            let holder = instance.to_owned();
            return Ok(Lease::Ours(HeldLease { name, holder, term }));
        }
        let lease: Option<(String, i64)> = leases::table
            .find(name)
            .select((leases::holder, leases::expires_at))
            .get_result(self.connection)
            .optional()?;
        // Let go in this very moment: the next try finds it free.
        let (holder, renewed) = lease.unwrap_or_default();
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

    /// Takes a lease that is nobody's, or a dead one's.
    fn take_lease(
        &mut self,
        name: &str,
        instance: &str,
        seen: Option<&Sighting>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let expires_at = micros(now + DEAD_AFTER);
        let first = (
            leases::name.eq(name),
            leases::holder.eq(instance),
            leases::term.eq(1),
            leases::expires_at.eq(expires_at),
        );
        let insert = diesel::insert_into(leases::table).values(first);
        let made = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            AnyConnection::Postgres(postgres) => {
                insert.on_conflict_do_nothing().execute(postgres)?
            }
        };
        if made == 1 {
            return Ok(true);
        }
        let changes_hands = (
            leases::holder.eq(instance),
            leases::term.eq(leases::term + 1),
            leases::expires_at.eq(expires_at),
        );
        let free = diesel::update(leases::table.find(name))
            .filter(leases::holder.eq(NOBODY))
            .set(changes_hands)
            .execute(self.connection)?;
        if free == 1 {
            return Ok(true);
        }
        let Some(dead) = seen.filter(|seen| now - seen.since >= DEAD_AFTER) else {
            return Ok(false);
        };
        let taken = diesel::update(leases::table.find(name))
            .filter(leases::holder.eq(&dead.holder))
            .filter(leases::expires_at.eq(dead.renewed))
            .set(changes_hands)
            .execute(self.connection)?;
        Ok(taken == 1)
    }

    /// Whether a lease that was ours still is; if so it is renewed, and nobody else can take it before
    /// this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn still_holds(
        &mut self,
        lease: &HeldLease,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        lease.renew(self.connection, now)
    }

    /// Lets a lease go, so that another instance need not wait until it is dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn release_lease(&mut self, name: &str, instance: &str) -> Result<(), StoreError> {
        diesel::update(leases::table.find(name))
            .filter(leases::holder.eq(instance))
            .set(leases::holder.eq(NOBODY))
            .execute(self.connection)?;
        Ok(())
    }
}

impl Tx<'_> {
    /// Goes on only where a lease that was ours still is; as [`UnauditedTx::still_holds`].
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`] where it is another's by now.
    pub(crate) fn require_lease(
        &mut self,
        lease: &HeldLease,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if lease.renew(self.connection, now)? {
            Ok(())
        } else {
            Err(StoreError::AlreadyEnded)
        }
    }
}

impl HeldLease {
    fn renew(
        &self,
        connection: &mut AnyConnection,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let renewed = diesel::update(leases::table.find(self.name))
            .filter(leases::holder.eq(&self.holder))
            .filter(leases::term.eq(self.term))
            .set(leases::expires_at.eq(micros(now + DEAD_AFTER)))
            .execute(connection)?;
        Ok(renewed == 1)
    }
}
