//! What a store consists of, and how it is set up for either database.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{
    audited::{Audited, record_together},
    engine::{
        Engine,
        batch::{Batcher, Workers},
        connection::ConnectionPurpose,
        work::{self, Unit},
        write::{self, Write},
    },
    error::StoreError,
    event_counts::EventCounts,
    lookups::Lookups,
    passphrases::{self, ClientPassphrase},
    sessions::{self, StoredSession},
    url::DatabaseUrl,
    vault::Vault,
};

/// How the store is set up.
#[derive(Clone)]
pub struct StoreSettings {
    /// where the database is
    pub url: DatabaseUrl,
    /// connections to PostgreSQL; half as many readers of SQLite, but no more than two beyond the cores
    pub connections: usize,
    /// how long a caller waits for the database
    pub timeout: Duration,
    /// how many connections the database grants, where that is known
    pub granted: Option<usize>,
    /// whether much is written at once, which is worth memory
    pub is_load: bool,
}

/// Maximum number of writes of one commit, so that no caller waits for a long queue.
const MAX_BATCH: usize = 256;
/// PostgreSQL's workers for audited reads: while one waits for its commit, the other reads.
const AUDITED_WORKERS: usize = 2;
/// Connections to PostgreSQL beside those of the settings: for audited reads, sessions and passphrases.
const MORE_CONNECTIONS: usize = AUDITED_WORKERS + 2;
/// Threads that have not ended by then do not delay the end of the process.
const END_WITHIN: Duration = Duration::from_secs(2);

type Writers = Batcher<Write<Box<dyn Audited>>>;

/// The queues of one database and their workers.
pub(super) struct Parts {
    pub(super) sessions: Lookups<Option<StoredSession>>,
    pub(super) passphrases: Lookups<ClientPassphrase>,
    pub(super) readers: Batcher<Box<dyn Unit>>,
    pub(super) writers: Writers,
    /// where audited reads are recorded
    pub(super) audited: Writers,
    /// what was committed
    pub(super) events: EventCounts,
    engine: Engine,
    pub(super) vault: Arc<Vault>,
}

/// How many connections the database grants, where those are fewer than there are workers.
fn too_few(settings: &StoreSettings) -> Option<usize> {
    let workers = 2 * settings.connections.div_ceil(2) + MORE_CONNECTIONS;
    let granted = settings.granted.filter(|granted| *granted < workers)?;
    tracing::warn!(
        "the database grants {granted} connections and {workers} are needed \
         (database.connections): the workers share them"
    );
    Some(granted)
}

impl Parts {
    /// Starts the workers.
    pub(super) fn start(settings: &StoreSettings, vault: Vault) -> Result<Self, StoreError> {
        let engine = Engine::start(&settings.url, settings.timeout, too_few(settings))?;
        let half = settings.connections.div_ceil(2);
        let purpose = if settings.is_load {
            ConnectionPurpose::Load
        } else {
            ConnectionPurpose::Write
        };
        let writers = |name, count, max_batch| {
            let workers = Workers {
                name,
                count,
                purpose,
                max_batch,
            };
            let rng = vault.rng.clone();
            Batcher::start(&engine, &workers, move |connection, batch| {
                write::write(connection, batch, |connection, reads| {
                    record_together(connection, &rng, reads)
                })
            })
        };
        let (readers, writers, audited) = match settings.url {
            DatabaseUrl::Sqlite(_) => {
                let writers: Writers = writers("store-write", 1, MAX_BATCH)?;
                // More would read no sooner, and each has a page cache; but a long read of the audit must
                // leave some to others.
                let most = 2 + thread::available_parallelism().map_or(2, usize::from);
                (half.min(most), writers.clone(), writers)
            }
            // A write may wait for a row that another transaction holds: each is committed alone. Audited
            // reads wait for nobody, and share commits that they would pay for one by one among the writes.
            DatabaseUrl::Postgres(_) => (
                half,
                writers("store-write", half, 1)?,
                writers("store-audited", AUDITED_WORKERS, MAX_BATCH)?,
            ),
        };
        let readers = Workers {
            name: "store-read",
            count: readers,
            purpose: ConnectionPurpose::Read,
            max_batch: 1,
        };
        Ok(Self {
            sessions: Lookups::start(&engine, "store-sessions", sessions::find)?,
            passphrases: Lookups::start(&engine, "store-phrases", passphrases::find)?,
            readers: Batcher::start(&engine, &readers, work::read)?,
            writers,
            audited,
            events: EventCounts::default(),
            engine,
            vault: Arc::new(vault),
        })
    }

    /// Ends the workers, once what waits is done.
    pub(super) fn end(&self) {
        let until = Instant::now() + END_WITHIN;
        self.readers.end(until);
        self.writers.end(until);
        self.audited.end(until);
        self.sessions.end(until);
        self.passphrases.end(until);
        self.engine.wait(until);
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.end();
    }
}
