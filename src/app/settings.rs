//! The settings: a TOML file, then `QUPIA_…` environment variables, then flags. An unknown or an
//! invalid one stops the start with a message that names it. `docs/qupia.example.toml` is the manual.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono_tz::Tz;
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        attempts::{AttemptLaw, Lock},
        strength,
    },
    secrets::hasher::HashSettings,
    store::{DatabaseUrl, StoreSettings, Window},
};

/// Settings as they are written.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    data_dir: PathBuf,
    listen: String,
    allow_insecure_listen: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyring: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bootstrap_admin_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bootstrap_admin_password_file: Option<PathBuf>,
    database: DatabaseSection,
    hash: HashSection,
    limits: LimitsSection,
    verification: VerificationSection,
    passphrase: PassphraseSection,
    attempts: AttemptsSection,
    loans: LoansSection,
    business: BusinessSection,
    metrics: MetricsSection,
    log: LogSection,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            listen: "127.0.0.1:8080".to_owned(),
            allow_insecure_listen: false,
            database_url: None,
            database_url_file: None,
            keyring: None,
            bootstrap_admin_password: None,
            bootstrap_admin_password_file: None,
            database: DatabaseSection::default(),
            hash: HashSection::default(),
            limits: LimitsSection::default(),
            verification: VerificationSection::default(),
            passphrase: PassphraseSection::default(),
            attempts: AttemptsSection::default(),
            loans: LoansSection::default(),
            business: BusinessSection::default(),
            metrics: MetricsSection::default(),
            log: LogSection::default(),
        }
    }
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $default:expr,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Deserialize, Serialize)]
            #[serde(deny_unknown_fields, default)]
            struct $name { $($field: $type,)+ }

            impl Default for $name {
                fn default() -> Self {
                    Self { $($field: $default,)+ }
                }
            }
        )+
    };
}

sections! {
    DatabaseSection {
        connections: usize = 16,
        timeout_seconds: u64 = 5,
    }
    HashSection {
        memory_kib: u32 = HashSettings::default().memory_kib,
        passes: u32 = HashSettings::default().passes,
        lanes: u32 = HashSettings::default().lanes,
        workers: usize = HashSettings::default().workers,
        queue: usize = HashSettings::default().queue,
        wait_seconds: u64 = HashSettings::default().deadline.as_secs(),
    }
    LimitsSection {
        verifications_per_minute: u32 = 10,
        clients_per_hour: u32 = 60,
        logins_per_minute: u32 = 10,
    }
    VerificationSection {
        minutes: u32 = 15,
    }
    PassphraseSection {
        min_length: usize = 8,
    }
    AttemptsSection {
        locks: Vec<Lock> = vec![
            Lock { failures: 3, minutes: 15 },
            Lock { failures: 6, minutes: 60 },
            Lock { failures: 9, minutes: 24 * 60 },
        ],
        disable_after: u32 = 10,
    }
    LoansSection {
        stale_after_minutes: u32 = 1_440,
    }
    BusinessSection {
        time_zone: String = "Asia/Almaty".to_owned(),
    }
    MetricsSection {
        listen: Option<String> = None,
    }
    LogSection {
        filter: String = "info".to_owned(),
        format: String = "text".to_owned(),
    }
}

/// Settings that are texts: an environment variable for one is never read as a number.
const TEXTS: &[&str] = &[
    "data_dir",
    "listen",
    "database_url",
    "database_url_file",
    "keyring",
    "bootstrap_admin_password",
    "bootstrap_admin_password_file",
    "business.time_zone",
    "metrics.listen",
    "log.filter",
    "log.format",
];

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

/// The settings in force.
#[derive(Clone)]
pub struct Settings {
    /// the data folder
    pub data_dir: PathBuf,
    /// the address of the API
    pub listen: SocketAddr,
    /// the address of the metrics, where it is one of its own
    pub metrics_listen: Option<SocketAddr>,
    /// the keyring's file
    pub keyring: PathBuf,
    /// the first admin's one-time password
    pub bootstrap_admin_password: Option<SecretString>,
    /// the database
    pub store: StoreSettings,
    /// the hash workers
    pub hash: HashSettings,
    /// verifications of one specialist
    pub verifications: Window,
    /// different clients that one specialist may touch
    pub clients: Window,
    /// logins under one name
    pub logins: Window,
    /// how long a verification stays open, minutes
    pub verification_minutes: u32,
    /// what a passphrase must have
    pub strength: strength::Rules,
    /// the law of attempts
    pub attempts: AttemptLaw,
    /// loans known for longer than this are stale, minutes
    pub stale_after_minutes: u32,
    /// the business time zone
    pub time_zone: Tz,
    /// what is logged
    pub log_filter: String,
    /// whether the log is JSON
    pub log_json: bool,
    written: Written,
}

