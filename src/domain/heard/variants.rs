//! What else the typed phrase may have meant, the likeliest first.
//!
//! Each variant is one slip of one kind over the whole phrase, made from what
//! was typed before folding. Only those that differ after folding are kept.

use zeroize::Zeroizing;

use super::candidate::{Candidate, Heard, MAX_VARIANTS};
use super::fold::{self, FoldRules};
use super::forms::{Folded, exact_form};
use super::latin::Reading;
use super::{layout, letters, numbers, spelling};

/// The folded form and at most [`MAX_VARIANTS`] variants of it; none of signs alone.
pub(super) fn candidates(rules: &FoldRules, typed: &str) -> Vec<Candidate> {
    let mut list = Vec::with_capacity(1 + MAX_VARIANTS);
    list.push(Candidate {
        heard: Heard::Folded,
        folded: fold::fold(rules, typed),
    });
    let typed = exact_form(typed);
    for heard in ranking(&typed) {
        if list.len() > MAX_VARIANTS || list[0].folded.is_empty() {
            break;
        }
        let Some(folded) = variant(rules, &typed, *heard) else {
            continue;
        };
        let is_new = list.iter().all(|c| c.folded.as_str() != folded.as_str());
        if is_new && !folded.is_empty() {
            list.push(Candidate {
                heard: *heard,
                folded,
            });
        }
    }
    list
}

/// Which variants fit the script that was typed, the likeliest first.
fn ranking(typed: &str) -> &'static [Heard] {
    let has_cyrillic = typed.chars().any(letters::is_cyrillic);
    let has_latin = typed.chars().any(letters::is_latin);
    match (has_cyrillic, has_latin) {
        (false, true) => &[
            Heard::LookAlike,
            Heard::KeyboardEnToKz,
            Heard::KeyboardEnToRu,
            Heard::JoinedNumber,
            Heard::RussianSpelling,
            Heard::LatinRussian,
            Heard::LatinKazakh,
        ],
        (true, false) => &[
            Heard::KeyboardKzDigits,
            Heard::KeyboardRuToKz,
            Heard::JoinedNumber,
            Heard::RussianSpelling,
            Heard::RussianLetters,
            Heard::KeyboardRuToEn,
        ],
        (true, true) => &[
            Heard::KeyboardKzDigits,
            Heard::KeyboardEnToKz,
            Heard::KeyboardEnToRu,
            Heard::JoinedNumber,
            Heard::KeyboardRuToEn,
            Heard::LatinRussian,
            Heard::LatinKazakh,
            Heard::RussianSpelling,
            Heard::RussianLetters,
        ],
        (false, false) => &[Heard::KeyboardKzDigits],
    }
}

fn variant(rules: &FoldRules, typed: &str, heard: Heard) -> Option<Folded> {
    let text: Zeroizing<String> = match heard {
        Heard::Exact | Heard::Folded => return None,
        Heard::KeyboardEnToRu => layout::english_to_russian(typed),
        Heard::KeyboardEnToKz => layout::english_to_kazakh(typed)?,
        Heard::KeyboardRuToKz => layout::russian_to_kazakh(typed),
        Heard::KeyboardRuToEn => layout::cyrillic_to_english(typed),
        Heard::KeyboardKzDigits => layout::kazakh_row_to_digits(typed),
        Heard::LookAlike => all_cyrillic(typed)?,
        Heard::LatinKazakh => return Some(fold::fold_reading(rules, typed, Reading::Kazakh)),
        Heard::LatinRussian => return Some(fold::fold_reading(rules, typed, Reading::Russian)),
        Heard::JoinedNumber => joined_number(typed)?,
        Heard::RussianSpelling => spelling::respelled(typed, spelling::RespellingRules::Maps)?,
        Heard::RussianLetters => spelling::respelled(typed, spelling::RespellingRules::Letters)?,
    };
    Some(fold::fold(rules, &text))
}

/// The folded form in each of the other spellings that a phrase has.
pub(super) fn other_spellings(rules: &FoldRules, text: &str) -> impl Iterator<Item = Folded> {
    [Heard::RussianSpelling, Heard::RussianLetters]
        .into_iter()
        .filter_map(move |heard| variant(rules, text, heard))
}

/// The phrase with the number word split off at either end of a long word.
///
/// A single number word within other letters is no number to the fold: it is
/// part of too many words («телефон», «столица»).
fn joined_number(typed: &str) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::with_capacity(typed.len() * 3));
    let mut is_split = false;
    for word in typed.split_whitespace() {
        let letters = fold::letters_of(word);
        let word_chars: Zeroizing<Vec<char>> = Zeroizing::new(letters.chars().collect());
        let (start, end) = numbers::ends(&word_chars);
        for (index, letter) in word_chars.iter().enumerate() {
            if index > 0 && (index == start || index == end) {
                out.push(' ');
                is_split = true;
            }
            out.push(*letter);
        }
        out.push(' ');
    }
    is_split.then_some(out)
}

/// A phrase of Latin letters that all have a Cyrillic twin: «MOCKBA».
fn all_cyrillic(typed: &str) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::with_capacity(typed.len() * 2));
    for letter in typed.chars() {
        if letters::is_latin(letter) {
            out.push(
                letters::cyrillic_shape(letter)
                    .or(letters::is_ambiguous(letter).then_some(letter))?,
            );
        } else {
            out.push(letter);
        }
    }
    Some(out)
}
