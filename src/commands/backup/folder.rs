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
/// At the end of the name of a backup that is not whole yet.
const UNFINISHED: &str = ".part";

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
            unfinished: folder.join(format!("{name}{UNFINISHED}")),
            folder: folder.to_owned(),
            name,
        })
    }

    /// Gives the whole backup its name.
    pub(super) fn name(&self) -> Result<PathBuf, Failure> {
        let path = self.folder.join(&self.name);
        let named =
            fs::rename(&self.unfinished, &path).and_then(|()| File::open(&self.folder)?.sync_all());
        named.map_err(|error| failure(&self.folder, &error))?;
        Ok(path)
    }

    /// Removes what was not finished before, and the oldest backups beyond those to be kept. This one stays,
    /// whatever time the others have in their names.
    pub(super) fn remove_old(&self, keep: Option<u32>) -> Result<(), Failure> {
        let remove = || -> io::Result<()> {
            let (mut others, mut unfinished) = (Vec::new(), Vec::new());
            for entry in fs::read_dir(&self.folder)? {
                let Ok(name) = entry?.file_name().into_string() else {
                    continue;
                };
                if name.strip_suffix(UNFINISHED).is_some_and(is_backup) {
                    unfinished.push(name);
                } else if is_backup(&name) && name != self.name {
                    others.push(name);
                }
            }
            others.sort_unstable();
            let others_kept = keep.map_or(usize::MAX, |keep| keep as usize - 1);
            others.truncate(others.len().saturating_sub(others_kept));
            others
                .iter()
                .chain(&unfinished)
                .try_for_each(|name| fs::remove_file(self.folder.join(name)))
        };
        remove().map_err(|error| failure(&self.folder, &error))
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
            "qupia-20260102T120000Z.age.part",
            // Made while the clock was ahead.
            "qupia-20270103T000000Z.age",
        ];
        for name in old.iter().chain(&["notes.txt", "qupia-yesterday.age"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let now = "2026-01-04T05:06:07Z".parse().unwrap();
        let made = Folder::open(folder.path(), now).unwrap_or_else(|f| panic!("{}", f.message));
        fs::write(&made.unfinished, "").unwrap();
        let path = made.name().unwrap_or_else(|f| panic!("{}", f.message));
        assert!(path.ends_with("qupia-20260104T050607Z.age"));
        made.remove_old(Some(2))
            .unwrap_or_else(|f| panic!("{}", f.message));
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "notes.txt",
                "qupia-20260104T050607Z.age",
                "qupia-20270103T000000Z.age",
                "qupia-yesterday.age"
            ]
        );
    }
}
