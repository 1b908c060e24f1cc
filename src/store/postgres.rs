//! PostgreSQL over a network that may fall silent: what is bounded on this side of it. The server's own
//! bounds on statements are of no use where nothing it says arrives.

use std::time::Duration;

/// A connection is opened within a caller's patience, but libpq knows no less than two seconds, and more
/// than ten help nobody.
fn connect_within(patience: Duration) -> Duration {
    patience.clamp(Duration::from_secs(2), Duration::from_secs(10))
}

/// The longest time in which nothing may be heard: while a connection is opened, or a statement is run.
pub(super) fn longest_wait(patience: Duration) -> Duration {
    patience.max(connect_within(patience))
}

/// The URL with bounds for the network in it, where whoever wrote it gave none.
pub(super) fn bounded(url: &str, patience: Duration) -> String {
    let bounds = [
        ("connect_timeout", connect_within(patience).as_secs().into()),
        // A peer that acknowledges nothing, and one that is gone while a connection lies idle.
        ("tcp_user_timeout", longest_wait(patience).as_millis()),
        ("keepalives_idle", 10),
        ("keepalives_interval", 5),
        ("keepalives_count", 3),
    ];
    let query = query_of(url);
    let is_given = |name: &str| {
        let mut given = query.unwrap_or_default().split('&');
        given.any(|given| given.split('=').next() == Some(name))
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

/// What stands behind the question mark. Before an `@` a question mark belongs to the password: so libpq
/// reads it.
fn query_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let place = match rest.split_once(['@', '/']) {
        Some((user, place)) if rest[user.len()..].starts_with('@') => place,
        _ => rest,
    };
    place.split_once('?').map(|(_, query)| query)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);
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
            assert_eq!(bounded(url, PATIENCE), format!("{url}{mark}{BOUNDS}"));
        }
        let given = "postgres://u@h/db?connect_timeout=30&keepalives_count=9";
        assert_eq!(
            bounded(given, PATIENCE),
            format!("{given}&tcp_user_timeout=5000&keepalives_idle=10&keepalives_interval=5")
        );
    }

    #[test]
    fn a_password_that_speaks_of_bounds_sets_none() {
        let url = "postgres://u:p?connect_timeout=0@h/db";
        assert_eq!(bounded(url, PATIENCE), format!("{url}?{BOUNDS}"));
    }

    #[test]
    fn a_connection_is_opened_within_two_to_ten_seconds_whatever_the_patience() {
        for (patience, connect) in [(1, 2), (2, 2), (7, 7), (600, 10)] {
            let patience = Duration::from_secs(patience);
            assert_eq!(connect_within(patience), Duration::from_secs(connect));
            assert!(longest_wait(patience) >= patience);
        }
    }
}
