//! Private files: made with mode 0600 in any folder, and read as editors save them.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use zeroize::Zeroizing;

use crate::domain::text::BYTE_ORDER_MARK;

/// Makes a new file. The umask can only restrict its mode further.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where the path exists; else why it cannot be made.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Makes a folder for such files, and its parents; an existing one keeps its mode.
///
/// # Errors
/// Why it cannot be made.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes an empty file, unless it exists: for a library that opens it afterwards and sets no mode.
///
/// # Errors
/// Why it cannot be made.
pub(crate) fn create_if_absent(path: &Path) -> io::Result<()> {
    match create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Reads a text that holds a secret, without a byte order mark.
///
/// # Errors
/// Why it cannot be read; also where it is not UTF-8.
pub fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(fs::read_to_string(path)?);
    drop_mark(&mut text);
    Ok(text)
}

/// Reads a file that need not be UTF-8 from end to end, as PEM with its remarks, without the mark.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(fs::read(path)?);
    if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(bytes)
}

/// Takes a byte order mark away from the beginning of a text.
pub(crate) fn drop_mark(text: &mut String) {
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_that_is_made_is_its_owners_alone_and_one_that_is_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        create_if_absent(&file).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::write(&file, "kept").unwrap();
        create_if_absent(&file).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
        assert!(create(&file).is_err());
        assert!(create_if_absent(&folder.path().join("no/such")).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text_and_one_alone_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (written, text) in [
            ("\u{feff}words\n", "words\n"),
            ("\u{feff}\u{feff}x", "\u{feff}x"),
            ("words", "words"),
            ("", ""),
        ] {
            fs::write(&file, written).unwrap();
            assert_eq!(read(&file).unwrap().as_str(), text);
            assert_eq!(read_bytes(&file).unwrap().as_slice(), text.as_bytes());
        }
    }
}
