//! The arguments that every command takes: where the settings and the data are.

use std::{env, path::PathBuf};

use clap::Args;
use qupia::app::settings::{
    Flags, Settings, credentials,
    environment::{is_setting, probably_meant},
};

use super::{failure::Failure, output::note};

/// Where the settings and the data are.
#[derive(Args, Clone)]
pub struct Location {
    /// The settings file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Location {
    pub fn flags(&self, listen: Option<String>) -> Flags {
        Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            listen,
        }
    }

    pub fn settings(&self, listen: Option<String>) -> Result<Settings, Failure> {
        let read = Settings::read(&self.flags(listen), environment()?.into_iter());
        read.map_err(Failure::settings)
    }
}

/// The environment variables of Qupia. One that is not UTF-8 is an error rather than ignored, and one whose
/// beginning is mistyped is told.
pub fn environment() -> Result<Vec<(String, String)>, Failure> {
    let mut variables = Vec::new();
    for (name, value) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if let Some(meant) = probably_meant(&name) {
            note(format_args!(
                "qupia: the environment variable {name} is not read; was {meant} meant?"
            ));
        }
        if name == credentials::FOLDER || is_setting(&name, &value.to_string_lossy()) {
            let Ok(value) = value.into_string() else {
                return Err(Failure::argument(format!("{name}: it is not UTF-8")));
            };
            variables.push((name, value));
        }
    }
    Ok(variables)
}
