//! Every setting with its type and its default, as it is written in the file: sections are tables, and a
//! setting without a default is optional.

use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{attempts::Lock, strength},
    loans::dialect::{self, fineract},
    secrets::hasher::HashSettings,
};

/// `log.format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormat {
    Text,
    Json,
}

macro_rules! sections {
    ($($name:ident { $($field:ident: $type:ty = $default:expr,)+ })+) => {
        $(
            #[derive(Debug, Clone, Deserialize, Serialize)]
            #[serde(deny_unknown_fields, default)]
            pub(super) struct $name { $(pub $field: $type,)+ }

            impl Default for $name {
                fn default() -> Self {
                    Self { $($field: $default,)+ }
                }
            }
        )+
    };
}

sections! {
    Written {
        data_dir: PathBuf = PathBuf::from("data"),
        listen: String = "127.0.0.1:8080".to_owned(),
        allow_insecure_listen: bool = false,
        drain_seconds: Option<u64> = None,
        public_url: Option<String> = None,
        database_url: Option<String> = None,
        database_url_file: Option<PathBuf> = None,
        keyring: Option<PathBuf> = None,
        bootstrap_admin_password: Option<String> = None,
        bootstrap_admin_password_file: Option<PathBuf> = None,
        database: DatabaseSection = DatabaseSection::default(),
        hash: HashSection = HashSection::default(),
        limits: LimitsSection = LimitsSection::default(),
        verification: VerificationSection = VerificationSection::default(),
        passphrase: PassphraseSection = PassphraseSection::default(),
        entry: EntrySection = EntrySection::default(),
        attempts: AttemptsSection = AttemptsSection::default(),
        loans: LoansSection = LoansSection::default(),
        business: BusinessSection = BusinessSection::default(),
        metrics: MetricsSection = MetricsSection::default(),
        log: LogSection = LogSection::default(),
        tracing: TracingSection = TracingSection::default(),
        tls: TlsSection = TlsSection::default(),
        proxy: ProxySection = ProxySection::default(),
        webhooks: WebhooksSection = WebhooksSection::default(),
        signals: SignalsSection = SignalsSection::default(),
    }
    DatabaseSection {
        connections: usize = 16,
        timeout_seconds: u64 = 5,
        start_wait_seconds: u64 = 60,
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
        sign_ins_per_minute: u32 = 1_200,
        entry_codes_per_minute: u32 = 30,
        entry_codes_in_all_per_minute: u32 = 1_000,
    }
    VerificationSection {
        minutes: u32 = 15,
    }
    PassphraseSection {
        min_length: usize = strength::StrengthRules::default().min_length,
        min_guesses_log10: f64 = strength::StrengthRules::default().min_guesses_log10,
    }
    EntrySection {
        minutes: u32 = 10,
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
        dialect: dialect::Name = dialect::Name::default(),
        credentials_file: Option<PathBuf> = None,
        allow_insecure_url: bool = false,
        connect_timeout_ms: u64 = 500,
        timeout_ms: u64 = 2_000,
        connections: usize = 8,
        fresh_seconds: u32 = 15,
        fineract: fineract::Section = fineract::Section::default(),
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
        format: LogFormat = LogFormat::Text,
    }
    TracingSection {
        endpoint: Option<String> = None,
        sample_ratio: f64 = 1.0,
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
