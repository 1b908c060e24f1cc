//! `qupia loans`: clients and loans from files, and our open loans held against their source.

mod import;
mod rejects;

use std::io::{self, Write};

use clap::Subcommand;
use qupia::{
    app::{clock::Clock, foundation::Foundation},
    flows::{
        Refusal,
        reconcile::{self, Broken, Difference},
    },
    secrets::chance::Chance,
};

use self::import::Import;
use super::{
    Failure, Place,
    output::{say, unprinted},
    start_log,
};

/// Exit code where lines were rejected, or loans differ.
const DIFFERENT: u8 = 3;

#[derive(Subcommand)]
pub enum LoansCommand {
    /// Imports clients and loans; rejected lines are written beside the file
    Import {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        import: Import,
    },
    /// Holds our open loans against those of the loan source, and prints what differs
    Check {
        #[command(flatten)]
        place: Place,
    },
}

/// Carries out a command about loans.
pub fn obey(command: LoansCommand) -> Result<(), Failure> {
    match command {
        LoansCommand::Import { place, import } => import::import(&place, import),
        LoansCommand::Check { place } => check(&place),
    }
}

/// Prints one line a difference: client, ticket, in what, ours, theirs.
fn check(place: &Place) -> Result<(), Failure> {
    let settings = place.settings(None)?;
    start_log(&settings)?;
    let (mut differences, mut out, mut printed) = (0_u64, io::stdout().lock(), Ok(()));
    let clients = actix_web::rt::System::new().block_on(async {
        let house = Foundation::open(settings, Clock::system(), Chance::os()).await?;
        let Some(source) = house.loan_source()? else {
            let why = "loans.url: no loan source is set, so there is nothing to compare with";
            return Err(Failure::argument(why.to_owned()));
        };
        let compared = reconcile::compare(&house, &source, |found| {
            differences += 1;
            let Difference {
                client_number,
                ticket_number,
                what,
                ours,
                theirs,
            } = found;
            // They are counted to the end, whoever still reads.
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
            Broken::Refusal(refusal) => told(refusal),
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

fn told(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Store(error) => Failure::other(error.to_string()),
        other => Failure::other(format!("{other:?}")),
    }
}
