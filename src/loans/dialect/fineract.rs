//! Apache Fineract: a client by external id, its loan accounts, each open loan with its schedule, and
//! the waiting period from a data table or by product. Credentials are `user:password`.
//!
//! Nothing is guessed: an answer that cannot be understood is a fault.

mod settings;
mod shapes;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use self::shapes::{Accounts, Client, DataTable, Day, Detail, ExternalId, FineractError, Period};
pub(crate) use self::{
    settings::{FineractSettings, Section},
    shapes::Account,
};
use crate::{
    domain::{
        calendar::within_range,
        identifier::{ClientNumber, TicketNumber},
        loan::LoanRecord,
        money::{Money, parse_currency},
        text::short_line,
    },
    loans::{
        answer::{SourceAnswer, SourceFault},
        record::grace_days,
        wire::{SourceReply, Wire},
    },
};

/// Maximum number of open loans of one client; more is an error of the loan system's.
const MAX_LOANS: usize = 200;
/// Maximum number of simultaneous requests for the loans of one client.
const CONCURRENCY: usize = 4;

const GARBLED: fn(&'static str) -> SourceFault = SourceFault::Garbled;

pub(super) fn authorization(credentials: &str) -> Result<String, &'static str> {
    if !credentials.contains(':') {
        return Err("user:password");
    }
    Ok(format!("Basic {}", STANDARD.encode(credentials)))
}

/// Requests the open loans of a client.
pub(super) async fn ask(
    wire: &Wire,
    settings: &FineractSettings,
    number: &ClientNumber,
    now: DateTime<Utc>,
) -> Result<SourceAnswer, SourceFault> {
    let path = ["v1", "clients", "external-id", number.as_str()];
    let Some(page) = or_missing(wire.get(&path, None).await?)? else {
        return Ok(SourceAnswer::UnknownClient);
    };
    let client: Client = in_shape(&page)?;
    if let Some(ExternalId(stated)) = &client.external_id
        && stated != number.as_str()
    {
        return Err(GARBLED("another client"));
    }
    let id = client.id.to_string();
    let path = ["v1", "clients", &id, "accounts"];
    let reply = wire.get(&path, Some("fields=loanAccounts")).await?;
    let open = open_accounts(&existing(reply)?)?;
    let asked = stream::iter(open).map(|account| loan(wire, settings, number, now, account));
    let loans = asked.buffered(CONCURRENCY).try_collect().await?;
    Ok(SourceAnswer::Loans(loans, now))
}

/// Reads a client's accounts and selects those of open loans.
///
/// # Errors
/// [`SourceFault::Garbled`], or [`SourceFault::TooLong`] for more than 200 open loans.
pub fn open_accounts(body: &[u8]) -> Result<Vec<Account>, SourceFault> {
    let accounts: Accounts = in_shape(body)?;
    // Fineract leaves an empty array out.
    let accounts = accounts.loan_accounts.unwrap_or_default();
    let mut open = Vec::new();
    for account in accounts {
        if is_open(account.status.id)? {
            open.push(account);
        }
    }
    if open.len() > MAX_LOANS {
        return Err(SourceFault::TooLong);
    }
    Ok(open)
}

/// Whether a loan of this status is owed: active (300) or in transfer between branches (303, 304); not if
/// it was never paid out (100, 200, 400, 500), is closed (600 to 602) or overpaid (700).
fn is_open(status: u32) -> Result<bool, SourceFault> {
    match status {
        300 | 303 | 304 => Ok(true),
        100 | 200 | 400 | 500 | 600..=602 | 700 => Ok(false),
        _ => Err(GARBLED("a loan's status")),
    }
}

async fn loan(
    wire: &Wire,
    settings: &FineractSettings,
    number: &ClientNumber,
    now: DateTime<Utc>,
    account: Account,
) -> Result<LoanRecord, SourceFault> {
    let id = account.id.to_string();
    let query = Some("associations=repaymentSchedule");
    let reply = wire.get(&["v1", "loans", &id], query).await?;
    let (name, record) = read_loan(account, &existing(reply)?, number, now)?;
    let grace_days = match stated_grace(wire, settings, &id).await? {
        Some(days) => Some(days),
        None => settings.grace_days_by_product.get(&name).copied(),
    };
    Ok(LoanRecord {
        grace_days,
        ..record
    })
}

