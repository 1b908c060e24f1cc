//! Splits a stream of bytes into lines, in bounded memory, and parses each.

use super::record::Parsed;
use crate::domain::{
    loan::Record,
    text::BYTE_ORDER_MARK,
    validation::{FieldError, ValidationError},
};

/// Maximum length of a line, bytes, without its end.
pub const MAX_LINE: usize = 64 * 1024;
/// Maximum number of lines of one record; more means an error in the first of them.
const MAX_LINES_PER_RECORD: usize = 50;

/// A record with the number of its line, from 1.
pub struct Numbered {
    pub line: u64,
    pub record: Parsed<Record>,
}

/// The result of parsing a line.
pub enum Line {
    /// a record or its errors
    Whole(Parsed<Record>),
    /// nothing
    Blank,
    /// the beginning of a record that continues in the next line
    Begun,
}

/// The format of the lines.
pub trait Form {
    /// Parses a line, or the lines of one record joined by `\n`, without the last end.
    fn parse(&mut self, text: &[u8]) -> Line;
}

/// Makes lines from chunks that end anywhere.
pub struct Lines<F> {
    form: F,
    /// the incomplete line
    begun: Vec<u8>,
    /// whether that line is too long, so that its bytes are discarded
    is_too_long: bool,
    /// number of complete lines
    ended: u64,
    /// the lines of an incomplete record, and the number of the first
    open: Vec<Vec<u8>>,
    opened_at: u64,
}

impl<F: Form> Lines<F> {
    /// `read` lines of the stream were read before, such as a header.
    pub fn after(read: u64, form: F) -> Self {
        Self {
            form,
            begun: Vec::new(),
            is_too_long: false,
            ended: read,
            open: Vec::new(),
            opened_at: 0,
        }
    }

    /// Number of complete lines.
    pub fn ended(&self) -> u64 {
        self.ended
    }

    /// Reads a chunk and appends the records of all lines that end in it. Blank lines are counted and skipped.
    pub fn feed(&mut self, chunk: &[u8], found: &mut Vec<Numbered>) {
        let mut rest = chunk;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(at);
            rest = &after[1..];
            if self.begun.is_empty() && !self.is_too_long && line.len() <= MAX_LINE {
                self.end_line(line, found);
            } else {
                self.begin(line);
                self.end_begun(found);
            }
        }
        self.begin(rest);
    }

    /// Ends the stream: an incomplete line is the last one.
    pub fn end(&mut self, found: &mut Vec<Numbered>) {
        self.end_begun(found);
        while !self.open.is_empty() {
            self.give_up(found);
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

    fn end_begun(&mut self, found: &mut Vec<Numbered>) {
        if self.is_too_long {
            while !self.open.is_empty() {
                self.give_up(found);
            }
            self.is_too_long = false;
            self.ended += 1;
            reject(
                self.ended,
                ValidationError::LineTooLong { max: MAX_LINE },
                found,
            );
        } else {
            let line = std::mem::take(&mut self.begun);
            self.end_line(&line, found);
            self.begun = line;
            self.begun.clear();
        }
    }

    fn end_line(&mut self, line: &[u8], found: &mut Vec<Numbered>) {
        self.ended += 1;
        let line = match line.strip_prefix(BYTE_ORDER_MARK.as_bytes()) {
            Some(text) if self.ended == 1 => text,
            _ => line,
        };
        self.take(line, self.ended, found);
    }

    fn take(&mut self, text: &[u8], line: u64, found: &mut Vec<Numbered>) {
        if !self.open.is_empty() {
            return self.go_on(text, found);
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match self.form.parse(text) {
            Line::Whole(record) => found.push(Numbered { line, record }),
            Line::Blank => {}
            Line::Begun => {
                self.open.push(text.to_vec());
                self.opened_at = line;
            }
        }
    }

    /// Adds a line to the incomplete record.
    fn go_on(&mut self, text: &[u8], found: &mut Vec<Numbered>) {
        self.open.push(text.to_vec());
        let joined = self.open.join(&b'\n');
        if self.open.len() > MAX_LINES_PER_RECORD || joined.len() > MAX_LINE {
            return self.give_up(found);
        }
        match self.form.parse(&joined) {
            Line::Begun => {}
            Line::Whole(record) if !is_misread(&record) => {
                self.open.clear();
                let line = self.opened_at;
                found.push(Numbered { line, record });
            }
            Line::Whole(_) | Line::Blank => self.give_up(found),
        }
    }

    /// The lines are not one record: the first is reported as an error, and the others are parsed alone.
    fn give_up(&mut self, found: &mut Vec<Numbered>) {
        let (lines, first) = (std::mem::take(&mut self.open), self.opened_at);
        for (number, line) in (first..).zip(lines) {
            if number == first {
                reject(number, ValidationError::UnendedQuotation, found);
            } else {
                self.take(&line, number, found);
            }
        }
    }
}

fn reject(line: u64, error: ValidationError, found: &mut Vec<Numbered>) {
    let record = Err(vec![FieldError::at("", error)]);
    found.push(Numbered { line, record });
}

/// Whether joined lines are not one record: an excess quotation mark in the first of them has joined it to the
/// line of the next mark.
fn is_misread(joined: &Parsed<Record>) -> bool {
    let is_shape = |field: &FieldError| {
        matches!(
            field.error,
            ValidationError::WrongColumns { .. } | ValidationError::UnendedQuotation
        )
    };
    let errors = joined.as_ref().err();
    errors.is_some_and(|errors| errors.iter().any(is_shape))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::loans::ndjson::Ndjson;

    fn reported(chunks: &[&[u8]]) -> Vec<(u64, &'static str)> {
        let (mut lines, mut found) = (Lines::after(0, Ndjson), Vec::new());
        for chunk in chunks {
            lines.feed(chunk, &mut found);
        }
        lines.end(&mut found);
        let code = |numbered: Numbered| match numbered.record {
            Ok(_) => (numbered.line, "ok"),
            Err(errors) => (numbered.line, errors[0].error.code()),
        };
        found.into_iter().map(code).collect()
    }

    #[test]
    fn lines_count_from_one_and_blank_ones_count_too() {
        assert_eq!(
            reported(&[b"\n \r\n{}\n\n{}"]),
            [(3, "missing"), (5, "missing")]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_reported_and_the_next_is_read() {
        let long = vec![b'x'; MAX_LINE + 1];
        let fits = vec![b'x'; MAX_LINE];
        assert_eq!(
            reported(&[&long, b"\n{}\n", &fits, b"\n", &long]),
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
        assert_eq!(reported(&[b"\xEF\xBB\xBF{}\n"]), [(1, "missing")]);
    }

    proptest! {
        #[test]
        fn where_chunks_end_makes_no_difference(text in "[{}x\n ]{0,60}", cut in 1..7_usize) {
            let whole = reported(&[text.as_bytes()]);
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            prop_assert_eq!(whole, reported(&chunks));
        }
    }
}
