//! When the last backup was made: the time of a file in the data folder, so that it can be watched. Where
//! other tools back up PostgreSQL, they `touch` the same file.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use chrono::{DateTime, Utc};

use crate::secrets::private_file;

const FILE: &str = "last-backup";

/// Notes that a backup was made now.
///
/// # Errors
/// Why the file cannot be changed.
pub fn note(data_dir: &Path, now: DateTime<Utc>) -> io::Result<()> {
    let path = data_dir.join(FILE);
    private_file::create_if_absent(&path)?;
    File::options()
        .append(true)
        .open(path)?
        .set_modified(now.into())
}

/// When the last one was made; `None` where there was none.
pub(crate) fn at(data_dir: &Path) -> Option<DateTime<Utc>> {
    let modified = fs::metadata(data_dir.join(FILE)).and_then(|file| file.modified());
    modified.ok().map(DateTime::from)
}
