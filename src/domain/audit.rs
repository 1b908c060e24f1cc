//! An audit event, and the canonical bytes under which it is sealed.
//!
//! Who did what, about whom, on which call, with what outcome, from where. No secret, and no personal data
//! but ids.

mod details;
mod outcome;

use chrono::{DateTime, Utc};

pub use self::{
    details::{Answered, Change, ComparisonCounts, Details, EndedCounts, RecordCounts, ReportName},
    outcome::EventOutcome,
};
use super::{
    id::{ClientId, StaffId},
    role::{Actor, Role},
};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What was done. The OpenAPI document has the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $variant,)+
        }

        impl Action {
            /// The name of every action, in the order of declaration.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
        }
    };
}

actions! {
    /// the service made its first admin
    StaffBootstrapped = "staff.bootstrapped",
    /// somebody tried to sign in
    SessionOpened = "session.opened",
    /// somebody signed out
    SessionClosed = "session.closed",
    /// a service account asked for a token
    TokenIssued = "token.issued",
    /// somebody changed their own password
    PasswordChanged = "staff.password_changed",
    /// an admin made a new one-time password or client secret
    PasswordReset = "staff.password_reset",
    /// staff or a service account was created
    StaffCreated = "staff.created",
    /// staff was changed, disabled or enabled
    StaffChanged = "staff.changed",
    /// staff was listed or read
    StaffViewed = "staff.viewed",
    /// a branch was opened
    BranchCreated = "branch.created",
    /// a client was created
    ClientCreated = "client.created",
    /// a client was amended
    ClientChanged = "client.changed",
    /// clients were searched for
    ClientSearched = "client.searched",
    /// a client's card was read
    ClientViewed = "client.viewed",
    /// an application was drafted
    ApplicationDrafted = "application.drafted",
    /// applications were read
    ApplicationViewed = "application.viewed",
    /// the form was printed
    ApplicationPrinted = "application.printed",
    /// an application was completed
    ApplicationCompleted = "application.completed",
    /// an application was cancelled
    ApplicationCancelled = "application.cancelled",
    /// a branch made an entry link, for the client to type the passphrase
    EntryLinkMade = "entry_link.made",
    /// somebody typed the code of an entry link
    EntryLinkOpened = "entry_link.opened",
    /// an entry link ended before its time
    EntryLinkEnded = "entry_link.ended",
    /// a passphrase's status was read
    PassphraseViewed = "passphrase.viewed",
    /// a proposed passphrase was checked for a client
    PassphraseChecked = "passphrase.checked",
    /// a first passphrase was set
    PassphraseSet = "passphrase.set",
    /// a passphrase was changed
    PassphraseChanged = "passphrase.changed",
    /// wrong attempts brought a timed lock
    PassphraseLocked = "passphrase.locked",
    /// wrong attempts disabled the passphrase
    PassphraseDisabled = "passphrase.disabled",
    /// a timed lock was lifted
    PassphraseUnlocked = "passphrase.unlocked",
    /// it was blocked on the client's word
    PassphraseBlocked = "passphrase.blocked",
    /// consent was withdrawn
    PassphraseDestroyed = "passphrase.destroyed",
    /// the hash was renewed under the current parameters
    PassphraseRenewed = "passphrase.renewed",
    /// a caller was verified, or not
    VerificationRecorded = "verification.recorded",
    /// a counted attempt that a fault kept from being tried was taken back
    AttemptTakenBack = "attempt.taken_back",
    /// an attempt was counted by an instance that ended before its result was known: it stays counted
    AttemptLost = "attempt.lost",
    /// a verification was read
    VerificationViewed = "verification.viewed",
    /// the call ended
    VerificationClosed = "verification.closed",
    /// loans were read
    InquiryMade = "inquiry.made",
    /// a specialist reached a limit
    LimitReached = "limit.reached",
    /// the loan system pushed a client
    ClientSynced = "sync.client",
    /// the loan system pushed a loan
    LoanSynced = "sync.loan",
    /// the loan system pushed a batch, or a file was imported
    BatchSynced = "sync.batch",
    /// the loan system was asked
    LoansPulled = "sync.pulled",
    /// the audit was read
    AuditRead = "audit.read",
    /// the audit was verified
    AuditVerified = "audit.verified",
    /// the accesses to a client were read
    AccessesRead = "client.accesses_read",
    /// reports were read
    ReportRead = "report.read",
    /// an abuse signal was raised
    SignalRaised = "signal.raised",
    /// a webhook endpoint was registered
    WebhookCreated = "webhook.created",
    /// webhook endpoints or their deliveries were listed or read
    WebhookViewed = "webhook.viewed",
    /// a webhook endpoint was changed or removed
    WebhookChanged = "webhook.changed",
    /// a delivery was requested again
    WebhookReplayed = "webhook.replayed",
    /// keys were added, rotated, retired, or data re-encrypted
    KeysChanged = "keys.changed",
    /// a backup was made or restored
    BackupMade = "backup.made",
    /// a stored answer was sent again for a repeated request
    AnswerReplayed = "answer.replayed",
    /// demonstration data was made
    DemoSeeded = "demo.seeded",
}

impl Action {
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The action with a name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.name() == name)
    }
}

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// the request's id
    pub request_id: String,
    /// the caller's address
    pub remote: Option<String>,
    /// the context of the request's trace, where one is collected; no part of the audit
    pub trace: Option<String>,
}

