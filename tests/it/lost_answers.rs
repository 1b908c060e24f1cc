//! The database is slow or breaks off in the middle of a verification, or the caller hangs up. A 503 before
//! the attempt could begin is none; where the answer is lost after the words were tried, wrong words stay
//! counted and right ones never are. What was counted comes to its end, and the record says what was told
//! to whom.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, sql_query};
use qupia::{
    domain::{
        audit::Origin,
        identifier::CallId,
        passphrase::Passphrase,
        role::{Actor, Proof, Role, Verify},
    },
    flows::{
        Refusal, disconnect,
        verify::{
            Caller,
            lost::{LOST_AFTER, Search},
            verify,
        },
    },
    secrets::hasher::{Check, HashCandidate, Renew},
    store::{Attempt, NewAttempt},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    stand_in::{Gate, Says, patient, stand_in},
    support::{
        Answer, PHRASE, Person, World,
        cast::WRONG,
        cut::Cut,
        database::Kind,
        world::{on_each_database, on_postgresql},
    },
};

on_each_database! {
    what_was_told_503_is_recorded_as_read_by_nobody with IMPATIENT,
    wrong_words_that_were_told_503_stay_counted_and_are_recorded with IMPATIENT,
    whoever_hangs_up_during_the_hash_is_recorded_as_told_nothing,
    whoever_hangs_up_while_the_loan_system_is_asked_leaves_nothing_open with patient(),
    right_words_whose_settlement_met_a_fault_are_no_failure with IMPATIENT,
    an_attempt_that_was_lost_with_its_instance_stays_counted_and_is_recorded,
    one_lost_attempt_that_cannot_be_given_up_holds_up_no_other,
    what_may_still_be_settled_is_not_given_up,
}
on_postgresql! {
    right_words_whose_settlement_kept_colliding_are_no_failure with IMPATIENT,
    a_503_while_the_attempt_was_being_counted_was_no_attempt with PATIENT,
    an_attempt_whose_counting_was_committed_and_not_answered_is_taken_back,
    a_verification_that_was_committed_and_not_answered_is_closed,
}

const IMPATIENT: &[(&str, &str)] = &[
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_DATABASE__TIMEOUT_SECONDS", "1"),
];
const PATIENT: &[(&str, &str)] = &[
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_DATABASE__TIMEOUT_SECONDS", "2"),
];
const KEY: &str = "idempotency-key";
/// Half of the time that a patient caller waits.
const HALF: Duration = Duration::from_secs(1);
/// Whatever is awaited comes within this.
const SOON: Duration = Duration::from_secs(30);

/// Waits until something holds, and no longer than it may take.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < SOON, "still not so: {what}");
        actix_web::rt::task::yield_now().await;
    }
}

async fn failed_attempts(branch: &Person, client: &str) -> Value {
    let path = format!("/v1/clients/{client}/passphrase");
    branch.get(&path).await.expect(200)["failed_attempts"].clone()
}

/// A session beside the service that holds every row of a table.
fn hold(world: &World, table: &str) -> PgConnection {
    let mut session = PgConnection::establish(&world.database.url()).expect("it opens");
    session.batch_execute("BEGIN").expect("it begins");
    let held = sql_query(format!("SELECT 1 FROM {table} FOR UPDATE")).execute(&mut session);
    assert!(held.expect("it is held") > 0, "{table} is empty");
    session
}

fn in_service(world: &World, condition: &str) -> i64 {
    world.database.number(&format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'qupia' AND {condition}"
    ))
}

async fn a_503_while_the_attempt_was_being_counted_was_no_attempt(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    let before = world.hash_jobs();
    for _ in 0..3 {
        let (mut quota, mut passphrase) = (hold(world, "rate_windows"), hold(world, "passphrases"));
        let began = Instant::now();
        // Each lock alone is shorter than the caller waits, and both together are longer.
        let half_a_patience_later = async {
            until("half of it", || began.elapsed() > HALF).await;
            quota.batch_execute("ROLLBACK").expect("it is let go");
        };
        let verifying = specialist.verify(&client, PHRASE);
        let (answer, ()) = tokio::join!(verifying.into_future(), half_a_patience_later);
        assert!(in_service(world, "wait_event_type = 'Lock'") > 0);
        passphrase.batch_execute("ROLLBACK").expect("it is let go");
        answer.refused(503, "unavailable");
        until("all is done", || in_service(world, "state <> 'idle'") == 0).await;
    }
    assert_eq!(failed_attempts(&branch, &client).await, 0);
    assert_eq!(world.hash_jobs(), before);
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
}

