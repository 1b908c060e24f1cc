//! One line of NDJSON: `{"type": "client" | "loan", …}` with the fields of the contract's `PUT`.

use serde::Deserialize;

use super::{
    lines::{self, Form},
    record::{Parsed, WrittenClient, WrittenLoan, WrittenMoney},
};
use crate::{
    domain::{
        loan::Record,
        validation::{FieldError, ValidationError},
    },
    json::{self, Object, Whole, present},
};

/// An unchecked line with the fields of both kinds; only those of its own kind are allowed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    client_number: Option<String>,
    as_of: Option<String>,
    #[serde(default, deserialize_with = "present")]
    family_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    given_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    patronymic: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    ticket_number: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    product: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    due_on: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    balance: Option<Option<Object<WrittenMoney>>>,
    #[serde(default, deserialize_with = "present")]
    grace_days: Option<Option<Whole>>,
    #[serde(default, deserialize_with = "present")]
    status: Option<Option<String>>,
}

/// The format of a stream of such lines.
pub struct Ndjson;

impl Form for Ndjson {
    fn parse(&mut self, text: &[u8]) -> lines::Line {
        lines::Line::Whole(parse(text))
    }
}

/// Longest pointer that is reported to the sender, characters.
const SHOWN_CHARS: usize = 64;

/// Parses one line.
///
/// # Errors
/// An error of [`json::read`] alone, or all errors of the fields together.
pub fn parse(line: &[u8]) -> Parsed<Record> {
    let written: Line = json::read(line).map_err(|refused| vec![shortened(refused)])?;
    match written.kind.as_deref() {
        Some("client") => client(written),
        Some("loan") => loan(written),
        Some(_) => Err(vec![FieldError::at(
            "/type",
            ValidationError::NotOneOf(&["client", "loan"]),
        )]),
        None => Err(vec![FieldError::at("/type", ValidationError::Missing)]),
    }
}

/// The sender chose the name of an unknown field, and it may be as long as the line.
fn shortened(refused: FieldError) -> FieldError {
    let pointer = refused.pointer.chars().take(SHOWN_CHARS).collect();
    FieldError { pointer, ..refused }
}

fn client(line: Line) -> Parsed<Record> {
    foreign(&[
        ("/ticket_number", line.ticket_number.is_some()),
        ("/product", line.product.is_some()),
        ("/due_on", line.due_on.is_some()),
        ("/balance", line.balance.is_some()),
        ("/grace_days", line.grace_days.is_some()),
        ("/status", line.status.is_some()),
    ])?;
    let written = WrittenClient {
        family_name: line.family_name.flatten(),
        given_name: line.given_name,
        patronymic: line.patronymic.flatten(),
        phone: line.phone.flatten(),
        as_of: line.as_of,
    };
    written
        .parse(line.client_number, "/client_number")
        .map(Record::Client)
}

fn loan(line: Line) -> Parsed<Record> {
    foreign(&[
        ("/family_name", line.family_name.is_some()),
        ("/given_name", line.given_name.is_some()),
        ("/patronymic", line.patronymic.is_some()),
        ("/phone", line.phone.is_some()),
    ])?;
    let written = WrittenLoan {
        client_number: line.client_number,
        product: line.product.flatten(),
        due_on: line.due_on.flatten(),
        balance: line.balance.flatten().map(|Object(money)| money),
        grace_days: line.grace_days,
        status: line.status.flatten(),
        as_of: line.as_of,
    };
    written
        .parse(line.ticket_number.flatten(), "/ticket_number")
        .map(Record::Loan)
}

/// A field of the other kind is an unknown field.
fn foreign(fields: &[(&str, bool)]) -> Parsed<()> {
    match fields.iter().find(|(_, is_there)| *is_there) {
        Some((pointer, _)) => Err(vec![FieldError::at(pointer, ValidationError::UnknownField)]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAN: &str = r#"{"type":"loan","ticket_number":"T-1","client_number":"K-1","product":"Алтын","due_on":"2026-12-01","balance":{"amount":"125000.00","currency":"KZT"},"grace_days":null,"status":"open","as_of":"2026-11-22T00:00:00Z"}"#;
    const CLIENT: &str = r#"{"type":"client","client_number":"K-1","family_name":"Қасымова","given_name":"Әсел","phone":"8 701 234 56 67","as_of":"2026-11-22T00:00:00Z"}"#;

    fn errors(line: &str) -> Vec<(String, &'static str)> {
        parse(line.as_bytes())
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|field| (field.pointer, field.error.code()))
            .collect()
    }

    #[test]
    fn a_client_and_a_loan_are_distinguished_by_their_type() {
        assert!(matches!(parse(LOAN.as_bytes()), Ok(Record::Loan(_))));
        assert!(matches!(parse(CLIENT.as_bytes()), Ok(Record::Client(_))));
    }

    #[test]
    fn a_line_that_is_no_record_says_why() {
        let cases = [
            ("", "", "malformed_json"),
            ("{", "", "malformed_json"),
            ("[]", "", "wrong_type"),
            ("{} {}", "", "malformed_json"),
            (r#"{"type":"loan","#, "", "malformed_json"),
            ("{}", "/type", "missing"),
            (r#"{"type":"staff"}"#, "/type", "not_one_of"),
            (r#"{"type":7}"#, "/type", "wrong_type"),
            (r#"{"type":"client","x":1}"#, "/x", "unknown_field"),
            (
                r#"{"type":"client","product":null}"#,
                "/product",
                "unknown_field",
            ),
            (r#"{"type":"loan","phone":"1"}"#, "/phone", "unknown_field"),
        ];
        for (line, pointer, code) in cases {
            assert_eq!(errors(line), [(pointer.to_owned(), code)], "{line}");
        }
    }

    #[test]
    fn every_error_of_a_record_is_reported() {
        let line = LOAN
            .replace("125000.00", "12.345")
            .replace("2026-12-01", "01.12.2026")
            .replace(r#""grace_days":null,"#, "");
        let expected = [
            ("/balance/amount", "not_an_amount"),
            ("/due_on", "not_a_date"),
            ("/grace_days", "missing"),
        ];
        assert_eq!(errors(&line), expected.map(|(p, c)| (p.to_owned(), c)));
    }

    #[test]
    fn an_amount_that_is_a_number_is_of_the_wrong_type() {
        let line = LOAN.replace(r#""125000.00""#, "125000.00");
        assert_eq!(
            errors(&line),
            [("/balance/amount".to_owned(), "wrong_type")]
        );
    }
}
