//! Connections as the lanes' threads take them. Each thread keeps its own, as long as the database grants
//! as many as there are threads; where it grants fewer, those that there are go from hand to hand.

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
    connection::{AnyConnection, DatabaseUrl, Purpose, establish, open, set_up},
    error::StoreError,
    threads::Pulse,
};

/// Whoever waits for a connection tells so often that it does not hang.
const PATIENT: Duration = Duration::from_millis(200);
/// A server has let go of a connection that was closed after so long.
const FREED_WITHIN: Duration = Duration::from_secs(5);
/// After so long it is looked whether the database grants one more.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The connections to one database.
pub(super) struct Connections {
    url: DatabaseUrl,
    patience: Duration,
    /// how often a thread was given up: what was opened before is silent, perhaps, and not trusted
    times_given_up: Arc<AtomicU64>,
    purse: Arc<Purse>,
}

#[derive(Default)]
struct Purse {
    held: Mutex<Held>,
    given_back: Condvar,
}

#[derive(Default)]
struct Held {
    /// those that were opened since a thread was last given up: of the others nobody knows when they end
    open: usize,
    opened_after: u64,
    /// none where each thread may have its own
    most: Option<usize>,
    try_again_at: Option<Instant>,
    idle: Vec<Connection>,
}

/// A connection, which is counted as long as it lives.
pub(super) struct Connection {
    connection: AnyConnection,
    place: Place,
    last_used: Instant,
}

impl Connection {
    /// It was used until now.
    pub(super) fn was_used(&mut self) {
        self.last_used = Instant::now();
    }

    /// How long it has lain idle, in whosever hands.
    pub(super) fn idle_for(&self) -> Duration {
        self.last_used.elapsed()
    }
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

/// One of those that are open.
struct Place {
    purse: Arc<Purse>,
    opened_after: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.purse.lock();
        if held.opened_after == self.opened_after {
            held.open -= 1;
        }
        self.purse.given_back.notify_one();
    }
}

impl Purse {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// `most` is how many the database is known to grant.
    pub(super) fn new(
        url: &DatabaseUrl,
        patience: Duration,
        most: Option<usize>,
        times_given_up: Arc<AtomicU64>,
    ) -> Self {
        let purse = Purse::default();
        purse.lock().most = most;
        Self {
            url: url.clone(),
            patience,
            times_given_up,
            purse: Arc::new(purse),
        }
    }

