//! The settings: a TOML file, then `QUPIA_…` environment variables, then flags. An unknown or an
//! invalid one stops the start with a message that names it. `docs/qupia.example.toml` is the manual.

mod bounds;
mod loan_source;
mod sources;
mod values;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono_tz::Tz;
use figment::{Figment, providers::Serialized};
use ipnet::IpNet;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use self::{
    bounds::{
        address, api_address, check_bounds, drain, hash_settings, signal_rules, time_zone,
        tls_files,
    },
    sources::{explain, given, text_or_file},
};
use super::outbound::OutboundSettings;
use crate::{
    domain::{
        attempts::{AttemptLaw, Lock},
        signals, strength,
    },
    loans::source::SourceSettings,
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
    drain_seconds: Option<u64>,
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
    tls: TlsSection,
    proxy: ProxySection,
    webhooks: WebhooksSection,
    signals: SignalsSection,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            listen: "127.0.0.1:8080".to_owned(),
            allow_insecure_listen: false,
            drain_seconds: None,
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
            tls: TlsSection::default(),
            proxy: ProxySection::default(),
            webhooks: WebhooksSection::default(),
            signals: SignalsSection::default(),
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
        empty_searches_per_minute: u32 = 10,
        logins_per_minute: u32 = 10,
    }
    VerificationSection {
        minutes: u32 = 15,
    }
    PassphraseSection {
        min_length: usize = strength::Rules::default().min_length,
        min_guesses_log10: f64 = strength::Rules::default().min_guesses_log10,
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
        url: Option<String> = None,
        dialect: String = "qupia".to_owned(),
        credentials_file: Option<PathBuf> = None,
        allow_insecure_url: bool = false,
        connect_timeout_ms: u64 = 500,
        timeout_ms: u64 = 2_000,
        connections: usize = 8,
        fresh_seconds: u32 = 15,
        tenant: String = "default".to_owned(),
        grace_table: Option<String> = None,
        grace_column: Option<String> = None,
        grace_days_by_product: BTreeMap<String, u32> = BTreeMap::new(),
    }
    BusinessSection {
        time_zone: String = "Asia/Almaty".to_owned(),
    }
    MetricsSection {
        listen: Option<String> = None,
    }
    TlsSection {
        certificate: Option<PathBuf> = None,
        key: Option<PathBuf> = None,
    }
    ProxySection {
        trusted: Vec<IpNet> = Vec::new(),
    }
    LogSection {
        filter: String = "info".to_owned(),
        format: String = "text".to_owned(),
    }
    WebhooksSection {
        allow_private: bool = false,
        timeout_seconds: u64 = 20,
        rotation_hours: u32 = 24,
        keep_days: u32 = 30,
    }
    SignalsSection {
        window_minutes: u32 = 60,
        many_clients: u32 = 40,
        look_ups_without_verification: u32 = 15,
        look_up_grace_minutes: u32 = 15,
        many_specialists: u32 = 3,
        repeated_inquiries: u32 = 10,
        hours: Option<String> = None,
    }
}

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
    /// how long it serves on when it is asked to stop, and is not ready any more
    pub drain: Duration,
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
    /// searches of one person that find nothing
    pub empty_searches: Window,
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
    /// the loan system that is asked, where there is one
    pub loan_source: Option<SourceSettings>,
    /// the business time zone
    pub time_zone: Tz,
    /// the certificate's and its key's files, where HTTPS is spoken
    pub tls: Option<(PathBuf, PathBuf)>,
    /// the proxies whose word for a caller's address is taken
    pub trusted_proxies: Vec<IpNet>,
    /// what is logged
    pub log_filter: String,
    /// whether the log is JSON
    pub log_json: bool,
    /// how receivers of webhooks are served
    pub webhooks: WebhookSettings,
    /// what looks like abuse by insiders
    pub signals: signals::Rules,
    written: Written,
}

/// How receivers of webhooks are served.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// how they are called
    pub outbound: OutboundSettings,
    /// how long a secret signs after it was rotated, hours
    pub rotation_hours: u32,
    /// how long what was delivered is remembered, days
    pub keep_days: u32,
}

/// A setting that cannot be obeyed, in words that name it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl SettingsError {
    /// What is wrong with a setting, which is named as the file and as the environment have it.
    pub(super) fn of(name: &str, why: impl std::fmt::Display) -> Self {
        let variable = name.to_ascii_uppercase().replace('.', "__");
        Self(format!("{name} (QUPIA_{variable}): {why}"))
    }
}

