//! Why settings are refused.

/// A missing or invalid setting, or an unknown one: a sentence that names it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub(super) String);

impl SettingsError {
    /// `name` is the setting's name in the file; the sentence has its environment variable as well.
    pub(in crate::app) fn of(name: &str, why: impl std::fmt::Display) -> Self {
        Self(format!("{name} ({}): {why}", variable(name)))
    }
}

/// The environment variable of a setting.
pub(super) fn variable(name: &str) -> String {
    format!("QUPIA_{}", name.to_ascii_uppercase().replace('.', "__"))
}
