//! Everything that knows Diesel: one `Store`, one file a table group, migrations.
//!
//! Rows are encrypted and decrypted here, where a value becomes a row, so that nobody above ever
//! holds a ciphertext. A story looks through [`Store::read`], changes through [`Store::write`], which
//! returns only with an audit event, and counts through [`Store::tally`], which can touch nothing but
//! counters.

mod applications;
mod audit;
mod backup;
mod clients;
mod connection;
mod deliveries;
mod error;
mod gather;
mod holds;
mod inquiries;
mod keys;
mod lanes;
mod leases;
mod loans;
mod migrations;
mod outbox;
mod passphrases;
mod recorder;
mod rewrap;
pub(crate) mod schema;
mod seals;
mod sessions;
mod signals;
mod staff;
mod sync;
mod tallies;
mod vault;
mod verifications;
mod webhooks;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};

pub use self::{
    audit::{EventFilter, RecordedEvent},
    backup::{check_copy, copy_to},
    clients::{ClientRow, Lookup},
    connection::{AnyConnection, DatabaseUrl},
    deliveries::{Answer, DeliveryRow, DeliveryState},
    error::{StoreError, Taken},
    leases::{DEAD_AFTER, Lease, Sighting},
    loans::LoanRow,
    migrations::{MigrationState, migrate, pending, revert_all},
    passphrases::{NewPassphrase, PassphraseRow},
    rewrap::{Rewrapped, SEALED, SealedColumn},
    sessions::{SessionRow, SignedIn},
    staff::{BranchRow, NewStaff, StaffChange, StaffRow},
    sync::{ClientWrite, HeldClient, LoanWrite},
    tallies::{Attempt, IdempotencyClaim, Limited, Tally, Window},
    vault::Vault,
    webhooks::{EndpointChange, EndpointRow, NewEndpoint, NewSecret, SecretRow},
};
use self::{
    connection::Purpose,
    gather::Gatherer,
    lanes::{Lane, LaneSettings, Transaction},
    recorder::Recorder,
    sessions::HeldSession,
};
use crate::domain::{audit::Event, verification::Verification};

/// How the store is laid out.
#[derive(Clone)]
pub struct StoreSettings {
    /// where the database is
    pub url: DatabaseUrl,
    /// connections to PostgreSQL, or readers of SQLite
    pub connections: usize,
    /// how long a caller waits for the database
    pub patience: Duration,
    /// whether much is written at once, which is worth memory
    pub is_load: bool,
}

/// The longest queue before a lane; beyond it callers are refused at once.
const LONGEST_QUEUE: usize = 4_096;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    sessions: Gatherer<String, Option<HeldSession>>,
    inquiries: Gatherer<inquiries::Asked, inquiries::Found>,
    readers: Lane,
    writers: Lane,
    recorder: Recorder,
    vault: Arc<Vault>,
}

impl Store {
    /// Opens the database; migrations are another step.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where threads cannot be started.
    pub fn open(settings: &StoreSettings, vault: Vault) -> Result<Self, StoreError> {
        let (write_threads, transaction) = match settings.url {
            DatabaseUrl::Sqlite(_) => (1, Transaction::Grouped),
            DatabaseUrl::Postgres(_) => (settings.connections.div_ceil(2), Transaction::Own),
        };
        let read_threads = settings.connections.div_ceil(2);
        let lane = |name, threads, purpose, transaction| {
            let laid_out = LaneSettings {
                name,
                threads,
                purpose,
                transaction,
                queue: LONGEST_QUEUE,
                patience: settings.patience,
                chance: vault.chance.clone(),
            };
            Lane::start(&settings.url, &laid_out)
        };
        let purpose = if settings.is_load {
            Purpose::Load
        } else {
            Purpose::Write
        };
        let writers = lane("store-write", write_threads, purpose, transaction)?;
        Ok(Self {
            sessions: Gatherer::start(
                "store-sessions",
                &settings.url,
                settings.patience,
                sessions::look,
            )?,
            inquiries: Gatherer::start(
                "store-inquiries",
                &settings.url,
                settings.patience,
                inquiries::look,
            )?,
            readers: lane("store-read", read_threads, Purpose::Read, Transaction::None)?,
            recorder: match settings.url {
                DatabaseUrl::Sqlite(_) => Recorder::Writer(writers.clone()),
                DatabaseUrl::Postgres(_) => Recorder::start(
                    &settings.url,
                    LONGEST_QUEUE,
                    settings.patience,
                    vault.chance.clone(),
                )?,
            },
            writers,
            vault: Arc::new(vault),
        })
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
        let vault = Arc::clone(&self.vault);
        let work = move |connection: &mut AnyConnection| {
            look(&mut Reader {
                connection,
                vault: &vault,
            })
        };
        self.readers.run(work).await
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
        let held = self.sessions.ask(session_id.to_owned()).await?;
        Ok(held.and_then(|held| held.at(now)))
    }

    /// A specialist's own verification, and the open loans of its client, by due date, then ticket
    /// number. Whether they may be read under it is the verification's to say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_inquiry(
        &self,
        id: &str,
        staff_id: &str,
    ) -> Result<Option<(Verification, Vec<LoanRow>)>, StoreError> {
        let asked = (id.to_owned(), staff_id.to_owned());
        self.inquiries.ask(asked).await
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
        let vault = Arc::clone(&self.vault);
        let work = move |connection: &mut AnyConnection| {
            let mut tx = Tx(Reader {
                connection,
                vault: &vault,
            });
            let traced = work(&mut tx)?;
            for event in &traced.events {
                tx.insert_event(event)?;
                tx.tell(event)?;
            }
            Ok(traced.value)
        };
        self.writers.run(work).await
    }

    /// Records a look: an event with no change beside it. What was looked at is not to be told before
    /// this returns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.recorder.record(event).await
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
        let vault = Arc::clone(&self.vault);
        let work = move |connection: &mut AnyConnection| {
            work(&mut Tally {
                connection,
                vault: &vault,
            })
        };
        self.writers.run(work).await
    }

    /// Whether the database answers and takes writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.readers.run(AnyConnection::ping).await?;
        self.writers.run(AnyConnection::ping).await
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
