//! A verification: one specialist, one client, one call, one result.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use super::{
    id::{ClientId, StaffId, VerificationId},
    passphrase::{PassphraseState, StoredState},
};

/// The result of comparing what was heard. Each is a recorded fact.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum VerificationOutcome {
    /// the passphrase was right
    Verified,
    /// the passphrase was wrong
    Rejected,
    /// nothing was tried: a timed lock holds
    Locked,
    /// nothing was tried: the lockout policy disabled the passphrase
    Disabled,
    /// nothing was tried: it is blocked
    Blocked,
    /// there is no passphrase
    Unset,
}

impl VerificationOutcome {
    /// The outcome in a state that allows no try; `None` where the passphrase is to be tried.
    pub fn untried(state: PassphraseState) -> Option<Self> {
        match state {
            PassphraseState::Active => None,
            PassphraseState::Locked => Some(Self::Locked),
            PassphraseState::Disabled => Some(Self::Disabled),
            PassphraseState::Blocked => Some(Self::Blocked),
            PassphraseState::Unset | PassphraseState::Destroyed => Some(Self::Unset),
        }
    }

    /// The outcome of a try, given the stored state by now.
    pub fn tried(stored: StoredState, were_right: bool) -> Self {
        match stored {
            StoredState::Blocked => Self::Blocked,
            StoredState::Destroyed => Self::Unset,
            StoredState::Active | StoredState::Disabled if were_right => Self::Verified,
            StoredState::Active | StoredState::Disabled => Self::Rejected,
        }
    }

    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The outcome of a stored word.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A recorded verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// its id
    pub id: VerificationId,
    /// whose passphrase
    pub client_id: ClientId,
    /// the specialist who owns it
    pub staff_id: StaffId,
    /// the call
    pub call_id: String,
    /// what came of it
    pub outcome: VerificationOutcome,
    /// when
    pub opened_at: DateTime<Utc>,
    /// until when loans may be read, if verified
    pub expires_at: Option<DateTime<Utc>>,
    /// when the call ended, or the passphrase was changed or ended
    pub closed_at: Option<DateTime<Utc>>,
    /// attempts left until the next lock; `None` where no attempt is possible
    pub attempts_left: Option<u32>,
    /// the end of the timed lock, if there is one
    pub locked_until: Option<DateTime<Utc>>,
}

/// Whether loans may be read under a verification at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// they may
    Open,
    /// it was open and is no longer
    Over,
    /// it never was
    NeverOpen,
}

/// How far apart the clocks of two instances may be. A verification that was opened further ahead was
/// opened before a clock was set back, and would stay open for too long.
pub(crate) const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

impl Verification {
    /// Opens it: loans may be read under it from now on, for so long.
    pub(crate) fn open(&mut self, duration: TimeDelta) {
        self.expires_at = Some(self.opened_at + duration);
    }

    /// Ends it: no loans are read under it any more.
    pub(crate) fn close(&mut self, now: DateTime<Utc>) {
        self.closed_at.get_or_insert(now);
    }

    /// Whether loans may be read at `now`.
    pub(crate) fn access(&self, now: DateTime<Utc>) -> Access {
        let is_of_now = self.opened_at <= now + CLOCKS_APART;
        match (self.outcome, self.closed_at, self.expires_at) {
            (VerificationOutcome::Verified, None, Some(expires)) if is_of_now && now < expires => {
                Access::Open
            }
            (VerificationOutcome::Verified, ..) => Access::Over,
            _ => Access::NeverOpen,
        }
    }
}
