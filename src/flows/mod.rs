//! One file for each use case: load, decide, save, in that order. No status codes, no SQL.
//!
//! A flow takes the proof that its actor may, and the origin of the request. A refusal that is a fact (a
//! wrong passphrase, a limit) is a value and is recorded, never an error that rolls back.

pub(crate) mod applications;
pub(crate) mod audit;
pub mod backup;
pub(crate) mod clients;
pub(crate) mod complete_application;
pub mod deliver;
pub mod demo;
pub mod disconnect;
pub mod end_sessions;
pub(crate) mod entry;
pub(crate) mod entry_links;
pub mod export_audit;
pub mod first_run;
pub(crate) mod inquire;
pub mod keys;
pub mod lease;
pub(crate) mod limits;
pub mod passphrases;
pub mod passwords;
mod pull;
pub mod reconcile;
pub(crate) mod reports;
pub mod seal_audit;
pub(crate) mod sign_in;
pub mod signals;
pub mod staff;
pub mod sync;
pub mod throttled;
pub mod upkeep;
pub mod verify;
pub mod verify_audit;
pub(crate) mod webhooks;

use std::time::Duration;

pub use crate::domain::validation::FieldError;
use crate::{
    domain::validation::ValidationError,
    secrets::hasher::{HashError, Overloaded},
    store::{Limited, StoreError, Taken},
};

/// A state that does not allow the requested step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// another client has this number
    ClientNumberTaken,
    /// another member of staff has this login
    LoginTaken,
    /// another branch has this code
    BranchCodeTaken,
    /// another draft is open for the client
    ApplicationAlreadyOpen,
    /// completed, cancelled or expired
    ApplicationNotOpen,
    /// there is no passphrase
    NoPassphrase,
    /// no timed lock holds
    NotLocked,
    /// nobody else could administer
    LastAdmin,
    /// the maximum number of webhook endpoints exists already
    TooManyWebhooks,
}

/// Which quota is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// verifications of one specialist
    Verifications,
    /// different clients that one specialist touches
    Clients,
    /// searches of one person that find nobody
    EmptySearches,
    /// logins under one name
    Logins,
    /// sign-ins from one address, under any name
    SignIns,
    /// codes of entry links from one address, or from all
    EntryCodes,
    /// checks of a passphrase over one entry link
    EntryChecks,
}

impl Quota {
    /// The quota's name, in the audit and to the caller.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Verifications => "verifications",
            Self::Clients => "clients",
            Self::EmptySearches => "empty_searches",
            Self::Logins => "logins",
            Self::SignIns => "sign_ins",
            Self::EntryCodes => "entry_codes",
            Self::EntryChecks => "entry_checks",
        }
    }
}

/// Why a flow did not succeed.
#[derive(Debug)]
pub enum Refusal {
    /// there is no such thing, or it is another's
    Unknown,
    /// not in this state
    Conflict(Conflict),
    /// validation errors in what was entered
    Invalid(Vec<FieldError>),
    /// wrong login or password, which of them is not said
    BadCredentials,
    /// no entry link is opened by this code, why is not said
    BadEntryCode,
    /// this verification is not of right words
    NotVerified,
    /// this verification is over
    VerificationOver,
    /// a quota is used up
    Limited(Quota, Limited),
    /// the queue for hashing is full
    Overloaded(Duration),
    /// a hash could not be computed
    Hash(HashError),
    /// the database
    Store(StoreError),
}

impl Refusal {
    /// One validation error in one field.
    pub(crate) fn invalid(pointer: &str, error: ValidationError) -> Self {
        Self::Invalid(vec![FieldError::at(pointer, error)])
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(Taken::ClientNumber) => Self::Conflict(Conflict::ClientNumberTaken),
            StoreError::Taken(Taken::Login) => Self::Conflict(Conflict::LoginTaken),
            StoreError::Taken(Taken::BranchCode) => Self::Conflict(Conflict::BranchCodeTaken),
            StoreError::Taken(Taken::OpenDraft) => Self::Conflict(Conflict::ApplicationAlreadyOpen),
            other => Self::Store(other),
        }
    }
}

impl From<Overloaded> for Refusal {
    fn from(overloaded: Overloaded) -> Self {
        Self::Overloaded(overloaded.retry_after)
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

/// One page of a list, and the cursor of the next.
pub(crate) struct Page<T> {
    /// the items
    pub items: Vec<T>,
    /// the cursor after the last item, where there are more
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page from a read of one item more than fits on it.
    fn of(mut items: Vec<T>, limit: i64, mark: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(mark);
        Self { items, next }
    }
}
