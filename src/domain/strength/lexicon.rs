//! The words and phrases that are guessed first, folded, with what a guess of each costs.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::{
    heard::{self, Folded},
    language::Language,
    suggestions,
};

use super::{phrase::Phrase, walks};

/// Maximum number of digits around a listed phrase that do not make it another phrase.
pub(super) const MAX_DECORATION: usize = 4;

/// Why a phrase is on the blocklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// one word: a common password, a name, a place
    Password,
    /// several words
    Phrase,
    /// the company's own
    Company,
}

/// What is known of one folded word or phrase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Set where it is refused when it stands alone.
    pub(super) listed: Option<Listed>,
    /// The guesses after which an attacker who tries such words has come to it, a power of ten.
    pub(super) guesses_log10: f64,
}

impl Entry {
    /// A word that says nothing: «мой», `the`.
    pub(super) fn is_filler(&self) -> bool {
        self.listed.is_none() && self.guesses_log10 <= FILLER
    }
}

/// All words by their folded form.
pub(super) struct Lexicon {
    entries: HashMap<Box<str>, Entry>,
    longest: usize,
}

/// The lexicon, built at first use.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

// The costs, as powers of ten: about half the size of each list, since inside a list the words
// are not ranked. Everyday words are in the suggestion lists.
const FILLER: f64 = 1.3;
const COMPANY: f64 = 1.3;
const PLACE: f64 = 2.3;
/// Less than half the list: a few dozen names are most people's.
const NAME: f64 = 2.4;
pub(super) const COMMON: f64 = 2.8;
const PHRASE: f64 = 3.3;
const EVERYDAY: f64 = 3.3;

/// The fewest letters of a famous name that is priced as a name beside another, too.
const SURNAME: usize = 6;

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self {
            entries: HashMap::new(),
            longest: 0,
        };
        // The first list that has a phrase says why it is refused.
        for line in include_str!("company.txt").lines() {
            lexicon.add_typed(line, Some(Listed::Company), COMPANY);
        }
        for list in [
            include_str!("common-kk.txt"),
            include_str!("common-ru.txt"),
            include_str!("common-en.txt"),
        ] {
            list.lines().for_each(|line| lexicon.block(line, COMMON));
        }
        for names in include_str!("famous.txt").lines() {
            lexicon.block_person(names);
        }
        include_str!("names.txt")
            .lines()
            .for_each(|line| lexicon.block(line, NAME));
        include_str!("places.txt")
            .lines()
            .for_each(|line| lexicon.block(line, PLACE));
        for line in include_str!("fillers.txt").lines() {
            lexicon.add(line, None, FILLER);
        }
        for language in Language::ALL {
            for word in suggestions::words(language) {
                lexicon.add(word, None, EVERYDAY);
            }
        }
        lexicon
    }

    fn block(&mut self, line: &str, word: f64) {
        if line.contains(' ') {
            self.add_typed(line, Some(Listed::Phrase), PHRASE);
            for order in other_orders(line) {
                self.add(&order, Some(Listed::Phrase), PHRASE);
            }
        } else {
            self.add_typed(line, Some(Listed::Password), word);
        }
    }

    /// Blocks a person's names, the last one last or first, and each in every spelling: «Тоқтар
    /// Әубәкіров», «Аубакиров Тохтар».
    fn block_person(&mut self, names: &str) {
        self.block(names, NAME);
        let mut spelled: Vec<Vec<Folded>> = names
            .split(' ')
            .map(|name| {
                std::iter::once(heard::fold(name))
                    .chain(heard::other_spellings(name))
                    .collect()
            })
            .collect();
        for name in names.split(' ') {
            if name.chars().count() >= SURNAME {
                self.add(name, None, NAME);
            }
        }
        for _ in 0..2 {
            let joined = spelled.iter().fold(vec![String::new()], |before, name| {
                let then =
                    |text: &String| name.iter().map(|one| text.clone() + one.as_str()).collect();
                before
                    .iter()
                    .flat_map(|text| -> Vec<String> { then(text) })
                    .collect()
            });
            for folded in joined {
                self.add_folded(&folded, Some(Listed::Phrase), PHRASE);
            }
            spelled.rotate_right(1);
        }
    }

    /// Adds a line as it is said, as Russian or Kazakh spells it, and as it comes out on another
    /// keyboard layout.
    fn add_typed(&mut self, line: &str, listed: Option<Listed>, guesses_log10: f64) {
        self.add(line, listed, guesses_log10);
        for spelling in heard::other_spellings(line) {
            self.add_folded(spelling.as_str(), listed, guesses_log10);
        }
        for swapped in walks::on_other_layouts(line) {
            self.add(&swapped, listed, guesses_log10);
        }
    }

    fn add(&mut self, line: &str, listed: Option<Listed>, guesses_log10: f64) {
        self.add_folded(heard::fold(line).as_str(), listed, guesses_log10);
    }

    fn add_folded(&mut self, folded: &str, listed: Option<Listed>, guesses_log10: f64) {
        if folded.is_empty() {
            return;
        }
        self.longest = self.longest.max(folded.chars().count());
        let entry = self.entries.entry(folded.into()).or_insert(Entry {
            listed,
            guesses_log10,
        });
        entry.listed = entry.listed.or(listed);
        entry.guesses_log10 = entry.guesses_log10.min(guesses_log10);
    }

    /// What is known of a folded word.
    pub(super) fn get(&self, folded: &str) -> Option<Entry> {
        self.entries.get(folded).copied()
    }

    /// Whether a folded phrase is refused, and as what.
    pub(super) fn listed(&self, folded: &str) -> Option<Listed> {
        self.get(folded)?.listed
    }

    /// The length of the longest entry in characters.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

/// The words of a phrase of two or three in their other orders, which are said as often:
/// «сүйемін сені», «тебя люблю я».
fn other_orders(line: &str) -> Vec<String> {
    let mut words: Vec<&str> = line.split(' ').collect();
    if words.len() > 3 {
        return Vec::new();
    }
    let mut orders = Vec::new();
    for _ in 0..words.len() {
        words.rotate_left(1);
        orders.push(words.join(" "));
        orders.push(words.iter().rev().copied().collect::<Vec<_>>().join(" "));
    }
    orders
}

/// Letters that the company's words may leave over in a phrase that still is no more than them.
const COMPANY_LEFT_OVER: usize = 2;

/// Whether a phrase is nothing, or nearly nothing, but the company's words, fillers and digits.
pub(super) fn is_company(phrase: &Phrase) -> bool {
    let is_plain = |from: usize, to: usize| {
        to - from <= MAX_DECORATION && (from..to).all(|at| phrase.is_digit(at))
            || to - from > 1
                && LEXICON
                    .get(phrase.cut(from, to))
                    .is_some_and(|entry| entry.is_filler())
    };
    let is_company = |from: usize, to: usize| {
        is_plain(from, to) || LEXICON.listed(phrase.cut(from, to)) == Some(Listed::Company)
    };
    let longest = LEXICON.longest();
    phrase.uncovered(longest, is_company) <= COMPANY_LEFT_OVER
        && phrase.uncovered(longest, is_plain) > COMPANY_LEFT_OVER
}
