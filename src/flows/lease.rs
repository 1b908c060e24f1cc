//! A duty that one instance has at a time: it is held by being renewed, and a dead holder's is taken
//! over.

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    store::{DEAD_AFTER, HeldLease, Lease, Sighting, StoreError},
};

/// Whether a lease that was ours still is, a moment before something is done that a successor would do
/// too. It is renewed by it.
///
/// # Errors
/// [`StoreError`].
pub async fn still_holds(app: &App, held: &HeldLease) -> Result<bool, StoreError> {
    let (held, now) = (held.clone(), app.clock.now());
    app.store
        .tally(move |tally| tally.still_holds(&held, now))
        .await
}

/// One instance's view of a duty.
pub struct Watch {
    name: &'static str,
    seen: Option<Sighting>,
    /// the lease, and when it was renewed
    held: Option<(HeldLease, DateTime<Utc>)>,
}

impl Watch {
    /// A duty that nobody has been seen with yet.
    #[must_use]
    pub fn over(name: &'static str) -> Self {
        Self {
            name,
            seen: None,
            held: None,
        }
    }

    /// The lease, if the duty is this instance's. It is renewed well before others take it for dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold(&mut self, app: &App) -> Result<Option<HeldLease>, StoreError> {
        let now = app.clock.now();
        if let Some((held, renewed_at)) = &self.held
            && *renewed_at <= now
            && now - *renewed_at < DEAD_AFTER / 3
        {
            return Ok(Some(held.clone()));
        }
        self.held = None;
        let (name, instance, seen) = (self.name, app.instance.clone(), self.seen.clone());
        let lease = app
            .store
            .tally(move |tally| tally.acquire_lease(name, &instance, seen.as_ref(), now))
            .await?;
        match lease {
            Lease::Ours(held) => {
                self.seen = None;
                self.held = Some((held.clone(), now));
                Ok(Some(held))
            }
            Lease::Theirs(sighting) => {
                self.seen = Some(sighting);
                Ok(None)
            }
        }
    }

    /// Lets the duty go, so that another instance need not wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go(&mut self, app: &App) -> Result<(), StoreError> {
        self.held = None;
        let (name, instance) = (self.name, app.instance.clone());
        app.store
            .tally(move |tally| tally.release_lease(name, &instance))
            .await
    }
}
