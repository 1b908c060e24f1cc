//! Files as UTF-8, whatever they were written in: UTF-8 with or without its mark, or windows-1251;
//! plain, or packed with gzip.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, WINDOWS_1251};
use flate2::bufread::MultiGzDecoder;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const GZIP_MARK: &[u8] = b"\x1F\x8B";
/// How archives begin, and the workbooks of spreadsheets, which are such.
const ARCHIVE_MARK: &[u8] = b"PK\x03\x04";
const CHUNK: usize = 64 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8,
    /// the code page of Cyrillic on Windows
    Windows1251,
}

/// A file's bytes, unpacked where it was packed with gzip.
///
/// # Errors
/// The reader's.
pub fn unpacked<'f>(file: impl Read + 'f) -> io::Result<Box<dyn Read + 'f>> {
    let mut file = BufReader::with_capacity(CHUNK, file);
    Ok(if file.fill_buf()?.starts_with(GZIP_MARK) {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Finds out how a file is written, reading it once. Letters of windows-1251 hardly ever make letters
/// of UTF-8, so a file in which more of them do than do not is UTF-8 with faults in it, whose lines are
/// then refused one by one and never misread.
///
/// # Errors
/// The reader's, or [`io::ErrorKind::InvalidData`] for UTF-16, an archive or a workbook.
pub fn find_encoding(mut file: impl Read) -> io::Result<Encoding> {
    let mut buffer = vec![0; CHUNK];
    let (mut kept, mut is_first) = (0, true);
    let (mut letters, mut faults) = (0_u64, 0_u64);
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let filled = kept + read;
        if is_first {
            is_first = false;
            if buffer[..filled].starts_with(BYTE_ORDER_MARK) {
                return Ok(Encoding::Utf8);
            }
            if buffer[..filled].starts_with(ARCHIVE_MARK) {
                let why = "it is an archive or a workbook; export it as CSV or NDJSON";
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            if [&b"\xFF\xFE"[..], b"\xFE\xFF"].contains(&&buffer[..filled.min(2)]) {
                let why = "it is in UTF-16; save it as UTF-8";
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
        let mut rest = &buffer[..filled];
        kept = 0;
        while !rest.is_empty() {
            let (valid, bad, after) = match std::str::from_utf8(rest) {
                Ok(text) => (text.as_bytes(), 0, &rest[rest.len()..]),
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    match error.error_len() {
                        Some(length) => (valid, length, &after[length..]),
                        // A letter is cut off by the end of the buffer, or by that of the file.
                        None if read > 0 => {
                            kept = after.len();
                            (valid, 0, &after[after.len()..])
                        }
                        None => (valid, after.len(), &after[after.len()..]),
                    }
                }
            };
            letters += valid.iter().filter(|byte| **byte >= 0xC0).count() as u64;
            faults += bad as u64;
            rest = after;
        }
        if read == 0 {
            break;
        }
        buffer.copy_within(filled - kept..filled, 0);
    }
    Ok(if faults > letters {
        Encoding::Windows1251
    } else {
        Encoding::Utf8
    })
}

/// Reads a file as UTF-8. Its mark, if any, is left to whoever reads the first line.
pub struct Decoded<R> {
    file: R,
    decoder: Option<Decoder>,
    read: Vec<u8>,
}

impl<R: Read> Decoded<R> {
    /// A file that is written so.
    pub fn new(file: R, encoding: Encoding) -> Self {
        let decoder = (encoding == Encoding::Windows1251)
            .then(|| WINDOWS_1251.new_decoder_without_bom_handling());
        Self {
            file,
            decoder,
            read: vec![0; CHUNK],
        }
    }

    /// The next piece in UTF-8, and how many bytes of the file it was; nothing at the end.
    ///
    /// # Errors
    /// The file's.
    pub fn next(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        text.clear();
        let read = self.file.read(&mut self.read)?;
        let bytes = &self.read[..read];
        match &mut self.decoder {
            None => text.extend_from_slice(bytes),
            Some(decoder) => {
                let room = decoder.max_utf8_buffer_length(read).unwrap_or(read * 3);
                text.resize(room, 0);
                let (result, _, written, _) = decoder.decode_to_utf8(bytes, text, read == 0);
                debug_assert_eq!(result, CoderResult::InputEmpty, "there was room for all");
                text.truncate(written);
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(file: &[u8]) -> (Encoding, String) {
        let encoding = find_encoding(file).unwrap();
        let (mut decoded, mut whole) = (Decoded::new(file, encoding), Vec::new());
        let mut piece = Vec::new();
        while decoded.next(&mut piece).unwrap() > 0 {
            whole.extend_from_slice(&piece);
        }
        (encoding, String::from_utf8(whole).unwrap())
    }

    #[test]
    fn windows_1251_is_told_from_utf_8() {
        let text = "К-1;Иванов;Пётр\n".repeat(9_000);
        let (bytes, _, _) = WINDOWS_1251.encode(&text);
        assert_eq!(decoded(&bytes), (Encoding::Windows1251, text.clone()));
        assert_eq!(decoded(text.as_bytes()), (Encoding::Utf8, text));
        assert_eq!(decoded(b"plain"), (Encoding::Utf8, "plain".to_owned()));
        assert_eq!(decoded(b"").0, Encoding::Utf8);
    }

    #[test]
    fn utf_8_with_a_fault_in_it_is_not_read_as_another() {
        let mut bytes = "Қасымова;Әсел\n".repeat(10_000).into_bytes();
        bytes[1] = b'x';
        assert_eq!(find_encoding(bytes.as_slice()).unwrap(), Encoding::Utf8);
        bytes.push(0xD0);
        assert_eq!(find_encoding(bytes.as_slice()).unwrap(), Encoding::Utf8);
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_word_of_what_to_do() {
        for bytes in [&b"\xFF\xFEa\0"[..], b"PK\x03\x04\x14\0"] {
            let refused = find_encoding(bytes).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        }
    }
}
