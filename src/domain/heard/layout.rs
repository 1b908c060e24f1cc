//! The keys of three layouts and what a slip between them makes of a phrase.
//!
//! US QWERTY, Russian (Windows, ЙЦУКЕН) and Kazakh (Windows and RST KazSSR
//! 903-90): the Kazakh layout is the Russian one with nine letters, and some
//! punctuation, on the number row.

use zeroize::Zeroizing;

use super::letters;

/// What the keys type, in one order on each layout; without Shift, then with.
const ENGLISH: &str = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?";
const RUSSIAN: &str = "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.Ё!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,";
const KAZAKH: &str = "(\"әіңғ,.үұқөһйцукенгшщзхъ\\фывапролджэячсмитьбю№)!ӘІҢҒ;:ҮҰҚӨҺЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ?";

fn across(from: &str, to: &str, sign: char) -> char {
    from.chars()
        .zip(to.chars())
        .find(|(typed, _)| *typed == sign)
        .map_or(sign, |(_, meant)| meant)
}

fn is_latin_chunk(chunk: &str) -> bool {
    !chunk.chars().any(letters::is_cyrillic)
}

fn chunks(text: &str, mut change: impl FnMut(&str, &mut String)) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    for chunk in text.split_inclusive(char::is_whitespace) {
        change(chunk, &mut out);
    }
    out
}

/// The words typed in Latin, as the same keys type them on the Russian layout.
///
/// In a phrase that has Cyrillic words too, signs that stand alone stay.
pub(super) fn english_to_russian(text: &str) -> Zeroizing<String> {
    let is_mixed = text.chars().any(letters::is_cyrillic);
    chunks(text, |chunk, out| {
        let changes = is_latin_chunk(chunk)
            && (!is_mixed || chunk.contains(|c: char| c.is_ascii_alphabetic()));
        out.extend(chunk.chars().map(|sign| match changes {
            true => across(ENGLISH, RUSSIAN, sign),
            false => sign,
        }));
    })
}

/// The same for the Kazakh layout: «r8y» is «күн»; `None` where the two agree.
pub(super) fn english_to_kazakh(text: &str) -> Option<Zeroizing<String>> {
    let russian = english_to_russian(text);
    let kazakh = russian_to_kazakh(&russian);
    (*kazakh != *russian).then_some(kazakh)
}

/// Words whose letters sit on the Kazakh number row, typed without it: «2же»,
/// «к-л», «;аңа» with Shift.
///
/// Three digits in a row or more are a number; so is what stands alone. A
/// hyphen is ө unless both of its sides have a vowel, as words have.
pub(super) fn russian_to_kazakh(text: &str) -> Zeroizing<String> {
    chunks(text, |chunk, out| {
        let signs: Zeroizing<Vec<char>> = Zeroizing::new(chunk.chars().collect());
        if !signs.iter().any(|sign| letters::is_cyrillic(*sign)) {
            out.push_str(chunk);
            return;
        }
        for at in 0..signs.len() {
            out.push(kazakh_key(&signs, at));
        }
    })
}

fn kazakh_key(signs: &[char], at: usize) -> char {
    let sign = signs[at];
    let is_letter = |at: Option<usize>| {
        at.and_then(|i| signs.get(i))
            .is_some_and(|c| letters::is_cyrillic(*c))
    };
    match sign {
        '2'..='5' | '8' | '9' | '0' if digits_around(signs, at) < 3 => {
            across(RUSSIAN, KAZAKH, sign)
        }
        '-' if !has_words_beside(signs, at) => 'ө',
        '=' => 'һ',
        '"' | '№' | ';' | '%' | '*' | '(' | ')' | '_' | '+'
            if is_letter(Some(at + 1)) && !is_letter(at.checked_sub(1)) =>
        {
            across(RUSSIAN, KAZAKH, sign)
        }
        _ => sign,
    }
}

fn digits_around(signs: &[char], at: usize) -> usize {
    let is_digit = |sign: &&char| sign.is_ascii_digit();
    let before = signs[..at].iter().rev().take_while(is_digit).count();
    before + signs[at..].iter().take_while(is_digit).count()
}

/// True for a hyphen between two parts that each have a vowel.
fn has_words_beside(signs: &[char], at: usize) -> bool {
    let is_part = |sign: &&char| **sign != '-';
    let has_vowel = |sign: &char| {
        matches!(
            letters::lower(*sign),
            'а' | 'ә'
                | 'е'
                | 'ё'
                | 'и'
                | 'і'
                | 'о'
                | 'ө'
                | 'у'
                | 'ұ'
                | 'ү'
                | 'ы'
                | 'э'
                | 'ю'
                | 'я'
                | '2'
                | '3'
                | '8'
                | '9'
                | '='
        )
    };
    let before = signs[..at].iter().rev().take_while(is_part);
    let after = signs[at + 1..].iter().take_while(is_part);
    before.into_iter().any(has_vowel) && after.into_iter().any(has_vowel)
}

/// Digits typed on the Kazakh number row, where the row types letters and
/// signs: «әқ"қ» is 2010. A whole word, or the four last signs of one.
pub(super) fn kazakh_row_to_digits(text: &str) -> Zeroizing<String> {
    const YEAR: usize = 4;
    chunks(text, |chunk, out| {
        let word = chunk.trim_end();
        let signs: Zeroizing<Vec<char>> = Zeroizing::new(word.chars().collect());
        let row = signs.iter().rev().take_while(|c| row_digit(**c).is_some());
        let mut length = row.count();
        let mut end = signs.len();
        if length == YEAR + 1 && matches!(signs[end - 1], '.' | ',') {
            end -= 1;
            length -= 1;
        }
        let start = end - length;
        let has_letter = signs[start..end].iter().any(|c| letters::is_kazakh(*c));
        if start == 0 && length > 0 || has_letter && length >= YEAR {
            out.extend(&signs[..start]);
            out.extend(signs[start..end].iter().filter_map(|c| row_digit(*c)));
        } else {
            out.push_str(word);
        }
        out.push_str(&chunk[word.len()..]);
    })
}

fn row_digit(sign: char) -> Option<char> {
    let small = letters::lower(sign);
    if !letters::is_kazakh(small) && !matches!(small, '"' | ',' | '.') {
        return None;
    }
    Some(across(KAZAKH, ENGLISH, small)).filter(char::is_ascii_digit)
}

/// The Cyrillic words as the same keys type them on the English layout.
pub(super) fn cyrillic_to_english(text: &str) -> Zeroizing<String> {
    let layout = match text.chars().any(letters::is_kazakh) {
        true => KAZAKH,
        false => RUSSIAN,
    };
    let text = kazakh_row_to_digits(text);
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(text.chars().map(|sign| across(layout, ENGLISH, sign)));
    out
}
