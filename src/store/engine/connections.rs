//! Which connection a worker gets. Each keeps its own, as long as the database grants as many as there are
//! workers; where it grants fewer, the workers share what there is.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::connection::InstrumentationEvent;

use super::{
    connection::{AnyConnection, ConnectionPurpose, establish, open, set_up},
    supervisor::Heartbeat,
};
use crate::store::{error::StoreError, url::DatabaseUrl};

/// How often a worker that waits for a connection shows that it is not stuck.
const WAIT_STEP: Duration = Duration::from_millis(200);
/// How long a server may still count a connection that was closed.
const FREED_WITHIN: Duration = Duration::from_secs(5);
/// How often a limit that was found is raised by one, to see whether it still holds.
const RAISE_LIMIT_EVERY: Duration = Duration::from_secs(60);

/// The connections to one database.
pub(crate) struct Connections {
    url: DatabaseUrl,
    timeout: Duration,
    /// how often a worker was replaced: connections that were opened before may be silent too
    replacements: Arc<AtomicU64>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    /// how many are open of those opened since a worker was last replaced: when the others end is unknown
    open: usize,
    generation: u64,
    /// `None` where each worker may have its own
    limit: Option<usize>,
    raise_at: Option<Instant>,
    idle: Vec<Connection>,
}

/// A connection, counted as long as it is open.
pub(crate) struct Connection {
    connection: AnyConnection,
    count: Count,
}

impl Deref for Connection {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

/// Counts one open connection until it is dropped.
struct Count {
    shared: Arc<Shared>,
    /// how many workers had been replaced when it was opened
    generation: u64,
}

impl Drop for Count {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.generation == self.generation {
            state.open -= 1;
        }
        self.shared.released.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// `limit` is how many the database is known to grant.
    pub(super) fn new(
        url: &DatabaseUrl,
        timeout: Duration,
        limit: Option<usize>,
        replacements: Arc<AtomicU64>,
    ) -> Self {
        let shared = Shared::default();
        shared.lock().limit = limit;
        Self {
            url: url.clone(),
            timeout,
            replacements,
            shared: Arc::new(shared),
        }
    }

