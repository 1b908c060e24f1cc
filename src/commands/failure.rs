//! How a command ends that failed.

use qupia::{
    app::{StartError, settings::SettingsError},
    flows::Refusal,
};

/// Exit code for bad settings or arguments; clap uses the same.
const BAD_SETTINGS: u8 = 2;
/// Exit code where lines were rejected, or loans differ.
pub const DIFFERENT: u8 = 3;

/// A failed command: its exit code, and a message for standard error.
pub struct Failure {
    pub code: u8,
    pub message: String,
}

impl Failure {
    /// A bad argument or setting.
    pub fn argument(message: String) -> Self {
        Self {
            code: BAD_SETTINGS,
            message,
        }
    }

    pub fn settings(error: SettingsError) -> Self {
        StartError::from(error).into()
    }

    /// The reader of the output has gone: the command ends quietly.
    pub fn none() -> Self {
        Self {
            code: 0,
            message: String::new(),
        }
    }

    /// Any other failure.
    pub fn other(message: String) -> Self {
        Self { code: 1, message }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self {
            code: if error.is_settings() { BAD_SETTINGS } else { 1 },
            message: error.to_string(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::other(error.to_string()),
            other => Self::other(format!("{other:?}")),
        }
    }
}
