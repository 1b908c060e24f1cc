//! Keyboards: keys that lie side by side, and what a phrase becomes on another layout.

use std::{collections::HashSet, sync::LazyLock};

use crate::domain::heard;

use super::phrase::Phrase;

/// The same keys on three layouts, row by row from the digits down.
struct Layout {
    rows: [&'static str; 4],
}

const ENGLISH: Layout = Layout {
    rows: ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"],
};
const RUSSIAN: Layout = Layout {
    rows: ["1234567890-=", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю."],
};
const KAZAKH: Layout = Layout {
    rows: ["!әіңғ,.үұқөһ", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю№"],
};
const LAYOUTS: [&Layout; 3] = [&ENGLISH, &RUSSIAN, &KAZAKH];

impl Layout {
    fn keys(&self) -> impl Iterator<Item = char> + '_ {
        self.rows.iter().flat_map(|row| row.chars())
    }
}

/// What a line becomes where it is typed with another layout switched on.
pub(super) fn on_other_layouts(line: &str) -> Vec<String> {
    let (cyrillic, latin) = line.chars().fold((false, false), |(cyrillic, latin), c| {
        let small = c.is_lowercase();
        (
            cyrillic || small && !c.is_ascii(),
            latin || c.is_ascii_lowercase(),
        )
    });
    let swap = |from: &Layout, to: &Layout| -> String {
        line.chars()
            .map(|c| {
                let place = from.keys().position(|key| key == c);
                place.and_then(|place| to.keys().nth(place)).unwrap_or(c)
            })
            .collect()
    };
    match (cyrillic, latin) {
        // Russian and Kazakh differ in the digit row only: `KAZAKH` serves for both.
        (true, false) => vec![swap(&KAZAKH, &ENGLISH), swap(&KAZAKH, &RUSSIAN)],
        (false, true) => vec![swap(&ENGLISH, &RUSSIAN), swap(&ENGLISH, &KAZAKH)],
        _ => Vec::new(),
    }
}

/// The fewest keys in a row that count as a walk.
const SHORTEST: usize = 3;
/// Letters that walks may leave over: one joint between two of them may fold in another way.
const LEFT_OVER: usize = 1;
/// The fewest letters of walks that are a walk.
const FEWEST_LETTERS: usize = 4;
/// Digits before and after a walk that make nothing better of it.
const MAX_DECORATION: usize = 4;

/// Folded walks: along a row, down a column, and to and fro between two rows.
struct Walks {
    pieces: HashSet<Box<str>>,
    longest: usize,
}

static WALKS: LazyLock<Walks> = LazyLock::new(Walks::make);

impl Walks {
    fn make() -> Self {
        let mut walks = Self {
            pieces: HashSet::new(),
            longest: 0,
        };
        for layout in LAYOUTS {
            let rows: Vec<Vec<char>> = layout
                .rows
                .iter()
                .map(|row| row.chars().collect())
                .collect();
            for row in &rows {
                walks.add_parts(row, SHORTEST);
            }
            for column in 0..10 {
                let down: Vec<char> = rows.iter().map(|row| row[column]).collect();
                walks.add_parts(&down, SHORTEST);
                let up: Vec<char> = (0..4)
                    .filter_map(|row| rows[row].get(column + 3 - row))
                    .copied()
                    .collect();
                walks.add_parts(&up, SHORTEST);
            }
            for pair in rows.windows(2) {
                let (upper, lower) = (&pair[0], &pair[1]);
                let zigzag = |one: &[char], other: &[char]| -> Vec<char> {
                    one.iter().zip(other).flat_map(|(a, b)| [*a, *b]).collect()
                };
                walks.add_parts(&zigzag(upper, lower), FEWEST_LETTERS);
                walks.add_parts(&zigzag(lower, upper), FEWEST_LETTERS);
                walks.add_parts(&zigzag(lower, &upper[1..]), FEWEST_LETTERS);
            }
        }
        walks
    }

    /// Adds every stretch of at least `shortest` keys, there and back.
    fn add_parts(&mut self, keys: &[char], shortest: usize) {
        for from in 0..keys.len() {
            for to in from + shortest..=keys.len() {
                let part = &keys[from..to];
                self.add(&part.iter().collect::<String>());
                self.add(&part.iter().rev().collect::<String>());
            }
        }
    }

    /// Adds a stretch of letters and digits. One with a sign inside would fold to keys that do not
    /// lie side by side, and make a walk of «снег».
    fn add(&mut self, keys: &str) {
        if !keys.chars().all(char::is_alphanumeric) {
            return;
        }
        let folded = heard::fold(keys);
        if folded.len_chars() >= SHORTEST && folded.as_str().contains(char::is_alphabetic) {
            self.longest = self.longest.max(folded.len_chars());
            self.pieces.insert(folded.as_str().into());
        }
    }
}

/// Whether a folded stretch is one walk.
pub(super) fn is_one_walk(folded: &str) -> bool {
    WALKS.pieces.contains(folded)
}

/// Whether a phrase is nothing but walks, perhaps with digits around them.
pub(super) fn is_walk(phrase: &Phrase) -> bool {
    let is_all = |phrase: &Phrase| {
        phrase.seen() >= FEWEST_LETTERS
            && phrase.uncovered(WALKS.longest, |from, to| is_one_walk(phrase.cut(from, to)))
                <= LEFT_OVER
    };
    is_all(phrase)
        || is_all(&Phrase::of_folded(
            phrase.without_digits_around(MAX_DECORATION),
        ))
}
