//! Shapes that several resources share: money, pages, cards, and how texts are parsed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{extract::Fields, problem::Problem};
use crate::{
    domain::{flaw::Flaw, money::Money, person::PersonName},
    flows::{FieldFlaw, Page},
};

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
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// how many, 1 to 200
    pub limit: Option<String>,
    /// where to go on
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

/// Tells a field that is not there from one that is null.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Why something is done: for the audit.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// 1 to 500 characters; never the passphrase
    #[validate(length(min = 1, max = 500))]
    #[schema(
        required = true,
        min_length = 1,
        max_length = 500,
        example = "the client asked for it in person"
    )]
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
/// [`Flaw::Blank`].
pub fn line(text: String) -> Result<String, Flaw> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        Err(Flaw::Blank)
    } else {
        Ok(text.to_owned())
    }
}

/// A line that a person may be called by.
///
/// # Errors
/// [`Flaw::NotAName`].
pub fn person_name(text: String) -> Result<PersonName, Flaw> {
    PersonName::parse(&text)
}
