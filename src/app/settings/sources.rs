//! Where settings come from: the file, the environment, the flags; and what is said of one that does
//! not fit.

use std::{collections::BTreeMap, path::Path};

use figment::{
    Figment, Metadata, Profile, Provider, Source,
    error::Kind,
    providers::Serialized,
    value::{Dict, Map, Value},
};
use zeroize::Zeroizing;

use super::{Flags, SettingsError, values};
use crate::secrets::private_file;

/// Settings that hold a secret, or are meant to hold none and may by mistake: nothing that is said of
/// them quotes them.
const SECRETS: &[&str] = &["database_url", "bootstrap_admin_password", "loans.url"];

/// What was given, without the defaults: the file, over it the environment, over it the flags.
pub(super) fn given(
    flags: &Flags,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Figment, SettingsError> {
    let variables = variables(environment)?;
    let mut given = Figment::new();
    if let Some(file) = &flags.config {
        let mut written = SettingsFile::read(file)?;
        for (name, _) in variables.iter().filter(|(name, _)| values::is_whole(name)) {
            written.leave_out(name);
        }
        given = given.merge(written);
    }
    for (name, value) in variables {
        given = given.merge(Serialized::default(&name, value));
    }
    let data_dir = flags.data_dir.as_ref();
    let flagged = [
        ("listen", flags.listen.clone()),
        ("database_url", flags.database_url.clone()),
        ("data_dir", data_dir.map(|path| path.display().to_string())),
    ];
    for (name, value) in flagged {
        if let Some(value) = value {
            values::check_text(name, &value)?;
            given = given.merge(Serialized::default(name, value));
        }
    }
    Ok(given)
}

/// The settings that stand in the environment, by their names in the file.
fn variables(
    environment: impl Iterator<Item = (String, String)>,
) -> Result<BTreeMap<String, Value>, SettingsError> {
    let ours = environment.filter_map(|(name, value)| {
        let name = name.strip_prefix("QUPIA_")?;
        Some((name.to_ascii_lowercase().replace("__", "."), value))
    });
    let read = |(name, text): (String, String)| {
        let value = values::read(&name, &text)?;
        Ok((name, value))
    };
    ours.map(read).collect()
}

/// The file of `--config`.
struct SettingsFile<'a> {
    path: &'a Path,
    table: toml::Table,
}

impl<'a> SettingsFile<'a> {
    fn read(path: &'a Path) -> Result<Self, SettingsError> {
        let wrong = |why: String| SettingsError(format!("--config: {}: {why}", path.display()));
        let text = private_file::read(path).map_err(|error| {
            SettingsError(format!("--config: cannot read {}: {error}", path.display()))
        })?;
        let table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = 1 + before.unwrap_or_default().matches('\n').count();
            // The parser shows the line, which may hold a password; its words alone may quote a name.
            match error.message() {
                told if !told.contains(['`', '"', '\'']) => wrong(format!("line {line}: {told}")),
                _ => wrong(format!("line {line} is not TOML")),
            }
        })?;
        Ok(Self { path, table })
    }

    /// Takes a setting out: it is given whole elsewhere.
    fn leave_out(&mut self, name: &str) {
        match name.split_once('.') {
            Some((section, name)) => {
                let section = self.table.get_mut(section);
                if let Some(section) = section.and_then(toml::Value::as_table_mut) {
                    section.remove(name);
                }
            }
            None => drop(self.table.remove(name)),
        }
    }
}

impl Provider for SettingsFile<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::from("TOML file", self.path)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Serialized::defaults(&self.table).data()
    }
}

/// Says which setting does not fit, and from which file it came if it came from one.
pub(super) fn explain(error: &figment::Error) -> SettingsError {
    let mut path = error.path.clone();
    let why = match &error.kind {
        Kind::UnknownField(name, known) => {
            if path.last() != Some(name) {
                path.push(name.clone());
            }
            format!("there is no such setting; there are {}", known.join(", "))
        }
        _ if SECRETS.contains(&path.join(".").as_str()) => {
            "it is a text in quotation marks".to_owned()
        }
        kind => kind.to_string(),
    };
    let source = error
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.source.as_ref());
    let why = match source {
        Some(Source::File(file)) => format!("{why} (in {})", file.display()),
        _ => why,
    };
    if path.is_empty() {
        SettingsError(why)
    } else {
        SettingsError::of(&path.join("."), why)
    }
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

/// The text of a file that a setting names. What it names is not told: some put the secret itself there.
pub(super) fn secret_of(name: &str, file: &Path) -> Result<Zeroizing<String>, SettingsError> {
    private_file::read(file).map_err(|error| {
        let why = format!("it is the path of a file, and that cannot be read: {error}");
        SettingsError::of(name, why)
    })
}
