//! A batch in NDJSON: where its chunks end makes no difference, no line is lost or told twice, and a
//! record that was read is read as the same when it is written out again.
#![no_main]

mod pieces;

use libfuzzer_sys::fuzz_target;
use pieces::{cut, written};
use qupia::loans::{
    lines::{Lines, MAX_LINE, Numbered},
    ndjson::{Ndjson, parse},
};

fuzz_target!(|input: (Vec<u16>, &[u8])| {
    let (cuts, text) = input;
    let whole = read(&[text]);
    let chunks = cut(text, &cuts);
    let cut_up = read(&chunks);
    assert_eq!(whole.len(), cut_up.len());
    let ends = text.iter().filter(|byte| **byte == b'\n').count() as u64;
    let mut last = 0;
    for (one, other) in whole.iter().zip(&cut_up) {
        assert!(one.line == other.line && one.record == other.record);
        assert!(one.line > last && one.line <= ends + 1);
        last = one.line;
        match &one.record {
            Ok(record) => {
                let written = written(record);
                assert!(written.len() <= MAX_LINE);
                assert!(
                    parse(written.as_bytes()).is_ok_and(|again| again == *record),
                    "{written}"
                );
            }
            Err(errors) => {
                assert!((1..=16).contains(&errors.len()));
                assert!(
                    errors
                        .iter()
                        .all(|error| error.pointer.chars().count() <= 64)
                );
            }
        }
    }
});

fn read(chunks: &[&[u8]]) -> Vec<Numbered> {
    let (mut lines, mut found) = (Lines::after(0, Ndjson), Vec::new());
    for chunk in chunks {
        lines.feed(chunk, &mut found);
    }
    lines.end(&mut found);
    found
}