    /// A connection: an idle one, or a new one, or the next that is released.
    pub(super) fn acquire(
        &self,
        purpose: ConnectionPurpose,
        heartbeat: &Arc<Heartbeat>,
    ) -> Result<Connection, StoreError> {
        let until = Instant::now() + self.timeout;
        let mut state = self.shared.lock();
        loop {
            heartbeat.beat();
            state.count_from(self.replacements.load(Ordering::Acquire));
            if let Some(mut idle) = state.idle.pop() {
                if !self.is_trusted(&idle) {
                    drop(state);
                    drop(idle);
                    state = self.shared.lock();
                    continue;
                }
                watch(&mut idle, heartbeat);
                return Ok(idle);
            }
            if state.limit.is_none_or(|limit| state.open < limit) || state.is_raised() {
                let count = Count {
                    shared: Arc::clone(&self.shared),
                    generation: state.generation,
                };
                state.open += 1;
                drop(state);
                match self.open(purpose, heartbeat, count) {
                    Err(error) if is_full(&error) => {
                        state = self.shared.lock();
                        // With none open yet, the server may still count one that was closed.
                        if !state.limit_to_open() && Instant::now() >= until {
                            return Err(error);
                        }
                    }
                    opened => return opened,
                }
            }
            if Instant::now() >= until {
                return Err(StoreError::Unavailable(
                    "every connection that the database grants is in use".to_owned(),
                ));
            }
            let waited = self.shared.released.wait_timeout(state, WAIT_STEP);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn open(
        &self,
        purpose: ConnectionPurpose,
        heartbeat: &Arc<Heartbeat>,
        count: Count,
    ) -> Result<Connection, StoreError> {
        // The client's library tries one host and address after the other and bounds each by itself.
        heartbeat.pause();
        let established = establish(&self.url, self.timeout);
        heartbeat.beat();
        let mut connection = established?;
        watch(&mut connection, heartbeat);
        set_up(&mut connection, purpose, self.timeout)?;
        Ok(Connection { connection, count })
    }

    /// Whether no worker was replaced since it was opened. Where one was, the others' connections went the
    /// same way through the same network, and would be found silent one by one.
    pub(super) fn is_trusted(&self, connection: &Connection) -> bool {
        connection.count.generation == self.replacements.load(Ordering::Acquire)
    }

    /// Gives a connection to the other workers where there are too few.
    pub(super) fn release(&self, connection: &mut Option<Connection>) {
        let mut state = self.shared.lock();
        if state.limit.is_some()
            && let Some(connection) = connection.take()
        {
            state.idle.push(connection);
            self.shared.released.notify_one();
        }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // Each has a reference to the state that it is in.
        let idle = std::mem::take(&mut self.shared.lock().idle);
        drop(idle);
    }
}

impl State {
    fn count_from(&mut self, generation: u64) {
        if self.generation != generation {
            self.generation = generation;
            self.open = 0;
        }
    }

    /// Limits the connections to those that are open; `false` where there are none.
    fn limit_to_open(&mut self) -> bool {
        if self.open == 0 {
            return false;
        }
        if self.limit.is_none() {
            tracing::warn!(
                "the database grants {} connections, fewer than there are workers: they share them",
                self.open
            );
        }
        self.limit = Some(self.open);
        self.raise_at = Some(Instant::now() + RAISE_LIMIT_EVERY);
        true
    }

    fn is_raised(&mut self) -> bool {
        let is_due = self.raise_at.is_some_and(|at| Instant::now() >= at);
        if is_due {
            self.raise_at = Some(Instant::now() + RAISE_LIMIT_EVERY);
            self.limit = self.limit.map(|limit| limit + 1);
        }
        is_due
    }
}

/// Every statement that begins or ends on a connection to PostgreSQL is a heartbeat. One of SQLite's may
/// take as long as there is to read.
fn watch(connection: &mut AnyConnection, heartbeat: &Arc<Heartbeat>) {
    if let AnyConnection::Postgres(postgres) = connection {
        let heartbeat = Arc::clone(heartbeat);
        let beat = move |_: InstrumentationEvent<'_>| heartbeat.beat();
        diesel::Connection::set_instrumentation(postgres, beat);
    }
}

/// A connection for what is done before there are workers. Where few are granted, the server may still
/// count one that was closed a moment ago.
pub(crate) fn open_alone(
    url: &DatabaseUrl,
    timeout: Duration,
) -> Result<AnyConnection, StoreError> {
    let until = Instant::now() + timeout.min(FREED_WITHIN);
    loop {
        match open(url, ConnectionPurpose::Write, timeout) {
            Err(error) if is_full(&error) && Instant::now() < until => thread::sleep(WAIT_STEP),
            opened => return opened,
        }
    }
}

/// Whether PostgreSQL or PgBouncer says that there are too many connections: of a role, a database or a
/// server.
pub(crate) fn is_full(error: &StoreError) -> bool {
    const FULL: [&str; 4] = [
        "too many connections",
        "too many clients",
        "remaining connection slots",
        "no more connections allowed",
    ];
    let StoreError::Unavailable(why) = error else {
        return false;
    };
    FULL.iter().any(|sign| why.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(limit: Option<usize>) -> (tempfile::TempDir, Connections) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shared.sqlite").display().to_string();
        let url = DatabaseUrl::Sqlite(path);
        let replacements = Arc::new(AtomicU64::new(0));
        let connections = Connections::new(&url, Duration::from_secs(60), limit, replacements);
        (folder, connections)
    }

    #[test]
    fn two_connections_serve_four_workers() {
        let (_folder, connections) = connections(Some(2));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let heartbeat = Arc::new(Heartbeat::new());
                    for _ in 0..20 {
                        let taken = connections.acquire(ConnectionPurpose::Read, &heartbeat);
                        let mut taken = Some(taken.expect("its turn comes"));
                        connections.release(&mut taken);
                        assert!(taken.is_none(), "it is released");
                    }
                });
            }
        });
        assert!(connections.shared.lock().open <= 2);
    }

    #[test]
    fn a_connection_that_was_opened_before_a_worker_was_replaced_is_not_used_again() {
        let (_folder, connections) = connections(Some(1));
        let heartbeat = Arc::new(Heartbeat::new());
        let mut first = connections
            .acquire(ConnectionPurpose::Read, &heartbeat)
            .ok();
        assert!(
            first
                .as_ref()
                .is_some_and(|first| connections.is_trusted(first))
        );
        connections.replacements.fetch_add(1, Ordering::Release);
        assert!(
            !first
                .as_ref()
                .is_some_and(|first| connections.is_trusted(first))
        );
        connections.release(&mut first);
        let second = connections
            .acquire(ConnectionPurpose::Read, &heartbeat)
            .expect("there is room");
        assert!(connections.is_trusted(&second));
        assert_eq!(connections.shared.lock().open, 1);
    }

    #[test]
    fn each_worker_keeps_its_own_where_there_are_enough() {
        let (_folder, connections) = connections(None);
        let heartbeat = Arc::new(Heartbeat::new());
        let mut own = connections
            .acquire(ConnectionPurpose::Read, &heartbeat)
            .ok();
        connections.release(&mut own);
        assert!(own.is_some());
    }
}
