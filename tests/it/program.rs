//! The program as it is started: settings, keyring, exit codes, stopping as asked.

use std::path::Path;

use crate::support::{
    cast::settle_in,
    program::{Program, QUICK, printed, run},
    telephone::Line,
    world::FIRST_PASSWORD,
};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder is made")
}

/// Starts where it should not, and holds it to the exit code and to words in what it says.
#[track_caller]
fn does_not_start(folder: &Path, environment: &[(&str, &str)], code: i32, words: &[&str]) {
    let folder = folder.display().to_string();
    let arguments = ["serve", "--data-dir", &folder, "--listen", "127.0.0.1:0"];
    let environment = [QUICK, environment].concat();
    let output = run(&arguments, &environment);
    let said = printed(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(
            said.to_lowercase().contains(&word.to_lowercase()),
            "no {word} in: {said}"
        );
    }
}

#[test]
fn a_first_run_with_no_settings_makes_its_folder_and_prints_a_password_once() {
    let outer = folder();
    let data = outer.path().join("data");
    let quick = [("QUPIA_HASH__MEMORY_KIB", "64")];
    let mut program = Program::serve(&data, &quick);
    // What it prints and what it logs come by two pipes.
    program.wait_for("one-time password: ");
    let log = program.log();
    let password = log
        .split("one-time password: ")
        .nth(1)
        .expect("it is printed");
    let password = password.lines().next().expect("a line").trim().to_owned();
    assert_eq!(log.matches(&password).count(), 1);
    assert!(
        log.to_lowercase().contains("floor"),
        "a cheap hash starts with a warning: {log}"
    );
    let line = Line::to(program.address);
    actix_web::rt::System::new().block_on(async {
        settle_in(&line, "admin", &password).await;
    });
    assert_eq!(program.stop(), Some(0));
    let mut again = Program::serve(&data, &quick);
    assert!(
        !again.log().contains("one-time password"),
        "{}",
        again.log()
    );
    assert_eq!(again.stop(), Some(0));
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&data.join("keyring.toml")), 0o600);
    assert_eq!(mode(&data), 0o700);
}

#[test]
fn a_setting_that_cannot_be_obeyed_stops_the_start_and_is_named() {
    let folder = folder();
    for (name, value, words) in [
        ("QUPIA_HASH__MEMROY_KIB", "64", "memroy_kib"),
        ("QUPIA_LISTENN", "127.0.0.1:0", "listenn"),
        ("QUPIA_HASH__PASSES", "many", "QUPIA_HASH__PASSES"),
        ("QUPIA_HASH__MEMORY_KIB", "1", "memory_kib"),
        ("QUPIA_LIMITS__LOGINS_PER_MINUTE", "0", "logins_per_minute"),
        ("QUPIA_VERIFICATION__MINUTES", "16", "verification.minutes"),
        ("QUPIA_PASSPHRASE__MIN_LENGTH", "0", "passphrase.min_length"),
        (
            "QUPIA_PASSPHRASE__MIN_GUESSES_LOG10",
            "2.9",
            "passphrase.min_guesses_log10",
        ),
        (
            "QUPIA_BUSINESS__TIME_ZONE",
            "Asia/Atlantis",
            "business.time_zone",
        ),
        ("QUPIA_DATABASE_URL", "mysql://x", "database_url"),
        ("QUPIA_LOG__FILTER", "=[", "filter"),
        (
            "QUPIA_BOOTSTRAP_ADMIN_PASSWORD_FILE",
            "/nowhere/at/all",
            "bootstrap_admin_password",
        ),
    ] {
        does_not_start(folder.path(), &[(name, value)], 2, &[words]);
    }
    let beyond = run(&["serve", "--listen", "0.0.0.0:0"], QUICK);
    assert_eq!(beyond.status.code(), Some(2));
    assert!(printed(&beyond).contains("QUPIA_ALLOW_INSECURE_LISTEN"));
    assert_eq!(
        run(&["serve", "--no-such-flag"], QUICK).status.code(),
        Some(2)
    );
}

#[test]
fn a_taken_port_and_a_file_in_the_way_are_the_machines_fault() {
    let folder = folder();
    let program = Program::serve(folder.path(), QUICK);
    let other = tempfile::tempdir().expect("a folder is made");
    let other = other.path().display().to_string();
    let taken = program.address.to_string();
    let output = run(&["serve", "--data-dir", &other, "--listen", &taken], QUICK);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let file = folder.path().join("a-file");
    std::fs::write(&file, "x").expect("a file is written");
    does_not_start(&file, &[], 1, &["a-file"]);
}