/// What the database says in place of writing a verification, and PostgreSQL's code for it.
type Trouble = (&'static str, &'static str);

const AWAY: Trouble = ("database is locked: lock timeout", "lock_not_available");
const FAULT: Trouble = ("nobody has heard of this", "internal_error");
const COLLISION: Trouble = ("could not serialize access", "serialization_failure");

/// The database says this whenever a verification is to be written.
fn refuse_verifications(world: &World, (words, code): Trouble) {
    world.database.execute(&match world.kind {
        Kind::Sqlite => format!(
            "CREATE TRIGGER away BEFORE INSERT ON verifications \
             BEGIN SELECT RAISE(ABORT, '{words}'); END"
        ),
        Kind::Postgres => format!(
            "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'; END $$; \
             CREATE TRIGGER away BEFORE INSERT ON verifications \
             FOR EACH ROW EXECUTE FUNCTION away()"
        ),
    });
}

fn take_verifications_again(world: &World) {
    world.database.execute(match world.kind {
        Kind::Sqlite => "DROP TRIGGER away",
        Kind::Postgres => "DROP TRIGGER away ON verifications; DROP FUNCTION away()",
    });
}

/// Says words while verifications cannot be written, and gives the events about them once they were.
async fn said_while_away(world: &World, client: &str, words: &str) -> Vec<Value> {
    let specialist = world.staff("call_center").await;
    refuse_verifications(world, AWAY);
    let answer = specialist.verify(client, words).await;
    answer.refused(503, "unavailable");
    take_verifications_again(world);
    until("it is written", || {
        world.database.number("SELECT count(*) FROM verifications") > 0
    })
    .await;
    events_of(world, &specialist, client).await
}

/// What somebody did about a client, the newest first.
async fn events_of(world: &World, specialist: &Person, client: &str) -> Vec<Value> {
    let auditor = world.staff("auditor").await;
    let path = format!("/v1/audit/events?actor={}", specialist.id);
    let events = auditor.get(&path).await.expect(200).items().clone();
    let about = |event: &Value| event["client_id"] == json!(client);
    events.into_iter().filter(about).collect()
}

async fn what_was_told_503_is_recorded_as_read_by_nobody(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let events = said_while_away(world, &client, PHRASE).await;
    let reply: Vec<_> = events
        .iter()
        .map(|event| (&event["action"], &event["outcome"]))
        .collect();
    assert_eq!(
        reply,
        [(&json!("verification.recorded"), &json!("verified"))]
    );
    assert_eq!(events[0]["details"]["answered"], "unavailable");
    let open = "SELECT count(*) FROM verifications WHERE closed_at IS NULL";
    assert_eq!(world.database.number(open), 0);
    assert_eq!(failed_attempts(&branch, &client).await, 0);
}

async fn wrong_words_that_were_told_503_stay_counted_and_are_recorded(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let events = said_while_away(world, &client, WRONG).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["outcome"], "rejected");
    assert_eq!(events[0]["details"], json!({"answered": "unavailable"}));
    assert_eq!(failed_attempts(&branch, &client).await, 1);
}

/// Right words whose end cannot be written down are told neither right nor wrong, and are settled once it
/// can be.
async fn right_words_are_settled_in_the_end(world: &World, trouble: Trouble) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let specialist = world.staff("call_center").await;
    refuse_verifications(world, trouble);
    verify_in_vain(world, &specialist, &client).await;
    take_verifications_again(world);
    until("it is settled", || under_way(world) == 0).await;
    assert_eq!(failed_attempts(&branch, &client).await, 0);
    let events = events_of(world, &specialist, &client).await;
    assert_eq!(events[0]["outcome"], "verified");
    assert_eq!(events[0]["details"]["answered"], "unavailable");
}

