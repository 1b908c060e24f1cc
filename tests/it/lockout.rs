//! Traces of the model of the lockout (`tests/lockout`) are run against the store: after every step the
//! rows stand as the model says, and callers are told what it says.

#[path = "../lockout/model.rs"]
#[allow(dead_code, reason = "its properties are checked where it lives")]
mod model;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use qupia::{
    domain::{
        audit::{Action as Recorded, Event, Origin},
        id::{ApplicationId, ClientId, StaffId},
        passphrase::{PassphraseState, StoredState},
        verification::VerificationOutcome,
    },
    secrets::rng::SystemRng,
    store::{Attempt, NewAttempt, NewPassphrase, PassphraseRow, Store, StoreError, Traced, Tx},
};

use self::model::{Action, Budget, Fault, LOCK, Lockouts, State, policy};
use crate::support::{World, database::Kind, world::on_each_database};

on_each_database! {
    traces_of_the_model_leave_the_rows_that_it_says,
}

/// So many traces, and so many steps of each at the most.
const TRACES: u32 = 60;
const STEPS: usize = 40;

/// Steps by chance, the same each time.
fn trace(model: &Lockouts, rng: &SystemRng) -> Vec<(Action, State)> {
    let mut trace = Vec::new();
    let mut state = model.beginning();
    while trace.len() < STEPS {
        let possible = model.possible(&state);
        if possible.is_empty() {
            break;
        }
        let bound = u32::try_from(possible.len()).expect("they are few");
        let action = possible[rng.below(bound) as usize];
        state = model.step(&state, action);
        trace.push((action, state.clone()));
    }
    trace
}

/// One passphrase, and the attempts on it that are under way.
struct Runner<'w> {
    world: &'w World,
    /// one for each instance
    stores: [Store; 2],
    client_id: ClientId,
    staff_id: StaffId,
    application_id: ApplicationId,
    now: DateTime<Utc>,
    /// the number of the trace, so that no id comes twice
    number: u32,
}

