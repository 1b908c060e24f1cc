//! A duty that one instance has at a time: it is held by being renewed, and a dead holder's is taken
//! over.

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    store::{DEAD_AFTER, Lease, Sighting, StoreError},
};

/// One instance's view of a duty.
pub struct Watch {
    name: &'static str,
    seen: Option<Sighting>,
    renewed_at: Option<DateTime<Utc>>,
}

impl Watch {
    /// A duty that nobody has been seen with yet.
    #[must_use]
    pub fn over(name: &'static str) -> Self {
        Self {
            name,
            seen: None,
            renewed_at: None,
        }
    }

    /// Whether the duty is this instance's. It is renewed well before others take it for dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_ours(&mut self, app: &App) -> Result<bool, StoreError> {
        let now = app.clock.now();
        let fresh = self
            .renewed_at
            .is_some_and(|at| at <= now && now - at < DEAD_AFTER / 3);
        if fresh {
            return Ok(true);
        }
        self.renewed_at = None;
        let (name, instance, seen) = (self.name, app.instance.clone(), self.seen.clone());
        let lease = app
            .store
            .tally(move |tally| tally.hold_lease(name, &instance, seen.as_ref(), now))
            .await?;
        match lease {
            Lease::Ours => {
                self.seen = None;
                self.renewed_at = Some(now);
                Ok(true)
            }
            Lease::Theirs(sighting) => {
                self.seen = Some(sighting);
                Ok(false)
            }
        }
    }

    /// Lets the duty go, so that another instance need not wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go(&mut self, app: &App) -> Result<(), StoreError> {
        self.renewed_at = None;
        let (name, instance) = (self.name, app.instance.clone());
        app.store
            .tally(move |tally| tally.release_lease(name, &instance))
            .await
    }
}
