//! `qupia sessions`: signs everybody out, after a database was restored.

use clap::Subcommand;
use qupia::{
    app::StartError,
    flows::end_sessions::{EndedSessions, end_sessions},
};

use super::{failure::Failure, location::Location, output::say, start::open};

#[derive(Subcommand)]
pub enum SessionsCommand {
    /// Ends all sessions and one-time passwords: after a database was restored by PostgreSQL's own tools,
    /// before it is served
    End {
        #[command(flatten)]
        location: Location,
    },
}

pub fn run(command: SessionsCommand) -> Result<(), Failure> {
    let SessionsCommand::End { location } = command;
    open(location.settings(None)?, async move |foundation| {
        let ended = end_sessions(foundation).await.map_err(StartError::from)?;
        report(&ended)
    })
}

/// Prints what ended, and what the operator has to check because the older copy has it again.
pub fn report(ended: &EndedSessions) -> Result<(), Failure> {
    say(format_args!(
        "{} sessions and {} one-time passwords have ended: everybody signs in anew, and \
         `qupia staff reset LOGIN` makes a new one-time password",
        ended.sessions, ended.one_time_passwords
    ))?;
    say("whoever was disabled since then is active again; these may sign in:")?;
    for (login, role) in &ended.active {
        say(format_args!("  {login} ({})", role.name()))?;
    }
    say(
        "passwords, client secrets, roles, passphrases, blocks, locks and receivers of webhooks are those \
         of then too: docs/keys-and-backup.md, \"After a restore\"",
    )
}