impl Origin {
    /// The origin of what the program does by itself.
    pub fn own(what: &str) -> Self {
        Self {
            request_id: what.to_owned(),
            remote: None,
            trace: None,
        }
    }
}

/// Who acted, as it was at the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// staff id
    pub id: StaffId,
    /// login
    pub login: String,
    /// role
    pub role: Role,
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Self {
        Self {
            id: actor.id.clone(),
            login: actor.login.clone(),
            role: actor.role,
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// when
    pub at: DateTime<Utc>,
    /// who; `None` where nobody was signed in
    pub actor: Option<Who>,
    /// what
    pub action: Action,
    /// about which client
    pub client_id: Option<ClientId>,
    /// about which other thing: a verification, an application, staff
    pub subject_id: Option<String>,
    /// on which call
    pub call_id: Option<String>,
    /// what came of it
    pub outcome: Option<EventOutcome>,
    /// why: a code, or the words of whoever asked for it
    pub reason: Option<String>,
    /// facts that a program can read
    pub details: Details,
    /// from where
    pub origin: Origin,
}

impl Event {
    /// An event of somebody signed in.
    pub(crate) fn by(actor: &Actor, origin: &Origin, at: DateTime<Utc>, action: Action) -> Self {
        Self {
            actor: Some(actor.into()),
            ..Self::of_nobody(origin, at, action)
        }
    }

    /// An event without an actor, or of the program itself.
    pub fn of_nobody(origin: &Origin, at: DateTime<Utc>, action: Action) -> Self {
        Self {
            at,
            actor: None,
            action,
            client_id: None,
            subject_id: None,
            call_id: None,
            outcome: None,
            reason: None,
            details: Details::default(),
            origin: origin.clone(),
        }
    }

    /// About a client.
    #[must_use]
    pub fn client(mut self, id: &ClientId) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// About another thing.
    #[must_use]
    pub(crate) fn subject(mut self, id: &str) -> Self {
        self.subject_id = Some(id.to_owned());
        self
    }

    /// On a call.
    #[must_use]
    pub fn call(mut self, id: &str) -> Self {
        self.call_id = Some(id.to_owned());
        self
    }

    /// With an outcome.
    #[must_use]
    pub fn outcome(mut self, outcome: impl Into<EventOutcome>) -> Self {
        self.outcome = Some(outcome.into());
        self
    }

    /// For a reason.
    #[must_use]
    pub(crate) fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// With facts that a program can read.
    #[must_use]
    pub fn details(mut self, details: Details) -> Self {
        self.details = details;
        self
    }

    /// The bytes that are hashed and sealed: the event's place in the audit and every field, each
    /// with its length before it, so that no two events have the same bytes.
    #[cfg(test)]
    pub(crate) fn canonical_bytes(&self, seq: i64) -> Vec<u8> {
        let details = self.details.canonical();
        let fields = [
            self.actor.as_ref().map(|who| who.id.as_str()),
            self.actor.as_ref().map(|who| who.login.as_str()),
            self.actor.as_ref().map(|who| who.role.name()),
            Some(self.action.name()),
            self.client_id.as_deref(),
            self.subject_id.as_deref(),
            self.call_id.as_deref(),
            self.outcome.map(EventOutcome::name),
            self.reason.as_deref(),
            details.as_deref(),
            Some(self.origin.request_id.as_str()),
            self.origin.remote.as_deref(),
        ];
        let fields = fields.map(|field| field.map(str::as_bytes));
        canonical_bytes(seq, self.at.timestamp_micros(), fields)
    }
}

/// Number of text fields of an event.
pub(crate) const TEXT_FIELDS: usize = 12;

/// The canonical bytes of an event as it is stored: its place, its time in microseconds, and its texts in
/// the order of the table's columns. A null text differs from an empty one.
pub(crate) fn canonical_bytes(
    seq: i64,
    at_micros: i64,
    fields: [Option<&[u8]>; TEXT_FIELDS],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(b"qupia-event-1");
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&at_micros.to_be_bytes());
    for field in fields {
        match field {
            None => bytes.push(0),
            Some(text) => {
                bytes.push(1);
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                bytes.extend_from_slice(text);
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(client: Option<String>, reason: Option<String>, count: Option<u64>) -> Event {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut event = Event::of_nobody(&Origin::own("test"), at, Action::ClientViewed);
        event.client_id = client.map(ClientId::from);
        event.reason = reason;
        match count {
            Some(count) => event.details(Details::count(count)),
            None => event,
        }
    }

    #[test]
    fn every_action_is_known_by_its_name() {
        for name in Action::NAMES {
            assert_eq!(Action::from_name(name).map(Action::name), Some(*name));
        }
    }

    proptest! {
        #[test]
        fn different_events_never_have_the_same_bytes(
            a in (any::<Option<String>>(), any::<Option<String>>(), any::<Option<u64>>(), any::<i64>()),
            b in (any::<Option<String>>(), any::<Option<String>>(), any::<Option<u64>>(), any::<i64>()),
        ) {
            let same = a == b;
            let bytes = |(client, reason, count, seq): (_, _, _, i64)| {
                event(client, reason, count).canonical_bytes(seq)
            };
            prop_assert_eq!(same, bytes(a) == bytes(b));
        }
    }
}
