//! Whether a caller accepts what an endpoint answers with: `Accept` (RFC 9110 §12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

use super::weighted::{Weighted, entries};

/// Whether a media type is accepted. Without the header, every type is.
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let mut entries = entries(headers, ACCEPT).peekable();
    entries.peek().is_none() || is_among(entries, media_type)
}

/// The entry that names the type most closely decides: `application/json;q=0, */*` is a refusal.
fn is_among<'a>(entries: impl Iterator<Item = Weighted<'a>>, media_type: &str) -> bool {
    let kind = media_type.split('/').next().unwrap_or_default();
    let mut closest = 0;
    let mut is_taken = false;
    for entry in entries {
        let range = entry.value.to_ascii_lowercase();
        let closeness = if range == media_type {
            3
        } else if range.strip_suffix("/*") == Some(kind) {
            2
        } else if range == "*/*" {
            1
        } else {
            continue;
        };
        let is_accepted = entry.weight.is_some_and(|weight| weight > 0);
        if closeness > closest {
            (closest, is_taken) = (closeness, is_accepted);
        } else if closeness == closest {
            is_taken |= is_accepted;
        }
    }
    is_taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::weighted::of_line;

    fn json(accept: &str) -> bool {
        is_among(of_line(accept), "application/json")
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
            "application/json;Q=0.000",
            "application/xml",
            "*",
        ] {
            assert!(!json(refused), "{refused}");
        }
    }
}
