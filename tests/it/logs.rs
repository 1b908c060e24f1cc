//! Whoever reads what the program logs or prints goes away, stops reading, or has no room for it: no
//! request, no process and no password is lost by that.

use std::{
    fs::{File, OpenOptions},
    io::Read,
    path::Path,
    process::{Output, Stdio},
};

use actix_web::rt::System;
use serde_json::json;

use crate::support::{
    cast::{settle_in, sign_in},
    program::{Program, QUICK, command, run},
    telephone::Line,
    world::FIRST_PASSWORD,
};

const LOST: &str = "qupia_log_lines_lost_total";
/// More lines than a pipe holds.
const MANY: usize = 2_000;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder is made")
}

/// A disk without room.
fn full() -> File {
    let full = OpenOptions::new().write(true).open("/dev/full");
    full.expect("this system has it")
}

async fn lost(line: &Line) -> u64 {
    let reply = line.get("/metrics").await.expect(200).text;
    let figure = reply.lines().find_map(|line| line.strip_prefix(LOST));
    let count = figure.and_then(|count| count.trim().parse().ok());
    count.expect("the figure is told")
}

/// The first admin settles in, and what is done is answered and recorded as ever.
fn serves(program: &Program) -> u64 {
    let line = Line::to(program.address);
    System::new().block_on(async {
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let place = json!({"code": "ALA-1", "name": "Алматы"});
        admin.post("/v1/branches", place).await.expect(201);
        sign_in(&line, "admin", "not the password")
            .await
            .refused(401, "bad_credentials");
        line.get("/v1/none").await.expect(404);
        line.get("/readyz").await.expect(200);
        lost(&line).await
    })
}

#[test]
fn a_log_whose_reader_has_gone_ends_no_request_and_what_it_lost_is_counted() {
    let folder = folder();
    let mut program = Program::serve_to(folder.path(), QUICK, Stdio::null(), Stdio::piped());
    drop(program.take_log());
    assert!(serves(&program) > 0);
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_log_on_a_full_disk_ends_no_request_and_what_it_lost_is_counted() {
    let folder = folder();
    let mut program = Program::serve_to(folder.path(), QUICK, Stdio::null(), full());
    assert!(serves(&program) > 0);
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_log_whose_reader_has_stopped_reading_holds_nobody_up() {
    let folder = folder();
    let mut program = Program::serve_to(folder.path(), QUICK, Stdio::null(), Stdio::piped());
    let unread = program.take_log();
    let line = Line::to(program.address);
    System::new().block_on(async {
        for _ in 0..MANY {
            line.get("/healthz").await.expect(200);
        }
    });
    serves(&program);
    assert_eq!(program.stop(), Some(0));
    drop(unread);
}

#[test]
fn a_log_that_is_read_tells_the_last_line_before_the_end() {
    let folder = folder();
    let mut program = Program::serve_to(folder.path(), QUICK, Stdio::null(), Stdio::piped());
    let mut log = program.take_log();
    assert_eq!(serves(&program), 0);
    assert_eq!(program.stop(), Some(0));
    let mut reply = String::new();
    log.read_to_string(&mut reply).expect("it is text");
    for words in ["listening on", "answered", "SIGTERM"] {
        assert!(reply.contains(words), "no {words} in {reply}");
    }
}

#[test]
fn a_first_password_that_nobody_can_read_is_told_of_with_the_way_to_another() {
    let folder = folder();
    let quick = &QUICK[..1];
    let mut program = Program::serve_to(folder.path(), quick, full(), Stdio::piped());
    let mut log = program.take_log();
    assert_eq!(program.stop(), Some(0));
    let mut reply = String::new();
    log.read_to_string(&mut reply).expect("it is text");
    assert!(reply.contains("`qupia staff reset admin`"), "{reply}");
    let place = folder.path().display().to_string();
    let reset = run(&["staff", "reset", "--data-dir", &place, "admin"], quick);
    let printed = String::from_utf8_lossy(&reset.stdout);
    assert!(printed.contains("one-time password: "), "{printed}");
}

/// Runs a command with this for what it prints.
fn run_to(stdout: impl Into<Stdio>, arguments: &[&str]) -> (Option<i32>, String) {
    let child = command(arguments, &QUICK[..1])
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
    let reply = String::from_utf8_lossy(&stderr).into_owned();
    assert!(!reply.contains("panicked"), "{arguments:?}: {reply}");
    (status.code(), reply)
}

/// A pipe whose reader has gone.
fn broken_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe is made");
    drop(reader);
    writer.into()
}

fn commands(place: &str) -> Vec<Vec<&str>> {
    let here = |words: &[&'static str]| {
        let mut words: Vec<&str> = words.to_vec();
        words.extend(["--data-dir", place]);
        words
    };
    vec![
        vec!["openapi"],
        vec!["--help"],
        vec!["calibrate", "--cost", "64,1", "--rounds", "1"],
        here(&["config", "check"]),
        here(&["migrate"]),
        here(&["keys", "list"]),
        here(&["audit", "verify"]),
        here(&["audit", "export", "-"]),
    ]
}

fn data_folder(folder: &Path) -> String {
    let place = folder.join("data").display().to_string();
    let who = ["--login", "first", "--name", "Айгүл", "--role", "admin"];
    let add = [&["staff", "add", "--data-dir", &place][..], &who[..]].concat();
    assert_eq!(run_to(Stdio::null(), &add).0, Some(0));
    place
}

#[test]
fn a_command_whose_reader_has_seen_enough_ends_quietly() {
    let folder = folder();
    let place = data_folder(folder.path());
    for arguments in commands(&place) {
        let (code, reply) = run_to(broken_pipe(), &arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {reply}");
        assert!(!reply.contains("standard output"), "{arguments:?}: {reply}");
    }
}

#[test]
fn a_command_whose_output_finds_no_room_says_so_and_fails() {
    let folder = folder();
    let place = data_folder(folder.path());
    for arguments in commands(&place) {
        // clap prints its help itself, and swallows what becomes of it.
        if arguments == ["--help"] {
            continue;
        }
        let (code, reply) = run_to(full(), &arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {reply}");
        assert!(reply.contains("No space left"), "{arguments:?}: {reply}");
    }
}

#[test]
fn a_secret_that_nobody_can_read_changes_nothing() {
    let folder = folder();
    let place = data_folder(folder.path());
    let who = ["--login", "second", "--name", "Айгүл", "--role", "admin"];
    let add = [&["staff", "add", "--data-dir", &place][..], &who[..]].concat();
    let reset = ["staff", "reset", "--data-dir", &place, "first"];
    for arguments in [&add[..], &reset] {
        for nobody in [broken_pipe(), full().into()] {
            let (code, reply) = run_to(nobody, arguments);
            assert_eq!(code, Some(1), "{arguments:?}: {reply}");
            assert!(reply.contains("nothing was changed"), "{reply}");
        }
    }
    let changes = |action: &str| {
        let database = folder.path().join("data").join("qupia.sqlite");
        let database = crate::support::database::Database::Sqlite(database);
        let query = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        database.number(&query)
    };
    assert_eq!(changes("staff.created"), 1);
    assert_eq!(changes("staff.password_reset"), 0);
    assert_eq!(run_to(Stdio::null(), &add).0, Some(0));
    assert_eq!(run_to(Stdio::null(), &reset).0, Some(0));
    assert_eq!(changes("staff.password_reset"), 1);
}
