//! Whether the caller takes what an address answers with, from `Accept` (RFC 9110 §12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

/// More entries than this are not read: no browser sends them.
const MOST_ENTRIES: usize = 64;

/// Whether a media type is taken. Where nothing is said, everything is.
#[must_use]
pub fn takes(headers: &HeaderMap, media_type: &str) -> bool {
    let mut entries = headers
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .take(MOST_ENTRIES)
        .peekable();
    entries.peek().is_none() || is_among(entries, media_type)
}

/// The entry that names the type most closely decides: `application/json;q=0, */*` is a refusal.
fn is_among<'a>(entries: impl Iterator<Item = &'a str>, media_type: &str) -> bool {
    let kind = media_type.split('/').next().unwrap_or_default();
    let mut closest = 0;
    let mut is_taken = false;
    for entry in entries {
        let mut parts = entry.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let closeness = if range == media_type {
            3
        } else if range.strip_suffix("/*") == Some(kind) {
            2
        } else if range == "*/*" {
            1
        } else {
            continue;
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|q| q > 0.0));
        if closeness > closest {
            (closest, is_taken) = (closeness, wanted);
        } else if closeness == closest {
            is_taken |= wanted;
        }
    }
    is_taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(accept: &str) -> bool {
        is_among(accept.split(',').map(str::trim), "application/json")
    }

    #[test]
    fn the_closest_range_decides() {
        for taken in [
            "application/json",
            "text/html, */*;q=0.8",
            "APPLICATION/*;q=0.1",
            "*/*;q=0, application/json",
            "application/json;charset=utf-8",
        ] {
            assert!(json(taken), "{taken}");
        }
        for refused in [
            "text/html",
            "application/json;q=0, */*",
            "application/json;q=0.000",
            "application/xml",
            "*",
        ] {
            assert!(!json(refused), "{refused}");
        }
    }
}
