//! A lease on a job that only one instance may do at a time: its holder keeps it by renewing it, and that
//! of a dead holder is taken over.

use chrono::{DateTime, Utc};

use crate::{
    app::foundation::Foundation,
    store::{DEAD_AFTER, HeldLease, Lease, Sighting, StoreError},
};

/// Whether this instance still has the lease, a moment before something is done that a successor would do
/// too. It renews the lease.
pub(crate) async fn still_holds(
    foundation: &Foundation,
    lease: &HeldLease,
) -> Result<bool, StoreError> {
    let (lease, now) = (lease.clone(), foundation.clock.now());
    foundation
        .store
        .unaudited(move |tx| tx.still_holds(&lease, now))
        .await
}

/// Keeps one instance's lease on a job, or looks out for it while another instance has it.
pub struct LeaseKeeper {
    name: &'static str,
    /// the lease as it was last seen in another's hands
    seen: Option<Sighting>,
    /// the lease, and when it was renewed
    lease: Option<(HeldLease, DateTime<Utc>)>,
}

impl LeaseKeeper {
    /// Of a job by its name; it has no lease yet.
    pub fn of(name: &'static str) -> Self {
        Self {
            name,
            seen: None,
            lease: None,
        }
    }

    /// The lease, if this instance has it or can take it. It is renewed well before others take it for
    /// dead.
    pub async fn hold(&mut self, foundation: &Foundation) -> Result<Option<HeldLease>, StoreError> {
        let now = foundation.clock.now();
        if let Some((lease, renewed_at)) = &self.lease
            && *renewed_at <= now
            && now - *renewed_at < DEAD_AFTER / 3
        {
            return Ok(Some(lease.clone()));
        }
        self.lease = None;
        let (name, instance, seen) = (self.name, foundation.instance.clone(), self.seen.clone());
        let lease = foundation
            .store
            .unaudited(move |tx| tx.acquire_lease(name, &instance, seen.as_ref(), now))
            .await?;
        match lease {
            Lease::Ours(lease) => {
                self.seen = None;
                self.lease = Some((lease.clone(), now));
                Ok(Some(lease))
            }
            Lease::Theirs(sighting) => {
                self.seen = Some(sighting);
                Ok(None)
            }
        }
    }

    /// Gives the lease up, so that another instance need not wait.
    pub(crate) async fn release(&mut self, foundation: &Foundation) -> Result<(), StoreError> {
        self.lease = None;
        let (name, instance) = (self.name, foundation.instance.clone());
        foundation
            .store
            .unaudited(move |tx| tx.release_lease(name, &instance))
            .await
    }
}
