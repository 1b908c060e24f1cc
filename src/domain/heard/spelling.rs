//! The attested Russian spelling of a Kazakh word, and back.
//!
//! Most of it is done by folding: «Әділ» and «Адиль», «Іңкәр» and «Инкар» are
//! one. What is left is two variants, in each of which listed names change
//! places with their counterparts. A word of no list follows the rules of
//! Russian maps and the letters that Russian is sure to write otherwise, or it
//! follows the letters alone, all of them. No rule makes one common word of
//! another.

use std::collections::HashMap;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::fold;
use super::letters;
use super::spelling_pairs::PAIRS;
use super::spelling_stems;

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

/// Which rules a word of no list follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RespellingRules {
    /// Those of Russian maps and the likeliest letters: «Ұлытау», «Улутау»;
    /// «Ләйлім», «Ляйлим».
    Maps,
    /// Every letter that may be written otherwise, and nothing else:
    /// «Тоқтар», «Тохтар»; «Күлтегін», «Кюльтегин».
    Letters,
}

/// The phrase in the other spelling, word by word; `None` if no word has one.
pub(super) fn respelled(text: &str, rules: RespellingRules) -> Option<Zeroizing<String>> {
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
        } else {
            let listed = COUNTERPARTS.get(own.as_str()).cloned().map(Zeroizing::new);
            let respelled = match rules {
                RespellingRules::Maps => listed.or_else(|| by_rule(words[at], rules)),
                RespellingRules::Letters => by_rule(words[at], rules).or(listed),
            };
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

/// A word of no list by `rules`; `None` if none applies.
fn by_rule(word: &str, rules: RespellingRules) -> Option<Zeroizing<String>> {
    let word = Word::of(word)?;
    let mut out = Zeroizing::new(String::with_capacity(word.letters.len() * 4));
    let mut is_changed = false;
    let mut vowel = None;
    for at in 0..word.letters.len() {
        let (before, rest) = word.letters.split_at(at);
        match word.respelled_letter(rules, before, rest, vowel, is_changed) {
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

/// A word and what decides which rules it follows.
struct Word {
    letters: Zeroizing<Vec<char>>,
    /// It has a letter that only Kazakh has.
    is_kazakh: bool,
    /// It has ь, ё or э, which words on Russian maps have not, but for «гуль».
    is_softened: bool,
    /// It is Russian, as far as can be told.
    is_russian: bool,
    /// It has х in Kazakh too.
    has_kh: bool,
}

impl Word {
    /// `None` for a word of letters that Kazakh words are never written with.
    fn of(word: &str) -> Option<Self> {
        let letters: Zeroizing<Vec<char>> =
            Zeroizing::new(word.chars().map(letters::lower).collect());
        let stem = without_surname(&letters);
        let is_foreign = (0..stem.len()).any(|at| match stem[at] {
            'в' | 'ф' | 'ц' | 'щ' | 'ъ' => true,
            'э' => at > 0,
            'ь' => at == 0 || !"лнрс".contains(stem[at - 1]),
            letter => !letters::is_cyrillic(letter),
        });
        if is_foreign {
            return None;
        }
        let mut text = Zeroizing::new(String::with_capacity(word.len()));
        text.extend(letters.iter());
        let is_kazakh = letters.iter().any(|c| letters::is_kazakh(*c));
        // The lists are long, and most words have none of these letters.
        let has = |any: &str| letters.iter().any(|c| any.contains(*c));
        Some(Self {
            is_kazakh,
            is_softened: is_softened(stem),
            is_russian: !is_kazakh && has("юяёх") && spelling_stems::is_russian(&text),
            has_kh: has("х") && spelling_stems::has_kh(&text),
            letters,
        })
    }

    /// How `rest[0]` is written otherwise; `None` if it stays. `vowel` is the
    /// last one before it, and `is_changed` tells whether the word is already
    /// known to be respelled.
    fn respelled_letter(
        &self,
        rules: RespellingRules,
        before: &[char],
        rest: &[char],
        vowel: Option<char>,
        is_changed: bool,
    ) -> Option<&'static str> {
        let by_maps = rules == RespellingRules::Maps && !self.is_softened;
        if self.is_kazakh {
            let by_map = || to_russian(before, rest, vowel).filter(|_| by_maps);
            letters_to_russian(rules, before, rest).or_else(by_map)
        } else {
            let is_known = is_changed && !self.is_russian;
            let by_letter = || letters_to_kazakh(before, rest, vowel, is_known);
            let by_map = || to_kazakh(before, rest, vowel).filter(|_| by_maps);
            let kept = rest[0] == 'х' && self.has_kh && rules == RespellingRules::Maps;
            (!self.is_russian && !kept)
                .then(by_letter)
                .flatten()
                .or_else(by_map)
        }
    }
}

fn is_softened(word: &[char]) -> bool {
    let word = match word {
        [before @ .., 'л', 'ь'] => before,
        _ => word,
    };
    word.iter().any(|c| matches!(c, 'ь' | 'ё' | 'э'))
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

fn is_consonant(letter: char) -> bool {
    "бгғджзкқлмнңпрстхһчш".contains(letter)
}

fn ends_in_consonant(before: &[char]) -> bool {
    before.last().is_some_and(|letter| is_consonant(*letter))
}

/// A letter that Kazakh has and Russian writes otherwise than it folds.
///
/// - ә after л and н is я, and ү in «күй» is ю; where every letter is meant, ә
///   is я after any consonant and ү is ю after any but г («гүл» is «гуль»).
/// - қ inside a word may be х: «Тоқтар», «Тохтар».
/// - һ is г: «Ибраһим», «Ибрагим»; as х it folds.
fn letters_to_russian(
    rules: RespellingRules,
    before: &[char],
    rest: &[char],
) -> Option<&'static str> {
    match (rules, before, rest) {
        (_, [_, ..], ['һ', ..]) => Some("г"),
        (_, [.., 'л' | 'н'], ['ә', ..]) => Some("я"),
        (_, [.., 'к'], ['ү', 'й', ..]) => Some("ю"),
        (RespellingRules::Letters, _, ['ә', ..]) if ends_in_consonant(before) => Some("я"),
        (RespellingRules::Letters, [.., before], ['ү', _, ..]) => {
            (is_consonant(*before) && *before != 'г').then_some("ю")
        }
        (RespellingRules::Letters, [_, ..], ['қ', _, ..]) => Some("х"),
        _ => None,
    }
}

/// The same back, for a word typed with no Kazakh letter.
///
/// - ю, я after a consonant are ү, ә: «Кюльтегин», «Ляйлим»; not at the end,
///   where Russian words decline, unless the word is changed before; not with
///   ы or о after them, which Kazakh ү and ә never have («люстры», «мясо»); and
///   not in short words but «кюй», «кюн».
/// - ё in the first syllable is ө: «Тёле би».
/// - х inside a word is қ, but in «хан» at its end: «Тохтар», «Нурхан»; not
///   beside е, и and their like, where Kazakh has no қ: «техника», «Рахим».
fn letters_to_kazakh(
    before: &[char],
    rest: &[char],
    vowel: Option<char>,
    is_known: bool,
) -> Option<&'static str> {
    let next_vowel = rest[1..].iter().find(|letter| is_vowel(**letter));
    let is_front = ends_in_consonant(before) && !matches!(next_vowel, Some('ы' | 'о' | 'ё'));
    let is_long = before.len() + rest.len() >= LONG_WORD || before == ['к'];
    let is_soft = is_front && is_long;
    match (before, rest) {
        (_, ['ю', _, ..]) if is_soft => Some("у"),
        (_, ['я', _, ..]) if is_soft => Some("а"),
        (_, ['я']) if is_soft && is_known => Some("а"),
        (_, ['ё', ..]) if is_front && vowel.is_none() => Some("о"),
        ([_, _, ..], ['х', 'а', 'н']) => None,
        ([.., 'е' | 'и' | 'э' | 'ё'], ['х', ..]) => None,
        ([_, ..], ['х', next, ..]) if !"еиэёюя".contains(*next) => Some("к"),
        _ => None,
    }
}

/// One letter of a Kazakh word as Russian maps have it, given what is around it
/// and the last vowel.
///
/// - after у, Kazakh ы is у: «Ұлытау», «Улутау»; not at the end of a word,
///   where Russian and Kazakh endings differ by it.
/// - йы and йі are и after a vowel: «Қайырбек», «Каирбек»; not at the end,
///   where they are an ending: «күйі», «кюйи».
/// - ы and і are dropped between у and р or л: «бауырсақ», «баурсак».
/// - ш at the end is ч: «Ұзынағаш», «Узунагач».
/// - ң at the end and before ы and і is нг: «таң», «танг»; «Жеңіс», «Женгис».
/// - ті at the end is ты: «Көкпекті», «Кокпекты».
fn to_russian(before: &[char], rest: &[char], vowel: Option<char>) -> Option<&'static str> {
    let is_long = before.len() + rest.len() >= LONG_WORD;
    match (before, rest) {
        ([.., first, 'у'], ['ы' | 'і', 'р' | 'л', ..]) if is_vowel(*first) => Some(""),
        (_, ['й', 'ы' | 'і', _, ..]) if ends_in_vowel(before) => Some(""),
        ([.., 'й'], ['ы' | 'і', _, ..]) if ends_in_vowel(&before[..before.len() - 1]) => {
            Some("и")
        }
        (_, ['ы', _, ..]) if matches!(vowel, Some('у' | 'ұ')) => Some("у"),
        (_, ['ш']) if is_long => Some("ч"),
        (_, ['ң']) => Some("нг"),
        (_, ['ң', 'і' | 'ы', ..]) if ends_in_vowel(before) => Some("нг"),
        ([.., 'т'], ['і']) if is_long => Some("ы"),
        _ => None,
    }
}

/// The same back, for a word typed with no Kazakh letter; besides, ж at the
/// beginning was дж («Жандос», «Джандос»), and «қызыл» кзыл.
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
        ([.., one, 'н'], ['г', 'и' | 'ы', ..]) if is_vowel(*one) => Some(""),
        ([.., 'ю'], ['и', _, ..]) => Some("йи"),
        ([], ['д', 'ж', _, _, _, _, ..]) => Some(""),
        ([], ['к', 'з', 'ы', 'л', ..]) => Some("кы"),
        ([.., 'т'], ['ы']) if is_long && vowel == Some('е') => Some("и"),
        _ => None,
    }
}
