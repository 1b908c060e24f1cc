//! Records looks: events that stand alone, with no change beside them. On PostgreSQL one connection
//! writes all that wait in one statement, so that a look costs a share of a commit; SQLite's one
//! writer commits in groups anyway.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, RunQueryDsl};
use tokio::sync::oneshot;

use super::{
    audit::EventColumns,
    connection::{AnyConnection, DatabaseUrl, Purpose, open},
    error::StoreError,
    outbox::{receivers, tell},
    schema::audit_events,
};
use crate::{
    domain::{audit::Event, webhook::Message},
    secrets::chance::Chance,
};

/// So many events go into one statement at the most.
const GROUP: usize = 128;

struct Look {
    event: Event,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

/// The queue of looks.
#[derive(Clone)]
pub(super) struct Recorder {
    queue: flume::Sender<Look>,
    patience: Duration,
}

impl Recorder {
    pub(super) fn start(
        url: &DatabaseUrl,
        longest_queue: usize,
        patience: Duration,
        chance: Chance,
    ) -> Result<Self, StoreError> {
        let (queue, looks) = flume::bounded(longest_queue);
        let url = url.clone();
        thread::Builder::new()
            .name("store-record".to_owned())
            .spawn(move || live(&url, patience, &chance, &looks))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue, patience })
    }

    pub(super) async fn record(&self, event: Event) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Look { event, reply })
            .map_err(|_| StoreError::Unavailable("the audit's queue is full".to_owned()))?;
        match tokio::time::timeout(self.patience, answer).await {
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

/// A connection that lay idle for longer is asked whether it still lives before it is trusted: an
/// insert that broke could not be repeated, since nobody knows whether it was committed. Under load
/// none lies idle that long.
const IDLE: Duration = Duration::from_millis(1);

fn live(url: &DatabaseUrl, patience: Duration, chance: &Chance, looks: &flume::Receiver<Look>) {
    let mut connection = None;
    let mut last_used = Instant::now();
    while let Ok(first) = looks.recv() {
        let mut group = vec![first];
        group.extend(looks.try_iter().take(GROUP - 1));
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
    let messages: Vec<_> = group
        .iter()
        .filter_map(|look| Some((Message::of(&look.event)?, look.event.at)))
        .collect();
    let receivers = if messages.is_empty() {
        Vec::new()
    } else {
        receivers(connection)?
    };
    if receivers.is_empty() {
        return insert(connection, group);
    }
    connection.transaction(|connection| {
        insert(connection, group)?;
        let mut messages = messages.iter();
        messages.try_for_each(|(message, at)| tell(connection, chance, &receivers, message, *at))
    })
}

fn insert(connection: &mut AnyConnection, group: &[Look]) -> Result<(), StoreError> {
    let rows: Vec<_> = group
        .iter()
        .map(|look| EventColumns::of(&look.event))
        .collect();
    let insert = diesel::insert_into(audit_events::table).values(&rows);
    let written = match connection {
        AnyConnection::Sqlite(sqlite) => insert.execute(sqlite)?,
        AnyConnection::Postgres(postgres) => insert.execute(postgres)?,
    };
    if written == group.len() {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            "audit_events",
            "(new)",
            "fewer events written than looked",
        ))
    }
}
