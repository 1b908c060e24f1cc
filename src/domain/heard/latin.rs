//! Latin spellings to the folded Cyrillic alphabet.
//!
//! One table serves the Kazakh alphabet of 2021 (ä ğ ı i ñ ö ş ū ü y, with the
//! acute letters of 2018), the spellings people make up (`sh`, `zh`, `gh`,
//! `kh`, `w`), and Russian names as passports write them (`ia`, `iu`, `shch`,
//! `ts`). English phrases go through it too, alike at both ends.

/// How letters that people read in two ways are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// `w` у, `x` кс, `c` ц, `j` ж, `ng` нг: what folding uses.
    Usual,
    /// As some write Kazakh: `ng` ң, `x` х, `uy` уы, `ia` ия.
    Kazakh,
    /// As some write Russian: `w` в, `x` х, `ja` я, `sch` щ, `ye` е, `-y` -ый.
    Russian,
}

/// Brings a Latin letter, lower case and composed, to one of a–z or to one of
/// the marks ş (sh), ç (ch), ž (zh), ý (у); `None` if it has no such base.
pub(super) fn base(letter: char) -> Option<char> {
    Some(match letter {
        'a'..='z' | 'ş' | 'ç' | 'ž' | 'ý' => letter,
        'ș' | 'š' | 'ś' => 'ş',
        'č' | 'ć' => 'ç',
        'ź' | 'ż' => 'ž',
        'ı' | 'ɪ' => 'i',
        'ŋ' => 'n',
        'ə' | 'ǝ' | 'æ' => 'a',
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ß' => 's',
        _ => {
            let mut first = None;
            unicode_normalization::char::decompose_compatible(letter, |part| {
                if first.is_none() {
                    first = Some(part);
                }
            });
            match first {
                Some(plain @ 'a'..='z') => plain,
                Some(plain @ 'A'..='Z') => plain.to_ascii_lowercase(),
                _ => return None,
            }
        }
    })
}

fn is_vowel(letter: Option<&char>) -> bool {
    matches!(letter, Some('a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ý'))
}

/// Writes the folded Cyrillic of a run of Latin letters that [`base`] made.
pub(super) fn transliterate(run: &[char], reading: Reading, out: &mut impl FnMut(char)) {
    let mut at = 0;
    while at < run.len() {
        let (before, rest) = run.split_at(at);
        let (used, cyrillic) = match reading {
            Reading::Usual => step(before, rest),
            Reading::Kazakh => kazakh_step(before, rest),
            Reading::Russian => russian_step(before, rest),
        };
        cyrillic.chars().for_each(&mut *out);
        at += used;
    }
}

fn kazakh_step(before: &[char], rest: &[char]) -> (usize, &'static str) {
    match (before, rest) {
        (_, ['n', 'g', ..]) => (2, "н"),
        (_, ['x', ..]) => (1, "х"),
        (_, ['i', 'a']) => (2, "ииа"),
        ([.., 'u'], ['y', after @ ..]) if !is_vowel(after.first()) => (1, "ы"),
        ([.., last], ['y', 'e', ..]) if is_vowel(Some(last)) => (1, "и"),
        _ => step(before, rest),
    }
}

fn russian_step(before: &[char], rest: &[char]) -> (usize, &'static str) {
    match rest {
        ['s', 'c', 'h', ..] => (3, "шч"),
        ['w', ..] => (1, "в"),
        ['x', ..] => (1, "х"),
        ['j', 'a', ..] => (2, "иа"),
        ['j', 'u', ..] => (2, "иу"),
        ['j', 'o', ..] => (2, "е"),
        ['j', ..] if is_vowel(before.last()) => (1, "и"),
        ['y', 'e' | 'o', ..] => (2, "е"),
        ['i', 'a'] => (2, "ииа"),
        ['i', 'y'] => (2, "ыи"),
        ['y'] if !is_vowel(before.last()) => (1, "ыи"),
        _ => step(before, rest),
    }
}

fn step(before: &[char], rest: &[char]) -> (usize, &'static str) {
    match rest {
        ['z' | 's' | 'k' | 'c' | 'g', 'h', ..] => (
            2,
            match rest[0] {
                'z' => "ж",
                's' => "ш",
                'k' => "х",
                'c' => "ч",
                _ => "г",
            },
        ),
        ['y', ..] => letter_y(before, rest),
        [letter, ..] => (1, single(*letter)),
        [] => (1, ""),
    }
}

/// `y` is ы between consonants (2021), й beside a vowel, and part of ё and е.
fn letter_y(before: &[char], rest: &[char]) -> (usize, &'static str) {
    match (before.last(), rest.get(1)) {
        (None, Some('o' | 'e')) => (1, "и"),
        (_, Some('o')) => (2, "е"),
        (Some('u'), Some('e')) => (1, "и"),
        (Some('a' | 'e' | 'o' | 'y' | 'ý'), Some('e')) => (2, "е"),
        (Some('i'), Some('i')) => (1, ""),
        (_, Some('a' | 'u')) => (1, "и"),
        _ if ends_in_glide(before) => (1, "ы"),
        (Some('i'), Some(next)) if !is_vowel(Some(next)) => (1, "ы"),
        (Some('i'), _) => (1, "и"),
        (_, Some('e')) => (1, "ы"),
        (last, _) if is_vowel(last) => (1, "и"),
        _ => (1, "ы"),
    }
}

/// True after й or у that closes a syllable: `auyl`, `raiy`, `kayyn`.
fn ends_in_glide(before: &[char]) -> bool {
    match before {
        [.., vowel, 'u' | 'ý' | 'i' | 'y'] => is_vowel(Some(vowel)),
        _ => false,
    }
}

fn single(letter: char) -> &'static str {
    match letter {
        'a' => "а",
        'b' => "б",
        'c' => "тс",
        'd' => "д",
        'e' => "е",
        'f' => "ф",
        'g' => "г",
        'h' => "х",
        'i' => "и",
        'j' | 'ž' => "ж",
        'k' | 'q' => "к",
        'l' => "л",
        'm' => "м",
        'n' => "н",
        'o' => "о",
        'p' => "п",
        'r' => "р",
        's' => "с",
        't' => "т",
        'u' | 'w' | 'ý' => "у",
        'v' => "в",
        'x' => "кс",
        'y' => "ы",
        'z' => "з",
        'ş' => "ш",
        'ç' => "ч",
        _ => "",
    }
}
