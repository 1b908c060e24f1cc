//! CSV as accounting exports it: a header with the names of the JSON fields, `;` or `,` between
//! values, one record a line.
//!
//! What a spreadsheet of this country writes and nobody can misread is taken too: `31.12.2026` for a
//! date, a decimal comma and blanks between thousands in an amount.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    json::Whole,
    lines::Form,
    record::{Parsed, WrittenClient, WrittenLoan, WrittenMoney},
};
use crate::domain::{
    flaw::{FieldFlaw, Flaw},
    loan::Record,
};

const COLUMNS: &[&str] = &[
    "type",
    "client_number",
    "family_name",
    "given_name",
    "patronymic",
    "phone",
    "ticket_number",
    "product",
    "due_on",
    "balance.amount",
    "balance.currency",
    "grace_days",
    "status",
    "as_of",
];
/// A header may call the two parts of the balance by their own names.
const SHORT: &[(&str, &str)] = &[
    ("amount", "balance.amount"),
    ("balance", "balance.amount"),
    ("currency", "balance.currency"),
];
const CLIENT: &[&str] = &["client_number", "family_name", "given_name", "phone"];
const LOAN: &[&str] = &[
    "ticket_number",
    "client_number",
    "product",
    "due_on",
    "balance.amount",
    "balance.currency",
    "status",
];

/// The form of a table's lines, as its header states it.
pub struct Csv {
    reader: Reader,
    /// for each column of the file the place of its name in [`COLUMNS`]
    columns: Vec<usize>,
    /// what the records are, where no column says so
    kind: Option<&'static str>,
    /// the time of records without one of their own
    as_of: Option<String>,
}

impl Csv {
    /// Reads a header. `as_of` is the time of the whole file, where no column states it.
    ///
    /// # Errors
    /// A sentence that names the column.
    pub fn of_header(header: &str, as_of: Option<String>) -> Result<Self, String> {
        let count = |byte: char| header.matches(byte).count();
        let delimiter = if count(';') >= count(',') { b';' } else { b',' };
        let mut csv = Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            columns: Vec::new(),
            kind: None,
            as_of,
        };
        let names = csv
            .values(header.as_bytes())
            .ok_or("the header is no line of CSV")?;
        for name in names {
            let name = name.trim().to_lowercase();
            let short = SHORT.iter().find(|(short, _)| *short == name);
            let full = short.map_or(name.as_str(), |(_, full)| full);
            let place = COLUMNS.iter().position(|column| *column == full);
            let place = place.ok_or_else(|| format!("there is no column {name:?} here"))?;
            if csv.columns.contains(&place) {
                return Err(format!("the column {name:?} is there twice"));
            }
            csv.columns.push(place);
        }
        csv.find_kind()?;
        Ok(csv)
    }

    fn find_kind(&mut self) -> Result<(), String> {
        let has = |name: &str| {
            let place = COLUMNS.iter().position(|column| *column == name);
            place.is_some_and(|place| self.columns.contains(&place))
        };
        let lacks = |needed: &[&'static str]| needed.iter().copied().find(|name| !has(name));
        if has("as_of") == self.as_of.is_some() {
            return Err(if has("as_of") {
                "the column as_of states the time, and so does --as-of".to_owned()
            } else {
                "there is no column as_of; say by --as-of of when the file is".to_owned()
            });
        }
        if has("type") {
            return Ok(());
        }
        let (kind, needed) = if has("ticket_number") {
            ("loan", LOAN)
        } else {
            ("client", CLIENT)
        };
        self.kind = Some(kind);
        match lacks(needed) {
            None => Ok(()),
            Some(name) => Err(format!("for a {kind} there is no column {name}")),
        }
    }

    /// The values of one line; none where a quotation does not end in it.
    fn values(&mut self, line: &[u8]) -> Option<Vec<String>> {
        self.reader.reset();
        let mut text = vec![0; line.len() + 1];
        let mut ends = vec![0; COLUMNS.len() + 2];
        let (first, read, mut written, mut ended) =
            self.reader.read_record(line, &mut text, &mut ends);
        if first != ReadRecordResult::InputEmpty || read != line.len() {
            return None;
        }
        // The end of the line is the end of the record.
        let (last, _, more_written, more_ended) =
            self.reader
                .read_record(b"\n", &mut text[written..], &mut ends[ended..]);
        if last != ReadRecordResult::Record {
            return None;
        }
        written += more_written;
        ended += more_ended;
        let mut from = 0;
        let values = ends[..ended].iter().map(|end| {
            let value = text[..written].get(from..*end)?;
            from = *end;
            String::from_utf8(value.to_vec()).ok()
        });
        values.collect()
    }
}

