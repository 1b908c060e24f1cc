//! The events and the counts that record what was taken in.

use super::group::ClientChange;
use crate::domain::{
    audit::{Action, Details, Event, EventOutcome, RecordCounts},
    id::ClientId,
    loan::Received,
    validation::FieldError,
};

/// An event for each client whom a change concerns, with the names of the changed fields, beside the event
/// of the push.
pub(super) fn client_events<'c>(
    changes: &'c [ClientChange],
    push: &'c Event,
) -> impl Iterator<Item = Event> + 'c {
    let about = |action, client_id: &ClientId, outcome: EventOutcome, changed: &[&'static str]| {
        let event = Event {
            action,
            client_id: Some(client_id.to_owned()),
            subject_id: None,
            reason: None,
            details: Details::changed(changed),
            ..push.clone()
        };
        event.outcome(outcome)
    };
    changes.iter().flat_map(move |change| match change {
        ClientChange::Person { client_id, fields } => {
            vec![about(
                Action::ClientSynced,
                client_id,
                EventOutcome::Changed,
                fields,
            )]
        }
        ClientChange::Moved { ticket, from, to } => {
            let moved = |client_id, outcome| {
                about(Action::LoanSynced, client_id, outcome, &["client_number"]).subject(ticket)
            };
            vec![
                moved(from, EventOutcome::MovedAway),
                moved(to, EventOutcome::MovedIn),
            ]
        }
    })
}

/// How many records became what, beside those that were `refused` before.
pub(super) fn count(received: &[Result<Received, FieldError>], refused: u64) -> RecordCounts {
    let mut counts = RecordCounts {
        rejected: refused,
        ..RecordCounts::default()
    };
    for one in received {
        *match one {
            Ok(Received::Created | Received::Applied) => &mut counts.applied,
            Ok(Received::Unchanged) => &mut counts.unchanged,
            Ok(Received::Stale) => &mut counts.stale,
            Err(_) => &mut counts.rejected,
        } += 1;
    }
    counts
}
