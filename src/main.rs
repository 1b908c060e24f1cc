//! The program: reads its arguments, builds the app, serves.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
