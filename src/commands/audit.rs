//! `qupia audit`: verifies and exports the audit.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use qupia::{
    app::{
        StartError,
        chain_head::{self, KnownSeal},
        foundation::Foundation,
    },
    flows::{
        export_audit::{self, ExportError},
        verify_audit,
    },
    secrets::private_file,
};

use super::{
    failure::Failure,
    location::Location,
    output::{note, progress, say, unprinted},
    start::open,
};

/// Exit code where the audit is not as it was sealed.
pub const BAD_AUDIT: u8 = 4;

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Checks every event against its seal; exit code 4 and the first bad place if one is wrong
    Verify {
        #[command(flatten)]
        location: Location,
        /// A seal known from elsewhere, which must still exist; may be given more than once
        #[arg(long, value_name = "NUMBER:HASH")]
        expect: Vec<String>,
        /// A log of the service: every seal in it must still exist
        #[arg(long, value_name = "FILE")]
        seal_log: Option<PathBuf>,
    },
    /// Writes events and seals out as lines of JSON; `-` is the standard output
    Export {
        #[command(flatten)]
        location: Location,
        /// A new file
        file: PathBuf,
    },
}

pub fn run(command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify {
            location,
            expect,
            seal_log,
        } => {
            let mut known = expected(&expect)?;
            if let Some(log) = seal_log {
                known.extend(logged(&log)?);
            }
            open(location.settings(None)?, async |foundation| {
                verify(foundation, known).await
            })
        }
        AuditCommand::Export { location, file } => {
            open(location.settings(None)?, async |foundation| {
                export(foundation, &file).await
            })
        }
    }
}

async fn verify(foundation: &Foundation, mut known: Vec<KnownSeal>) -> Result<(), Failure> {
    let folder = &foundation.settings.data_dir;
    let recalled = chain_head::recall(folder).map_err(|error| Failure::other(error.to_string()))?;
    if recalled.is_none() {
        note(format_args!(
            "{} remembers no seal: only --expect or --seal-log can show whether the end was cut off",
            folder.display()
        ));
    }
    known.extend(recalled);
    let bar = progress("seals");
    let report = verify_audit::verify(foundation, &known, |done, all| {
        bar.set_length(all.unsigned_abs());
        bar.set_position(done.unsigned_abs());
    })
    .await
    .map_err(StartError::from)?;
    bar.finish_and_clear();
    let said = say(format_args!(
        "{} events under {} seals are as they were sealed",
        report.events, report.seals
    ));
    if let Some(bad) = report.first_bad {
        return Err(Failure {
            code: BAD_AUDIT,
            message: format!("the audit is not as it was sealed: {bad}"),
        });
    }
    said?;
    say(format_args!(
        "{} events are not sealed yet",
        report.unsealed
    ))?;
    match report.newest {
        Some(newest) => say(format_args!("the newest seal is {newest}")),
        None => Ok(()),
    }
}

async fn export(foundation: &Foundation, file: &Path) -> Result<(), Failure> {
    let mut out: Box<dyn Write> = if file == Path::new("-") {
        Box::new(io::stdout().lock())
    } else {
        Box::new(BufWriter::new(create(file)?))
    };
    let bar = progress("seals");
    let exported = export_audit::export(foundation, &mut out, |done, all| {
        bar.set_length(all.unsigned_abs());
        bar.set_position(done.unsigned_abs());
    })
    .await
    .map_err(|error| match error {
        ExportError::Write(error) => unwritten(file, &error),
        other => Failure::other(other.to_string()),
    })?;
    bar.finish_and_clear();
    note(format_args!(
        "{} events, {} seals",
        exported.events, exported.seals
    ));
    Ok(())
}

fn unwritten(file: &Path, error: &io::Error) -> Failure {
    if file == Path::new("-") {
        unprinted(error)
    } else {
        Failure::other(format!("{}: {error}", file.display()))
    }
}

/// Creates a file that only its owner may read.
pub fn create(file: &Path) -> Result<File, Failure> {
    let made = private_file::create(file);
    made.map_err(|error| Failure::argument(format!("{}: {error}", file.display())))
}

fn expected(texts: &[String]) -> Result<Vec<KnownSeal>, Failure> {
    let parse = |text: &String| {
        KnownSeal::parse(text).ok_or_else(|| {
            Failure::argument(format!(
                "--expect {text}: it is NUMBER:HASH, as the log and `qupia audit verify` give it"
            ))
        })
    };
    texts.iter().map(parse).collect()
}

/// Every seal in a log of the service, in text or in JSON.
fn logged(log: &Path) -> Result<Vec<KnownSeal>, Failure> {
    let unread = |error| Failure::argument(format!("--seal-log {}: {error}", log.display()));
    let text = fs::read(log).map_err(unread)?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|line| line.contains("audit sealed"));
    let seals: Vec<_> = lines.filter_map(seal_in).collect();
    if seals.is_empty() {
        return Err(unread(io::Error::other("it names no seal")));
    }
    Ok(seals)
}

fn seal_in(line: &str) -> Option<KnownSeal> {
    let (_, rest) = line
        .split_once("seal=")
        .or_else(|| line.split_once("\"seal\":\""))?;
    let end = rest
        .find(|c: char| c != ':' && !c.is_ascii_hexdigit())
        .unwrap_or(rest.len());
    KnownSeal::parse(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_found_in_a_line_of_either_log() {
        let seal = format!("12:{}", "ab".repeat(32));
        let text = format!("INFO audit sealed number=12 last_seq=9 seal={seal} key_id=\"s\"");
        let json = format!("{{\"message\":\"audit sealed\",\"number\":12,\"seal\":\"{seal}\"}}");
        for line in [text, json] {
            assert_eq!(
                seal_in(&line).map(|found| found.to_string()),
                Some(seal.clone())
            );
        }
    }
}