#[test]
fn data_without_its_keyring_does_not_start_and_never_gets_a_new_one() {
    let folder = folder();
    Program::serve(folder.path(), QUICK).stop();
    let keyring = folder.path().join("keyring.toml");
    let kept = folder.path().join("kept.toml");
    std::fs::rename(&keyring, &kept).expect("it is moved");
    for _ in 0..2 {
        does_not_start(folder.path(), &[], 2, &["keyring"]);
        assert!(!keyring.exists());
    }
    // Another installation's keyring is recognised by the name of a key that is missing.
    let other = tempfile::tempdir().expect("a folder is made");
    Program::serve(other.path(), QUICK).stop();
    std::fs::copy(other.path().join("keyring.toml"), &keyring).expect("it is copied");
    does_not_start(folder.path(), &[], 2, &["key"]);
    std::fs::remove_file(&keyring).expect("it is removed");
    // In another place, it is as good.
    let place = kept.display().to_string();
    let mut program = Program::serve(
        folder.path(),
        &[QUICK, &[("QUPIA_KEYRING", &place)]].concat(),
    );
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn the_settings_in_force_are_shown_without_their_secrets() {
    let folder = folder();
    let environment = [
        QUICK,
        &[(
            "QUPIA_DATABASE_URL",
            "postgres://qupia:s3cret-of-the-url@db.example:5432/qupia",
        )],
    ]
    .concat();
    let place = folder.path().display().to_string();
    let output = run(&["config", "check", "--data-dir", &place], &environment);
    let shown = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("memory_kib = 64"), "{shown}");
    assert!(shown.contains("db.example"), "{shown}");
    for secret in ["s3cret-of-the-url", FIRST_PASSWORD] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn migrations_are_applied_by_hand_and_once() {
    let folder = folder();
    let place = folder.path().display().to_string();
    let migrate = || {
        let output = run(&["migrate", "--data-dir", &place], QUICK);
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        printed(&output)
    };
    assert!(migrate().contains("applied"));
    assert!(migrate().contains("nothing to apply"));
    let mut program = Program::serve(folder.path(), QUICK);
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn the_openapi_document_is_printed_as_it_is_served() {
    let output = run::<&str>(&["openapi"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(document["openapi"].is_string());
}

#[test]
fn no_part_of_a_databases_password_is_printed_however_its_url_is_written() {
    let folder = folder();
    let place = folder.path().display().to_string();
    for url in [
        "postgres://u:S3cr3tPa?rt2@127.0.0.1:1/db",
        "postgres://u:S3cr3tPa#rt2@127.0.0.1:1/db",
        "postgres://u:S3cr3tPa/rt2@127.0.0.1:1/db",
        "postgres://u:S3cr3tPa rt2@127.0.0.1:1/db",
        "postgres://u:S3cr3tPa@rt2@127.0.0.1:1/db",
        "postgres://u:S3cr3tPa100%zX@127.0.0.1:1/db",
        "postgres://u@127.0.0.1:1/db?password=S3cr3tPa%zXrt2",
        "postgres://u@127.0.0.1:1/db?password=S3cr3tPa&rt2",
        "host=127.0.0.1 port=1 user=u password=S3cr3tPart2",
    ] {
        let environment = [QUICK, &[("QUPIA_DATABASE_URL", url)]].concat();
        for command in [&["config", "check"][..], &["migrate"], &["serve"]] {
            let arguments = [command, &["--data-dir", &place]].concat();
            let output = run(&arguments, &environment);
            let said = printed(&output);
            for part in ["S3cr", "Pa", "rt2", "zX"] {
                assert!(!said.contains(part), "{command:?} {url}: {said}");
            }
            let is_checked = command[0] == "config" && output.status.code() == Some(0);
            assert!(
                is_checked || output.status.code() != Some(0),
                "{url}: {said}"
            );
        }
    }
    let torn = [
        "serve",
        "--database-url",
        "postgres://u:S3cr3tPa",
        "rt2@h/db",
    ];
    let output = run(&torn, QUICK);
    let said = printed(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("S3cr") && !said.contains("rt2"), "{said}");
    // What PostgreSQL takes is taken here, and shown as far as it may be.
    let odd = "postgres://u:S3cr3tPa?rt2@db.example/qupia";
    let environment = [QUICK, &[("QUPIA_DATABASE_URL", odd)]].concat();
    let output = run(&["config", "check", "--data-dir", &place], &environment);
    let said = printed(&output);
    assert!(said.contains("postgres://u:***@db.example/qupia"), "{said}");
}

#[test]
fn what_is_made_in_a_folder_that_was_there_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("it is set");
    let secret = folder.path().join("words");
    std::fs::write(&secret, "correct horse battery staple\n").expect("it is written");
    let modes = || -> Vec<(String, u32)> {
        let files = std::fs::read_dir(folder.path()).expect("it is there");
        let files = files.map(|file| file.expect("it is there"));
        let files = files.filter(|file| file.path() != secret && file.path().is_file());
        let mode = |file: std::fs::DirEntry| {
            let mode = file.metadata().expect("it is there").permissions().mode();
            (
                file.file_name().to_string_lossy().into_owned(),
                mode & 0o777,
            )
        };
        files.map(mode).collect()
    };
    let mut program = Program::serve(folder.path(), QUICK);
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (place_of_all, backup) = (folder.path().display().to_string(), place("backup.age"));
    let arguments = [
        "backup",
        &backup,
        "--passphrase-file",
        &place("words"),
        "--data-dir",
        &place_of_all,
    ];
    let output = run(&arguments, QUICK);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let made = modes();
    for name in [
        "qupia.sqlite",
        "qupia.sqlite-wal",
        "keyring.toml",
        "backup.age",
    ] {
        assert!(
            made.iter().any(|(known, _)| known == name),
            "{name}: {made:?}"
        );
    }
    assert!(made.iter().all(|(_, mode)| *mode == 0o600), "{made:?}");
    assert_eq!(program.stop(), Some(0));
    let left = modes();
    assert!(left.iter().all(|(_, mode)| *mode == 0o600), "{left:?}");
}

#[test]
fn what_is_no_place_for_a_database_is_refused_and_makes_none() {
    let folder = folder();
    for (name, value, word) in [
        ("QUPIA_DATABASE_URL", "sqlite:///x?mode=rwc", "parameters"),
        ("QUPIA_DATABASE_URL", "sqlite::memory:", "memory"),
        ("QUPIA_DATABASE_URL", "sqlite:file:x?mode=memory", "file:"),
        ("QUPIA_DATABASE_URL", "\"sqlite:x\"", "quotation marks"),
        ("QUPIA_KEYRING", "\"keyring.toml\"", "quotation marks"),
    ] {
        does_not_start(folder.path(), &[(name, value)], 2, &[name, word]);
    }
    let made = std::fs::read_dir(folder.path())
        .expect("it is there")
        .count();
    assert_eq!(made, 0);
}