/// A setting that cannot be obeyed, in words that name it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`SettingsError`] for the first one that is unknown or invalid.
    pub fn read(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut figment = Figment::from(Serialized::defaults(Written::default()));
        if let Some(file) = &flags.config {
            if !file.is_file() {
                return Err(SettingsError(format!(
                    "--config: there is no file {}",
                    file.display()
                )));
            }
            figment = figment.merge(Toml::file(file));
        }
        figment = merge_environment(figment, environment);
        let flagged = [
            ("listen", flags.listen.clone()),
            ("database_url", flags.database_url.clone()),
            (
                "data_dir",
                flags
                    .data_dir
                    .as_ref()
                    .map(|path| path.display().to_string()),
            ),
        ];
        for (key, value) in flagged {
            if let Some(value) = value {
                figment = figment.merge(Serialized::default(key, value));
            }
        }
        let written: Written = figment
            .extract()
            .map_err(|error| SettingsError(explain(error)))?;
        Self::check(written)
    }

    fn check(written: Written) -> Result<Self, SettingsError> {
        let named = |name: &'static str| move |why: String| SettingsError(format!("{name}: {why}"));
        let listen = address("listen", &written.listen)?;
        if !listen.ip().is_loopback() && !written.allow_insecure_listen {
            return Err(SettingsError(format!(
                "listen: {listen} is beyond loopback and this is plain HTTP; put TLS before it, \
                 then set allow_insecure_listen (QUPIA_ALLOW_INSECURE_LISTEN=true)"
            )));
        }
        let metrics_listen = written.metrics.listen.as_deref();
        let metrics_listen = metrics_listen
            .map(|text| address("metrics.listen", text))
            .transpose()?;
        let url = either(
            "database_url",
            written.database_url.as_deref(),
            written.database_url_file.as_deref(),
        )?;
        let url = url.unwrap_or_else(|| {
            format!("sqlite:{}", written.data_dir.join("qupia.sqlite").display())
        });
        let password = either(
            "bootstrap_admin_password",
            written.bootstrap_admin_password.as_deref(),
            written.bootstrap_admin_password_file.as_deref(),
        )?;
        let hash = HashSettings {
            memory_kib: written.hash.memory_kib,
            passes: written.hash.passes,
            lanes: written.hash.lanes,
            workers: written.hash.workers,
            queue: written.hash.queue,
            deadline: Duration::from_secs(written.hash.wait_seconds),
        };
        hash.check()
            .map_err(|error| SettingsError(error.to_string()))?;
        let attempts = AttemptLaw::new(
            written.attempts.locks.clone(),
            written.attempts.disable_after,
        );
        let log_json = match written.log.format.as_str() {
            "json" => true,
            "text" => false,
            _ => {
                return Err(SettingsError(
                    "log.format: it is \"text\" or \"json\"".to_owned(),
                ));
            }
        };
        positive(
            "limits.verifications_per_minute",
            written.limits.verifications_per_minute,
        )?;
        positive("limits.clients_per_hour", written.limits.clients_per_hour)?;
        positive("limits.logins_per_minute", written.limits.logins_per_minute)?;
        if !(1..=15).contains(&written.verification.minutes) {
            return Err(SettingsError(
                "verification.minutes: it is 1 to 15".to_owned(),
            ));
        }
        if !(1..=64).contains(&written.passphrase.min_length) {
            return Err(SettingsError(
                "passphrase.min_length: it is 1 to 64".to_owned(),
            ));
        }
        if written.database.connections < 2 || written.database.timeout_seconds == 0 {
            return Err(SettingsError(
                "database: connections are 2 or more, timeout_seconds 1 or more".to_owned(),
            ));
        }
        Ok(Self {
            listen,
            metrics_listen,
            keyring: written
                .keyring
                .clone()
                .unwrap_or_else(|| written.data_dir.join("keyring.toml")),
            bootstrap_admin_password: password.map(SecretString::from),
            store: StoreSettings {
                url: DatabaseUrl::parse(&url).map_err(named("database_url"))?,
                connections: written.database.connections,
                patience: Duration::from_secs(written.database.timeout_seconds),
            },
            hash,
            verifications: Window {
                quota: written.limits.verifications_per_minute,
                seconds: 60,
            },
            clients: Window {
                quota: written.limits.clients_per_hour,
                seconds: 3_600,
            },
            logins: Window {
                quota: written.limits.logins_per_minute,
                seconds: 60,
            },
            verification_minutes: written.verification.minutes,
            strength: strength::Rules {
                min_length: written.passphrase.min_length,
            },
            attempts: attempts.map_err(named("attempts"))?,
            stale_after_minutes: written.loans.stale_after_minutes,
            time_zone: written.business.time_zone.parse().map_err(|_| {
                SettingsError(format!(
                    "business.time_zone: there is no zone {:?}",
                    written.business.time_zone
                ))
            })?,
            log_filter: written.log.filter.clone(),
            log_json,
            data_dir: written.data_dir.clone(),
            written,
        })
    }

    /// The settings in force as TOML, secrets masked.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut shown = self.written.clone();
        shown.database_url = Some(self.store.url.masked());
        shown.keyring = Some(self.keyring.clone());
        shown.bootstrap_admin_password = self
            .bootstrap_admin_password
            .as_ref()
            .map(|_| "***".to_owned());
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# cannot be shown: {error}"))
    }

    /// Forgets the first admin's password once it is hashed.
    pub(super) fn take_bootstrap_password(&mut self) -> Option<SecretString> {
        self.written.bootstrap_admin_password = None;
        self.bootstrap_admin_password.take()
    }
}

