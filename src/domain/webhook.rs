//! What is told to receivers of webhooks: which events, in what words, to which addresses, and how
//! often it is tried (Standard Webhooks).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use url::{Host, Url};

use super::{
    audit::{Action, Event},
    calendar::write_time,
    flaw::Flaw,
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
    /// The message of an event, if it is one that is told. What was refused did not happen.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let name = event.action.name();
        let happened = !matches!(event.outcome.as_deref(), Some("refused" | "not_found"));
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

/// An address that may be called: `https`, no user or password in it, and not within our own walls.
/// Whether a name leads within is seen when it is looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointUrl(Url);

/// The longest address, bytes.
pub const MAX_URL: usize = 2_048;

impl EndpointUrl {
    /// Reads an address. `allow_private` also allows plain `http` and addresses within.
    ///
    /// # Errors
    /// [`Flaw::NotAUrl`], [`Flaw::TooLong`].
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, Flaw> {
        if text.len() > MAX_URL {
            return Err(Flaw::TooLong { max: MAX_URL });
        }
        let url = Url::parse(text).map_err(|_| Flaw::NotAUrl)?;
        let scheme_fits = url.scheme() == "https" || (allow_private && url.scheme() == "http");
        let is_bare =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let host_fits = match url.host() {
            None => false,
            Some(_) if allow_private => true,
            Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
            Some(Host::Domain(name)) => !is_local_name(name),
        };
        if scheme_fits && is_bare && host_fits {
            Ok(Self(url))
        } else {
            Err(Flaw::NotAUrl)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name that has to be looked up, where it is no number.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.domain()
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address lies in the open network: in no private, loopback, link-local, shared,
/// documentation, translated or multicast range (the IANA special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark)
}

/// Global unicast is 2000::/3, less protocol assignments, documentation, and what holds an IPv4
/// address within it (6to4); all else is not of the open network, NAT64 included.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    let is_protocol = a == 0x2001 && b < 0x0200;
    let is_documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    is_global && !is_protocol && !is_documentation && a != 0x2002
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

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

    #[test]
    fn addresses_within_our_walls_are_not_called() {
        for inside in [
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://10.1.2.3/",
            "https://172.31.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://localhost/",
            "https://a.LOCALHOST./",
        ] {
            assert!(EndpointUrl::parse(inside, false).is_err(), "{inside}");
            assert!(EndpointUrl::parse(inside, true).is_ok(), "{inside}");
        }
        for outside in [
            "https://hooks.example.kz/a?b=c",
            "https://8.8.8.8/",
            "https://[2a00:1450::1]/",
        ] {
            assert!(EndpointUrl::parse(outside, false).is_ok(), "{outside}");
        }
    }

    #[test]
    fn an_address_is_https_without_a_user_and_a_fragment() {
        for bad in [
            "http://hooks.example.kz/",
            "ftp://hooks.example.kz/",
            "https://user@hooks.example.kz/",
            "https://hooks.example.kz/#a",
            "hooks.example.kz",
            "",
        ] {
            assert!(EndpointUrl::parse(bad, false).is_err(), "{bad}");
        }
        assert!(EndpointUrl::parse("http://hooks.example.kz/", true).is_ok());
        let long = format!("https://hooks.example.kz/{}", "a".repeat(MAX_URL));
        let flaw = EndpointUrl::parse(&long, false).err();
        assert_eq!(flaw, Some(Flaw::TooLong { max: MAX_URL }));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(https?://)?\\PC{0,60}") {
            let _ = EndpointUrl::parse(&text, false);
        }

        #[test]
        fn an_ipv4_address_is_as_public_when_it_is_mapped(bits in any::<u32>()) {
            let plain = Ipv4Addr::from(bits);
            let mapped = IpAddr::V6(plain.to_ipv6_mapped());
            prop_assert_eq!(is_public(IpAddr::V4(plain)), is_public(mapped));
        }
    }
}
