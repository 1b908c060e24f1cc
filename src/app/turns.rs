//! Turns: what one person may do only one after the other, within this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

/// Whose turn it is, by their ids. Those who are waited for by nobody are forgotten.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

/// Somebody's turn, which ends when this is dropped.
pub struct Turn(#[expect(dead_code, reason = "it is held to be dropped")] OwnedMutexGuard<()>);

impl Turns {
    /// Waits for somebody's turn; turns of one person come in the order in which they were asked for.
    pub async fn of(&self, id: &str) -> Turn {
        let own = self.own(id);
        Turn(own.lock_owned().await)
    }

    fn own(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(known) = turns.get(id).and_then(Weak::upgrade) {
            return known;
        }
        let own = Arc::new(tokio::sync::Mutex::new(()));
        turns.insert(id.to_owned(), Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn one_person_has_one_turn_at_a_time_and_others_do_not_wait() {
        let turns = Turns::default();
        let first = turns.of("a").now_or_never().expect("nobody is before");
        let mut second = Box::pin(turns.of("a"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(turns.of("b").now_or_never().is_some());
        drop(first);
        let second = second.now_or_never().expect("the first is over");
        drop(second);
        assert!(turns.of("c").now_or_never().is_some());
        assert!(
            turns.0.lock().unwrap().len() <= 1,
            "those who are gone are forgotten"
        );
    }
}
