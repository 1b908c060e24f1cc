//! The lockout of one passphrase as a model: what two instances, their callers, the clock and staff can
//! do to it, in any order.
//!
//! The row is moved by the rules of `domain::attempts` themselves. Beside it the model keeps what the
//! policy means, in other terms: which attempts stand as failures, by the order in which they were
//! counted. The properties compare the two.

use chrono::{DateTime, TimeDelta, Utc};
use qupia::domain::{
    attempts::{Lock, Lockout, LockoutPolicy},
    passphrase::{PassphraseState, StoredState},
    verification::VerificationOutcome,
};
use stateright::{Model, Property};

/// Failures that bring a lock, and again as many that disable: small, so that every case is near.
pub const LOCKS_AT: u32 = 2;
pub const DISABLES_AT: u32 = 4;
/// How long the lock lasts.
pub const LOCK_MINUTES: u32 = 15;

/// The policy of the model.
pub fn policy() -> LockoutPolicy {
    let lock = Lock {
        failures: LOCKS_AT,
        minutes: LOCK_MINUTES,
    };
    LockoutPolicy::new(vec![lock], DISABLES_AT).expect("it does not contradict itself")
}

/// The one moment at which everything happens: that a lock runs out is a step of its own.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("it is a time")
}

/// A fault that is planted to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// words are tried first and counted after it
    CountAfterHash,
    /// what is taken back is not asked which passphrase it was counted on
    TakeBackWithoutGeneration,
    /// an attempt remembers the number that it was counted as, and numbers begin anew at a success
    NumbersBeginAnew,
    /// a caller whose time-out ran out leaves, and nobody asks whether the attempt was counted
    OutcomeDropped,
    /// callers are counted before they are admitted, and then refused for load
    CountBeforeAdmission,
    /// what a dead instance left is taken back, as if nothing had been tried
    LostIsTakenBack,
    /// right words that a living instance has yet to settle are given up
    LiveIsGivenUp,
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// counted, and not yet tried
    Counted,
    /// tried: the words were right, or not
    Tried(bool),
    /// its instance does not know whether it was counted; or a fault kept it from being tried
    TakingBack,
    /// its instance has crashed
    Lost,
}

/// An attempt under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// tells attempts of one trace apart
    pub name: u8,
    pub instance: u8,
    pub stage: Stage,
    /// its row in the database: the generation and the place
    pub row: Option<(u8, u32)>,
    /// its number in the order of counting, as a bit; none where it was not counted
    order: Order,
}

/// A set of attempts, by the order in which they were counted.
type Order = u16;

/// What remains of what can happen at all, so that the model is finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// callers
    pub callers: u8,
    /// crashes, faults, and commits in doubt
    pub mishaps: u8,
    /// blocks, destructions, changes, unlocks
    pub changes: u8,
    /// locks that run out
    pub locks: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub lockout: Lockout,
    pub generation: u8,
    /// in the order in which they were counted
    pub attempts: Vec<Attempt>,
    pub budget: Budget,
    /// what the last step told its caller
    pub reply: Option<VerificationOutcome>,
    /// how many were counted ever, but for those forgotten
    counted: u8,
    /// those that stand as failures
    standing: Order,
    /// those whose words were tried and wrong, or were lost and may have been
    wrong: Order,
    /// those since the last success, change or destruction
    run: Order,
    /// those that were let in since a lock ended, or since all began anew
    since_lock: Order,
    /// right words were told to be wrong, or a refusal was counted
    is_wronged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// a caller is refused for load
    Refuse(u8),
    /// an instance counts an attempt
    Count(u8),
    /// and does not learn whether that was committed; it was, or it was not
    CountInDoubt(u8, bool),
    /// the words of the attempt are tried, and are right or wrong
    Try(usize, bool),
    /// a fault keeps them from being tried
    Break(usize),
    Settle(usize),
    /// it is settled, and its instance does not learn so
    SettleInDoubt(usize),
    TakeBack(usize),
    GiveUp(usize),
    Crash(u8),
    LockRunsOut,
    Unlock,
    Block,
    Destroy,
    Change,
}

