//! What a caller of the store may do: [`Reader`] reads, [`Tx`] reads and changes, [`UnauditedTx`] reaches
//! only what needs no audit.

use super::{engine::connection::AnyConnection, vault::Vault};
use crate::domain::audit::Event;
use std::ops::{Deref, DerefMut};

/// What a read can do.
pub struct Reader<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

/// What a write can do: all that a read can, and change.
pub struct Tx<'c>(pub(super) Reader<'c>);

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// What a transaction without audit can do: count attempts and rates, hold idempotency records and leases,
/// note deliveries.
pub struct UnauditedTx<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

/// A change's value together with the events that record it.
pub struct Traced<T> {
    pub(super) value: T,
    pub(super) events: Vec<Event>,
}

impl<T> Traced<T> {
    /// The value of a change and its event.
    #[must_use]
    pub fn new(value: T, event: Event) -> Self {
        Self {
            value,
            events: vec![event],
        }
    }

    /// And another event of the same change.
    #[must_use]
    pub(crate) fn and(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// And all these events of the same change.
    #[must_use]
    pub(crate) fn with(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }
}
