//! The number words of Kazakh and Russian, 0 to 999,999, and their ordinals.
//!
//! Written here in true orthography and kept in the folded alphabet, so that
//! «жетпіс», «жетпис» and `jetpis` are one word.

use std::sync::LazyLock;

use super::letters;

/// The language of a number word; one number is said in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Russian,
    Kazakh,
}

/// The place that a word takes in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Zero,
    /// 1 to 9.
    Unit(u32),
    /// 10 to 19, Russian.
    Teen(u32),
    /// 10 or 20 to 90.
    Ten(u32),
    /// 100 to 900 in one word, Russian.
    Hundreds(u32),
    /// «жүз»: a hundred, or that many hundreds.
    Hundred,
    /// «мың», «тысяча»: a thousand, or that many.
    Thousand,
    /// «двухтысячный».
    Thousands(u32),
}

/// One number word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) tongue: Tongue,
    pub(super) part: Part,
    /// An ordinal ends its number: nothing is added to it.
    pub(super) is_ordinal: bool,
}

use Part::{Hundred, Hundreds, Teen, Ten, Thousand, Thousands, Unit, Zero};

const KAZAKH: &[(&str, Part)] = &[
    ("нөл", Zero),
    ("бір", Unit(1)),
    ("екі", Unit(2)),
    ("үш", Unit(3)),
    ("төрт", Unit(4)),
    ("бес", Unit(5)),
    ("алты", Unit(6)),
    ("жеті", Unit(7)),
    ("сегіз", Unit(8)),
    ("тоғыз", Unit(9)),
    ("он", Ten(10)),
    ("жиырма", Ten(20)),
    ("жырма", Ten(20)),
    ("отыз", Ten(30)),
    ("қырық", Ten(40)),
    ("елу", Ten(50)),
    ("алпыс", Ten(60)),
    ("жетпіс", Ten(70)),
    ("сексен", Ten(80)),
    ("тоқсан", Ten(90)),
    ("жүз", Hundred),
    ("мың", Thousand),
];

const KAZAKH_ORDINALS: &[(&str, Part)] = &[
    ("бірінші", Unit(1)),
    ("екінші", Unit(2)),
    ("үшінші", Unit(3)),
    ("төртінші", Unit(4)),
    ("бесінші", Unit(5)),
    ("алтыншы", Unit(6)),
    ("жетінші", Unit(7)),
    ("сегізінші", Unit(8)),
    ("тоғызыншы", Unit(9)),
    ("оныншы", Ten(10)),
    ("жиырмасыншы", Ten(20)),
    ("отызыншы", Ten(30)),
    ("қырқыншы", Ten(40)),
    ("елуінші", Ten(50)),
    ("алпысыншы", Ten(60)),
    ("жетпісінші", Ten(70)),
    ("сексенінші", Ten(80)),
    ("тоқсаныншы", Ten(90)),
    ("жүзінші", Hundred),
    ("мыңыншы", Thousand),
];

const RUSSIAN: &[(&str, Part)] = &[
    ("ноль", Zero),
    ("нуль", Zero),
    ("один", Unit(1)),
    ("одна", Unit(1)),
    ("одно", Unit(1)),
    ("два", Unit(2)),
    ("две", Unit(2)),
    ("три", Unit(3)),
    ("четыре", Unit(4)),
    ("пять", Unit(5)),
    ("шесть", Unit(6)),
    ("семь", Unit(7)),
    ("восемь", Unit(8)),
    ("девять", Unit(9)),
    ("десять", Teen(10)),
    ("одиннадцать", Teen(11)),
    ("двенадцать", Teen(12)),
    ("тринадцать", Teen(13)),
    ("четырнадцать", Teen(14)),
    ("пятнадцать", Teen(15)),
    ("шестнадцать", Teen(16)),
    ("семнадцать", Teen(17)),
    ("восемнадцать", Teen(18)),
    ("девятнадцать", Teen(19)),
    ("двадцать", Ten(20)),
    ("тридцать", Ten(30)),
    ("сорок", Ten(40)),
    ("пятьдесят", Ten(50)),
    ("шестьдесят", Ten(60)),
    ("семьдесят", Ten(70)),
    ("восемьдесят", Ten(80)),
    ("девяносто", Ten(90)),
    ("сто", Hundreds(100)),
    ("двести", Hundreds(200)),
    ("триста", Hundreds(300)),
    ("четыреста", Hundreds(400)),
    ("пятьсот", Hundreds(500)),
    ("шестьсот", Hundreds(600)),
    ("семьсот", Hundreds(700)),
    ("восемьсот", Hundreds(800)),
    ("девятьсот", Hundreds(900)),
    ("тысяча", Thousand),
    ("тысячи", Thousand),
    ("тысяч", Thousand),
    ("тысячу", Thousand),
];

