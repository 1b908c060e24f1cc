//! A backup is made while the service runs, and only a good one is restored.

use std::{fs, fs::File, os::unix::fs::PermissionsExt, path::Path};

use qupia::{
    app::{StartError, foundation::Foundation},
    flows::{
        backup::{BackupError, Manifest, Restored, back_up, restore},
        end_sessions::end_sessions,
        export_audit::export,
        seal_audit::{Sealer, seal_once},
    },
    secrets::{
        backup::{BackupKey, BackupLock},
        keyring::Purpose,
        rng::SystemRng,
    },
};
use secrecy::SecretString;
use serde_json::json;

use crate::support::{
    World,
    database::Database,
    world::{self, BUSY, on_each_database, on_sqlite},
};

on_sqlite! {
    a_backup_made_while_serving_is_restored with BUSY,
    what_is_not_good_is_not_restored with BUSY,
    a_restore_is_whole_or_leaves_nothing_whatever_else_lies_in_the_folder with BUSY,
    whoever_was_signed_in_when_it_was_made_is_signed_out_by_a_restore with BUSY,
}

on_each_database! {
    everybody_is_signed_out_after_a_restore_by_other_tools with BUSY,
    an_export_is_verified_by_a_program_that_knows_only_the_public_key with BUSY,
}

fn passphrase() -> SecretString {
    SecretString::from("correct horse battery staple".to_owned())
}

async fn backed_up(world: &World, file: &Path) -> Manifest {
    let lock = BackupLock::passphrase(&passphrase()).expect("long enough");
    let out = File::create_new(file).expect("a file is made");
    back_up(&world.first.app, lock, out)
        .await
        .expect("a backup is made")
}

async fn restored(
    world: &World,
    file: &Path,
    to: &Path,
    passphrase: &SecretString,
) -> Result<Restored, BackupError> {
    let keyring = world.first.app.settings.keyring.display().to_string();
    let settings = |folder: &Path| -> Result<_, StartError> {
        let url = format!("sqlite:{}", folder.join("qupia.sqlite").display());
        let keyring = ("QUPIA_KEYRING".to_owned(), keyring);
        Ok(world::settings(folder, &url, &[keyring]))
    };
    let from = File::open(file).expect("it is there");
    let key = BackupKey::passphrase(passphrase);
    restore(
        settings,
        key,
        from,
        to,
        world.clock.clone(),
        SystemRng::os(),
    )
    .await
}

async fn a_backup_made_while_serving_is_restored(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    seal_once(&world.first.app, &mut Sealer::default())
        .await
        .expect("sealed");
    let file = world.folder().join("backup.age");
    let manifest = backed_up(world, &file).await;
    assert!(manifest.newest_seal.is_some());
    branch.enter_client("K-2").await;
    let whole = fs::read(&file).expect("it is there");
    assert!(!whole.windows(15).any(|bytes| bytes == b"SQLite format 3"));

    let to = world.folder().join("restored");
    let found = restored(world, &file, &to, &passphrase())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.manifest, manifest);
    assert_eq!(found.audit.seals, 1);
    let mode = fs::metadata(to.join("qupia.sqlite"))
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    // It begins where the backup was made, and is never written over.
    fs::copy(&world.first.app.settings.keyring, to.join("keyring.toml")).expect("copied");
    let url = format!("sqlite:{}", to.join("qupia.sqlite").display());
    let settings = world::settings(&to, &url, &[]);
    let opened = Foundation::open(settings, world.clock.clone(), SystemRng::os()).await;
    let store = opened.unwrap_or_else(|error| panic!("{error}")).store;
    assert!(
        store
            .read(move |reader| reader.has_client(&client.as_str().into()))
            .await
            .expect("read")
    );
    let again = restored(world, &file, &to, &passphrase()).await;
    assert!(matches!(again, Err(BackupError::Io(_))));
}

async fn whoever_was_signed_in_when_it_was_made_is_signed_out_by_a_restore(world: &World) {
    let branch = world.staff("branch").await;
    let file = world.folder().join("backup.age");
    backed_up(world, &file).await;
    // Since then the session was closed, and its owner has left.
    branch.delete("/v1/sessions/current").await.expect(204);
    let to = world.folder().join("restored");
    let found = restored(world, &file, &to, &passphrase())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(found.ended.sessions >= 2, "{:?}", found.ended);
    let logins: Vec<_> = found
        .ended
        .active
        .iter()
        .map(|(login, _)| login.clone())
        .collect();
    assert!(logins.contains(&"admin".to_owned()), "{logins:?}");
    fs::copy(&world.first.app.settings.keyring, to.join("keyring.toml")).expect("copied");
    let restored = Database::Sqlite(to.join("qupia.sqlite"));
    let holding = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
    assert_eq!(restored.number(holding), 0);
    let traced = "SELECT count(*) FROM audit_events WHERE outcome = 'all_ended'";
    assert_eq!(restored.number(traced), 1);
    // What goes on being served is not touched.
    assert!(world.database.number(holding) > 0);
}

