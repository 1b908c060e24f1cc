//! The lockout policy: however many guess at once, no more are tried than it allows.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    PHRASE, Person, World,
    cast::WRONG,
    world::{BUSY, on_each_database, on_postgresql},
};

on_each_database! {
    of_forty_wrong_guesses_at_once_three_are_tried with BUSY,
    the_right_words_among_forty_guesses_never_let_more_be_tried_than_the_law with BUSY,
    locks_last_a_quarter_an_hour_and_a_day_and_the_tenth_failure_disables with BUSY,
    success_clears_the_count with BUSY,
    a_lifted_lock_keeps_the_count with BUSY,
    only_a_timed_lock_can_be_lifted with BUSY,
    a_disabled_passphrase_comes_back_by_an_application_alone with BUSY,
    a_new_application_ends_every_lock with BUSY,
    blocked_destroyed_and_unset_are_told_apart_as_the_contract_says with BUSY,
    words_with_nothing_in_them_are_no_attempt with BUSY,
    an_unknown_client_is_no_attempt with BUSY,
    what_happens_to_a_passphrase_while_a_caller_waits_in_line_holds_for_them with BUSY,
}
on_postgresql! {
    forty_wrong_guesses_at_two_instances_are_tried_three_times_in_all with BUSY,
}

/// Sends forty guesses at once, from `callers` in turn; gives the outcomes counted.
async fn guess_at_once(
    callers: &[Person],
    client: &str,
    phrase: impl Fn(usize) -> &'static str,
) -> BTreeMap<String, usize> {
    let guesses = (0..40).map(|number| {
        let caller = &callers[number % callers.len()];
        caller.outcome(client, phrase(number))
    });
    let outcomes = futures_util::future::join_all(guesses).await;
    let mut counted = BTreeMap::new();
    for outcome in outcomes {
        *counted.entry(outcome).or_default() += 1;
    }
    counted
}

fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

async fn of_forty_wrong_guesses_at_once_three_are_tried(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let before = world.hash_jobs();
    let counted = guess_at_once(&[specialist], &client, |_| WRONG).await;
    assert_eq!(counted, counts([("locked", 37), ("rejected", 3)]));
    assert_eq!(world.hash_jobs() - before, 3);
    let status = status(&branch, &client).await;
    assert_eq!(
        (&status["state"], &status["failed_attempts"]),
        (&json!("locked"), &json!(3))
    );
}

async fn forty_wrong_guesses_at_two_instances_are_tried_three_times_in_all(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let other = world.another_instance().await;
    let before = world.hash_jobs();
    let callers = [specialist.clone(), specialist.at(&other)];
    let counted = guess_at_once(&callers, &client, |_| WRONG).await;
    assert_eq!(counted, counts([("locked", 37), ("rejected", 3)]));
    let elsewhere = other.app.hasher.stats().jobs_checked;
    assert_eq!(world.hash_jobs() - before + elsewhere, 3);
}

async fn the_right_words_among_forty_guesses_never_let_more_be_tried_than_the_law(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    for position in [0, 1, 2, 20, 39] {
        let client = branch
            .client_with_phrase(world, &format!("K-{position}"))
            .await;
        let before = world.hash_jobs();
        let phrase = |number| if number == position { PHRASE } else { WRONG };
        let counted = guess_at_once(std::slice::from_ref(&specialist), &client, phrase).await;
        let of = |name: &str| counted.get(name).copied().unwrap_or_default();
        // A success clears what was counted up to it, so three more may be tried after it.
        assert!(of("verified") <= 1, "{counted:?}");
        assert!(of("rejected") <= 3 + 2 * of("verified"), "{counted:?}");
        let tried = usize::try_from(world.hash_jobs() - before).unwrap();
        assert_eq!(tried, of("rejected") + of("verified"), "{counted:?}");
        assert_eq!(
            of("rejected") + of("verified") + of("locked"),
            40,
            "{counted:?}"
        );
    }
}

async fn status(branch: &Person, client: &str) -> Value {
    let path = format!("/v1/clients/{client}/passphrase");
    branch.get(&path).await.expect(200).body
}

/// Types wrong words so often; gives the last answer.
async fn fail(specialist: &Person, client: &str, times: usize) -> Value {
    let mut last = Value::Null;
    for _ in 0..times {
        let answer = specialist.verify(client, WRONG).await.expect(201);
        assert_eq!(answer["outcome"], "rejected", "{}", answer.text);
        last = answer.body;
    }
    last
}