/// Reads a loan from its account and its details. Returns the name of its product, and the loan without
/// a waiting period, which neither states.
///
/// # Errors
/// [`SourceFault::Garbled`] where the two contradict each other or lack something.
pub fn read_loan(
    account: Account,
    page: &[u8],
    number: &ClientNumber,
    now: DateTime<Utc>,
) -> Result<(String, LoanRecord), SourceFault> {
    let detail: Detail = in_shape(page)?;
    if detail.id != account.id || detail.status.id != account.status.id {
        return Err(GARBLED("a loan changed while it was read"));
    }
    let due_on = due_on(&detail, account.timeline.expected_maturity_date)?;
    let balance = balance(&detail)?;
    let name = detail.loan_product_name.or(account.product_name);
    let name = name.ok_or(GARBLED("a product's name"))?;
    let external_id = account.external_id.map(|ExternalId(text)| text);
    let ticket = external_id
        .filter(|text| !text.trim().is_empty())
        .unwrap_or(account.account_no);
    let record = LoanRecord {
        ticket_number: TicketNumber::parse(&ticket).map_err(|_| GARBLED("a loan's number"))?,
        client_number: number.clone(),
        product: short_line(&name).map_err(|_| GARBLED("a product's name"))?,
        due_on,
        balance,
        grace_days: None,
        is_open: true,
        as_of: now,
    };
    Ok((name, record))
}

/// The due date of the first incomplete period, else the expected maturity date.
/// `delinquent.nextPaymentDueDate` depends on the tenant's settings and is not read.
fn due_on(detail: &Detail, maturity: Option<Day>) -> Result<NaiveDate, SourceFault> {
    let schedule = detail.repayment_schedule.as_ref();
    let periods = schedule.map_or(&[][..], |schedule| &schedule.periods);
    // The rows of disbursements stand among the periods, without a number or with 0.
    for period in periods.iter().filter(|row| row.period.unwrap_or(0) > 0) {
        if !is_complete(period)? {
            return day(period.due_date.ok_or(GARBLED("a period's day"))?);
        }
    }
    let maturity = detail.timeline.expected_maturity_date.or(maturity);
    day(maturity.ok_or(GARBLED("no due date"))?)
}

fn is_complete(period: &Period) -> Result<bool, SourceFault> {
    match (period.complete, &period.total_outstanding_for_period) {
        (Some(is_complete), _) => Ok(is_complete),
        // Older versions state only the rest of a period.
        (None, Some(left)) => Ok(decimal(left)?.is_zero()),
        (None, None) => Err(GARBLED("a period")),
    }
}

fn day(Day([year, month, day]): Day) -> Result<NaiveDate, SourceFault> {
    let (month, day) = (u32::try_from(month), u32::try_from(day));
    let (Ok(month), Ok(day)) = (month, day) else {
        return Err(GARBLED("a day"));
    };
    let day = NaiveDate::from_ymd_opt(year, month, day).ok_or(GARBLED("a day"))?;
    within_range(day).map_err(|_| GARBLED("a day"))
}

fn balance(detail: &Detail) -> Result<Money, SourceFault> {
    let summary = detail.summary.as_ref().ok_or(GARBLED("no summary"))?;
    let total = summary.total_outstanding.as_ref();
    let total = decimal(total.ok_or(GARBLED("no balance"))?)?;
    let currency = detail.currency.as_ref().or(summary.currency.as_ref());
    let code = &currency.ok_or(GARBLED("no currency"))?.code;
    let currency = parse_currency(code).map_err(|_| GARBLED("a currency"))?;
    Money::from_decimal(total, currency).map_err(|_| GARBLED("a balance"))
}

/// Reads a number exactly, never by way of a float.
fn decimal(number: &RawValue) -> Result<Decimal, SourceFault> {
    let text = number.get();
    let parsed = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text)
    };
    parsed.map_err(|_| GARBLED("an amount"))
}

/// The waiting period of a loan in the data table; `None` where there is no row, no value, or more than
/// one row.
async fn stated_grace(
    wire: &Wire,
    settings: &FineractSettings,
    loan_id: &str,
) -> Result<Option<u32>, SourceFault> {
    let Some((table, column)) = &settings.grace else {
        return Ok(None);
    };
    let path = ["v1", "datatables", table, loan_id];
    let reply = wire.get(&path, Some("genericResultSet=true")).await?;
    match or_missing(reply)? {
        Some(page) => read_grace(&page, column),
        None => Ok(None),
    }
}

/// Reads the waiting period from the rows of a data table.
///
/// # Errors
/// [`SourceFault::Garbled`] where there is no such column, or it has no number of days.
pub fn read_grace(page: &[u8], column: &str) -> Result<Option<u32>, SourceFault> {
    let rows: DataTable = in_shape(page)?;
    let mut headers = rows.column_headers.iter();
    let place = headers
        .position(|header| header.column_name == column)
        .ok_or(GARBLED("no column for the waiting period"))?;
    let [only] = rows.data.as_slice() else {
        return Ok(None);
    };
    waiting_days(only.row.get(place).ok_or(GARBLED("a data table's row"))?)
}

