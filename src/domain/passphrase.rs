//! The passphrase as it was entered, and the life of the one that is kept.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::{flaw::Flaw, heard};

/// What somebody typed as a passphrase. It has no `Debug`, and is wiped when it is dropped.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// More than this cannot have been said on the telephone; it bounds the work of folding.
    const MAX_CHARS: usize = 1_000;

    /// Takes what was typed. Whether it is strong enough is another question (`strength`).
    ///
    /// # Errors
    /// [`Flaw::NothingToCompare`] where no letter or digit is in it, [`Flaw::TooLong`].
    pub fn parse(typed: Zeroizing<String>) -> Result<Self, Flaw> {
        if typed.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(Flaw::TooLong {
                max: Self::MAX_CHARS,
            });
        }
        if heard::fold(&typed).is_empty() {
            return Err(Flaw::NothingToCompare);
        }
        Ok(Self(typed))
    }

    /// The text as typed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether two entries are the same text in NFC.
    #[must_use]
    pub fn is_same_entry(&self, other: &Self) -> bool {
        *heard::exact_form(&self.0) == *heard::exact_form(&other.0)
    }
}

/// What state a client's passphrase is kept in. A timed lock is no state of its own: it passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// it can be tried
    Active,
    /// the law of attempts ended it
    Disabled,
    /// it was blocked on the client's word
    Blocked,
    /// consent was withdrawn and the hash is gone
    Destroyed,
}

impl Kept {
    /// The word by which it is kept.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Blocked => "blocked",
            Self::Destroyed => "destroyed",
        }
    }

    /// The state of a kept word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Disabled, Self::Blocked, Self::Destroyed]
            .into_iter()
            .find(|kept| kept.name() == name)
    }
}

/// The state of a client's passphrase at one moment, as branch staff and supervisors see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseState {
    /// never set
    Unset,
    /// it can be tried
    Active,
    /// a timed lock holds
    Locked,
    /// the law of attempts ended it
    Disabled,
    /// blocked on the client's word
    Blocked,
    /// the hash is gone
    Destroyed,
}

impl PassphraseState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Unset,
        Self::Active,
        Self::Locked,
        Self::Disabled,
        Self::Blocked,
        Self::Destroyed,
    ];

    /// The state at `now` of what is kept, if anything is.
    #[must_use]
    pub fn at(now: DateTime<Utc>, kept: Option<(Kept, Option<DateTime<Utc>>)>) -> Self {
        match kept {
            None => Self::Unset,
            Some((Kept::Active, Some(until))) if until > now => Self::Locked,
            Some((Kept::Active, _)) => Self::Active,
            Some((Kept::Disabled, _)) => Self::Disabled,
            Some((Kept::Blocked, _)) => Self::Blocked,
            Some((Kept::Destroyed, _)) => Self::Destroyed,
        }
    }

    /// Whether a hash is held, so that an application *changes* the passphrase.
    #[must_use]
    pub fn has_hash(self) -> bool {
        !matches!(self, Self::Unset | Self::Destroyed)
    }

    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
            Self::Blocked => "blocked",
            Self::Destroyed => "destroyed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_passes_with_its_time_and_not_a_moment_before() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let kept = Some((Kept::Active, Some(now)));
        assert_eq!(PassphraseState::at(now, kept), PassphraseState::Active);
        let before = now - chrono::TimeDelta::microseconds(1);
        assert_eq!(PassphraseState::at(before, kept), PassphraseState::Locked);
    }

    #[test]
    fn a_passphrase_of_punctuation_alone_has_nothing_to_compare() {
        for nothing in ["", " ", "-- !?", "\u{301}"] {
            let refused = Passphrase::parse(Zeroizing::new(nothing.to_owned()));
            assert!(
                matches!(refused, Err(Flaw::NothingToCompare)),
                "{nothing:?}"
            );
        }
    }
}
