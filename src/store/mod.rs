//! Everything that knows Diesel: one `Store`, one file a table group, migrations.
//!
//! Rows are encrypted and decrypted here, where a value becomes a row, so that nobody above ever
//! holds a ciphertext. A story looks through [`Store::read`], changes through [`Store::write`], which
//! returns only with an audit event, and counts through [`Store::tally`], which can touch nothing but
//! counters.

mod amend;
mod applications;
mod attempts;
mod audit;
mod backup;
mod clients;
mod connection;
mod connections;
mod deliveries;
mod error;
mod fitness;
mod gather;
mod holds;
mod idempotency;
mod inquiries;
mod keys;
mod lanes;
mod last_push;
mod leases;
mod loans;
mod looks;
mod migrations;
mod outbox;
mod passphrases;
mod postgres;
mod quotas;
mod replies;
mod rewrap;
pub(crate) mod schema;
mod seals;
mod sessions;
mod signals;
mod staff;
mod sync;
mod tallies;
mod threads;
mod throttled;
mod url;
mod vault;
mod verifications;
mod webhooks;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

pub use self::{
    attempts::{Attempt, NewAttempt, Settled},
    audit::{EventFilter, RecordedEvent},
    backup::{check_copy, copy_to},
    clients::{ClientRow, Lookup},
    connection::AnyConnection,
    deliveries::{Answer, DeliveryRow, DeliveryState},
    error::{StoreError, Taken},
    fitness::{Fitness, bounded, examine, examined_within},
    idempotency::{IdempotencyClaim, KeyClaim, KeyName, RENEW_EVERY},
    last_push::{KnownPerson, PersonText},
    leases::{DEAD_AFTER, Held, Lease, Sighting},
    loans::LoanRow,
    migrations::{MIGRATED_WITHIN, MigrationState, migrate, pending, revert_all},
    passphrases::{ClientPassphrase, NewPassphrase, PassphraseRow},
    quotas::{Limited, Used, Window},
    rewrap::{Rewrapped, SEALED, SealedColumn},
    sessions::{SessionRow, SignedIn},
    staff::{BranchRow, NewStaff, StaffChange, StaffRow},
    sync::{ClientWrite, HeldClient, HeldLoan, LoanWrite},
    tallies::Tally,
    throttled::{Throttled, ThrottledKey},
    url::DatabaseUrl,
    vault::Vault,
    webhooks::{EndpointChange, EndpointRow, NewEndpoint, NewSecret, SecretRow},
};
use self::{
    connection::Purpose,
    connections::Connections,
    gather::Gatherer,
    inquiries::Found,
    lanes::{Lane, LaneSettings, Transaction},
    looks::{Inquiry, Look},
    sessions::HeldSession,
    threads::Threads,
};
use crate::domain::audit::Event;
use chrono::{DateTime, Utc};

/// How the store is laid out.
#[derive(Clone)]
pub struct StoreSettings {
    /// where the database is
    pub url: DatabaseUrl,
    /// connections to PostgreSQL; half as many readers of SQLite, but no more than two beyond the cores
    pub connections: usize,
    /// how long a caller waits for the database
    pub patience: Duration,
    /// how many connections the database grants, where that is known to be fewer than are wanted
    pub granted: Option<usize>,
    /// whether much is written at once, which is worth memory
    pub is_load: bool,
}

/// The longest queue before a lane; beyond it callers are refused at once.
const LONGEST_QUEUE: usize = 4_096;
/// While one of them waits for a commit on PostgreSQL the other looks up.
const LOOK_THREADS: usize = 2;
/// Connections to PostgreSQL beside those of the settings: for looks, sessions and passphrases.
const MORE_CONNECTIONS: usize = LOOK_THREADS + 2;
/// PostgreSQL itself ends a statement that takes too long. Where nothing at all is heard for so much
/// longer, the connection is silent.
const SILENT_FOR: Duration = Duration::from_secs(2);
/// Threads have so long to end: those that hang do not hold up the process.
const END_WITHIN: Duration = Duration::from_secs(2);

/// The database. Cheap to clone; with the last clone its threads and connections end.
#[derive(Clone)]
pub struct Store {
    parts: Arc<Parts>,
    /// how long a caller waits
    timeout: Duration,
}

struct Parts {
    sessions: Gatherer<String, Option<HeldSession>>,
    passphrases: Gatherer<String, ClientPassphrase>,
    readers: Lane,
    writers: Lane,
    /// where looks are written
    looks: Lane,
    threads: Threads,
    vault: Arc<Vault>,
}

