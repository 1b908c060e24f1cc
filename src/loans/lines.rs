//! Cuts a stream of bytes into lines, in bounded memory, and parses each.

use super::record::Parsed;
use crate::domain::{
    flaw::{FieldFlaw, Flaw},
    loan::Record,
};

/// The longest line, bytes, its end not counted.
pub const MAX_LINE: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What one line says, and which line it is, counted from 1.
pub struct Numbered {
    /// its number
    pub line: u64,
    /// the record, or what is wrong with it
    pub record: Parsed<Record>,
}

/// What a line is written in.
pub trait Form {
    /// Parses one line, its end cut off.
    ///
    /// # Errors
    /// Every flaw of it.
    fn parse(&mut self, line: &[u8]) -> Parsed<Record>;
}

/// Lines out of chunks that end wherever they end.
pub struct Lines<F> {
    form: F,
    /// the line that has no end yet
    begun: Vec<u8>,
    /// whether that line is too long, so that its bytes are let go
    is_too_long: bool,
    /// lines that have ended
    ended: u64,
}

impl<F: Form> Lines<F> {
    /// Lines of a stream of which so many were read already, as a header is.
    pub fn after(read: u64, form: F) -> Self {
        Self {
            form,
            begun: Vec::new(),
            is_too_long: false,
            ended: read,
        }
    }

    /// Takes a chunk, and gives every line that ends in it. Blank lines are counted and passed over.
    pub fn feed(&mut self, chunk: &[u8], found: &mut Vec<Numbered>) {
        let mut rest = chunk;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(at);
            rest = &after[1..];
            if self.begun.is_empty() && !self.is_too_long && line.len() <= MAX_LINE {
                self.end_line(line, found);
            } else {
                self.begin(line);
                self.end(found);
            }
        }
        self.begin(rest);
    }

    /// The stream has ended: what was begun is the last line.
    pub fn end(&mut self, found: &mut Vec<Numbered>) {
        if self.is_too_long {
            self.is_too_long = false;
            self.ended += 1;
            let flaw = Flaw::LineTooLong { max: MAX_LINE };
            found.push(Numbered {
                line: self.ended,
                record: Err(vec![FieldFlaw::at("", flaw)]),
            });
        } else {
            let line = std::mem::take(&mut self.begun);
            self.end_line(&line, found);
            self.begun = line;
            self.begun.clear();
        }
    }

    fn begin(&mut self, part: &[u8]) {
        if self.is_too_long {
            return;
        }
        if self.begun.len() + part.len() > MAX_LINE {
            self.is_too_long = true;
            self.begun.clear();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn end_line(&mut self, line: &[u8], found: &mut Vec<Numbered>) {
        self.ended += 1;
        let line = match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) if self.ended == 1 => text,
            _ => line,
        };
        if !line.iter().all(u8::is_ascii_whitespace) {
            found.push(Numbered {
                line: self.ended,
                record: self.form.parse(line),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::loans::ndjson::Ndjson;

    fn told(chunks: &[&[u8]]) -> Vec<(u64, &'static str)> {
        let (mut lines, mut found) = (Lines::after(0, Ndjson), Vec::new());
        for chunk in chunks {
            lines.feed(chunk, &mut found);
        }
        lines.end(&mut found);
        let code = |numbered: Numbered| match numbered.record {
            Ok(_) => (numbered.line, "ok"),
            Err(flaws) => (numbered.line, flaws[0].flaw.code()),
        };
        found.into_iter().map(code).collect()
    }

    #[test]
    fn lines_count_from_one_and_blank_ones_count_too() {
        assert_eq!(
            told(&[b"\n \r\n{}\n\n{}"]),
            [(3, "missing"), (5, "missing")]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_the_next_is_read() {
        let long = vec![b'x'; MAX_LINE + 1];
        let fits = vec![b'x'; MAX_LINE];
        assert_eq!(
            told(&[&long, b"\n{}\n", &fits, b"\n", &long]),
            [
                (1, "line_too_long"),
                (2, "missing"),
                (3, "malformed_json"),
                (4, "line_too_long")
            ]
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert_eq!(told(&[b"\xEF\xBB\xBF{}\n"]), [(1, "missing")]);
    }

    proptest! {
        #[test]
        fn where_chunks_end_makes_no_difference(text in "[{}x\n ]{0,60}", cut in 1..7_usize) {
            let whole = told(&[text.as_bytes()]);
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            prop_assert_eq!(whole, told(&chunks));
        }
    }
}