/// At most so many attempts are under way at once.
const AT_ONCE: usize = 4;

pub struct Lockouts {
    pub policy: LockoutPolicy,
    pub budget: Budget,
    pub fault: Fault,
}

impl Lockouts {
    pub fn beginning(&self) -> State {
        State {
            lockout: Lockout {
                stored: StoredState::Active,
                failures: 0,
                locked_until: None,
            },
            generation: 0,
            attempts: Vec::new(),
            budget: self.budget,
            reply: None,
            counted: 0,
            standing: 0,
            wrong: 0,
            run: 0,
            since_lock: 0,
            is_wronged: false,
        }
    }

    /// What can happen next.
    pub fn possible(&self, state: &State) -> Vec<Action> {
        let mut possible = Vec::new();
        let budget = &state.budget;
        if budget.callers > 0 && state.attempts.len() < AT_ONCE {
            for instance in [0, 1] {
                possible.extend([Action::Refuse(instance), Action::Count(instance)]);
                if budget.mishaps > 0 {
                    possible.extend([true, false].map(|kept| Action::CountInDoubt(instance, kept)));
                }
            }
        }
        for (at, attempt) in state.attempts.iter().enumerate() {
            self.possible_of(at, attempt, budget.mishaps > 0, &mut possible);
        }
        if budget.mishaps > 0 {
            let lives = |instance: &u8| {
                let own = |attempt: &Attempt| attempt.instance == *instance;
                let in_memory = |attempt: &&Attempt| attempt.stage != Stage::Lost;
                state.attempts.iter().filter(in_memory).any(own)
            };
            possible.extend([0, 1].into_iter().filter(lives).map(Action::Crash));
        }
        let is_locked = state.is_locked();
        if is_locked && budget.locks > 0 {
            possible.push(Action::LockRunsOut);
        }
        if budget.changes > 0 {
            let has_hash = state.lockout.stored != StoredState::Destroyed;
            possible.push(Action::Change);
            possible.extend(is_locked.then_some(Action::Unlock));
            possible.extend(
                (has_hash && state.lockout.stored != StoredState::Blocked).then_some(Action::Block),
            );
            possible.extend(has_hash.then_some(Action::Destroy));
        }
        possible
    }

    fn possible_of(&self, at: usize, attempt: &Attempt, mishaps: bool, possible: &mut Vec<Action>) {
        match attempt.stage {
            Stage::Counted => {
                possible.extend([Action::Try(at, true), Action::Try(at, false)]);
                if mishaps {
                    possible.push(Action::Break(at));
                }
            }
            Stage::Tried(_) => {
                possible.push(Action::Settle(at));
                if mishaps && attempt.row.is_some() {
                    possible.push(Action::SettleInDoubt(at));
                }
            }
            Stage::TakingBack => possible.push(Action::TakeBack(at)),
            Stage::Lost => possible.push(Action::GiveUp(at)),
        }
        // One that takes far too long is given up though its instance lives; but not what was right and is
        // only waiting for the database.
        let is_left_alone = match attempt.stage {
            Stage::Lost => true,
            Stage::Tried(true) => self.fault != Fault::LiveIsGivenUp,
            Stage::Counted | Stage::Tried(false) | Stage::TakingBack => false,
        };
        if mishaps && attempt.row.is_some() && !is_left_alone {
            possible.push(Action::GiveUp(at));
        }
    }