fn merge_environment(
    mut figment: Figment,
    environment: impl Iterator<Item = (String, String)>,
) -> Figment {
    let ours: BTreeMap<String, String> = environment
        .filter_map(|(name, value)| {
            Some((
                name.strip_prefix("QUPIA_")?
                    .to_ascii_lowercase()
                    .replace("__", "."),
                value,
            ))
        })
        .collect();
    for (key, value) in ours {
        figment = if TEXTS.contains(&key.as_str()) {
            figment.merge(Serialized::default(&key, value))
        } else {
            // The library reads one value as TOML does: numbers, booleans, lists of tables.
            let parsed: figment::value::Value =
                value.parse().unwrap_or_else(|never| match never {});
            figment.merge(Serialized::default(&key, parsed))
        };
    }
    figment
}

fn explain(error: figment::Error) -> String {
    let path = error.path.join(".");
    let variable = format!("QUPIA_{}", error.path.join("__").to_ascii_uppercase());
    if path.is_empty() {
        error.kind.to_string()
    } else {
        format!("{path} ({variable}): {}", error.kind)
    }
}

fn address(name: &str, text: &str) -> Result<SocketAddr, SettingsError> {
    let text = text.replace("localhost:", "127.0.0.1:");
    text.parse()
        .map_err(|_| SettingsError(format!("{name}: {text:?} is not ADDRESS:PORT")))
}

fn positive(name: &str, value: u32) -> Result<(), SettingsError> {
    if value == 0 {
        Err(SettingsError(format!("{name}: it is 1 or more")))
    } else {
        Ok(())
    }
}

/// A secret that may stand in the settings or in a file of its own, and not in both.
fn either(
    name: &str,
    text: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<String>, SettingsError> {
    let found = match (text, file) {
        (Some(_), Some(_)) => {
            return Err(SettingsError(format!(
                "{name}: it and {name}_file are both given"
            )));
        }
        (Some(text), None) => Some(text.to_owned()),
        (None, Some(file)) => {
            let read = fs::read_to_string(file);
            let text = read.map_err(|error| {
                SettingsError(format!("{name}_file: {}: {error}", file.display()))
            })?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        (None, None) => None,
    };
    match found {
        Some(text) if text.is_empty() => Err(SettingsError(format!("{name}: it is empty"))),
        found => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(environment: &[(&str, &str)]) -> Result<Settings, String> {
        let pairs = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(&Flags::default(), pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_variable_stops_the_start_and_is_named() {
        for name in [
            "QUPIA_HASH__MEMROY_KIB",
            "QUPIA_LISTENN",
            "QUPIA_HASH__MEMORY_KIB__X",
        ] {
            let error = read(&[(name, "1")]).err().unwrap_or_default();
            assert!(!error.is_empty(), "{name} was taken");
        }
        assert!(
            read(&[("QUPIA_HASH__MEMROY_KIB", "1")])
                .err()
                .unwrap_or_default()
                .contains("memroy_kib")
        );
    }

    #[test]
    fn a_password_of_digits_is_a_text() {
        let settings = read(&[("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", "007007007007")])
            .unwrap_or_else(|error| panic!("{error}"));
        let password = settings
            .bootstrap_admin_password
            .as_ref()
            .map(ExposeSecret::expose_secret);
        assert_eq!(password, Some("007007007007"));
        assert!(!settings.masked().contains("007007"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_names_its_setting() {
        let error = read(&[("QUPIA_HASH__MEMORY_KIB", "much")])
            .err()
            .unwrap_or_default();
        assert!(
            error.contains("hash.memory_kib") && error.contains("QUPIA_HASH__MEMORY_KIB"),
            "{error}"
        );
    }

    #[test]
    fn plain_http_beyond_loopback_needs_a_word() {
        assert!(read(&[("QUPIA_LISTEN", "0.0.0.0:80")]).is_err());
        assert!(
            read(&[
                ("QUPIA_LISTEN", "0.0.0.0:80"),
                ("QUPIA_ALLOW_INSECURE_LISTEN", "true")
            ])
            .is_ok()
        );
    }

    #[test]
    fn a_zone_that_is_none_is_refused() {
        assert!(read(&[("QUPIA_BUSINESS__TIME_ZONE", "Asia/Atlantis")]).is_err());
    }
}
