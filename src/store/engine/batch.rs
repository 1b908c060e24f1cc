//! A queue whose waiting items are handled together, by worker threads with a connection each.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Engine,
    connection::{AnyConnection, ConnectionPurpose},
    connections::{Connection, Connections},
    reply::Answer,
    supervisor::Heartbeat,
};
use crate::store::error::{Outcome, StoreError};

/// The longest queue; beyond it callers are refused at once.
const MAX_QUEUE: usize = 4_096;
/// Tries of a transaction that collides with others.
const MAX_TRIES: u32 = 8;

/// What waits in a queue.
pub(crate) trait Item: Send + 'static {
    /// Whether its caller has withdrawn it.
    fn is_withdrawn(&self) -> bool;
    /// Answers its caller: with `failure`, where the batch failed, unless the item has an error of its own.
    fn answer(self, failure: Option<StoreError>);
}

/// Why a batch was not handled.
pub(crate) enum Failure {
    /// Nothing was changed, and the connection may be the cause: it is tried once more on a new one.
    Retry(StoreError),
    /// It was in conflict with another transaction and rolled back: it is tried again.
    Collided,
    /// It is not tried again.
    Final(StoreError),
}

/// Runs work, and turns its panic into an error: the thread lives on for others.
pub(crate) fn catch_panic<T, E>(
    work: impl FnOnce() -> Result<T, E>,
    panicked: impl FnOnce(StoreError) -> E,
) -> Result<T, E> {
    // The panic hook has written the message and the place.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked(StoreError::Panicked)))
}

/// How the workers of a queue are set up.
pub(crate) struct Workers {
    /// the threads' name
    pub(crate) name: &'static str,
    /// how many
    pub(crate) count: usize,
    /// what their connections are for
    pub(crate) purpose: ConnectionPurpose,
    /// the largest batch
    pub(crate) max_batch: usize,
}

/// A queue with its workers.
pub(crate) struct Batcher<I> {
    /// `None` ends one worker
    queue: flume::Sender<Option<I>>,
    workers: usize,
}

impl<I> Clone for Batcher<I> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            workers: self.workers,
        }
    }
}

impl<I: Item> Batcher<I> {
    /// Starts workers that handle batches with `handle`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where a thread cannot be started.
    pub(crate) fn start<H>(
        engine: &Engine,
        workers: &Workers,
        handle: H,
    ) -> Result<Self, StoreError>
    where
        H: Fn(&mut AnyConnection, &mut [I]) -> Result<(), Failure> + Send + Sync + 'static,
    {
        let (queue, items) = flume::bounded(MAX_QUEUE);
        let handle = Arc::new(handle);
        for number in 0..workers.count {
            let connections = Arc::clone(&engine.connections);
            let (items, handle) = (items.clone(), Arc::clone(&handle));
            let (purpose, max_batch) = (workers.purpose, workers.max_batch);
            let run = move |heartbeat: &Arc<Heartbeat>| {
                let worker = Worker {
                    connections: &connections,
                    heartbeat,
                    items: &items,
                    handle: &*handle,
                    purpose,
                    max_batch,
                    connection: None,
                };
                worker.run();
            };
            let name = format!("{}-{number}", workers.name);
            engine.supervisor.start(name, run)?;
        }
        Ok(Self {
            queue,
            workers: workers.count,
        })
    }

    /// Sends an item, and waits for its answer for as long as its caller does.
    ///
    /// # Errors
    /// What the work says; [`StoreError::Unavailable`] where nothing was done; [`StoreError::InDoubt`].
    pub(crate) async fn send<T>(
        &self,
        timeout: Duration,
        item: I,
        answer: Answer<T>,
    ) -> Outcome<T> {
        self.queue
            .try_send(Some(item))
            .map_err(|_| StoreError::Unavailable("the database's queue is full".to_owned()))?;
        answer.within(timeout).await
    }

    /// How many items wait for a worker.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Asks the workers to end once the queue is empty; a full queue is waited for until `until`.
    pub(crate) fn end(&self, until: Instant) {
        for _ in 0..self.workers {
            // A worker that is gone needs no asking, and one whose connection is silent is replaced.
            let _ended = self.queue.send_deadline(None, until);
        }
    }
}

struct Worker<'w, I, H> {
    connections: &'w Connections,
    heartbeat: &'w Arc<Heartbeat>,
    items: &'w flume::Receiver<Option<I>>,
    handle: &'w H,
    purpose: ConnectionPurpose,
    max_batch: usize,
    connection: Option<Connection>,
}

