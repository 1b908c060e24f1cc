//! The commands of the program, and what each prints.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use qupia::{
    app::{
        App, StartError,
        clock::Clock,
        settings::{Flags, Settings},
    },
    flows::first_run,
    http::{openapi, server},
    secrets::chance::Chance,
    store,
};
use secrecy::ExposeSecret;
use tracing_subscriber::EnvFilter;

/// Exit code for bad settings or arguments.
const BAD_SETTINGS: u8 = 2;

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
        /// Serves made-up data from a throw-away folder
        #[arg(long)]
        demo: bool,
    },
    /// Applies the migrations that are pending
    Migrate {
        #[command(flatten)]
        place: Place,
    },
    /// Looks at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Prints the OpenAPI document
    Openapi,
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
struct Place {
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
    fn settings(&self, listen: Option<String>) -> Result<Settings, StartError> {
        let flags = Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            listen,
        };
        Ok(Settings::read(&flags, std::env::vars())?)
    }
}

/// Runs the command that was asked for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve {
            place,
            listen,
            demo,
        } => place
            .settings(listen)
            .and_then(|settings| serve(settings, demo)),
        Command::Migrate { place } => place.settings(None).and_then(|settings| migrate(&settings)),
        Command::Config(ConfigCommand::Check { place }) => place.settings(None).map(|settings| {
            println!("{}", settings.masked());
        }),
        Command::Openapi => {
            println!("{}", openapi::json());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("qupia: {error}");
            ExitCode::from(if error.is_settings() { BAD_SETTINGS } else { 1 })
        }
    }
}

fn start_log(settings: &Settings) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(&settings.log_filter)
        .map_err(|error| StartError::Log(format!("filter: {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if settings.log_json {
        log.json().try_init()
    } else {
        log.with_ansi(false).try_init()
    };
    started.map_err(|error| StartError::Log(error.to_string()))
}

fn serve(settings: Settings, _demo: bool) -> Result<(), StartError> {
    start_log(&settings)?;
    actix_web::rt::System::new().block_on(async move {
        let app = App::build(settings, Clock::system(), Chance::os()).await?;
        if let Some(password) = first_run::make_first_admin(&app)
            .await
            .map_err(|error| StartError::FirstAdmin(format!("{error:?}")))?
        {
            println!(
                "The first admin signs in as {} with this",
                first_run::FIRST_LOGIN
            );
            println!("one-time password: {}", password.expose_secret());
        }
        let bound = server::bind(&app).map_err(StartError::Listen)?;
        tracing::info!("listening on http://{}", bound.address);
        bound.server.await.map_err(StartError::Listen)?;
        app.hasher.shutdown().await;
        Ok(())
    })
}

fn migrate(settings: &Settings) -> Result<(), StartError> {
    let state = store::migrate(&settings.store.url)?;
    if state.applied.is_empty() {
        println!("nothing to apply");
    }
    for version in state.applied {
        println!("applied {version}");
    }
    Ok(())
}
