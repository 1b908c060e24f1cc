//! How work reaches the database: queues, and worker threads with a connection each. It knows nothing of
//! what the work is about.
//!
//! - [`batch`]: a queue whose waiting items are handled together by one of its workers.
//! - [`work`]: one caller's function as an item, for reading; [`write`]: the same in a transaction, where
//!   one commit may serve a whole batch.
//! - [`reply`]: how caller and worker agree whether the work is done or withdrawn.
//! - [`connections`]: which connection a worker gets; [`connection`] and [`postgres`]: how it is opened.
//! - [`supervisor`]: replaces workers whose connection has fallen silent, and waits for their end.
//!
//! SQLite has one worker that writes and several that read, on connections that cannot write
//! (`query_only`). PostgreSQL has several of either.

pub(crate) mod batch;
pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod postgres;
pub(crate) mod reply;
mod supervisor;
pub(crate) mod work;
pub(crate) mod write;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use self::{connections::Connections, supervisor::Supervisor};
use super::{error::StoreError, url::DatabaseUrl};

/// PostgreSQL itself ends a statement that takes too long. Where nothing arrives for so much longer, the
/// connection is silent.
const SILENT_AFTER: Duration = Duration::from_secs(2);

/// The threads of one database and their connections.
pub(crate) struct Engine {
    supervisor: Supervisor,
    connections: Arc<Connections>,
}

impl Engine {
    /// `timeout` bounds a statement; `limit` is how many connections the database grants, where those are
    /// fewer than there will be workers.
    pub(crate) fn start(
        url: &DatabaseUrl,
        timeout: Duration,
        limit: Option<usize>,
    ) -> Result<Self, StoreError> {
        let supervisor = Supervisor::default();
        if let DatabaseUrl::Postgres(_) = url {
            supervisor.watch(postgres::longest_wait(timeout) + SILENT_AFTER)?;
        }
        let connections = Connections::new(url, timeout, limit, supervisor.replacements());
        Ok(Self {
            supervisor,
            connections: Arc::new(connections),
        })
    }

    /// Waits for the end of the workers, which have to be asked to end before.
    pub(crate) fn wait(&self, until: Instant) {
        self.supervisor
            .wait(until.saturating_duration_since(Instant::now()));
    }
}
