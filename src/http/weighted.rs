//! Lists of what a caller prefers, with weights: `Accept` and `Accept-Language` (RFC 9110 §12.4.2).
//! Several lines of a header are one list (§5.3).

use actix_web::http::header::{HeaderMap, HeaderName};

/// Maximum number of entries that are read; no browser sends more.
const MAX_ENTRIES: usize = 64;
/// The weight of an entry without one.
const WHOLE: u16 = 1_000;

/// One entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weighted<'a> {
    /// what is preferred, without its parameters
    pub value: &'a str,
    /// how much, in thousandths; `None` where it is invalid
    pub weight: Option<u16>,
}

/// The entries of a header, in the order in which they were sent.
pub(crate) fn entries(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Weighted<'_>> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(of_line).take(MAX_ENTRIES)
}

/// The entries of one line. Empty ones are skipped (§5.6.1).
pub(crate) fn of_line(line: &str) -> impl Iterator<Item = Weighted<'_>> {
    let written = line.split(',').map(str::trim);
    written.filter(|entry| !entry.is_empty()).map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let value = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| {
            let (name, weight) = part.split_once('=')?;
            name.eq_ignore_ascii_case("q").then(|| thousandths(weight))
        });
        Weighted {
            value,
            weight: weight.unwrap_or(Some(WHOLE)),
        }
    })
}

/// A `qvalue`: 0 to 1 with up to three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
    if behind.len() > 3 || !behind.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let behind: u16 = format!("{behind:0<3}").parse().ok()?;
    match whole {
        "0" => Some(behind),
        "1" if behind == 0 => Some(WHOLE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn weight(text: &str) -> Option<u16> {
        of_line(text).next().and_then(|entry| entry.weight)
    }

    #[test]
    fn a_weight_is_named_in_any_case_and_has_three_digits() {
        for (text, expected) in [
            ("a", Some(1_000)),
            ("a;q=0.5", Some(500)),
            ("a ; Q=0.5", Some(500)),
            ("a;level=1;q=0.125", Some(125)),
            ("a;q=0", Some(0)),
            ("a;q=0.", Some(0)),
            ("a;q=1.000", Some(1_000)),
            ("a;q=1.001", None),
            ("a;q=0.1234", None),
            ("a;q=inf", None),
            ("a;q=-0", None),
            ("a;q=", None),
        ] {
            assert_eq!(weight(text), expected, "{text}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        for line in ["a, ,b;q=0.1", "", "c"] {
            headers.append(ACCEPT, HeaderValue::from_static(line));
        }
        let values: Vec<_> = entries(&headers, ACCEPT).map(|entry| entry.value).collect();
        assert_eq!(values, ["a", "b", "c"]);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,200}") {
            prop_assert!(of_line(&line).all(|entry| entry.weight.is_none_or(|weight| weight <= 1_000)));
        }
    }
}