impl Form for Csv {
    fn parse(&mut self, line: &[u8]) -> Parsed<Record> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let not_a_line = || vec![FieldFlaw::at("", Flaw::WrongType)];
        let values = self.values(line).ok_or_else(not_a_line)?;
        if values.len() != self.columns.len() {
            return Err(vec![FieldFlaw::at("", Flaw::Contradiction)]);
        }
        let mut row = Row {
            values: vec![None; COLUMNS.len()],
        };
        for (place, value) in self.columns.iter().zip(values) {
            row.values[*place] = Some(value).filter(|value| !value.trim().is_empty());
        }
        let stated = row.take("type");
        let as_of = row.take("as_of").or_else(|| self.as_of.clone());
        match self.kind.or(stated.as_deref().map(str::trim)) {
            Some("client") => row.client(as_of),
            Some("loan") => row.loan(as_of),
            Some(_) => Err(vec![FieldFlaw::at(
                "/type",
                Flaw::NotOneOf(&["client", "loan"]),
            )]),
            None => Err(vec![FieldFlaw::at("/type", Flaw::Missing)]),
        }
    }
}

/// The values of a line by column; a blank one is none.
struct Row {
    values: Vec<Option<String>>,
}

impl Row {
    fn take(&mut self, name: &str) -> Option<String> {
        let place = COLUMNS.iter().position(|column| *column == name)?;
        self.values[place].take()
    }

    fn client(mut self, as_of: Option<String>) -> Parsed<Record> {
        let number = self.take("client_number");
        let written = WrittenClient {
            family_name: self.take("family_name"),
            given_name: self.take("given_name"),
            patronymic: self.take("patronymic"),
            phone: self.take("phone"),
            as_of,
        };
        self.nothing_left()?;
        written.parse(number, "/client_number").map(Record::Client)
    }

    fn loan(mut self, as_of: Option<String>) -> Parsed<Record> {
        let ticket = self.take("ticket_number");
        let days = self.take("grace_days").map(|text| {
            text.trim()
                .parse::<i64>()
                .map_err(|_| vec![FieldFlaw::at("/grace_days", Flaw::WrongType)])
        });
        let written = WrittenLoan {
            client_number: self.take("client_number"),
            product: self.take("product"),
            due_on: self.take("due_on").map(|text| plain_date(text.trim())),
            balance: Some(WrittenMoney {
                amount: self
                    .take("balance.amount")
                    .map(|text| plain_amount(text.trim())),
                currency: self
                    .take("balance.currency")
                    .map(|text| text.trim().to_owned()),
            }),
            grace_days: Some(days.transpose()?.map(Whole)),
            status: self.take("status").map(|text| text.trim().to_lowercase()),
            as_of,
        };
        self.nothing_left()?;
        written.parse(ticket, "/ticket_number").map(Record::Loan)
    }

    /// A value in a column of the other kind is a mistake of the file's.
    fn nothing_left(&self) -> Parsed<()> {
        match self.values.iter().position(Option::is_some) {
            Some(place) => Err(vec![FieldFlaw::at(
                &format!("/{}", COLUMNS[place]),
                Flaw::UnknownField,
            )]),
            None => Ok(()),
        }
    }
}

/// `31.12.2026` is the date `2026-12-31`; all else is left to the rule.
fn plain_date(text: &str) -> String {
    match text.split('.').collect::<Vec<_>>()[..] {
        [day, month, year] if day.len() == 2 && month.len() == 2 && year.len() == 4 => {
            format!("{year}-{month}-{day}")
        }
        _ => text.to_owned(),
    }
}

