//! One key: what it is for, what it is called, and what is derived from it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secrets::mac;
use crate::secrets::rng::SystemRng;

/// What is wrong with a key or with what was asked of the keyring. No variant
/// holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyProblem {
    #[error("`{0}` is no purpose of a key: pepper, field, index, token, seal or webhook")]
    UnknownPurpose(String),
    #[error("there is no active {0} key: exactly one is needed")]
    NoActive(Purpose),
    #[error("two {purpose} keys are active, {first} and {second}: exactly one may be")]
    TwoActive {
        purpose: Purpose,
        first: String,
        second: String,
    },
    #[error("the id of {purpose} key {position} is not 1 to 40 of a-z, 0-9 and `-`")]
    BadId { purpose: Purpose, position: usize },
    #[error("two keys are called {0}")]
    SameId(String),
    #[error("keys {0} and {1} hold the same secret")]
    SameSecret(String, String),
    #[error("{purpose} key {id}: {problem}")]
    Malformed {
        purpose: Purpose,
        id: String,
        problem: String,
    },
    #[error("there is no {purpose} key {id}")]
    Unknown { purpose: Purpose, id: String },
    #[error("{purpose} key {id} is active: rotate first")]
    StillActive { purpose: Purpose, id: String },
    #[error("{purpose} key {id}, which data was made with, is not in the keyring")]
    Missing { purpose: Purpose, id: String },
    #[error(
        "{purpose} key {id} is not the one that data was made with, though it has its name: check value {found}, expected {expected}"
    )]
    Wrong {
        purpose: Purpose,
        id: String,
        found: String,
        expected: String,
    },
}

/// What a key is for. A key serves one purpose only (NIST SP 800-57 part 1
/// §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// argon2's secret input: stolen hashes are worthless without it.
    Pepper,
    /// Encrypts names, phones and representatives' data at rest.
    Field,
    /// Keys the blind index that finds an encrypted value by equality.
    Index,
    /// Signs access tokens.
    Token,
    /// Signs the seals of the audit.
    Seal,
    /// Derives the signing secrets of webhook endpoints.
    Webhook,
}

impl Purpose {
    /// Every purpose, in the order in which the file lists them.
    pub const ALL: [Self; 6] = [
        Self::Pepper,
        Self::Field,
        Self::Index,
        Self::Token,
        Self::Seal,
        Self::Webhook,
    ];

    /// Its name in the keyring file, on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::Field => "field",
            Self::Index => "index",
            Self::Token => "token",
            Self::Seal => "seal",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = KeyProblem;

    fn from_str(name: &str) -> Result<Self, KeyProblem> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
            .ok_or_else(|| KeyProblem::UnknownPurpose(name.to_owned()))
    }
}

/// The state of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Used for new values and for old ones. Exactly one key of a purpose is active.
    Active,
    /// Used for old values only, or not activated yet.
    Reading,
}

impl KeyState {
    /// Its name in the keyring file.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Reading => "reading",
        }
    }
}

/// One key: 32 random bytes with a name. `Debug` shows the name alone.
#[derive(Clone)]
pub struct Key {
    pub(super) purpose: Purpose,
    pub(super) id: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) state: KeyState,
    pub(super) secret: Zeroizing<[u8; 32]>,
    /// The path as the keyring file gives it, where the secret lies elsewhere.
    pub(super) file: Option<PathBuf>,
}

impl Key {
    pub(super) fn new(
        purpose: Purpose,
        id: String,
        state: KeyState,
        rng: &SystemRng,
        now: DateTime<Utc>,
    ) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill(&mut *secret);
        Self {
            purpose,
            id,
            created_at: now,
            state,
            secret,
            file: None,
        }
    }

    /// What it is for.
    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Its name: letters a to z, digits and hyphens, unique in the keyring.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was made.
    pub fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Whether it makes new things.
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// A public value that tells this key from any other, 16 hexadecimal digits.
    /// The database keeps it, so that a wrong key under a right name is found at
    /// start. It says nothing of the secret.
    pub(crate) fn check_value(&self) -> String {
        let of_key = self.subkey("check");
        hex::encode(&of_key[..8])
    }

    /// The first four bytes of the check value: what an encrypted field bears.
    pub(in crate::secrets) fn tag(&self) -> [u8; 4] {
        let of_key = self.subkey("check");
        [of_key[0], of_key[1], of_key[2], of_key[3]]
    }

    /// The key that is really used for `usage`: the secret itself is never used
    /// twice.
    pub(in crate::secrets) fn subkey(&self, usage: &str) -> Zeroizing<[u8; 32]> {
        mac::subkey(
            &self.secret,
            format!("qupia/1/{}/{usage}", self.purpose).as_bytes(),
        )
    }

    pub(super) fn in_state(&self, state: KeyState) -> Arc<Self> {
        Arc::new(Self {
            state,
            ..self.clone()
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {})", self.id, self.state.as_str())
    }
}

/// A key's name and check value, as the database keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    pub purpose: Purpose,
    pub id: String,
    pub value: String,
}
