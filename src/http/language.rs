//! Which of the three languages a caller reads, from `Accept-Language` (RFC 9110 §12.5.4).

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use super::weighted::{Weighted, entries};
use crate::domain::language::Language;

/// The best language of a request; English where none matches.
pub fn preferred(headers: &HeaderMap) -> Language {
    best(entries(headers, ACCEPT_LANGUAGE))
}

/// The heaviest language, and of equals the first.
fn best<'a>(entries: impl Iterator<Item = Weighted<'a>>) -> Language {
    let mut best: Option<(u16, Language)> = None;
    for entry in entries {
        let primary = entry.value.split('-').next().unwrap_or_default();
        let Some(language) = Language::from_code(primary) else {
            continue;
        };
        let Some(weight) = entry.weight.filter(|weight| *weight > 0) else {
            continue;
        };
        if best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::En, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::weighted::of_line;

    fn of(header: &str) -> Language {
        best(of_line(header))
    }

    #[test]
    fn the_heaviest_known_language_wins_and_the_first_of_equals() {
        assert_eq!(of("kk-KZ, ru;q=0.8"), Language::Kk);
        assert_eq!(of("de, ru;q=0.5, kk;q=0.7"), Language::Kk);
        assert_eq!(of("ru;Q=0.5, kk;Q=0.7"), Language::Kk);
        assert_eq!(of("ru,kk"), Language::Ru);
    }

    #[test]
    fn english_is_spoken_where_nothing_matches() {
        for header in ["", "de", "*", "ru;q=0", "kk;q=abc", ";;;,,,"] {
            assert_eq!(of(header), Language::En, "{header}");
        }
    }
}
