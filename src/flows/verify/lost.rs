//! Attempts that an instance counted before it ended, and whose result is unknown.
//!
//! Each stays counted, since its passphrase may have been tried: to take it back would allow one more guess
//! with every crash. It is recorded as lost, with its consequence.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin, Who},
        passphrase::StoredState,
    },
    store::{NewAttempt, StoreError, Traced, Tx},
};

/// An attempt that is under way for longer is lost. A running instance settles its attempts within seconds
/// of the database's return; one that comes later finds that its attempt has ended.
pub const LOST_AFTER: TimeDelta = TimeDelta::minutes(30);
/// Maximum number of attempts that are given up in one round.
const AT_ONCE: i64 = 100;

/// One instance's search for lost attempts.
#[derive(Default)]
pub struct Search {
    /// since when the database has always answered; `None` while it is away
    reachable_since: Option<DateTime<Utc>>,
}

impl Search {
    /// The database was away: running instances get the full time again from its return.
    pub fn lost_touch(&mut self) {
        self.reachable_since = None;
    }

    /// Gives lost attempts up; gives how many. One that cannot be given up does not stop the others.
    ///
    /// # Errors
    /// [`StoreError`] where the database is away.
    pub async fn give_up(&mut self, app: &App) -> Result<usize, StoreError> {
        let given_up = self.give_up_now(app).await;
        if given_up.is_err() {
            self.lost_touch();
        }
        given_up
    }

    async fn give_up_now(&mut self, app: &App) -> Result<usize, StoreError> {
        let now = app.clock.now();
        let before = now - LOST_AFTER;
        let found = app
            .store
            .read(move |reader| reader.attempts_counted_before(before, AT_ONCE))
            .await?;
        // A clock that was set back must not delay it.
        let since = self.reachable_since.map_or(now, |since| since.min(now));
        self.reachable_since = Some(since);
        if since > before {
            return Ok(0);
        }
        let mut given_up = 0;
        for (attempt, counted_at) in found {
            let id = attempt.id.clone();
            // This process is still working on it.
            if app.detached.is_in_progress(&id) {
                continue;
            }
            match give_one_up(app, attempt, counted_at).await {
                Ok(()) => given_up += 1,
                // Another instance was first, or the one that counted it is alive.
                Err(StoreError::AlreadyEnded) => {}
                Err(away) if away.is_away() => return Err(away),
                Err(error) => tracing::error!(attempt = %id, "it cannot be given up: {error}"),
            }
        }
        Ok(given_up)
    }
}

async fn give_one_up(
    app: &App,
    attempt: NewAttempt,
    counted_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let work = move |tx: &mut Tx<'_>| {
        let settled = tx.give_attempt_up(&attempt.id, &attempt.client_id)?;
        let by = tx.staff(&attempt.staff_id)?;
        let origin = Origin::own(&attempt.request_id);
        let about = |at, action| {
            let mut event = Event::of_nobody(&origin, at, action)
                .client(&attempt.client_id)
                .subject(&attempt.id)
                .call(&attempt.call_id);
            event.actor = by.as_ref().map(|staff| Who {
                id: staff.id.clone(),
                login: staff.login.clone(),
                role: staff.role,
            });
            event
        };
        let lost = Traced::new(
            (),
            about(counted_at, Action::AttemptLost).outcome(EventOutcome::Counted),
        );
        let lockout = settled.lockout;
        let brought = lockout.filter(|lockout| settled.place == lockout.failures);
        let action = brought.and_then(|lockout| match lockout.stored {
            StoredState::Disabled => Some(Action::PassphraseDisabled),
            StoredState::Active => {
                let is_locked = lockout.locked_until.is_some_and(|until| until > now);
                is_locked.then_some(Action::PassphraseLocked)
            }
            StoredState::Blocked | StoredState::Destroyed => None,
        });
        Ok(match action {
            Some(action) => lost.and(about(now, action).outcome(EventOutcome::Lost)),
            None => lost,
        })
    };
    app.store.write(work).await
}
