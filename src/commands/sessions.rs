//! `qupia sessions`: everybody signed out, after a database was restored.

use clap::Subcommand;
use qupia::{
    app::StartError,
    flows::end_sessions::{Ended, end_sessions},
};

use super::{Failure, Place, output::say, upkeep};

#[derive(Subcommand)]
pub enum SessionsCommand {
    /// Ends all sessions and one-time passwords: after a database was restored by PostgreSQL's own tools,
    /// before it is served
    End {
        #[command(flatten)]
        place: Place,
    },
}

pub fn run(command: SessionsCommand) -> Result<(), Failure> {
    let SessionsCommand::End { place } = command;
    upkeep(place.settings(None)?, async move |foundation| {
        let ended = end_sessions(foundation).await.map_err(StartError::from)?;
        tell(&ended)
    })
}

/// What ended, and what an operator has to look at that an older copy brings back.
pub fn tell(ended: &Ended) -> Result<(), Failure> {
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