async fn locks_last_a_quarter_an_hour_and_a_day_and_the_tenth_failure_disables(world: &World) {
    let branch = world.staff("branch").await;
    let mut specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for minutes in [15, 60, 24 * 60] {
        let lock = TimeDelta::minutes(minutes);
        assert_eq!(fail(&specialist, &client, 1).await["attempts_left"], 2);
        assert_eq!(fail(&specialist, &client, 1).await["attempts_left"], 1);
        let third = fail(&specialist, &client, 1).await;
        assert_eq!(third["attempts_left"], 0);
        assert_eq!(third["locked_until"], world.time_in(lock));
        // To the last microsecond even the right words are not tried.
        world.wait(lock - TimeDelta::microseconds(1));
        specialist = specialist.again(world.line()).await;
        let locked = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(locked["outcome"], "locked");
        assert_eq!(locked["attempts_left"], Value::Null);
        assert_eq!(
            locked["locked_until"],
            world.time_in(TimeDelta::microseconds(1))
        );
        world.wait(TimeDelta::microseconds(1));
    }
    let tenth = fail(&specialist, &client, 1).await;
    assert_eq!(
        (&tenth["attempts_left"], &tenth["locked_until"]),
        (&json!(0), &Value::Null)
    );
    world.wait(TimeDelta::days(400));
    assert_eq!(
        specialist
            .again(world.line())
            .await
            .outcome(&client, PHRASE)
            .await,
        "disabled"
    );
    let branch = branch.again(world.line()).await;
    assert_eq!(status(&branch, &client).await["state"], "disabled");
}

async fn success_clears_the_count(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..5 {
        fail(&specialist, &client, 2).await;
        let right = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(
            (&right["outcome"], &right["attempts_left"]),
            (&json!("verified"), &json!(3))
        );
        assert_eq!(status(&branch, &client).await["failed_attempts"], 0);
    }
}

async fn a_lifted_lock_keeps_the_count(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let unlock = format!("/v1/clients/{client}/passphrase/unlock");
    let reason = json!({"reason": "the client showed a document at the branch"});
    fail(&supervisor, &client, 3).await;
    let lifted = supervisor.post(&unlock, reason.clone()).await.expect(200);
    assert_eq!(lifted["state"], "active");
    assert_eq!(lifted["failed_attempts"], 3);
    assert_eq!(lifted["attempts_left"], 3);
    assert_eq!(lifted["locked_until"], Value::Null);
    let sixth = fail(&supervisor, &client, 3).await;
    assert_eq!(sixth["locked_until"], world.time_in(TimeDelta::hours(1)));
    supervisor.post(&unlock, reason.clone()).await.expect(200);
    fail(&supervisor, &client, 3).await;
    supervisor.post(&unlock, reason).await.expect(200);
    fail(&supervisor, &client, 1).await;
    assert_eq!(supervisor.outcome(&client, PHRASE).await, "disabled");
}

async fn only_a_timed_lock_can_be_lifted(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.enter_client("K-1").await;
    let unlock = format!("/v1/clients/{client}/passphrase/unlock");
    let reason = json!({"reason": "asked"});
    supervisor
        .post(&unlock, reason.clone())
        .await
        .refused(409, "no_passphrase");
    branch.register(world, &client, PHRASE).await;
    supervisor
        .post(&unlock, reason.clone())
        .await
        .refused(409, "not_locked");
    fail(&supervisor, &client, 3).await;
    world.wait(TimeDelta::minutes(15));
    supervisor
        .post(&unlock, reason.clone())
        .await
        .refused(409, "not_locked");
    supervisor
        .post(&unlock, json!({}))
        .await
        .refused_field(422, "/reason", "missing");
    supervisor
        .post("/v1/clients/nobody/passphrase/unlock", reason)
        .await
        .refused(404, "not_found");
}

async fn a_disabled_passphrase_comes_back_by_an_application_alone(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for minutes in [15, 60, 24 * 60] {
        fail(&supervisor, &client, 3).await;
        world.wait(TimeDelta::minutes(minutes));
    }
    let (branch, supervisor) = (
        branch.again(world.line()).await,
        supervisor.again(world.line()).await,
    );
    fail(&supervisor, &client, 1).await;
    let unlock = format!("/v1/clients/{client}/passphrase/unlock");
    supervisor
        .post(&unlock, json!({"reason": "asked"}))
        .await
        .refused(409, "not_locked");
    assert_eq!(supervisor.outcome(&client, PHRASE).await, "disabled");
    branch.register(world, &client, PHRASE).await;
    assert_eq!(supervisor.outcome(&client, PHRASE).await, "verified");
}