impl Runner<'_> {
    fn new_attempt(&self, name: u8) -> NewAttempt {
        NewAttempt {
            id: format!("attempt-{}-{name}", self.number).into(),
            client_id: self.client_id.clone(),
            staff_id: self.staff_id.clone(),
            call_id: "call-1".to_owned(),
            request_id: "trace".to_owned(),
        }
    }

    async fn change<T: Send + 'static>(
        &self,
        instance: u8,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let at = self.now;
        let traced = move |tx: &mut Tx<'_>| {
            let event = Event::of_nobody(&Origin::own("trace"), at, Recorded::VerificationRecorded);
            Ok(Traced::new(work(tx)?, event))
        };
        self.stores[usize::from(instance)].write(traced).await
    }

    async fn passphrase(&self) -> PassphraseRow {
        let client_id = self.client_id.clone();
        let read = self.stores[0].read(move |reader| reader.passphrase(&client_id));
        read.await.expect("it is read").expect("it was set")
    }

    async fn set(&self) {
        let (client_id, now) = (self.client_id.clone(), self.now);
        let application_id = self.application_id.clone();
        let set = self.change(0, move |tx| {
            let new = NewPassphrase {
                hash: "never checked".to_owned(),
                fold_version: 1,
                exact_tag: None,
            };
            tx.passphrase_for_update(&client_id)?;
            tx.set_passphrase(&client_id, &new, &application_id, now)
        });
        set.await.expect("it is set");
    }

    /// Counts an attempt; gives what its caller is told where nothing is to be tried.
    async fn count(&self, instance: u8, name: u8) -> Option<VerificationOutcome> {
        let (attempt, now) = (self.new_attempt(name), self.now);
        // What was seen before is long out of date, and no trace shows.
        let seen = name.is_multiple_of(2).then_some(self.passphrase().await);
        let counted = self.stores[usize::from(instance)]
            .unaudited(move |tx| tx.count_attempt(&attempt, seen.clone(), &policy(), now));
        match counted.await.expect("it is counted") {
            Attempt::Untried(outcome, _) => Some(outcome),
            Attempt::Counted(..) => None,
        }
    }

    /// Carries a step out; gives what the caller is told.
    async fn carry_out(&mut self, action: Action, before: &State) -> Option<VerificationOutcome> {
        let name = before.budget.callers.saturating_sub(1);
        let (client_id, now) = (self.client_id.clone(), self.now);
        let at = |slot: usize| {
            (
                before.attempts[slot],
                self.new_attempt(before.attempts[slot].name).id,
            )
        };
        match action {
            Action::Count(instance) => return self.count(instance, name).await,
            Action::CountInDoubt(instance, true) => {
                self.count(instance, name).await;
            }
            // Nothing reaches the database.
            Action::Refuse(_)
            | Action::CountInDoubt(_, false)
            | Action::Try(..)
            | Action::Break(_)
            | Action::Crash(_) => {}
            Action::Settle(slot) | Action::SettleInDoubt(slot) => {
                let (attempt, id) = at(slot);
                let were_right = attempt.stage == model::Stage::Tried(true);
                let settle = self.change(attempt.instance, move |tx| {
                    tx.settle_attempt(&id, &client_id, were_right, &policy(), now)
                });
                let settled = settle.await;
                assert_eq!(
                    settled.is_ok(),
                    attempt.row.is_some(),
                    "{:?}",
                    settled.err()
                );
                let is_told = matches!(action, Action::Settle(_));
                return settled
                    .ok()
                    .map(|settled| settled.outcome)
                    .filter(|_| is_told);
            }
            Action::TakeBack(slot) => {
                let (attempt, id) = at(slot);
                let back = self.change(attempt.instance, move |tx| {
                    tx.take_attempt_back(&id, &client_id, &policy())
                });
                let back = back.await;
                assert_eq!(back.is_ok(), attempt.row.is_some(), "{:?}", back.err());
            }
            Action::GiveUp(slot) => {
                let (_, id) = at(slot);
                let given_up = self.change(0, move |tx| tx.give_attempt_up(&id, &client_id));
                given_up.await.expect("it is under way");
            }
            Action::LockRunsOut => self.now += LOCK,
            Action::Unlock => {
                let lifted = self.change(0, move |tx| tx.lift_lock(&client_id));
                lifted.await.expect("it is lifted");
            }
            Action::Block | Action::Destroy => {
                let kept = if action == Action::Block {
                    StoredState::Blocked
                } else {
                    StoredState::Destroyed
                };
                let end = self.change(0, move |tx| tx.end_passphrase(&client_id, kept, now));
                end.await.expect("it is ended");
            }
            Action::Change => self.set().await,
        }
        None
    }

    /// The rows stand as the model says.
    async fn compare(&self, state: &State, done: &[Action]) {
        let row = self.passphrase().await;
        let is_locked = PassphraseRow::state(Some(&row), self.now) == PassphraseState::Locked;
        assert_eq!(
            (row.stored, row.failed_attempts, is_locked),
            (
                state.lockout.stored,
                state.lockout.failures,
                state.is_locked()
            ),
            "after {done:?}"
        );
        let query = format!(
            "SELECT id || ' ' || place FROM attempts WHERE client_id = '{}'",
            self.client_id
        );
        let kept: BTreeSet<_> = self.world.database.texts(&query).into_iter().collect();
        let with_row = state.attempts.iter().filter_map(|attempt| {
            let (_, place) = attempt.row?;
            Some(format!("{} {place}", self.new_attempt(attempt.name).id))
        });
        assert_eq!(kept, with_row.collect::<BTreeSet<_>>(), "after {done:?}");
    }
}

async fn traces_of_the_model_leave_the_rows_that_it_says(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let model = Lockouts {
        policy: policy(),
        budget: Budget {
            callers: 8,
            mishaps: 4,
            changes: 3,
            locks: 2,
        },
        fault: Fault::None,
    };
    let rng = SystemRng::seeded(14);
    let first = world.first.app.store.clone();
    let second = match world.kind {
        Kind::Postgres => world.another_instance().await.app.store.clone(),
        // One process owns the file.
        Kind::Sqlite => first.clone(),
    };
    let mut kinds = BTreeSet::new();
    for number in 0..TRACES {
        let client_id = branch.enter_client(&format!("K-{number}")).await;
        let mut runner = Runner {
            world,
            stores: [first.clone(), second.clone()],
            application_id: format!("application-{number}").into(),
            staff_id: specialist.id.as_str().into(),
            client_id: client_id.into(),
            now: world.clock.now(),
            number,
        };
        runner.set().await;
        let mut before = model.beginning();
        let mut done = Vec::new();
        for (action, state) in trace(&model, &rng) {
            done.push(action);
            let reply = runner.carry_out(action, &before).await;
            assert_eq!(reply, state.reply, "after {done:?}");
            runner.compare(&state, &done).await;
            kinds.insert(format!("{action:?}").split('(').next().unwrap().to_owned());
            before = state;
        }
    }
    assert_eq!(
        kinds.len(),
        15,
        "not every kind of step was taken: {kinds:?}"
    );
}