/// Stems of Russian ordinals, to be followed by an ending of [`ENDINGS`].
const RUSSIAN_ORDINAL_STEMS: &[(&str, Part)] = &[
    ("перв", Unit(1)),
    ("втор", Unit(2)),
    ("четверт", Unit(4)),
    ("пят", Unit(5)),
    ("шест", Unit(6)),
    ("седьм", Unit(7)),
    ("восьм", Unit(8)),
    ("девят", Unit(9)),
    ("десят", Teen(10)),
    ("одиннадцат", Teen(11)),
    ("двенадцат", Teen(12)),
    ("тринадцат", Teen(13)),
    ("четырнадцат", Teen(14)),
    ("пятнадцат", Teen(15)),
    ("шестнадцат", Teen(16)),
    ("семнадцат", Teen(17)),
    ("восемнадцат", Teen(18)),
    ("девятнадцат", Teen(19)),
    ("двадцат", Ten(20)),
    ("тридцат", Ten(30)),
    ("сороков", Ten(40)),
    ("пятидесят", Ten(50)),
    ("шестидесят", Ten(60)),
    ("семидесят", Ten(70)),
    ("восьмидесят", Ten(80)),
    ("девяност", Ten(90)),
    ("сот", Hundreds(100)),
    ("двухсот", Hundreds(200)),
    ("трёхсот", Hundreds(300)),
    ("четырёхсот", Hundreds(400)),
    ("пятисот", Hundreds(500)),
    ("шестисот", Hundreds(600)),
    ("семисот", Hundreds(700)),
    ("восьмисот", Hundreds(800)),
    ("девятисот", Hundreds(900)),
    ("тысячн", Thousand),
    ("двухтысячн", Thousands(2)),
    ("трёхтысячн", Thousands(3)),
];

/// The cases in which a year or a number in a row is named.
const ENDINGS: [&str; 6] = ["ый", "ой", "ая", "ое", "ого", "ом"];

const RUSSIAN_THIRD: [&str; 5] = ["третий", "третья", "третье", "третьего", "третьем"];

/// What follows digits with a hyphen in an ordinal: «2010-й», «5-ші».
const HYPHENED_ENDINGS: [&str; 18] = [
    "й", "ый", "ой", "ий", "я", "ая", "е", "ое", "го", "ого", "его", "м", "ом", "ем", "шы", "ші",
    "ншы", "нші",
];

/// What follows digits with nothing between and can be no word: «2010го».
const JOINED_ENDINGS: [&str; 8] = ["го", "ого", "его", "ый", "шы", "ші", "ыншы", "інші"];

/// True for the ending of an ordinal typed as digits and a hyphen.
pub(super) fn is_hyphened_ending(run: &[char]) -> bool {
    TABLES.hyphened.iter().any(|ending| **ending == *run) || is_joined_ending(run)
}

/// True for an ending that marks an ordinal even without the hyphen.
pub(super) fn is_joined_ending(run: &[char]) -> bool {
    TABLES.joined.iter().any(|ending| **ending == *run)
}

/// Calls `found` with each number word of this tongue that `run` begins with
/// and the word's length, shorter ones first.
pub(super) fn words_at(run: &[char], tongue: Tongue, found: &mut impl FnMut(usize, Word)) {
    let mut node = 0;
    for (index, &letter) in run.iter().enumerate() {
        let Some(slot) = slot(letter) else { return };
        node = usize::from(TABLES.nodes[node].next[slot]);
        if node == 0 {
            return;
        }
        let word = match tongue {
            Tongue::Russian => TABLES.nodes[node].russian,
            Tongue::Kazakh => TABLES.nodes[node].kazakh,
        };
        if let Some(word) = word {
            found(index + 1, word);
        }
    }
}

struct Tables {
    nodes: Vec<Node>,
    hyphened: Vec<Vec<char>>,
    joined: Vec<Vec<char>>,
}

/// A node of the trie; the root is 0, which no letter leads to.
#[derive(Clone, Default)]
struct Node {
    next: [u16; 32],
    russian: Option<Word>,
    kazakh: Option<Word>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut nodes = vec![Node::default()];
    let mut add = |text: &str, tongue, part, is_ordinal| {
        let word = Word {
            tongue,
            part,
            is_ordinal,
        };
        let node = grow(&mut nodes, &folded(text));
        match tongue {
            Tongue::Russian => node.russian = Some(word),
            Tongue::Kazakh => node.kazakh = Some(word),
        }
    };
    for (text, part) in KAZAKH {
        add(text, Tongue::Kazakh, *part, false);
    }
    for (text, part) in KAZAKH_ORDINALS {
        add(text, Tongue::Kazakh, *part, true);
    }
    for (text, part) in RUSSIAN {
        add(text, Tongue::Russian, *part, false);
    }
    for (stem, part) in RUSSIAN_ORDINAL_STEMS {
        for ending in ENDINGS {
            add(&format!("{stem}{ending}"), Tongue::Russian, *part, true);
        }
    }
    for text in RUSSIAN_THIRD {
        add(text, Tongue::Russian, Unit(3), true);
    }
    Tables {
        nodes,
        hyphened: HYPHENED_ENDINGS.iter().map(|text| folded(text)).collect(),
        joined: JOINED_ENDINGS.iter().map(|text| folded(text)).collect(),
    }
});

fn folded(text: &str) -> Vec<char> {
    text.chars()
        .filter_map(letters::cyrillic)
        .flat_map(str::chars)
        .collect()
}

/// The node of this word, made where it is not there yet.
fn grow<'a>(nodes: &'a mut Vec<Node>, word: &[char]) -> &'a mut Node {
    let mut at = 0;
    for slot in word.iter().filter_map(|letter| slot(*letter)) {
        if nodes[at].next[slot] == 0 {
            let made = u16::try_from(nodes.len()).expect("a few hundred number words");
            nodes.push(Node::default());
            nodes[at].next[slot] = made;
        }
        at = usize::from(nodes[at].next[slot]);
    }
    &mut nodes[at]
}

fn slot(letter: char) -> Option<usize> {
    matches!(letter, 'а'..='я').then(|| letter as usize - 'а' as usize)
}
