//! A client and a loan as a loan system writes them, in whatever format. The API's rules for each field are
//! checked here once.

use serde::Deserialize;

use crate::{
    domain::{
        calendar::{parse_date, parse_time},
        identifier::{ClientNumber, TicketNumber},
        loan::{ClientRecord, LoanRecord, MAX_GRACE_DAYS},
        money::{Money, parse_currency},
        person::{Person, PersonName, Phone},
        text::short_line,
        validation::{FieldError, ValidationError},
    },
    json::Whole,
};

/// An unchecked client.
#[derive(Default)]
pub(crate) struct WrittenClient {
    /// family name
    pub family_name: Option<String>,
    /// given name; `Some(None)` for a person with a single name
    pub given_name: Option<Option<String>>,
    /// patronymic, where there is one
    pub patronymic: Option<String>,
    /// telephone
    pub phone: Option<String>,
    /// the time of this state in the loan system
    pub as_of: Option<String>,
}

/// An unchecked loan.
#[derive(Default)]
pub(crate) struct WrittenLoan {
    /// number of the client
    pub client_number: Option<String>,
    /// name of the product
    pub product: Option<String>,
    /// the due date
    pub due_on: Option<String>,
    /// the outstanding balance
    pub balance: Option<WrittenMoney>,
    /// guaranteed waiting period; `Some(None)` where the loan contract states none
    pub grace_days: Option<Option<Whole>>,
    /// `open` or `closed`
    pub status: Option<String>,
    /// the time of this state in the loan system
    pub as_of: Option<String>,
}

/// Unchecked money.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenMoney {
    /// a decimal string
    pub amount: Option<String>,
    /// ISO 4217
    pub currency: Option<String>,
}

/// A value, or all its field errors, ordered by pointer.
pub(crate) type Parsed<T> = Result<T, Vec<FieldError>>;

impl WrittenClient {
    /// `number` is the client number and `pointer` its place.
    pub(crate) fn parse(self, number: Option<String>, pointer: &str) -> Parsed<ClientRecord> {
        let mut errors = ValidationErrors::default();
        let client_number = errors.need(pointer, number, |text| ClientNumber::parse(&text));
        let name = |text: String| PersonName::parse(&text);
        let family_name = errors.need("/family_name", self.family_name, name);
        let given_name = errors.need("/given_name", self.given_name, |text| {
            text.map(name).transpose()
        });
        let patronymic = match self.patronymic {
            None => Some(None),
            Some(text) => errors.need("/patronymic", Some(text), name).map(Some),
        };
        let phone = errors.need("/phone", self.phone, |text| Phone::parse(&text));
        let as_of = errors.need("/as_of", self.as_of, |text| parse_time(&text));
        let record = (|| {
            Some(ClientRecord {
                client_number: client_number?,
                person: Person {
                    family_name: family_name?,
                    given_name: given_name?,
                    patronymic: patronymic?,
                    phone: phone?,
                },
                as_of: as_of?,
            })
        })();
        errors.finish(record)
    }
}

impl WrittenLoan {
    /// `ticket` is the pledge ticket and `pointer` its place.
    pub(crate) fn parse(self, ticket: Option<String>, pointer: &str) -> Parsed<LoanRecord> {
        let mut errors = ValidationErrors::default();
        let ticket_number = errors.need(pointer, ticket, |text| TicketNumber::parse(&text));
        let client_number = errors.need("/client_number", self.client_number, |text| {
            ClientNumber::parse(&text)
        });
        let product = errors.need("/product", self.product, |text| short_line(&text));
        let due_on = errors.need("/due_on", self.due_on, |text| parse_date(&text));
        let balance = errors
            .need("/balance", self.balance, Ok)
            .and_then(|balance| money(&mut errors, balance));
        let grace_days = errors.need("/grace_days", self.grace_days, |days| {
            grace_days(days.map(|Whole(days)| days))
        });
        let is_open = errors.need("/status", self.status, |status| match status.as_str() {
            "open" => Ok(true),
            "closed" => Ok(false),
            _ => Err(ValidationError::NotOneOf(&["open", "closed"])),
        });
        let as_of = errors.need("/as_of", self.as_of, |text| parse_time(&text));
        let record = (|| {
            Some(LoanRecord {
                ticket_number: ticket_number?,
                client_number: client_number?,
                product: product?,
                due_on: due_on?,
                balance: balance?,
                grace_days: grace_days?,
                is_open: is_open?,
                as_of: as_of?,
            })
        })();
        errors.finish(record)
    }
}

/// A waiting period, days.
///
/// # Errors
/// [`ValidationError::OutOfRange`].
pub(crate) fn grace_days(days: Option<i64>) -> Result<Option<u32>, ValidationError> {
    let out_of_range = ValidationError::OutOfRange {
        min: 0,
        max: i64::from(MAX_GRACE_DAYS),
    };
    days.map(|days| {
        u32::try_from(days)
            .ok()
            .filter(|days| *days <= MAX_GRACE_DAYS)
            .ok_or(out_of_range)
    })
    .transpose()
}

fn money(errors: &mut ValidationErrors, money: WrittenMoney) -> Option<Money> {
    let currency = errors.need("/balance/currency", money.currency, |code| {
        parse_currency(&code)
    })?;
    errors.need("/balance/amount", money.amount, |text| {
        Money::parse(&text, currency)
    })
}

/// Collects the field errors of a record, so that all are reported together.
#[derive(Default)]
struct ValidationErrors(Vec<FieldError>);

impl ValidationErrors {
    /// Parses a required field. An error is noted and gives `None`.
    fn need<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, ValidationError>,
    ) -> Option<U> {
        match value.ok_or(ValidationError::Missing).and_then(parse) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.0.push(FieldError::at(pointer, error));
                None
            }
        }
    }

    fn finish<T>(mut self, parsed: Option<T>) -> Parsed<T> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => {
                self.0.sort_by(|a, b| a.pointer.cmp(&b.pointer));
                Err(self.0)
            }
        }
    }
}
