//! Rows of the alphabet or of numbers, and the part that a phrase repeats.

use std::{collections::HashSet, sync::LazyLock};

use crate::domain::heard;

use super::phrase::Phrase;

/// The rows that people count along.
const ROWS: [&str; 6] = [
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "aäbdefgğhıijklmnñoöpqrsştuüūvyz",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123",
    "1357924680",
];

/// The fewest members of a row that count as one.
const SHORTEST: usize = 3;
/// Members of a row that may stand alone between two stretches.
const LEFT_OVER: usize = 1;

struct Rows {
    pieces: HashSet<Box<str>>,
    longest: usize,
}

static PIECES: LazyLock<Rows> = LazyLock::new(|| {
    let mut rows = Rows {
        pieces: HashSet::new(),
        longest: 0,
    };
    for row in ROWS {
        let row: Vec<char> = row.chars().collect();
        for from in 0..row.len() {
            for to in from + SHORTEST..=row.len() {
                let there: String = row[from..to].iter().collect();
                let back: String = row[from..to].iter().rev().collect();
                for way in [there, back] {
                    let folded = heard::fold(&way);
                    if folded.len_chars() >= SHORTEST {
                        rows.longest = rows.longest.max(folded.len_chars());
                        rows.pieces.insert(folded.as_str().into());
                    }
                }
            }
        }
    }
    rows
});

/// Whether a folded stretch is part of one row, there or back.
pub(super) fn is_one_row(folded: &str) -> bool {
    PIECES.pieces.contains(folded)
}

/// Whether a phrase is nothing but stretches of rows: `12345678`, `абвгдежз`, `123абв`, also
/// with each member doubled, `112233`.
pub(super) fn is_sequence(phrase: &Phrase) -> bool {
    let is_all = |phrase: &Phrase| {
        phrase.seen() >= SHORTEST
            && phrase.uncovered(PIECES.longest, |from, to| is_one_row(phrase.cut(from, to)))
                <= if phrase.seen() > SHORTEST {
                    LEFT_OVER
                } else {
                    0
                }
    };
    if is_all(phrase) {
        return true;
    }
    let mut once: Vec<char> = phrase.as_str().chars().collect();
    once.dedup();
    once.len() * 2 <= phrase.seen() && is_all(&Phrase::of_folded(&once.iter().collect::<String>()))
}

/// The length of the shortest part that the letters repeat throughout, at least twice; the last
/// time may break off.
pub(super) fn period(letters: &[char]) -> Option<usize> {
    (1..=letters.len() / 2).find(|period| {
        letters
            .iter()
            .zip(&letters[*period..])
            .all(|(here, there)| here == there)
    })
}
