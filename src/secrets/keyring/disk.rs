//! Key files on disk: their permissions, and writing them durably.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::{KeyringError, io_error};
use crate::secrets::private_file;

const MAX_FILE_BYTES: u64 = 1 << 20;

/// Who else may be able to read a file.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mount {
    Private,
    Shared,
}

/// Reads a small text file, after checking who else may.
pub(super) fn read_guarded(
    path: &Path,
    mount: Mount,
    warnings: &mut Vec<String>,
) -> Result<Zeroizing<String>, KeyringError> {
    let failed = |error| io_error(path, "read", error);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.len() > MAX_FILE_BYTES || !metadata.is_file() {
        return Err(failed(io::Error::other("not a file of at most 1 MiB")));
    }
    check_mode(path, &metadata, mount, warnings)?;
    let size = usize::try_from(metadata.len()).expect("at most 1 MiB, as was just looked");
    let mut text = Zeroizing::new(String::with_capacity(size + 1));
    file.take(MAX_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(failed)?;
    private_file::drop_mark(&mut text);
    Ok(text)
}

#[cfg(unix)]
fn check_mode(
    path: &Path,
    metadata: &Metadata,
    mount: Mount,
    warnings: &mut Vec<String>,
) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    let exposed = |whom| {
        Err(KeyringError::Exposed {
            file: path.to_owned(),
            mode,
            whom,
        })
    };
    if mode & 0o022 != 0 {
        return exposed("others than its owner may write it");
    }
    if mode & 0o004 != 0 && !is_in_private_folder(path) {
        if mount == Mount::Private {
            return exposed("every user of this machine may read it");
        }
        warnings.push(format!(
            "{} has mode {mode:04o}: every user of this machine may read it",
            path.display()
        ));
    }
    Ok(())
}

/// Whether a folder above keeps everybody else from reaching the file: orchestrators mount secrets with mode
/// 0444 in a folder of the service's own.
#[cfg(unix)]
fn is_in_private_folder(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let Ok(path) = path.canonicalize() else {
        return false;
    };
    path.ancestors().skip(1).any(|folder| {
        let metadata = fs::metadata(folder);
        metadata.is_ok_and(|metadata| metadata.permissions().mode() & 0o001 == 0)
    })
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &Metadata, _: Mount, _: &mut Vec<String>) -> Result<(), KeyringError> {
    Ok(())
}

pub(super) fn write_synced(file: &mut File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// An administrator who rotates must not lock the service out of its own file.
#[cfg(unix)]
pub(super) fn take_owner_and_mode(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(fs::Permissions::from_mode(
        old.permissions().mode() & 0o7777,
    ))
}

#[cfg(not(unix))]
pub(super) fn take_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// A rename is durable only once its folder is synced.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
