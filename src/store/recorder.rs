//! Records looks: events that stand alone, with no change beside them. Those that wait are written
//! together, so that a look costs a share of a commit: on PostgreSQL over one connection and in one
//! statement, on SQLite by its one writer.

use std::time::{Duration, Instant};

use diesel::{Connection, RunQueryDsl};
use tokio::sync::oneshot;

use super::{
    audit::EventColumns,
    connection::{AnyConnection, DatabaseUrl, Purpose, open},
    error::StoreError,
    lanes::{Lane, Outcome, Undo, Unit},
    outbox::{receivers, tell},
    schema::audit_events,
    threads::{Threads, group},
};
use crate::{
    domain::{audit::Event, webhook::Message},
    secrets::chance::Chance,
};

/// So many events go into one statement at the most.
const GROUP: usize = 128;

pub(super) struct Look {
    event: Event,
    reply: oneshot::Sender<Outcome<()>>,
}

/// Where looks are sent.
#[derive(Clone)]
pub(super) enum Recorder {
    /// to SQLite's one writer, which writes those that wait together
    Writer(Lane),
    /// to a thread with a connection of its own
    Own {
        /// nothing is the end
        queue: flume::Sender<Option<Look>>,
        patience: Duration,
    },
}

impl Recorder {
    pub(super) fn start(
        threads: &Threads,
        url: &DatabaseUrl,
        longest_queue: usize,
        patience: Duration,
        chance: Chance,
    ) -> Result<Self, StoreError> {
        let (queue, looks) = flume::bounded(longest_queue);
        let url = url.clone();
        threads.start("store-record".to_owned(), move || {
            live(&url, patience, &chance, &looks);
        })?;
        Ok(Self::Own { queue, patience })
    }

    /// Asks the thread to end, where it is one of its own, once what waits is written.
    pub(super) fn end(&self) {
        if let Self::Own { queue, .. } = self {
            // A thread that is gone needs no asking.
            let _ended = queue.send(None);
        }
    }

    pub(super) async fn record(&self, event: Event) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let look = Look { event, reply };
        let (queue, patience) = match self {
            Self::Writer(lane) => return lane.send(Box::new(look), answer).await,
            Self::Own { queue, patience } => (queue, *patience),
        };
        queue
            .try_send(Some(look))
            .map_err(|_| StoreError::Unavailable("the audit's queue is full".to_owned()))?;
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(StoreError::Unavailable(
                "the audit's thread ended".to_owned(),
            )),
            Err(_) => Err(StoreError::Unavailable(
                "the audit was not written in time".to_owned(),
            )),
        }
    }
}

impl Unit for Look {
    fn look(&self) -> Option<&Event> {
        Some(&self.event)
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, _: &mut AnyConnection) -> Result<(), Undo> {
        // A look is written with the others of its group.
        Ok(())
    }

    fn answer(self: Box<Self>, refused: Option<StoreError>) {
        let _caller_may_be_gone = self.reply.send(refused.map_or(Ok(()), Err));
    }
}

/// A connection that lay idle for longer is asked whether it still lives before it is trusted: an
/// insert that broke could not be repeated, since nobody knows whether it was committed. Under load
/// none lies idle that long.
const IDLE: Duration = Duration::from_millis(1);

fn live(
    url: &DatabaseUrl,
    patience: Duration,
    chance: &Chance,
    looks: &flume::Receiver<Option<Look>>,
) {
    let mut connection = None;
    let mut last_used = Instant::now();
    while let Ok(Some(first)) = looks.recv() {
        let (mut group, is_last) = group(first, looks, GROUP);
        group.retain(|look| !look.reply.is_closed());
        if last_used.elapsed() > IDLE
            && connection
                .as_mut()
                .is_some_and(|held: &mut AnyConnection| held.ping().is_err())
        {
            connection = None;
        }
        let written = write(&mut connection, url, patience, chance, &group);
        last_used = Instant::now();
        if written.is_err() {
            connection = None;
        }
        let refused = written.err().map(|error| error.to_string());
        for look in group {
            let outcome = refused
                .clone()
                .map_or(Ok(()), |why| Err(StoreError::Unavailable(why)));
            let _caller_may_be_gone = look.reply.send(outcome);
        }
        if is_last {
            return;
        }
    }
}

fn write(
    connection: &mut Option<AnyConnection>,
    url: &DatabaseUrl,
    patience: Duration,
    chance: &Chance,
    group: &[Look],
) -> Result<(), StoreError> {
    let connection = match connection {
        Some(held) => held,
        absent => absent.insert(open(url, Purpose::Write, patience)?),
    };
    let looks: Vec<&Event> = group.iter().map(|look| &look.event).collect();
    note(connection, chance, &looks)
}

/// Writes looks, and into the outbox what they tell: all or none.
pub(super) fn note(
    connection: &mut AnyConnection,
    chance: &Chance,
    looks: &[&Event],
) -> Result<(), StoreError> {
    let messages: Vec<_> = looks
        .iter()
        .filter_map(|event| Some((Message::of(event)?, event.at)))
        .collect();
    let receivers = if messages.is_empty() {
        Vec::new()
    } else {
        receivers(connection)?
    };
    if receivers.is_empty() {
        return insert(connection, looks);
    }
    connection.transaction(|connection| {
        insert(connection, looks)?;
        let mut messages = messages.iter();
        messages.try_for_each(|(message, at)| tell(connection, chance, &receivers, message, *at))
    })
}

fn insert(connection: &mut AnyConnection, looks: &[&Event]) -> Result<(), StoreError> {
    let rows = looks.iter().map(|event| EventColumns::of(event));
    let written = match connection {
        AnyConnection::Sqlite(sqlite) => {
            let mut written = 0;
            for row in rows {
                written += diesel::insert_into(audit_events::table)
                    .values(row)
                    .execute(sqlite)?;
            }
            written
        }
        AnyConnection::Postgres(postgres) => diesel::insert_into(audit_events::table)
            .values(rows.collect::<Vec<_>>())
            .execute(postgres)?,
    };
    if written == looks.len() {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            "audit_events",
            "(new)",
            "fewer events written than looked",
        ))
    }
}
