//! Webhook messages: which events are sent, their payload, and the schedule of attempts (Standard
//! Webhooks).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{
    audit::{Action, Event, EventOutcome},
    calendar::write_time,
    id::ClientId,
};

/// The events that are sent, by the words of the contract.
pub(crate) const EVENT_NAMES: &[&str] = &[
    "passphrase.set",
    "passphrase.changed",
    "passphrase.locked",
    "passphrase.disabled",
    "passphrase.blocked",
    "passphrase.destroyed",
    "inquiry.made",
];

/// The name in the payload for the id in an event's subject.
fn subject_name(action: Action) -> Option<&'static str> {
    match action {
        Action::PassphraseSet | Action::PassphraseChanged => Some("application_id"),
        Action::PassphraseLocked | Action::PassphraseDisabled | Action::InquiryMade => {
            Some("verification_id")
        }
        _ => None,
    }
}

/// A message to endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message<'e> {
    /// what happened
    pub name: &'static str,
    /// about which client: messages about one client stay in order
    pub client_id: &'e ClientId,
    event: &'e Event,
}

impl<'e> Message<'e> {
    /// The message of an event, if it is one that is sent. An event that changed nothing has none.
    pub(crate) fn of(event: &'e Event) -> Option<Self> {
        let name = event.action.name();
        if event.outcome.is_some_and(EventOutcome::changed_nothing) || !EVENT_NAMES.contains(&name)
        {
            return None;
        }
        Some(Self {
            name,
            client_id: event.client_id.as_ref()?,
            event,
        })
    }

    /// When it happened.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        self.event.at
    }

    /// The context of the trace of what it reports.
    pub(crate) fn trace(&self) -> Option<&str> {
        self.event.origin.trace.as_deref()
    }

    /// The body, JSON: ids and no personal data. `client_number` is the company's number of the client, by
    /// which a receiver that never asked for ids knows the client.
    pub(crate) fn payload(&self, client_number: &str) -> String {
        let event = self.event;
        let mut facts = Map::new();
        facts.insert("client_id".to_owned(), json!(self.client_id));
        facts.insert("client_number".to_owned(), json!(client_number));
        if let (Some(subject), Some(id)) = (subject_name(event.action), &event.subject_id) {
            facts.insert(subject.to_owned(), json!(id));
        }
        if let Some(call) = &event.call_id {
            facts.insert("call_id".to_owned(), json!(call));
        }
        let body = json!({
            "type": self.name,
            "timestamp": write_time(event.at),
            "data": Value::Object(facts),
        });
        body.to_string()
    }
}

/// The wait before each attempt, seconds, as Standard Webhooks proposes.
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

/// Number of attempts for a message.
pub(crate) const MOST_ATTEMPTS: u32 = SCHEDULE_SECONDS.len() as u32;

/// The wait after `failed` attempts; `None` after the last. `draw` gives a random number below its bound:
/// up to a tenth is added, so that what failed together is not tried again together.
pub(crate) fn wait_after(failed: u32, draw: impl FnOnce(u32) -> u32) -> Option<TimeDelta> {
    let seconds = *SCHEDULE_SECONDS.get(usize::try_from(failed).ok()?)?;
    let spread = u32::try_from(seconds * 100).unwrap_or(u32::MAX);
    Some(TimeDelta::seconds(seconds) + TimeDelta::milliseconds(i64::from(draw(spread))))
}

/// Longest pause that an endpoint can ask for.
const LONGEST_REST: TimeDelta = TimeDelta::hours(24);

/// The pause that an endpoint asks for by `Retry-After`, in seconds or as an HTTP date, with a 429 or a 503
/// (RFC 9110, 10.2.3; RFC 6585, 4). `None` with another status, or where it cannot be read.
pub(crate) fn rest_asked_for(
    status: u16,
    retry_after: &str,
    now: DateTime<Utc>,
) -> Option<TimeDelta> {
    if !matches!(status, 429 | 503) {
        return None;
    }
    let text = retry_after.trim();
    let rest = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit ask for more than the longest pause.
        let seconds = text.parse().unwrap_or(i64::MAX);
        TimeDelta::try_seconds(seconds).unwrap_or(LONGEST_REST)
    } else {
        DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?) - now
    };
    Some(rest.clamp(TimeDelta::zero(), LONGEST_REST))
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::domain::audit::Origin;

    fn event(action: Action, outcome: EventOutcome) -> Event {
        let at = DateTime::from_timestamp(1_769_839_200, 0).unwrap();
        Event::of_nobody(&Origin::own("test"), at, action)
            .client(&"c1".into())
            .subject("s1")
            .call("call-1")
            .reason("a reason that is not sent")
            .outcome(outcome)
    }

    #[test]
    fn a_message_holds_ids_and_nothing_else() {
        let event = event(Action::PassphraseLocked, EventOutcome::Rejected);
        let message = Message::of(&event).unwrap();
        assert_eq!(
            message.payload("K-1"),
            r#"{"type":"passphrase.locked","timestamp":"2026-01-31T06:00:00Z","data":{"client_id":"c1","client_number":"K-1","verification_id":"s1","call_id":"call-1"}}"#
        );
    }

    #[test]
    fn every_event_that_is_sent_is_an_action_and_no_other_is() {
        for name in EVENT_NAMES {
            let action = Action::from_name(name).unwrap();
            let event = event(action, EventOutcome::Active);
            assert_eq!(Message::of(&event).map(|message| message.name), Some(*name));
        }
        assert_eq!(
            Message::of(&event(Action::ClientViewed, EventOutcome::Read)),
            None
        );
    }

    #[test]
    fn what_was_refused_is_not_sent() {
        assert_eq!(
            Message::of(&event(Action::PassphraseBlocked, EventOutcome::Refused)),
            None
        );
        assert_eq!(
            Message::of(&event(Action::InquiryMade, EventOutcome::NotFound)),
            None
        );
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

    #[test]
    fn a_rest_is_heeded_in_seconds_and_as_a_date_and_to_a_bound() {
        let now = "2026-01-31T06:00:00Z".parse().unwrap();
        let rest =
            |status, text: &str| rest_asked_for(status, text, now).map(|rest| rest.num_seconds());
        for (text, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("9223372036854775807", Some(86_400)),
            ("Sat, 31 Jan 2026 06:02:00 GMT", Some(120)),
            ("Saturday, 31-Jan-26 06:02:00 GMT", Some(120)),
            ("Sat Jan 31 06:02:00 2026", Some(120)),
            ("Fri, 30 Jan 2026 06:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("2026-01-31T06:02:00Z", None),
        ] {
            assert_eq!(rest(429, text), seconds, "{text}");
            assert_eq!(rest(503, text), seconds, "{text}");
            for other in [200, 301, 408, 500, 502] {
                assert_eq!(rest(other, text), None, "{other} {text}");
            }
        }
    }
}
