//! One lock for each key, within this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Locks by key. A lock that nobody holds or waits for is forgotten.
#[derive(Default)]
pub struct KeyedLocks(Mutex<HashMap<String, Weak<AsyncMutex<()>>>>);

impl KeyedLocks {
    /// Locks a key until the guard is dropped. Callers of one key are served in their order.
    pub(crate) async fn lock(&self, key: &str) -> OwnedMutexGuard<()> {
        let lock = self.lock_of(key);
        lock.lock_owned().await
    }

    fn lock_of(&self, key: &str) -> Arc<AsyncMutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| lock.strong_count() > 0);
        if let Some(known) = locks.get(key).and_then(Weak::upgrade) {
            return known;
        }
        let new = Arc::default();
        locks.insert(key.to_owned(), Arc::downgrade(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_key_is_locked_once_at_a_time_and_other_keys_do_not_wait() {
        let locks = KeyedLocks::default();
        let first = locks.lock("a").now_or_never().expect("it is free");
        let mut second = Box::pin(locks.lock("a"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(locks.lock("b").now_or_never().is_some());
        drop(first);
        let second = second.now_or_never().expect("the first is released");
        drop(second);
        assert!(locks.lock("c").now_or_never().is_some());
        assert!(locks.0.lock().unwrap().len() <= 1, "unused locks remain");
    }
}