    /// What a step makes of a state; attempts stay in their order.
    pub fn step(&self, last: &State, action: Action) -> State {
        let mut next = last.clone();
        next.reply = None;
        match action {
            Action::Refuse(instance) => {
                next.budget.callers -= 1;
                if self.fault == Fault::CountBeforeAdmission {
                    next.count(self, instance, Stage::Lost);
                    next.is_wronged = next.lockout.failures > last.lockout.failures;
                }
            }
            Action::Count(instance) => {
                next.budget.callers -= 1;
                if self.fault == Fault::CountAfterHash {
                    next.enter(instance, Stage::Counted);
                } else {
                    next.count(self, instance, Stage::Counted);
                }
            }
            Action::CountInDoubt(instance, is_committed) => {
                next.budget.callers -= 1;
                next.budget.mishaps -= 1;
                if is_committed {
                    next.count(self, instance, Stage::TakingBack);
                } else {
                    next.attempts.push(Attempt {
                        name: next.budget.callers,
                        instance,
                        stage: Stage::TakingBack,
                        row: None,
                        order: 0,
                    });
                }
                next.reply = None;
            }
            Action::Try(at, is_right) => next.try_words(self, at, is_right),
            Action::Break(at) => {
                next.budget.mishaps -= 1;
                next.attempts[at].stage = Stage::TakingBack;
            }
            Action::Settle(at) => {
                next.settle(self, at);
                next.attempts.remove(at);
            }
            Action::SettleInDoubt(at) => {
                next.budget.mishaps -= 1;
                next.settle(self, at);
                next.reply = None;
            }
            Action::TakeBack(at) => {
                next.take_back(self, at);
                next.attempts.remove(at);
            }
            Action::GiveUp(at) => next.give_up(self, at),
            Action::Crash(instance) => next.crash(instance),
            Action::LockRunsOut | Action::Unlock => {
                if action == Action::Unlock {
                    next.budget.changes -= 1;
                } else {
                    next.budget.locks -= 1;
                }
                next.lockout.locked_until = None;
                next.since_lock = 0;
            }
            Action::Block => {
                next.budget.changes -= 1;
                next.lockout.stored = StoredState::Blocked;
                next.lockout.locked_until = None;
            }
            Action::Destroy => {
                next.budget.changes -= 1;
                next.lockout.stored = StoredState::Destroyed;
                next.begin_anew();
            }
            Action::Change => {
                next.budget.changes -= 1;
                next.generation += 1;
                next.lockout.stored = StoredState::Active;
                next.begin_anew();
            }
        }
        next
    }
}

impl State {
    pub fn is_locked(&self) -> bool {
        PassphraseState::at(
            now(),
            Some((self.lockout.stored, self.lockout.locked_until)),
        ) == PassphraseState::Locked
    }

    /// An attempt gets its number in the order of counting.
    fn number(&mut self) -> Order {
        let order = 1 << self.counted;
        self.counted += 1;
        self.run |= order;
        self.since_lock |= order;
        order
    }

    fn enter(&mut self, instance: u8, stage: Stage) {
        let order = self.number();
        self.attempts.push(Attempt {
            name: self.budget.callers,
            instance,
            stage,
            row: None,
            order,
        });
    }

    fn count(&mut self, model: &Lockouts, instance: u8, stage: Stage) {
        if let Some(row) = self.count_row(model) {
            self.enter(instance, stage);
            let attempt = self.attempts.last_mut().expect("it has just come");
            attempt.row = Some(row);
            self.standing |= attempt.order;
        }
    }

    /// As `UnauditedTx::count_attempt` counts.
    fn count_row(&mut self, model: &Lockouts) -> Option<(u8, u32)> {
        let stored = Some((self.lockout.stored, self.lockout.locked_until));
        self.reply = VerificationOutcome::untried(PassphraseState::at(now(), stored));
        if self.reply.is_some() {
            return None;
        }
        let counted = model.policy.count(self.lockout.failures, now());
        self.lockout = counted.lockout();
        Some((self.generation, counted.number))
    }

    fn try_words(&mut self, model: &Lockouts, at: usize, is_right: bool) {
        let order = self.attempts[at].order;
        self.attempts[at].stage = Stage::Tried(is_right);
        if !is_right {
            self.wrong |= order;
        }
        if model.fault == Fault::CountAfterHash {
            self.attempts[at].row = self.count_row(model);
            if self.attempts[at].row.is_some() {
                self.standing |= order;
            }
        }
    }

