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
