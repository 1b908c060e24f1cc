//! Readers of SQLite that work where the caller stands: a look-up takes less time than waking
//! another thread. Where all are busy, the caller goes to the lane of reading threads.

use std::{
    sync::{Arc, Mutex, TryLockError},
    time::Duration,
};

use super::{
    connection::{AnyConnection, DatabaseUrl, Purpose, open},
    error::StoreError,
};

/// Connections that are opened when they are first needed, and again after a fault.
#[derive(Clone)]
pub(super) struct Readers {
    connections: Arc<[Mutex<Option<AnyConnection>>]>,
    url: DatabaseUrl,
    patience: Duration,
}

impl Readers {
    pub(super) fn new(url: &DatabaseUrl, connections: usize, patience: Duration) -> Self {
        let connections = (0..connections).map(|_| Mutex::new(None)).collect();
        Self {
            connections,
            url: url.clone(),
            patience,
        }
    }

    /// Reads with a free connection; `None` where none is free.
    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        let mut free =
            self.connections
                .iter()
                .find_map(|connection| match connection.try_lock() {
                    Ok(free) => Some(free),
                    // A look that panicked left its connection in doubt: a new one is opened.
                    Err(TryLockError::Poisoned(poisoned)) => {
                        connection.clear_poison();
                        let mut free = poisoned.into_inner();
                        *free = None;
                        Some(free)
                    }
                    Err(TryLockError::WouldBlock) => None,
                })?;
        let connection = match &mut *free {
            Some(connection) => connection,
            absent => match open(&self.url, Purpose::Read, self.patience) {
                Ok(opened) => absent.insert(opened),
                Err(error) => return Some(Err(error)),
            },
        };
        let looked = look(connection);
        if matches!(looked, Err(StoreError::Unavailable(_))) {
            *free = None;
        }
        Some(looked)
    }
}