impl Store {
    /// Opens the database; migrations are another step.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where threads cannot be started.
    pub fn open(settings: &StoreSettings, vault: Vault) -> Result<Self, StoreError> {
        let threads = Threads::default();
        let times = threads.times_given_up();
        let connections =
            Connections::new(&settings.url, settings.patience, too_few(settings), times);
        let connections = Arc::new(connections);
        if let DatabaseUrl::Postgres(_) = settings.url {
            threads.watch(postgres::longest_wait(settings.patience) + SILENT_FOR)?;
        }
        let half = settings.connections.div_ceil(2);
        let read_threads = match settings.url {
            // More would read no sooner, and each holds pages of its own; but a long look at the audit
            // must leave some to the others.
            DatabaseUrl::Sqlite(_) => {
                half.min(2 + thread::available_parallelism().map_or(2, usize::from))
            }
            DatabaseUrl::Postgres(_) => half,
        };
        let (write_threads, transaction) = match settings.url {
            DatabaseUrl::Sqlite(_) => (1, Transaction::Grouped),
            DatabaseUrl::Postgres(_) => (half, Transaction::Own),
        };
        let lane = |name, count, purpose, transaction| {
            let laid_out = LaneSettings {
                name,
                threads: count,
                purpose,
                transaction,
                queue: LONGEST_QUEUE,
                chance: vault.chance.clone(),
            };
            Lane::start(&threads, &connections, &laid_out)
        };
        let purpose = if settings.is_load {
            Purpose::Load
        } else {
            Purpose::Write
        };
        let writers = lane("store-write", write_threads, purpose, transaction)?;
        let parts = Parts {
            sessions: Gatherer::start(&threads, "store-sessions", &connections, sessions::look)?,
            passphrases: Gatherer::start(
                &threads,
                "store-phrases",
                &connections,
                passphrases::look,
            )?,
            readers: lane("store-read", read_threads, Purpose::Read, Transaction::None)?,
            looks: match settings.url {
                DatabaseUrl::Sqlite(_) => writers.clone(),
                DatabaseUrl::Postgres(_) => lane(
                    "store-looks",
                    LOOK_THREADS,
                    Purpose::Write,
                    Transaction::Looks,
                )?,
            },
            writers,
            threads,
            vault: Arc::new(vault),
        };
        Ok(Self {
            parts: Arc::new(parts),
            timeout: settings.patience,
        })
    }

