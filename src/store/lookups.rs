//! Look-ups that many requests make: those that wait are answered together. On PostgreSQL that is one
//! statement for all of them, and on SQLite one view of the database, whose pages are read once.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{
    engine::{
        Engine,
        batch::{Batcher, Failure, Item, Workers},
        connection::{AnyConnection, ConnectionPurpose},
        reply::{self, Reply},
    },
    error::{Outcome, StoreError},
};

/// Maximum number of keys of one statement.
const MAX_BATCH: usize = 128;

/// Finds the values of keys, in the order of the keys. Outer errors are the database's, inner ones those of
/// a key's row.
pub(super) type Find<V> = fn(&mut AnyConnection, &[&str]) -> Outcome<Vec<Outcome<V>>>;

/// What was found, in the order of the keys, of which several may be the same.
pub(super) fn in_order<R: Clone, V>(
    keys: &[&str],
    found: impl IntoIterator<Item = (String, R)>,
    decode: impl Fn(R) -> Outcome<V>,
) -> Vec<Outcome<Option<V>>> {
    let found: HashMap<String, R> = found.into_iter().collect();
    let answers = keys
        .iter()
        .map(|key| found.get(*key).cloned().map(&decode).transpose());
    answers.collect()
}

struct Lookup<V> {
    key: String,
    found: Option<Outcome<V>>,
    reply: Reply<V>,
}

impl<V: Send + 'static> Item for Lookup<V> {
    fn is_withdrawn(&self) -> bool {
        self.reply.is_withdrawn()
    }

    fn answer(self, failure: Option<StoreError>) {
        self.reply.settle(self.found, failure);
    }
}

/// A queue of look-ups with a worker of its own.
pub(super) struct Lookups<V>(Batcher<Lookup<V>>);

impl<V: Send + 'static> Lookups<V> {
    pub(super) fn start(
        engine: &Engine,
        name: &'static str,
        find: Find<V>,
    ) -> Result<Self, StoreError> {
        let workers = Workers {
            name,
            count: 1,
            purpose: ConnectionPurpose::Read,
            max_batch: MAX_BATCH,
        };
        let handle = move |connection: &mut AnyConnection, batch: &mut [Lookup<V>]| {
            let keys: Vec<&str> = batch.iter().map(|lookup| lookup.key.as_str()).collect();
            // To read twice does no harm.
            let found = find(connection, &keys).map_err(Failure::Retry)?;
            for (lookup, found) in batch.iter_mut().zip(found) {
                lookup.found = Some(found);
            }
            Ok(())
        };
        Batcher::start(engine, &workers, handle).map(Self)
    }

    pub(super) async fn find(&self, timeout: Duration, key: &str) -> Outcome<V> {
        let (reply, answer) = reply::channel();
        let lookup = Lookup {
            key: key.to_owned(),
            found: None,
            reply,
        };
        self.0.send(timeout, lookup, answer).await
    }

    pub(super) fn end(&self, until: Instant) {
        self.0.end(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_the_order_of_the_keys_of_which_several_may_be_the_same() {
        let keys = ["b", "nobody", "a", "b", "broken"];
        let found =
            [("a", "1"), ("b", "2"), ("broken", "")].map(|(key, row)| (key.to_owned(), row));
        let decode = |row: &str| {
            let corrupt = |_| StoreError::corrupt("rows", "broken", "no number");
            row.parse::<u8>().map_err(corrupt)
        };
        let answers = in_order(&keys, found, decode);
        let values: Vec<_> = answers.into_iter().map(Result::ok).collect();
        assert_eq!(
            values,
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
