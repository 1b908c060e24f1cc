//! Everything that knows Diesel: one [`Store`], one file a table group, migrations.
//!
//! # How to use it
//!
//! | call | when | what it does |
//! |---|---|---|
//! | [`Store::read`] | to read what needs no audit | one connection that only reads |
//! | [`Store::record`] | to record a read before its result is answered | inserts one event |
//! | [`Store::inquire`] | the same for the inquiry, which is the most frequent | reads, decides and records in one transaction |
//! | [`Store::write`] | to change anything about people, clients, loans or settings | a transaction that returns only together with audit events, and inserts them |
//! | [`Store::unaudited`] | to change what is no fact about anybody: attempts, rates, idempotency records, leases, deliveries | a transaction without audit, which reaches nothing else |
//! | [`Store::signed_in`], [`Store::client_passphrase`] | every request, every verification | look-ups that are answered together |
//!
//! The function that is passed runs on a worker's thread and may run again, where two transactions collide:
//! it has no other effect than its statements. [`StoreError::Unavailable`] says that nothing was changed;
//! only [`StoreError::InDoubt`] leaves that open.
//!
//! Values are encrypted and decrypted here, where they become columns, so that nobody above ever has a
//! ciphertext. How work reaches a connection is [`engine`]'s matter.

mod access;
mod amend;
mod applications;
mod attempts;
mod audit;
mod audited;
mod backup;
mod clients;
mod columns;
mod deliveries;
mod engine;
mod entry_links;
mod error;
mod event_counts;
mod fitness;
mod gauges;
mod groups;
mod idempotency;
mod ids;
mod inquiries;
mod keys;
mod last_push;
mod leases;
mod loans;
mod lookups;
mod migrations;
mod number_locks;
mod outbox;
mod parts;
mod passphrases;
mod quotas;
mod reports;
mod rewrap;
pub(crate) mod schema;
mod seals;
mod sessions;
mod signals;
mod staff;
mod sweep;
mod sync;
mod throttled;
mod url;
mod vault;
mod verifications;
mod webhook_secrets;
mod webhooks;
mod windows;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

pub(crate) use self::{
    access::Reader,
    attempts::Settled,
    audit::{EventFilter, RecordedEvent},
    backup::{check_copy, copy_to},
    clients::{ClientRow, Lookup},
    deliveries::{DeliveryAnswer, DeliveryRow, DeliveryState},
    error::Taken,
    event_counts::EventKind,
    fitness::{bounded, examine, examined_within},
    gauges::StoredGauges,
    last_push::KnownPerson,
    leases::{DEAD_AFTER, HeldLease, Lease, Sighting},
    loans::LoanRow,
    migrations::{MIGRATED_WITHIN, MigrationState},
    parts::StoreSettings,
    passphrases::ClientPassphrase,
    rewrap::{ENCRYPTED, Rewrapped},
    sessions::{SessionRow, SignedIn},
    staff::{BranchRow, NewStaff, StaffChange, StaffRow},
    sync::{ClientWrite, LoanWrite, StoredClient, StoredLoan},
    throttled::{Throttled, ThrottledKey},
    vault::Vault,
    webhook_secrets::{NewSecret, SecretRow},
    webhooks::{EndpointChange, EndpointRow, NewEndpoint},
    windows::{Limited, Window},
};
pub use self::{
    access::{Traced, Tx, UnauditedTx},
    attempts::{Attempt, NewAttempt},
    engine::connection::AnyConnection,
    error::StoreError,
    idempotency::{IdempotencyClaim, KeyClaim, KeyName, RENEW_EVERY},
    migrations::{migrate, pending, revert_all},
    passphrases::{NewPassphrase, PassphraseRow},
    url::DatabaseUrl,
};
use self::{
    audited::{Audited, AuditedRead},
    engine::{reply, work, write::Write},
    error::Outcome,
    inquiries::{Found, OwnVerification},
    parts::Parts,
};
use crate::domain::{
    audit::Event,
    id::{ClientId, SessionId, StaffId, VerificationId},
};

/// The database. Cheap to clone; with the last clone its threads and connections end.
#[derive(Clone)]
pub struct Store {
    parts: Arc<Parts>,
    /// how long a caller waits
    timeout: Duration,
}

impl Store {
    /// Opens the database; migrations are another step.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where threads cannot be started.
    pub(crate) fn open(settings: &StoreSettings, vault: Vault) -> Result<Self, StoreError> {
        Ok(Self {
            parts: Arc::new(Parts::start(settings, vault)?),
            timeout: settings.timeout,
        })
    }

