//! The attested Russian spelling of a Kazakh word, and back.
//!
//! Most of it is done by folding: «Әділ» and «Адиль», «Іңкәр» and «Инкар» are
//! one. What is left is one variant: listed names change places with their
//! counterparts, and a word of no list follows the few rules of Russian maps
//! that make no common word of another.

use std::collections::HashMap;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::fold;
use super::letters;
use super::spelling_pairs::PAIRS;

/// Each folded spelling and its counterpart, both ways; the first listed wins.
static COUNTERPARTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for (kazakh, russian) in PAIRS {
        let (kazakh, russian) = (plain(kazakh), plain(russian));
        if kazakh.as_str() != russian.as_str() {
            map.entry(kazakh.to_string())
                .or_insert_with(|| russian.to_string());
            map.entry(russian.to_string())
                .or_insert_with(|| kazakh.to_string());
        }
    }
    map
});

/// The letters of a word in the folded alphabet, numbers left as words.
fn plain(word: &str) -> Zeroizing<String> {
    fold::letters_of(word)
}

/// The phrase in the other spelling, word by word; `None` if no word has one.
pub(super) fn respelled(text: &str) -> Option<Zeroizing<String>> {
    let words: Vec<&str> = text
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '–' | '—' | ',' | '.' | '"' | '«' | '»')
        })
        .filter(|word| !word.is_empty())
        .collect();
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 2));
    let mut is_changed = false;
    let mut at = 0;
    while at < words.len() {
        let own = plain(words[at]);
        let pair = words.get(at + 1).map(|next| {
            let mut pair = own.clone();
            pair.push_str(&plain(next));
            pair
        });
        let listed_pair = pair
            .as_ref()
            .and_then(|pair| COUNTERPARTS.get(pair.as_str()));
        if let Some(counterpart) = listed_pair {
            out.push_str(counterpart);
            is_changed = true;
            at += 1;
        } else if let Some(counterpart) = COUNTERPARTS.get(own.as_str()) {
            out.push_str(counterpart);
            is_changed = true;
        } else {
            let respelled = by_rule(words[at]);
            is_changed |= respelled.is_some();
            match respelled {
                Some(word) => out.push_str(&word),
                None => out.push_str(words[at]),
            }
        }
        out.push(' ');
        at += 1;
    }
    is_changed.then_some(out)
}

/// A word of no list by the rules of Russian maps; `None` if none applies.
///
/// - after у, Kazakh ы is у: «Ұлытау», «Улутау»; not at the end of a word,
///   where Russian and Kazakh endings differ by it.
/// - йы and йі are и after a vowel: «Қайырбек», «Каирбек».
/// - ы and і are dropped between у and р or л: «бауырсақ», «баурсак».
/// - ш at the end is ч: «Ұзынағаш», «Узунагач».
/// - ң at the end is нг: «таң», «танг».
/// - ті at the end is ты: «Көкпекті», «Кокпекты».
/// - ж at the beginning was дж: «Жандос», «Джандос», and
///   «қызыл» кзыл; only back to Kazakh.
fn by_rule(word: &str) -> Option<Zeroizing<String>> {
    let letters: Zeroizing<Vec<char>> = Zeroizing::new(word.chars().map(letters::lower).collect());
    let is_kazakh = letters.iter().any(|c| letters::is_kazakh(*c));
    let is_foreign = without_surname(&letters).iter().any(|c| {
        matches!(c, 'в' | 'ф' | 'ц' | 'щ' | 'ъ' | 'ь' | 'ё' | 'э') || !letters::is_cyrillic(*c)
    });
    if is_foreign {
        return None;
    }
    let mut out = Zeroizing::new(String::with_capacity(word.len() * 2));
    let mut is_changed = false;
    let mut vowel = None;
    for at in 0..letters.len() {
        let (before, rest) = letters.split_at(at);
        let changed = match is_kazakh {
            true => to_russian(before, rest, vowel),
            false => to_kazakh(before, rest, vowel),
        };
        match changed {
            Some(text) => {
                out.push_str(text);
                is_changed = true;
            }
            None => out.push(rest[0]),
        }
        vowel = is_vowel(rest[0]).then_some(rest[0]).or(vowel);
    }
    is_changed.then_some(out)
}

/// A surname without its Russian ending: «Жүргенов».
fn without_surname(word: &[char]) -> &[char] {
    match word {
        [stem @ .., 'о' | 'е', 'в'] | [stem @ .., 'о' | 'е', 'в', 'а'] => stem,
        _ => word,
    }
}

/// How many letters a word has at least before its ends are respelled.
const LONG_WORD: usize = 5;

fn is_vowel(letter: char) -> bool {
    "аәеиіоөуұүыюя".contains(letter)
}

fn ends_in_vowel(before: &[char]) -> bool {
    before.last().is_some_and(|letter| is_vowel(*letter))
}

/// One letter of a Kazakh word, given what is around it and the last vowel.
fn to_russian(before: &[char], rest: &[char], vowel: Option<char>) -> Option<&'static str> {
    let is_long = before.len() + rest.len() >= LONG_WORD;
    match (before, rest) {
        ([.., first, 'у'], ['ы' | 'і', 'р' | 'л', ..]) if is_vowel(*first) => Some(""),
        (_, ['й', 'ы' | 'і', ..]) if ends_in_vowel(before) => Some(""),
        ([.., 'й'], ['ы' | 'і', ..]) if ends_in_vowel(&before[..before.len() - 1]) => Some("и"),
        (_, ['ы', _, ..]) if matches!(vowel, Some('у' | 'ұ')) => Some("у"),
        (_, ['ш']) if is_long => Some("ч"),
        (_, ['ң']) => Some("нг"),
        ([.., 'т'], ['і']) if is_long => Some("ы"),
        _ => None,
    }
}

/// One letter of a word typed with no Kazakh letter.
fn to_kazakh(before: &[char], rest: &[char], vowel: Option<char>) -> Option<&'static str> {
    let is_long = before.len() + rest.len() >= LONG_WORD;
    match (before, rest) {
        ([.., 'а'], ['у', 'р' | 'л']) => Some("уы"),
        ([.., 'а'], ['у', 'р' | 'л', next, ..]) if !is_vowel(*next) => Some("уы"),
        ([.., 'а' | 'о' | 'у' | 'ы'], ['и', ..]) => Some("йы"),
        ([.., 'е'], ['и', _, ..]) => Some("йи"),
        (_, ['у', _, ..]) if vowel == Some('у') && !ends_in_vowel(before) => Some("ы"),
        (_, ['ч']) if is_long => Some("ш"),
        ([.., 'н'], ['г']) => Some(""),
        ([], ['д', 'ж', _, _, _, _, ..]) => Some(""),
        ([], ['к', 'з', 'ы', 'л', ..]) => Some("кы"),
        ([.., 'т'], ['ы']) if is_long && vowel == Some('е') => Some("и"),
        _ => None,
    }
}
