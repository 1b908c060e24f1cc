//! Decodes files to UTF-8: from UTF-8 or UTF-16 with a byte order mark, UTF-8 without, or a Cyrillic code page;
//! plain or compressed with gzip.

mod code_page;
mod encoding;
mod recognise;
mod sense;

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;

use self::{code_page::CodePage, recognise::Letters};
pub use self::{encoding::Encoding, sense::Sensible};
use crate::domain::text::BYTE_ORDER_MARK;

const GZIP_MARK: &[u8] = b"\x1F\x8B";
/// The first bytes of a ZIP archive, such as a workbook.
const ARCHIVE_MARK: &[u8] = b"PK\x03\x04";
const CHUNK: usize = 64 * 1024;

/// The bytes of a file, decompressed if it is compressed with gzip.
pub fn unpacked<'f>(file: impl Read + 'f) -> io::Result<Box<dyn Read + 'f>> {
    let mut file = BufReader::with_capacity(CHUNK, file);
    Ok(if file.fill_buf()?.starts_with(GZIP_MARK) {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Recognises the encoding of a file by reading all of it. Text in a code page is hardly ever valid UTF-8. So if
/// more letters are valid UTF-8 than not, the file is UTF-8 with errors, whose lines are rejected one by one.
/// Otherwise it is the code page in which its letters are most likely.
///
/// # Errors
/// The reader's, or [`io::ErrorKind::InvalidData`] for an archive or a workbook.
pub fn find_encoding(mut file: impl Read) -> io::Result<Encoding> {
    let mut buffer = vec![0; CHUNK];
    let (mut carried, mut is_first) = (0, true);
    let (mut valid_letters, mut faults) = (0_u64, 0_u64);
    let mut letters = Letters::default();
    loop {
        let read = file.read(&mut buffer[carried..])?;
        let filled = carried + read;
        if is_first {
            is_first = false;
            if let Some(marked) = by_mark(&buffer[..filled])? {
                return Ok(marked);
            }
        }
        letters.take(&buffer[carried..filled]);
        let mut rest = &buffer[..filled];
        carried = 0;
        while !rest.is_empty() {
            let (valid, bad, after) = match std::str::from_utf8(rest) {
                Ok(text) => (text.as_bytes(), 0, &rest[rest.len()..]),
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    match error.error_len() {
                        Some(length) => (valid, length, &after[length..]),
                        // The end of the buffer, or of the file, is inside a letter.
                        None if read > 0 => {
                            carried = after.len();
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
        buffer.copy_within(filled - carried..filled, 0);
    }
    Ok(if faults > valid_letters {
        letters.code_page()
    } else {
        Encoding::Utf8
    })
}

/// The encoding by the byte order mark.
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

/// How bytes are converted to UTF-8.
enum Conversion {
    AsItIs,
    CodePage(CodePage),
    Utf16(Decoder),
}

/// Reads a file as UTF-8. A byte order mark of UTF-8 is not removed here.
pub struct Decoded<R> {
    file: R,
    conversion: Conversion,
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// number of bytes of the text that were returned
    returned: usize,
    has_ended: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, encoding: Encoding) -> Self {
        let conversion = match (encoding, CodePage::of(encoding)) {
            (_, Some(page)) => Conversion::CodePage(page),
            (Encoding::Utf16Le, _) => Conversion::Utf16(UTF_16LE.new_decoder_with_bom_removal()),
            (Encoding::Utf16Be, _) => Conversion::Utf16(UTF_16BE.new_decoder_with_bom_removal()),
            _ => Conversion::AsItIs,
        };
        Self {
            file,
            conversion,
            bytes: vec![0; CHUNK],
            text: Vec::new(),
            returned: 0,
            has_ended: false,
        }
    }

    /// Decodes the next part of the file.
    fn decode(&mut self) -> io::Result<()> {
        let read = self.file.read(&mut self.bytes)?;
        let bytes = &self.bytes[..read];
        self.has_ended = read == 0;
        self.text.clear();
        self.returned = 0;
        match &mut self.conversion {
            Conversion::AsItIs => self.text.extend_from_slice(bytes),
            Conversion::CodePage(page) => page.decode(bytes, &mut self.text),
            Conversion::Utf16(decoder) => {
                let size = decoder
                    .max_utf8_buffer_length(read)
                    .unwrap_or(read * 3 + 16);
                self.text.resize(size, 0);
                let (result, _, written, _) =
                    decoder.decode_to_utf8(bytes, &mut self.text, self.has_ended);
                debug_assert_eq!(result, CoderResult::InputEmpty, "the buffer is long enough");
                self.text.truncate(written);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A part may have no complete letter; only the end of the file ends the text.
        while self.returned == self.text.len() {
            if self.has_ended {
                return Ok(0);
            }
            self.decode()?;
        }
        let length = out.len().min(self.text.len() - self.returned);
        out[..length].copy_from_slice(&self.text[self.returned..self.returned + length]);
        self.returned += length;
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
    fn windows_1251_is_distinguished_from_utf_8() {
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
        // Half a letter at the end becomes U+FFFD, and nothing before it is lost.
        let cut = decoded(b"\xFF\xFEa\0\x10");
        assert_eq!(cut, (Encoding::Utf16Le, "a\u{fffd}".to_owned()));
    }

    #[test]
    fn utf_8_with_an_error_is_not_read_as_a_code_page() {
        let mut bytes = "Қасымова;Әсел\n".repeat(10_000).into_bytes();
        bytes[1] = b'x';
        assert_eq!(find_encoding(bytes.as_slice()).unwrap(), Encoding::Utf8);
        bytes.push(0xD0);
        assert_eq!(find_encoding(bytes.as_slice()).unwrap(), Encoding::Utf8);
    }

    #[test]
    fn a_workbook_is_refused_and_the_message_says_what_to_do() {
        let refused = find_encoding(&b"PK\x03\x04\x14\0"[..]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }
}
