//! `qupia completions` and `qupia man`: what packages install beside the program.

use std::{io, path::Path};

use super::{failure::Failure, output::say};

/// Prints the completions for a shell.
pub fn completions(mut cli: clap::Command, shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli, "qupia", &mut script);
    say(String::from_utf8_lossy(&script).trim_end())
}

/// Writes a manual page for each command, `qupia-backup.1` and so on.
pub fn pages(cli: clap::Command, folder: &Path) -> Result<(), Failure> {
    let written = clap_mangen::generate_to(cli, folder);
    written.map_err(|error: io::Error| Failure::argument(format!("{}: {error}", folder.display())))
}