/// Says the right words where their end cannot be written down.
async fn verify_in_vain(world: &World, specialist: &Person, client: &str) {
    let (proof, origin, caller) = call(specialist, client);
    let (_pending, connection) = disconnect::watched();
    let answered = verify(&world.first.app, &proof, &origin, caller, connection).await;
    assert!(matches!(answered, Err(Refusal::Store(_))));
}

async fn right_words_whose_settlement_met_a_fault_are_no_failure(world: &World) {
    right_words_are_settled_in_the_end(world, FAULT).await;
}

async fn right_words_whose_settlement_kept_colliding_are_no_failure(world: &World) {
    right_words_are_settled_in_the_end(world, COLLISION).await;
}

fn under_way(world: &World) -> i64 {
    world.database.number("SELECT count(*) FROM attempts")
}

/// Waits until an attempt is under way, without standing in the way of whoever makes it.
async fn counted(world: &World) {
    let now = world.clock.now() + TimeDelta::days(1);
    let store = &world.first.app.store;
    let under_way = || store.read(move |reader| reader.attempts_counted_before(now, 1));
    while under_way().await.expect("it is read").is_empty() {}
}

/// A check that keeps a hash worker at work for seconds.
fn long_check() -> Check {
    Check {
        stored: None,
        exact_tag: None,
        candidates: vec![HashCandidate {
            secret: Zeroizing::new(b"somebody else".to_vec()),
            renew_as: None,
        }],
        tries: 10_000,
        exact_form: None,
        renew: Renew::Never,
    }
}

/// A call on which right words were said.
fn call(specialist: &Person, client: &str) -> (Proof<Verify>, Origin, Caller) {
    let actor = Actor {
        id: specialist.id.as_str().into(),
        login: specialist.login.clone(),
        role: Role::CallCenter,
        branch_code: None,
        session_id: "a session".into(),
    };
    let caller = Caller {
        client_id: client.into(),
        passphrase: Passphrase::parse(Zeroizing::new(PHRASE.to_owned())).expect("it is one"),
        call_id: CallId::parse("call-1").expect("it is one"),
    };
    let proof = Proof::<Verify>::of(actor).expect("they may");
    (proof, Origin::own("a test"), caller)
}

/// Says the right words and hangs up at that moment, with an `Idempotency-Key` or without.
async fn hang_up_at(
    moment: impl Future<Output = ()>,
    specialist: &Person,
    client: &str,
    key: Option<&str>,
) {
    tokio::select! {
        _ = saying(specialist, client, key) => panic!("nothing is to be answered yet"),
        () = moment => {}
    }
    // The connection is closed by a task of the client's own, which has its turn now.
    for _ in 0..100 {
        actix_web::rt::task::yield_now().await;
    }
}

fn saying(specialist: &Person, client: &str, key: Option<&str>) -> impl Future<Output = Answer> {
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "call-1"});
    let ask = specialist.post("/v1/verifications", body);
    let ask = key.into_iter().fold(ask, |ask, key| ask.header(KEY, key));
    ask.into_future()
}

async fn whoever_hangs_up_during_the_hash_is_recorded_as_told_nothing(world: &World) {
    for key in [None, Some("a-key")] {
        let branch = world.staff("branch").await;
        let client = branch.client_with_phrase(world, key.unwrap_or("K-1")).await;
        let specialist = world.staff("call_center").await;
        let app = &world.first.app;
        let mut busy = Vec::new();
        for _ in 0..app.hasher.settings().workers {
            let admission = app.hasher.admit().await.expect("nobody else is there");
            busy.push(actix_web::rt::spawn(admission.check(long_check())));
        }
        hang_up_at(counted(world), &specialist, &client, key).await;
        until("it is settled", || under_way(world) == 0).await;
        let events = events_of(world, &specialist, &client).await;
        assert_eq!(events.len(), 1, "{key:?}: {events:?}");
        assert_eq!(events[0]["outcome"], "verified");
        assert_eq!(events[0]["details"]["answered"], "nothing");
        let open = "SELECT count(*) FROM verifications WHERE closed_at IS NULL";
        assert_eq!(world.database.number(open), 0);
        assert_eq!(failed_attempts(&branch, &client).await, 0);
        if key.is_some() {
            what_is_repeated_tells_the_outcome_and_no_loans(&specialist, &client, key).await;
            // It was carried out once, and whoever is told of it now is seen.
            let events = events_of(world, &specialist, &client).await;
            let reply: Vec<_> = events.iter().map(|event| &event["action"]).collect();
            assert_eq!(
                reply,
                ["inquiry.made", "answer.replayed", "verification.recorded"]
            );
            assert_eq!(events[0]["outcome"], "refused");
        }
        for job in busy {
            job.await.expect("it ends").expect("it is checked");
        }
    }
}

