//! The program: reads its arguments, builds the app, serves.

// These panic where nobody reads, or the disk is full: see `commands::output`.
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