    /// The same store for a caller that waits for another time. A start waits for longer than a request:
    /// its first statements open connections, and hosts of the URL that are silent are passed over one
    /// by one.
    #[must_use]
    pub(crate) fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            timeout,
        }
    }

    /// Reads what needs no audit.
    ///
    /// # Errors
    /// What `read` says, or [`StoreError::Unavailable`].
    pub async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Reader<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        self.run_reader(move |connection| {
            read(&mut Reader {
                connection,
                vault: &vault,
            })
        })
        .await
    }

    /// Who is in a session, if it is valid at `now`: it was not ended, and its owner is active.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn signed_in(
        &self,
        session_id: &SessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<SignedIn>, StoreError> {
        let stored = self.parts.sessions.find(self.timeout, session_id).await?;
        Ok(stored.and_then(|session| session.at(now)))
    }

    /// What a caller is to be verified by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_passphrase(
        &self,
        client_id: &ClientId,
    ) -> Result<ClientPassphrase, StoreError> {
        self.parts.passphrases.find(self.timeout, client_id).await
    }

    /// Reads a specialist's own verification and the open loans of its client, by due date, then ticket
    /// number, and records the read. `judge` gives the event, and the value to answer once the event is
    /// committed; it may run again where the database was away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn inquire<T, F>(
        &self,
        id: &VerificationId,
        staff_id: &StaffId,
        judge: F,
    ) -> Result<T, StoreError>
    where
        F: Fn(Found) -> (Event, T) + Send + 'static,
        T: Send + 'static,
    {
        let query = OwnVerification {
            id: id.to_owned(),
            staff_id: staff_id.to_owned(),
        };
        self.audited_read(Some(query), judge).await
    }

    /// Records a read: an event with no change beside it. What was read must not be answered before this
    /// returns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::InDoubt`].
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.audited_read(None, move |_| (event.clone(), ())).await
    }

    async fn audited_read<T, F>(&self, query: Option<OwnVerification>, judge: F) -> Outcome<T>
    where
        F: Fn(Found) -> (Event, T) + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = reply::channel();
        let read: Box<dyn Audited> = Box::new(AuditedRead {
            query,
            judge,
            judged: None,
            reply,
        });
        let audited = &self.parts.audited;
        audited
            .send(self.timeout, Write::Shared(read), answer)
            .await
    }

    /// Changes something, and records it: the change's value comes with its events, which are inserted in
    /// the same transaction, and so are the messages to receivers of webhooks. No change is made without
    /// an event.
    ///
    /// # Errors
    /// What `change` says, with nothing changed; [`StoreError::Unavailable`], [`StoreError::InDoubt`].
    pub async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Tx<'_>) -> Result<Traced<T>, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        let written = self.run_writer(move |connection| {
            let mut tx = Tx(Reader {
                connection,
                vault: &vault,
            });
            let traced = change(&mut tx)?;
            let events: Vec<&Event> = traced.events.iter().collect();
            audit::record(tx.0.connection, &vault.rng, &events)?;
            let kinds = traced.events.iter().map(EventKind::of).collect();
            Ok((traced.value, kinds))
        });
        let (value, kinds) = written.await?;
        self.parts.events.add(kinds);
        Ok(value)
    }

    /// How many events this process committed together with a change, by kind.
    pub(crate) fn event_counts(&self) -> BTreeMap<EventKind, u64> {
        self.parts.events.all()
    }

    /// How much work waits for a connection, by queue.
    pub(crate) fn waiting(&self) -> [(&'static str, usize); 3] {
        let parts = &self.parts;
        [
            ("read", parts.readers.waiting()),
            ("write", parts.writers.waiting()),
            ("audited", parts.audited.waiting()),
        ]
    }

    /// Runs a transaction without audit; see [`UnauditedTx`].
    ///
    /// # Errors
    /// What `work` says, with nothing changed; [`StoreError::Unavailable`], [`StoreError::InDoubt`].
    pub async fn unaudited<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn(&mut UnauditedTx<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        self.run_writer(move |connection| {
            work(&mut UnauditedTx {
                connection,
                vault: &vault,
            })
        })
        .await
    }

    /// Ends the threads, once what waits is done, and with them the connections. Whoever still has the
    /// store gets [`StoreError::Unavailable`] from then on.
    pub async fn close(&self) {
        let parts = Arc::clone(&self.parts);
        let ended = tokio::task::spawn_blocking(move || parts.end());
        // It fails only with the runtime itself, and then nobody waits.
        let _ended = ended.await;
    }

    /// Whether the database answers and takes writes, and its schema is this program's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unfit`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        let (parts, timeout) = (&self.parts, self.timeout);
        // All at once, since each may have a connection to open first. Every request needs the one worker
        // for sessions, and every verification the one for passphrases: both are asked for nobody's.
        tokio::try_join!(
            self.run_reader(migrations::are_ours),
            parts.sessions.find(timeout, ""),
            parts.passphrases.find(timeout, ""),
            self.run_writer(AnyConnection::ping),
        )?;
        Ok(())
    }

    async fn run_reader<T, F>(&self, work: F) -> Outcome<T>
    where
        F: FnMut(&mut AnyConnection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = reply::channel();
        let unit = work::unit(work, reply);
        self.parts.readers.send(self.timeout, unit, answer).await
    }

    async fn run_writer<T, F>(&self, work: F) -> Outcome<T>
    where
        F: FnMut(&mut AnyConnection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = reply::channel();
        let unit = Write::Alone(work::unit(work, reply));
        self.parts.writers.send(self.timeout, unit, answer).await
    }
}
