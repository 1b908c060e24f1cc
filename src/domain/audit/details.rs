//! What an event tells beside its reason, as facts that a program can read.
//!
//! Nothing can be put there but the facts of [`Detail`], so that no name, telephone or secret gets in.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::{calendar::write_time, role::Role};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail<'a> {
    /// which fields are others than before, by their names in the API
    Changed(&'a [&'static str]),
    /// the role before, none where somebody was entered, and the role now
    Role {
        /// before
        old: Option<Role>,
        /// now
        new: Role,
    },
    /// the branch before and the branch now
    BranchCode {
        /// before
        old: Option<&'a str>,
        /// now
        new: Option<&'a str>,
    },
    /// the status before and now, in the API's words
    Status {
        /// before
        old: &'static str,
        /// now
        new: &'static str,
    },
    /// how often it happened, or to how many
    Count(u64),
    /// since when what is counted happened
    Since(DateTime<Utc>),
    /// how a passphrase matched: exactly, folded, or by which variant
    Fold(&'static str),
    /// what whoever asked was told, where that was not what came of it
    Told(&'static str),
}

/// The facts of one event; at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Details(BTreeMap<String, Value>);

impl Details {
    /// These facts and one more; of two of a kind the later holds.
    pub(super) fn with(before: Option<Self>, detail: &Detail<'_>) -> Self {
        let (name, fact) = match *detail {
            Detail::Changed(fields) => ("changed", json!(fields)),
            Detail::Role { old, new } => ("role", change(old.map(Role::name), Some(new.name()))),
            Detail::BranchCode { old, new } => ("branch_code", change(old, new)),
            Detail::Status { old, new } => ("status", change(Some(old), Some(new))),
            Detail::Count(count) => ("count", json!(count)),
            Detail::Since(at) => ("since", json!(write_time(at))),
            Detail::Fold(how) => ("fold", json!(how)),
            Detail::Told(what) => ("told", json!(what)),
        };
        let mut facts = before.map(|details| details.0).unwrap_or_default();
        facts.insert(name.to_owned(), fact);
        Self(facts)
    }

    /// The one text that they have, which is stored and sealed: JSON without blanks, the facts by name.
    #[must_use]
    pub fn canonical(&self) -> String {
        json!(self.0).to_string()
    }

    /// Reads what was stored; none where it is no JSON object.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }
}

fn change(old: Option<&str>, new: Option<&str>) -> Value {
    json!({ "old": old, "new": new })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> [Detail<'static>; 8] {
        [
            Detail::Changed(&["name", "role"]),
            Detail::Role {
                old: Some(Role::Branch),
                new: Role::Auditor,
            },
            Detail::BranchCode {
                old: Some("ALA-1"),
                new: None,
            },
            Detail::Status {
                old: "active",
                new: "disabled",
            },
            Detail::Count(590),
            Detail::Since(DateTime::from_timestamp(1_800_000_000, 0).unwrap()),
            Detail::Fold("folded"),
            Detail::Told("unavailable"),
        ]
    }

    fn of(facts: &[Detail<'_>]) -> Details {
        let all = facts
            .iter()
            .fold(None, |before, fact| Some(Details::with(before, fact)));
        all.expect("there is a fact")
    }

    #[test]
    fn the_text_is_json_with_the_facts_by_name() {
        assert_eq!(
            of(&facts()).canonical(),
            r#"{"branch_code":{"old":"ALA-1","new":null},"changed":["name","role"],"count":590,"fold":"folded","role":{"old":"branch","new":"auditor"},"since":"2027-01-15T08:00:00Z","status":{"old":"active","new":"disabled"},"told":"unavailable"}"#
        );
    }

    #[test]
    fn what_is_no_object_is_no_details() {
        for text in ["", "[]", "null", "\"count\"", "{", "1"] {
            assert_eq!(Details::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn facts_have_one_text_in_whatever_order_they_are_told(
            told in Just(facts().to_vec()).prop_shuffle(), few in 1..=7_usize,
        ) {
            let mut told = told;
            told.truncate(few);
            let text = of(&told).canonical();
            told.reverse();
            prop_assert_eq!(&of(&told).canonical(), &text);
            let read = Details::read(&text).map(|details| details.canonical());
            prop_assert_eq!(read, Some(text));
        }
    }
}
