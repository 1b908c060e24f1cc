//! What an environment variable may hold. A variable is a text, and its name has no case: so what a
//! setting is read as is decided by the setting, and what has names or places within is given whole.

use figment::value::Value;

use super::SettingsError;

/// Settings that are texts: they are never read as numbers.
const TEXTS: &[&str] = &[
    "data_dir",
    "listen",
    "database_url",
    "database_url_file",
    "keyring",
    "bootstrap_admin_password",
    "bootstrap_admin_password_file",
    "loans.url",
    "loans.dialect",
    "loans.credentials_file",
    "loans.tenant",
    "loans.grace_table",
    "loans.grace_column",
    "business.time_zone",
    "metrics.listen",
    "log.filter",
    "log.format",
    "signals.hours",
    "tls.certificate",
    "tls.key",
];

/// Texts that may begin or end with a blank.
const WORDS: &[&str] = &["bootstrap_admin_password"];

/// Settings that hold others: by their names, each with an example of its value.
const WHOLE: &[(&str, &str)] = &[
    ("attempts.locks", r#"[{"failures": 3, "minutes": 15}]"#),
    ("proxy.trusted", r#"["10.0.0.0/8"]"#),
    (
        "loans.grace_days_by_product",
        r#"{"Gold": 20, "Алтын бұйым": 30}"#,
    ),
];

/// Whether a setting holds others, so that a variable for it stands for all that the file says of it.
pub(super) fn is_whole(name: &str) -> bool {
    WHOLE.iter().any(|(whole, _)| *whole == name)
}

/// Reads what a variable holds.
pub(super) fn read(name: &str, text: &str) -> Result<Value, SettingsError> {
    if text.is_empty() {
        let why = "it is empty; give it a value, or unset it";
        return Err(SettingsError::of(name, why));
    }
    if TEXTS.contains(&name) {
        check_text(name, text)?;
        return Ok(Value::from(text));
    }
    for (whole, example) in WHOLE {
        match name.strip_prefix(whole) {
            Some("") => return read_whole(whole, text, example),
            Some(within) if within.starts_with('.') => {
                let variable = whole.to_ascii_uppercase().replace('.', "__");
                let why = format!(
                    "what is within a setting has no variable of its own, since the name of one has no \
                     case; give it whole, in TOML or JSON, such as QUPIA_{variable}={example}"
                );
                return Err(SettingsError::of(name, why));
            }
            _ => {}
        }
    }
    // The library reads one value as TOML does: numbers and booleans.
    Ok(text.parse().unwrap_or_else(|never| match never {}))
}

/// Refuses what a shell would have taken away from a text and another program did not.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), SettingsError> {
    let is_within = |mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    let why = if is_within('"') || is_within('\'') {
        "it stands in quotation marks, which would be a part of it; leave them out"
    } else if text.contains(char::is_control) {
        "it holds a line end or another control character, perhaps of a file with CR LF line ends"
    } else if text.trim() != text && !WORDS.contains(&name) {
        "it begins or ends with a blank, which would be a part of it"
    } else {
        return Ok(());
    };
    let by_file = match name {
        "database_url" | "bootstrap_admin_password" => {
            format!("; where that is meant, put it into a file and name that in {name}_file")
        }
        _ => String::new(),
    };
    Err(SettingsError::of(name, format!("{why}{by_file}")))
}

/// A list or a map, in TOML or in JSON, of the kind that the example is of.
fn read_whole(name: &str, text: &str, example: &str) -> Result<Value, SettingsError> {
    let is_map = example.starts_with('{');
    let fits = |value: &Value| match value {
        Value::Dict(..) => is_map,
        Value::Array(..) => !is_map,
        _ => false,
    };
    from_toml(text)
        .or_else(|| serde_json::from_str(text).ok())
        // Lists of bare words, such as [10.0.0.0/8], are neither.
        .or_else(|| text.parse().ok())
        .filter(fits)
        .ok_or_else(|| {
            let kind = if is_map { "a map" } else { "a list" };
            SettingsError::of(
                name,
                format!("it is {kind} in TOML or JSON, such as {example}"),
            )
        })
}

fn from_toml(text: &str) -> Option<Value> {
    let mut table: toml::Table = format!("value = {text}").parse().ok()?;
    let value = table.remove("value").filter(|_| table.is_empty())?;
    Value::serialize(value).ok()
}
