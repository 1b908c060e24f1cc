//! Lanes: threads that each own a connection and carry out what callers send.
//!
//! SQLite has one writer, which drains its queue into one transaction, each unit of work under its
//! own savepoint and looks together under one, and answers all after the one commit; and several
//! readers. PostgreSQL has several of either, and a lane of its own for looks. A caller waits no longer
//! than its patience; what nobody waits for any more is not begun, and what was begun is not kept.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{Connection as _, connection::TransactionManager};

use super::{
    connection::{AnyConnection, Purpose},
    connections::{Connection, Connections},
    error::StoreError,
    inquiries::{Asked, Found},
    looks::{is_look, record_looks},
    replies::{self, Answer, Reply, answered},
    threads::{Pulse, Threads, caught, group},
};
use crate::{domain::audit::Event, secrets::chance::Chance};

/// So much is committed together at the most, so that no caller waits for a long queue.
const GROUP: usize = 256;
/// A transaction that collides with another is tried so often.
const TRIES: u32 = 8;
/// A connection that lay idle for longer is asked whether it still lives before looks are trusted to it:
/// an insert that broke could not be repeated, since nobody knows whether it was committed. Under load
/// none lies idle that long.
const IDLE: Duration = Duration::from_millis(1);

pub(super) type Outcome<T> = Result<T, StoreError>;

/// How a unit is wrapped by its lane.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    None,
    Own,
    Grouped,
    /// none, for nothing but looks: those that wait are written by one statement
    Looks,
}

/// A piece of work in a lane's queue, its type forgotten.
pub(super) trait Unit: Send {
    /// What has to be looked up before it is known what is to be recorded.
    fn asks(&self) -> Option<&Asked> {
        None
    }
    /// Takes what was found for it.
    fn take(&mut self, _: Outcome<Found>) {}
    /// The event, where that is all there is to be written.
    fn look(&self) -> Option<&Event> {
        None
    }
    /// Whether nobody waits for it any more.
    fn is_withdrawn(&self) -> bool;
    /// Decides that what it did is kept; false where its caller has withdrawn.
    fn keep(&self) -> bool;
    /// Runs it and keeps its outcome; an `Err` rolls its changes back. A look is not run: it is recorded
    /// with the others of its group.
    fn run(&mut self, _: &mut AnyConnection) -> Result<(), Undo> {
        Ok(())
    }
    fn answer(self: Box<Self>, refused: Option<StoreError>);
}

/// Says that the unit's changes are not wanted; the outcome is kept in the unit.
pub(super) struct Undo {
    collided: bool,
    broken: bool,
    /// it broke while it was committed, and may have been
    in_doubt: bool,
}

impl Undo {
    /// What its caller has withdrawn.
    const WITHDRAWN: Self = Self {
        collided: false,
        broken: false,
        in_doubt: false,
    };

    /// Whatever the error is, the connection is not trusted after it.
    pub(super) fn broken_by(error: &StoreError) -> Self {
        Self {
            broken: true,
            ..Self::from(error)
        }
    }
}

impl From<&StoreError> for Undo {
    fn from(error: &StoreError) -> Self {
        Self {
            collided: matches!(error, StoreError::Collided),
            broken: matches!(error, StoreError::Unavailable(_)),
            in_doubt: false,
        }
    }
}

impl From<diesel::result::Error> for Undo {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(&StoreError::from(error))
    }
}

struct Work<F, T> {
    work: F,
    outcome: Option<Outcome<T>>,
    reply: Reply<T>,
}

impl<F, T> Unit for Work<F, T>
where
    F: FnMut(&mut AnyConnection) -> Outcome<T> + Send,
    T: Send,
{
    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn keep(&self) -> bool {
        self.reply.keep()
    }

    fn run(&mut self, connection: &mut AnyConnection) -> Result<(), Undo> {
        let outcome = caught(|| (self.work)(connection));
        let undo = outcome.as_ref().err().map(Undo::from);
        self.outcome = Some(outcome);
        undo.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        self.reply.send(committed(self.outcome, refused));
    }
}

/// What a unit's caller is told, by what came of the unit and of its commit.
pub(super) fn committed<T>(outcome: Option<Outcome<T>>, refused: Option<StoreError>) -> Outcome<T> {
    match (refused, outcome) {
        // What failed by itself has its own reason; only what succeeded depended on the commit.
        (_, Some(Err(own))) => Err(own),
        (Some(refused), _) => Err(refused),
        (None, Some(done)) => done,
        (None, None) => Err(StoreError::Unavailable("the work was not begun".to_owned())),
    }
}

/// A queue with its threads.
#[derive(Clone)]
pub(super) struct Lane {
    /// nothing is the end of one thread
    queue: flume::Sender<Option<Box<dyn Unit>>>,
    threads: usize,
}

