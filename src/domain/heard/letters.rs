//! Single letters: what each is folded to, and which look like another.
//!
//! The folded alphabet is the Russian one without ё й ц щ ъ ь э ю я, and the
//! ten digits. Letters that stand for two sounds are written as two, so that
//! Latin spellings (`ya`, `ia`, `ts`, `shch`) need no guess.

use unicode_normalization::char::decompose_compatible;

use super::latin;

/// The folded form of a lower-case Cyrillic letter; `None` for any other.
///
/// The nine Kazakh letters go to the Russian ones typed for them; й and і to
/// и; ь and ъ to nothing; э to е (Latin has one letter for both, and
/// «Екібастұз» is «Экибастуз» in Russian).
pub(super) fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' | 'ә' => "а",
        'б' => "б",
        'в' => "в",
        'г' | 'ғ' | 'ґ' | 'ҕ' => "г",
        'д' => "д",
        'е' | 'ё' | 'э' | 'є' => "е",
        'ж' | 'җ' => "ж",
        'з' | 'ҙ' => "з",
        'и' | 'й' | 'і' | 'ї' | 'ј' => "и",
        'к' | 'қ' | 'ҝ' | 'ҡ' | 'ԛ' => "к",
        'л' => "л",
        'м' => "м",
        'н' | 'ң' | 'ҥ' => "н",
        'о' | 'ө' => "о",
        'п' => "п",
        'р' => "р",
        'с' | 'ҫ' | 'ѕ' => "с",
        'т' => "т",
        'у' | 'ұ' | 'ү' | 'ў' | 'ԝ' => "у",
        'ф' => "ф",
        'х' | 'һ' | 'ҳ' => "х",
        'ц' => "тс",
        'ч' | 'ҷ' => "ч",
        'ш' => "ш",
        'щ' => "шч",
        'ъ' | 'ь' => "",
        'ы' => "ы",
        'ю' => "иу",
        'я' => "иа",
        _ => return None,
    })
}

/// True for the letters that Kazakh has and Russian has not.
pub(super) fn is_kazakh(letter: char) -> bool {
    matches!(
        letter,
        'ә' | 'ғ'
            | 'қ'
            | 'ң'
            | 'ө'
            | 'ұ'
            | 'ү'
            | 'һ'
            | 'і'
            | 'Ә'
            | 'Ғ'
            | 'Қ'
            | 'Ң'
            | 'Ө'
            | 'Ұ'
            | 'Ү'
            | 'Һ'
            | 'І'
    )
}

/// Any letter of the Cyrillic blocks.
pub(super) fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{1C80}'..='\u{1C88}')
}

/// A Latin letter that the tables of `latin` can bring to a plain one.
pub(super) fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || matches!(letter, '\u{C0}'..='\u{24F}' | '\u{259}' | '\u{1E00}'..='\u{1EFF}')
            && latin::base(lower(letter)).is_some()
}

/// The Cyrillic letter of the same shape as this Latin one, as printed.
pub(super) fn cyrillic_shape(latin: char) -> Option<char> {
    Some(match latin {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'І',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'і',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        'h' => 'һ',
        _ => return None,
    })
}

/// The Latin letter of the same shape as this Cyrillic one, as printed.
pub(super) fn latin_shape(cyrillic: char) -> Option<char> {
    Some(match cyrillic {
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'І' => 'I',
        'К' => 'K',
        'М' => 'M',
        'О' => 'O',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        'а' => 'a',
        'с' => 'c',
        'е' => 'e',
        'і' => 'i',
        'о' => 'o',
        'р' => 'p',
        'х' => 'x',
        'у' => 'y',
        'һ' => 'h',
        _ => return None,
    })
}

/// True for a letter whose script its shape does not tell.
pub(super) fn is_ambiguous(letter: char) -> bool {
    // Not quite alike, but near enough in small print.
    matches!(letter, 'k' | 'm' | 't' | 'к' | 'м' | 'т' | 'ү' | 'Ү')
        || cyrillic_shape(letter).is_some()
        || latin_shape(letter).is_some()
}

/// Where each block of ten decimal digits begins (Unicode category Nd), but
/// for those that compatibility decomposition already brings to ASCII.
const DIGIT_ZEROS: [u32; 38] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
    0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0xFF10, 0x104A0,
];

/// The decimal digit that this character is in any script.
pub(super) fn digit(letter: char) -> Option<char> {
    let code = letter as u32;
    if code < 0x80 {
        return letter.is_ascii_digit().then_some(letter);
    }
    let zero = DIGIT_ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Passes on the simple lower-case forms of what a character of no special
/// rule decomposes to, without its marks: fullwidth and ornamental letters,
/// ligatures, letters of other scripts.
///
/// Repeated until it is still, since lower case and decomposition each may
/// undo the other; the few that never settle are dropped.
pub(super) fn plain(letter: char, out: &mut impl FnMut(char)) {
    const ROUNDS: usize = 4;
    settle(letter, ROUNDS, out);
}

fn settle(letter: char, rounds: usize, out: &mut impl FnMut(char)) {
    let mut count = 0;
    let mut only = None;
    once(letter, &mut |c| {
        count += 1;
        only = Some(c);
    });
    if count == 1 && only == Some(letter) {
        out(letter);
    } else if rounds > 0 {
        once(letter, &mut |c| settle(c, rounds - 1, out));
    }
}

fn once(letter: char, out: &mut impl FnMut(char)) {
    decompose_compatible(letter, |part| {
        for small in part.to_lowercase() {
            if !is_mark(small) {
                out(small);
            }
        }
    });
}

/// Combining marks that may follow a letter of ours: accents, stress, breve.
pub(super) fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// Lower case, one letter for one, with the marks that NFC leaves joined.
pub(super) fn lower(letter: char) -> char {
    match letter {
        'A'..='Z' => letter.to_ascii_lowercase(),
        '\0'..='\u{7F}' | 'а'..='я' => letter,
        'А'..='Я' => char::from_u32(u32::from(letter) + 0x20).unwrap_or(letter),
        'İ' => 'i',
        _ => {
            let mut small = letter.to_lowercase();
            match (small.next(), small.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        }
    }
}
