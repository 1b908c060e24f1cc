//! `qupia staff`: enters staff and makes new passwords, on the machine itself.

use std::str::FromStr;

use clap::{Args, builder::PossibleValuesParser};
use qupia::{
    app::{App, StartError, clock::Clock, settings::Settings},
    domain::{
        identifier::{BranchCode, Login},
        language::Language,
        role::Role,
    },
    flows::{
        Conflict, Refusal,
        passwords::{self, MadeSecret},
        staff,
    },
    locales,
    secrets::rng::SystemRng,
};
use secrecy::ExposeSecret;

use super::{
    failure::Failure,
    output::{say, say_for_certain},
    start::{open, start_log},
};

/// Maximum length of a name, characters, as in the API.
const MAX_NAME_CHARS: usize = 200;

/// The new member of staff.
#[derive(Args, Clone)]
pub struct Entry {
    /// The login: 1 to 64 ASCII letters, digits, `.`, `_` and `-`; for loan_system the client id
    #[arg(long)]
    login: LoginArgument,
    /// The name
    #[arg(long)]
    name: String,
    /// What they may do
    #[arg(long, value_parser = PossibleValuesParser::new(Role::NAMES))]
    role: String,
    /// The code of their branch; branch staff have one
    #[arg(long, value_name = "CODE")]
    branch: Option<String>,
}

/// A login on the command line.
#[derive(Clone)]
pub struct LoginArgument(Login);

impl FromStr for LoginArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = Login::parse(text).map(Self);
        parsed.map_err(|error| locales::of_field(&error, Language::En))
    }
}

/// Enters staff or a service account.
pub fn add(settings: Settings, entry: Entry) -> Result<(), Failure> {
    let name = entry.name.trim().to_owned();
    let is_line = !name.is_empty() && !name.contains(char::is_control);
    if !is_line || name.chars().count() > MAX_NAME_CHARS {
        return Err(Failure::argument(format!(
            "--name: 1 to {MAX_NAME_CHARS} characters on one line are wanted"
        )));
    }
    let role = Role::from_name(&entry.role)
        .ok_or_else(|| Failure::argument(format!("--role: there is no role {}", entry.role)))?;
    let branch_code = match entry.branch {
        Some(code) => Some(BranchCode::parse(&code).map_err(|error| {
            Failure::argument(format!(
                "--branch: {}",
                locales::of_field(&error, Language::En)
            ))
        })?),
        None => None,
    };
    let LoginArgument(login) = entry.login;
    with_app(settings, async move |app| {
        let new = staff::NewAccount {
            login,
            name,
            role,
            branch_code,
        };
        let entering = staff::prepare_at_console(app, new)
            .await
            .map_err(failure_of)?;
        show(&entering.secret)?;
        let row = entering.commit(app).await.map_err(failure_after_secret)?;
        say(format_args!(
            "{} is entered as {}",
            row.login,
            row.role.name()
        ))
    })
}

/// Makes a new first secret for somebody.
pub fn reset(settings: Settings, login: LoginArgument) -> Result<(), Failure> {
    with_app(settings, async move |app| {
        let renewing = passwords::prepare_at_console(app, login.0)
            .await
            .map_err(failure_of)?;
        show(&renewing.secret)?;
        let row = renewing.commit(app).await.map_err(failure_after_secret)?;
        if row.is_active {
            return Ok(());
        }
        say(format_args!("{} is disabled, and stays so", row.login))
    })
}

/// Lists everybody.
pub fn list(settings: Settings) -> Result<(), Failure> {
    open(settings, async move |foundation| {
        for row in staff::list_at_console(foundation).await? {
            say(format_args!(
                "{:<24} {:<12} {:<8} {:<12} {}",
                row.login,
                row.role.name(),
                row.status(),
                row.branch_code.as_deref().unwrap_or("-"),
                row.name
            ))?;
        }
        Ok(())
    })
}

/// Disables somebody.
pub fn disable(settings: Settings, login: LoginArgument) -> Result<(), Failure> {
    open(settings, async move |foundation| {
        let row = staff::disable_at_console(foundation, login.0)
            .await
            .map_err(failure_of)?;
        say(format_args!(
            "{} is disabled, and signed out everywhere",
            row.login
        ))
    })
}

/// Prints a secret before anything is written: a secret that nobody has read must not be in force.
fn show(made: &MadeSecret) -> Result<(), Failure> {
    let what = if made.is_client_secret {
        "client secret"
    } else {
        "one-time password"
    };
    say_for_certain(format_args!("{what}: {}", made.secret.expose_secret())).map_err(|failure| {
        Failure::other(format!(
            "nothing was changed, since the {what} could not be shown: {}",
            failure.message
        ))
    })
}

fn with_app(
    settings: Settings,
    work: impl AsyncFnOnce(&App) -> Result<(), Failure>,
) -> Result<(), Failure> {
    start_log(&settings)?;
    actix_web::rt::System::new().block_on(async move {
        let app = App::build(settings, Clock::system(), SystemRng::os()).await?;
        let done = work(&app).await;
        app.hasher.shutdown().await;
        done
    })
}

/// The failure for a refusal after the secret was printed.
fn failure_after_secret(refusal: Refusal) -> Failure {
    let Failure { code, message } = failure_of(refusal);
    let hint = "the secret above may not be in force; `qupia staff reset` makes another";
    Failure {
        code,
        message: format!("{message}; {hint}"),
    }
}

/// The failure for a refusal: of the argument that caused it, where one did.
fn failure_of(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Invalid(errors) => {
            let messages = errors.iter().map(|error| {
                let name = error.pointer.trim_start_matches('/').replace("_code", "");
                format!(
                    "--{name}: {}",
                    locales::of_field(&error.error, Language::En)
                )
            });
            Failure::argument(messages.collect::<Vec<_>>().join(" "))
        }
        Refusal::Unknown => Failure::argument("there is no such login".to_owned()),
        Refusal::Conflict(Conflict::LastAdmin) => {
            Failure::other("this is the last active admin: enter another first".to_owned())
        }
        Refusal::Conflict(Conflict::LoginTaken) => Failure::other("this login is taken".to_owned()),
        Refusal::Store(error) => StartError::from(error).into(),
        other => Failure::other(format!("it could not be done: {other:?}")),
    }
}