/// `125 000,50` is the amount `125000.50`. A comma before three digits might part thousands, so it is
/// left to be refused.
fn plain_amount(text: &str) -> String {
    let joined: String = text.split([' ', '\u{a0}', '\u{202f}']).collect();
    match joined.split_once(',') {
        Some((whole, fraction)) if (1..=2).contains(&fraction.len()) && !whole.contains('.') => {
            format!("{whole}.{fraction}")
        }
        _ => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOANS: &str =
        "ticket_number;client_number;product;due_on;amount;currency;grace_days;status;as_of";

    fn parse(header: &str, line: &str) -> Result<Record, Vec<(String, &'static str)>> {
        let mut csv = Csv::of_header(header, None).unwrap();
        csv.parse(line.as_bytes()).map_err(|flaws| {
            flaws
                .into_iter()
                .map(|field| (field.pointer, field.flaw.code()))
                .collect()
        })
    }

    #[test]
    fn what_a_spreadsheet_writes_is_read() {
        let line = "Т-1;К-1;\"Алтын; \"\"585\"\"\";31.12.2026;125 000,50;KZT;20;open;2026-11-22T00:00:00Z\r";
        let Ok(Record::Loan(loan)) = parse(LOANS, line) else {
            panic!("it was refused");
        };
        assert_eq!(loan.product, "Алтын; \"585\"");
        assert_eq!(loan.due_on.to_string(), "2026-12-31");
        assert_eq!(loan.balance.amount(), "125000.50");
        assert_eq!(loan.grace_days, Some(20));
    }

    #[test]
    fn a_waiting_period_that_is_blank_is_not_stated() {
        let line = "T;K;P;2026-12-31;1;KZT;;closed;2026-11-22T00:00:00Z";
        let Ok(Record::Loan(loan)) = parse(LOANS, line) else {
            panic!("it was refused");
        };
        assert_eq!((loan.grace_days, loan.is_open), (None, false));
    }

    #[test]
    fn clients_have_a_header_of_their_own() {
        let header = "client_number,family_name,given_name,phone,as_of";
        let line = "K-1,Қасымова,Әсел,8 701 234 56 67,2026-11-22T00:00:00Z";
        assert!(matches!(parse(header, line), Ok(Record::Client(_))));
    }

    #[test]
    fn a_line_that_does_not_do_says_why() {
        let cases = [
            ("T;K;P;2026-12-31;1;KZT;;open", "", "contradiction"),
            (
                "T;K;P;2026-12-31;\"1;KZT;;open;2026-11-22T00:00:00Z",
                "",
                "wrong_type",
            ),
            (
                "T;K;P;2026-12-31;1,250;KZT;;open;2026-11-22T00:00:00Z",
                "/balance/amount",
                "not_an_amount",
            ),
            (
                "T;K;P;12/31/2026;1;KZT;;open;2026-11-22T00:00:00Z",
                "/due_on",
                "not_a_date",
            ),
            (
                "T;K;P;2026-12-31;1;KZT;x;open;2026-11-22T00:00:00Z",
                "/grace_days",
                "wrong_type",
            ),
            (
                "T;K;P;2026-12-31;1;;;open;2026-11-22T00:00:00Z",
                "/balance/currency",
                "missing",
            ),
        ];
        for (line, pointer, code) in cases {
            let told = parse(LOANS, line).err();
            assert_eq!(told, Some(vec![(pointer.to_owned(), code)]), "{line}");
        }
    }

    #[test]
    fn a_header_that_does_not_do_names_the_column() {
        let told = |header: &str| Csv::of_header(header, None).err().unwrap_or_default();
        assert!(told("ticket_number;colour").contains("colour"));
        assert!(told("client_number;client_number").contains("twice"));
        assert!(told("client_number;family_name;given_name;as_of").contains("phone"));
        assert!(told("client_number;family_name;given_name;phone").contains("--as-of"));
    }
}
