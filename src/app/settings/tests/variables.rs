//! What a variable or a file of a secret may hold, and that nothing which may be a secret is quoted.

use super::*;

fn grace_days(settings: &Settings) -> Vec<(&str, u32)> {
    let days = &settings.written.loans.fineract.grace_days_by_product;
    days.iter()
        .map(|(name, days)| (name.as_str(), *days))
        .collect()
}

#[test]
fn a_map_is_given_whole_in_one_variable_and_its_names_keep_their_case() {
    let name = "QUPIA_LOANS__FINERACT__GRACE_DAYS_BY_PRODUCT";
    let expected = [("Gold", 20), ("Алтын бұйым 585.0", 30)];
    for text in [
        r#"{"Gold": 20, "Алтын бұйым 585.0": 30}"#,
        "{\n  \"Gold\": 20,\n  \"Алтын бұйым 585.0\": 30\n}",
        r#"{ Gold = 20, "Алтын бұйым 585.0" = 30 }"#,
    ] {
        let settings = read(&[(name, text)]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(grace_days(&settings), expected, "{text}");
    }
    for text in [
        "20",
        "Gold=20",
        "[1]",
        "{\"Gold\": \"many\"}",
        "{}\nx = 1",
        "{Gold: 20}",
    ] {
        let error = read(&[(name, text)]).err().unwrap_or_default();
        assert!(error.contains(name), "{text}: {error:?}");
    }
}

#[test]
fn a_map_in_a_variable_stands_for_all_that_the_file_says_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("qupia.toml");
    std::fs::write(
        &file,
        "[loans]\nfresh_seconds = 7\n[loans.fineract]\ngrace_days_by_product = { Silver = 10 }",
    )
    .unwrap();
    let flags = Flags {
        config: Some(file),
        ..Flags::default()
    };
    let read = |variables: &[(&str, &str)]| {
        let pairs = variables.iter();
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(&flags, pairs).unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(grace_days(&read(&[])), [("Silver", 10)]);
    let settings = read(&[(
        "QUPIA_LOANS__FINERACT__GRACE_DAYS_BY_PRODUCT",
        "{Gold = 20}",
    )]);
    assert_eq!(grace_days(&settings), [("Gold", 20)]);
    assert_eq!(settings.written.loans.fresh_seconds, 7);
}

#[test]
fn what_is_within_a_setting_has_no_variable_of_its_own_and_the_refusal_says_how_it_is_given() {
    for (variable, how) in [
        (
            "QUPIA_LOANS__FINERACT__GRACE_DAYS_BY_PRODUCT__GOLD",
            "QUPIA_LOANS__FINERACT__GRACE_DAYS_BY_PRODUCT={",
        ),
        (
            "QUPIA_ATTEMPTS__LOCKS__0__FAILURES",
            "QUPIA_ATTEMPTS__LOCKS=[{",
        ),
        ("QUPIA_PROXY__TRUSTED__0", "QUPIA_PROXY__TRUSTED=["),
    ] {
        let error = read(&[(variable, "20")]).err().unwrap_or_default();
        assert!(error.contains(variable) && error.contains(how), "{error:?}");
    }
    for (variable, text, is_taken) in [
        ("QUPIA_PROXY__TRUSTED", r#"["10.0.0.0/8", "::1/128"]"#, true),
        ("QUPIA_PROXY__TRUSTED", "[10.0.0.0/8]", true),
        ("QUPIA_PROXY__TRUSTED", "10.0.0.0/8", false),
        (
            "QUPIA_ATTEMPTS__LOCKS",
            r#"[{"failures": 3, "minutes": 15}]"#,
            true,
        ),
        ("QUPIA_ATTEMPTS__LOCKS", "[{failures=3,minutes=15}]", true),
        ("QUPIA_ATTEMPTS__LOCKS", "3", false),
    ] {
        let read = read(&[(variable, text)]);
        assert_eq!(read.is_ok(), is_taken, "{text}: {:?}", read.err());
    }
}

/// How a variable is read depends on two lists of names: neither may lack one.
#[test]
fn every_text_list_and_map_among_the_settings_is_known_as_one() {
    let full = full();
    for name in names(&full, "") {
        let mut keys = name.split('.');
        let first = full.get(keys.next().unwrap());
        let value = keys.fold(first, |value, key| value?.get(key)).unwrap();
        assert_eq!(
            values::TEXTS.contains(&name.as_str()),
            value.is_str(),
            "{name}"
        );
        let is_whole = value.is_array() || value.is_table();
        assert_eq!(values::is_whole(&name), is_whole, "{name}");
    }
}

#[test]
fn an_error_names_the_file_only_where_the_setting_is_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("qupia.toml");
    std::fs::write(&file, "[hash]\nqueue = \"many\"\nworkers = 2").unwrap();
    let flags = Flags {
        config: Some(file),
        ..Flags::default()
    };
    let refused = |name: &str, value: &str| {
        let pair = (name.to_owned(), value.to_owned());
        let read = Settings::read(&flags, [pair].into_iter());
        read.err().unwrap().to_string()
    };
    let from_file = refused("QUPIA_HASH__WORKERS", "3");
    assert!(
        from_file.contains("hash.queue") && from_file.contains("qupia.toml"),
        "{from_file}"
    );
    let from_variable = refused("QUPIA_HASH__QUEUE", "few");
    assert!(
        from_variable.contains("hash.queue") && !from_variable.contains("qupia.toml"),
        "{from_variable}"
    );
    let no_section = refused("QUPIA_HAHS__QUEUE", "3");
    assert!(
        no_section.contains("hahs") && !no_section.contains("qupia.toml"),
        "{no_section}"
    );
}

#[test]
fn what_a_shell_would_have_taken_away_is_refused_by_name() {
    for (variable, text) in [
        ("QUPIA_DATA_DIR", "\"data\""),
        ("QUPIA_DATA_DIR", "'data'"),
        ("QUPIA_DATA_DIR", "data\r"),
        ("QUPIA_DATA_DIR", "data "),
        ("QUPIA_KEYRING", "\"\""),
        ("QUPIA_DATABASE_URL", "\"sqlite:x\""),
        ("QUPIA_LISTEN", "\"127.0.0.1:0\""),
        ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", "\"s3cret of mine\""),
        ("QUPIA_HASH__WORKERS", "\"2\""),
        ("QUPIA_ALLOW_INSECURE_LISTEN", "\"true\""),
    ] {
        let error = read(&[(variable, text)]).err().unwrap_or_default();
        assert!(
            error.contains(variable) && !error.contains("s3cret"),
            "{text}: {error:?}"
        );
    }
    let flags = Flags {
        data_dir: Some("\"data\"".into()),
        ..Flags::default()
    };
    let refused = Settings::read(&flags, std::iter::empty()).err().unwrap();
    assert!(refused.to_string().contains("data_dir"), "{refused}");
    for taken in ["it's", "\"", " a password between blanks "] {
        assert!(
            read(&[("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", taken)]).is_ok(),
            "{taken}"
        );
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_settings_or_of_a_secret() {
    let settings = from_file("\u{feff}[hash]\nqueue = 7").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(settings.hash.queue, 7);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let path = file.display().to_string();
    std::fs::write(&file, "\u{feff}a first password\r\n").unwrap();
    let settings = read(&[("QUPIA_BOOTSTRAP_ADMIN_PASSWORD_FILE", &path)]).unwrap();
    let password = settings.bootstrap_admin_password.as_ref();
    assert_eq!(
        password.map(ExposeSecret::expose_secret),
        Some("a first password")
    );
    std::fs::write(&file, "\u{feff}token\n").unwrap();
    let asked = [
        ("QUPIA_LOANS__URL", "https://loans.example/api"),
        ("QUPIA_LOANS__CREDENTIALS_FILE", path.as_str()),
    ];
    let source = read(&asked).unwrap().loan_source.unwrap();
    let authorization = source.connection.authorization.as_ref();
    assert_eq!(
        authorization.map(ExposeSecret::expose_secret),
        Some("Bearer token")
    );
}

#[test]
fn no_refusal_quotes_what_may_be_a_secret() {
    for text in [
        "bootstrap_admin_password = 70417042",
        "bootstrap_admin_password = [\"70417042\"]",
        "database_url = 70417042",
        "database_url = \"postgres://u:70417042@h/db",
        "database_url = postgres://u:70417042@h/db",
        "x = 1\n70417042 = \"\"\n70417042 = \"\"",
        "[loans]\nurl = 70417042",
        "[loans]\nurl = \"https://u:70417042@loans.example\"",
        "[loans]\nurl = \"https://u:70417042@:x\"",
    ] {
        let error = from_file(text).err().unwrap_or_default();
        assert!(
            !error.is_empty() && !error.contains("7041"),
            "{text}: {error:?}"
        );
    }
    for variable in [
        "QUPIA_DATABASE_URL_FILE",
        "QUPIA_BOOTSTRAP_ADMIN_PASSWORD_FILE",
        "QUPIA_LOANS__CREDENTIALS_FILE",
    ] {
        let url = ("QUPIA_LOANS__URL", "https://loans.example/api");
        // The secret itself, where its file was meant.
        let error = read(&[url, (variable, "postgres://u:70417042@h/db")]);
        let error = error.err().unwrap_or_default();
        assert!(
            error.contains(variable) && !error.contains("7041"),
            "{error:?}"
        );
    }
}

#[test]
fn a_loan_source_that_could_never_be_asked_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let path = file.display().to_string();
    let url = ("QUPIA_LOANS__URL", "https://loans.example/api");
    let credentials = ("QUPIA_LOANS__CREDENTIALS_FILE", path.as_str());
    let fineract = ("QUPIA_LOANS__DIALECT", "fineract");
    let refused = |written: &str, settings: &[(&str, &str)]| {
        std::fs::write(&file, written).unwrap();
        read(settings).err().unwrap_or_default()
    };
    for (written, settings, name) in [
        ("", &[url, credentials][..], "loans.credentials_file"),
        ("one\ntwo", &[url, credentials], "loans.credentials_file"),
        ("жетон", &[url, credentials], "loans.credentials_file"),
        (
            "user",
            &[url, credentials, fineract],
            "loans.credentials_file",
        ),
        (
            "",
            &[url, ("QUPIA_LOANS__FINERACT__TENANT", "үй"), fineract],
            "loans.fineract.tenant",
        ),
        (
            "",
            &[url, ("QUPIA_LOANS__TIMEOUT_MS", "0")],
            "loans.timeout_ms",
        ),
        (
            "",
            &[url, ("QUPIA_LOANS__FINERACT__GRACE_TABLE", "t"), fineract],
            "loans.fineract.grace_table",
        ),
        (
            "",
            &[("QUPIA_LOANS__URL", "http://loans.example/api")],
            "loans.url",
        ),
        (
            "",
            &[("QUPIA_LOANS__URL", "https://u:p@loans.example")],
            "loans.url",
        ),
        (
            "",
            &[("QUPIA_LOANS__URL", "https://loans.example?a=b")],
            "loans.url",
        ),
        ("", &[("QUPIA_LOANS__DIALECT", "soap")], "loans.dialect"),
    ] {
        let error = refused(written, settings);
        assert!(error.contains(name), "{settings:?}: {error:?}");
    }
    for (written, settings, value) in [
        ("token\r\n", &[url, credentials][..], "Bearer token"),
        ("u:үй\n", &[url, credentials, fineract], "Basic dTrSr9C5"),
    ] {
        std::fs::write(&file, written).unwrap();
        let source = read(settings).unwrap_or_else(|error| panic!("{error}"));
        let authorization = source
            .loan_source
            .and_then(|source| source.connection.authorization);
        let authorization = authorization.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(authorization, Some(value));
    }
}
