//! What the targets of lines share: a text cut into chunks, and a record written out as a line.

use qupia::domain::{
    calendar::write_time,
    loan::{ClientRecord, LoanRecord, Record},
};
use serde_json::json;

/// The text in chunks of these lengths, and the rest of it; empty chunks are chunks too.
pub fn cut<'a>(mut text: &'a [u8], cuts: &[u16]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    for length in cuts {
        let (chunk, rest) = text.split_at(usize::from(*length).min(text.len()));
        chunks.push(chunk);
        text = rest;
    }
    chunks.push(text);
    chunks
}

/// A record as a line of NDJSON.
pub fn written(record: &Record) -> String {
    match record {
        Record::Client(ClientRecord {
            client_number,
            person,
            as_of,
        }) => json!({
            "type": "client",
            "client_number": client_number.as_str(),
            "family_name": person.family_name.as_str(),
            "given_name": person.given_name.as_ref().map(|name| name.as_str()),
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
