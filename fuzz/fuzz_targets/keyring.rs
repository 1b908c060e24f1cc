//! The keyring file: what is read can be written and read again as the same keys, and no error, warning
//! or debug output repeats a secret.
#![no_main]

use std::{
    fs,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
    sync::LazyLock,
};

use libfuzzer_sys::fuzz_target;
use qupia::secrets::keyring::Keyring;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let place = if shared.is_dir() {
        shared
    } else {
        std::env::temp_dir()
    };
    let folder = place.join(format!("qupia-keyring-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder is made");
    folder
});

/// Planted into the seeds: base64 of 32 bytes that stands nowhere else.
const CANARY: &str = "Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZQ0E";

fuzz_target!(|text: &[u8]| {
    let (file, copy) = (FOLDER.join("keyring.toml"), FOLDER.join("copy.toml"));
    // A key of a file of its own is read too; only a relative name that is not there is harmless.
    if text.windows(4).any(|bytes| bytes == b"file") {
        return;
    }
    write(&file, text);
    match Keyring::load(&file) {
        Err(error) => {
            let told = format!("{error} {error:?}");
            assert!(!told.contains(CANARY), "a secret is told");
            assert!(told.len() < 4_096 + text.len());
        }
        Ok(keyring) => {
            assert!(!format!("{keyring:?} {:?}", keyring.warnings()).contains(CANARY));
            let _ = fs::remove_file(&copy);
            keyring.create(&copy).expect("what is read can be written");
            let mode = fs::metadata(&copy)
                .expect("it was written")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
            let again = Keyring::load(&copy).expect("what is written can be read");
            assert_eq!(again.checks(), keyring.checks());
            let all = |keyring: &Keyring| -> Vec<_> {
                let key = |key: &qupia::secrets::keyring::Key| {
                    (
                        key.id().to_owned(),
                        key.state(),
                        key.created_at().timestamp(),
                    )
                };
                keyring.all().map(key).collect()
            };
            assert_eq!(all(&again), all(&keyring));
            assert!(
                keyring.create(&copy).is_err(),
                "a keyring is never overwritten"
            );
        }
    }
});

fn write(file: &PathBuf, text: &[u8]) {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    let opened = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(file);
    opened
        .and_then(|mut file| file.write_all(text))
        .expect("it is written");
}
