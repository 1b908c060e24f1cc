use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{ast, parser};
use strum::IntoEnumIterator;

use super::*;

/// Every message of a language with the variables that its text names, and whether it has a detail.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (file, text) in files(language) {
        let resource =
            parser::parse(*text).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        for entry in resource.body {
            let ast::Entry::Message(message) = entry else {
                assert!(
                    matches!(entry, ast::Entry::Comment(_)),
                    "{file}: what is no message and no comment"
                );
                continue;
            };
            let mut keep = |key: String, pattern: &ast::Pattern<&str>| {
                let before = found.insert(key.clone(), variables(pattern));
                assert!(before.is_none(), "{file}: {key} stands there twice");
            };
            let name = message.id.name;
            if let Some(pattern) = &message.value {
                keep(name.to_owned(), pattern);
            }
            for attribute in &message.attributes {
                keep(format!("{name}.{}", attribute.id.name), &attribute.value);
            }
        }
    }
    found
}

fn variables(pattern: &ast::Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            match expression {
                ast::Expression::Inline(inline) => found.extend(variable(inline)),
                ast::Expression::Select { selector, variants } => {
                    found.extend(variable(selector));
                    found.extend(
                        variants
                            .iter()
                            .flat_map(|variant| variables(&variant.value)),
                    );
                }
            }
        }
    }
    found
}

fn variable(inline: &ast::InlineExpression<&str>) -> Option<String> {
    match inline {
        ast::InlineExpression::VariableReference { id } => Some(id.name.to_owned()),
        _ => None,
    }
}

/// The messages without those for clients, which exist in Kazakh and Russian alone.
pub(crate) fn shared(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = messages(language);
    all.retain(|key, _| !key.starts_with("form-") && !key.starts_with("spoken-"));
    all
}

#[test]
fn every_language_says_the_same_messages_with_the_same_variables() {
    let english = shared(Language::En);
    for language in [Language::Kk, Language::Ru] {
        let variables = shared(language);
        let keys: BTreeSet<_> = variables.keys().chain(english.keys()).collect();
        for key in keys {
            assert_eq!(
                variables.get(key),
                english.get(key),
                "{key} in {language:?}"
            );
        }
    }
    let form = |language| {
        let mut all = messages(language);
        all.retain(|key, _| key.starts_with("form-"));
        all
    };
    assert_eq!(form(Language::Kk), form(Language::Ru));
}

#[test]
fn every_message_is_said_for_something_and_everything_that_is_said_has_its_message() {
    let mut needed: BTreeSet<String> = ValidationErrorKind::iter()
        .filter(|kind| *kind != ValidationErrorKind::Weak)
        .map(|kind| format!("field-{}", <&str>::from(kind)))
        .collect();
    needed.extend(Weakness::all(8).map(|weakness| format!("weakness-{}", weakness.code())));
    let mut there: BTreeSet<String> = shared(Language::En).into_keys().collect();
    // Those of problems are held to their codes where the codes are known.
    there.retain(|key| !key.starts_with("problem-"));
    assert_eq!(there, needed);
}

#[test]
fn no_text_is_the_same_in_two_languages() {
    let none = FluentArgs::new();
    for key in shared(Language::En).into_keys() {
        let texts = Language::ALL.map(|language| text(language, &key, &none));
        let different: BTreeSet<_> = texts.iter().collect();
        assert_eq!(different.len(), 3, "{key}: {texts:?}");
        assert!(texts.iter().all(|text| !text.trim().is_empty()), "{key}");
    }
}

#[test]
fn variables_are_filled_in_without_marks_around_them() {
    let error = ValidationError::OutOfRange { min: 0, max: 3_650 };
    assert_eq!(
        of_field(&error, Language::En),
        "A whole number from 0 to 3650 is wanted."
    );
    for language in Language::ALL {
        let printed = of_field(&ValidationError::NotOneOf(&["open", "closed"]), language);
        assert!(printed.contains("open, closed"), "{printed}");
        let short = of_weakness(Weakness::TooShort { min_length: 11 }, language);
        assert!(short.contains("11"), "{short}");
    }
}

#[test]
fn how_many_words_more_would_do_is_counted_as_the_language_counts() {
    let refusal = |more_words, language| of_weakness(Weakness::Guessable { more_words }, language);
    for (language, [one, two, three]) in [
        (
            Language::Kk,
            ["тағы бір сөз", "тағы екі сөз", "тағы үш сөз"],
        ),
        (
            Language::Ru,
            ["ещё одно слово", "ещё два слова", "ещё три слова"],
        ),
        (
            Language::En,
            [
                "one more word that has",
                "two more words that have",
                "three more words",
            ],
        ),
    ] {
        for (more_words, words) in [(1, one), (2, two), (3, three), (4, three)] {
            let printed = refusal(more_words, language);
            assert!(printed.contains(words), "{printed}");
        }
    }
}

#[test]
fn a_passphrase_that_is_too_long_is_told_the_greatest_length() {
    for language in Language::ALL {
        let printed = of_weakness(Weakness::TooLong, language);
        assert!(
            printed.contains(&crate::domain::strength::MAX_LENGTH.to_string()),
            "{printed}"
        );
    }
}
