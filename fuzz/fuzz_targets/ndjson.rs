//! A batch in NDJSON: where its chunks end makes no difference, no line is lost or told twice, and a
//! record that was read is read as the same when it is written out again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::{
    domain::{
        calendar::write_time,
        loan::{ClientRecord, LoanRecord, Record},
    },
    loans::{
        lines::{Lines, MAX_LINE, Numbered},
        ndjson::{Ndjson, parse},
    },
};
use serde_json::json;

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
                assert!(parse(written.as_bytes()).is_ok_and(|again| again == *record), "{written}");
            }
            Err(flaws) => {
                assert!((1..=16).contains(&flaws.len()));
                assert!(flaws.iter().all(|flaw| flaw.pointer.chars().count() <= 64));
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

/// The text in chunks of these lengths, and the rest of it; empty chunks are chunks too.
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

fn written(record: &Record) -> String {
    match record {
        Record::Client(ClientRecord {
            client_number,
            person,
            as_of,
        }) => json!({
            "type": "client",
            "client_number": client_number.as_str(),
            "family_name": person.family_name.as_str(),
            "given_name": person.given_name.as_str(),
            "patronymic": person.patronymic.as_ref().map(|name| name.as_str()),
            "phone": person.phone.as_str(),
            "as_of": write_time(*as_of),
        }),
        Record::Loan(LoanRecord {
            ticket_number,
            client_number,
            product,
            due_on,
            balance,
            grace_days,
            is_open,
            as_of,
        }) => json!({
            "type": "loan",
            "ticket_number": ticket_number.as_str(),
            "client_number": client_number.as_str(),
            "product": product,
            "due_on": due_on.to_string(),
            "balance": {"amount": balance.amount(), "currency": balance.currency_code()},
            "grace_days": grace_days,
            "status": if *is_open { "open" } else { "closed" },
            "as_of": write_time(*as_of),
        }),
    }
    .to_string()
}
