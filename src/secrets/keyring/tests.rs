//! The guarantees of the keyring, in memory and on disk.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;

use super::*;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0)
        .single()
        .expect("a time that is")
}

fn keyring() -> Keyring {
    Keyring::generate(&SystemRng::seeded(1), now())
}

fn in_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("keyring.toml");
    (folder, path)
}

fn write(path: &Path, text: &str) {
    let _ = fs::remove_file(path);
    keyring().create(path).expect("the folder is writable");
    fs::write(path, text).expect("the file is writable");
}

/// The message with which a keyring of this text is refused.
fn refusal(text: &str) -> String {
    let (_folder, path) = in_folder();
    write(&path, text);
    Keyring::load(&path)
        .expect_err("it should be refused")
        .to_string()
}

/// The text of a good keyring.
fn text() -> String {
    let (_folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    fs::read_to_string(&path).expect("it was just written")
}

/// The secrets in a keyring's text.
fn secrets(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("secret = \"")?.strip_suffix('"'))
        .collect()
}

#[test]
fn a_new_keyring_has_one_active_key_for_every_purpose() {
    let keyring = keyring();
    assert_eq!(keyring.all().count(), Purpose::ALL.len());
    for purpose in Purpose::ALL {
        let key = keyring.active(purpose);
        assert_eq!(key.purpose(), purpose);
        assert!(key.id().starts_with(&format!("{purpose}-2026-11-22-")));
        assert_eq!(
            keyring.by_id(purpose, key.id()).map(Key::id),
            Some(key.id())
        );
    }
}

#[test]
fn what_is_written_is_read_back() {
    let (_folder, path) = in_folder();
    let (keyring, _) = keyring().rotate(Purpose::Field, &SystemRng::seeded(2), now());
    keyring.create(&path).expect("the folder is writable");
    let read = Keyring::load(&path).expect("it was just written");
    assert_eq!(read.checks(), keyring.checks());
    assert_eq!(format!("{read:?}"), format!("{keyring:?}"));
    assert_eq!(read.active(Purpose::Field).created_at(), now());
    assert!(read.warnings().is_empty());
}

