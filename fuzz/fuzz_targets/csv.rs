//! A file in CSV, first line its header: where its pieces end makes no difference, and what a table of
//! loans says is what the same fields say in JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::{
    domain::{calendar::write_time, loan::Record},
    loans::{
        csv::Csv,
        lines::{Lines, Numbered},
        ndjson::parse,
    },
};
use serde_json::json;

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
            if let Ok(Record::Loan(loan)) = &one.record {
                let line = json!({
                    "type": "loan",
                    "ticket_number": loan.ticket_number.as_str(),
                    "client_number": loan.client_number.as_str(),
                    "product": loan.product,
                    "due_on": loan.due_on.to_string(),
                    "balance": {"amount": loan.balance.amount(), "currency": loan.balance.currency_code()},
                    "grace_days": loan.grace_days,
                    "status": if loan.is_open { "open" } else { "closed" },
                    "as_of": write_time(loan.as_of),
                });
                let again = parse(line.to_string().as_bytes());
                assert!(again.is_ok_and(|again| again == Record::Loan(loan.clone())), "{line}");
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

fn cut<'a>(mut text: &'a [u8], cuts: &[u16]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    for length in cuts {
        let (chunk, rest) = text.split_at(usize::from(*length).min(text.len()));
        chunks.push(chunk);
        text = rest;
    }
    chunks.push(text);
    chunks
}