async fn what_is_repeated_tells_the_outcome_and_no_loans(
    specialist: &Person,
    client: &str,
    key: Option<&str>,
) {
    let began = Instant::now();
    let again = loop {
        let again = saying(specialist, client, key).await;
        if again.status != 409 {
            break again.expect(201);
        }
        again.refused(409, "request_in_progress");
        assert!(began.elapsed() < SOON, "its answer is not kept");
    };
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again["outcome"], "verified");
    assert_eq!(again["loans"], Value::Null);
    let loans = format!("/v1/verifications/{}/loans", again.text("id"));
    let loans = specialist.get(&loans).await;
    loans.refused(410, "verification_over");
}

async fn whoever_hangs_up_while_the_loan_system_is_asked_leaves_nothing_open(world: &World) {
    for key in [None, Some("a-key")] {
        let number = format!("hung-up-{:?}-{}", world.kind, std::process::id());
        let number = format!("{number}-{}", key.is_some());
        let branch = world.staff("branch").await;
        let client = branch.client_with_phrase(world, &number).await;
        let specialist = world.staff("call_center").await;
        let (path, gate) = (format!("clients/{number}/loans"), Gate::default());
        let none = Says::Json(200, json!({"loans": []}).to_string());
        stand_in().says(&path, Says::After(gate.clone(), Box::new(none)));
        let asked = until("it is asked", || stand_in().asked(&path) > 0);
        hang_up_at(asked, &specialist, &client, key).await;
        gate.open();
        let open = "SELECT count(*) FROM verifications WHERE closed_at IS NULL";
        until("it is closed", || world.database.number(open) == 0).await;
        let events = events_of(world, &specialist, &client).await;
        assert_eq!(events[0]["action"], "verification.closed");
        assert_eq!(events[0]["details"], json!({"answered": "nothing"}));
        if key.is_some() {
            what_is_repeated_tells_the_outcome_and_no_loans(&specialist, &client, key).await;
        }
    }
}

/// Counts an attempt on a client that no instance knows of.
async fn orphan(world: &World, id: &str, client: &str, specialist: &Person) {
    let (app, now) = (&world.first.app, world.clock.now());
    let attempt = NewAttempt {
        id: id.into(),
        client_id: client.into(),
        staff_id: specialist.id.as_str().into(),
        call_id: "call-1".to_owned(),
        request_id: "a request".to_owned(),
    };
    let policy = app.settings.attempts.clone();
    let counted = app
        .store
        .unaudited(move |tx| tx.count_attempt(&attempt, None, &policy, now));
    assert!(matches!(counted.await, Ok(Attempt::Counted(..))));
}

async fn an_attempt_that_was_lost_with_its_instance_stays_counted_and_is_recorded(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let specialist = world.staff("call_center").await;
    let app = &world.first.app;
    orphan(world, "an attempt", &client, &specialist).await;
    let mut search = Search::default();
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    world.wait(LOST_AFTER);
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    world.wait(TimeDelta::microseconds(1));
    assert_eq!(search.give_up(app).await.expect("it looks"), 1);
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    let events = events_of(world, &specialist, &client).await;
    let reply: Vec<_> = events.iter().map(|event| &event["action"]).collect();
    assert_eq!(reply, ["attempt.lost"]);
    assert_eq!(events[0]["request_id"], "a request");
    assert_eq!(failed_attempts(&branch, &client).await, 1);
}

