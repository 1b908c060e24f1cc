//! The settings of the loan system that is asked: `[loans]`.

use std::{path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use reqwest::Url;
use secrecy::SecretString;

use super::{LoansSection, SettingsError, sources::secret_of};
use crate::{
    domain::loan::MAX_GRACE_DAYS,
    loans::source::{Dialect, FineractSettings, SourceSettings},
};

/// The source that the settings describe; none where no address is given.
pub(super) fn source(written: &LoansSection) -> Result<Option<SourceSettings>, SettingsError> {
    let is_fineract = match written.dialect.as_str() {
        "fineract" => true,
        "qupia" => false,
        _ => {
            let why = "it is \"qupia\" or \"fineract\"";
            return Err(SettingsError::of("loans.dialect", why));
        }
    };
    let Some(text) = &written.url else {
        return Ok(None);
    };
    check_times(written)?;
    let connect_timeout = Duration::from_millis(written.connect_timeout_ms);
    let dialect = if is_fineract {
        Dialect::Fineract(fineract(written)?)
    } else {
        Dialect::Qupia
    };
    let authorization = match &written.credentials_file {
        Some(file) => Some(authorization(file, is_fineract)?),
        None => None,
    };
    Ok(Some(SourceSettings {
        url: url(text, written.allow_insecure_url)?,
        dialect,
        authorization,
        connect_timeout,
        timeout: Duration::from_millis(written.timeout_ms),
        connections: written.connections,
        fresh: TimeDelta::seconds(i64::from(written.fresh_seconds)),
    }))
}

fn check_times(written: &LoansSection) -> Result<(), SettingsError> {
    let bounded = [
        (
            "loans.connect_timeout_ms",
            written.connect_timeout_ms,
            1..=60_000,
        ),
        ("loans.timeout_ms", written.timeout_ms, 1..=60_000),
        ("loans.connections", written.connections as u64, 1..=1_000),
    ];
    for (name, value, bounds) in bounded {
        if !bounds.contains(&value) {
            let (least, most) = bounds.into_inner();
            let why = format!("it is {least} to {most}, not {value}");
            return Err(SettingsError::of(name, why));
        }
    }
    Ok(())
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

/// A token, or for Fineract `user:password`, on the one line of a file of its own.
fn authorization(file: &Path, is_basic: bool) -> Result<SecretString, SettingsError> {
    let refused = |why: String| SettingsError::of("loans.credentials_file", why);
    let text = secret_of("loans.credentials_file", file)?;
    let line = text.trim_end_matches(['\r', '\n']);
    let is_line = !line.is_empty() && !line.contains(['\r', '\n']);
    if !is_line || (is_basic && !line.contains(':')) {
        let wanted = if is_basic { "user:password" } else { "a token" };
        let why = format!("its file holds {wanted} on one line");
        return Err(refused(why));
    }
    let value = if is_basic {
        format!("Basic {}", STANDARD.encode(line))
    } else {
        format!("Bearer {line}")
    };
    if !fits_a_header(&value) {
        let why = "its file holds characters that no token has";
        return Err(refused(why.to_owned()));
    }
    Ok(SecretString::from(value))
}

fn fits_a_header(value: &str) -> bool {
    value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn fineract(written: &LoansSection) -> Result<FineractSettings, SettingsError> {
    let grace = match (&written.grace_table, &written.grace_column) {
        (Some(table), Some(column)) => Some((table.clone(), column.clone())),
        (None, None) => None,
        _ => {
            let why = "it and loans.grace_column go together";
            return Err(SettingsError::of("loans.grace_table", why));
        }
    };
    if !fits_a_header(&written.tenant) {
        let why = "it holds signs that no header can";
        return Err(SettingsError::of("loans.tenant", why));
    }
    for (product, days) in &written.grace_days_by_product {
        if *days > MAX_GRACE_DAYS {
            let why = format!("{product}: it is 0 to {MAX_GRACE_DAYS}, not {days}");
            return Err(SettingsError::of("loans.grace_days_by_product", why));
        }
    }
    Ok(FineractSettings {
        tenant: written.tenant.clone(),
        grace,
        grace_days_by_product: written.grace_days_by_product.clone(),
    })
}