/// How a lane is laid out.
pub(super) struct LaneSettings {
    pub name: &'static str,
    pub threads: usize,
    pub purpose: Purpose,
    pub transaction: Transaction,
    /// the longest queue
    pub queue: usize,
    /// for the ids of messages that looks tell
    pub chance: Chance,
}

impl Lane {
    pub(super) fn start(
        threads: &Threads,
        connections: &Arc<Connections>,
        settings: &LaneSettings,
    ) -> Result<Self, StoreError> {
        let (queue, units) = flume::bounded(settings.queue);
        for number in 0..settings.threads {
            let (connections, units) = (Arc::clone(connections), units.clone());
            let (purpose, transaction) = (settings.purpose, settings.transaction);
            let chance = settings.chance.clone();
            let life = move |pulse: &Arc<Pulse>| {
                let thread = LaneThread {
                    connections: Arc::clone(&connections),
                    pulse: Arc::clone(pulse),
                    purpose,
                    transaction,
                    chance: chance.clone(),
                    units: units.clone(),
                    connection: None,
                };
                thread.live();
            };
            threads.start(format!("{}-{number}", settings.name), life)?;
        }
        Ok(Self {
            queue,
            threads: settings.threads,
        })
    }

    /// Asks the threads to end, once what waits is done; a full queue is waited for no longer than this.
    pub(super) fn end(&self, until: Instant) {
        for _ in 0..self.threads {
            // A thread that is gone needs no asking, and one that hangs hears none.
            let _ended = self.queue.send_deadline(None, until);
        }
    }

    pub(super) async fn run<T, F>(&self, timeout: Duration, work: F) -> Outcome<T>
    where
        F: FnMut(&mut AnyConnection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = replies::channel();
        let unit = Work {
            work,
            outcome: None,
            reply,
        };
        self.send(timeout, Box::new(unit), answer).await
    }

    /// Sends a unit, and waits for its answer.
    pub(super) async fn send<T>(
        &self,
        timeout: Duration,
        unit: Box<dyn Unit>,
        answer: Answer<T>,
    ) -> Outcome<T> {
        self.queue
            .try_send(Some(unit))
            .map_err(|_| StoreError::Unavailable("the database's queue is full".to_owned()))?;
        answered(timeout, answer).await
    }
}

struct LaneThread {
    connections: Arc<Connections>,
    pulse: Arc<Pulse>,
    purpose: Purpose,
    transaction: Transaction,
    chance: Chance,
    units: flume::Receiver<Option<Box<dyn Unit>>>,
    connection: Option<Connection>,
}

impl LaneThread {
    fn live(mut self) {
        let at_most = match self.transaction {
            Transaction::None | Transaction::Own => 1,
            Transaction::Grouped | Transaction::Looks => GROUP,
        };
        while let Ok(Some(first)) = self.units.recv() {
            let (mut group, is_last) = group(first, &self.units, at_most);
            group.retain(|unit| !unit.is_withdrawn());
            if !group.is_empty() {
                self.pulse.beat();
                self.serve(group);
                if let Some(connection) = &mut self.connection {
                    connection.was_used();
                }
                self.connections.share(&mut self.connection);
                self.pulse.rest();
            }
            if is_last || self.pulse.is_given_up() {
                return;
            }
        }
    }

    fn serve(&mut self, mut group: Vec<Box<dyn Unit>>) {
        let refused = match self.attempt(&mut group) {
            Ok(()) => None,
            Err(error) => {
                if matches!(error, StoreError::Unavailable(_) | StoreError::InDoubt(_)) {
                    self.connection = None;
                }
                Some(error)
            }
        };
        for unit in group {
            unit.answer(refused.as_ref().map(StoreError::shared));
        }
    }

