//! What is told to receivers of webhooks: which events, in what words, and how often it is tried
//! (Standard Webhooks).

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::{
    audit::{Action, Event},
    calendar::write_time,
};

/// The events that are told, by the words of the contract.
pub const TOLD: &[&str] = &[
    "passphrase.set",
    "passphrase.changed",
    "passphrase.locked",
    "passphrase.disabled",
    "passphrase.blocked",
    "passphrase.destroyed",
    "inquiry.made",
];

/// What the id in an event's subject is called in the message.
fn subject_name(action: Action) -> Option<&'static str> {
    match action {
        Action::PassphraseSet | Action::PassphraseChanged => Some("application_id"),
        Action::PassphraseLocked | Action::PassphraseDisabled | Action::InquiryMade => {
            Some("verification_id")
        }
        _ => None,
    }
}

/// A message to receivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// what happened
    pub event: &'static str,
    /// about whom: messages of one client are kept in order
    pub client_id: String,
    /// the body, JSON: ids and no personal data
    pub payload: String,
}

impl Message {
    /// The message of an event, if it is one that is told. What was refused, or was so already, did not
    /// happen.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let name = event.action.name();
        let outcome = event.outcome.as_deref();
        let happened = !matches!(outcome, Some("refused" | "not_found" | "unchanged"));
        if !happened || !TOLD.contains(&name) {
            return None;
        }
        let client_id = event.client_id.clone()?;
        let mut facts = Map::new();
        facts.insert("client_id".to_owned(), json!(client_id));
        if let (Some(subject), Some(id)) = (subject_name(event.action), &event.subject_id) {
            facts.insert(subject.to_owned(), json!(id));
        }
        if let Some(call) = &event.call_id {
            facts.insert("call_id".to_owned(), json!(call));
        }
        let body = json!({
            "type": name,
            "timestamp": write_time(event.at),
            "data": Value::Object(facts),
        });
        Some(Self {
            event: name,
            client_id,
            payload: body.to_string(),
        })
    }
}

/// How long is waited before each attempt, seconds, as Standard Webhooks proposes.
const SCHEDULE_SECONDS: [i64; 10] = [
    0,
    5,
    5 * 60,
    30 * 60,
    2 * 3_600,
    5 * 3_600,
    10 * 3_600,
    14 * 3_600,
    20 * 3_600,
    24 * 3_600,
];

/// How many attempts a message has.
pub const MOST_ATTEMPTS: u32 = SCHEDULE_SECONDS.len() as u32;

/// How long to wait after `failed` attempts; none where it was the last. `draw` gives a number below
/// its bound: up to a tenth is added, so that what failed together is not tried again together.
#[must_use]
pub fn wait_after(failed: u32, draw: impl FnOnce(u32) -> u32) -> Option<TimeDelta> {
    let seconds = *SCHEDULE_SECONDS.get(usize::try_from(failed).ok()?)?;
    let spread = u32::try_from(seconds * 100).unwrap_or(u32::MAX);
    Some(TimeDelta::seconds(seconds) + TimeDelta::milliseconds(i64::from(draw(spread))))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::audit::Origin;

    fn event(action: Action, outcome: &str) -> Event {
        let at = DateTime::from_timestamp(1_769_839_200, 0).unwrap();
        Event::of_nobody(&Origin::own("test"), at, action)
            .client("c1")
            .subject("s1")
            .call("call-1")
            .reason("a word that is not told")
            .outcome(outcome)
    }

    #[test]
    fn a_message_holds_ids_and_nothing_else() {
        let message = Message::of(&event(Action::PassphraseLocked, "rejected")).unwrap();
        assert_eq!(
            message.payload,
            r#"{"type":"passphrase.locked","timestamp":"2026-01-31T06:00:00Z","data":{"client_id":"c1","verification_id":"s1","call_id":"call-1"}}"#
        );
    }

    #[test]
    fn every_event_that_is_told_is_an_action_and_no_other_is() {
        for name in TOLD {
            let action = Action::from_name(name).unwrap();
            assert_eq!(
                Message::of(&event(action, "active")).map(|m| m.event),
                Some(*name)
            );
        }
        assert_eq!(Message::of(&event(Action::ClientViewed, "read")), None);
    }

    #[test]
    fn what_was_refused_is_not_told() {
        assert_eq!(
            Message::of(&event(Action::PassphraseBlocked, "refused")),
            None
        );
        assert_eq!(Message::of(&event(Action::InquiryMade, "not_found")), None);
    }

    #[test]
    fn a_message_is_tried_ten_times_over_three_days() {
        let waits: Vec<_> = (0..12).map(|failed| wait_after(failed, |_| 0)).collect();
        assert_eq!(waits.iter().flatten().count(), 10);
        let whole: TimeDelta = waits.into_iter().flatten().sum();
        assert_eq!(whole, TimeDelta::seconds(5 + 35 * 60 + 75 * 3_600));
        let spread = wait_after(2, |bound| bound - 1).unwrap();
        assert!(spread > TimeDelta::minutes(5) && spread < TimeDelta::seconds(330));
    }
}
