//! The settings: a TOML file, then `QUPIA_…` environment variables, then flags. An unknown or an
//! invalid one stops the start with a message that names it. `docs/qupia.example.toml` is the manual.

mod bounds;
pub mod credentials;
pub mod environment;
mod error;
mod loan_source;
mod sources;
mod values;
mod written;

#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;
use chrono_tz::Tz;
use ipnet::IpNet;
use secrecy::SecretString;

use self::{
    bounds::{
        address, api_address, check_bounds, drain, hash_settings, public_url, signal_rules,
        time_zone, tls_files, trace_settings,
    },
    sources::{Given, text_or_file},
    written::{LogFormat, Written},
};
pub use self::{error::SettingsError, sources::Flags};
use super::outbound::OutboundSettings;
use crate::{
    domain::{attempts::LockoutPolicy, signals, strength},
    loans::source::SourceSettings,
    secrets::hasher::HashSettings,
    store::{DatabaseUrl, StoreSettings, Window},
    trace::TraceSettings,
};

/// The settings in force.
#[derive(Clone)]
pub struct Settings {
    /// the data folder
    pub data_dir: PathBuf,
    /// the address of the API
    pub listen: SocketAddr,
    /// how long it still serves after a signal, while it reports that it is not ready
    pub drain: Duration,
    /// the address under which people reach it, if that is fixed
    pub public_url: Option<String>,
    /// address of the metrics, if not the API's
    pub metrics_listen: Option<SocketAddr>,
    /// the keyring's file
    pub keyring: PathBuf,
    /// the first admin's one-time password
    pub bootstrap_admin_password: Option<SecretString>,
    /// the database
    pub store: StoreSettings,
    /// how long a start waits for PostgreSQL
    pub start_wait: Duration,
    /// the hash workers
    pub hash: HashSettings,
    /// limit of verifications by one specialist
    pub verifications: Window,
    /// limit of different clients for one specialist
    pub clients: Window,
    /// limit of searches by one person that find nothing
    pub empty_searches: Window,
    /// limit of logins under one name
    pub logins: Window,
    /// limit of sign-ins from one address
    pub sign_ins: Window,
    /// limit of codes of entry links from one address
    pub entry_codes: Window,
    /// the same from all addresses together
    pub entry_codes_in_all: Window,
    /// how long an entry link can be opened, and then typed into
    pub entry_lifetime: TimeDelta,
    /// how long a verification stays open, minutes
    pub verification_minutes: u32,
    /// minimum strength of a passphrase
    pub strength: strength::StrengthRules,
    /// the lockout policy
    pub attempts: LockoutPolicy,
    /// loans older than this are stale, minutes
    pub stale_after_minutes: u32,
    /// the loan system that loans are requested from, if any
    pub loan_source: Option<SourceSettings>,
    /// the business time zone
    pub time_zone: Tz,
    /// files of the certificate and its key, for HTTPS
    pub tls: Option<(PathBuf, PathBuf)>,
    /// proxies whose header for the caller's address is trusted
    pub trusted_proxies: Vec<IpNet>,
    /// filter of the log
    pub log_filter: String,
    /// whether the log is JSON
    pub log_json: bool,
    /// where traces are sent, if anywhere
    pub traces: Option<TraceSettings>,
    /// delivery of webhooks
    pub webhooks: WebhookSettings,
    /// what counts as a signal of abuse by insiders
    pub signals: signals::SignalRules,
    written: Written,
}

/// Settings of the delivery of webhooks.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// settings of the requests
    pub outbound: OutboundSettings,
    /// how long a rotated secret still signs, hours
    pub rotation_hours: u32,
    /// how long deliveries are stored, days
    pub keep_days: u32,
}

/// Settings that a demonstration sets itself and refuses to take, so that it never touches real data.
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
        Self::check(Given::read(flags, environment)?.extract()?)
    }

    /// Reads the settings of a demonstration, whose data are in the temporary `folder`.
    ///
    /// # Errors
    /// [`SettingsError`] as for [`Settings::read`], and where a database, a data folder or a keyring is
    /// given: a demonstration takes none.
    pub fn read_for_demonstration(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
        folder: &Path,
    ) -> Result<Self, SettingsError> {
        let given = Given::read(flags, environment)?;
        if let Some(name) = MADE_FOR_A_DEMONSTRATION.iter().find(|name| given.has(name)) {
            return Err(SettingsError::of(
                name,
                "--demo makes up its own data in a throw-away folder and touches no other; \
                 leave this setting out, or leave --demo out",
            ));
        }
        let mut written = given.extract()?;
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
        let attempts = LockoutPolicy::new(
            written.attempts.locks.clone(),
            written.attempts.disable_after,
        );
        let window = |quota, seconds| Window { quota, seconds };
        let listen = api_address(&written)?;
        Ok(Self {
            listen,
            drain: drain(&written, listen),
            public_url: written.public_url.as_deref().map(public_url).transpose()?,
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
            start_wait: Duration::from_secs(written.database.start_wait_seconds),
            hash: hash_settings(&written.hash)?,
            verifications: window(written.limits.verifications_per_minute, 60),
            clients: window(written.limits.clients_per_hour, 3_600),
            empty_searches: window(written.limits.empty_searches_per_minute, 60),
            logins: window(written.limits.logins_per_minute, 60),
            sign_ins: window(written.limits.sign_ins_per_minute, 60),
            entry_codes: window(written.limits.entry_codes_per_minute, 60),
            entry_codes_in_all: window(written.limits.entry_codes_in_all_per_minute, 60),
            entry_lifetime: TimeDelta::minutes(i64::from(written.entry.minutes)),
            verification_minutes: written.verification.minutes,
            strength: strength::StrengthRules {
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
            traces: trace_settings(&written)?,
            log_json: written.log.format == LogFormat::Json,
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
        // Of a secret in a file of its own the path is shown.
        if shown.database_url_file.is_none() {
            shown.database_url = Some(self.store.url.masked());
        }
        if shown.bootstrap_admin_password_file.is_none() {
            let given = self.bootstrap_admin_password.as_ref();
            shown.bootstrap_admin_password = given.map(|_| "***".to_owned());
        }
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# cannot be shown: {error}"))
    }

    /// Removes the first admin's password, which is hashed now.
    pub(super) fn take_bootstrap_password(&mut self) -> Option<SecretString> {
        self.written.bootstrap_admin_password = None;
        self.bootstrap_admin_password.take()
    }
}
