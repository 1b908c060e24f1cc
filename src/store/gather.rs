//! Look-ups that all requests make, gathered: those that wait are answered by one look. On PostgreSQL
//! that is one statement for all of them, and on SQLite one view of the database, whose pages are read
//! once.

use std::{thread, time::Duration};

use tokio::sync::oneshot;

use super::{
    connection::{AnyConnection, DatabaseUrl, Purpose, open},
    error::StoreError,
    lanes::Outcome,
};

/// So many are answered by one look at the most.
const GROUP: usize = 128;
/// The longest queue; beyond it callers are refused at once.
const LONGEST_QUEUE: usize = 4_096;

/// Looks keys up and gives what is found in the order of the keys. What is wrong with one row is the
/// answer to its key alone.
pub(super) type Look<K, V> = fn(&mut AnyConnection, &[K]) -> Outcome<Vec<Outcome<V>>>;

struct Asked<K, V> {
    key: K,
    reply: oneshot::Sender<Outcome<V>>,
}

/// A thread with a connection of its own, and the queue before it.
pub(super) struct Gatherer<K, V> {
    queue: flume::Sender<Asked<K, V>>,
    patience: Duration,
}

impl<K, V> Clone for Gatherer<K, V> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            patience: self.patience,
        }
    }
}

impl<K: Send + 'static, V: Send + 'static> Gatherer<K, V> {
    pub(super) fn start(
        name: &str,
        url: &DatabaseUrl,
        patience: Duration,
        look: Look<K, V>,
    ) -> Result<Self, StoreError> {
        let (queue, asked) = flume::bounded(LONGEST_QUEUE);
        let url = url.clone();
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || live(&url, patience, look, &asked))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue, patience })
    }

    pub(super) async fn ask(&self, key: K) -> Outcome<V> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Asked { key, reply })
            .map_err(|_| StoreError::Unavailable("the database's queue is full".to_owned()))?;
        match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(StoreError::Unavailable(
                "the database's thread ended".to_owned(),
            )),
            Err(_) => Err(StoreError::Unavailable(
                "the database did not answer in time".to_owned(),
            )),
        }
    }
}

fn live<K, V>(
    url: &DatabaseUrl,
    patience: Duration,
    look: Look<K, V>,
    asked: &flume::Receiver<Asked<K, V>>,
) {
    let mut connection = None;
    while let Ok(first) = asked.recv() {
        let mut group = vec![first];
        group.extend(asked.try_iter().take(GROUP - 1));
        group.retain(|asked| !asked.reply.is_closed());
        if group.is_empty() {
            continue;
        }
        let (keys, replies): (Vec<K>, Vec<_>) = group
            .into_iter()
            .map(|asked| (asked.key, asked.reply))
            .unzip();
        let mut found = look_with(&mut connection, url, patience, look, &keys);
        if found.is_err() {
            // A connection that died while it lay idle: looking twice does no harm.
            connection = None;
            found = look_with(&mut connection, url, patience, look, &keys);
        }
        match found {
            Ok(values) => {
                for (value, reply) in values.into_iter().zip(replies) {
                    let _caller_may_be_gone = reply.send(value);
                }
            }
            Err(error) => {
                connection = None;
                let why = error.to_string();
                for reply in replies {
                    let _caller_may_be_gone = reply.send(Err(StoreError::Unavailable(why.clone())));
                }
            }
        }
    }
}

fn look_with<K, V>(
    connection: &mut Option<AnyConnection>,
    url: &DatabaseUrl,
    patience: Duration,
    look: Look<K, V>,
    keys: &[K],
) -> Outcome<Vec<Outcome<V>>> {
    let connection = match connection {
        Some(held) => held,
        absent => absent.insert(open(url, Purpose::Read, patience)?),
    };
    look(connection, keys)
}
