//! The program is asked to stop: it drains, finishes what is in flight, and hears a second signal.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use actix_web::rt::System;
use serde_json::json;

use crate::support::{
    PHRASE,
    cast::{settle_in, somebody},
    database::Database,
    program::Program,
    telephone::Line,
    world::FIRST_PASSWORD,
};

const QUICK: &[(&str, &str)] = &[
    ("QUPIA_HASH__MEMORY_KIB", "64"),
    ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", FIRST_PASSWORD),
];
/// Longer than any test waits.
const FOR_EVER: (&str, &str) = ("QUPIA_DRAIN_SECONDS", "3600");

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder is made")
}

fn session() -> String {
    json!({"login": "admin", "password": FIRST_PASSWORD}).to_string()
}

/// Sends a request but for its last byte.
fn all_but_the_last_byte(program: &Program, body: &str) -> TcpStream {
    let mut line = TcpStream::connect(program.address).expect("it listens");
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let but_one = &body.as_bytes()[..body.len() - 1];
    line.write_all(head.as_bytes()).expect("it is sent");
    line.write_all(but_one).expect("it is sent");
    line
}

#[test]
fn asked_to_stop_it_is_not_ready_at_once_and_serves_on_while_it_drains() {
    for signal in ["TERM", "INT"] {
        let folder = folder();
        let mut program = Program::serve(folder.path(), &[QUICK, &[FOR_EVER]].concat());
        program.signal(signal);
        program.wait_for("draining for 3600 s");
        let line = Line::to(program.address);
        System::new().block_on(async {
            line.get("/readyz").await.refused(503, "unavailable");
            line.get("/healthz").await.expect(200);
            let body = json!({"login": "admin", "password": FIRST_PASSWORD});
            line.post("/v1/sessions", body).await.expect(201);
        });
        // The second one is not waited on.
        program.signal(signal);
        assert_eq!(program.ended(), Some(0));
    }
}

#[test]
fn what_is_in_flight_is_finished_whichever_signal_asks() {
    for signal in ["TERM", "INT"] {
        let folder = folder();
        let mut program = Program::serve(folder.path(), QUICK);
        let body = session();
        let mut line = all_but_the_last_byte(&program, &body);
        // A request whose body is awaited is known to be under way when another was answered behind it.
        System::new().block_on(async {
            let other = Line::to(program.address);
            other.get("/healthz").await.expect(200);
        });
        program.signal(signal);
        program.wait_for("what is in flight is finished");
        line.write_all(&body.as_bytes()[body.len() - 1..])
            .expect("it still listens");
        let mut answer = String::new();
        line.set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a time-out is taken");
        line.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 201"), "{signal}: {answer}");
        assert_eq!(program.ended(), Some(0));
    }
}

#[test]
fn a_verification_that_is_not_written_down_yet_is_settled_before_it_ends() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), QUICK);
    let database = Database::Sqlite(folder.path().join("qupia.sqlite"));
    System::new().block_on(async {
        let line = Line::to(program.address);
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let place = json!({"code": "ALA-1", "name": "Алматы"});
        admin.post("/v1/branches", place).await.expect(201);
        let enter = async |body| {
            let entered = admin.post("/v1/staff", body).await.expect(201);
            settle_in(&line, &entered.text("login"), &entered.text("password")).await
        };
        let branch =
            json!({"login": "b1", "name": "Айгүл", "role": "branch", "branch_code": "ALA-1"});
        let branch = enter(branch).await;
        let specialist = json!({"login": "c1", "name": "Дана", "role": "call_center"});
        let specialist = enter(specialist).await;
        let entered = branch
            .post("/v1/clients", somebody("K-1"))
            .await
            .expect(201);
        let client = entered.text("id");
        let draft = branch.ask_to_draft(&client).await.expect(201);
        let at = chrono::DateTime::parse_from_rfc3339(&draft.text("drafted_at"));
        let day = at.expect("a time").to_utc() + chrono::TimeDelta::hours(5);
        let day = day.date_naive().to_string();
        let done = branch.complete(&draft.text("id"), &day, PHRASE).await;
        done.expect(200);
        database.execute(
            "CREATE TRIGGER away BEFORE INSERT ON verifications \
             BEGIN SELECT RAISE(ABORT, 'database is locked'); END",
        );
        let answer = specialist.verify(&client, PHRASE).await;
        answer.refused(503, "unavailable");
    });
    program.signal("TERM");
    program.wait_for("what is in flight is finished");
    database.execute("DROP TRIGGER away");
    assert_eq!(program.ended(), Some(0));
    assert_eq!(database.number("SELECT count(*) FROM attempts"), 0);
    assert_eq!(
        database.texts("SELECT outcome FROM verifications"),
        ["verified"]
    );
}

#[test]
fn a_second_signal_waits_for_nobody() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[QUICK, &[FOR_EVER]].concat());
    let _never_sent = all_but_the_last_byte(&program, &session());
    program.signal("TERM");
    program.wait_for("draining");
    program.signal("INT");
    assert_eq!(program.ended(), Some(0));
}

#[test]
fn a_hang_up_ends_nothing() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), QUICK);
    program.signal("HUP");
    let line = Line::to(program.address);
    System::new().block_on(async {
        for _ in 0..20 {
            line.get("/readyz").await.expect(200);
        }
    });
    assert_eq!(program.stop(), Some(0));
}