    /// As `Tx::end_attempt` takes an attempt away: its place, if what it was counted on is in force.
    fn end(&mut self, model: &Lockouts, at: usize) -> Option<(u32, bool)> {
        let (generation, place) = self.attempts[at].row.take()?;
        let is_same = generation == self.generation;
        let is_counted = self.lockout.stored != StoredState::Destroyed
            && (is_same || model.fault == Fault::TakeBackWithoutGeneration);
        Some((if is_counted { place } else { 0 }, is_same))
    }

    /// As `Tx::settle_attempt` settles.
    fn settle(&mut self, model: &Lockouts, at: usize) {
        let Attempt { stage, order, .. } = self.attempts[at];
        let were_right = stage == Stage::Tried(true);
        let Some((place, is_same)) = self.end(model, at) else {
            // It had ended; whoever asked was told 503.
            return;
        };
        let outcome = if is_same {
            VerificationOutcome::tried(self.lockout.stored, were_right)
        } else {
            VerificationOutcome::Rejected
        };
        self.reply = Some(outcome);
        if outcome == VerificationOutcome::Verified {
            if place > 0 {
                self.lockout = model.policy.clear(self.lockout, place, now());
                self.move_up(model, 0, place);
            }
            // The policy: success clears itself and what was counted before it.
            let up_to = order | (order - 1);
            self.standing &= !up_to;
            self.run &= !up_to;
            self.since_lock &= !up_to;
        }
        let is_tried_here = is_same
            && matches!(
                self.lockout.stored,
                StoredState::Active | StoredState::Disabled
            );
        self.is_wronged |= were_right && is_tried_here && outcome != VerificationOutcome::Verified;
    }

    /// As `Tx::take_attempt_back` takes back.
    fn take_back(&mut self, model: &Lockouts, at: usize) {
        let order = self.attempts[at].order;
        if model.fault == Fault::OutcomeDropped {
            return;
        }
        if let Some((place, _)) = self.end(model, at) {
            let is_last = place == self.lockout.failures;
            if place > 0 && (model.fault != Fault::NumbersBeginAnew || is_last) {
                self.lockout = model.policy.take_back(self.lockout, place);
                self.move_up(model, place, 1);
            }
            // The policy: it is nobody's failure.
            self.standing &= !order;
            self.run &= !order;
        }
    }

    fn give_up(&mut self, model: &Lockouts, at: usize) {
        let Attempt { stage, order, .. } = self.attempts[at];
        if model.fault == Fault::LostIsTakenBack {
            self.take_back(model, at);
        }
        self.attempts[at].row = None;
        self.wrong |= order;
        self.is_wronged |= stage == Stage::Tried(true);
        if stage == Stage::Lost {
            self.attempts.remove(at);
        } else {
            self.budget.mishaps -= 1;
        }
    }

    fn crash(&mut self, instance: u8) {
        self.budget.mishaps -= 1;
        self.attempts
            .retain(|attempt| attempt.instance != instance || attempt.row.is_some());
        for attempt in &mut self.attempts {
            if attempt.instance == instance {
                attempt.stage = Stage::Lost;
                self.wrong |= attempt.order;
            }
        }
    }

    /// As `Tx::move_up` moves the places of those under way.
    fn move_up(&mut self, model: &Lockouts, behind: u32, by: u32) {
        if model.fault == Fault::NumbersBeginAnew {
            return;
        }
        for attempt in &mut self.attempts {
            if let Some((generation, place)) = &mut attempt.row
                && *generation == self.generation
                && *place > behind
            {
                *place = place.saturating_sub(by);
            }
        }
    }

    fn begin_anew(&mut self) {
        self.lockout.failures = 0;
        self.lockout.locked_until = None;
        (self.standing, self.run, self.since_lock) = (0, 0, 0);
    }

