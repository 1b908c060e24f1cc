//! Answers of loan sources, Fineract's and those of the simple form: what is understood is a loan by
//! the contract's rules, of the client that was asked for, and no source knows the future.
#![no_main]

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use libfuzzer_sys::fuzz_target;
use qupia::{
    domain::{
        calendar::parse_date,
        identifier::{ClientNumber, TicketNumber},
        loan::{LoanRecord, MAX_GRACE_DAYS},
        money::{Money, parse_currency},
        text::short_line,
    },
    loans::{
        dialect::{
            fineract::{open_accounts, read_grace, read_loan},
            simple,
        },
        source::SourceAnswer,
    },
};

static NUMBER: LazyLock<ClientNumber> =
    LazyLock::new(|| ClientNumber::parse("K-000123").expect("a number"));

fuzz_target!(|input: &[u8]| {
    let now: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    // Two pages, parted by the first NUL, which no JSON has.
    let mut pages = input.splitn(2, |byte| *byte == 0);
    let (first, second) = (pages.next().unwrap_or_default(), pages.next());
    if let Ok(SourceAnswer::Loans(loans, as_of)) = simple::read(first, &NUMBER, now) {
        assert!(as_of <= now);
        loans.iter().for_each(|loan| holds(loan, now));
    }
    if let Ok(Some(days)) = read_grace(first, "grace_days") {
        assert!(days <= MAX_GRACE_DAYS);
    }
    let Ok(accounts) = open_accounts(first) else {
        return;
    };
    assert!(accounts.len() <= 200);
    for account in accounts {
        if let Ok((name, loan)) = read_loan(account, second.unwrap_or_default(), &NUMBER, now) {
            assert_eq!(loan.grace_days, None, "no page states it");
            assert_eq!(short_line(&name), Ok(loan.product.clone()));
            holds(&loan, now);
        }
    }
});

/// What the same loan would have to be if it were pushed.
fn holds(loan: &LoanRecord, now: DateTime<Utc>) {
    assert!(loan.client_number == *NUMBER && loan.is_open && loan.as_of <= now);
    let ticket = loan.ticket_number.as_str();
    assert!(TicketNumber::parse(ticket).is_ok_and(|again| again == loan.ticket_number));
    assert_eq!(short_line(&loan.product), Ok(loan.product.clone()));
    assert_eq!(parse_date(&loan.due_on.to_string()), Ok(loan.due_on));
    let currency = parse_currency(loan.balance.currency_code()).expect("a currency");
    assert_eq!(
        Money::parse(&loan.balance.amount(), currency),
        Ok(loan.balance)
    );
}
