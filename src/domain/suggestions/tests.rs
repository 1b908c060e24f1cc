//! What `docs/suggestions.md` promises of the lists, checked word by word.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::{
    heard,
    strength::{self, About, StrengthRules},
};

/// How many suggestions of each language are judged.
const SAMPLES: usize = 1_000;

/// What no suggestion may hold: the names and the company's words of the blocklist.
const KEPT_OUT: [&str; 2] = [
    include_str!("../strength/names.txt"),
    include_str!("../strength/company.txt"),
];

fn folded(language: Language) -> Vec<String> {
    words(language)
        .iter()
        .map(|word| heard::fold(word).as_str().to_owned())
        .collect()
}

/// A random source that is the same in every run (SplitMix64).
fn rng(mut state: u64) -> impl FnMut(u32) -> u32 {
    move |below| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) % u64::from(below)).expect("below a u32")
    }
}

/// Whether one letter more, less or other makes one word of the other.
fn are_one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let alike = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[alike..], &other[alike..]);
    let rest = |letters: &[char]| letters.get(1..).unwrap_or_default().to_vec();
    rest(one) == rest(other) || rest(one) == other || one == rest(other)
}

/// How a folded word sounds on a bad line: voiced as unvoiced, о as а, и е ы alike, no hushing
/// apart from another, no letter twice.
fn sound(folded: &str) -> String {
    let spoken = folded.chars().map(|letter| match letter {
        'б' => 'п',
        'в' => 'ф',
        'г' | 'х' => 'к',
        'д' => 'т',
        'ж' | 'ч' => 'ш',
        'з' => 'с',
        'о' => 'а',
        'е' | 'ы' => 'и',
        other => other,
    });
    let mut sounds: Vec<char> = spoken
        .collect::<String>()
        .replace("тс", "с")
        .chars()
        .collect();
    sounds.dedup();
    sounds.into_iter().collect()
}

#[test]
fn the_lists_are_as_long_as_promised() {
    assert!(words(Language::Kk).len() >= 2_048);
    assert!(words(Language::Ru).len() >= 2_048);
    assert!(words(Language::En).len() >= 1_024);
}

