//! `qupia keys`: makes, lists, rotates and retires keys, and encrypts data again under new ones.

use std::{fs, time::Duration};

use chrono::SecondsFormat;
use clap::{Subcommand, builder::PossibleValuesParser};
use qupia::{
    app::{StartError, clock::Clock, foundation::Foundation},
    flows::keys::{self, KeysError},
    secrets::{
        keyring::{Keyring, Purpose},
        private_file,
        rng::SystemRng,
    },
};

use super::{
    failure::Failure,
    location::Location,
    output::{note, progress, say},
    start::open,
};

/// After this time every running instance has loaded a changed keyring.
const LOADED_AFTER: Duration = Duration::from_secs(10);
const PURPOSES: [&str; 6] = ["pepper", "field", "index", "token", "seal", "webhook"];

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Makes a new keyring; an existing one is never overwritten
    Init {
        #[command(flatten)]
        location: Location,
    },
    /// Lists every key, and how much data still depends on it
    List {
        #[command(flatten)]
        location: Location,
    },
    /// Adds a key that only decrypts: on every machine first, before it is put to use with `rotate --to`
    Add {
        #[command(flatten)]
        location: Location,
        /// What it is for
        #[arg(value_parser = PossibleValuesParser::new(PURPOSES))]
        purpose: String,
    },
    /// Puts a new key to use; the one before reads on
    Rotate {
        #[command(flatten)]
        location: Location,
        /// What it is for
        #[arg(value_parser = PossibleValuesParser::new(PURPOSES))]
        purpose: String,
        /// A key that was added before, in place of a new one
        #[arg(long, value_name = "ID")]
        to: Option<String>,
    },
    /// Removes a key; refused while any data depends on it
    Retire {
        #[command(flatten)]
        location: Location,
        /// What it is for
        #[arg(value_parser = PossibleValuesParser::new(PURPOSES))]
        purpose: String,
        /// The key
        id: String,
    },
    /// Encrypts again all data that is under older keys; may be stopped and started again
    Rewrap {
        #[command(flatten)]
        location: Location,
    },
}

pub fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::Init { location } => init(&location),
        KeysCommand::List { location } => open(location.settings(None)?, list),
        KeysCommand::Add { location, purpose } => {
            let purpose = parse(&purpose)?;
            open(location.settings(None)?, async move |foundation| {
                let id = keys::add(foundation, purpose).await.map_err(failure_of)?;
                say(format_args!(
                    "added {id}; when every instance has it: qupia keys rotate {purpose} --to {id}"
                ))
            })
        }
        KeysCommand::Rotate {
            location,
            purpose,
            to,
        } => {
            let purpose = parse(&purpose)?;
            open(location.settings(None)?, async move |foundation| {
                let id = keys::rotate(foundation, purpose, to)
                    .await
                    .map_err(failure_of)?;
                say(format_args!(
                    "{id} makes what is new; running instances take it within ten seconds"
                ))
            })
        }
        KeysCommand::Retire {
            location,
            purpose,
            id,
        } => {
            let purpose = parse(&purpose)?;
            open(location.settings(None)?, async move |foundation| {
                keys::retire(foundation, purpose, &id)
                    .await
                    .map_err(failure_of)?;
                say(format_args!(
                    "retired {id}; backups made until now still need it: keep a copy of the keyring that has it"
                ))
            })
        }
        KeysCommand::Rewrap { location } => open(location.settings(None)?, rewrap),
    }
}

fn parse(purpose: &str) -> Result<Purpose, Failure> {
    purpose
        .parse()
        .map_err(|problem: qupia::secrets::keyring::KeyProblem| {
            Failure::argument(problem.to_string())
        })
}

fn init(location: &Location) -> Result<(), Failure> {
    let settings = location.settings(None)?;
    let path = &settings.keyring;
    if let Some(folder) = path.parent() {
        private_file::create_folder(folder)
            .map_err(|error| Failure::other(format!("{}: {error}", folder.display())))?;
    }
    let keyring = Keyring::generate(&SystemRng::os(), Clock::system().now());
    keyring.create(path).map_err(StartError::from)?;
    say(path.display())
}

async fn list(foundation: &Foundation) -> Result<(), Failure> {
    for key in keys::list(foundation).await.map_err(StartError::from)? {
        let state = if key.is_active { "active" } else { "reading" };
        let made = key.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        say(format_args!(
            "{:<8} {:<28} {state:<8} {made}  {} {}",
            key.purpose.as_str(),
            key.id,
            key.in_use,
            key.what
        ))?;
        if let Some(public_key) = key.public_key {
            say(format_args!(
                "{:<8} public key {}",
                "",
                hex::encode(public_key)
            ))?;
        }
    }
    Ok(())
}

async fn rewrap(foundation: &Foundation) -> Result<(), Failure> {
    wait_until_loaded(foundation).await;
    let all = keys::to_rewrap(foundation)
        .await
        .map_err(StartError::from)?;
    let bar = progress("values");
    bar.set_length(all.unsigned_abs());
    let anew = keys::rewrap(foundation, |done| bar.inc(done as u64))
        .await
        .map_err(StartError::from)?;
    bar.finish_and_clear();
    let said = say(format_args!(
        "{} values are under the active keys now",
        anew.done
    ));
    if anew.unopened.is_empty() {
        return said;
    }
    for value in &anew.unopened {
        note(format_args!("does not open: {value}"));
    }
    Err(Failure::other(format!(
        "{} values do not open and stay as they are",
        anew.unopened.len()
    )))
}

/// A running instance could not read data under a key that it has not loaded yet.
async fn wait_until_loaded(foundation: &Foundation) {
    let changed = fs::metadata(&foundation.settings.keyring).and_then(|file| file.modified());
    let since = changed.ok().and_then(|changed| changed.elapsed().ok());
    if let Some(left) = LOADED_AFTER.checked_sub(since.unwrap_or_default())
        && !left.is_zero()
    {
        note("waiting until running instances have taken the keyring");
        tokio::time::sleep(left).await;
    }
}

fn failure_of(error: KeysError) -> Failure {
    match error {
        KeysError::Store(error) => StartError::from(error).into(),
        KeysError::Keyring(error) => StartError::from(error).into(),
        KeysError::Problem(problem) => Failure::argument(problem.to_string()),
        still_used @ KeysError::StillUsed { .. } => Failure::other(still_used.to_string()),
    }
}
