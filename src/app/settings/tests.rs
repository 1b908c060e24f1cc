mod variables;

use secrecy::ExposeSecret;

use super::{written::*, *};
use crate::loans::dialect::fineract;

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
fn the_guesses_that_a_passphrase_withstands_are_a_number_within_bounds() {
    let set = |value: &str| {
        read(&[("QUPIA_PASSPHRASE__MIN_GUESSES_LOG10", value)])
            .map(|settings| settings.strength.min_guesses_log10)
    };
    assert_eq!(
        read(&[]).map(|settings| settings.strength.min_guesses_log10),
        Ok(5.0)
    );
    assert_eq!(set("6"), Ok(6.0));
    assert_eq!(set("7.5"), Ok(7.5));
    for wrong in ["2.9", "9.1", "0", "-1", "100", "nan", "inf", "many", "5,5"] {
        let error = set(wrong).err().unwrap_or_default();
        assert!(
            error.contains("passphrase.min_guesses_log10")
                && error.contains("QUPIA_PASSPHRASE__MIN_GUESSES_LOG10"),
            "{wrong}: {error}"
        );
    }
    for wrong in ["nan", "inf", "2", "10"] {
        let file = format!("[passphrase]\nmin_guesses_log10 = {wrong}\n");
        assert!(from_file(&file).is_err(), "{wrong}");
    }
}

#[test]
fn a_zone_that_is_none_is_refused() {
    assert!(read(&[("QUPIA_BUSINESS__TIME_ZONE", "Asia/Atlantis")]).is_err());
}

const MANUAL: &str = include_str!("../../../docs/qupia.example.toml");

fn from_file(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("qupia.toml");
    std::fs::write(&file, text).unwrap();
    let flags = Flags {
        config: Some(file),
        ..Flags::default()
    };
    Settings::read(&flags, std::iter::empty()).map_err(|error| error.to_string())
}

/// Every setting there is, with its level.
fn names(table: &toml::Table, above: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) if !values::is_whole(&format!("{above}{name}")) => {
                names.extend(names_below(inner, above, name));
            }
            _ => names.push(format!("{above}{name}")),
        }
    }
    names.sort();
    names
}

fn names_below(table: &toml::Table, above: &str, name: &str) -> Vec<String> {
    names(table, &format!("{above}{name}."))
}

