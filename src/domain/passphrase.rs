//! A passphrase as it was entered, and the states of the stored one.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use zeroize::Zeroizing;

use super::{heard, validation::ValidationError};

/// What somebody typed as a passphrase. It has no `Debug`, and is wiped when it is dropped.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Nobody says more than this on the telephone; it bounds the work of folding.
    const MAX_CHARS: usize = 1_000;

    /// Takes what was typed. Whether it is strong enough is another question (`strength`).
    ///
    /// # Errors
    /// [`ValidationError::NothingToCompare`] where no letter or digit is in it, [`ValidationError::TooLong`].
    pub fn parse(typed: Zeroizing<String>) -> Result<Self, ValidationError> {
        if typed.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(ValidationError::TooLong {
                max: Self::MAX_CHARS,
            });
        }
        if heard::fold(&typed).is_empty() {
            return Err(ValidationError::NothingToCompare);
        }
        Ok(Self(typed))
    }

    /// The text as typed.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether two entries are the same text in NFC.
    pub(crate) fn is_same_entry(&self, other: &Self) -> bool {
        *heard::exact_form(&self.0) == *heard::exact_form(&other.0)
    }
}

/// The stored state of a client's passphrase. A timed lock is not stored as a state: it passes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum StoredState {
    /// it can be tried
    Active,
    /// the lockout policy disabled it
    Disabled,
    /// it was blocked on the client's word
    Blocked,
    /// consent was withdrawn and the hash is gone
    Destroyed,
}

impl StoredState {
    /// The word by which it is stored.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The state of a stored word.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The state of a client's passphrase at one moment, as branch staff and supervisors see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PassphraseState {
    /// never set
    Unset,
    /// it can be tried
    Active,
    /// a timed lock holds
    Locked,
    /// the lockout policy disabled it
    Disabled,
    /// blocked on the client's word
    Blocked,
    /// the hash is gone
    Destroyed,
}

impl PassphraseState {
    /// The state at `now` of what is stored, if anything is.
    pub fn at(now: DateTime<Utc>, stored: Option<(StoredState, Option<DateTime<Utc>>)>) -> Self {
        match stored {
            None => Self::Unset,
            Some((StoredState::Active, Some(until))) if until > now => Self::Locked,
            Some((StoredState::Active, _)) => Self::Active,
            Some((StoredState::Disabled, _)) => Self::Disabled,
            Some((StoredState::Blocked, _)) => Self::Blocked,
            Some((StoredState::Destroyed, _)) => Self::Destroyed,
        }
    }

    /// Whether there is a hash, so that an application *changes* the passphrase.
    pub(crate) fn has_hash(self) -> bool {
        !matches!(self, Self::Unset | Self::Destroyed)
    }

    /// Blocks it on the client's word; blocking it twice is allowed.
    ///
    /// # Errors
    /// [`NoChange::NoPassphrase`].
    pub(crate) fn block(self) -> Result<StateChange, NoChange> {
        match self {
            Self::Blocked => Ok(StateChange::Unchanged),
            state if state.has_hash() => Ok(StateChange::Ended(StoredState::Blocked)),
            _ => Err(NoChange::NoPassphrase),
        }
    }

    /// Lifts a timed lock.
    ///
    /// # Errors
    /// [`NoChange`].
    pub(crate) fn unlock(self) -> Result<StateChange, NoChange> {
        match self {
            Self::Locked => Ok(StateChange::Unlocked),
            state if state.has_hash() => Err(NoChange::NotLocked),
            _ => Err(NoChange::NoPassphrase),
        }
    }

    /// Destroys it on withdrawal of consent.
    ///
    /// # Errors
    /// [`NoChange::NoPassphrase`].
    pub(crate) fn destroy(self) -> Result<StateChange, NoChange> {
        if self.has_hash() {
            Ok(StateChange::Ended(StoredState::Destroyed))
        } else {
            Err(NoChange::NoPassphrase)
        }
    }

    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

/// What is done to a stored passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateChange {
    /// nothing: it is in that state already
    Unchanged,
    /// the timed lock is lifted; the count of failed attempts stays
    Unlocked,
    /// it verifies nobody any more, and only a new application sets another
    Ended(StoredState),
}

/// Why a passphrase's state is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoChange {
    /// there is none
    NoPassphrase,
    /// there is no lock to lift
    NotLocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_passes_with_its_time_and_not_a_moment_before() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let stored = Some((StoredState::Active, Some(now)));
        assert_eq!(PassphraseState::at(now, stored), PassphraseState::Active);
        let before = now - chrono::TimeDelta::microseconds(1);
        assert_eq!(PassphraseState::at(before, stored), PassphraseState::Locked);
    }

    #[test]
    fn what_may_be_done_to_a_passphrase_depends_on_its_state() {
        use super::{NoChange::*, PassphraseState::*, StateChange::*};
        let of = |state: super::PassphraseState| (state.block(), state.unlock(), state.destroy());
        let blocked = Ok(Ended(StoredState::Blocked));
        let destroyed = Ok(Ended(StoredState::Destroyed));
        for state in [Active, Disabled] {
            assert_eq!(of(state), (blocked, Err(NotLocked), destroyed));
        }
        assert_eq!(of(Locked), (blocked, Ok(Unlocked), destroyed));
        assert_eq!(of(Blocked), (Ok(Unchanged), Err(NotLocked), destroyed));
        for state in [Unset, Destroyed] {
            let none = Err(NoPassphrase);
            assert_eq!(of(state), (none, none, none));
        }
    }

    #[test]
    fn a_passphrase_of_punctuation_alone_has_nothing_to_compare() {
        for nothing in ["", " ", "-- !?", "\u{301}"] {
            let refused = Passphrase::parse(Zeroizing::new(nothing.to_owned()));
            assert!(
                matches!(refused, Err(ValidationError::NothingToCompare)),
                "{nothing:?}"
            );
        }
    }
}
