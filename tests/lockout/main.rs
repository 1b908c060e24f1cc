//! The lockout policy is checked in every order of what can happen; and so is that the check finds the
//! faults for which it was made. `tests/it/lockout.rs` runs traces of the same model against the store.

#![allow(dead_code, reason = "the traces use the rest of the model")]

mod model;

use model::{
    ALL_END, Budget, COUNT_IS_TRUE, Fault, Lockouts, NO_MORE_TRIED, REFUSED_UNCOUNTED, policy,
};
use stateright::{Checker, HasDiscoveries, Model};

fn model(budget: Budget, fault: Fault) -> Lockouts {
    Lockouts {
        policy: policy(),
        budget,
        fault,
    }
}

/// Checks every state within a budget; gives how many those are.
fn check(callers: u8, mishaps: u8, changes: u8, locks: u8) -> usize {
    let budget = Budget {
        callers,
        mishaps,
        changes,
        locks,
    };
    let checker = model(budget, Fault::None).checker();
    let checked = checker.threads(2).spawn_bfs().join();
    println!("{budget:?}: {} states", checked.unique_state_count());
    for name in [NO_MORE_TRIED, COUNT_IS_TRUE, REFUSED_UNCOUNTED, ALL_END] {
        let broken = checked.discovery(name).map(|path| path.into_actions());
        assert_eq!(broken, None, "{name}");
    }
    checked.unique_state_count()
}

#[test]
fn four_attempts_with_a_mishap_and_a_change_between_any_two_steps_keep_to_the_policy() {
    assert!(check(4, 1, 1, 1) > 200_000);
}

#[test]
fn five_attempts_and_a_lock_that_runs_out_keep_to_the_policy() {
    assert!(check(5, 0, 0, 1) > 8_000);
}

#[test]
fn several_mishaps_and_several_changes_keep_to_the_policy() {
    assert!(check(3, 2, 0, 1) > 7_000);
    assert!(check(3, 0, 2, 1) > 4_000);
}

#[test]
fn what_the_policy_is_for_comes_about() {
    let budget = Budget {
        callers: 4,
        mishaps: 0,
        changes: 0,
        locks: 1,
    };
    let checker = model(budget, Fault::None).checker();
    checker.threads(2).spawn_bfs().join().assert_properties();
}

/// A planted fault breaks a property, and the check says so.
fn finds(fault: Fault, broken: &'static str) {
    let budget = Budget {
        callers: 5,
        mishaps: 1,
        changes: 1,
        locks: 0,
    };
    let wanted = HasDiscoveries::AnyOf([broken].into());
    let checker = model(budget, fault).checker().finish_when(wanted);
    let found = checker.threads(2).spawn_bfs().join().discovery(broken);
    let path = found.map(|path| path.into_actions());
    println!("{fault:?} breaks «{broken}» by {path:?}");
    assert!(path.is_some(), "{fault:?} does not break: {broken}");
}

#[test]
fn words_that_are_counted_after_they_are_tried_are_found() {
    finds(Fault::CountAfterHash, NO_MORE_TRIED);
}

#[test]
fn an_attempt_taken_back_from_another_passphrase_is_found() {
    finds(Fault::TakeBackWithoutGeneration, COUNT_IS_TRUE);
    finds(Fault::TakeBackWithoutGeneration, NO_MORE_TRIED);
}

#[test]
fn a_late_end_that_erases_the_count_of_another_is_found() {
    finds(Fault::NumbersBeginAnew, COUNT_IS_TRUE);
    finds(Fault::NumbersBeginAnew, NO_MORE_TRIED);
}

#[test]
fn an_attempt_of_which_nobody_asks_whether_it_was_counted_is_found() {
    finds(Fault::OutcomeDropped, ALL_END);
}

#[test]
fn a_caller_who_is_counted_and_refused_is_found() {
    finds(Fault::CountBeforeAdmission, REFUSED_UNCOUNTED);
}

#[test]
fn a_guess_that_is_won_by_every_crash_is_found() {
    finds(Fault::LostIsTakenBack, NO_MORE_TRIED);
}

#[test]
fn right_words_that_a_living_instance_has_to_settle_and_another_gives_up_are_found() {
    finds(Fault::LiveIsGivenUp, REFUSED_UNCOUNTED);
}
