//! What commands print. A reader who has gone has seen enough and ends a command quietly; a full disk
//! ends it with a word. Nothing that is printed panics.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use super::Failure;

/// Prints a line of what a command was asked for, to standard output.
///
/// # Errors
/// What [`unprinted`] makes of it.
pub fn say(line: impl Display) -> Result<(), Failure> {
    write_line(&mut io::stdout().lock(), line).map_err(|error| unprinted(&error))
}

/// Prints a line that has to be read by somebody before anything hangs on it.
///
/// # Errors
/// A failure where nobody can have read it, also where the reader has gone.
pub fn say_for_certain(line: impl Display) -> Result<(), Failure> {
    let said = write_line(&mut io::stdout().lock(), line);
    said.map_err(|error| Failure::other(format!("standard output: {error}")))
}

/// Says something beside what was asked for, to standard error. Where it cannot be said, it is not.
pub fn note(line: impl Display) {
    let _nobody_reads = write_line(&mut io::stderr().lock(), line);
}

fn write_line(out: &mut impl Write, line: impl Display) -> io::Result<()> {
    writeln!(out, "{line}")?;
    out.flush()
}

/// What could not be printed: no failure where the reader has gone.
pub fn unprinted(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::none(),
        _ => Failure::other(format!("standard output: {error}")),
    }
}
