//! How many guesses a phrase withstands.
//!
//! Two estimates, the smaller one counts. Ours cuts the folded phrase into what an attacker who
//! knows the lists of this crate would try: words, dates, rows, runs, and what is left letter by
//! letter. The other is zxcvbn on the phrase in Latin letters, for the English and international
//! words that it knows. Both multiply over the parts of the best cut.

use std::{collections::HashSet, sync::LazyLock};

use zeroize::Zeroizing;

use crate::domain::heard;

use super::{
    dates,
    lexicon::{self, LEXICON},
    patterns,
    personal::PersonalData,
    phrase::Phrase,
    walks,
};

/// A letter of a word that is on no list: 2.14 bits, Shannon's figure (1951) for a letter where
/// the words of the language are known.
const LETTER: f64 = 0.65;
/// That a word on no list begins here, and not a listed one.
const UNLISTED: f64 = 0.5;
/// The first letters of a word, of which nothing before them tells: 4.14, 3.56 and 3.3 bits, the
/// same source's figures for a letter where none, one and two before it are known. A short word is
/// little else, and so is no easier than the everyday words of the lists.
const FIRST_LETTERS: [f64; 3] = [1.25, 2.32, 3.31];
/// An ending after a listed word: one of some forty, or none.
const ENDING: f64 = 1.0;
/// The fewest letters of a word that has endings.
const SHORTEST_STEM: usize = 3;
/// A digit that is of no date. People choose few of the ten thousand numbers of four digits:
/// half of them are found in five hundred guesses (Bonneau, Preibusch, Anderson 2012).
const DIGIT: f64 = 0.7;
/// One letter or digit, again and again.
const ONE_LETTER: f64 = 1.0;
/// A word that stands beside a year: «года», «жылғы».
const BESIDE_YEAR: f64 = 1.3;
/// A year: most are of the last sixty.
const YEAR: f64 = 1.8;
/// A day in one of sixty years.
const DATE: f64 = 4.3;
/// A month, a day of the week.
const WORD_OF_DATE: f64 = 1.5;
/// A row of the alphabet or a walk on the keyboard: the start, the length, the way.
const ROW: f64 = 2.0;
/// What is known of the client: a handful of names and numbers, whole or in part.
const OWN: f64 = 0.5;
/// The fewest characters of a row or walk that is cheaper than its letters.
const SHORTEST_ROW: usize = 4;
/// Maximum length of a part that is looked up.
const LONGEST: usize = 48;

/// Endings that make another form of a Kazakh or Russian word: plural, possession, case, diminutive.
/// (zxcvbn prices the English ones.)
const ENDINGS: &str = "
лар лер дар дер тар тер м ым ім ң ың ің ы і сы сі мыз міз ның нің дың дің тың тің
ға ге қа ке на не а е ды ді ты ті ны ні н да де та те нда нде дан ден тан тен нан нен мен бен пен
лы лі лық лік дық дік тық тік шы ші ғы гі қы кі дағы дегі тағы тегі сыз сіз
о и у ю я ой ей ом ем ам ям ами ями ах ях ов ев ый ий ая яя ое ее ого его ому ему ым им ых их ые ие
ую юю к ка ки ку ко ок ик ек чик очка ечка ушка енок ёнок
";

static ENDINGS_FOLDED: LazyLock<HashSet<Box<str>>> = LazyLock::new(|| {
    ENDINGS
        .split_whitespace()
        .map(|ending| heard::fold(ending).as_str().into())
        .collect()
});

/// The guesses that a phrase withstands, as a power of ten, from an attacker who has our lists,
/// and knows the client, or not.
pub(super) fn by_parts(phrase: &Phrase, known: Option<&PersonalData>) -> f64 {
    let letters: Vec<char> = phrase.as_str().chars().collect();
    if let Some(period) = patterns::period(&letters) {
        let part = Phrase::of_folded(phrase.cut(0, period));
        let times = letters.len() as f64 / period as f64;
        return cheapest_cut(&part, known).min(cheapest_cut(phrase, known)) + times.log10();
    }
    cheapest_cut(phrase, known)
}

fn cheapest_cut(phrase: &Phrase, known: Option<&PersonalData>) -> f64 {
    let end = phrase.seen();
    let mut cheapest = vec![f64::INFINITY; end + 1];
    // The same where the last part is a listed word, which an ending may follow.
    let mut after_word = cheapest.clone();
    cheapest[0] = 0.0;
    for from in 0..end {
        for to in from + 1..=end.min(from + LONGEST) {
            let text = phrase.cut(from, to);
            if let Some(cost) = part(phrase, from, to, known) {
                cheapest[to] = cheapest[to].min(cheapest[from] + cost);
                if to - from >= SHORTEST_STEM && LEXICON.get(text).is_some() {
                    after_word[to] = after_word[to].min(cheapest[from] + cost);
                }
            }
            if ENDINGS_FOLDED.contains(text) {
                cheapest[to] = cheapest[to].min(after_word[from] + ENDING);
            }
        }
    }
    cheapest[end]
}

/// How many words make up for `missing` guesses, as a power of ten: one or more. They are reckoned
/// as common words, for that is what people add.
pub(super) fn words_for(missing: f64) -> usize {
    let mut words = 1;
    while words as f64 * lexicon::COMMON < missing {
        words += 1;
    }
    words
}

/// A word of `length` letters that is on no list.
fn unlisted(length: usize) -> f64 {
    let first = FIRST_LETTERS[length.clamp(1, FIRST_LETTERS.len()) - 1];
    first.max(UNLISTED + LETTER * length as f64)
}

/// What the part `from..to` costs; `None` where it is none.
fn part(phrase: &Phrase, from: usize, to: usize, known: Option<&PersonalData>) -> Option<f64> {
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
    } else if dates::is_beside(phrase, from, to) && phrase.touches_digit(from, to) {
        Some(BESIDE_YEAR)
    } else if length >= SHORTEST_ROW && (patterns::is_one_row(text) || walks::is_one_walk(text)) {
        Some(ROW)
    } else if length >= 3 && is_one_letter(text) {
        Some(ONE_LETTER + (length as f64).log10())
    } else if !(from..to).any(|at| phrase.is_digit(at)) {
        Some(unlisted(length))
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
