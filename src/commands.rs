//! The commands of the program, what each prints, and the code with which it exits.

mod audit;
mod backup;
mod calibrate;
mod demo;
mod keys;
mod loans;
mod output;
mod serve;
mod sessions;
mod staff;
mod stop;

use std::{env, io, path::PathBuf, process::ExitCode, sync::OnceLock, time::Duration};

use clap::{Args, Parser, Subcommand, error::ContextKind};
use qupia::{
    app::{
        StartError,
        clock::Clock,
        foundation::{self, Foundation},
        log::{self, Log, LostLines},
        settings::{Flags, Settings, SettingsError},
    },
    http::openapi,
    secrets::chance::Chance,
};
use tracing_subscriber::EnvFilter;

use self::output::{note, say};

/// Exit code for bad settings or arguments; clap's own is the same.
const BAD_SETTINGS: u8 = 2;
/// Whoever reads the log has so long to take the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The log of this process; the subscriber that writes to it is the process's as well.
static LOG: OnceLock<Log> = OnceLock::new();

#[derive(Parser)]
#[command(
    name = "qupia",
    version,
    about = "Know the client on the telephone.",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API. With no settings at all it begins with an empty database in ./data
    Serve {
        #[command(flatten)]
        place: Place,
        /// The address to listen on, such as 127.0.0.1:8080
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<String>,
        /// Serves made-up data from a throw-away folder, with passwords that everybody knows
        #[arg(long, conflicts_with_all = ["data_dir", "database_url"])]
        demo: bool,
    },
    /// Applies the migrations that are pending
    Migrate {
        #[command(flatten)]
        place: Place,
    },
    /// Enters staff and gives new passwords, on the machine itself
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Imports loans from files, and compares them with their source
    #[command(subcommand)]
    Loans(loans::LoansCommand),
    /// Verifies and exports the audit
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Copies the database while it is served, encrypted, without the keyring
    Backup(backup::Backup),
    /// Verifies a backup, and restores it into a new data folder
    Restore(backup::Restore),
    /// Ends all sessions, after a database was restored
    #[command(subcommand)]
    Sessions(sessions::SessionsCommand),
    /// Makes, lists, rotates and retires keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Looks at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Prints the OpenAPI document
    Openapi,
    /// Measures what a hash takes here, and prints settings for a wanted time and memory
    Calibrate(calibrate::Calibrate),
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Enters staff or a service account, and prints the one-time password or client secret once
    Add {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        entry: staff::Entry,
    },
    /// Makes a new one-time password or client secret, and prints it once; all sessions end
    Reset {
        #[command(flatten)]
        place: Place,
        /// Whose
        login: staff::LoginArgument,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Prints the settings in force, secrets masked
    Check {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args, Clone)]
pub struct Place {
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

impl Place {
    fn flags(&self, listen: Option<String>) -> Flags {
        Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            listen,
        }
    }

    fn settings(&self, listen: Option<String>) -> Result<Settings, Failure> {
        let read = Settings::read(&self.flags(listen), environment()?.into_iter());
        read.map_err(Failure::settings)
    }
}

/// The environment; a variable of ours that is no text is named rather than passed over.
fn environment() -> Result<Vec<(String, String)>, Failure> {
    let mut variables = Vec::new();
    for (name, value) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with("QUPIA_") {
            continue;
        }
        let Ok(value) = value.into_string() else {
            return Err(Failure::argument(format!("{name}: it is not UTF-8")));
        };
        variables.push((name, value));
    }
    Ok(variables)
}

