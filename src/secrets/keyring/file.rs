//! The keyring file: checked when it is read, written completely or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::Keyring;
use super::disk::{Mount, read_guarded, sync_folder_of, take_owner_and_mode, write_synced};
use super::error::{KeyringError, io_error};
use super::key::{Key, KeyProblem, KeyState, Purpose};
use crate::secrets::private_file;

/// Standard alphabet, written padded, read with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const PREAMBLE: &str = "\
# The keys of Qupia. Whoever has this file and the database can read all of it.
# Keep a copy of it apart from the copies of the database: without it they are
# worth nothing. Change it with `qupia keys`. A key may say `file = \"PATH\"` in
# place of `secret`, for a file that holds the same base64 text.
version = 1
";

impl Keyring {
    /// Reads a keyring that is this service's own: neither others nor the group
    /// may write it, and others may not read it. Key files that it names may be
    /// readable, as orchestrators mount them: that gives a warning.
    ///
    /// # Errors
    /// [`KeyringError::NotThere`] for a missing file; else what is wrong with
    /// which file, line or key.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        read(path)
    }

    /// Writes a new keyring, mode 0600, and waits until the disk has it.
    ///
    /// # Errors
    /// [`KeyringError::AlreadyThere`] where anything stands in that place.
    pub fn create(&self, path: &Path) -> Result<(), KeyringError> {
        let failed = |action, source| io_error(path, action, source);
        let mut file = private_file::create(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyringError::AlreadyThere(path.to_owned()),
            _ => failed("create", error),
        })?;
        write_synced(&mut file, &self.to_toml()).map_err(|error| failed("write", error))?;
        sync_folder_of(path).map_err(|error| failed("sync the folder of", error))
    }

    /// Replaces the keyring at `path` atomically: a crash leaves the old one or the new one. Its owner and
    /// mode stay.
    ///
    /// # Errors
    /// [`KeyringError::Io`]; among them where another save is under way.
    pub(crate) fn save(&self, path: &Path) -> Result<(), KeyringError> {
        let failed = |action, source| io_error(path, action, source);
        let old = fs::metadata(path).map_err(|error| failed("find", error))?;
        // One name for all, so that it is also a lock against a second save.
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let next = PathBuf::from(name);
        let mut file = private_file::create(&next)
            .map_err(|error| io_error(&next, "create (is another change under way?)", error))?;
        let written = write_synced(&mut file, &self.to_toml())
            .and_then(|()| take_owner_and_mode(&file, &old))
            .and_then(|()| fs::rename(&next, path))
            .and_then(|()| sync_folder_of(path));
        written.map_err(|error| {
            // Best effort: the first error is the one that matters.
            let _ = fs::remove_file(&next);
            failed("replace", error)
        })
    }

    fn to_toml(&self) -> Zeroizing<String> {
        // Allocated at full size: a String that grows leaves copies of secrets behind.
        let mut text = Zeroizing::new(String::with_capacity(1024 + self.keys.len() * 4096));
        text.push_str(PREAMBLE);
        for key in self.all() {
            let created_at = key.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
            text.push_str(&format!(
                "\n[[{}]]\nid = \"{}\"\ncreated_at = \"{created_at}\"\nstate = \"{}\"\n",
                key.purpose,
                key.id,
                key.state.as_str(),
            ));
            match &key.file {
                Some(file) => {
                    let path = toml::Value::String(file.to_string_lossy().into_owned());
                    text.push_str(&format!("file = {path}\n"));
                }
                None => {
                    let mut secret = Zeroizing::new([0; 44]);
                    BASE64
                        .encode_slice(*key.secret, &mut *secret)
                        .expect("32 bytes are 44 characters of base64");
                    text.push_str("secret = \"");
                    secret.iter().for_each(|byte| text.push(char::from(*byte)));
                    text.push_str("\"\n");
                }
            }
        }
        text
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u8,
    #[serde(default)]
    pepper: Vec<WrittenKey>,
    #[serde(default)]
    field: Vec<WrittenKey>,
    #[serde(default)]
    index: Vec<WrittenKey>,
    #[serde(default)]
    token: Vec<WrittenKey>,
    #[serde(default)]
    seal: Vec<WrittenKey>,
    #[serde(default)]
    webhook: Vec<WrittenKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    created_at: String,
    state: String,
    #[serde(default)]
    secret: Option<SecretText>,
    #[serde(default)]
    file: Option<PathBuf>,
}

/// Base64 text that is wiped and cannot be printed.
struct SecretText(Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

fn read(path: &Path) -> Result<Keyring, KeyringError> {
    let mut warnings = Vec::new();
    let text = match read_guarded(path, Mount::Private, &mut warnings) {
        Err(KeyringError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(KeyringError::NotThere(path.to_owned()));
        }
        text => text?,
    };
    let written = parse(path, &text)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut keys = Vec::new();
    let lists = [
        written.pepper,
        written.field,
        written.index,
        written.token,
        written.seal,
        written.webhook,
    ];
    for (purpose, list) in Purpose::ALL.into_iter().zip(lists) {
        for key in list {
            keys.push(Arc::new(to_key(path, folder, purpose, key, &mut warnings)?));
        }
    }
    Keyring::checked(keys, warnings).map_err(|problem| refused(path, problem))
}

fn parse(path: &Path, text: &str) -> Result<Written, KeyringError> {
    let malformed = |line, problem: &str| KeyringError::Malformed {
        file: path.to_owned(),
        line,
        problem: problem.to_owned(),
    };
    let written: Written = toml::from_str(text).map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or("");
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        // The parser's message can quote a value, and that can be a secret.
        match error.message() {
            said if said.starts_with("unknown field") || said.starts_with("missing field") => {
                malformed(line, said)
            }
            _ => malformed(line, "not TOML, or a value of the wrong kind"),
        }
    })?;
    match written.version {
        1 => Ok(written),
        _ => Err(malformed(1, "`version` must be 1")),
    }
}

fn to_key(
    path: &Path,
    folder: &Path,
    purpose: Purpose,
    written: WrittenKey,
    warnings: &mut Vec<String>,
) -> Result<Key, KeyringError> {
    let bad = |problem: &str| {
        let (id, problem) = (written.id.clone(), problem.to_owned());
        refused(
            path,
            KeyProblem::Malformed {
                purpose,
                id,
                problem,
            },
        )
    };
    let state = match written.state.as_str() {
        "active" => KeyState::Active,
        "reading" => KeyState::Reading,
        _ => return Err(bad("`state` must be \"active\" or \"reading\"")),
    };
    let created_at = DateTime::parse_from_rfc3339(&written.created_at)
        .map_err(|_| bad("`created_at` is no time of RFC 3339"))?
        .with_timezone(&Utc);
    let text = match (&written.secret, &written.file) {
        (Some(secret), None) => secret.0.clone(),
        (None, Some(file)) => read_guarded(&folder.join(file), Mount::Shared, warnings)?,
        _ => return Err(bad("needs either `secret` or `file`")),
    };
    let secret = decode(&text).ok_or_else(|| bad("its secret is not 32 bytes in base64"))?;
    Ok(Key {
        purpose,
        id: written.id,
        created_at,
        state,
        secret,
        file: written.file,
    })
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
    let mut secret = Zeroizing::new([0; 32]);
    if bytes.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some(secret)
}

fn refused(path: &Path, problem: KeyProblem) -> KeyringError {
    KeyringError::Refused {
        file: path.to_owned(),
        problem,
    }
}
