//! What an environment variable may hold. A variable is a text, so its setting decides how it is read; and
//! its name has no case, so a list or a map is given whole.

use toml::{Table, Value};

use super::error::{SettingsError, variable};

/// Settings that are texts: never read as numbers.
pub(super) const TEXTS: &[&str] = &[
    "data_dir",
    "listen",
    "public_url",
    "database_url",
    "database_url_file",
    "keyring",
    "bootstrap_admin_password",
    "bootstrap_admin_password_file",
    "loans.url",
    "loans.dialect",
    "loans.credentials_file",
    "loans.fineract.tenant",
    "loans.fineract.grace_table",
    "loans.fineract.grace_column",
    "business.time_zone",
    "metrics.listen",
    "log.filter",
    "log.format",
    "signals.hours",
    "tls.certificate",
    "tls.key",
    "tracing.endpoint",
];

/// Texts that may begin or end with a blank.
const WITH_BLANKS: &[&str] = &["bootstrap_admin_password"];

/// Lists and maps, each with an example of its value.
const WHOLE: &[(&str, &str)] = &[
    ("attempts.locks", r#"[{"failures": 3, "minutes": 15}]"#),
    ("proxy.trusted", r#"["10.0.0.0/8"]"#),
    (
        "loans.fineract.grace_days_by_product",
        r#"{"Gold": 20, "Алтын бұйым": 30}"#,
    ),
];

/// Whether a setting is a list or a map.
#[cfg(test)]
pub(super) fn is_whole(name: &str) -> bool {
    WHOLE.iter().any(|(whole, _)| *whole == name)
}

/// Reads the value of a variable.
///
/// # Errors
/// [`SettingsError`] that names the setting.
pub(super) fn read(name: &str, text: &str) -> Result<Value, SettingsError> {
    if text.is_empty() {
        let why = "it is empty; give it a value, or unset it";
        return Err(SettingsError::of(name, why));
    }
    if TEXTS.contains(&name) {
        check_text(name, text)?;
        return Ok(Value::String(text.to_owned()));
    }
    for (whole, example) in WHOLE {
        match name.strip_prefix(whole) {
            Some("") => return read_whole(whole, text, example),
            Some(within) if within.starts_with('.') => {
                let why = format!(
                    "what is within a setting has no variable of its own, since the name of one has no \
                     case; give it whole, in TOML or JSON, such as {}={example}",
                    variable(whole)
                );
                return Err(SettingsError::of(name, why));
            }
            _ => {}
        }
    }
    Ok(scalar(text))
}

/// A number or a boolean; anything else is a text, which no setting that gets here can be.
fn scalar(text: &str) -> Value {
    let integer = || text.parse().map(Value::Integer);
    let float = || text.parse().map(Value::Float);
    match text.parse().map(Value::Boolean) {
        Ok(value) => value,
        Err(_) => integer()
            .or_else(|_| float())
            .unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

/// Refuses what a shell would have removed from a text and another program did not.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), SettingsError> {
    let is_within = |mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    let why = if is_within('"') || is_within('\'') {
        "it stands in quotation marks, which would be a part of it; leave them out"
    } else if text.contains(char::is_control) {
        "it holds a line end or another control character, perhaps of a file with CR LF line ends"
    } else if text.trim() != text && !WITH_BLANKS.contains(&name) {
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

/// A list or a map, in TOML or in JSON, of the same type as the example.
fn read_whole(name: &str, text: &str, example: &str) -> Result<Value, SettingsError> {
    let is_map = example.starts_with('{');
    from_toml(text)
        .or_else(|| serde_json::from_str(text).ok())
        .or_else(|| bare_list(text))
        .filter(|value| value.is_table() == is_map && value.is_array() != is_map)
        .ok_or_else(|| {
            let kind = if is_map { "a map" } else { "a list" };
            let why = format!("it is {kind} in TOML or JSON, such as {example}");
            SettingsError::of(name, why)
        })
}

fn from_toml(text: &str) -> Option<Value> {
    let mut table: Table = format!("value = {text}").parse().ok()?;
    table.remove("value").filter(|_| table.is_empty())
}

/// A list of words without quotation marks: `[10.0.0.0/8, ::1/128]`.
fn bare_list(text: &str) -> Option<Value> {
    let words = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    if words.contains(['"', '\'', '[', '{', '=']) {
        return None;
    }
    let words = words
        .split(',')
        .map(|word| Value::String(word.trim().to_owned()));
    Some(Value::Array(words.collect()))
}
