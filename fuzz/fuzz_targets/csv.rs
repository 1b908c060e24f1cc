//! A file in CSV, first line its header: where its pieces end makes no difference, and what a table of
//! loans says is what the same fields say in JSON.
#![no_main]

mod pieces;

use libfuzzer_sys::fuzz_target;
use pieces::{cut, written};
use qupia::{
    domain::loan::Record,
    loans::{
        csv::Csv,
        lines::{Lines, Numbered},
        ndjson::parse,
    },
};

const AS_OF: &str = "2026-11-22T00:00:00Z";

fuzz_target!(|input: (Vec<u16>, &str)| {
    let (cuts, text) = input;
    let (header, rows) = text.split_once('\n').unwrap_or((text, ""));
    let header = header.trim_end_matches('\r');
    for as_of in [None, Some(AS_OF.to_owned())] {
        let Ok(whole) = read(header, as_of.clone(), &[rows.as_bytes()]) else {
            continue;
        };
        let chunks = cut(rows.as_bytes(), &cuts);
        let cut_up = read(header, as_of.clone(), &chunks).expect("the same header");
        assert_eq!(whole.len(), cut_up.len());
        let ends = rows.bytes().filter(|byte| *byte == b'\n').count() as u64;
        for (one, other) in whole.iter().zip(&cut_up) {
            assert!(one.line == other.line && one.record == other.record);
            assert!(one.line > 1 && one.line <= ends + 2);
            if let Ok(record @ Record::Loan(_)) = &one.record {
                let line = written(record);
                let again = parse(line.as_bytes());
                assert!(again.is_ok_and(|again| again == *record), "{line}");
            }
        }
    }
});

fn read(header: &str, as_of: Option<String>, chunks: &[&[u8]]) -> Result<Vec<Numbered>, String> {
    let csv = Csv::of_header(header, as_of)?;
    let (mut lines, mut found) = (Lines::after(1, csv), Vec::new());
    for chunk in chunks {
        lines.feed(chunk, &mut found);
    }
    lines.end(&mut found);
    Ok(found)
}