/// Why a command did not do what was asked, for people to read.
struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A bad argument or setting.
    fn argument(message: String) -> Self {
        Self {
            code: BAD_SETTINGS,
            message,
        }
    }

    fn settings(error: SettingsError) -> Self {
        StartError::from(error).into()
    }

    /// An end that is none: nobody is left to be told more.
    fn none() -> Self {
        Self {
            code: 0,
            message: String::new(),
        }
    }

    /// Anything else.
    fn other(message: String) -> Self {
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

/// Runs the command that was asked for.
pub fn run() -> ExitCode {
    let code = match obey(arguments().command) {
        Ok(()) => 0,
        Err(failure) => {
            if failure.code != 0 {
                note(format_args!("qupia: {}", failure.message));
            }
            failure.code
        }
    };
    flush_log();
    ExitCode::from(code)
}

/// What was logged is written before the process ends, where somebody takes it.
fn flush_log() {
    if let Some(log) = LOG.get() {
        log.flush(LAST_LINES);
    }
}

/// The arguments; where they do not do, clap says so and ends the program.
fn arguments() -> Cli {
    Cli::try_parse().unwrap_or_else(|mut error| {
        // A password with a blank in it, which nobody quoted for the shell, is in the next argument.
        if env::args_os().any(|given| given.to_string_lossy().starts_with("--database-url")) {
            error.remove(ContextKind::InvalidArg);
            error.remove(ContextKind::InvalidSubcommand);
        }
        error.exit()
    })
}

fn obey(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve {
            place,
            listen,
            demo: true,
        } => demo::serve(&place.flags(listen)),
        Command::Serve { place, listen, .. } => serve::serve(place.settings(listen)?),
        Command::Migrate { place } => migrate(place.settings(None)?),
        Command::Staff(StaffCommand::Add { place, entry }) => {
            staff::add(place.settings(None)?, entry)
        }
        Command::Staff(StaffCommand::Reset { place, login }) => {
            staff::reset(place.settings(None)?, login)
        }
        Command::Loans(command) => loans::obey(command),
        Command::Config(ConfigCommand::Check { place }) => {
            say(place.settings(None)?.masked().trim_end())
        }
        Command::Audit(command) => audit::run(command),
        Command::Backup(wish) => backup::back_up(wish),
        Command::Restore(wish) => backup::restore(wish),
        Command::Sessions(command) => sessions::run(command),
        Command::Keys(command) => keys::run(command),
        Command::Openapi => say(openapi::json()),
        Command::Calibrate(wish) => wish.run(),
    }
}

/// Opens what a command looks after, and does something with it.
fn upkeep(
    settings: Settings,
    work: impl AsyncFnOnce(&Foundation) -> Result<(), Failure>,
) -> Result<(), Failure> {
    start_log(&settings)?;
    actix_web::rt::System::new().block_on(async move {
        let foundation = Foundation::open(settings, Clock::system(), Chance::os()).await?;
        work(&foundation).await
    })
}

/// A progress bar, where standard error is a terminal.
fn progress(what: &'static str) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::new(0)
        .with_style(style)
        .with_message(what)
}

/// The log goes to standard error; what a command is asked to print goes to standard output.
fn start_log(settings: &Settings) -> Result<LostLines, StartError> {
    let failed = |error: &dyn std::fmt::Display| StartError::Log(error.to_string());
    let filter = EnvFilter::try_new(&settings.log_filter)
        .map_err(|error| StartError::Log(format!("filter: {error}")))?;
    let log = Log::to(io::stderr()).map_err(|error| failed(&error))?;
    let log = LOG.get_or_init(|| log);
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .log_internal_errors(false)
        .with_writer(log.clone());
    let started = if settings.log_json {
        subscriber.json().try_init()
    } else {
        subscriber.with_ansi(false).try_init()
    };
    started.map_err(|error| failed(&error))?;
    log::tell_panics();
    Ok(log.lost().clone())
}

fn migrate(mut settings: Settings) -> Result<(), Failure> {
    start_log(&settings)?;
    let system = actix_web::rt::System::new();
    let state = system.block_on(foundation::migrate(&mut settings))?;
    if state.applied.is_empty() {
        say("nothing to apply")?;
    }
    for version in state.applied {
        say(format_args!("applied {version}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn no_two_arguments_of_a_command_are_in_each_others_way() {
        Cli::command().debug_assert();
    }
}
