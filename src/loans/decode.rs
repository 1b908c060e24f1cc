//! Files as UTF-8, whatever they were written in: UTF-8 or UTF-16 with their marks, UTF-8 without, or one
//! of the code pages of Cyrillic; plain, or packed with gzip.

mod code_page;
mod recognise;
mod sense;

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;

pub use self::sense::Sensible;
use self::{code_page::CodePage, recognise::Letters};
use crate::domain::text::BYTE_ORDER_MARK;

const GZIP_MARK: &[u8] = b"\x1F\x8B";
/// How archives begin, and the workbooks of spreadsheets, which are such.
const ARCHIVE_MARK: &[u8] = b"PK\x03\x04";
const CHUNK: usize = 64 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8,
    /// UTF-16, the lower byte first: what a spreadsheet calls "Unicode text"
    Utf16Le,
    /// UTF-16, the upper byte first
    Utf16Be,
    /// the code page of Cyrillic on Windows
    Windows1251,
    /// that of Kazakhstan: windows-1251 with the letters of Kazakh (ST RK 1048-2002)
    Kz1048,
    /// that of Russian on old UNIX and mail
    Koi8R,
    /// that of Cyrillic in DOS
    Cp866,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1251 => "windows-1251",
            Self::Kz1048 => "KZ-1048",
            Self::Koi8R => "KOI8-R",
            Self::Cp866 => "CP866",
        }
    }

    /// Whether nothing in a file says that it is written so but its letters.
    #[must_use]
    pub fn is_code_page(self) -> bool {
        CodePage::of(self).is_some()
    }
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

/// Finds out how a file is written, reading it once. Letters of a code page hardly ever make letters of
/// UTF-8, so a file in which more of them do than do not is UTF-8 with faults in it, whose lines are then
/// refused one by one and never misread. Which code page it is else is told by its letters.
///
/// # Errors
/// The reader's, or [`io::ErrorKind::InvalidData`] for an archive or a workbook.
pub fn find_encoding(mut file: impl Read) -> io::Result<Encoding> {
    let mut buffer = vec![0; CHUNK];
    let (mut kept, mut is_first) = (0, true);
    let (mut valid_letters, mut faults) = (0_u64, 0_u64);
    let mut letters = Letters::default();
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let filled = kept + read;
        if is_first {
            is_first = false;
            if let Some(marked) = by_mark(&buffer[..filled])? {
                return Ok(marked);
            }
        }
        letters.take(&buffer[kept..filled]);
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
            valid_letters += valid.iter().filter(|byte| **byte >= 0xC0).count() as u64;
            faults += bad as u64;
            rest = after;
        }
        if read == 0 {
            break;
        }
        buffer.copy_within(filled - kept..filled, 0);
    }
    Ok(if faults > valid_letters {
        letters.code_page()
    } else {
        Encoding::Utf8
    })
}

/// What a file's first bytes say of how it is written.
fn by_mark(begun: &[u8]) -> io::Result<Option<Encoding>> {
    if begun.starts_with(ARCHIVE_MARK) {
        let why = "it is an archive or a workbook; export it as CSV or NDJSON";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let marks = [
        (BYTE_ORDER_MARK.as_bytes(), Encoding::Utf8),
        (b"\xFF\xFE", Encoding::Utf16Le),
        (b"\xFE\xFF", Encoding::Utf16Be),
    ];
    let marked = marks.iter().find(|(mark, _)| begun.starts_with(mark));
    Ok(marked.map(|(_, encoding)| *encoding))
}

/// How bytes become UTF-8.
enum Reading {
    AsItIs,
    CodePage(CodePage),
    Utf16(Decoder),
}

/// Reads a file as UTF-8. The mark of UTF-8, if any, is left to whoever reads the first line.
pub struct Decoded<R> {
    file: R,
    reading: Reading,
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// so much of the text was given out
    given: usize,
    has_ended: bool,
}

impl<R: Read> Decoded<R> {
    /// A file that is written so.
    pub fn new(file: R, encoding: Encoding) -> Self {
        let reading = match (encoding, CodePage::of(encoding)) {
            (_, Some(page)) => Reading::CodePage(page),
            (Encoding::Utf16Le, _) => Reading::Utf16(UTF_16LE.new_decoder_with_bom_removal()),
            (Encoding::Utf16Be, _) => Reading::Utf16(UTF_16BE.new_decoder_with_bom_removal()),
            _ => Reading::AsItIs,
        };
        Self {
            file,
            reading,
            bytes: vec![0; CHUNK],
            text: Vec::new(),
            given: 0,
            has_ended: false,
        }
    }

    /// Decodes the next piece of the file.
    fn decode(&mut self) -> io::Result<()> {
        let read = self.file.read(&mut self.bytes)?;
        let bytes = &self.bytes[..read];
        self.has_ended = read == 0;
        self.text.clear();
        self.given = 0;
        match &mut self.reading {
            Reading::AsItIs => self.text.extend_from_slice(bytes),
            Reading::CodePage(page) => page.decode(bytes, &mut self.text),
            Reading::Utf16(decoder) => {
                let room = decoder
                    .max_utf8_buffer_length(read)
                    .unwrap_or(read * 3 + 16);
                self.text.resize(room, 0);
                let (result, _, written, _) =
                    decoder.decode_to_utf8(bytes, &mut self.text, self.has_ended);
                debug_assert_eq!(result, CoderResult::InputEmpty, "there was room for all");
                self.text.truncate(written);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A piece may be no letter yet; only the end of the file is the end of the text.
        while self.given == self.text.len() {
            if self.has_ended {
                return Ok(0);
            }
            self.decode()?;
        }
        let length = out.len().min(self.text.len() - self.given);
        out[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1251;

    use super::*;

    fn decoded(file: &[u8]) -> (Encoding, String) {
        let encoding = find_encoding(file).unwrap();
        let mut whole = String::new();
        let mut decoded = Decoded::new(file, encoding);
        decoded.read_to_string(&mut whole).unwrap();
        (encoding, whole)
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
    fn what_a_spreadsheet_calls_unicode_is_read() {
        let text = "К-1\tҚасымова\tӘсел\n".repeat(9_000);
        let units = || text.encode_utf16();
        let lower_first: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let upper_first: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], bytes: &[u8]| decoded(&[mark, bytes].concat());
        let expected = (Encoding::Utf16Le, text.clone());
        assert_eq!(marked(b"\xFF\xFE", &lower_first), expected);
        let expected = (Encoding::Utf16Be, text);
        assert_eq!(marked(b"\xFE\xFF", &upper_first), expected);
        // Half a letter at the end is told as what it is, and nothing before it is lost.
        let cut = decoded(b"\xFF\xFEa\0\x10");
        assert_eq!(cut, (Encoding::Utf16Le, "a\u{fffd}".to_owned()));
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
        let refused = find_encoding(&b"PK\x03\x04\x14\0"[..]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }
}
