//! Which of the three languages a caller reads, from `Accept-Language` (RFC 9110 §12.5.4).

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use crate::domain::language::Language;

/// More entries than this are not read: no browser sends them.
const MOST_ENTRIES: usize = 32;

/// The best language of a request; English where none matches.
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Language {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    header.map_or(Language::En, best)
}

fn best(header: &str) -> Language {
    let mut best: Option<(f32, Language)> = None;
    for entry in header.split(',').take(MOST_ENTRIES) {
        let mut parts = entry.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let primary = range.split('-').next().unwrap_or_default();
        let Some(language) = Language::from_code(primary) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |q| q.parse::<f32>().ok());
        let Some(weight) = weight.filter(|weight| (0.0..=1.0).contains(weight)) else {
            continue;
        };
        let is_better = best.is_none_or(|(held, _)| weight > held);
        if weight > 0.0 && is_better {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::En, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_heaviest_known_language_wins_and_the_first_of_equals() {
        assert_eq!(best("kk-KZ, ru;q=0.8"), Language::Kk);
        assert_eq!(best("de, ru;q=0.5, kk;q=0.7"), Language::Kk);
        assert_eq!(best("ru,kk"), Language::Ru);
    }

    #[test]
    fn english_is_spoken_where_nothing_matches() {
        for header in ["", "de", "*", "ru;q=0", "kk;q=abc", ";;;,,,"] {
            assert_eq!(best(header), Language::En, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "\\PC{0,200}") {
            let _any = best(&header);
        }
    }
}
