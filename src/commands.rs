//! The commands of the program, what each prints, and the code with which it exits.

mod audit;
mod backup;
mod calibrate;
mod config;
mod demo;
mod failure;
mod healthcheck;
mod keys;
mod loans;
mod location;
mod manual;
mod output;
mod readiness;
mod serve;
mod sessions;
mod staff;
mod start;
mod stop;

use std::{env, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand, error::ContextKind};
use qupia::{app::foundation, app::settings::Settings, http::openapi};

use self::{
    failure::Failure,
    location::Location,
    output::{note, say},
    start::{flush_log, start_log},
};

#[derive(Parser)]
#[command(
    name = "qupia",
    version = qupia::VERSION,
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
        location: Location,
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
        location: Location,
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
    /// Checks the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Asks the service on this machine whether it is ready: exit code 0, else 1
    Healthcheck(healthcheck::Healthcheck),
    /// Prints the OpenAPI document
    Openapi,
    /// Prints the completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages of all commands into a folder
    Man {
        /// An existing folder
        folder: PathBuf,
    },
    /// Measures what a hash takes here, and prints settings for a given time and memory
    Calibrate(calibrate::Calibrate),
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Enters staff or a service account, and prints the one-time password or client secret once
    Add {
        #[command(flatten)]
        location: Location,
        #[command(flatten)]
        entry: staff::Entry,
    },
    /// Makes a new one-time password or client secret, and prints it once; all sessions end
    Reset {
        #[command(flatten)]
        location: Location,
        /// Whose
        login: staff::LoginArgument,
    },
    /// Lists staff and service accounts
    List {
        #[command(flatten)]
        location: Location,
    },
    /// Disables somebody; all their sessions end
    Disable {
        #[command(flatten)]
        location: Location,
        /// Whom
        login: staff::LoginArgument,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Reads the files that the settings name, and prints what is in force, secrets masked
    Check {
        #[command(flatten)]
        location: Location,
    },
}

/// Runs the requested command.
pub fn run() -> ExitCode {
    let code = match run_command(arguments().command) {
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

/// The arguments. If they are wrong, clap prints why and ends the program.
fn arguments() -> Cli {
    Cli::try_parse().unwrap_or_else(|mut error| {
        // An unquoted password with a blank continues in the next argument, which must not be printed.
        if env::args_os().any(|given| given.to_string_lossy().starts_with("--database-url")) {
            error.remove(ContextKind::InvalidArg);
            error.remove(ContextKind::InvalidSubcommand);
        }
        error.exit()
    })
}

fn run_command(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve {
            location,
            listen,
            demo: true,
        } => demo::serve(&location.flags(listen)),
        Command::Serve {
            location, listen, ..
        } => serve::serve(location.settings(listen)?),
        Command::Migrate { location } => migrate(location.settings(None)?),
        Command::Staff(StaffCommand::Add { location, entry }) => {
            staff::add(location.settings(None)?, entry)
        }
        Command::Staff(StaffCommand::Reset { location, login }) => {
            staff::reset(location.settings(None)?, login)
        }
        Command::Staff(StaffCommand::List { location }) => staff::list(location.settings(None)?),
        Command::Staff(StaffCommand::Disable { location, login }) => {
            staff::disable(location.settings(None)?, login)
        }
        Command::Loans(command) => loans::run(command),
        Command::Config(ConfigCommand::Check { location }) => {
            config::check(location.settings(None)?)
        }
        Command::Audit(command) => audit::run(command),
        Command::Backup(command) => backup::back_up(command),
        Command::Restore(command) => backup::restore(command),
        Command::Sessions(command) => sessions::run(command),
        Command::Keys(command) => keys::run(command),
        Command::Healthcheck(command) => command.run(),
        Command::Openapi => say(openapi::json()),
        Command::Completions { shell } => manual::completions(Cli::command(), shell),
        Command::Man { folder } => manual::pages(Cli::command(), &folder),
        Command::Calibrate(command) => command.run(),
    }
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
    fn the_arguments_of_no_command_conflict() {
        Cli::command().debug_assert();
    }
}