async fn everybody_is_signed_out_after_a_restore_by_other_tools(world: &World) {
    let branch = world.staff("branch").await;
    let body = json!({"login": "newcomer", "name": "Айгүл", "role": "auditor"});
    let made = world.admin.post("/v1/staff", body).await.expect(201);
    let one_time = made.text("password");
    let ended = end_sessions(&world.first.app).await.expect("ended");
    assert_eq!(ended.one_time_passwords, 1);
    assert!(ended.active.iter().any(|(login, _)| login == "newcomer"));
    branch.get("/v1/staff/me").await.expect(401);
    world.admin.get("/v1/staff").await.expect(401);
    let sign_in = json!({"login": "newcomer", "password": one_time});
    let refused = world.line().post("/v1/sessions", sign_in).await;
    refused.expect(401);
    // Whoever has a password of their own signs in anew.
    branch
        .again(world.line())
        .await
        .get("/v1/staff/me")
        .await
        .expect(200);
    let events = "SELECT details FROM audit_events WHERE outcome = 'all_ended'";
    let reply = world.database.texts(events);
    assert_eq!(
        reply,
        [format!(
            r#"{{"ended":{{"sessions":{},"one_time_passwords":1}}}}"#,
            ended.sessions
        )]
    );
    let again = end_sessions(&world.first.app).await.expect("ended");
    assert_eq!((again.sessions, again.one_time_passwords), (1, 0));
}

async fn what_is_not_good_is_not_restored(world: &World) {
    let auditor = world.staff("auditor").await;
    auditor.get("/v1/audit/events").await.expect(200);
    seal_once(&world.first.app, &mut Sealer::default())
        .await
        .expect("sealed");
    let file = world.folder().join("good.age");
    backed_up(world, &file).await;
    let to = world.folder().join("restored");
    let other = SecretString::from("another passphrase".to_owned());
    let refused = restored(world, &file, &to, &other).await;
    assert!(matches!(refused, Err(BackupError::Lock(_))));

    let mut bytes = fs::read(&file).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = world.folder().join("changed.age");
    fs::write(&changed, &bytes).expect("written");
    assert!(restored(world, &changed, &to, &passphrase()).await.is_err());
    let cut = world.folder().join("cut.age");
    fs::write(&cut, &bytes[..middle]).expect("written");
    assert!(restored(world, &cut, &to, &passphrase()).await.is_err());

    world
        .database
        .execute("UPDATE audit_events SET outcome = 'x' WHERE seq = 2");
    let edited = world.folder().join("edited.age");
    backed_up(world, &edited).await;
    let refused = restored(world, &edited, &to, &passphrase()).await;
    assert!(matches!(refused, Err(BackupError::BadAudit(_))));
    assert!(!to.join("qupia.sqlite").exists());
}

fn verifier(world: &World, file: &Path, key: &str) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify-audit/verify_audit.py");
    let done = std::process::Command::new("python3")
        .arg("-B")
        .arg(program)
        .arg(file)
        .args(["--key", key])
        .current_dir(world.folder())
        .output()
        .expect("python3 is there");
    let reply = String::from_utf8_lossy(&done.stdout).into_owned();
    (done.status.code(), reply)
}

async fn an_export_is_verified_by_a_program_that_knows_only_the_public_key(world: &World) {
    let branch = world.staff("branch").await;
    let mut sealer = Sealer::default();
    for number in ["K-1", "K-2"] {
        branch.enter_client(number).await;
        seal_once(&world.first.app, &mut sealer)
            .await
            .expect("sealed");
    }
    let mut out = Vec::new();
    let exported = export(&world.first.app, &mut out, |_, _| ())
        .await
        .expect("exported");
    assert_eq!(exported.seals, 2);
    let keys = world.first.app.keys.now();
    let id = keys.keyring.active(Purpose::Seal).id();
    let public_key = keys.seals.public_key(id).expect("it seals");
    let key = format!("{id}={}", hex::encode(public_key));
    let text = String::from_utf8(out).expect("JSON is UTF-8");
    let file = world.folder().join("audit.ndjson");
    let reply = |text: &str, key: &str| {
        fs::write(&file, text).expect("written");
        verifier(world, &file, key)
    };

    let (code, said) = reply(&text, &key);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<&str> = text.lines().collect();
    let without_one = [&lines[..3], &lines[4..]].concat().join("\n");
    let edited = text.replacen("staff.bootstrapped", "staff.created", 1);
    let without_seal: Vec<_> = lines
        .iter()
        .filter(|line| !line.contains("\"number\":1,"))
        .copied()
        .collect();
    for bad in [without_one, edited, without_seal.join("\n")] {
        let (code, said) = reply(&bad, &key);
        assert_eq!((code, said.starts_with("BAD: ")), (Some(4), true), "{said}");
    }
    let foreign = format!("{id}={}", "11".repeat(32));
    assert_eq!(reply(&text, &foreign).0, Some(4));
    assert_eq!(
        reply(&text, &format!("another={}", hex::encode(public_key))).0,
        Some(4)
    );
}

async fn a_restore_is_whole_or_leaves_nothing_whatever_else_lies_in_the_folder(world: &World) {
    seal_once(&world.first.app, &mut Sealer::default())
        .await
        .expect("sealed");
    let file = world.folder().join("backup.age");
    backed_up(world, &file).await;
    let to = world.folder().join("restored");
    // Where the newest seal would be written before it gets its name.
    fs::create_dir_all(to.join("audit-head.new/full")).expect("a folder is made");
    let reply = restored(world, &file, &to, &passphrase()).await;
    for name in ["qupia.sqlite", "audit-head"] {
        assert_eq!(to.join(name).exists(), reply.is_ok(), "{name}");
    }
    let lies_there = fs::read_dir(&to).expect("it is there");
    let left = lies_there.filter(|entry| {
        let name = entry.as_ref().expect("it is there").file_name();
        name.to_string_lossy().starts_with("restore-")
    });
    assert_eq!(left.count(), 0);
}
