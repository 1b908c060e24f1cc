//! Look-ups that many requests make, gathered: those that wait are answered by one look. On PostgreSQL
//! that is one statement for all of them, and on SQLite one view of the database, whose pages are read
//! once.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    LONGEST_QUEUE,
    connection::{AnyConnection, Purpose},
    connections::{Connection, Connections},
    error::StoreError,
    lanes::Outcome,
    replies::{self, Reply, answered},
    threads::{Pulse, Threads, caught, group},
};

/// So many are answered by one look at the most.
const GROUP: usize = 128;

/// Looks keys up and gives what is found in the order of the keys. What is wrong with one row is the
/// answer to its key alone.
pub(super) type Look<K, V> = fn(&mut AnyConnection, &[K]) -> Outcome<Vec<Outcome<V>>>;

/// What was found, in the order of the keys; one may be asked for by several at once.
pub(super) fn in_order<R: Clone, V>(
    keys: &[String],
    found: impl IntoIterator<Item = (String, R)>,
    decode: impl Fn(R) -> Outcome<V>,
) -> Vec<Outcome<Option<V>>> {
    let found: HashMap<String, R> = found.into_iter().collect();
    let answers = keys
        .iter()
        .map(|key| found.get(key).cloned().map(&decode).transpose());
    answers.collect()
}

struct Asked<K, V> {
    key: K,
    reply: Reply<V>,
}

/// A thread with a connection of its own, and the queue before it.
pub(super) struct Gatherer<K, V> {
    /// nothing is the end
    queue: flume::Sender<Option<Asked<K, V>>>,
}

impl<K: Send + 'static, V: Send + 'static> Gatherer<K, V> {
    pub(super) fn start(
        threads: &Threads,
        name: &str,
        connections: &Arc<Connections>,
        look: Look<K, V>,
    ) -> Result<Self, StoreError> {
        let (queue, asked) = flume::bounded(LONGEST_QUEUE);
        let connections = Arc::clone(connections);
        let life = move |pulse: &Arc<Pulse>| live(&connections, pulse, look, &asked);
        threads.start(name.to_owned(), life)?;
        Ok(Self { queue })
    }

    /// Asks the thread to end, once what waits is answered; a full queue is waited for no longer than this.
    pub(super) fn end(&self, until: Instant) {
        // A thread that is gone needs no asking, and one that hangs hears none.
        let _ended = self.queue.send_deadline(None, until);
    }

    pub(super) async fn ask(&self, timeout: Duration, key: K) -> Outcome<V> {
        let (reply, answer) = replies::channel();
        self.queue
            .try_send(Some(Asked { key, reply }))
            .map_err(|_| StoreError::Unavailable("the database's queue is full".to_owned()))?;
        answered(timeout, answer).await
    }
}

fn live<K, V>(
    connections: &Connections,
    pulse: &Arc<Pulse>,
    look: Look<K, V>,
    asked: &flume::Receiver<Option<Asked<K, V>>>,
) {
    let mut connection = None;
    while let Ok(Some(first)) = asked.recv() {
        let (mut group, is_last) = group(first, asked, GROUP);
        group.retain(|asked| !asked.reply.is_withdrawn());
        if !group.is_empty() {
            pulse.beat();
            answer(&mut connection, (connections, pulse), look, group);
            connections.share(&mut connection);
            pulse.rest();
        }
        if is_last || pulse.is_given_up() {
            return;
        }
    }
}

fn answer<K, V>(
    connection: &mut Option<Connection>,
    from: (&Connections, &Arc<Pulse>),
    look: Look<K, V>,
    group: Vec<Asked<K, V>>,
) {
    let (keys, replies): (Vec<K>, Vec<_>) = group
        .into_iter()
        .map(|asked| (asked.key, asked.reply))
        .unzip();
    let mut found = look_with(connection, from, look, &keys);
    if found.is_err() {
        // A connection that died while it lay idle: looking twice does no harm.
        *connection = None;
        found = look_with(connection, from, look, &keys);
    }
    match found {
        Ok(values) => {
            for (value, reply) in values.into_iter().zip(replies) {
                reply.send(value);
            }
        }
        Err(error) => {
            *connection = None;
            let why = error.to_string();
            for reply in replies {
                reply.send(Err(StoreError::Unavailable(why.clone())));
            }
        }
    }
}

fn look_with<K, V>(
    connection: &mut Option<Connection>,
    (connections, pulse): (&Connections, &Arc<Pulse>),
    look: Look<K, V>,
    keys: &[K],
) -> Outcome<Vec<Outcome<V>>> {
    connection.take_if(|held| !connections.trusts(held));
    let connection = match connection {
        Some(held) => held,
        absent => absent.insert(connections.take(Purpose::Read, pulse)?),
    };
    caught(|| look(connection, keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_the_keys_whoever_asks_for_the_same() {
        let keys = ["b", "nobody", "a", "b", "broken"].map(str::to_owned);
        let found =
            [("a", "1"), ("b", "2"), ("broken", "")].map(|(key, row)| (key.to_owned(), row));
        let decode = |row: &str| {
            let corrupt = |_| StoreError::corrupt("rows", "broken", "no number");
            row.parse::<u8>().map_err(corrupt)
        };
        let answers = in_order(&keys, found, decode);
        let told: Vec<_> = answers.into_iter().map(Result::ok).collect();
        assert_eq!(
            told,
            [
                Some(Some(2)),
                Some(None),
                Some(Some(1)),
                Some(Some(2)),
                None
            ]
        );
    }
}
