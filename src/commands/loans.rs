//! `qupia loans`: imports clients and loans from files, and compares open loans with their source.

mod import;
mod rejects;

use std::io::{self, Write};

use clap::Subcommand;
use qupia::{
    app::{clock::Clock, foundation::Foundation},
    flows::reconcile::{self, Broken, Difference},
    secrets::rng::SystemRng,
};

use self::import::Import;
use super::{
    failure::{DIFFERENT, Failure},
    location::Location,
    output::{say, unprinted},
    start::start_log,
};

#[derive(Subcommand)]
pub enum LoansCommand {
    /// Imports clients and loans; rejected lines are written beside the file
    Import {
        #[command(flatten)]
        location: Location,
        #[command(flatten)]
        import: Import,
    },
    /// Compares our open loans with those of the loan source, and prints the differences
    Check {
        #[command(flatten)]
        location: Location,
    },
}

pub fn run(command: LoansCommand) -> Result<(), Failure> {
    match command {
        LoansCommand::Import { location, import } => import::import(&location, import),
        LoansCommand::Check { location } => check(&location),
    }
}

/// Prints one line for each difference: client, ticket, field, ours, theirs.
fn check(location: &Location) -> Result<(), Failure> {
    let settings = location.settings(None)?;
    start_log(&settings)?;
    let (mut differences, mut out, mut printed) = (0_u64, io::stdout().lock(), Ok(()));
    let clients = actix_web::rt::System::new().block_on(async {
        let foundation = Foundation::open(settings, Clock::system(), SystemRng::os()).await?;
        let Some(source) = foundation.loan_source()? else {
            let why = "loans.url: no loan source is set, so there is nothing to compare with";
            return Err(Failure::argument(why.to_owned()));
        };
        let compared = reconcile::compare(&foundation, &source, |found| {
            differences += 1;
            let Difference {
                client_number,
                ticket_number,
                what,
                ours,
                theirs,
            } = found;
            // They are all counted, even if the reader has gone.
            if printed.is_ok() {
                printed = writeln!(
                    out,
                    "{client_number}\t{ticket_number}\t{what}\t{ours}\t{theirs}"
                );
            }
        });
        compared.await.map_err(|broken| match broken {
            Broken::Source(number, fault) => {
                Failure::other(format!("client {}: {fault}", number.as_str()))
            }
            Broken::Refusal(refusal) => refusal.into(),
        })
    })?;
    if let Err(error) = printed {
        let failure = unprinted(&error);
        if failure.code != 0 {
            return Err(failure);
        }
    }
    if differences > 0 {
        return Err(Failure {
            code: DIFFERENT,
            message: format!("{differences} differences among {clients} clients"),
        });
    }
    say(format_args!("no difference among {clients} clients"))
}
