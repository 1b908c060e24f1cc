//! The program itself, as somebody at a shell meets it: what it prints, and the code it exits with.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program with cheap hashes and nothing of this shell's settings.
fn qupia(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qupia"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUPIA_") {
            command.env_remove(name);
        }
    }
    command.env("QUPIA_HASH__MEMORY_KIB", "1024");
    command
}

fn done(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = qupia(arguments).output().expect("the program was built");
    let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
    (status.code(), text(stdout), text(stderr))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[test]
fn an_admin_is_entered_and_gets_another_password_at_the_console() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = path(folder.path(), "data");
    let add = |login, role| {
        let who = ["--login", login, "--name", "Айгүл", "--role", role];
        done(&[&["staff", "add", "--data-dir", &data][..], &who].concat())
    };
    let (code, printed, _) = add("boss", "admin");
    assert_eq!(code, Some(0));
    let first = printed
        .split("one-time password: ")
        .nth(1)
        .map(str::to_owned);
    assert!(first.is_some(), "{printed}");

    let (code, _, message) = add("boss", "admin");
    assert_eq!(code, Some(1));
    assert!(message.contains("this login is taken"), "{message}");
    for (login, role) in [("b/x", "admin"), ("b1", "root"), ("b1", "branch")] {
        assert_eq!(add(login, role).0, Some(2), "{login} {role}");
    }
    let (code, printed, _) = add("feed", "loan_system");
    assert_eq!(code, Some(0));
    assert!(printed.contains("client secret: qupia_cs_"), "{printed}");

    let reset = |login| done(&["staff", "reset", "--data-dir", &data, login]);
    let (code, printed, _) = reset("BOSS");
    assert_eq!(code, Some(0));
    let second = printed
        .split("one-time password: ")
        .nth(1)
        .map(str::to_owned);
    assert!(second.is_some() && second != first);
    assert_eq!(reset("nobody").0, Some(2));
}

#[test]
fn bad_settings_and_arguments_are_named_and_exit_with_2() {
    let with = |name: &str, arguments: &[&str]| {
        let output = qupia(arguments).env(name, "sqlite:x").output();
        let output = output.expect("the program was built");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), message)
    };
    for (name, arguments) in [
        ("QUPIA_LISTENN", &["config", "check"][..]),
        ("QUPIA_LISTEN", &["serve"]),
        ("QUPIA_DATABASE_URL", &["serve", "--demo"]),
        ("QUPIA_KEYRING", &["serve", "--demo"]),
    ] {
        let (code, message) = with(name, arguments);
        assert_eq!(code, Some(2), "{name}: {message}");
        assert!(message.contains(&format!("({name})")), "{message}");
    }
    for arguments in [
        &["frobnicate"][..],
        &["serve", "--demo", "--data-dir", "data"],
        &["serve", "--demo", "--database-url", "sqlite:x"],
        &["config", "check", "--config", "/no/such.toml"],
    ] {
        let (code, _, message) = done(arguments);
        assert_eq!(code, Some(2), "{message}");
    }
}

#[test]
fn migrations_are_applied_once_in_a_folder_that_was_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = path(folder.path(), "new");
    let (code, printed, message) = done(&["migrate", "--data-dir", &data]);
    assert_eq!(code, Some(0), "{message}");
    assert!(printed.starts_with("applied "), "{printed}");
    let (_, printed, _) = done(&["migrate", "--data-dir", &data]);
    assert_eq!(printed, "nothing to apply\n");
}

#[test]
fn the_four_lines_of_the_demonstration_walk_the_main_job_in_a_plain_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut serving = qupia(&["serve", "--demo", "--listen", "127.0.0.1:0"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program was built");
    let printed = BufReader::new(serving.stdout.take().expect("it is piped")).lines();
    let mut walk = Vec::new();
    for line in printed {
        let line = line.expect("what it prints is UTF-8");
        let is_last = line.starts_with("curl ");
        if is_last || line.contains("=$(curl ") {
            walk.push(line);
        }
        if is_last {
            break;
        }
    }
    assert_eq!(walk.len(), 4, "{walk:?}");
    let walked = Command::new("sh")
        .args(["-eu", "-c", &walk.join("\n")])
        .output()
        .expect("there is a shell");
    let stop = format!("kill -TERM {}", serving.id());
    let stopped = Command::new("sh").args(["-c", &stop]).status();
    assert!(stopped.is_ok_and(|status| status.success()));
    let ended = serving.wait().expect("it was started here");

    let answers = String::from_utf8_lossy(&walked.stderr);
    for part in ["\"access_token\"", "\"Қ***\"", "\"outcome\":\"verified\""] {
        assert!(answers.contains(part), "{part} is not in {answers}");
    }
    let loans = String::from_utf8_lossy(&walked.stdout);
    for standing in ["in_grace", "due_today", "current"] {
        assert!(loans.contains(standing), "{standing} is not in {loans}");
    }
    assert_eq!(ended.code(), Some(0));
    let left = std::fs::read_dir(folder.path())
        .expect("it is there")
        .count();
    assert_eq!(left, 0, "the throw-away folder was not removed");
}

#[test]
fn a_tail_that_was_cut_off_is_found_at_the_console_by_what_was_written_down_elsewhere() {
    use diesel::{Connection as _, connection::SimpleConnection};
    let folder = tempfile::tempdir().expect("a folder");
    let data = path(folder.path(), "data");
    // One instance seals what it does, and its log names the seals.
    let log = path(folder.path(), "qupia.log");
    let mut service = crate::support::program::Program::serve(
        Path::new(&data),
        &[("QUPIA_HASH__MEMORY_KIB", "1024")],
    );
    let waiting = std::time::Instant::now();
    while !service.log().contains("audit sealed") {
        assert!(waiting.elapsed().as_secs() < 60, "{}", service.log());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(service.stop(), Some(0));
    std::fs::write(&log, service.log()).expect("written");

    let verify =
        |more: &[&str]| done(&[&["audit", "verify", "--data-dir", &data][..], more].concat());
    let (code, printed, message) = verify(&["--seal-log", &log]);
    assert_eq!(code, Some(0), "{printed}{message}");
    let head = std::fs::read_to_string(path(Path::new(&data), "audit-head"));
    let head = head.expect("it is remembered").trim().to_owned();
    assert_eq!(verify(&["--expect", &head]).0, Some(0));

    let file = path(Path::new(&data), "qupia.sqlite");
    let mut connection = diesel::SqliteConnection::establish(&file).expect("the file opens");
    connection
        .batch_execute("DELETE FROM audit_seals; DELETE FROM audit_events;")
        .expect("cut");
    drop(connection);
    std::fs::remove_file(path(Path::new(&data), "audit-head")).expect("removed");
    // The database alone cannot show it: it is as empty as a new one.
    assert_eq!(verify(&[]).0, Some(0));
    for known in [["--expect", &head], ["--seal-log", &log]] {
        let (code, printed, message) = verify(&known);
        assert_eq!(code, Some(4), "{printed}{message}");
        let all = printed + &message;
        assert!(all.contains("seal 1 is missing"), "{all}");
    }
    assert_eq!(verify(&["--expect", "1"]).0, Some(2));
}
