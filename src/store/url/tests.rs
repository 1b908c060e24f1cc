use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::store::engine::connection::{ConnectionPurpose, open};

fn masked(url: &str) -> String {
    DatabaseUrl::parse(url).map_or_else(|why| why, |url| url.masked())
}

#[test]
fn a_password_in_a_url_is_not_shown() {
    for (url, shown) in [
        (
            "postgres://qupia:s3cret@db:5432/qupia?password=other",
            "postgres://qupia:***@db:5432/qupia",
        ),
        ("postgres://u:S3cr3tPa?rt2@h/db", "postgres://u:***@h/db"),
        ("postgres://u:a:b#c@h/db", "postgres://u:***@h/db"),
        (
            "postgresql://u@[::1]:5432,h2/db",
            "postgresql://u@[::1]:5432,h2/db",
        ),
        ("postgres:///db?host=/run/postgresql", "postgres:///db"),
        ("postgres://%2Frun%2Fpg/db", "postgres://%2Frun%2Fpg/db"),
    ] {
        assert_eq!(masked(url), shown);
    }
}

#[test]
fn a_url_that_would_be_read_otherwise_than_it_was_meant_is_refused_without_a_word_of_it() {
    for url in [
        "postgres://u:100%zX@h/db",
        "postgres://u:100%00@h/db",
        "postgres://u:S3cr ZZ@h/db",
        "postgres://u:S3cr/ZZ@h/db",
        "postgres://u:12/34?x=1@h/db",
        "postgres://u:S3cr@ZZ@h/db",
        "postgres://u:S3cr?a=ZZ@h/db",
        "postgres://h:5432?password=S3cr@ZZ/db",
        "postgres://h/db?password=S3cr&ZZ",
        "postgres://h/db?password=S3cr&ZZ=1",
        "postgres://h/db?password=S3cr=ZZ",
        "postgres://u:S3crZZ",
        "postgres://[S3crZZ/db",
        "host=h user=u password=S3crZZ",
    ] {
        let why = DatabaseUrl::parse(url).err().expect(url);
        for part in ["S3cr", "ZZ", "zX", "100", "34?"] {
            assert!(!why.contains(part), "{why}");
        }
    }
}

#[test]
fn tls_is_asked_for_only_where_it_was_built_in() {
    for asked in [
        "sslmode=require",
        "ssl=true",
        "application_name=a&sslmode=verify-full",
    ] {
        let read = DatabaseUrl::parse(&format!("postgres://u:S3cr@h/db?{asked}"));
        assert_eq!(read.is_ok(), cfg!(feature = "postgres-tls"), "{asked}");
        let why = read.err().unwrap_or_default();
        assert_eq!(
            why.contains("TLS"),
            !cfg!(feature = "postgres-tls"),
            "{why}"
        );
    }
    assert!(DatabaseUrl::parse("postgres://u@h/db?sslmode=prefer").is_ok());
}

#[test]
fn only_a_file_is_a_database_of_sqlite() {
    assert!(DatabaseUrl::parse("mysql://x").is_err());
    for (url, word) in [
        ("sqlite:", "path"),
        ("sqlite:///x?mode=rwc", "parameters"),
        ("sqlite:x.sqlite?cache=shared", "parameters"),
        ("sqlite::memory:", "memory"),
        ("sqlite://:memory:", "memory"),
        ("sqlite:file:x", "file:"),
    ] {
        let why = DatabaseUrl::parse(url).err().expect(url);
        assert!(why.contains(word), "{url}: {why}");
    }
    for (url, path) in [
        ("sqlite:x", "x"),
        ("sqlite:///x", "/x"),
        ("sqlite://x", "x"),
    ] {
        assert_eq!(masked(url), format!("sqlite:{path}"));
    }
}

/// Passwords of signs that stand in no sentence of ours, and of those that have a meaning in URLs.
fn password() -> impl Strategy<Value = String> {
    let any = prop_oneof![
        4 => "[ЖЩЪЫЭЮЯҒҚ]{1,4}",
        3 => "[0-9]{1,3}",
        3 => "[:/?#@%&=+ ;,\\[\\]\"'\\\\\u{a0}\t]",
        1 => "%[0-9a-fA-F]{2}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(any, 1..8).prop_map(|parts| parts.concat())
}

fn betrays(message: &str, password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    let is_telling = |part: &&[char]| part.iter().any(|c| ('\u{400}'..='\u{52f}').contains(c));
    letters
        .windows(2)
        .filter(is_telling)
        .any(|part| message.contains(&part.iter().collect::<String>()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_part_of_a_password_stands_in_anything_that_is_told_of_it(password in password()) {
        for url in [
            format!("postgres://u:{password}@127.0.0.1:1/db"),
            format!("postgres://u@127.0.0.1:1/db?password={password}"),
            format!("postgres://127.0.0.1:1/db?user=u&password={password}&sslmode=disable"),
            format!("postgresql://u:{password}@127.0.0.1:1,127.0.0.1:2/db?connect_timeout=1"),
            format!("postgres:/u:{password}@127.0.0.1:1/db"),
            format!("host=127.0.0.1 port=1 user=u password={password}"),
        ] {
            let message = masked(&url);
            prop_assert!(!betrays(&message, &password), "{}", message);
            if let Ok(read @ DatabaseUrl::Postgres(_)) = DatabaseUrl::parse(&url) {
                // Nobody listens there, and PostgreSQL's client says so.
                let opened = open(&read, ConnectionPurpose::Read, Duration::from_secs(1));
                let why = opened.err().expect("nobody listens").to_string();
                prop_assert!(!betrays(&why, &password), "{}", why);
            }
        }
    }
}
