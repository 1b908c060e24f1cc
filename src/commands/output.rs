//! Output of the commands. If the reader has gone a command ends quietly, if the disk is full with a message;
//! nothing panics.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use super::failure::Failure;

/// Prints a line of the command's output.
pub fn say(line: impl Display) -> Result<(), Failure> {
    write_line(&mut io::stdout().lock(), line).map_err(|error| unprinted(&error))
}

/// Prints a line that must arrive, such as a one-time password: a reader who has gone is a failure too.
pub fn say_for_certain(line: impl Display) -> Result<(), Failure> {
    let said = write_line(&mut io::stdout().lock(), line);
    said.map_err(|error| Failure::other(format!("standard output: {error}")))
}

/// Prints a line to standard error, if that is possible.
pub fn note(line: impl Display) {
    let _ignored = write_line(&mut io::stderr().lock(), line);
}

fn write_line(out: &mut impl Write, line: impl Display) -> io::Result<()> {
    writeln!(out, "{line}")?;
    out.flush()
}

/// The failure for an error of standard output: none where the reader has gone.
pub fn unprinted(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::none(),
        _ => Failure::other(format!("standard output: {error}")),
    }
}

/// A progress bar, where standard error is a terminal.
pub fn progress(what: &'static str) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::new(0)
        .with_style(style)
        .with_message(what)
}
