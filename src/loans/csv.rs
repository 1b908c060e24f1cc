//! CSV as accounting exports it: a header with the names of the JSON fields, `;`, `,` or a tab between
//! values, and one record per line, or several lines where a quoted value has line breaks.
//!
//! Local spreadsheet formats are accepted where they are unambiguous: `31.12.2026` for a date, a decimal comma
//! and blanks between thousands in an amount, `sep=;` before the header, and a delimiter after the last value.

mod cells;
#[cfg(test)]
mod tests;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use self::cells::{is_total, one_line, plain_amount, plain_date};
use super::{
    lines::{Form, Line},
    record::{Parsed, WrittenClient, WrittenLoan, WrittenMoney},
};
use crate::{
    domain::{
        loan::{MAX_GRACE_DAYS, Record},
        money::{parse_currency, scale_of},
        text::BYTE_ORDER_MARK,
        validation::{FieldError, ValidationError},
    },
    json::Whole,
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
/// Short names of columns.
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

/// Reads the lines of a table, by its header.
pub struct Csv {
    reader: Reader,
    delimiter: u8,
    /// for each column of the file its index in [`COLUMNS`]
    columns: Vec<usize>,
    /// maximum number of empty columns without a name after those
    spare: usize,
    /// kind of the records, where no column states it
    kind: Option<&'static str>,
    /// time of records that do not state one
    as_of: Option<String>,
}

impl Csv {
    /// Reads a header, with the line before it if that [states the delimiter](stated_delimiter).
    /// `as_of` is the time of the whole file, where no column states it.
    ///
    /// # Errors
    /// A sentence that names the column.
    pub fn of_header(header: &str, as_of: Option<String>) -> Result<Self, String> {
        let (first, rest) = header.split_once('\n').unwrap_or((header, ""));
        let (delimiter, header) = match stated_delimiter(first) {
            Some(delimiter) => (delimiter, rest.trim_end_matches('\r')),
            None => (likely_delimiter(header), header),
        };
        if header.trim().is_empty() {
            return Err("its first line is blank, where the names of the columns stand".to_owned());
        }
        let mut csv = Self {
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                .terminator(Terminator::Any(b'\n'))
                .build(),
            delimiter,
            columns: Vec::new(),
            spare: 1,
            kind: None,
            as_of,
        };
        let mut names = match csv.values(header.as_bytes()) {
            Values::Read(names) => names,
            Values::TooMany => return Err("the header has more columns than there are".to_owned()),
            Values::Unended | Values::NotUtf8 => {
                return Err("its first line is no header of CSV".to_owned());
            }
        };
        let whole = names.len();
        while names.last().is_some_and(|name| name.trim().is_empty()) {
            names.pop();
        }
        csv.spare = (whole - names.len()).max(1);
        for (number, name) in (1..).zip(names) {
            let name = name.trim().to_lowercase();
            if name.is_empty() {
                return Err(format!("the column {number} of the header has no name"));
            }
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

    /// The values of one line, or of the lines of one record.
    fn values(&mut self, text: &[u8]) -> Values {
        if std::str::from_utf8(text).is_err() {
            return Values::NotUtf8;
        }
        self.reader.reset();
        let mut value = vec![0; text.len() + 1];
        let mut ends = vec![0; COLUMNS.len() + 2];
        let (first, _, mut written, mut ended) =
            self.reader.read_record(text, &mut value, &mut ends);
        if first != ReadRecordResult::InputEmpty {
            return Values::TooMany;
        }
        // The end of the line ends the record, except within a quotation.
        let (last, _, more_written, more_ended) =
            self.reader
                .read_record(b"\n", &mut value[written..], &mut ends[ended..]);
        match last {
            ReadRecordResult::Record => {}
            ReadRecordResult::OutputEndsFull => return Values::TooMany,
            _ => return Values::Unended,
        }
        written += more_written;
        ended += more_ended;
        let mut from = 0;
        let values = ends[..ended].iter().map(|end| {
            let value = value[..written].get(from..*end).unwrap_or_default();
            from = *end;
            String::from_utf8_lossy(value).into_owned()
        });
        Values::Read(values.collect())
    }

    fn row(&mut self, mut values: Vec<String>) -> Line {
        let is_blank = |value: &String| value.trim().is_empty();
        // Spreadsheets export empty rows.
        let Some(first) = values.iter().find(|value| !is_blank(value)) else {
            return Line::Blank;
        };
        let is_total = is_total(first);
        let beyond = values.len().saturating_sub(self.columns.len());
        if beyond <= self.spare && values[values.len() - beyond..].iter().all(is_blank) {
            values.truncate(self.columns.len());
        }
        let record = if values.len() == self.columns.len() {
            self.record(values)
        } else {
            self.wrong_columns()
        };
        Line::Whole(match record {
            Err(_) if is_total => refused("", ValidationError::TotalRow),
            record => record,
        })
    }

    fn record(&self, values: Vec<String>) -> Parsed<Record> {
        let mut row = Row {
            values: vec![None; COLUMNS.len()],
        };
        for (place, value) in self.columns.iter().zip(values) {
            row.values[*place] = Some(one_line(value)).filter(|value| !value.trim().is_empty());
        }
        let stated = row.take("type");
        let as_of = row.take("as_of").or_else(|| self.as_of.clone());
        match self.kind.or(stated.as_deref().map(str::trim)) {
            Some("client") => row.client(as_of),
            Some("loan") => row.loan(as_of),
            Some(_) => refused("/type", ValidationError::NotOneOf(&["client", "loan"])),
            None => refused("/type", ValidationError::Missing),
        }
    }

    /// Whether quotations begin and end where values do (RFC 4180). This is checked for joined lines only: a
    /// mark elsewhere shows that the lines are not one record.
    fn is_well_quoted(&self, text: &[u8]) -> bool {
        let (mut is_within, mut before) = (false, self.delimiter);
        for (at, byte) in text.iter().enumerate() {
            let after = text.get(at + 1).copied().unwrap_or(self.delimiter);
            let is_well = match (byte, is_within) {
                // Of a doubled mark, the first ends the quotation and the second begins it again.
                (b'"', true) => after == self.delimiter || after == b'"',
                (b'"', false) => before == self.delimiter || before == b'"',
                _ => true,
            };
            if !is_well {
                return false;
            }
            is_within ^= *byte == b'"';
            before = *byte;
        }
        true
    }

    fn wrong_columns(&self) -> Parsed<Record> {
        let wanted = self.columns.len();
        refused("", ValidationError::WrongColumns { wanted })
    }
}

/// The delimiter of a line `sep=;` before the header, which spreadsheets write and read.
pub fn stated_delimiter(line: &str) -> Option<u8> {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let line = line.trim_matches(['\r', '"']);
    let stated = line
        .get(..4)?
        .eq_ignore_ascii_case("sep=")
        .then(|| &line[4..])?;
    let delimiter = *stated.as_bytes().first()?;
    // A program that does not know this line adds as many delimiters to it as to the others.
    let is_alone = stated.bytes().all(|byte| byte == delimiter);
    (is_alone && [b';', b',', b'\t', b'|'].contains(&delimiter)).then_some(delimiter)
}

fn likely_delimiter(header: &str) -> u8 {
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    // Of equally frequent ones the last is chosen.
    let [tab, comma, semicolon] =
        [b'\t', b',', b';'].map(|delimiter| (count(delimiter), delimiter));
    let other = if tab.0 > comma.0 { tab } else { comma };
    if semicolon.0 >= other.0 {
        semicolon.1
    } else {
        other.1
    }
}

/// The values of a line.
enum Values {
    Read(Vec<String>),
    /// more values than known columns
    TooMany,
    /// a quotation that does not end in the line
    Unended,
    NotUtf8,
}

fn refused(pointer: &str, error: ValidationError) -> Parsed<Record> {
    Err(vec![FieldError::at(pointer, error)])
}

impl Form for Csv {
    fn parse(&mut self, text: &[u8]) -> Line {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match self.values(text) {
            Values::Unended => Line::Begun,
            _ if text.contains(&b'\n') && !self.is_well_quoted(text) => {
                Line::Whole(refused("", ValidationError::UnendedQuotation))
            }
            Values::Read(values) => self.row(values),
            Values::TooMany => Line::Whole(self.wrong_columns()),
            Values::NotUtf8 => Line::Whole(refused("", ValidationError::NotUtf8)),
        }
    }
}

/// The values of a line by column; `None` for a blank one.
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
            // The column exists, so a blank value states that there is no given name.
            given_name: Some(self.take("given_name")),
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
            let out_of_range = ValidationError::OutOfRange {
                min: 0,
                max: i64::from(MAX_GRACE_DAYS),
            };
            text.trim()
                .parse::<i64>()
                .map_err(|_| vec![FieldError::at("/grace_days", out_of_range)])
        });
        let currency = self.take("balance.currency");
        let currency = currency.map(|text| text.trim().to_owned());
        let scale = currency.as_deref().map(parse_currency);
        let scale = scale.and_then(Result::ok).map(scale_of);
        let amount = self.take("balance.amount");
        let amount = amount.map(|text| {
            plain_amount(text.trim(), scale)
                .map_err(|error| vec![FieldError::at("/balance/amount", error)])
        });
        let written = WrittenLoan {
            client_number: self.take("client_number"),
            product: self.take("product"),
            due_on: self.take("due_on").map(|text| plain_date(text.trim())),
            balance: Some(WrittenMoney {
                amount: amount.transpose()?,
                currency,
            }),
            grace_days: Some(days.transpose()?.map(Whole)),
            status: self.take("status").map(|text| text.trim().to_lowercase()),
            as_of,
        };
        self.nothing_left()?;
        written.parse(ticket, "/ticket_number").map(Record::Loan)
    }

    /// A value in a column of the other kind is an error.
    fn nothing_left(&self) -> Parsed<()> {
        match self.values.iter().position(Option::is_some) {
            Some(place) => Err(vec![FieldError::at(
                &format!("/{}", COLUMNS[place]),
                ValidationError::UnknownField,
            )]),
            None => Ok(()),
        }
    }
}