    /// The same state for all that can follow: what has no effect any more is forgotten, and numbers,
    /// generations and instances are counted from the first that is there.
    fn simplified(mut self) -> Self {
        self.reply = None;
        let under_way = self.attempts.iter().fold(0, |all, one| all | one.order);
        let known = under_way | self.standing | self.run | self.since_lock;
        let has = |set: Order, bit: &u32| set >> bit & 1 == 1;
        let mut bits: Vec<_> = (0..Order::BITS).filter(|bit| has(known, bit)).collect();
        // Between two that are under way it is the same in which order the others were counted.
        let sets = [self.standing, self.wrong, self.run, self.since_lock];
        for ended in bits.split_mut(|bit| has(under_way, bit)) {
            ended.sort_by_key(|bit| sets.map(|set| has(set, bit)));
        }
        let renumbered = |set: Order| {
            let kept = bits.iter().enumerate().filter(|(_, bit)| has(set, bit));
            kept.fold(0, |all, (to, _)| all | 1 << to)
        };
        for set in [
            &mut self.standing,
            &mut self.wrong,
            &mut self.run,
            &mut self.since_lock,
        ] {
            *set = renumbered(*set);
        }
        self.counted = u8::try_from(known.count_ones()).expect("they are few");
        let oldest = self.attempts.iter().filter_map(|attempt| attempt.row);
        let oldest = oldest.map(|(generation, _)| generation).min();
        let before = oldest.map_or(self.generation, |oldest| oldest.min(self.generation));
        self.generation -= before;
        let is_swapped = self
            .attempts
            .first()
            .is_some_and(|first| first.instance == 1);
        for attempt in &mut self.attempts {
            attempt.name = 0;
            attempt.order = renumbered(attempt.order);
            attempt.instance ^= u8::from(is_swapped);
            if let Some((generation, _)) = &mut attempt.row {
                *generation -= before;
            }
        }
        self
    }
}

/// Of wrong words no more are tried than the policy allows: since the last success, and since the last
/// lock.
pub const NO_MORE_TRIED: &str = "no more wrong words are tried than the policy allows";
pub const COUNT_IS_TRUE: &str = "the count is of those that stand as failures, and of no other";
pub const REFUSED_UNCOUNTED: &str =
    "a refusal for load is never counted, nor right words told wrong or given up";
pub const ALL_END: &str = "what was counted is settled, taken back or given up in the end";

impl Model for Lockouts {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.beginning()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(self.possible(state));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        Some(self.step(last, action).simplified())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NO_MORE_TRIED, |_, state: &State| {
                let since = |set: Order| (state.wrong & set).count_ones();
                since(state.run) <= DISABLES_AT && since(state.since_lock) <= LOCKS_AT
            }),
            Property::always(COUNT_IS_TRUE, |_, state: &State| {
                state.lockout.failures == state.standing.count_ones()
            }),
            Property::always(REFUSED_UNCOUNTED, |_, state: &State| !state.is_wronged),
            Property::always(ALL_END, |model: &Self, state: &State| {
                let is_over = model.possible(state).is_empty();
                let has_ended = state.attempts.is_empty();
                // Whoever was told 503 before anything was tried is no failure.
                let may_be_tried = matches!(
                    state.lockout.stored,
                    StoredState::Active | StoredState::Disabled
                );
                let is_known = !may_be_tried || state.standing & !state.wrong == 0;
                !is_over || (has_ended && is_known)
            }),
            // What the policy is for does come about.
            Property::sometimes("it is disabled", |_, state: &State| {
                state.lockout.stored == StoredState::Disabled
            }),
            Property::sometimes("four are under way", |_, state: &State| {
                state.attempts.len() == AT_ONCE
            }),
        ]
    }
}

/// How far apart the moments are at which a lock holds and at which it has run out.
pub const LOCK: TimeDelta = TimeDelta::minutes(LOCK_MINUTES as i64);
