//! A folder of backups, each named after its time, of which the newest are kept.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDateTime, Utc};
use qupia::secrets::private_file;

use crate::commands::failure::Failure;

const BEFORE_TIME: &str = "qupia-";
const TIME: &str = "%Y%m%dT%H%M%SZ";
const AFTER_TIME: &str = ".age";

/// The folder, and the backup that is made in it.
pub(super) struct Folder {
    folder: PathBuf,
    name: String,
    /// its file, until it is whole
    pub(super) unfinished: PathBuf,
}

impl Folder {
    pub(super) fn open(folder: &Path, now: DateTime<Utc>) -> Result<Self, Failure> {
        private_file::create_folder(folder).map_err(|error| failure(folder, &error))?;
        let name = format!("{BEFORE_TIME}{}{AFTER_TIME}", now.format(TIME));
        Ok(Self {
            unfinished: folder.join(format!("{name}.part")),
            folder: folder.to_owned(),
            name,
        })
    }

    /// Gives the backup its name, and removes the oldest beyond those to be kept.
    pub(super) fn finish(self, keep: Option<u32>) -> Result<PathBuf, Failure> {
        let path = self.folder.join(&self.name);
        let named = fs::rename(&self.unfinished, &path)
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .and_then(|()| self.remove_old(keep));
        named.map_err(|error| failure(&self.folder, &error))?;
        Ok(path)
    }

    fn remove_old(&self, keep: Option<u32>) -> io::Result<()> {
        let Some(keep) = keep else { return Ok(()) };
        let mut backups = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            if name.to_str().is_some_and(is_backup) {
                backups.push(name);
            }
        }
        backups.sort_unstable();
        let old = backups.len().saturating_sub(keep as usize);
        backups
            .into_iter()
            .take(old)
            .try_for_each(|name| fs::remove_file(self.folder.join(name)))
    }
}

/// Whether a name is one of those given here: nothing else is ever removed.
fn is_backup(name: &str) -> bool {
    let time = name
        .strip_prefix(BEFORE_TIME)
        .and_then(|rest| rest.strip_suffix(AFTER_TIME));
    time.is_some_and(|time| NaiveDateTime::parse_from_str(time, TIME).is_ok())
}

fn failure(folder: &Path, error: &io::Error) -> Failure {
    Failure::other(format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_backups_are_kept_and_other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let old = [
            "qupia-20260101T000000Z.age",
            "qupia-20260102T000000Z.age",
            "qupia-20260103T000000Z.age",
        ];
        for name in old.iter().chain(&["notes.txt", "qupia-yesterday.age"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let now = "2026-01-04T05:06:07Z".parse().unwrap();
        let made = Folder::open(folder.path(), now).unwrap_or_else(|f| panic!("{}", f.message));
        fs::write(&made.unfinished, "").unwrap();
        let path = made
            .finish(Some(2))
            .unwrap_or_else(|f| panic!("{}", f.message));
        assert!(path.ends_with("qupia-20260104T050607Z.age"));
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "notes.txt",
                "qupia-20260103T000000Z.age",
                "qupia-20260104T050607Z.age",
                "qupia-yesterday.age"
            ]
        );
    }
}
