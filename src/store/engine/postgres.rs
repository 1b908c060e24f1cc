//! PostgreSQL over a network that may fall silent: what is bounded on this side of it. The server's own
//! bounds on statements are of no use where nothing it says arrives.

use std::time::Duration;

use crate::store::url::hosts_and_parameters;

/// A connection is opened within a caller's timeout, but libpq knows no less than two seconds, and more
/// than ten help nobody.
fn connect_within(timeout: Duration) -> Duration {
    timeout.clamp(Duration::from_secs(2), Duration::from_secs(10))
}

/// Addresses of one host that are tried, each for as long as a connection may take.
const ADDRESSES: u32 = 3;

/// How long a connection may take to be opened: its client tries one address after the other, of one host
/// after the other, and bounds each by itself.
pub(crate) fn opened_within(url: &str, timeout: Duration) -> Duration {
    let given = parameter(url, "connect_timeout").and_then(|seconds| seconds.parse().ok());
    let each = given.filter(|seconds| *seconds > 0).map_or_else(
        || connect_within(timeout),
        |seconds| Duration::from_secs(seconds).max(connect_within(Duration::ZERO)),
    );
    let many = |list: &str| list.split(',').count();
    let named = ["host", "hostaddr"].map(|name| parameter(url, name).map_or(1, many));
    let hosts = named
        .into_iter()
        .fold(many(hosts_and_parameters(url).0), usize::max);
    each.saturating_mul(ADDRESSES.saturating_mul(u32::try_from(hosts).unwrap_or(u32::MAX)))
}

/// The longest time in which nothing may arrive while a statement runs.
pub(crate) fn longest_wait(timeout: Duration) -> Duration {
    timeout.max(connect_within(timeout))
}

/// The URL with bounds for the network in it, where whoever wrote it gave none.
pub(crate) fn bounded(url: &str, timeout: Duration) -> String {
    let bounds = [
        ("connect_timeout", connect_within(timeout).as_secs().into()),
        // A peer that acknowledges nothing, and one that is gone while a connection lies idle.
        ("tcp_user_timeout", longest_wait(timeout).as_millis()),
        ("keepalives_idle", 10),
        ("keepalives_interval", 5),
        ("keepalives_count", 3),
    ];
    let (_, query) = hosts_and_parameters(url);
    // To wait without end is no bound: of two of one name the last holds.
    let is_given = |name: &str| {
        let given = parameter(url, name);
        given.is_some_and(|value| name != "connect_timeout" || !is_endless(value))
    };
    let mut bounded = url.to_owned();
    let mut mark = match query {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    for (name, value) in bounds {
        if !is_given(name) {
            bounded += &format!("{mark}{name}={value}");
            mark = "&";
        }
    }
    bounded
}

fn is_endless(seconds: &str) -> bool {
    seconds.parse().is_ok_and(|seconds: i64| seconds <= 0)
}

/// What a URL says of a parameter.
fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, parameters) = hosts_and_parameters(url);
    let mut given = parameters?.split('&').rev();
    given
        .find_map(|given| given.split_once('=').filter(|(given, _)| *given == name))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(5);
    const BOUNDS: &str = "connect_timeout=5&tcp_user_timeout=5000&keepalives_idle=10\
                          &keepalives_interval=5&keepalives_count=3";

    #[test]
    fn a_url_gets_the_bounds_that_it_does_not_give_itself() {
        for (url, mark) in [
            ("postgres://u@h/db", "?"),
            ("postgres://u:S3cr3tPa?rt2@h:5432/db", "?"),
            ("postgres://u@h1:1,h2:2/db?sslmode=require", "&"),
            ("postgresql://u@h/db?", ""),
        ] {
            assert_eq!(bounded(url, TIMEOUT), format!("{url}{mark}{BOUNDS}"));
        }
        let given = "postgres://u@h/db?connect_timeout=30&keepalives_count=9";
        assert_eq!(
            bounded(given, TIMEOUT),
            format!("{given}&tcp_user_timeout=5000&keepalives_idle=10&keepalives_interval=5")
        );
    }

    #[test]
    fn a_password_that_speaks_of_bounds_sets_none() {
        let url = "postgres://u:p?connect_timeout=0@h/db";
        assert_eq!(bounded(url, TIMEOUT), format!("{url}?{BOUNDS}"));
    }

    #[test]
    fn a_connection_is_waited_for_once_a_host_and_address_for_as_long_as_the_url_says() {
        for (url, seconds) in [
            ("postgres://u@h/db", 15),
            ("postgres://u@h1:1,h2:2,h3/db", 45),
            ("postgres:///db?host=h1,h2", 30),
            ("postgres://u@h1,h2/db?connect_timeout=30", 180),
            // The client knows no less than two seconds, and nobody waits without end.
            ("postgres://u@h/db?connect_timeout=1", 6),
            ("postgres://u@h/db?connect_timeout=0", 15),
        ] {
            let within = Duration::from_secs(seconds);
            assert_eq!(opened_within(url, TIMEOUT), within, "{url}");
        }
    }

    #[test]
    fn a_url_that_would_wait_without_end_is_bounded_all_the_same() {
        for endless in ["0", "-1"] {
            let url = format!("postgres://u@h/db?connect_timeout={endless}");
            assert_eq!(bounded(&url, TIMEOUT), format!("{url}&{BOUNDS}"));
        }
    }

    #[test]
    fn a_connection_is_opened_within_two_to_ten_seconds_whatever_the_timeout() {
        for (timeout, connect) in [(1, 2), (2, 2), (7, 7), (600, 10)] {
            let timeout = Duration::from_secs(timeout);
            assert_eq!(connect_within(timeout), Duration::from_secs(connect));
            assert!(longest_wait(timeout) >= timeout);
        }
    }
}
