//! Qupia's own protocol, for a loan system that writes an adapter: `GET {url}/clients/{client_number}/loans`
//! (`docs/loan-system.md`). Credentials are a bearer token.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    domain::{
        calendar::{parse_time, write_time},
        identifier::ClientNumber,
    },
    json::{Object, Whole, present},
    loans::{
        answer::{SourceAnswer, SourceFault},
        record::{WrittenLoan, WrittenMoney},
        wire::Wire,
    },
};

/// All open loans of a client. Unknown fields are ignored.
#[derive(Deserialize)]
struct LoansBody {
    as_of: Option<String>,
    loans: Vec<Loan>,
}

#[derive(Deserialize)]
struct Loan {
    ticket_number: Option<String>,
    product: Option<String>,
    due_on: Option<String>,
    balance: Option<Object<WrittenMoney>>,
    #[serde(default, deserialize_with = "present")]
    grace_days: Option<Option<Whole>>,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
}

pub(super) fn authorization(token: &str) -> String {
    format!("Bearer {token}")
}

/// Requests the loans of a client.
pub(super) async fn ask(
    wire: &Wire,
    number: &ClientNumber,
    now: DateTime<Utc>,
) -> Result<SourceAnswer, SourceFault> {
    let reply = wire
        .get(&["clients", number.as_str(), "loans"], None)
        .await?;
    if reply.is_missing {
        // A 404 for another reason, such as a wrong address, must not close all loans of a client.
        let problem = serde_json::from_slice::<ErrorBody>(&reply.body).ok();
        return if problem.is_some_and(|problem| problem.code == "unknown_client") {
            Ok(SourceAnswer::UnknownClient)
        } else {
            Err(SourceFault::Status(404))
        };
    }
    read(&reply.body, number, now)
}

/// Reads the answer: all open loans of a client.
///
/// # Errors
/// [`SourceFault::Garbled`]: one loan that cannot be read makes the whole answer unusable.
pub fn read(
    body: &[u8],
    number: &ClientNumber,
    now: DateTime<Utc>,
) -> Result<SourceAnswer, SourceFault> {
    let body: LoansBody =
        serde_json::from_slice(body).map_err(|_| SourceFault::Garbled("not the shape"))?;
    // A source that answers from a copy states when the copy was made. A later time than now is a wrong
    // clock.
    let as_of = match body.as_of {
        None => now,
        Some(text) => parse_time(&text)
            .map_err(|_| SourceFault::Garbled("as_of"))?
            .min(now),
    };
    let mut loans = Vec::with_capacity(body.loans.len());
    for loan in body.loans {
        let written = WrittenLoan {
            client_number: Some(number.as_str().to_owned()),
            product: loan.product,
            due_on: loan.due_on,
            balance: loan.balance.map(|Object(money)| money),
            grace_days: loan.grace_days,
            status: Some("open".to_owned()),
            as_of: Some(write_time(as_of)),
        };
        let record = written.parse(loan.ticket_number, "/ticket_number");
        loans.push(record.map_err(|_| SourceFault::Garbled("a loan's field"))?);
    }
    Ok(SourceAnswer::Loans(loans, as_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Result<SourceAnswer, SourceFault> {
        let now = parse_time("2026-11-22T09:00:00Z").unwrap();
        read(body.as_bytes(), &ClientNumber::parse("K-1").unwrap(), now)
    }

    const LOAN: &str = r#"{"ticket_number":"T-1","product":"Алтын","due_on":"2026-12-01","balance":{"amount":"1.50","currency":"KZT"},"grace_days":null,"colour":"red"}"#;

    #[test]
    fn loans_are_of_the_time_stated_and_never_of_a_later_one() {
        let as_of = |stated: &str| match answer(&format!(r#"{{{stated}"loans":[{LOAN}]}}"#)) {
            Ok(SourceAnswer::Loans(loans, _)) => write_time(loans[0].as_of),
            other => panic!("{other:?}"),
        };
        assert_eq!(as_of(""), "2026-11-22T09:00:00Z");
        let early = as_of(r#""as_of":"2026-11-21T09:00:00Z","#);
        assert_eq!(early, "2026-11-21T09:00:00Z");
        let ahead = as_of(r#""as_of":"2026-11-23T09:00:00Z","#);
        assert_eq!(ahead, "2026-11-22T09:00:00Z");
    }

    #[test]
    fn one_loan_that_cannot_be_read_makes_the_whole_answer_unusable() {
        let bad = LOAN.replace("2026-12-01", "tomorrow");
        assert!(answer(&format!(r#"{{"loans":[{LOAN},{bad}]}}"#)).is_err());
        assert!(answer("{}").is_err());
        assert!(answer("[]").is_err());
        let none = answer(r#"{"loans":[]}"#);
        assert!(matches!(none, Ok(SourceAnswer::Loans(loans, _)) if loans.is_empty()));
    }
}
