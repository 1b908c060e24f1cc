//! The bounds of each setting.

use std::{fmt::Display, net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use chrono::TimeDelta;
use chrono_tz::Tz;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{
    error::SettingsError,
    written::{HashSection, SignalsSection, Written},
};
use crate::{
    domain::{
        signals::{Hours, SignalRules},
        strength,
    },
    secrets::hasher::HashSettings,
    trace::TraceSettings,
};

/// Refuses a number outside of its bounds.
pub(super) fn within<T: PartialOrd + Display>(
    name: &str,
    value: T,
    bounds: RangeInclusive<T>,
) -> Result<(), SettingsError> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let (least, most) = bounds.into_inner();
    let why = format!("it is {least} to {most}, not {value}");
    Err(SettingsError::of(name, why))
}

macro_rules! check {
    ($written:ident: $($section:ident.$key:ident in $bounds:expr;)+) => {
        $(within(
            concat!(stringify!($section), ".", stringify!($key)),
            $written.$section.$key,
            $bounds,
        )?;)+
    };
}

/// Checks numbers against their bounds, and texts that the types leave open.
pub(super) fn check_bounds(written: &Written) -> Result<(), SettingsError> {
    let drain_seconds = written.drain_seconds.unwrap_or_default();
    within("drain_seconds", drain_seconds, 0..=3_600)?;
    check! { written:
        database.connections in 2..=1_000;
        database.timeout_seconds in 1..=3_600;
        database.start_wait_seconds in 0..=3_600;
        hash.wait_seconds in 1..=3_600;
        limits.verifications_per_minute in 1..=u32::MAX;
        limits.clients_per_hour in 1..=u32::MAX;
        limits.empty_searches_per_minute in 1..=u32::MAX;
        limits.logins_per_minute in 1..=u32::MAX;
        limits.sign_ins_per_minute in 1..=u32::MAX;
        limits.entry_codes_per_minute in 1..=u32::MAX;
        limits.entry_codes_in_all_per_minute in 1..=10_000;
        verification.minutes in 1..=15;
        entry.minutes in 1..=60;
        tracing.sample_ratio in 0.0..=1.0;
        passphrase.min_length in 1..=64;
        passphrase.min_guesses_log10 in strength::MIN_GUESSES_LOG10_BOUNDS;
        loans.stale_after_minutes in 1..=u32::MAX;
        // Of Standard Webhooks.
        webhooks.timeout_seconds in 15..=30;
        webhooks.rotation_hours in 0..=8_760;
        webhooks.keep_days in 1..=36_500;
        signals.window_minutes in 1..=1_440;
    }
    let paths = [
        ("data_dir", Some(&written.data_dir)),
        ("keyring", written.keyring.as_ref()),
    ];
    for (name, path) in paths {
        if path.is_some_and(|path| path.as_os_str().is_empty()) {
            return Err(SettingsError::of(name, "it is empty"));
        }
    }
    EnvFilter::try_new(&written.log.filter)
        .map_err(|error| SettingsError::of("log.filter", error))?;
    Ok(())
}

pub(super) fn hash_settings(written: &HashSection) -> Result<HashSettings, SettingsError> {
    let hash = HashSettings {
        memory_kib: written.memory_kib,
        passes: written.passes,
        lanes: written.lanes,
        workers: written.workers,
        queue: written.queue,
        deadline: Duration::from_secs(written.wait_seconds),
    };
    match hash.check() {
        Ok(()) => Ok(hash),
        Err(fault) => {
            // The message begins with the setting's name.
            let text = fault.to_string();
            let (name, why) = text.split_once(' ').unwrap_or(("hash", &text));
            Err(SettingsError::of(name, why))
        }
    }
}

pub(super) fn signal_rules(written: &SignalsSection) -> Result<SignalRules, SettingsError> {
    let hours = written.hours.as_deref().map(|text| {
        let why = || format!("{text:?} is not two times, such as 08:00-20:00");
        Hours::parse(text).ok_or_else(|| SettingsError::of("signals.hours", why()))
    });
    // 0 switches a signal off.
    let most = |threshold: u32| (threshold > 0).then_some(threshold);
    Ok(SignalRules {
        window: TimeDelta::minutes(i64::from(written.window_minutes)),
        clients: most(written.many_clients),
        look_ups: most(written.look_ups_without_verification),
        look_up_grace: TimeDelta::minutes(i64::from(written.look_up_grace_minutes)),
        specialists: most(written.many_specialists),
        inquiries: most(written.repeated_inquiries),
        hours: hours.transpose()?,
    })
}

pub(super) fn time_zone(name: &str) -> Result<Tz, SettingsError> {
    name.parse().map_err(|_| {
        let why = format!("there is no zone {name:?}; one is named like Asia/Almaty");
        SettingsError::of("business.time_zone", why)
    })
}

pub(super) fn api_address(written: &Written) -> Result<SocketAddr, SettingsError> {
    let listen = address("listen", &written.listen)?;
    if listen.ip().is_loopback() || written.allow_insecure_listen || tls_files(written)?.is_some() {
        return Ok(listen);
    }
    let why = format!(
        "{listen} is beyond loopback and this is plain HTTP; name a certificate \
         (tls.certificate, tls.key), or put \
         TLS before it and set allow_insecure_listen (QUPIA_ALLOW_INSECURE_LISTEN=true)"
    );
    Err(SettingsError::of("listen", why))
}

/// Beyond loopback there may be a load balancer, which needs time to notice that the service is stopping.
pub(super) fn drain(written: &Written, listen: SocketAddr) -> Duration {
    let default = if listen.ip().is_loopback() { 0 } else { 5 };
    Duration::from_secs(written.drain_seconds.unwrap_or(default))
}

/// Files of the certificate and its key: both or neither.
pub(super) fn tls_files(written: &Written) -> Result<Option<(PathBuf, PathBuf)>, SettingsError> {
    match (&written.tls.certificate, &written.tls.key) {
        (Some(certificate), Some(key)) => Ok(Some((certificate.clone(), key.clone()))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(SettingsError::of(
            "tls.key",
            "it is missing, and tls.certificate is given",
        )),
        (None, Some(_)) => Err(SettingsError::of(
            "tls.certificate",
            "it is missing, and tls.key is given",
        )),
    }
}

pub(super) fn trace_settings(written: &Written) -> Result<Option<TraceSettings>, SettingsError> {
    let Some(endpoint) = &written.tracing.endpoint else {
        return Ok(None);
    };
    Ok(Some(TraceSettings {
        endpoint: web_address("tracing.endpoint", endpoint)?,
        sample_ratio: written.tracing.sample_ratio,
    }))
}

/// The address under which people reach the service, without a slash at its end.
pub(super) fn public_url(text: &str) -> Result<String, SettingsError> {
    web_address("public_url", text)
}

fn web_address(name: &str, text: &str) -> Result<String, SettingsError> {
    let parsed = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let why = || format!("{text:?} is not an http(s) address such as https://qupia.example.kz");
    let url = parsed.ok_or_else(|| SettingsError::of(name, why()))?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn address(name: &str, text: &str) -> Result<SocketAddr, SettingsError> {
    let numeric = text.replace("localhost:", "127.0.0.1:");
    let why = || format!("{text:?} is not ADDRESS:PORT, such as 127.0.0.1:8080");
    numeric.parse().map_err(|_| SettingsError::of(name, why()))
}
