//! Lists in pages. A cursor is good for the list that gave it out, under the same filters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{endpoint::Argument, problem::Problem};
use crate::{
    domain::validation::ValidationError,
    flows::{FieldError, Page},
};

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageBody<T> {
    /// what is on it
    pub items: Vec<T>,
    /// the cursor of the next page; null on the last
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> PageBody<T> {
    /// The body of a page.
    pub(crate) fn of<U>(list: &List, page: Page<U>, write: impl Fn(U) -> T) -> Self {
        Self {
            items: page.items.into_iter().map(write).collect(),
            next_cursor: page.next.map(|mark| list.cursor(&mark)),
        }
    }
}

/// How a list is paged.
#[derive(Deserialize, Default, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// maximum number of items
    #[param(value_type = i32, required = false, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// the `next_cursor` of the page before, of this list under these filters
    #[param(value_type = String, required = false, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// Maximum number of items of one page.
pub(crate) const MAX_PAGE: i64 = 200;
const DEFAULT_PAGE: i64 = 50;

impl Paging {
    /// The maximum number of items, and the mark after which they begin.
    ///
    /// # Errors
    /// 422 where either is invalid.
    pub(crate) fn parse(self, list: &List) -> Result<(i64, Option<String>), Problem> {
        let mut errors = Vec::new();
        let limit = match self.limit.as_deref() {
            None => DEFAULT_PAGE,
            Some(text) => limit(text).unwrap_or_else(|error| {
                errors.push(FieldError::at("limit", error));
                DEFAULT_PAGE
            }),
        };
        let mark = self.cursor.as_deref().map(|cursor| list.mark(cursor));
        if mark == Some(None) {
            errors.push(FieldError::at("cursor", ValidationError::NotACursor));
        }
        if errors.is_empty() {
            Ok((limit, mark.flatten()))
        } else {
            Err(Problem::invalid(errors))
        }
    }
}

fn limit(text: &str) -> Result<i64, ValidationError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|_| is_number);
    let limit = limit.filter(|limit| (1..=MAX_PAGE).contains(limit));
    limit.ok_or(ValidationError::OutOfRange {
        min: 1,
        max: MAX_PAGE,
    })
}

/// Identifies a list: its path and its filters.
pub(crate) struct List([u8; Self::TAG_BYTES]);

impl Argument for List {}

impl FromRequest for List {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.path(), request.query_string())))
    }
}

impl List {
    /// Enough of a digest to tell lists apart. A cursor gives no access, so that forging one gains
    /// nothing.
    const TAG_BYTES: usize = 8;
    /// The longest mark.
    const MAX_MARK: usize = 128;

    fn of(path: &str, query: &str) -> Self {
        let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query);
        let mut filters = pairs.unwrap_or_default();
        filters.retain(|(name, _)| name != "limit" && name != "cursor");
        filters.sort_unstable();
        let parts = filters.iter().flat_map(|(name, value)| [name, value]);
        let mut digest = Sha256::new();
        for part in std::iter::once(path).chain(parts.map(String::as_str)) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut tag = [0; Self::TAG_BYTES];
        tag.copy_from_slice(&digest.finalize()[..Self::TAG_BYTES]);
        Self(tag)
    }

    fn cursor(&self, mark: &str) -> String {
        URL_SAFE_NO_PAD.encode([self.0.as_slice(), mark.as_bytes()].concat())
    }

    /// The mark in a cursor of this list; `None` for any other text.
    fn mark(&self, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let mark = bytes.strip_prefix(self.0.as_slice())?;
        let mark = std::str::from_utf8(mark).ok()?;
        let fits = (1..=Self::MAX_MARK).contains(&mark.len());
        (fits && mark.chars().all(|c| c.is_ascii_graphic())).then(|| mark.to_owned())
    }
}

/// A cursor over events, whose marks are numbers.
///
/// # Errors
/// 422 where it is invalid.
pub(crate) fn event_mark(mark: Option<String>) -> Result<Option<i64>, Problem> {
    let parsed = mark.map(|mark| mark.parse::<i64>()).transpose();
    parsed
        .map_err(|_| Problem::invalid(vec![FieldError::at("cursor", ValidationError::NotACursor)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_list_and_its_filters_whatever_the_page() {
        let list = List::of(
            "/v1/audit/events",
            "action=staff.created&limit=2&from=a%20b",
        );
        let cursor = list.cursor("17");
        for same in [
            "action=staff.created&from=a+b",
            "from=a%20b&limit=200&action=staff%2Ecreated&cursor=x",
        ] {
            let same = List::of("/v1/audit/events", same);
            assert_eq!(same.mark(&cursor).as_deref(), Some("17"));
        }
        for (path, query) in [
            ("/v1/audit/events", ""),
            ("/v1/audit/events", "action=staff.changed&from=a+b"),
            ("/v1/audit/events", "action=staff.created&from=a+b&to=c"),
            ("/v1/audit/seals", "action=staff.created&from=a+b"),
        ] {
            assert_eq!(List::of(path, query).mark(&cursor), None, "{path}?{query}");
        }
        for none in ["", "=", "MTc", &cursor[1..], &cursor[..11]] {
            assert_eq!(list.mark(none), None, "{none}");
        }
    }
}
