//! The commands of operators.

use std::{fs, path::Path};

use crate::support::{
    program::{Program, QUICK, printed, run},
    telephone::Line,
};

/// The public key of an age identity that nobody has.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn text(folder: &Path) -> String {
    folder.display().to_string()
}

#[test]
fn a_health_check_exits_with_0_only_where_the_service_is_ready() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut program = Program::serve(folder.path(), QUICK);
    let listen = program.address.to_string();
    let check = ["healthcheck", "--data-dir", &text(folder.path())];
    let environment = [("QUPIA_LISTEN", listen.as_str())];
    let ready = run(&check, &environment);
    assert_eq!(ready.status.code(), Some(0), "{}", printed(&ready));
    assert_eq!(program.stop(), Some(0));
    let gone = run(&check, &environment);
    assert_eq!(gone.status.code(), Some(1), "{}", printed(&gone));
    assert!(printed(&gone).contains("not ready"));
}

#[test]
fn staff_are_listed_and_disabled_on_the_machine_and_the_last_admin_is_not() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = text(folder.path());
    let add = |login, role| {
        let who = ["--login", login, "--name", "Айгүл", "--role", role];
        let added = run(
            &[&["staff", "add", "--data-dir", &data][..], &who].concat(),
            QUICK,
        );
        assert_eq!(added.status.code(), Some(0), "{}", printed(&added));
    };
    add("boss", "admin");
    add("aigul", "call_center");
    let disable = |login| run(&["staff", "disable", "--data-dir", &data, login], QUICK);
    assert_eq!(disable("Aigul").status.code(), Some(0));
    assert_eq!(disable("nobody").status.code(), Some(2));
    let last = disable("boss");
    assert_eq!(last.status.code(), Some(1));
    assert!(
        printed(&last).contains("last active admin"),
        "{}",
        printed(&last)
    );
    let listed = printed(&run(&["staff", "list", "--data-dir", &data], QUICK));
    let line = |login: &str| listed.lines().find(|line| line.starts_with(login));
    assert!(
        line("aigul").is_some_and(|line| line.contains("disabled")),
        "{listed}"
    );
    assert!(
        line("boss").is_some_and(|line| line.contains(" active")),
        "{listed}"
    );
}

#[test]
fn settings_are_checked_with_the_files_that_they_name() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let file = |name: &str| text(&folder.path().join(name));
    let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(file("chain.pem"), certificate.cert.pem()).unwrap();
    fs::write(file("key.pem"), certificate.signing_key.serialize_pem()).unwrap();
    let (chain, key) = (file("chain.pem"), file("key.pem"));
    let check = |chain: &str, key: &str| {
        let data = text(folder.path());
        let environment = [("QUPIA_TLS__CERTIFICATE", chain), ("QUPIA_TLS__KEY", key)];
        run(&["config", "check", "--data-dir", &data], &environment)
    };
    let good = check(&chain, &key);
    assert_eq!(good.status.code(), Some(0), "{}", printed(&good));
    assert!(printed(&good).contains("valid until"), "{}", printed(&good));
    let swapped = check(&key, &chain);
    assert_eq!(swapped.status.code(), Some(2), "{}", printed(&swapped));
    fs::write(folder.path().join("keyring.toml"), "no keyring").unwrap();
    let broken = check(&chain, &key);
    assert_eq!(broken.status.code(), Some(2));
    assert!(
        printed(&broken).contains("keyring.toml"),
        "{}",
        printed(&broken)
    );
}

#[test]
fn backups_are_streamed_or_kept_in_a_folder_and_their_time_is_watched() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (data, backups) = (text(folder.path()), text(&folder.path().join("backups")));
    let program = Program::serve(folder.path(), QUICK);
    let of = ["--data-dir", &data, "--recipient", RECIPIENT];
    let streamed = run(&[&["backup", "-"][..], &of].concat(), QUICK);
    assert_eq!(streamed.status.code(), Some(0), "{}", printed(&streamed));
    assert!(streamed.stdout.starts_with(b"age-encryption.org/v1"));
    for _ in 0..2 {
        let into = ["backup", "--to", &backups, "--keep", "1"];
        let made = run(&[&into[..], &of].concat(), QUICK);
        assert_eq!(made.status.code(), Some(0), "{}", printed(&made));
    }
    let kept: Vec<_> = fs::read_dir(&backups).unwrap().collect();
    assert_eq!(kept.len(), 1);
    actix_web::rt::System::new().block_on(async {
        let metrics = Line::to(program.address).get("/metrics").await.expect(200);
        assert!(
            metrics
                .text
                .contains("\nqupia_last_backup_timestamp_seconds 1")
        );
    });
}

#[test]
fn manuals_and_completions_are_written_and_the_version_has_its_commit() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let none: &[(&str, &str)] = &[];
    let written = run(&["man", &text(folder.path())], none);
    assert_eq!(written.status.code(), Some(0), "{}", printed(&written));
    for page in ["qupia.1", "qupia-serve.1", "qupia-backup.1"] {
        assert!(folder.path().join(page).is_file(), "{page}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&run(&["completions", shell], none));
        assert!(script.contains("healthcheck"), "{shell}");
    }
    let version = printed(&run(&["--version"], none));
    let expected = concat!("qupia ", env!("CARGO_PKG_VERSION"), " (");
    assert!(version.starts_with(expected), "{version}");
}
