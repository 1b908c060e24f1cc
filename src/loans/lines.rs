//! Cuts a stream of bytes into lines, in bounded memory, and parses each.

use super::record::Parsed;
use crate::domain::{
    flaw::{FieldFlaw, Flaw},
    loan::Record,
    text::BYTE_ORDER_MARK,
};

/// The longest line, bytes, its end not counted.
pub const MAX_LINE: usize = 64 * 1024;
/// A record that has not ended after so many lines has a fault in the first of them.
const MOST_LINES_A_RECORD: usize = 50;

/// What one line says, and which line it is, counted from 1.
pub struct Numbered {
    /// its number
    pub line: u64,
    /// the record, or what is wrong with it
    pub record: Parsed<Record>,
}

/// What a line turns out to be.
pub enum Line {
    /// a whole record, or what is wrong with it
    Whole(Parsed<Record>),
    /// nothing that could be taken in
    Blank,
    /// the beginning of a record that goes on in the next line
    Begun,
}

/// What a line is written in.
pub trait Form {
    /// Parses one line, or the lines of one record joined by `\n`, the last end cut off.
    fn parse(&mut self, text: &[u8]) -> Line;
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
    /// the lines of a record that has no end yet, and the number of the first
    open: Vec<Vec<u8>>,
    opened_at: u64,
}

impl<F: Form> Lines<F> {
    /// Lines of a stream of which so many were read already, as a header is.
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

    /// How many lines have ended.
    pub fn ended(&self) -> u64 {
        self.ended
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
                self.end_begun(found);
            }
        }
        self.begin(rest);
    }

    /// The stream has ended: what was begun is the last line.
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
            reject(self.ended, Flaw::LineTooLong { max: MAX_LINE }, found);
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

    /// One more line of a record that has no end yet.
    fn go_on(&mut self, text: &[u8], found: &mut Vec<Numbered>) {
        self.open.push(text.to_vec());
        let joined = self.open.join(&b'\n');
        if self.open.len() > MOST_LINES_A_RECORD || joined.len() > MAX_LINE {
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

    /// What stood open was no record of several lines but a fault in the first of them: that one is
    /// told, and the others stand alone.
    fn give_up(&mut self, found: &mut Vec<Numbered>) {
        let (lines, first) = (std::mem::take(&mut self.open), self.opened_at);
        for (number, line) in (first..).zip(lines) {
            if number == first {
                reject(number, Flaw::UnendedQuotation, found);
            } else {
                self.take(&line, number, found);
            }
        }
    }
}

fn reject(line: u64, flaw: Flaw, found: &mut Vec<Numbered>) {
    let record = Err(vec![FieldFlaw::at("", flaw)]);
    found.push(Numbered { line, record });
}

/// Whether lines that were joined do not make one record: a quotation mark too many in the first of
/// them ran on to the next mark, wherever that was.
fn is_misread(joined: &Parsed<Record>) -> bool {
    let is_shape = |field: &FieldFlaw| {
        matches!(
            field.flaw,
            Flaw::WrongColumns { .. } | Flaw::UnendedQuotation
        )
    };
    let flaws = joined.as_ref().err();
    flaws.is_some_and(|flaws| flaws.iter().any(is_shape))
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
