//! From text to tokens: runs of folded letters and of digits, and how each is
//! linked to the one before it.
//!
//! Here a phrase loses case, marks, punctuation and script, letter by letter
//! and word by word; numbers come after, in `fold`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::latin::{self, Reading};
use super::letters;

/// What stood between a token and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// A space or other sign, or the start.
    Apart,
    /// A single hyphen.
    Hyphen,
    /// Nothing: «2010го».
    Joined,
}

/// A run of letters or of digits in [`PhraseTokens::text`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_number: bool,
    pub(super) link: Link,
}

/// A phrase as folded letters and digits, in tokens.
pub(super) struct PhraseTokens {
    pub(super) text: Zeroizing<Vec<char>>,
    pub(super) list: Vec<Token>,
}

impl PhraseTokens {
    pub(super) fn chars(&self, token: &Token) -> &[char] {
        &self.text[token.start..token.end]
    }

    fn push(&mut self, letter: char, is_number: bool, link: &mut Link) {
        let end = self.text.len() + 1;
        match self.list.last_mut() {
            Some(last) if *link == Link::Joined && last.is_number == is_number => last.end = end,
            _ => self.list.push(Token {
                start: end - 1,
                end,
                is_number,
                link: *link,
            }),
        }
        *link = Link::Joined;
        self.text.push(letter);
    }
}

const APART: char = ' ';
const HYPHEN: char = '-';
const APOSTROPHE: char = '\'';

/// Which scripts' letters are certain in a word or a phrase.
#[derive(Clone, Copy, Default)]
struct Scripts {
    cyrillic: bool,
    latin: bool,
    surely_cyrillic: bool,
    surely_latin: bool,
}

impl Scripts {
    fn of(letters: &[char]) -> Scripts {
        let mut found = Scripts::default();
        for &letter in letters {
            if letters::is_cyrillic(letter) {
                found.cyrillic = true;
                found.surely_cyrillic |= !letters::is_ambiguous(letter);
            } else if letters::is_latin(letter) {
                found.latin = true;
                found.surely_latin |= !letters::is_ambiguous(letter);
            }
        }
        found
    }
}

/// What is done with the look-alikes of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LookAlikes {
    Stay,
    AreCyrillic,
    AreLatin,
}

/// Reads a phrase into tokens.
pub(super) fn read(text: &str, reading: Reading) -> PhraseTokens {
    let signs = signs(text);
    let phrase = Scripts::of(&signs);
    let mut tokens = PhraseTokens {
        text: Zeroizing::new(Vec::with_capacity(signs.len() * 2)),
        list: Vec::with_capacity(16),
    };
    let mut link = Link::Apart;
    for (position, word) in signs
        .split(|sign| matches!(*sign, APART | HYPHEN))
        .enumerate()
        .scan(0, |offset, (_, word)| {
            let start = *offset;
            *offset += word.len() + 1;
            Some((start, word))
        })
    {
        if let Some(before) = position.checked_sub(1) {
            link = match (link, signs[before]) {
                (Link::Joined, HYPHEN) => Link::Hyphen,
                _ => Link::Apart,
            };
        }
        read_word(
            word,
            look_alikes(word, phrase),
            reading,
            &mut link,
            &mut tokens,
        );
    }
    tokens
}

/// The letters and digits of a text in NFC, case kept, with one sign between
/// words; marks, joiners and other unseen characters left out.
fn signs(text: &str) -> Zeroizing<Vec<char>> {
    let mut signs = Zeroizing::new(Vec::with_capacity(text.len()));
    for letter in text.nfc() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | 'а'..='я' | 'А'..='Я' => signs.push(letter),
            _ if is_apostrophe(letter) => signs.push(APOSTROPHE),
            '-'
            | '\u{2010}'..='\u{2015}'
            | '\u{2043}'
            | '\u{2212}'
            | '\u{FE58}'
            | '\u{FE63}'
            | '\u{FF0D}' => signs.push(HYPHEN),
            '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' => {}
            _ if letters::is_mark(letter) => {}
            _ if !letter.is_alphanumeric() => signs.push(APART),
            _ if is_known(letter) => signs.push(letter),
            _ => letters::plain(letter, &mut |part| {
                signs.push(match part {
                    _ if is_apostrophe(part) => APOSTROPHE,
                    _ if part.is_alphanumeric() => part,
                    _ => APART,
                });
            }),
        }
    }
    signs
}

fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '\u{B4}' | '\u{2B9}'..='\u{2BD}' | '‘' | '’' | '‛' | '′'
    )
}

fn is_known(letter: char) -> bool {
    let small = letters::lower(letter);
    letters::cyrillic(small).is_some()
        || letters::is_latin(letter)
        || letters::digit(letter).is_some()
}

/// Look-alikes belong to the script that the rest of the word is certain of,
/// or else the phrase; a word that could be either is Cyrillic here.
fn look_alikes(word: &[char], phrase: Scripts) -> LookAlikes {
    let own = Scripts::of(word);
    if own.cyrillic && own.latin {
        let certain = if own.surely_latin || own.surely_cyrillic {
            own
        } else {
            phrase
        };
        if certain.surely_latin && !certain.surely_cyrillic {
            LookAlikes::AreLatin
        } else {
            LookAlikes::AreCyrillic
        }
    } else if own.latin
        && !own.surely_latin
        && (phrase.surely_cyrillic || phrase.cyrillic && !phrase.surely_latin)
    {
        LookAlikes::AreCyrillic
    } else {
        LookAlikes::Stay
    }
}

fn read_word(
    word: &[char],
    look_alikes: LookAlikes,
    reading: Reading,
    link: &mut Link,
    tokens: &mut PhraseTokens,
) {
    let mut latin_run = Zeroizing::new(Vec::new());
    for &sign in word {
        let letter = letters::lower(match look_alikes {
            LookAlikes::AreCyrillic => letters::cyrillic_shape(sign).unwrap_or(sign),
            LookAlikes::AreLatin => letters::latin_shape(sign).unwrap_or(sign),
            LookAlikes::Stay => sign,
        });
        if letters::is_latin(letter)
            && let Some(base) = latin::base(letter)
        {
            latin_run.push(base);
            continue;
        }
        flush_latin(&mut latin_run, reading, link, tokens);
        if letter == APOSTROPHE {
            continue;
        }
        if let Some(folded) = letters::cyrillic(letter) {
            for c in folded.chars() {
                tokens.push(c, false, link);
            }
        } else if let Some(digit) = letters::digit(letter) {
            tokens.push(digit, true, link);
        } else {
            tokens.push(letter, false, link);
        }
    }
    flush_latin(&mut latin_run, reading, link, tokens);
}

fn flush_latin(run: &mut Vec<char>, reading: Reading, link: &mut Link, tokens: &mut PhraseTokens) {
    latin::transliterate(run, reading, &mut |c| tokens.push(c, false, link));
    run.clear();
}
