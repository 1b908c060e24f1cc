//! A client and a loan as a loan system writes them, whichever door they come through: the contract's
//! rules for each field stand here once.

use serde::Deserialize;

use super::json::Whole;
use crate::domain::{
    calendar::{parse_date, parse_time},
    flaw::{FieldFlaw, Flaw},
    identifier::{ClientNumber, TicketNumber},
    invisible::is_blank,
    loan::{ClientRecord, LoanRecord, MAX_GRACE_DAYS},
    money::{Money, parse_currency},
    person::{Person, PersonName, Phone},
};

/// The longest name of a product, characters.
pub const MAX_PRODUCT_CHARS: usize = 200;

/// A client as written, nothing checked.
#[derive(Default)]
pub struct WrittenClient {
    /// family name
    pub family_name: Option<String>,
    /// given name; the inner none for a person who has one name alone
    pub given_name: Option<Option<String>>,
    /// patronymic, where there is one
    pub patronymic: Option<String>,
    /// telephone
    pub phone: Option<String>,
    /// when the loan system knew this
    pub as_of: Option<String>,
}

/// A loan as written, nothing checked.
#[derive(Default)]
pub struct WrittenLoan {
    /// whose loan
    pub client_number: Option<String>,
    /// what it is called
    pub product: Option<String>,
    /// the due date
    pub due_on: Option<String>,
    /// the outstanding balance
    pub balance: Option<WrittenMoney>,
    /// the guaranteed waiting period; the inner none where the contract states none
    pub grace_days: Option<Option<Whole>>,
    /// `open` or `closed`
    pub status: Option<String>,
    /// when the loan system knew this
    pub as_of: Option<String>,
}

/// Money as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenMoney {
    /// a decimal string
    pub amount: Option<String>,
    /// ISO 4217
    pub currency: Option<String>,
}

/// What was parsed, or every flaw, ordered by pointer.
pub type Parsed<T> = Result<T, Vec<FieldFlaw>>;

impl WrittenClient {
    /// Parses a client. `number` is its client number and `pointer` where that stands.
    ///
    /// # Errors
    /// Every flaw.
    pub fn parse(self, number: Option<String>, pointer: &str) -> Parsed<ClientRecord> {
        let mut flaws = Flaws::default();
        let client_number = flaws.need(pointer, number, |text| ClientNumber::parse(&text));
        let name = |text: String| PersonName::parse(&text);
        let family_name = flaws.need("/family_name", self.family_name, name);
        let given_name = flaws.need("/given_name", self.given_name, |text| {
            text.map(name).transpose()
        });
        let patronymic = match self.patronymic {
            None => Some(None),
            Some(text) => flaws.need("/patronymic", Some(text), name).map(Some),
        };
        let phone = flaws.need("/phone", self.phone, |text| Phone::parse(&text));
        let as_of = flaws.need("/as_of", self.as_of, |text| parse_time(&text));
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
        flaws.finish(record)
    }
}

impl WrittenLoan {
    /// Parses a loan. `ticket` is its pledge ticket and `pointer` where that stands.
    ///
    /// # Errors
    /// Every flaw.
    pub fn parse(self, ticket: Option<String>, pointer: &str) -> Parsed<LoanRecord> {
        let mut flaws = Flaws::default();
        let ticket_number = flaws.need(pointer, ticket, |text| TicketNumber::parse(&text));
        let client_number = flaws.need("/client_number", self.client_number, |text| {
            ClientNumber::parse(&text)
        });
        let product = flaws.need("/product", self.product, |text| product(&text));
        let due_on = flaws.need("/due_on", self.due_on, |text| parse_date(&text));
        let balance = flaws
            .need("/balance", self.balance, Ok)
            .and_then(|balance| money(&mut flaws, balance));
        let grace_days = flaws.need("/grace_days", self.grace_days, |days| {
            grace_days(days.map(|Whole(days)| days))
        });
        let is_open = flaws.need("/status", self.status, |status| match status.as_str() {
            "open" => Ok(true),
            "closed" => Ok(false),
            _ => Err(Flaw::NotOneOf(&["open", "closed"])),
        });
        let as_of = flaws.need("/as_of", self.as_of, |text| parse_time(&text));
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
        flaws.finish(record)
    }
}

/// A product's name: one line of text.
///
/// # Errors
/// [`Flaw::TooLong`], [`Flaw::NotALine`] or [`Flaw::Blank`].
pub fn product(text: &str) -> Result<String, Flaw> {
    if text.chars().nth(MAX_PRODUCT_CHARS).is_some() {
        return Err(Flaw::TooLong {
            max: MAX_PRODUCT_CHARS,
        });
    }
    if text.contains(char::is_control) {
        return Err(Flaw::NotALine);
    }
    if is_blank(text) {
        return Err(Flaw::Blank);
    }
    Ok(text.trim().to_owned())
}

/// A waiting period, days.
///
/// # Errors
/// [`Flaw::OutOfRange`].
pub fn grace_days(days: Option<i64>) -> Result<Option<u32>, Flaw> {
    let out_of_range = Flaw::OutOfRange {
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

fn money(flaws: &mut Flaws, money: WrittenMoney) -> Option<Money> {
    let currency = flaws.need("/balance/currency", money.currency, |code| {
        parse_currency(&code)
    })?;
    flaws.need("/balance/amount", money.amount, |text| {
        Money::parse(&text, currency)
    })
}

/// Collects the flaws of one record, so that all are told at once.
#[derive(Default)]
struct Flaws(Vec<FieldFlaw>);

impl Flaws {
    /// Parses a field that has to be there; nothing where it is missing or flawed, which is noted.
    fn need<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        match value.ok_or(Flaw::Missing).and_then(parse) {
            Ok(parsed) => Some(parsed),
            Err(flaw) => {
                self.0.push(FieldFlaw::at(pointer, flaw));
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
