//! The loan system that loans are requested from: `[loans]`.

use std::{path::Path, time::Duration};

use chrono::TimeDelta;
use reqwest::Url;
use secrecy::SecretString;

use super::{bounds::within, error::SettingsError, sources::secret_of, written::LoansSection};
use crate::loans::{
    dialect::{Dialect, Name},
    source::SourceSettings,
    wire::Connection,
};

/// The loan source; `None` where the settings have no address of one.
pub(super) fn source(written: &LoansSection) -> Result<Option<SourceSettings>, SettingsError> {
    let Some(text) = &written.url else {
        return Ok(None);
    };
    within(
        "loans.connect_timeout_ms",
        written.connect_timeout_ms,
        1..=60_000,
    )?;
    within("loans.timeout_ms", written.timeout_ms, 1..=60_000)?;
    within("loans.connections", written.connections, 1..=1_000)?;
    let dialect = match written.dialect {
        Name::Qupia => Dialect::Qupia,
        Name::Fineract => Dialect::Fineract(
            written
                .fineract
                .check()
                .map_err(|(key, why)| SettingsError::of(&format!("loans.fineract.{key}"), why))?,
        ),
    };
    let file = written.credentials_file.as_deref();
    Ok(Some(SourceSettings {
        connection: Connection {
            url: url(text, written.allow_insecure_url)?,
            authorization: file.map(|file| authorization(file, &dialect)).transpose()?,
            connect_timeout: Duration::from_millis(written.connect_timeout_ms),
            timeout: Duration::from_millis(written.timeout_ms),
            connections: written.connections,
        },
        dialect,
        fresh: TimeDelta::seconds(i64::from(written.fresh_seconds)),
    }))
}

fn url(text: &str, allow_insecure: bool) -> Result<Url, SettingsError> {
    let refused = |why: &str| Err(SettingsError::of("loans.url", why));
    let Ok(url) = text.parse::<Url>() else {
        return refused("it is no address such as https://loans.example/api");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("credentials stand in loans.credentials_file, not here");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("it has no query and no fragment");
    }
    let host = url.host_str().unwrap_or_default();
    let is_near = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_near || allow_insecure => Ok(url),
        "http" => refused(
            "balances go over this way in clear; use https, or set loans.allow_insecure_url",
        ),
        _ => refused("it begins with https://"),
    }
}

/// The header `Authorization` from a file that holds the credentials on one line.
fn authorization(file: &Path, dialect: &Dialect) -> Result<SecretString, SettingsError> {
    let refused = |why: &str| SettingsError::of("loans.credentials_file", why);
    let text = secret_of("loans.credentials_file", file)?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.contains(['\r', '\n']) {
        return Err(refused("its file holds the credentials on one line"));
    }
    let value = dialect
        .authorization(line)
        .map_err(|expected| refused(&format!("its file holds {expected} on one line")))?;
    // A header may hold other characters, but no token has them.
    if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(refused("its file holds characters that no token has"));
    }
    Ok(SecretString::from(value))
}