impl<I, H> Worker<'_, I, H>
where
    I: Item,
    H: Fn(&mut AnyConnection, &mut [I]) -> Result<(), Failure>,
{
    fn run(mut self) {
        while let Ok(Some(first)) = self.items.recv() {
            let (mut batch, is_end) = self.take_waiting(first);
            batch.retain(|item| !item.is_withdrawn());
            if !batch.is_empty() {
                self.heartbeat.beat();
                let failure = self.handle(&mut batch).err();
                for item in batch {
                    item.answer(failure.as_ref().map(StoreError::shared));
                }
                self.connections.release(&mut self.connection);
                self.heartbeat.pause();
            }
            if is_end || self.heartbeat.is_replaced() {
                return;
            }
        }
    }

    /// Takes what waits behind the first item, and says whether the end was reached. An end behind it is
    /// another worker's.
    fn take_waiting(&self, first: I) -> (Vec<I>, bool) {
        let mut batch = vec![first];
        for item in self.items.try_iter().take(self.max_batch - 1) {
            match item {
                Some(item) => batch.push(item),
                None => return (batch, true),
            }
        }
        (batch, false)
    }

    fn handle(&mut self, batch: &mut [I]) -> Result<(), StoreError> {
        let (mut tries, mut was_retried) = (1, false);
        loop {
            let handle = self.handle;
            let connection = self.connection()?;
            match catch_panic(|| handle(connection, batch), Failure::Final) {
                Ok(()) => return Ok(()),
                Err(Failure::Collided) if tries < MAX_TRIES => tries += 1,
                Err(Failure::Collided) => {
                    let why = "too many collisions with other transactions".to_owned();
                    return Err(StoreError::Unavailable(why));
                }
                Err(Failure::Retry(_)) if !was_retried => {
                    self.connection = None;
                    was_retried = true;
                }
                Err(Failure::Retry(error) | Failure::Final(error)) => {
                    self.connection = None;
                    return Err(error);
                }
            }
        }
    }

    /// The worker's connection, or another where there is none that can be trusted.
    fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        self.connection
            .take_if(|connection| !self.connections.is_trusted(connection));
        match &mut self.connection {
            Some(connection) => Ok(connection),
            absent => {
                let acquired = self.connections.acquire(self.purpose, self.heartbeat)?;
                Ok(absent.insert(acquired))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::store::{
        engine::reply::{Reply, channel},
        url::DatabaseUrl,
    };

    const LONG: Duration = Duration::from_secs(60);

    /// Counts how often it was handled.
    struct Counted {
        times: u32,
        reply: Reply<u32>,
    }

    impl Item for Counted {
        fn is_withdrawn(&self) -> bool {
            self.reply.is_withdrawn()
        }

        fn answer(self, failure: Option<StoreError>) {
            self.reply.send(failure.map_or(Ok(self.times), Err));
        }
    }

    /// What comes of one item where batches are handled so.
    fn outcome_of(
        handle: impl Fn(&mut [Counted]) -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Outcome<u32> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("batch.sqlite").display().to_string());
        let engine = Engine::start(&url, LONG, None).expect("it starts");
        let workers = Workers {
            name: "counted",
            count: 1,
            purpose: ConnectionPurpose::Read,
            max_batch: 8,
        };
        let batcher = Batcher::start(&engine, &workers, move |_, batch: &mut [Counted]| {
            for item in batch.iter_mut() {
                item.times += 1;
            }
            handle(batch)
        });
        let batcher = batcher.expect("threads are to be had");
        let (reply, answer) = channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime is made");
        let outcome = runtime.block_on(batcher.send(LONG, Counted { times: 0, reply }, answer));
        batcher.end(Instant::now() + LONG);
        engine.wait(Instant::now() + LONG);
        outcome
    }

    #[test]
    fn a_batch_is_tried_again_by_the_kind_of_its_failure() {
        let away = || StoreError::Unavailable("away".to_owned());
        let collided_twice = |batch: &mut [Counted]| match batch[0].times {
            3 => Ok(()),
            _ => Err(Failure::Collided),
        };
        assert!(matches!(outcome_of(collided_twice), Ok(3)));
        let always_collides = |_: &mut [Counted]| Err(Failure::Collided);
        let outcome = outcome_of(always_collides);
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))));
        let died_while_idle = move |batch: &mut [Counted]| match batch[0].times {
            2 => Ok(()),
            _ => Err(Failure::Retry(away())),
        };
        assert!(matches!(outcome_of(died_while_idle), Ok(2)));
        let in_doubt = |batch: &mut [Counted]| match batch[0].times {
            1 => Err(Failure::Final(StoreError::InDoubt("broke".to_owned()))),
            _ => Ok(()),
        };
        assert!(matches!(outcome_of(in_doubt), Err(StoreError::InDoubt(_))));
    }

    #[test]
    fn a_panic_is_an_error_of_its_own_and_its_worker_lives_on() {
        let outcome = outcome_of(|_| panic!("this is the test's own panic"));
        assert!(matches!(outcome, Err(StoreError::Panicked)));
    }

    #[test]
    fn every_worker_of_a_queue_finds_its_own_end() {
        let (sender, ended) = mpsc::channel();
        std::thread::spawn(move || {
            for _ in 0..500 {
                let url = DatabaseUrl::Sqlite("never opened".to_owned());
                let engine = Engine::start(&url, Duration::from_secs(1), None).expect("it starts");
                let workers = Workers {
                    name: "idle",
                    count: 2,
                    purpose: ConnectionPurpose::Write,
                    max_batch: 8,
                };
                let batcher = Batcher::start(&engine, &workers, |_, _: &mut [Counted]| Ok(()));
                let batcher = batcher.expect("threads are to be had");
                batcher.end(Instant::now() + LONG);
                engine.wait(Instant::now() + LONG);
            }
            sender.send(()).expect("the test waits");
        });
        let all = ended.recv_timeout(LONG);
        all.expect("a worker took the end of another, which waits for ever");
    }
}
