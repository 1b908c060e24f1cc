//! How many guesses a phrase withstands.

use std::collections::HashSet;

use super::*;

#[test]
fn a_name_with_a_place_or_a_year_is_guessable_and_so_is_a_number() {
    each_is(
        "guessable",
        &[
            "Сергей Москва",
            "Айгүл Омарова",
            "Алматы Ержан",
            "48392017",
            "мой самовар",
        ],
    );
}

/// What the phrase needs where so many guesses, as a power of ten, are asked for.
fn more_words(passphrase: &str, min_guesses_log10: f64) -> Option<usize> {
    let rules = StrengthRules {
        min_guesses_log10,
        ..StrengthRules::default()
    };
    let judgement = judge(passphrase, &About::default(), &rules);
    judgement
        .weaknesses
        .iter()
        .find_map(|weakness| match weakness {
            Weakness::Guessable { more_words } => Some(*more_words),
            _ => None,
        })
}

#[test]
fn a_phrase_is_guessable_where_it_withstands_fewer_guesses_than_are_asked_for() {
    let phrase = "самовар 2010";
    let withstands = judge(phrase, &About::default(), &StrengthRules::default()).guesses_log10;
    assert!(
        (MIN_GUESSES_LOG10..6.0).contains(&withstands),
        "{withstands}"
    );
    assert_eq!(more_words(phrase, MIN_GUESSES_LOG10), None);
    assert_eq!(more_words(phrase, withstands), None);
    assert_eq!(more_words(phrase, 6.0), Some(1));
    assert_eq!(more_words(phrase, 9.0), Some(2));
}

#[test]
fn the_words_that_are_asked_for_would_do() {
    let (least, most) = MIN_GUESSES_LOG10_BOUNDS.into_inner();
    let rules = |min_guesses_log10| StrengthRules {
        min_guesses_log10,
        ..StrengthRules::default()
    };
    let further = ["көгершін", "подсолнух", "пианист"];
    let mut asked = 0;
    for passphrase in ["мой самовар", "Сергей Москва", "үш қошақан", "самовар 2010"]
    {
        for min_guesses_log10 in [least, MIN_GUESSES_LOG10, 6.0, 7.5, most] {
            if let Some(words) = more_words(passphrase, min_guesses_log10) {
                let longer = format!("{passphrase} {}", further[..words].join(" "));
                let rules = rules(min_guesses_log10);
                let judgement = judge(&longer, &About::default(), &rules);
                assert!(judgement.acceptable(), "{longer}: {judgement:?}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 10, "{asked}");
}

#[test]
fn a_season_or_an_event_beside_a_year_is_no_date_alone() {
    for passphrase in [
        "Весна сорок пятого года",
        "Сексен алтыншы жылғы көктем",
        "Осень 2008 года",
        "Олимпиада восьмидесятого года",
        "Winter of 1986 snow",
        "Көктем иісі",
    ] {
        assert_eq!(codes(passphrase), Vec::<&str>::new(), "{passphrase}");
    }
    assert!(!codes("лето 1991").contains(&"date_alone"));
    each_is(
        "date_alone",
        &[
            "1986 жылғы желтоқсан",
            "сәуір 1986",
            "осень зима",
            "көктем жаз күз қыс",
            "май весна",
        ],
    );
}

#[test]
fn a_short_word_on_no_list_is_no_easier_than_a_listed_one() {
    let of =
        |passphrase| judge(passphrase, &About::default(), &StrengthRules::default()).guesses_log10;
    assert!(of("домбыра үні") > 5.5, "{}", of("домбыра үні"));
    assert!(of("бурабай көлі") > 5.5, "{}", of("бурабай көлі"));
    // Another form of a listed word is hardly harder than the word itself.
    assert!(of("самоварлар") < 5.0, "{}", of("самоварлар"));
}

#[test]
fn every_weakness_has_a_code_of_its_own() {
    let all = Weakness::all(8);
    let codes: HashSet<&str> = all.iter().map(|weakness| weakness.code()).collect();
    assert_eq!(codes.len(), all.len());
}

#[test]
fn a_refused_phrase_is_never_said_to_need_many_guesses() {
    for passphrase in ["12345678", "қазақстан", "йцукенгш", "01.02.1990"] {
        let judgement = judge(passphrase, &About::default(), &StrengthRules::default());
        assert!(judgement.guesses_log10 < MIN_GUESSES_LOG10, "{passphrase}");
    }
}
