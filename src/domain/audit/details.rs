//! Facts about an event that a program can read.
//!
//! Only the fields of [`Details`] exist, so that no name, telephone number or secret gets into the audit.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{EntryLinkId, MessageId},
    role::Role,
    signals,
};

/// A word that the program chose when it wrote, and that is owned when it is read back.
type StaticText = Cow<'static, str>;

/// A value before and after a change; `None` where there was or is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    /// before
    pub old: Option<T>,
    /// now
    pub new: Option<T>,
}

impl<T: PartialEq> Change<T> {
    /// The change from one value to another; `None` where they are the same.
    pub(crate) fn between(old: Option<T>, new: Option<T>) -> Option<Self> {
        (old != new).then_some(Self { old, new })
    }
}

/// What the caller was answered, where it was not the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// 503, before the outcome could be written down
    Unavailable,
    /// nothing: the client had disconnected
    Nothing,
}

impl From<Answered> for Details {
    fn from(answered: Answered) -> Self {
        Self {
            answered: Some(answered),
            ..Self::default()
        }
    }
}

/// How many records of a batch, or of a loan source's answer, became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCounts {
    /// new, or different from what was stored
    pub applied: u64,
    /// stored already
    pub unchanged: u64,
    /// older than what is stored
    pub stale: u64,
    /// not valid
    pub rejected: u64,
    /// loans that a loan source's answer no longer lists; `None` for a batch
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<u64>,
}

/// What a comparison with the loan source found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonCounts {
    /// clients that were compared
    pub clients: u64,
    /// differences
    pub differences: u64,
}

/// What ended with a restored backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedCounts {
    /// sessions
    pub sessions: u64,
    /// one-time passwords
    pub one_time_passwords: u64,
}

/// A report that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportName {
    /// abuse signals
    Signals,
    /// the day's verifications
    Today,
}

/// The facts of one event; an event has only those that its action has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Details {
    /// what the caller was answered, where it was not the outcome
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// the branch of staff
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_code: Option<Change<String>>,
    /// the fields that changed, by their names in the API
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<StaticText>,
    /// what a comparison with the loan source found
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<ComparisonCounts>,
    /// how often it happened, or to how many
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// what ended with a restored backup
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedCounts>,
    /// the entry link by which it was done: the client typed, and the actor made the link
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_link: Option<EntryLinkId>,
    /// how a passphrase matched: exactly, folded, or by which variant
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fold: Option<StaticText>,
    /// the message of a webhook
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// how many records became what
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<RecordCounts>,
    /// the report that was read
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportName>,
    /// the role of staff
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Change<Role>>,
    /// the kind of an abuse signal
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<signals::SignalKind>,
    /// the start of the time in which `count` was counted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// the status of staff, in the API's words
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Change<StaticText>>,
}

impl Details {
    /// The fields that changed.
    pub(crate) fn changed(fields: &[&'static str]) -> Self {
        Self {
            changed: fields.iter().copied().map(StaticText::Borrowed).collect(),
            ..Self::default()
        }
    }

    /// How often it happened, or to how many.
    pub fn count(count: u64) -> Self {
        Self {
            count: Some(count),
            ..Self::default()
        }
    }

    /// By which entry link.
    pub(crate) fn entry_link(id: &EntryLinkId) -> Self {
        Self {
            entry_link: Some(id.to_owned()),
            ..Self::default()
        }
    }

    /// The report that was read.
    pub(crate) fn report(name: ReportName) -> Self {
        Self {
            report: Some(name),
            ..Self::default()
        }
    }

    /// How many records became what.
    pub(crate) fn records(counts: RecordCounts) -> Self {
        Self {
            records: Some(counts),
            ..Self::default()
        }
    }

    /// Whether there is no fact.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The one text of these facts, which is stored and sealed: JSON without blanks, the facts in the
    /// order of their names. `None` where there is no fact.
    ///
    /// # Panics
    /// Never: every field has a form in JSON.
    pub(crate) fn canonical(&self) -> Option<String> {
        let text = || serde_json::to_string(self).expect("every field has a form in JSON");
        (!self.is_empty()).then(text)
    }
}

#[cfg(test)]
impl Details {
    /// Reads what was stored; `None` where it is no JSON object, or has a fact that is not known.
    pub(crate) fn read(text: &str) -> Option<Self> {
        // Serde also reads a struct from an array.
        let is_object = text.starts_with('{');
        serde_json::from_str(text).ok().filter(|_| is_object)
    }

    /// Details with every fact that there is.
    pub(crate) fn every_fact() -> Self {
        Self {
            answered: Some(Answered::Unavailable),
            branch_code: Some(Change {
                old: Some("ALA-1".to_owned()),
                new: None,
            }),
            changed: vec!["name".into(), "role".into()],
            comparison: Some(ComparisonCounts {
                clients: 3,
                differences: 1,
            }),
            count: Some(590),
            ended: Some(EndedCounts {
                sessions: 4,
                one_time_passwords: 2,
            }),
            entry_link: Some("l-1".into()),
            fold: Some(crate::domain::heard::Heard::Folded.name().into()),
            message_id: Some("m-1".into()),
            records: Some(RecordCounts {
                applied: 1,
                unchanged: 2,
                stale: 3,
                rejected: 4,
                closed: Some(5),
            }),
            report: Some(ReportName::Signals),
            role: Some(Change {
                old: Some(Role::Branch),
                new: Some(Role::Auditor),
            }),
            signal: Some(signals::SignalKind::ManyClients),
            since: DateTime::from_timestamp(1_800_000_000, 0),
            status: Some(Change {
                old: Some("active".into()),
                new: Some("disabled".into()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_json_with_the_facts_in_the_order_of_their_names() {
        let text = Details::every_fact().canonical().expect("there are facts");
        assert_eq!(
            text,
            r#"{"answered":"unavailable","branch_code":{"old":"ALA-1","new":null},"changed":["name","role"],"comparison":{"clients":3,"differences":1},"count":590,"ended":{"sessions":4,"one_time_passwords":2},"entry_link":"l-1","fold":"folded","message_id":"m-1","records":{"applied":1,"unchanged":2,"stale":3,"rejected":4,"closed":5},"report":"signals","role":{"old":"branch","new":"auditor"},"signal":"many_clients","since":"2027-01-15T08:00:00Z","status":{"old":"active","new":"disabled"}}"#
        );
        assert_eq!(Details::read(&text), Some(Details::every_fact()));
    }

    #[test]
    fn a_fact_that_is_not_there_is_not_written() {
        assert_eq!(Details::default().canonical(), None);
        let text = Details::count(7).canonical();
        assert_eq!(text.as_deref(), Some(r#"{"count":7}"#));
        assert_eq!(Details::read(r#"{"count":7}"#), Some(Details::count(7)));
    }

    #[test]
    fn what_is_no_object_or_has_an_unknown_fact_is_no_details() {
        for text in [
            "",
            "[]",
            "null",
            "\"count\"",
            "{",
            "1",
            r#"{"phone":"+7"}"#,
            r#"{"count":"7"}"#,
        ] {
            assert_eq!(Details::read(text), None, "{text}");
        }
    }

    #[test]
    fn roles_and_signals_have_the_words_of_the_contract() {
        for role in Role::ALL {
            assert_eq!(serde_json::json!(role), role.name());
        }
        for kind in signals::SignalKind::ALL {
            assert_eq!(serde_json::json!(kind), kind.name());
        }
    }
}