#[test]
fn every_word_is_of_its_own_alphabet_and_three_to_ten_letters_long() {
    for (language, alphabet) in [
        (Language::Kk, "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
        (Language::Ru, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
        (Language::En, "abcdefghijklmnopqrstuvwxyz"),
    ] {
        for word in words(language) {
            assert!(word.chars().all(|c| alphabet.contains(c)), "{word}");
            assert!((3..=10).contains(&word.chars().count()), "{word}");
        }
    }
}

#[test]
fn the_lists_are_sorted_and_no_two_words_fold_alike() {
    for language in Language::ALL {
        assert!(words(language).is_sorted());
        let different: HashSet<String> = folded(language).into_iter().collect();
        assert_eq!(different.len(), words(language).len());
    }
}

#[test]
fn any_two_folded_words_are_at_least_two_edits_apart() {
    for language in Language::ALL {
        let mut by_rest: HashMap<String, Vec<String>> = HashMap::new();
        for word in folded(language) {
            let mut rests = vec![word.clone()];
            rests.extend(
                word.char_indices().map(|(at, letter)| {
                    format!("{}{}", &word[..at], &word[at + letter.len_utf8()..])
                }),
            );
            rests.sort_unstable();
            rests.dedup();
            for rest in rests {
                let near = by_rest.entry(rest).or_default();
                for other in near.iter() {
                    assert!(!are_one_edit_apart(&word, other), "{word} {other}");
                }
                near.push(word.clone());
            }
        }
    }
}

#[test]
fn no_two_words_sound_alike_on_a_bad_line() {
    for language in Language::ALL {
        let mut heard_as: HashMap<String, String> = HashMap::new();
        for word in folded(language) {
            let other = heard_as.insert(sound(&word), word.clone());
            assert_eq!(other, None, "{word}");
        }
    }
}

#[test]
fn no_folded_word_is_the_beginning_of_another_so_a_phrase_can_be_read_in_one_way_only() {
    for language in Language::ALL {
        let mut list = folded(language);
        list.sort_unstable();
        for pair in list.windows(2) {
            assert!(!pair[1].starts_with(&pair[0]), "{pair:?}");
        }
    }
}

#[test]
fn no_word_is_a_name_a_number_or_the_companys_own() {
    let kept_out: HashSet<String> = KEPT_OUT
        .iter()
        .flat_map(|list| list.lines())
        .map(|word| heard::fold(word).as_str().to_owned())
        .collect();
    for language in Language::ALL {
        for word in folded(language) {
            assert!(!kept_out.contains(&word), "{word}");
            assert!(word.chars().all(char::is_alphabetic), "{word}");
        }
    }
}

#[test]
fn a_phrase_folds_to_its_folded_words_one_after_another() {
    for language in Language::ALL {
        let mut pick = rng(1);
        for _ in 0..20_000 {
            let phrase = suggest(language, DEFAULT_WORDS, &mut pick);
            let one_by_one: String = phrase
                .split(' ')
                .map(|word| heard::fold(word).as_str().to_owned())
                .collect();
            assert_eq!(heard::fold(&phrase).as_str(), one_by_one, "{phrase}");
            if language != Language::En {
                let joined = phrase.replace(' ', "");
                assert_eq!(heard::fold(&joined).as_str(), one_by_one, "{joined}");
            }
        }
    }
}

#[test]
fn every_sampled_suggestion_is_acceptable() {
    for language in Language::ALL {
        let mut pick = rng(2);
        for _ in 0..SAMPLES {
            let phrase = suggest(language, DEFAULT_WORDS, &mut pick);
            let judgement = strength::judge(&phrase, &About::default(), &StrengthRules::default());
            assert!(judgement.acceptable(), "{phrase}: {judgement:?}");
        }
    }
}

#[test]
fn at_the_highest_minimum_of_guesses_most_suggestions_are_acceptable() {
    let rules = StrengthRules {
        min_guesses_log10: *strength::MIN_GUESSES_LOG10_BOUNDS.end(),
        ..StrengthRules::default()
    };
    for language in Language::ALL {
        let mut pick = rng(4);
        let phrases = (0..SAMPLES).map(|_| suggest(language, DEFAULT_WORDS, &mut pick));
        let is_taken =
            |phrase: &String| strength::judge(phrase, &About::default(), &rules).acceptable();
        let taken = phrases.filter(is_taken).count();
        assert!(2 * taken > SAMPLES, "{language:?}: {taken} of {SAMPLES}");
    }
}

#[test]
fn a_suggestion_has_as_many_words_as_asked_within_bounds() {
    for (asked, made) in [(0, 3), (3, 3), (4, 4), (5, 5), (9, 5)] {
        let phrase = suggest(Language::Kk, asked, rng(3));
        assert_eq!(phrase.split(' ').count(), made);
    }
}

#[test]
fn the_longest_suggestion_is_within_the_characters_allowed() {
    for language in Language::ALL {
        let longest = words(language)
            .iter()
            .map(|word| word.chars().count())
            .max();
        let phrase = MAX_WORDS * (longest.expect("a list has words") + 1) - 1;
        assert!(phrase <= strength::MAX_LENGTH);
    }
}

#[test]
fn an_rng_that_goes_too_far_still_makes_a_phrase() {
    let phrase = suggest(Language::En, 3, |_| u32::MAX);
    assert_eq!(phrase.split(' ').count(), 3);
}

#[test]
fn three_words_are_more_than_thirty_bits_and_the_bits_are_those_of_the_list() {
    for language in Language::ALL {
        let bits = entropy_bits(language, DEFAULT_WORDS);
        let choices = (words(language).len() as f64).powi(3);
        assert!((bits - choices.log2()).abs() < 1e-9);
        assert!(bits > 30.0);
    }
    assert!(entropy_bits(Language::Kk, 3) >= 33.0);
    assert!(entropy_bits(Language::Ru, 3) >= 33.0);
}