async fn one_lost_attempt_that_cannot_be_given_up_holds_up_no_other(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let app = &world.first.app;
    for number in ["K-1", "K-2"] {
        let client = branch.client_with_phrase(world, number).await;
        orphan(world, number, &client, &specialist).await;
        world.wait(TimeDelta::seconds(1));
    }
    let broken = "UPDATE attempts SET place = -1 WHERE id = 'K-1'";
    world.database.execute(broken);
    let mut search = Search::default();
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    world.wait(LOST_AFTER);
    assert_eq!(search.give_up(app).await.expect("it goes on"), 1);
    let left = world.database.texts("SELECT id FROM attempts");
    assert_eq!(left, ["K-1"]);
}

async fn what_may_still_be_settled_is_not_given_up(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let (known, lost) = ("K-1", "K-2");
    let known = branch.client_with_phrase(world, known).await;
    let lost = branch.client_with_phrase(world, lost).await;
    let app = &world.first.app;
    let (mut search, mut successor) = (Search::default(), Search::default());
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    // A fault of the settlement alone. Were the database away, whatever is written together with one of its
    // tries would fail with it.
    refuse_verifications(world, FAULT);
    verify_in_vain(world, &specialist, &known).await;
    orphan(world, "an attempt", &lost, &specialist).await;
    world.wait(LOST_AFTER + TimeDelta::seconds(1));
    // It may have been away until now: whoever lives has not had their time yet.
    assert_eq!(successor.give_up(app).await.expect("it looks"), 0);
    search.lost_touch();
    assert_eq!(search.give_up(app).await.expect("it looks"), 0);
    assert_eq!(under_way(world), 2);
    world.wait(LOST_AFTER);
    // The one that this instance has in hand is left to it.
    assert_eq!(search.give_up(app).await.expect("it looks"), 1);
    assert_eq!(under_way(world), 1);
    take_verifications_again(world);
    until("it is settled", || under_way(world) == 0).await;
    assert_eq!(failed_attempts(&branch, &known).await, 0);
    assert_eq!(failed_attempts(&branch, &lost).await, 1);
}

async fn an_attempt_whose_counting_was_committed_and_not_answered_is_taken_back(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let cut = Cut::before(&world.database.url());
    let url = cut.url(&world.database.url());
    let other = world.another_instance_over(&url).await;
    let specialist = world.staff("call_center").await;
    cut.lose_answer_to(1);
    let answer = specialist.at(&other).verify(&client, PHRASE).await;
    answer.refused(503, "unavailable");
    let taken_back = "SELECT count(*) FROM audit_events WHERE action = 'attempt.taken_back'";
    until("it is taken back", || {
        world.database.number(taken_back) == 1
    })
    .await;
    assert_eq!(under_way(world), 0);
    assert_eq!(failed_attempts(&branch, &client).await, 0);
    assert_eq!(other.app.hasher.stats().jobs_checked, 0);
    let events = events_of(world, &specialist, &client).await;
    assert_eq!(events[0]["details"], json!({"answered": "unavailable"}));
}

async fn a_verification_that_was_committed_and_not_answered_is_closed(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let cut = Cut::before(&world.database.url());
    let url = cut.url(&world.database.url());
    let other = world.another_instance_over(&url).await;
    let specialist = world.staff("call_center").await;
    cut.lose_answer_to(2);
    let answer = specialist.at(&other).verify(&client, PHRASE).await;
    answer.refused(503, "unavailable");
    let open = "SELECT count(*) FROM verifications WHERE closed_at IS NULL";
    let all = "SELECT count(*) FROM verifications";
    assert_eq!(world.database.number(all), 1);
    until("it is closed", || world.database.number(open) == 0).await;
    let events = events_of(world, &specialist, &client).await;
    assert_eq!(events[0]["action"], "verification.closed");
    assert_eq!(events[0]["details"], json!({"answered": "unavailable"}));
    assert_eq!(failed_attempts(&branch, &client).await, 0);
}
