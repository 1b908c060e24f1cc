//! The fold: tokens, then numbers, then one word with no spaces.
//!
//! It is idempotent by construction. What [`said_numbers`] sees with spaces it
//! could see again without them, so [`joined_numbers`] reads the joined letters
//! too: a run that is a number word, and rows of two or more number words
//! anywhere in a run, become digits. What is left holds none, and digits are
//! never read again.

use zeroize::Zeroizing;

use super::forms::Folded;
use super::latin::Reading;
use super::number_words::{Tongue, is_hyphened_ending, is_joined_ending};
use super::numbers::{self, Chart, Number};
use super::reading::{self, Link, PhraseTokens};

/// The rules of one version of the fold.
#[derive(Debug)]
pub(super) struct FoldRules {
    pub(super) version: u16,
    /// The letter о among digits is a zero: «2О1О».
    reads_o_as_zero: bool,
    /// Number words become digits.
    reads_numbers: bool,
}

impl FoldRules {
    /// The fold in force.
    pub(super) const V1: FoldRules = FoldRules {
        version: 1,
        reads_o_as_zero: true,
        reads_numbers: true,
    };

    /// A fold that differs from [`FoldRules::V1`], for the rehearsal of a change.
    pub(super) const REHEARSED_V2: FoldRules = FoldRules {
        version: 2,
        reads_o_as_zero: false,
        reads_numbers: false,
    };
}

/// Folds a text.
pub(super) fn fold(rules: &FoldRules, text: &str) -> Folded {
    fold_reading(rules, text, Reading::Usual)
}

/// Folds a text whose Latin letters are read this way.
pub(super) fn fold_reading(rules: &FoldRules, text: &str, reading: Reading) -> Folded {
    let tokens = reading::read(text, reading);
    let mut folded = if rules.reads_numbers {
        without_ending(joined_numbers(&said_numbers(&tokens)))
    } else {
        tokens.text
    };
    if rules.reads_o_as_zero {
        o_to_zero(&mut folded);
    }
    let mut text = Zeroizing::new(String::with_capacity(folded.len() * 4));
    text.extend(folded.iter());
    Folded(text)
}

/// The letters and digits of a text with no number read.
pub(super) fn letters_of(text: &str) -> Zeroizing<String> {
    let tokens = reading::read(text, Reading::Usual);
    let mut letters = Zeroizing::new(String::with_capacity(tokens.text.len() * 2));
    letters.extend(tokens.text.iter());
    letters
}

/// Numbers as they were typed, word by word: «екі мың он», «2 мың 10», «2010-й».
fn said_numbers(tokens: &PhraseTokens) -> Zeroizing<Vec<char>> {
    let mut out = Zeroizing::new(Vec::with_capacity(tokens.text.len() + 8));
    let charts: Vec<Option<Chart>> = tokens
        .list
        .iter()
        .map(|token| match token.is_number {
            true => None,
            false => numbers::whole(tokens.chars(token)),
        })
        .collect();
    let mut number: Option<Number> = None;
    for (index, token) in tokens.list.iter().enumerate() {
        let chars = tokens.chars(token);
        if let Some(chart) = &charts[index] {
            for word in chart.words(0) {
                numbers::push_or_begin(&mut number, word, &mut out);
            }
            continue;
        }
        if token.is_number && number.as_mut().is_some_and(|n| n.push_digits(chars)) {
            continue;
        }
        if let Some(number) = number.take() {
            number.write(&mut out);
        }
        if token.is_number {
            let next = charts.get(index + 1).and_then(Option::as_ref);
            number = next
                .and_then(|chart| chart.words(0).next())
                .and_then(|word| Number::from_digits(chars, word));
        }
        if number.is_none() && !is_ending(tokens, index) {
            out.extend(chars);
        }
    }
    if let Some(number) = number {
        number.write(&mut out);
    }
    out
}

/// The ending of an ordinal after typed digits: «2010-й», «1985го».
fn is_ending(tokens: &PhraseTokens, index: usize) -> bool {
    let token = &tokens.list[index];
    let after_digits = index > 0 && tokens.list[index - 1].is_number && !token.is_number;
    let ends_there = tokens
        .list
        .get(index + 1)
        .is_none_or(|next| next.link == Link::Apart);
    after_digits
        && ends_there
        && match token.link {
            Link::Hyphen => is_hyphened_ending(tokens.chars(token)),
            Link::Joined => is_joined_ending(tokens.chars(token)),
            Link::Apart => false,
        }
}

/// Number words in the letters as they stand joined.
fn joined_numbers(text: &[char]) -> Zeroizing<Vec<char>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    for run in text.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        if run[0].is_ascii_digit() {
            out.extend(run);
        } else {
            joined_numbers_of_run(run, &mut out);
        }
    }
    out
}

fn joined_numbers_of_run(run: &[char], out: &mut Vec<char>) {
    let charts = [Tongue::Russian, Tongue::Kazakh].map(|tongue| Chart::of(run, tongue));
    let (mut from, mut at) = (0, 0);
    while at < run.len() {
        let longest = charts
            .iter()
            .filter_map(|chart| Some((chart.end_of_two(at)?, chart)))
            .max_by_key(|(end, _)| *end);
        let Some((end, chart)) = longest else {
            at += 1;
            continue;
        };
        push_piece(&run[from..at], out);
        numbers::write_all(chart.words(at), out);
        (from, at) = (end, end);
    }
    push_piece(&run[from..], out);
}

/// Letters between numbers; they may be one number word themselves.
fn push_piece(piece: &[char], out: &mut Vec<char>) {
    match numbers::whole(piece) {
        Some(chart) => numbers::write_all(chart.words(0), out),
        None => out.extend(piece),
    }
}

/// Leaves out the ending of an ordinal at the end, where [`said_numbers`] would
/// find it the second time: «2010 го».
fn without_ending(mut text: Zeroizing<Vec<char>>) -> Zeroizing<Vec<char>> {
    let letters = text.iter().rev().take_while(|c| !c.is_ascii_digit());
    let start = text.len() - letters.count();
    if start > 0 && is_joined_ending(&text[start..]) {
        text.truncate(start);
    }
    text
}

/// The letter о between digits, or after them at the end, is a zero.
fn o_to_zero(text: &mut [char]) {
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|c| **c == 'о').count();
        let end = at + length;
        let after_digit = at > 0 && text[at - 1].is_ascii_digit();
        let before_digit = text.get(end).is_none_or(char::is_ascii_digit);
        if length > 0 && after_digit && before_digit {
            text[at..end].fill('0');
        }
        at = end + 1;
    }
}