async fn a_new_application_ends_every_lock(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    fail(&specialist, &client, 3).await;
    let other = "сорок синих барсуков пляшут";
    let drafted = branch.ask_to_draft(&client).await.expect(201);
    assert_eq!(drafted["kind"], "change");
    branch
        .complete(&drafted.text("id"), "2026-01-31", other)
        .await
        .expect(200);
    let now = status(&branch, &client).await;
    assert_eq!(
        (&now["state"], &now["failed_attempts"]),
        (&json!("active"), &json!(0))
    );
    assert_eq!(fail(&specialist, &client, 1).await["attempts_left"], 2);
    assert_eq!(specialist.outcome(&client, other).await, "verified");
    assert_eq!(specialist.outcome(&client, PHRASE).await, "rejected");
}

async fn blocked_destroyed_and_unset_are_told_apart_as_the_contract_says(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}/passphrase");
    let reason = json!({"reason": "the client lost the paper"});
    let untried = async |expected: &str| {
        let answer = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(answer["outcome"], expected);
        assert_eq!(answer["attempts_left"], Value::Null, "{}", answer.text);
        assert_eq!(answer["locked_until"], Value::Null, "{}", answer.text);
    };
    untried("unset").await;
    specialist
        .post(&format!("{path}/block"), reason.clone())
        .await
        .refused(409, "no_passphrase");
    branch
        .ask("DELETE", &path)
        .json(&reason)
        .await
        .refused(409, "no_passphrase");
    branch.register(world, &client, PHRASE).await;
    for _ in 0..2 {
        let blocked = specialist
            .post(&format!("{path}/block"), reason.clone())
            .await
            .expect(200);
        assert_eq!(blocked["state"], "blocked");
    }
    untried("blocked").await;
    let destroyed = branch.ask("DELETE", &path).json(&reason).await.expect(200);
    assert_eq!(destroyed["state"], "destroyed");
    untried("unset").await;
    branch
        .ask("DELETE", &path)
        .json(&reason)
        .await
        .refused(409, "no_passphrase");
    specialist
        .post(&format!("{path}/block"), reason.clone())
        .await
        .refused(409, "no_passphrase");
    assert_eq!(
        branch.ask_to_draft(&client).await.expect(201)["kind"],
        "set"
    );
}

async fn words_with_nothing_in_them_are_no_attempt(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let (before, lines) = (world.hash_jobs(), ["", "   ", "-- !?…"]);
    for nothing in lines {
        specialist.verify(&client, nothing).await.refused_field(
            422,
            "/passphrase",
            "nothing_to_compare",
        );
    }
    assert_eq!(status(&branch, &client).await["failed_attempts"], 0);
    assert_eq!(world.hash_jobs(), before);
}

async fn an_unknown_client_is_no_attempt(world: &World) {
    let specialist = world.staff("call_center").await;
    let before = world.hash_jobs();
    specialist
        .verify("nobody", PHRASE)
        .await
        .refused(404, "not_found");
    assert_eq!(world.hash_jobs(), before);
}

async fn what_happens_to_a_passphrase_while_a_caller_waits_in_line_holds_for_them(world: &World) {
    let (branch, specialist) = (world.staff("branch").await, world.staff("supervisor").await);
    let client = branch.client_with_phrase(world, "K-1").await;
    let path = format!("/v1/clients/{client}/passphrase");
    let reason = json!({"reason": "the client showed a document at the branch"});
    let hasher = &world.first.app.hasher;
    let verified_after = async |words, happens: &str| {
        let mut places = Vec::new();
        for _ in 0..2 * hasher.settings().workers {
            places.push(hasher.admit().await.expect("nobody else is there"));
        }
        let happening = async {
            while hasher.stats().waiting == 0 {
                tokio::task::yield_now().await;
            }
            // Passphrases are looked up in order: once these are answered, the caller's own was seen. The
            // first may have overtaken it between its place in line and its question.
            for _ in 0..2 {
                let seen = world
                    .first
                    .app
                    .store
                    .client_passphrase(&client.as_str().into())
                    .await;
                assert!(seen.is_ok_and(|seen| seen.is_some()));
            }
            let happened = specialist.post(&format!("{path}/{happens}"), reason.clone());
            happened.await.expect(200);
            drop(places);
        };
        let (answer, ()) = tokio::join!(specialist.verify(&client, words).into_future(), happening);
        answer.expect(201)
    };
    fail(&specialist, &client, 3).await;
    let freed = verified_after(WRONG, "unlock").await;
    assert_eq!(freed["outcome"], "rejected", "{}", freed.text);
    let counted = branch.get(&path).await.expect(200);
    assert_eq!(counted["failed_attempts"], 4);
    let shut = verified_after(PHRASE, "block").await;
    assert_eq!(shut["outcome"], "blocked", "{}", shut.text);
}
