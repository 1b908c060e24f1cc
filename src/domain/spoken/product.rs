//! A product's name without digits.

use super::{kazakh, number::number, russian};
use crate::domain::language::ClientLanguage;

/// Digits of more places than this are said one by one.
const MAX_PLACES: usize = 9;

/// A product's name as it is read out: its numbers in words, without quotation marks, which the sentence puts
/// around it. `None` where there is nothing to say in it.
///
/// «Алтын 30» is «Алтын тридцать»; numbers with a sign between them stand apart («24/7», «0,5»), spaces
/// between thousands are none («500 000»), a per cent sign behind a number is a word, and any other sign that
/// stands for a number («½», «Ⅳ») is left out.
pub(crate) fn product(name: &str, language: ClientLanguage) -> Option<String> {
    let signs: Vec<char> = name.chars().collect();
    let mut said = String::with_capacity(name.len() * 2);
    let mut rest = signs.as_slice();
    let mut has_fraction = false;
    while let Some((&sign, after)) = rest.split_first() {
        if !sign.is_ascii_digit() {
            if is_said(sign) {
                said.push(sign);
            }
            rest = after;
            continue;
        }
        let (digits, after) = split_number(rest);
        said.truncate(said.trim_end_matches(is_dash).len());
        for word in [" ", &number_words(&digits, language), " "] {
            said.push_str(word);
        }
        rest = after;
        match *after {
            [sign, next, ..] if next.is_ascii_digit() && !sign.is_alphabetic() => {
                has_fraction = matches!(sign, ',' | '.');
                rest = &after[1..];
            }
            ['%', ..] | [' ', '%', ..] => {
                said.push_str(per_cent(&digits, has_fraction, language));
                said.push(' ');
                has_fraction = false;
                rest = &after[1..];
                rest = rest.strip_prefix(&['%']).unwrap_or(rest);
            }
            [sign, ..] if is_dash(sign) => {
                has_fraction = false;
                rest = &after[1..];
            }
            _ => has_fraction = false,
        }
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    let said = words.join(" ");
    said.contains(char::is_alphabetic).then_some(said)
}

/// Whether a sign of a name stays as it is.
fn is_said(sign: char) -> bool {
    !sign.is_numeric() && !"«»\"“”„‟".contains(sign)
}

fn is_dash(sign: char) -> bool {
    matches!(sign, '-' | '‐'..='―' | '−')
}

/// The digits that a text begins with, those of its thousands among them, and what follows.
fn split_number(text: &[char]) -> (Vec<char>, &[char]) {
    let digits_of = |text: &[char]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let places = digits_of(text);
    let (first, mut rest) = text.split_at(places);
    let mut digits = first.to_vec();
    while places <= 3
        && let Some((' ' | '\u{a0}' | '\u{202f}', after)) = rest.split_first()
        && digits_of(after) == 3
    {
        digits.extend(&after[..3]);
        rest = &after[3..];
    }
    (digits, rest)
}

fn number_words(digits: &[char], language: ClientLanguage) -> String {
    let values = digits.iter().filter_map(|digit| digit.to_digit(10));
    if digits.len() > MAX_PLACES || digits.len() > 1 && digits[0] == '0' {
        let words: Vec<String> = values.map(|digit| number(digit.into(), language)).collect();
        return words.join(" ");
    }
    let value = values.fold(0, |value, digit| value * 10 + u64::from(digit));
    number(value, language)
}

/// The words behind a number of per cent.
fn per_cent(digits: &[char], has_fraction: bool, language: ClientLanguage) -> &'static str {
    match language {
        ClientLanguage::Kk => kazakh::PER_CENT,
        // A fraction has the genitive singular after it, whatever its digits: «ноль пять процента».
        ClientLanguage::Ru if has_fraction => russian::PER_CENT.after(2, russian::Case::Nominative),
        ClientLanguage::Ru => {
            let last = digits.iter().rev().take(2).rev();
            let value = last
                .filter_map(|digit| digit.to_digit(10))
                .fold(0, |value, digit| value * 10 + u64::from(digit));
            russian::PER_CENT.after(value, russian::Case::Nominative)
        }
    }
}