#[test]
fn the_manual_starts_the_service_with_the_defaults() {
    let manual = from_file(MANUAL).unwrap_or_else(|error| panic!("{error}"));
    let defaults = read(&[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(manual.masked(), defaults.masked());
}

/// Every setting, with a value of its type.
fn full() -> toml::Table {
    let path = || Some(PathBuf::from("x"));
    let text = || Some("x".to_owned());
    let written = Written {
        drain_seconds: Some(1),
        public_url: text(),
        database_url: text(),
        database_url_file: path(),
        keyring: path(),
        bootstrap_admin_password: text(),
        bootstrap_admin_password_file: path(),
        metrics: MetricsSection { listen: text() },
        tls: TlsSection {
            certificate: path(),
            key: path(),
        },
        loans: LoansSection {
            url: text(),
            credentials_file: path(),
            fineract: fineract::Section {
                grace_table: text(),
                grace_column: text(),
                grace_days_by_product: [("gold".to_owned(), 20)].into(),
                ..fineract::Section::default()
            },
            ..LoansSection::default()
        },
        signals: SignalsSection {
            hours: text(),
            ..SignalsSection::default()
        },
        tracing: TracingSection {
            endpoint: text(),
            ..TracingSection::default()
        },
        ..Written::default()
    };
    toml::Table::try_from(written).unwrap()
}

#[test]
fn the_manual_documents_every_setting_and_its_variable_and_no_other() {
    let known = names(&full(), "");
    let is_setting = |line: &str| {
        line.strip_prefix('#')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let uncommented: String = MANUAL
        .lines()
        .map(|line| {
            if is_setting(line) {
                format!("{}\n", &line[1..])
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let documented = names(&uncommented.parse::<toml::Table>().unwrap(), "");
    assert_eq!(documented, known);
    for name in known {
        let variable = format!("QUPIA_{}", name.to_ascii_uppercase().replace('.', "__"));
        assert!(MANUAL.contains(&variable), "{variable} is not documented");
    }
}

#[test]
fn an_empty_variable_stops_the_start_and_is_named() {
    for name in [
        "QUPIA_DATABASE_URL",
        "QUPIA_DATA_DIR",
        "QUPIA_HASH__WORKERS",
    ] {
        let error = read(&[(name, "")]).err().unwrap_or_default();
        assert!(error.contains(name) && error.contains("empty"), "{error}");
    }
}

#[test]
fn whatever_is_out_of_bounds_names_its_setting_and_its_variable() {
    for (name, value, setting) in [
        ("QUPIA_HASH__MEMORY_KIB", "1", "hash.memory_kib"),
        ("QUPIA_HASH__WORKERS", "0", "hash.workers"),
        ("QUPIA_HASH__WAIT_SECONDS", "0", "hash.wait_seconds"),
        (
            "QUPIA_LIMITS__CLIENTS_PER_HOUR",
            "0",
            "limits.clients_per_hour",
        ),
        ("QUPIA_VERIFICATION__MINUTES", "16", "verification.minutes"),
        ("QUPIA_LISTEN", "8080", "listen"),
        ("QUPIA_METRICS__LISTEN", "here", "metrics.listen"),
        ("QUPIA_LOG__FILTER", "qupia=loud", "log.filter"),
        ("QUPIA_LOG__FORMAT", "xml", "log.format"),
        ("QUPIA_BUSINESS__TIME_ZONE", "Almaty", "business.time_zone"),
        ("QUPIA_DATABASE_URL", "mysql://x", "database_url"),
        ("QUPIA_DATABASE_URL_FILE", "/no/such", "database_url_file"),
        ("QUPIA_ATTEMPTS__DISABLE_AFTER", "101", "attempts"),
    ] {
        let error = read(&[(name, value)]).err().unwrap_or_default();
        let named = error.contains(setting) && error.contains(&name[..name.len().min(14)]);
        assert!(named, "{name}={value}: {error:?}");
    }
}

#[test]
fn a_file_that_does_not_do_is_named_with_what_is_wrong() {
    let unknown = from_file("[hash]\nmemroy_kib = 1")
        .err()
        .unwrap_or_default();
    assert!(
        unknown.starts_with("hash.memroy_kib (QUPIA_HASH__MEMROY_KIB)")
            && unknown.contains("qupia.toml"),
        "{unknown}"
    );
    let broken = from_file("[hash\n").err().unwrap_or_default();
    assert!(broken.contains("qupia.toml"), "{broken}");
    let flags = Flags {
        config: Some("/no/such.toml".into()),
        ..Flags::default()
    };
    let missing = Settings::read(&flags, std::iter::empty()).err().unwrap();
    assert!(missing.to_string().contains("/no/such.toml"), "{missing}");
}

#[test]
fn a_secret_may_come_from_a_file_and_not_from_two_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "postgres://qupia:planted@db/qupia\n").unwrap();
    let path = file.display().to_string();
    let settings = read(&[("QUPIA_DATABASE_URL_FILE", &path)]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(settings.store.url.masked(), "postgres://qupia:***@db/qupia");
    assert!(!settings.masked().contains("planted"));
    let both = [
        ("QUPIA_DATABASE_URL_FILE", path.as_str()),
        ("QUPIA_DATABASE_URL", "sqlite:x"),
    ];
    assert!(
        read(&both)
            .err()
            .unwrap_or_default()
            .contains("database_url")
    );
}

#[test]
fn a_demonstration_takes_no_data_of_anybody() {
    let folder = Path::new("/tmp/away");
    let read = |name: &str| {
        let pair = (name.to_owned(), "x".to_owned());
        Settings::read_for_demonstration(&Flags::default(), [pair].into_iter(), folder)
    };
    for name in ["QUPIA_DATA_DIR", "QUPIA_DATABASE_URL", "QUPIA_KEYRING"] {
        let error = read(name).err().map(|error| error.to_string());
        assert!(error.unwrap_or_default().contains(name), "{name} was taken");
    }
    let flags = Flags {
        data_dir: Some("data".into()),
        ..Flags::default()
    };
    assert!(Settings::read_for_demonstration(&flags, std::iter::empty(), folder).is_err());
    let flags = Flags::default();
    let own = Settings::read_for_demonstration(&flags, std::iter::empty(), folder);
    assert_eq!(own.map(|own| own.data_dir).ok().as_deref(), Some(folder));
}

#[test]
fn a_public_address_is_one_that_a_browser_can_open() {
    for (text, base) in [
        ("https://qupia.example.kz", "https://qupia.example.kz"),
        (
            "https://QUPIA.example.kz:8443/",
            "https://qupia.example.kz:8443",
        ),
        ("http://10.0.0.7/desk/", "http://10.0.0.7/desk"),
    ] {
        let settings =
            read(&[("QUPIA_PUBLIC_URL", text)]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(settings.public_url.as_deref(), Some(base));
    }
    for text in [
        "qupia.example.kz",
        "ftp://qupia.example.kz",
        "https://u:p@qupia.example.kz",
        "https://qupia.example.kz/?a=b",
        "https://qupia.example.kz/#a",
    ] {
        let error = read(&[("QUPIA_PUBLIC_URL", text)])
            .err()
            .unwrap_or_default();
        assert!(error.contains("public_url"), "{text}: {error:?}");
    }
}
