//! Why a keyring could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::key::KeyProblem;

/// Why a keyring could not be read or written. Names the file, never a secret.
#[derive(Debug, Error)]
pub enum KeyringError {
    #[error("there is no keyring {}", .0.display())]
    NotThere(PathBuf),
    #[error("keyring {} is there already and is never overwritten", .0.display())]
    AlreadyThere(PathBuf),
    #[error("cannot {action} {}: {source}", .file.display())]
    Io {
        file: PathBuf,
        action: &'static str,
        source: io::Error,
    },
    #[error(
        "{} has mode {mode:04o}: {whom}; set it to 0600, or have it in a folder that nobody else can enter",
        .file.display()
    )]
    Exposed {
        file: PathBuf,
        mode: u32,
        whom: &'static str,
    },
    #[error("keyring {}, line {line}: {problem}", .file.display())]
    Malformed {
        file: PathBuf,
        line: usize,
        problem: String,
    },
    #[error("keyring {}: {problem}", .file.display())]
    Refused { file: PathBuf, problem: KeyProblem },
}

pub(super) fn io_error(path: &Path, action: &'static str, source: io::Error) -> KeyringError {
    KeyringError::Io {
        file: path.to_owned(),
        action,
        source,
    }
}
