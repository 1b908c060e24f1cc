//! Shapes that several resources share: money, pages, cards, and how texts are parsed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{extract::Fields, openapi::values, problem::Problem};
use crate::{
    domain::{flaw::Flaw, money::Money, person::PersonName},
    flows::{FieldFlaw, Page},
};

pub use crate::loans::json::{object, present, whole};

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub struct MoneyBody {
    /// a decimal string with all digits of the currency's minor unit
    #[schema(example = "125000.00")]
    pub amount: String,
    /// ISO 4217
    #[schema(example = "KZT")]
    pub currency: &'static str,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount(),
            currency: money.currency_code(),
        }
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct PageBody<T> {
    /// what is on it
    pub items: Vec<T>,
    /// the cursor of the next page; null on the last
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> PageBody<T> {
    /// Writes a page out.
    pub fn of<U>(page: Page<U>, write: impl Fn(U) -> T) -> Self {
        Self {
            items: page.items.into_iter().map(write).collect(),
            next_cursor: page.next.map(|mark| URL_SAFE_NO_PAD.encode(mark)),
        }
    }
}

/// How a list is paged.
#[derive(Deserialize, Default, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// how many
    #[param(value_type = i32, required = false, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// where to go on: the `next_cursor` of the page before
    #[param(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// The most that one page holds.
pub const MAX_PAGE: i64 = 200;
const DEFAULT_PAGE: i64 = 50;

impl Paging {
    /// The number of items and the mark after which they begin.
    ///
    /// # Errors
    /// 422 where either is none.
    pub fn parse(self) -> Result<(i64, Option<String>), Problem> {
        let mut flaws = Vec::new();
        let limit = match self.limit.as_deref() {
            None => DEFAULT_PAGE,
            Some(text) => match text
                .parse::<i64>()
                .ok()
                .filter(|limit| (1..=MAX_PAGE).contains(limit))
            {
                Some(limit) if text.bytes().all(|byte| byte.is_ascii_digit()) => limit,
                _ => {
                    let flaw = Flaw::OutOfRange {
                        min: 1,
                        max: MAX_PAGE,
                    };
                    flaws.push(FieldFlaw {
                        pointer: "limit".to_owned(),
                        flaw,
                    });
                    DEFAULT_PAGE
                }
            },
        };
        let mark = match self.cursor.as_deref().map(decode_cursor) {
            None => None,
            Some(Some(mark)) => Some(mark),
            Some(None) => {
                flaws.push(FieldFlaw {
                    pointer: "cursor".to_owned(),
                    flaw: Flaw::NotACursor,
                });
                None
            }
        };
        if flaws.is_empty() {
            Ok((limit, mark))
        } else {
            Err(Problem::invalid(flaws))
        }
    }
}

fn decode_cursor(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let mark = String::from_utf8(bytes).ok()?;
    let fits = |c: char| c.is_ascii_graphic();
    ((1..=128).contains(&mark.len()) && mark.chars().all(fits)).then_some(mark)
}

/// Reads a parameter of a query that may be left out; a flaw is noted by the parameter's name.
pub fn parameter<T>(
    flaws: &mut Vec<FieldFlaw>,
    name: &str,
    value: Option<String>,
    parse: impl FnOnce(String) -> Result<T, Flaw>,
) -> Option<T> {
    let parsed = value.map(parse).transpose();
    parsed.unwrap_or_else(|flaw| {
        flaws.push(FieldFlaw::at(name, flaw));
        None
    })
}

/// A cursor over events, whose marks are numbers.
///
/// # Errors
/// 422 where it is none.
pub fn event_mark(mark: Option<String>) -> Result<Option<i64>, Problem> {
    let parsed = mark.map(|mark| mark.parse::<i64>()).transpose();
    parsed.map_err(|_| {
        Problem::invalid(vec![FieldFlaw {
            pointer: "cursor".to_owned(),
            flaw: Flaw::NotACursor,
        }])
    })
}

/// Parses a field that may be left out, but not be null.
pub fn needed<T, U>(
    parse: impl FnOnce(T) -> Result<U, Flaw>,
) -> impl FnOnce(Option<T>) -> Result<U, Flaw> {
    |value| value.ok_or(Flaw::Missing).and_then(parse)
}

/// Why something is done: for the audit.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// 1 to 500 characters; never the passphrase
    #[validate(length(min = 1, max = 500))]
    #[schema(required = true, value_type = values::Reason)]
    pub reason: Option<String>,
}

impl ReasonBody {
    /// The reason.
    ///
    /// # Errors
    /// 422 where there is none.
    pub fn parse(self) -> Result<String, Problem> {
        let mut fields = Fields::of(&self);
        let reason = fields.need("/reason", self.reason, line);
        fields.finish(reason)
    }
}

/// One line of text: trimmed, not blank, without control characters.
///
/// # Errors
/// [`Flaw::Blank`], [`Flaw::NotALine`].
pub fn line(text: String) -> Result<String, Flaw> {
    if text.contains(char::is_control) {
        return Err(Flaw::NotALine);
    }
    match text.trim() {
        "" => Err(Flaw::Blank),
        line => Ok(line.to_owned()),
    }
}

/// A line of at most 200 characters.
///
/// # Errors
/// As for [`line`], and [`Flaw::TooLong`].
pub fn short_line(text: String) -> Result<String, Flaw> {
    const MAX: usize = 200;
    if text.chars().nth(MAX).is_some() {
        return Err(Flaw::TooLong { max: MAX });
    }
    line(text)
}

/// An id that the service is said to have given out. A control character cannot be in one, and
/// PostgreSQL takes no NUL.
///
/// # Errors
/// [`Flaw::NotALine`].
pub fn id(text: String) -> Result<String, Flaw> {
    if text.contains(char::is_control) {
        Err(Flaw::NotALine)
    } else {
        Ok(text)
    }
}

/// A line that a person may be called by.
///
/// # Errors
/// [`Flaw::NotAName`].
pub fn person_name(text: String) -> Result<PersonName, Flaw> {
    PersonName::parse(&text)
}
