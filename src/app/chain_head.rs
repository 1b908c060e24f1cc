//! The newest seal, in a file of the data folder outside the database, so that a truncated audit in the
//! database is noticed.
//!
//! The file only moves forward. If the database lacks the seal that the file has, seals were lost or replaced,
//! and the file stays as it is to prove it.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    domain::seal::{Head, Seal},
    secrets::private_file,
};

const FILE: &str = "audit-head";

/// A seal that was stored outside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownSeal {
    /// its number
    pub number: i64,
    /// its hash
    pub hash: [u8; 32],
}

impl KnownSeal {
    /// Reads `NUMBER:HASH`, the hash in 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.trim().split_once(':')?;
        let number = number.parse().ok().filter(|number| *number > 0)?;
        Some(Self {
            number,
            hash: read_hash(hash)?,
        })
    }
}

/// Reads 64 hexadecimal digits.
#[must_use]
pub(crate) fn read_hash(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

impl From<&Seal> for KnownSeal {
    fn from(seal: &Seal) -> Self {
        let Head { number, hash, .. } = seal.head();
        Self { number, hash }
    }
}

impl std::fmt::Display for KnownSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, hex::encode(self.hash))
    }
}

fn path_in(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

/// The newest seal that this data folder has.
///
/// # Errors
/// Where the file exists and cannot be read, or has other contents.
pub fn recall(data_dir: &Path) -> io::Result<Option<KnownSeal>> {
    match fs::read_to_string(path_in(data_dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(text) => KnownSeal::parse(&text).map(Some).ok_or_else(|| {
            io::Error::other(format!(
                "{} does not hold NUMBER:HASH",
                path_in(data_dir).display()
            ))
        }),
    }
}

/// Replaces the seal atomically. Not synced: what a power cut loses is still in the log.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn remember(data_dir: &Path, seal: &KnownSeal) -> io::Result<()> {
    let next = data_dir.join(format!("{FILE}.new"));
    // An interrupted write may have left it behind.
    match fs::remove_file(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    private_file::create(&next)?.write_all(format!("{seal}\n").as_bytes())?;
    fs::rename(next, path_in(data_dir))
}
