//! How many guesses a phrase withstands.
//!
//! Two estimates, the smaller one counts. Ours cuts the folded phrase into what an attacker who
//! knows the lists of this crate would try: words, dates, rows, runs, and what is left letter by
//! letter. The other is zxcvbn on the phrase in Latin letters, for the English and international
//! words that it knows. Both multiply over the parts of the best cut.

use zeroize::Zeroizing;

use super::{dates, lexicon::LEXICON, patterns, personal::Known, phrase::Phrase, walks};

/// A letter of a word that is on no list: 2.14 bits, Shannon's figure (1951) for a letter where
/// the words of the language are known.
const LETTER: f64 = 0.65;
/// That a word on no list begins here, and not a listed one.
const UNLISTED: f64 = 0.5;
/// A digit that is of no date.
const DIGIT: f64 = 1.0;
/// A year: most are of the last sixty.
const YEAR: f64 = 1.8;
/// A day in one of sixty years.
const DATE: f64 = 4.3;
/// A month, a day of the week, a season.
const WORD_OF_DATE: f64 = 1.5;
/// A row of the alphabet or a walk on the keyboard: the start, the length, the way.
const ROW: f64 = 2.0;
/// What is known of the client: a handful of names and numbers, whole or in part.
const OWN: f64 = 0.5;
/// The fewest characters of a row or walk that is cheaper than its letters.
const SHORTEST_ROW: usize = 4;
/// The longest part that is looked up.
const LONGEST: usize = 48;

/// The guesses that a phrase withstands, as a power of ten, from an attacker who has our lists,
/// and knows the client, or not.
pub(super) fn by_parts(phrase: &Phrase, known: Option<&Known>) -> f64 {
    let letters: Vec<char> = phrase.as_str().chars().collect();
    if let Some(period) = patterns::period(&letters) {
        let part = Phrase::of_folded(phrase.cut(0, period));
        let times = letters.len() as f64 / period as f64;
        return cheapest_cut(&part, known).min(cheapest_cut(phrase, known)) + times.log10();
    }
    cheapest_cut(phrase, known)
}

fn cheapest_cut(phrase: &Phrase, known: Option<&Known>) -> f64 {
    let end = phrase.seen();
    let mut cheapest = vec![f64::INFINITY; end + 1];
    cheapest[0] = 0.0;
    for from in 0..end {
        for to in from + 1..=end.min(from + LONGEST) {
            if let Some(cost) = part(phrase, from, to, known) {
                cheapest[to] = cheapest[to].min(cheapest[from] + cost);
            }
        }
    }
    cheapest[end]
}

/// What the part `from..to` costs; `None` where it is none.
fn part(phrase: &Phrase, from: usize, to: usize, known: Option<&Known>) -> Option<f64> {
    let text = phrase.cut(from, to);
    let length = to - from;
    if known.is_some_and(|known| length >= 2 && known.holds(text)) {
        return Some(OWN);
    }
    let listed = LEXICON.get(text).map(|entry| entry.guesses_log10);
    let is_digits = phrase.is_digit(from) && text.bytes().all(|b| b.is_ascii_digit());
    let patterned = if is_digits && length == 1 {
        Some(DIGIT)
    } else if is_digits && dates::is_year(text) {
        Some(YEAR)
    } else if is_digits && dates::is_full_date(text) {
        Some(DATE)
    } else if dates::is_word(text) {
        Some(WORD_OF_DATE)
    } else if length >= SHORTEST_ROW && (patterns::is_one_row(text) || walks::is_one_walk(text)) {
        Some(ROW)
    } else if length >= 3 && is_one_letter(text) {
        Some(DIGIT + (length as f64).log10())
    } else if !(from..to).any(|at| phrase.is_digit(at)) {
        Some(UNLISTED + LETTER * length as f64)
    } else {
        None
    };
    match (listed, patterned) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn is_one_letter(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    letters.all(|letter| Some(letter) == first)
}

/// What zxcvbn makes of the phrase in Latin letters, as a power of ten.
pub(super) fn by_zxcvbn(phrase: &Phrase) -> f64 {
    let folded: Zeroizing<Vec<char>> = Zeroizing::new(phrase.as_str().chars().collect());
    let mut latin = Zeroizing::new(Vec::with_capacity(4 * folded.len()));
    let mut at = 0;
    while at < folded.len() {
        let (used, written) = match &folded[at..] {
            ['и', 'а', ..] => (2, "ya"),
            ['и', 'у', ..] => (2, "yu"),
            ['к', 'с', ..] => (2, "x"),
            [letter, ..] => (1, in_latin(*letter)),
            [] => break,
        };
        if written.is_empty() {
            latin.push(folded[at]);
        }
        latin.extend(written.chars());
        at += used;
    }
    latin
        .chunks(MAX_FOR_ZXCVBN)
        .map(|chunk| {
            let chunk: Zeroizing<String> = Zeroizing::new(chunk.iter().collect());
            zxcvbn::zxcvbn(&chunk, &[]).guesses_log10().max(0.0)
        })
        .sum()
}

/// The letters that zxcvbn is given at a time. Its work grows with the square of them, and it
/// takes the factorial of the number of parts, which from 21 on does not fit its integer.
const MAX_FOR_ZXCVBN: usize = 20;

fn in_latin(letter: char) -> &'static str {
    match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ч' => "ch",
        'ш' => "sh",
        'ы' => "y",
        _ => "",
    }
}
