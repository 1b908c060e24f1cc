//! A place in the queue, and the admission to one check or one new hash.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::error::{HashError, Overloaded};
use super::plan::{Check, Checked, Made};
use super::pool::Pool;
use crate::secrets::hash_worker::Memory;

/// A place in the queue for admission, given up when dropped.
pub struct QueuePlace(Arc<Pool>);

impl QueuePlace {
    /// The last place, and the number of places before it.
    pub(super) fn take(pool: &Arc<Pool>) -> (Self, usize) {
        let ahead = pool.waiting.fetch_add(1, Ordering::Relaxed);
        (Self(Arc::clone(pool)), ahead)
    }

    /// Waits for admission, in the order in which this is called.
    ///
    /// # Errors
    /// [`Overloaded`] when the deadline is over, or admission has stopped.
    pub(crate) async fn admitted(self) -> Result<Admission, Overloaded> {
        let pool = Arc::clone(&self.0);
        let is_stopping = || pool.stopping.load(Ordering::Acquire);
        if is_stopping() {
            return Err(pool.refuse());
        }
        let admitted = timeout(
            pool.settings.deadline,
            Arc::clone(&pool.slots).acquire_owned(),
        )
        .await;
        drop(self);
        match admitted {
            Ok(Ok(permit)) if !is_stopping() => Ok(Admission { pool, permit }),
            _ => Err(pool.refuse()),
        }
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The admission to one check or one new hash. The work takes it along; dropped unused it admits the next
/// caller.
pub struct Admission {
    pool: Arc<Pool>,
    permit: OwnedSemaphorePermit,
}

impl Admission {
    /// Tries the candidates. The work is queued by the call itself, not by the first poll, and is done even
    /// if nobody waits for the answer.
    ///
    /// # Errors
    /// [`HashError`]: a fault, after which no attempt may stay counted.
    pub fn check(
        self,
        check: Check,
    ) -> impl Future<Output = Result<Checked, HashError>> + Send + 'static {
        let work = move |pool: &Pool, memory: &mut Memory| pool.check(memory, check);
        answer_of(self.pool.submit(self.permit, work))
    }

    /// Makes the hash of a new passphrase (folded: `secret`) and the tag of the form in which it was typed
    /// (`exact_form`, after NFC). Queued by the call, as for [`Admission::check`].
    ///
    /// # Errors
    /// [`HashError::OutOfMemory`] or [`HashError::Stopped`].
    pub fn make(
        self,
        secret: Zeroizing<Vec<u8>>,
        exact_form: Option<Zeroizing<Vec<u8>>>,
    ) -> impl Future<Output = Result<Made, HashError>> + Send + 'static {
        answer_of(self.pool.submit(self.permit, move |pool, memory| {
            pool.make(memory, &secret, exact_form.as_deref().map(Vec::as_slice))
        }))
    }
}

async fn answer_of<T>(answered: oneshot::Receiver<Result<T, HashError>>) -> Result<T, HashError> {
    answered.await.unwrap_or(Err(HashError::Stopped))
}