#[cfg(unix)]
#[test]
fn a_keyring_is_written_for_its_owner_alone_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    let (_folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    assert_eq!(mode(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
    keyring().save(&path).expect("the folder is writable");
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn a_first_keyring_never_overwrites_another() {
    let (_folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    let other = Keyring::generate(&SystemRng::seeded(5), now());
    assert!(matches!(
        other.create(&path),
        Err(KeyringError::AlreadyThere(_))
    ));
    assert_eq!(
        Keyring::load(&path).expect("as before").checks(),
        keyring().checks()
    );
}

#[test]
fn a_save_replaces_the_whole_and_leaves_nothing_beside_it() {
    let (folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    let (rotated, id) = keyring().rotate(Purpose::Pepper, &SystemRng::seeded(3), now());
    rotated.save(&path).expect("the folder is writable");
    let read = Keyring::load(&path).expect("it was just written");
    assert_eq!(read.active(Purpose::Pepper).id(), id);
    assert_eq!(
        fs::read_dir(folder.path()).expect("it is a folder").count(),
        1
    );
}

#[test]
fn two_saves_at_once_do_not_mix() {
    let (folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    fs::write(folder.path().join("keyring.toml.new"), "half").expect("the folder is writable");
    let refused = keyring()
        .save(&path)
        .expect_err("another save is under way")
        .to_string();
    assert!(refused.contains("keyring.toml.new"), "{refused}");
}

#[test]
fn a_missing_keyring_is_told_from_an_unreadable_one() {
    let (folder, path) = in_folder();
    assert!(matches!(
        Keyring::load(&path),
        Err(KeyringError::NotThere(_))
    ));
    assert!(matches!(
        Keyring::load(folder.path()),
        Err(KeyringError::Io { .. })
    ));
}

#[cfg(unix)]
#[test]
fn a_keyring_that_others_may_read_or_write_is_refused_by_name_and_mode() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = in_folder();
    keyring().create(&path).expect("the folder is writable");
    let set = |mode| {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    for mode in [0o644, 0o604, 0o620, 0o602, 0o666] {
        set(mode);
        let refused = Keyring::load(&path).expect_err("it is exposed").to_string();
        assert!(refused.contains("keyring.toml has mode 0"), "{refused}");
        assert!(refused.contains(&format!("{mode:04o}")), "{refused}");
    }
    for mode in [0o400, 0o600, 0o440, 0o640] {
        set(mode);
        assert!(Keyring::load(&path).is_ok(), "mode {mode:o}");
    }
}

#[test]
fn a_key_may_lie_in_a_file_of_its_own_and_stays_there() {
    let (folder, path) = in_folder();
    let text = text();
    let secret = secrets(&text)[0].to_owned();
    let line = format!("secret = \"{secret}\"");
    write(&path, &text.replace(&line, "file = \"pepper.key\""));
    let refused = Keyring::load(&path)
        .expect_err("the file is not there")
        .to_string();
    assert!(refused.contains("pepper.key"), "{refused}");

    fs::write(folder.path().join("pepper.key"), format!("{secret}\n")).expect("writable");
    let read = Keyring::load(&path).expect("now it is there");
    assert_eq!(read.checks(), keyring().checks());
    read.save(&path).expect("the folder is writable");
    let saved = fs::read_to_string(&path).expect("it was just written");
    assert!(saved.contains("file = \"pepper.key\"") && !saved.contains(&secret));
}

#[test]
fn what_is_wrong_is_told_by_file_and_key_and_never_shows_a_secret() {
    let good = text();
    let first = secrets(&good)[0];
    let second = secrets(&good)[1];
    let ids: Vec<String> = keyring().all().map(|key| key.id().to_owned()).collect();
    let short = &first[4..];
    let cases = [
        (
            good.replace(first, short),
            "its secret is not 32 bytes in base64",
        ),
        (good.replace(first, second), "hold the same secret"),
        (
            good.replace(first, &format!("{}=", "A".repeat(43))),
            "one byte repeated",
        ),
        (good.replacen("active", "sleeping", 1), "`state` must be"),
        (
            good.replacen("active", "reading", 1),
            "no active pepper key",
        ),
        (
            good.replacen("2026-11-22T", "yesterday ", 1),
            "`created_at`",
        ),
        (good.replacen(&ids[0], "Pepper 1", 1), "pepper key 1"),
        (good.replacen(&ids[1], &ids[0], 1), "two keys are called"),
        (
            good.replace("version = 1", "version = 2"),
            "`version` must be 1",
        ),
        (
            good.replacen("\nsecret", "\nsekret", 1),
            "unknown field `sekret`",
        ),
        (
            good.replacen("state", "# state", 1),
            "missing field `state`",
        ),
        (
            good.replacen("[[seal]]", "[[zeal]]", 1),
            "unknown field `zeal`",
        ),
        (good.replacen("secret = \"", "secret = ", 1), "line 11"),
        (
            good.replacen("secret = ", "file = \"x\"\nsecret = ", 1),
            "either `secret` or `file`",
        ),
        (
            good.replacen("[[pepper]]\n", "[[pepper]]\nversion = \"x\"\n", 1),
            "version",
        ),
        (
            format!(
                "{good}\n[[pepper]]\n{}",
                &good[good.find("id =").unwrap_or(0)..]
            ),
            "two keys are called",
        ),
    ];
    for (text, wanted) in cases {
        let printed = refusal(&text);
        assert!(
            printed.contains(wanted),
            "expected `{wanted}`, got: {printed}"
        );
        assert!(printed.contains("keyring.toml"), "names no file: {printed}");
        let shown = secrets(&good)
            .into_iter()
            .find(|secret| printed.contains(&secret[4..40]));
        assert_eq!(shown, None, "shows a secret: {printed}");
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    let good = text();
    let secret = secrets(&good)[0];
    for (from, to) in [
        ("version = 1".to_owned(), format!("version = \"{secret}\"")),
        (
            "state = \"active\"".to_owned(),
            format!("state = \"{secret}\""),
        ),
        (
            format!("secret = \"{secret}\""),
            format!("secret = [\"{secret}\"]"),
        ),
        (
            format!("secret = \"{secret}\""),
            format!("secret = {secret}"),
        ),
    ] {
        let printed = refusal(&good.replacen(&from, &to, 1));
        assert!(
            !printed.contains(&secret[4..40]),
            "shows a secret: {printed}"
        );
    }
}

#[test]
fn two_active_keys_are_refused() {
    let (both, _) = keyring().add(Purpose::Token, &SystemRng::seeded(2), now());
    let (_folder, path) = in_folder();
    both.create(&path).expect("the folder is writable");
    let text = fs::read_to_string(&path).expect("it was just written");
    assert!(refusal(&text.replace("reading", "active")).contains("two token keys are active"));
}

#[test]
fn a_key_is_added_to_read_activated_to_write_and_retired_for_good() {
    let first = keyring();
    let old = first.active(Purpose::Index).id().to_owned();
    let (added, new) = first.add(Purpose::Index, &SystemRng::seeded(2), now());
    assert_eq!(added.active(Purpose::Index).id(), old);
    let active = added.activate(Purpose::Index, &new).expect("it was added");
    assert_eq!(active.active(Purpose::Index).id(), new);
    let order: Vec<&str> = active.active_first(Purpose::Index).map(Key::id).collect();
    assert_eq!(order, [&new, &old]);
    let still = active.retire(Purpose::Index, &new).map(|_| ());
    assert!(matches!(still, Err(KeyProblem::StillActive { .. })));
    let retired = active.retire(Purpose::Index, &old).expect("it only reads");
    assert!(retired.by_id(Purpose::Index, &old).is_none());
    let unknown = retired.activate(Purpose::Index, &old).map(|_| ());
    assert!(matches!(unknown, Err(KeyProblem::Unknown { .. })));
    assert!(
        first.by_id(Purpose::Index, &new).is_none(),
        "the first value changed"
    );
}

#[test]
fn a_missing_key_and_a_wrong_one_are_found_by_name() {
    let keyring = keyring();
    let recorded = keyring.checks();
    assert_eq!(keyring.compare(&recorded), Ok(vec![]));
    assert_eq!(
        keyring.compare(&recorded[1..]),
        Ok(vec![recorded[0].clone()])
    );

    let (rotated, id) = keyring.rotate(Purpose::Pepper, &SystemRng::seeded(2), now());
    let missing = keyring.compare(&rotated.checks());
    assert_eq!(
        missing,
        Err(KeyProblem::Missing {
            purpose: Purpose::Pepper,
            id
        })
    );

    let mut other = recorded.clone();
    other[3].value = "0000000000000000".to_owned();
    let printed = keyring
        .compare(&other)
        .expect_err("the value is another")
        .to_string();
    assert!(printed.contains(&recorded[3].id), "{printed}");
}

#[test]
fn no_key_shows_its_secret_in_debug() {
    let text = text();
    let shown = format!("{:?}", keyring());
    assert!(secrets(&text).iter().all(|secret| !shown.contains(secret)));
    assert_eq!(secrets(&text).len(), 6);
}

#[test]
fn subkeys_differ_by_purpose_and_usage() {
    let keyring = keyring();
    let key = keyring.active(Purpose::Field);
    assert_ne!(key.subkey("a"), key.subkey("b"));
    assert_ne!(*key.subkey("a"), *key.secret);
}

#[test]
fn a_purpose_is_read_by_its_name() {
    for purpose in Purpose::ALL {
        assert_eq!(purpose.as_str().parse(), Ok(purpose));
    }
    assert!("peper".parse::<Purpose>().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]a-z0-9=\"\\n ]{0,200}") {
        refusal(&text);
    }

    #[test]
    fn any_cut_of_a_keyring_is_refused(at in 0usize..100) {
        let good = text();
        let cut = good.len() * at / 100;
        refusal(&good[..cut]);
    }
}