    /// The same store for a caller that waits for another time. A start waits for longer than a request:
    /// its first statements open connections, and hosts of the URL that are silent are passed over one
    /// by one.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            timeout,
        }
    }

    /// Looks something up.
    ///
    /// # Errors
    /// What the look says, or [`StoreError::Unavailable`].
    pub async fn read<T, F>(&self, look: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Reader<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        let work = move |connection: &mut AnyConnection| {
            look(&mut Reader {
                connection,
                vault: &vault,
            })
        };
        self.parts.readers.run(self.timeout, work).await
    }

    /// Who is in a session, if it holds at `now`: it was not ended, and its owner is active.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signed_in(
        &self,
        session_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<SignedIn>, StoreError> {
        let held = self
            .parts
            .sessions
            .ask(self.timeout, session_id.to_owned())
            .await?;
        Ok(held.and_then(|held| held.at(now)))
    }

    /// What a caller is to be verified by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_passphrase(&self, client_id: &str) -> Result<ClientPassphrase, StoreError> {
        self.parts
            .passphrases
            .ask(self.timeout, client_id.to_owned())
            .await
    }

    /// Looks up a specialist's own verification and the open loans of its client, by due date, then
    /// ticket number, and records the look. `judge` tells which event that is, and what is to be known
    /// once it is recorded; it may be asked again where the database was away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn inquire<T, F>(&self, id: &str, staff_id: &str, judge: F) -> Result<T, StoreError>
    where
        F: Fn(Found) -> (Event, T) + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = replies::channel();
        let inquiry = Inquiry {
            asked: (id.to_owned(), staff_id.to_owned()),
            judge,
            judged: None,
            reply,
        };
        self.parts
            .looks
            .send(self.timeout, Box::new(inquiry), answer)
            .await
    }

    /// Changes something, and records it: the change's value comes with its events, which are
    /// inserted in the same transaction, and so is what receivers of webhooks are to be told. There is
    /// no way to a change without one.
    ///
    /// The work may be run again where two transactions collide.
    ///
    /// # Errors
    /// What the work says, with nothing changed, or [`StoreError::Unavailable`].
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Tx<'_>) -> Result<Traced<T>, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        let work = move |connection: &mut AnyConnection| {
            let mut tx = Tx(Reader {
                connection,
                vault: &vault,
            });
            let traced = work(&mut tx)?;
            let events: Vec<&Event> = traced.events.iter().collect();
            audit::record(tx.0.connection, &vault.chance, &events)?;
            Ok(traced.value)
        };
        self.parts.writers.run(self.timeout, work).await
    }

    /// Records a look: an event with no change beside it. What was looked at is not to be told before
    /// this returns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        let (reply, answer) = replies::channel();
        let look = Box::new(Look { event, reply });
        self.parts.looks.send(self.timeout, look, answer).await
    }

    /// Counts something: attempts, rates, idempotency records, leases, deliveries. Nothing else can be
    /// reached.
    ///
    /// # Errors
    /// What the work says, with nothing changed, or [`StoreError::Unavailable`].
    pub async fn tally<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Tally<'_>) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let vault = Arc::clone(&self.parts.vault);
        let work = move |connection: &mut AnyConnection| {
            work(&mut Tally {
                connection,
                vault: &vault,
            })
        };
        self.parts.writers.run(self.timeout, work).await
    }

    /// Ends the threads, once what waits is done, and with them the connections, though others may
    /// still hold the store: they are told that it is not there.
    pub async fn close(&self) {
        let parts = Arc::clone(&self.parts);
        let ended = tokio::task::spawn_blocking(move || parts.end());
        // It fails only with the runtime itself, and then nobody is left to tell.
        let _ended = ended.await;
    }

    /// Whether the database answers and takes writes, and its schema is this program's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unfit`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        // All at once, since each may have a connection to open first. Every request asks for its session
        // and every call for a passphrase, and one thread each answers: they are asked for nobody's.
        let (parts, timeout) = (&self.parts, self.timeout);
        tokio::try_join!(
            parts.readers.run(timeout, migrations::are_ours),
            parts.sessions.ask(timeout, String::new()),
            parts.passphrases.ask(timeout, String::new()),
            parts.writers.run(timeout, AnyConnection::ping),
        )?;
        Ok(())
    }
}

/// How many connections the database grants, where those are fewer than there are threads.
fn too_few(settings: &StoreSettings) -> Option<usize> {
    let wanted = 2 * settings.connections.div_ceil(2) + MORE_CONNECTIONS;
    let granted = settings.granted.filter(|granted| *granted < wanted)?;
    tracing::warn!(
        "the database grants {granted} connections and {wanted} are wanted \
         (database.connections): the threads share them"
    );
    Some(granted)
}

impl Parts {
    fn end(&self) {
        let until = Instant::now() + END_WITHIN;
        self.readers.end(until);
        self.writers.end(until);
        self.sessions.end(until);
        self.passphrases.end(until);
        self.looks.end(until);
        self.threads
            .wait(until.saturating_duration_since(Instant::now()));
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a read can do.
pub struct Reader<'c> {
    connection: &'c mut AnyConnection,
    vault: &'c Vault,
}

/// What a write can do: all that a read can, and change.
pub struct Tx<'c>(Reader<'c>);

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// A change's value together with the events that record it.
pub struct Traced<T> {
    value: T,
    events: Vec<Event>,
}

impl<T> Traced<T> {
    /// The value of a change and its event.
    #[must_use]
    pub fn new(value: T, event: Event) -> Self {
        Self {
            value,
            events: vec![event],
        }
    }

    /// And another event of the same change.
    #[must_use]
    pub fn and(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// And all these events of the same change.
    #[must_use]
    pub fn with(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }
}

/// A time as it is kept.
fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A kept time.
fn moment(table: &'static str, id: &str, micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::corrupt(table, id, "a time out of range"))
}

/// A kept time that may not be there.
fn maybe_moment(
    table: &'static str,
    id: &str,
    micros: Option<i64>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    micros.map(|micros| moment(table, id, micros)).transpose()
}

/// A statement that must change exactly one row.
fn one_row(table: &'static str, id: &str, changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            table,
            id,
            format!("{changed} rows changed where one should have"),
        ))
    }
}
