//! How many events this process committed together with a change: the figures of the job.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::audit::{Event, EventOutcome};

/// What is counted apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EventKind {
    /// the action, in the word of the contract
    pub action: &'static str,
    /// the outcome, where there is one
    pub outcome: Option<&'static str>,
    /// how a passphrase matched
    pub fold: Option<String>,
}

impl EventKind {
    pub(super) fn of(event: &Event) -> Self {
        Self {
            action: event.action.name(),
            outcome: event.outcome.map(EventOutcome::name),
            fold: event.details.fold.as_deref().map(str::to_owned),
        }
    }
}

/// A count for each kind that was met.
#[derive(Default)]
pub(super) struct EventCounts(Mutex<BTreeMap<EventKind, u64>>);

impl EventCounts {
    pub(super) fn add(&self, kinds: Vec<EventKind>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in kinds {
            *counts.entry(kind).or_default() += 1;
        }
    }

    pub(super) fn all(&self) -> BTreeMap<EventKind, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}