    /// Carries the group out. A connection that died while it lay idle is found when the
    /// transaction begins, before anything was done, and opened again once.
    fn attempt(&mut self, group: &mut [Box<dyn Unit>]) -> Result<(), StoreError> {
        let mut begun = self.begin();
        if matches!(begun, Err(StoreError::Unavailable(_))) && self.connection.take().is_some() {
            begun = self.begin();
        }
        begun?;
        let mut tries = 1;
        loop {
            let Some(connection) = self.connection.as_mut() else {
                return Err(StoreError::Unavailable("no connection".to_owned()));
            };
            match carry_out(connection, group, self.transaction, &self.chance) {
                Err(Undo { collided: true, .. }) if tries < TRIES => {
                    tries += 1;
                    self.begin()?;
                }
                // Looking twice does no harm; a change whose commit is in doubt is never repeated.
                Err(Undo { broken: true, .. }) if self.purpose == Purpose::Read && tries == 1 => {
                    tries += 1;
                    self.connection = None;
                    self.begin()?;
                }
                Err(Undo { in_doubt: true, .. }) => {
                    let why = "the connection broke".to_owned();
                    return Err(StoreError::InDoubt(why));
                }
                Err(Undo { broken: true, .. }) => {
                    self.connection = None;
                    return Err(StoreError::Unavailable("the connection broke".to_owned()));
                }
                Err(Undo { collided: true, .. }) => {
                    return Err(StoreError::Unavailable("too many collisions".to_owned()));
                }
                Err(_) | Ok(()) => return Ok(()),
            }
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.connection
            .take_if(|held| !self.connections.trusts(held));
        let connection = match &mut self.connection {
            Some(connection) => connection,
            absent => absent.insert(self.connections.take(self.purpose, &self.pulse)?),
        };
        match self.transaction {
            Transaction::None => {}
            Transaction::Own | Transaction::Grouped => connection.begin_write()?,
            Transaction::Looks if connection.idle_for() > IDLE => connection.ping()?,
            Transaction::Looks => {}
        }
        Ok(())
    }
}

fn carry_out(
    connection: &mut AnyConnection,
    group: &mut [Box<dyn Unit>],
    transaction: Transaction,
    chance: &Chance,
) -> Result<(), Undo> {
    match transaction {
        Transaction::None => group
            .iter_mut()
            .try_for_each(|unit| wanted(unit, connection)),
        Transaction::Own => {
            let done = group
                .iter_mut()
                .try_for_each(|unit| wanted(unit, connection));
            finish(connection, done)
        }
        Transaction::Grouped => {
            let mut broken = if group.iter().any(is_look) {
                // A savepoint for each would cost more than its insert. They fail together too.
                connection.transaction(|connection| record_looks(connection, chance, group))
            } else {
                Ok(())
            };
            for unit in group.iter_mut().filter(|unit| !is_look(unit)) {
                if broken.is_err() {
                    break;
                }
                let done = connection.transaction(|connection| wanted(unit, connection));
                if let Err(undo @ Undo { broken: true, .. }) = done {
                    broken = Err(undo);
                }
            }
            finish(connection, broken)
        }
        Transaction::Looks => record_looks(connection, chance, group),
    }
}

/// Runs a unit whose caller still waits. Whoever lost patience meanwhile was told that nothing was done,
/// and so it has to be: also where that was while the unit waited for a row that another held.
fn wanted(unit: &mut Box<dyn Unit>, connection: &mut AnyConnection) -> Result<(), Undo> {
    if unit.is_withdrawn() {
        return Ok(());
    }
    unit.run(connection)?;
    if unit.keep() {
        Ok(())
    } else {
        Err(Undo::WITHDRAWN)
    }
}

fn finish(connection: &mut AnyConnection, done: Result<(), Undo>) -> Result<(), Undo> {
    match done {
        Ok(()) => <AnyConnection as diesel::Connection>::TransactionManager::commit_transaction(
            connection,
        )
        .map_err(|error| {
            // A commit that failed leaves a transaction behind in SQLite; it must not be joined.
            let _already_gone =
                <AnyConnection as diesel::Connection>::TransactionManager::rollback_transaction(
                    connection,
                );
            let Undo { collided, .. } = error.into();
            Undo {
                collided,
                broken: !collided,
                in_doubt: !collided,
            }
        }),
        Err(undo) => {
            let rolled_back =
                <AnyConnection as diesel::Connection>::TransactionManager::rollback_transaction(
                    connection,
                );
            Err(Undo {
                broken: undo.broken || rolled_back.is_err(),
                ..undo
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{atomic::AtomicU64, mpsc};

    use super::*;
    use crate::store::DatabaseUrl;

    #[test]
    fn every_thread_of_a_lane_that_groups_finds_its_own_end() {
        let (sender, ended) = mpsc::channel();
        std::thread::spawn(move || {
            for _ in 0..500 {
                let threads = Threads::default();
                let settings = LaneSettings {
                    name: "lane",
                    threads: 2,
                    purpose: Purpose::Write,
                    transaction: Transaction::Looks,
                    queue: 8,
                    chance: Chance::seeded(1),
                };
                let url = DatabaseUrl::Sqlite("never opened".to_owned());
                let times = Arc::new(AtomicU64::new(0));
                let connections = Connections::new(&url, Duration::from_secs(1), None, times);
                let lane = Lane::start(&threads, &Arc::new(connections), &settings);
                lane.expect("threads are to be had")
                    .end(Instant::now() + Duration::from_secs(60));
                threads.wait(Duration::from_secs(60));
            }
            sender.send(()).expect("the test waits");
        });
        let all = ended.recv_timeout(Duration::from_secs(60));
        all.expect("a thread took the end of another, which waits for ever");
    }
}
