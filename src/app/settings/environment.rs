//! Which environment variables are this program's settings.

use std::sync::LazyLock;

use regex::Regex;

/// What the name of each begins with.
const PREFIX: &str = "QUPIA_";
/// Of another beginning with so few changed letters it is said that it is not read.
const MAX_TYPOS: usize = 1;

/// Whether a variable holds a setting. What Kubernetes puts into every container beside a service that is
/// called `qupia` or `qupia-…` does not: `QUPIA_SERVICE_HOST`, `QUPIA_PORT=tcp://10.0.0.1:80` and the like.
pub fn is_setting(name: &str, value: &str) -> bool {
    static OF_A_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            "^QUPIA(_[A-Z0-9]+)*(_SERVICE_HOST|_SERVICE_PORT(_[A-Z0-9]+)*|_PORT\
             |_PORT_[0-9]+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?)$",
        )
        .expect("the pattern is valid, as the test of it shows")
    });
    // `QUPIA_METRICS_PORT=8080` is somebody's mistake, which is told as any other.
    let is_number = ["_SERVICE_PORT", "_TCP_PORT", "_UDP_PORT", "_SCTP_PORT"]
        .iter()
        .any(|end| name.ends_with(end));
    let is_link = OF_A_SERVICE.is_match(name)
        && (is_number || !name.ends_with("_PORT") || value.contains("://"));
    name.starts_with(PREFIX) && !is_link
}

/// The name that was probably meant, where a variable's beginning is mistyped: `QUIPA_LISTEN`.
pub fn probably_meant(name: &str) -> Option<String> {
    let (first, rest) = name.split_once('_')?;
    let meant = PREFIX.trim_end_matches('_');
    let distance = strsim::osa_distance(&first.to_ascii_uppercase(), meant);
    let is_typo = (1..=MAX_TYPOS).contains(&distance) || (distance == 0 && first != meant);
    is_typo.then(|| format!("{PREFIX}{}", rest.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_says_of_a_service_is_no_setting() {
        for (name, value) in [
            ("QUPIA_SERVICE_HOST", "10.96.0.7"),
            ("QUPIA_SERVICE_PORT", "8080"),
            ("QUPIA_SERVICE_PORT_HTTPS", "443"),
            ("QUPIA_PORT", "tcp://10.96.0.7:8080"),
            ("QUPIA_PORT_8080_TCP", "tcp://10.96.0.7:8080"),
            ("QUPIA_PORT_8080_TCP_PROTO", "tcp"),
            ("QUPIA_PORT_8080_TCP_PORT", "8080"),
            ("QUPIA_PORT_8080_TCP_ADDR", "10.96.0.7"),
            ("QUPIA_METRICS_SERVICE_HOST", "10.96.0.8"),
            ("QUPIA_POSTGRESQL_PORT_5432_TCP_ADDR", "10.96.0.9"),
        ] {
            assert!(!is_setting(name, value), "{name}");
        }
        for name in [
            "QUPIA_LISTEN",
            "QUPIA_PORT",
            "QUPIA_METRICS_PORT",
            "QUPIA_METRICS__LISTEN",
            "QUPIA_NO_SUCH_SETTING",
            "QUPIA_SERVICE",
        ] {
            assert!(is_setting(name, "x"), "{name}");
        }
    }

    #[test]
    fn a_mistyped_beginning_is_told_and_other_programs_variables_are_not() {
        assert_eq!(
            probably_meant("QUIPA_LISTEN").as_deref(),
            Some("QUPIA_LISTEN")
        );
        for name in [
            "QUPA_DATA_DIR",
            "QUPIAA_LISTEN",
            "KUPIA_LISTEN",
            "qupia_listen",
        ] {
            assert!(probably_meant(name).is_some(), "{name}");
        }
        for name in [
            "QUPIA_LISTEN",
            "CUPID_X",
            "PATH",
            "LC_ALL",
            "RUSTUP_HOME",
            "QT_STYLE",
        ] {
            assert_eq!(probably_meant(name), None, "{name}");
        }
    }
}
