//! A backup is made while the service runs, and only a good one is restored.

use std::{fs, fs::File, path::Path};

use qupia::{
    app::{StartError, foundation::Foundation},
    flows::{
        backup::{BackupError, Manifest, back_up, restore},
        export_audit::export,
        seal_audit::{Sealer, seal_once},
        verify_audit::Report,
    },
    secrets::{
        backup::{BackupKey, BackupLock},
        chance::Chance,
        keyring::Purpose,
    },
};
use secrecy::SecretString;

use crate::support::{
    World,
    world::{self, BUSY, on_each_database, on_sqlite},
};

on_sqlite! {
    a_backup_made_while_serving_is_restored with BUSY,
    what_is_not_good_is_not_restored with BUSY,
}

on_each_database! {
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
) -> Result<(Manifest, Report), BackupError> {
    let keyring = world.first.app.settings.keyring.display().to_string();
    let settings = |folder: &Path| -> Result<_, StartError> {
        let url = format!("sqlite:{}", folder.join("qupia.sqlite").display());
        let keyring = ("QUPIA_KEYRING".to_owned(), keyring);
        Ok(world::settings(folder, &url, &[keyring]))
    };
    let from = File::open(file).expect("it is there");
    let key = BackupKey::passphrase(passphrase);
    restore(settings, key, from, to, world.clock.clone(), Chance::os()).await
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
    let (found, report) = restored(world, &file, &to, &passphrase())
        .await
        .expect("restored");
    assert_eq!(found, manifest);
    assert_eq!(report.seals, 1);
    // It begins where the backup was made, and is never written over.
    fs::copy(&world.first.app.settings.keyring, to.join("keyring.toml")).expect("copied");
    let url = format!("sqlite:{}", to.join("qupia.sqlite").display());
    let settings = world::settings(&to, &url, &[]);
    let opened = Foundation::open(settings, world.clock.clone(), Chance::os()).await;
    let store = opened.unwrap_or_else(|error| panic!("{error}")).store;
    assert!(
        store
            .read(move |reader| reader.has_client(&client))
            .await
            .expect("read")
    );
    let again = restored(world, &file, &to, &passphrase()).await;
    assert!(matches!(again, Err(BackupError::Io(_))));
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
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    (done.status.code(), told)
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
    let hex: String = public_key
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let key = format!("{id}={hex}");
    let text = String::from_utf8(out).expect("JSON is UTF-8");
    let file = world.folder().join("audit.ndjson");
    let told = |text: &str, key: &str| {
        fs::write(&file, text).expect("written");
        verifier(world, &file, key)
    };

    let (code, said) = told(&text, &key);
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
        let (code, said) = told(&bad, &key);
        assert_eq!((code, said.starts_with("BAD: ")), (Some(4), true), "{said}");
    }
    let foreign = format!("{id}={}", "11".repeat(32));
    assert_eq!(told(&text, &foreign).0, Some(4));
    assert_eq!(told(&text, &format!("another={hex}")).0, Some(4));
}