/// What a demonstration makes for itself, so that it can never be made among real data.
const MADE_FOR_A_DEMONSTRATION: &[&str] = &[
    "data_dir",
    "database_url",
    "database_url_file",
    "keyring",
    "bootstrap_admin_password",
    "bootstrap_admin_password_file",
];

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`SettingsError`] for the first one that is unknown or invalid.
    pub fn read(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        Self::check(extract(given(flags, environment)?)?)
    }

    /// Reads the settings of a demonstration, whose data lie in a throw-away `folder`.
    ///
    /// # Errors
    /// [`SettingsError`] as for [`Settings::read`], and where a database, a data folder or a keyring is
    /// given: a demonstration takes none.
    pub fn read_for_demonstration(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
        folder: &Path,
    ) -> Result<Self, SettingsError> {
        let given = given(flags, environment)?;
        let taken = |name: &&&str| given.find_value(name).is_ok();
        if let Some(name) = MADE_FOR_A_DEMONSTRATION.iter().find(taken) {
            return Err(SettingsError::of(
                name,
                "--demo makes up its own data in a throw-away folder and touches no other; \
                 leave this setting out, or leave --demo out",
            ));
        }
        let mut written = extract(given)?;
        written.data_dir = folder.to_path_buf();
        Self::check(written)
    }

    fn check(written: Written) -> Result<Self, SettingsError> {
        let named = |name: &'static str| move |why: String| SettingsError::of(name, why);
        check_bounds(&written)?;
        let url = text_or_file(
            "database_url",
            written.database_url.as_deref(),
            written.database_url_file.as_deref(),
        )?;
        let url = match url {
            Some(url) => DatabaseUrl::parse(&url).map_err(named("database_url"))?,
            None => DatabaseUrl::file(&written.data_dir.join("qupia.sqlite")),
        };
        let password = text_or_file(
            "bootstrap_admin_password",
            written.bootstrap_admin_password.as_deref(),
            written.bootstrap_admin_password_file.as_deref(),
        )?;
        let attempts = AttemptLaw::new(
            written.attempts.locks.clone(),
            written.attempts.disable_after,
        );
        let window = |quota, seconds| Window { quota, seconds };
        let listen = api_address(&written)?;
        Ok(Self {
            listen,
            drain: drain(&written, listen),
            metrics_listen: match &written.metrics.listen {
                Some(text) => Some(address("metrics.listen", text)?),
                None => None,
            },
            keyring: written
                .keyring
                .clone()
                .unwrap_or_else(|| written.data_dir.join("keyring.toml")),
            bootstrap_admin_password: password.map(SecretString::from),
            store: StoreSettings {
                url,
                connections: written.database.connections,
                timeout: Duration::from_secs(written.database.timeout_seconds),
                granted: None,
                is_load: false,
            },
            hash: hash_settings(&written.hash)?,
            verifications: window(written.limits.verifications_per_minute, 60),
            clients: window(written.limits.clients_per_hour, 3_600),
            empty_searches: window(written.limits.empty_searches_per_minute, 60),
            logins: window(written.limits.logins_per_minute, 60),
            verification_minutes: written.verification.minutes,
            strength: strength::Rules {
                min_length: written.passphrase.min_length,
                min_guesses_log10: written.passphrase.min_guesses_log10,
            },
            attempts: attempts.map_err(named("attempts"))?,
            stale_after_minutes: written.loans.stale_after_minutes,
            loan_source: loan_source::source(&written.loans)?,
            time_zone: time_zone(&written.business.time_zone)?,
            tls: tls_files(&written)?,
            trusted_proxies: written.proxy.trusted.clone(),
            log_filter: written.log.filter.clone(),
            log_json: written.log.format == "json",
            signals: signal_rules(&written.signals)?,
            webhooks: WebhookSettings {
                outbound: OutboundSettings {
                    allow_private: written.webhooks.allow_private,
                    timeout: Duration::from_secs(written.webhooks.timeout_seconds),
                },
                rotation_hours: written.webhooks.rotation_hours,
                keep_days: written.webhooks.keep_days,
            },
            data_dir: written.data_dir.clone(),
            written,
        })
    }

    /// The settings in force as TOML, secrets masked.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut shown = self.written.clone();
        shown.keyring = Some(self.keyring.clone());
        // What comes from a file of its own is shown as that file.
        if shown.database_url_file.is_none() {
            shown.database_url = Some(self.store.url.masked());
        }
        if shown.bootstrap_admin_password_file.is_none() {
            let given = self.bootstrap_admin_password.as_ref();
            shown.bootstrap_admin_password = given.map(|_| "***".to_owned());
        }
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# cannot be shown: {error}"))
    }

    /// Forgets the first admin's password once it is hashed.
    pub(super) fn take_bootstrap_password(&mut self) -> Option<SecretString> {
        self.written.bootstrap_admin_password = None;
        self.bootstrap_admin_password.take()
    }
}

fn extract(given: Figment) -> Result<Written, SettingsError> {
    let settings = Figment::from(Serialized::defaults(Written::default())).merge(given);
    settings.extract().map_err(|error| explain(&error))
}
