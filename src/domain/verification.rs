//! A verification: one specialist, one client, one call, one answer.

use chrono::{DateTime, TimeDelta, Utc};

use super::passphrase::{Kept, PassphraseState};

/// What came of comparing what was heard. Each is a recorded fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// the words were right
    Verified,
    /// the words were wrong
    Rejected,
    /// nothing was tried: a timed lock holds
    Locked,
    /// nothing was tried: the law of attempts ended this passphrase
    Disabled,
    /// nothing was tried: it is blocked
    Blocked,
    /// there is no passphrase
    Unset,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Verified,
        Self::Rejected,
        Self::Locked,
        Self::Disabled,
        Self::Blocked,
        Self::Unset,
    ];

    /// The outcome without a try that a state brings; `None` where the words are to be tried.
    #[must_use]
    pub fn untried(state: PassphraseState) -> Option<Self> {
        match state {
            PassphraseState::Active => None,
            PassphraseState::Locked => Some(Self::Locked),
            PassphraseState::Disabled => Some(Self::Disabled),
            PassphraseState::Blocked => Some(Self::Blocked),
            PassphraseState::Unset | PassphraseState::Destroyed => Some(Self::Unset),
        }
    }

    /// The outcome of words that were tried on a passphrase that is kept so by now.
    #[must_use]
    pub fn tried(kept: Kept, were_right: bool) -> Self {
        match kept {
            Kept::Blocked => Self::Blocked,
            Kept::Destroyed => Self::Unset,
            Kept::Active | Kept::Disabled if were_right => Self::Verified,
            Kept::Active | Kept::Disabled => Self::Rejected,
        }
    }

    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Rejected => "rejected",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
            Self::Blocked => "blocked",
            Self::Unset => "unset",
        }
    }

    /// The outcome of a kept word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// A recorded verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// its id
    pub id: String,
    /// whose passphrase
    pub client_id: String,
    /// the specialist whose own it is
    pub staff_id: String,
    /// the call
    pub call_id: String,
    /// what came of it
    pub outcome: Outcome,
    /// when
    pub opened_at: DateTime<Utc>,
    /// until when loans may be read, where verified
    pub expires_at: Option<DateTime<Utc>>,
    /// when the call ended or the passphrase ceased to be what was verified
    pub closed_at: Option<DateTime<Utc>>,
    /// attempts to the next lock; none where no attempt is possible
    pub attempts_left: Option<u32>,
    /// the end of the lock, where one holds
    pub locked_until: Option<DateTime<Utc>>,
}

/// Whether loans may be read under a verification at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// they may
    Open,
    /// it was open and is no more
    Over,
    /// it never was
    NeverOpen,
}

/// How far apart the clocks of two instances may be. What was opened further ahead was opened before
/// a clock was set back, and would else stay open for longer than it was good for.
pub const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

impl Verification {
    /// Whether loans may be read at `now`.
    #[must_use]
    pub fn door(&self, now: DateTime<Utc>) -> Door {
        let is_of_now = self.opened_at <= now + CLOCKS_APART;
        match (self.outcome, self.closed_at, self.expires_at) {
            (Outcome::Verified, None, Some(expires)) if is_of_now && now < expires => Door::Open,
            (Outcome::Verified, ..) => Door::Over,
            _ => Door::NeverOpen,
        }
    }
}