    /// A connection: one that lies idle, or a new one, or the next that is given back.
    pub(super) fn take(
        &self,
        purpose: Purpose,
        pulse: &Arc<Pulse>,
    ) -> Result<Connection, StoreError> {
        let until = Instant::now() + self.patience;
        let mut held = self.purse.lock();
        loop {
            pulse.beat();
            held.count_from(self.times_given_up.load(Ordering::Acquire));
            if let Some(mut idle) = held.idle.pop() {
                if !self.trusts(&idle) {
                    drop(held);
                    drop(idle);
                    held = self.purse.lock();
                    continue;
                }
                listen(&mut idle, pulse);
                return Ok(idle);
            }
            if held.most.is_none_or(|most| held.open < most) || held.may_try_again() {
                let place = Place {
                    purse: Arc::clone(&self.purse),
                    opened_after: held.opened_after,
                };
                held.open += 1;
                drop(held);
                match self.open(purpose, pulse, place) {
                    Err(error) if is_full(&error) => {
                        held = self.purse.lock();
                        // With none of one's own there may be one that was closed and still counts.
                        if !held.make_do() && Instant::now() >= until {
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
            let waited = self.purse.given_back.wait_timeout(held, PATIENT);
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn open(
        &self,
        purpose: Purpose,
        pulse: &Arc<Pulse>,
        place: Place,
    ) -> Result<Connection, StoreError> {
        // Several hosts and addresses may be tried one after the other, of which nothing is heard here,
        // and each is bounded by the client's library.
        pulse.rest();
        let established = establish(&self.url, self.patience);
        pulse.beat();
        let mut connection = established?;
        listen(&mut connection, pulse);
        set_up(&mut connection, purpose, self.patience)?;
        Ok(Connection {
            connection,
            place,
            last_used: Instant::now(),
        })
    }

    /// Whether no thread was given up since it was opened. Where one was, the others' connections went the
    /// same way through the same network, and what lies idle would be found silent one by one.
    pub(super) fn trusts(&self, connection: &Connection) -> bool {
        connection.place.opened_after == self.times_given_up.load(Ordering::Acquire)
    }

    /// Gives a connection to the others where there are too few.
    pub(super) fn share(&self, connection: &mut Option<Connection>) {
        let mut held = self.purse.lock();
        if held.most.is_some()
            && let Some(connection) = connection.take()
        {
            held.idle.push(connection);
            self.purse.given_back.notify_one();
        }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // Each holds the purse that it lies in.
        let idle = std::mem::take(&mut self.purse.lock().idle);
        drop(idle);
    }
}

impl Held {
    fn count_from(&mut self, times_given_up: u64) {
        if self.opened_after != times_given_up {
            self.opened_after = times_given_up;
            self.open = 0;
        }
    }

    /// Gets along with what is open; says whether there is anything.
    fn make_do(&mut self) -> bool {
        if self.open == 0 {
            return false;
        }
        if self.most.is_none() {
            tracing::warn!(
                "the database grants {} connections, fewer than there are threads: they share them",
                self.open
            );
        }
        self.most = Some(self.open);
        self.try_again_at = Some(Instant::now() + TRY_AGAIN);
        true
    }

    fn may_try_again(&mut self) -> bool {
        let is_due = self.try_again_at.is_some_and(|at| Instant::now() >= at);
        if is_due {
            self.try_again_at = Some(Instant::now() + TRY_AGAIN);
            self.most = self.most.map(|most| most + 1);
        }
        is_due
    }
}

/// Every statement that is begun or ended on a connection to PostgreSQL is heard of. One of SQLite's may
/// take as long as there is to read.
fn listen(connection: &mut AnyConnection, pulse: &Arc<Pulse>) {
    if let AnyConnection::Postgres(postgres) = connection {
        let pulse = Arc::clone(pulse);
        let beat = move |_: InstrumentationEvent<'_>| pulse.beat();
        diesel::Connection::set_instrumentation(postgres, beat);
    }
}

/// A connection of its own for what is done before there are any others. One that was closed a moment ago
/// may still count where there are few.
pub(super) fn open_alone(
    url: &DatabaseUrl,
    patience: Duration,
) -> Result<AnyConnection, StoreError> {
    let until = Instant::now() + patience.min(FREED_WITHIN);
    loop {
        match open(url, Purpose::Write, patience) {
            Err(error) if is_full(&error) && Instant::now() < until => thread::sleep(PATIENT),
            opened => return opened,
        }
    }
}

/// PostgreSQL's words, and PgBouncer's, for too many connections: of a role, of a database, of a server.
pub(super) fn is_full(error: &StoreError) -> bool {
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

    fn connections(most: Option<usize>) -> (tempfile::TempDir, Connections) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shared.sqlite").display().to_string();
        let url = DatabaseUrl::Sqlite(path);
        let times = Arc::new(AtomicU64::new(0));
        let connections = Connections::new(&url, Duration::from_secs(60), most, times);
        (folder, connections)
    }

    #[test]
    fn two_connections_serve_four_threads() {
        let (_folder, connections) = connections(Some(2));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let pulse = Arc::new(Pulse::new());
                    for _ in 0..20 {
                        let taken = connections.take(Purpose::Read, &pulse);
                        let mut taken = Some(taken.expect("its turn comes"));
                        connections.share(&mut taken);
                        assert!(taken.is_none(), "it is not kept");
                    }
                });
            }
        });
        assert!(connections.purse.lock().open <= 2);
    }

    #[test]
    fn what_was_opened_before_a_thread_was_given_up_is_not_handed_out_again() {
        let (_folder, connections) = connections(Some(1));
        let pulse = Arc::new(Pulse::new());
        let mut first = connections.take(Purpose::Read, &pulse).ok();
        assert!(
            first
                .as_ref()
                .is_some_and(|first| connections.trusts(first))
        );
        connections.times_given_up.fetch_add(1, Ordering::Release);
        assert!(
            !first
                .as_ref()
                .is_some_and(|first| connections.trusts(first))
        );
        connections.share(&mut first);
        let second = connections
            .take(Purpose::Read, &pulse)
            .expect("there is room");
        assert!(connections.trusts(&second));
        assert_eq!(connections.purse.lock().open, 1);
    }

    #[test]
    fn how_long_a_connection_lay_idle_goes_with_it_from_hand_to_hand() {
        let (_folder, connections) = connections(Some(1));
        let pulse = Arc::new(Pulse::new());
        let mut first = connections.take(Purpose::Read, &pulse).ok();
        connections.share(&mut first);
        let shared = Instant::now();
        while shared.elapsed() < Duration::from_millis(2) {
            thread::yield_now();
        }
        let other = Arc::new(Pulse::new());
        let mut second = connections
            .take(Purpose::Read, &other)
            .expect("it is shared");
        assert!(second.idle_for() >= Duration::from_millis(2));
        second.was_used();
        assert!(second.last_used > shared);
    }

    #[test]
    fn each_keeps_its_own_where_there_are_enough() {
        let (_folder, connections) = connections(None);
        let pulse = Arc::new(Pulse::new());
        let mut own = connections.take(Purpose::Read, &pulse).ok();
        connections.share(&mut own);
        assert!(own.is_some());
    }
}
