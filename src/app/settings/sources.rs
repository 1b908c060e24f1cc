//! Where settings come from: the file, the environment, the flags; and what is said of one that does
//! not fit.

use std::{collections::BTreeMap, fs, path::Path};

use figment::{
    Figment, Source,
    error::Kind,
    providers::{Format, Serialized, Toml},
    value::Value,
};

use super::{Flags, SettingsError};

/// Settings that are texts: an environment variable for one is never read as a number.
const TEXTS: &[&str] = &[
    "data_dir",
    "listen",
    "database_url",
    "database_url_file",
    "keyring",
    "bootstrap_admin_password",
    "bootstrap_admin_password_file",
    "loans.url",
    "loans.dialect",
    "loans.credentials_file",
    "loans.tenant",
    "loans.grace_table",
    "loans.grace_column",
    "business.time_zone",
    "metrics.listen",
    "log.filter",
    "log.format",
    "signals.hours",
    "tls.certificate",
    "tls.key",
];

/// What was given, without the defaults: the file, over it the environment, over it the flags.
pub(super) fn given(
    flags: &Flags,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Figment, SettingsError> {
    let mut given = Figment::new();
    if let Some(file) = &flags.config {
        let text = fs::read_to_string(file).map_err(|error| {
            SettingsError(format!("--config: cannot read {}: {error}", file.display()))
        })?;
        // Read here, so that whatever is wrong with it is not taken for a file that is not there.
        text.parse::<toml::Table>()
            .map_err(|error| SettingsError(format!("--config: {}: {error}", file.display())))?;
        given = given.merge(Toml::file_exact(file));
    }
    given = merge_environment(given, environment)?;
    let data_dir = flags.data_dir.as_ref();
    let flagged = [
        ("listen", flags.listen.clone()),
        ("database_url", flags.database_url.clone()),
        ("data_dir", data_dir.map(|path| path.display().to_string())),
    ];
    for (key, value) in flagged {
        if let Some(value) = value {
            given = given.merge(Serialized::default(key, value));
        }
    }
    Ok(given)
}

fn merge_environment(
    mut figment: Figment,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Figment, SettingsError> {
    let ours: BTreeMap<String, String> = environment
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("QUPIA_")?;
            Some((name.to_ascii_lowercase().replace("__", "."), value))
        })
        .collect();
    for (key, value) in ours {
        if value.is_empty() {
            let why = "it is empty; give it a value, or unset it";
            return Err(SettingsError::of(&key, why));
        }
        figment = if TEXTS.contains(&key.as_str()) {
            figment.merge(Serialized::default(&key, value))
        } else {
            // The library reads one value as TOML does: numbers, booleans, lists of tables.
            let parsed: Value = value.parse().unwrap_or_else(|never| match never {});
            figment.merge(Serialized::default(&key, parsed))
        };
    }
    Ok(figment)
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
            let read = fs::read_to_string(file);
            let text = read.map_err(|error| {
                let why = format!("cannot read {}: {error}", file.display());
                SettingsError::of(&format!("{name}_file"), why)
            })?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        (None, None) => None,
    };
    match found {
        Some(text) if text.is_empty() => Err(SettingsError::of(name, "it is empty")),
        found => Ok(found),
    }
}
