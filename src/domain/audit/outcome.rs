//! What can come of an action.

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::domain::{
    loan::Received, passphrase::PassphraseState, verification::VerificationOutcome,
};

/// What came of an action. Stored, sealed and shown by its word in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum EventOutcome {
    /// what was asked for is not allowed, or not possible in this state
    Refused,
    /// there is no such thing, or it is another's
    NotFound,
    /// it was so already
    Unchanged,

    Found,
    Read,
    Listed,
    /// written out as a file
    Exported,
    Compared,

    Created,
    Changed,
    Removed,
    /// made: a secret, a backup, demonstration data
    Made,
    Restored,

    Opened,
    /// signed out, or the call ended
    Closed,
    AllEnded,

    Drafted,
    Completed,
    Cancelled,
    /// a checked passphrase would be accepted
    Acceptable,

    /// the passphrase is, or is now, in the state active
    Active,
    Locked,
    /// ended by the lockout policy; of a webhook endpoint: switched off
    Disabled,
    Blocked,
    /// the hash is gone
    Destroyed,
    /// there is no passphrase
    Unset,
    /// the hash was made again under the current parameters
    Renewed,

    /// the caller's words were right
    Verified,
    /// the caller's words were wrong
    Rejected,
    /// the attempt stays counted
    Counted,
    /// an attempt that was never settled brought this
    Lost,
    /// the attempt is no longer counted
    TakenBack,

    /// a pushed record changed what was stored
    Applied,
    /// a pushed record is older than what is stored
    Stale,
    /// a batch, or the loan source's answer, was taken in; the details have its counts
    Taken,
    /// the loan moved to another client
    MovedAway,
    /// the loan moved here from another client
    MovedIn,
    /// the loan source does not know the client
    UnknownClient,
    /// the loan source gave no answer that can be read out
    Unavailable,

    /// the audit is as it was sealed
    Good,
    /// the audit is not as it was sealed
    Bad,
    Raised,

    Enabled,
    /// a key or a webhook secret was replaced by a new one
    Rotated,
    /// a stored answer was given again, or a delivery is sent again
    Replayed,
    Added,
    Retired,
    /// stored values were encrypted again under the active key
    Rewrapped,
}

impl EventOutcome {
    /// The word by which it is stored and shown.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// Whether nothing is different after it: what was asked for was not done, or was so already.
    pub(crate) fn changed_nothing(self) -> bool {
        matches!(self, Self::Refused | Self::NotFound | Self::Unchanged)
    }
}

impl From<VerificationOutcome> for EventOutcome {
    fn from(outcome: VerificationOutcome) -> Self {
        match outcome {
            VerificationOutcome::Verified => Self::Verified,
            VerificationOutcome::Rejected => Self::Rejected,
            VerificationOutcome::Locked => Self::Locked,
            VerificationOutcome::Disabled => Self::Disabled,
            VerificationOutcome::Blocked => Self::Blocked,
            VerificationOutcome::Unset => Self::Unset,
        }
    }
}

impl From<PassphraseState> for EventOutcome {
    fn from(state: PassphraseState) -> Self {
        match state {
            PassphraseState::Unset => Self::Unset,
            PassphraseState::Active => Self::Active,
            PassphraseState::Locked => Self::Locked,
            PassphraseState::Disabled => Self::Disabled,
            PassphraseState::Blocked => Self::Blocked,
            PassphraseState::Destroyed => Self::Destroyed,
        }
    }
}

impl From<Received> for EventOutcome {
    fn from(received: Received) -> Self {
        match received {
            Received::Created => Self::Created,
            Received::Applied => Self::Applied,
            Received::Unchanged => Self::Unchanged,
            Received::Stale => Self::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn every_outcome_is_known_by_its_word() {
        for word in <EventOutcome as VariantNames>::VARIANTS {
            let outcome: EventOutcome = word.parse().expect("it is one of them");
            assert_eq!(outcome.name(), *word);
        }
        assert!("".parse::<EventOutcome>().is_err());
    }

    #[test]
    fn an_outcome_of_a_verification_or_a_state_keeps_its_word() {
        for outcome in <VerificationOutcome as VariantArray>::VARIANTS {
            assert_eq!(EventOutcome::from(*outcome).name(), outcome.name());
        }
        for state in <PassphraseState as VariantArray>::VARIANTS {
            assert_eq!(EventOutcome::from(*state).name(), state.name());
        }
    }
}
