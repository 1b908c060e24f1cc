//! Where settings come from: the file, over it the environment, over both the command line. An error names
//! the setting and, where it came from the file, the file.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use toml::{Table, Value};
use zeroize::Zeroizing;

use super::{credentials, error::SettingsError, values, written::Written};
use crate::secrets::private_file;

/// Settings that hold a secret, or may by mistake: no message quotes them.
const SECRETS: &[&str] = &["database_url", "bootstrap_admin_password", "loans.url"];

/// What may be given on the command line.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// the settings file
    pub config: Option<PathBuf>,
    /// the data folder
    pub data_dir: Option<PathBuf>,
    /// the address to listen on
    pub listen: Option<String>,
    /// the database
    pub database_url: Option<String>,
}

/// The settings that are given, without the defaults.
pub(super) struct Given<'a> {
    table: Table,
    file: Option<&'a Path>,
    /// names of those that are not from the file
    beyond_file: BTreeSet<String>,
    /// the folder of the service manager's credentials
    credentials: Option<PathBuf>,
}

impl<'a> Given<'a> {
    pub(crate) fn read(
        flags: &'a Flags,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut given = Self {
            table: flags
                .config
                .as_deref()
                .map_or(Ok(Table::new()), read_file)?,
            file: flags.config.as_deref(),
            beyond_file: BTreeSet::new(),
            credentials: None,
        };
        for (variable, text) in environment {
            if let Some(name) = variable.strip_prefix("QUPIA_") {
                let name = name.to_ascii_lowercase().replace("__", ".");
                let value = values::read(&name, &text)?;
                given.put(&name, value);
            } else if variable == credentials::FOLDER {
                given.credentials = Some(text.into());
            }
        }
        let data_dir = flags.data_dir.as_ref();
        let flagged = [
            ("listen", flags.listen.clone()),
            ("database_url", flags.database_url.clone()),
            ("data_dir", data_dir.map(|path| path.display().to_string())),
        ];
        for (name, text) in flagged {
            if let Some(text) = text {
                values::check_text(name, &text)?;
                given.put(name, Value::String(text));
            }
        }
        Ok(given)
    }

    fn put(&mut self, name: &str, value: Value) {
        let mut table = &mut self.table;
        let (sections, key) = name.rsplit_once('.').unwrap_or(("", name));
        for section in sections.split('.').filter(|section| !section.is_empty()) {
            let inner = table.entry(section).or_insert(Value::Table(Table::new()));
            if !inner.is_table() {
                *inner = Value::Table(Table::new());
            }
            let Value::Table(inner) = inner else {
                unreachable!("it was made a table")
            };
            table = inner;
        }
        table.insert(key.to_owned(), value);
        self.beyond_file.insert(name.to_owned());
    }

    /// Whether a setting outside of any section is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// The settings with their defaults.
    ///
    /// # Errors
    /// The first setting that is unknown, or whose value has the wrong type.
    pub(crate) fn extract(self) -> Result<Written, SettingsError> {
        let Self {
            table,
            file,
            beyond_file,
            credentials,
        } = self;
        let written: Result<Written, _> = serde_path_to_error::deserialize(table);
        let mut written = written.map_err(|error| {
            let name = error.path().to_string();
            let why = explain(&name, error.inner().message());
            match file {
                Some(file) if !overlaps(&name, &beyond_file) => {
                    SettingsError::of(&name, format!("{why} (in {})", file.display()))
                }
                _ => SettingsError::of(&name, why),
            }
        })?;
        credentials::resolve(&mut written, credentials.as_deref())?;
        Ok(written)
    }
}

/// Whether a setting, the one that it is a part of, or a part of it, is among these.
fn overlaps(name: &str, names: &BTreeSet<String>) -> bool {
    let holds = |whole: &str, part: &str| {
        let rest = part.strip_prefix(whole);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    names
        .iter()
        .any(|other| holds(other, name) || holds(name, other))
}

fn read_file(path: &Path) -> Result<Table, SettingsError> {
    let wrong = |why: String| SettingsError(format!("--config: {}: {why}", path.display()));
    let text = private_file::read(path).map_err(|error| {
        SettingsError(format!("--config: cannot read {}: {error}", path.display()))
    })?;
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = 1 + before.unwrap_or_default().matches('\n').count();
        // The parser quotes the line, which may hold a password; its message alone may quote a name.
        match error.message() {
            message if !message.contains(['`', '"', '\'']) => {
                wrong(format!("line {line}: {message}"))
            }
            _ => wrong(format!("line {line} is not TOML")),
        }
    })
}

/// Says what serde's message means for a setting.
fn explain(name: &str, message: &str) -> String {
    if message.starts_with("unknown field") {
        let (_, known) = message.split_once(", expected ").unwrap_or_default();
        let known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
        return format!("there is no such setting; there are {}", known.join(", "));
    }
    if SECRETS.contains(&name) {
        return "it is a text in quotation marks".to_owned();
    }
    message.to_owned()
}

/// A secret that may stand in the settings or in a file of its own, and not in both.
pub(super) fn text_or_file(
    name: &str,
    text: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<String>, SettingsError> {
    let found = match (text, file) {
        (Some(_), Some(_)) => {
            let why = format!("it and {name}_file are both given; leave one out");
            return Err(SettingsError::of(name, why));
        }
        (Some(text), None) => Some(text.to_owned()),
        (None, Some(file)) => {
            let text = secret_of(&format!("{name}_file"), file)?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        (None, None) => None,
    };
    match found {
        Some(text) if text.is_empty() => Err(SettingsError::of(name, "it is empty")),
        found => Ok(found),
    }
}

/// The text of a file that a setting names. The message does not quote the name, which may be the secret
/// itself by mistake.
pub(super) fn secret_of(name: &str, file: &Path) -> Result<Zeroizing<String>, SettingsError> {
    private_file::read(file).map_err(|error| {
        let why = format!("it is the path of a file, and that cannot be read: {error}");
        SettingsError::of(name, why)
    })
}