/// Days in a cell: a number or a text, depending on the type of the column; `None` where it is empty.
fn waiting_days(cell: &serde_json::Value) -> Result<Option<u32>, SourceFault> {
    let text = match cell {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    if text.is_empty() {
        return Ok(None);
    }
    // A column of decimals has its days as 20.000000.
    let days = Decimal::from_str_exact(&text).ok();
    let days = days.filter(Decimal::is_integer);
    let days = days.and_then(|days| i64::try_from(days.trunc().normalize()).ok());
    let days = days.ok_or(GARBLED("a waiting period"))?;
    grace_days(Some(days)).map_err(|_| GARBLED("a waiting period"))
}

fn in_shape<T: DeserializeOwned>(body: &[u8]) -> Result<T, SourceFault> {
    serde_json::from_slice(body).map_err(|_| GARBLED("not the shape"))
}

/// The body of a resource that must exist.
fn existing(reply: SourceReply) -> Result<Vec<u8>, SourceFault> {
    if reply.is_missing {
        return Err(SourceFault::Status(404));
    }
    Ok(reply.body)
}

/// The body, or `None` where Fineract itself states that there is no such entity. A 404 for another reason,
/// such as a wrong address, is a fault.
fn or_missing(reply: SourceReply) -> Result<Option<Vec<u8>>, SourceFault> {
    if !reply.is_missing {
        return Ok(Some(reply.body));
    }
    let problem = serde_json::from_slice::<FineractError>(&reply.body).ok();
    if problem.is_some_and(|problem| problem.is_not_found()) {
        Ok(None)
    } else {
        Err(SourceFault::Status(404))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(balance: &str, periods: &str) -> Detail {
        let text = format!(
            r#"{{"id":1,"status":{{"id":300}},"currency":{{"code":"KZT"}},"summary":{{"totalOutstanding":{balance}}},
            "timeline":{{"expectedMaturityDate":[2027,4,10]}},"repaymentSchedule":{{"periods":[{periods}]}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn an_amount_is_read_to_the_last_digit() {
        for (written, read) in [
            ("200.000000", Some("200.00")),
            ("0.1", Some("0.10")),
            ("90071992547409.93", Some("90071992547409.93")),
            ("1.25E+3", Some("1250.00")),
            ("0", Some("0.00")),
            ("0.001", None),
            ("-1.00", None),
            ("\"12\"", None),
            ("1e40", None),
        ] {
            let money = balance(&detail(written, "")).map(Money::amount).ok();
            assert_eq!(money.as_deref(), read, "{written}");
        }
    }

    #[test]
    fn the_due_date_is_of_the_first_period_that_is_not_complete() {
        let disbursed = r#"{"dueDate":[2026,1,10],"complete":false}"#;
        let paid = r#"{"period":1,"dueDate":[2026,2,10],"complete":true}"#;
        let next = r#"{"period":2,"dueDate":[2026,3,10],"complete":false}"#;
        let old = r#"{"period":1,"dueDate":[2026,2,10],"totalOutstandingForPeriod":0.000000}"#;
        let due = |periods: &[&str]| {
            let detail = detail("1", &periods.join(","));
            due_on(&detail, None).map(|day| day.to_string())
        };
        assert_eq!(due(&[disbursed, paid, next]).unwrap(), "2026-03-10");
        assert_eq!(due(&[disbursed, old, next]).unwrap(), "2026-03-10");
        assert_eq!(due(&[disbursed, paid]).unwrap(), "2027-04-10");
        assert!(due(&[r#"{"period":1,"dueDate":[2026,2,10]}"#]).is_err());
        for day in ["[2026,13,1]", "[1,1,1]", "[9999,12,31]", "[2026,-1,1]"] {
            let period = format!(r#"{{"period":1,"dueDate":{day},"complete":false}}"#);
            assert!(due(&[&period]).is_err(), "{day}");
        }
    }

    #[test]
    fn a_status_that_nobody_knows_is_not_guessed_at() {
        for open in [300, 303, 304] {
            assert_eq!(is_open(open), Ok(true), "{open}");
        }
        for not_open in [100, 200, 400, 500, 600, 601, 602, 700] {
            assert_eq!(is_open(not_open), Ok(false), "{not_open}");
        }
        for unknown in [0, 301, 302, 603, 701, 800] {
            assert!(is_open(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn a_waiting_period_is_whole_days_whatever_the_type_of_the_column() {
        let read = |value: &str| match waiting_days(&serde_json::from_str(value).unwrap()) {
            Ok(days) => days.map_or("unknown".to_owned(), |days| days.to_string()),
            Err(_) => "garbled".to_owned(),
        };
        for (value, days) in [
            ("20", "20"),
            ("\"20\"", "20"),
            ("\" 20 \"", "20"),
            ("20.000000", "20"),
            ("\"20.000000\"", "20"),
            ("0", "0"),
            ("null", "unknown"),
            ("\"\"", "unknown"),
            ("20.5", "garbled"),
            ("-1", "garbled"),
            ("3651", "garbled"),
            ("true", "garbled"),
            ("\"twenty\"", "garbled"),
        ] {
            assert_eq!(read(value), days, "{value}");
        }
    }

    #[test]
    fn the_documented_loan_is_understood() {
        let documented = include_str!("../../../tests/fineract/loan.json");
        let detail: Detail = serde_json::from_str(documented).unwrap();
        assert_eq!(due_on(&detail, None).unwrap().to_string(), "2013-04-10");
        assert_eq!(balance(&detail).unwrap().currency_code(), "UGX");
    }
}
