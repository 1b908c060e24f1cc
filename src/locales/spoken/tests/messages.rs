use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::{ast, parser};

const FILES: [&str; 2] = [
    include_str!("../../../../locales/kk/spoken.ftl"),
    include_str!("../../../../locales/ru/spoken.ftl"),
];

/// What each message may name: more than a language needs, for another's grammar needs more.
const VARIABLES: &[(&str, &[&str])] = &[
    ("spoken-age", &["unit", "span", "day"]),
    ("spoken-cautioned", &["caution", "summary"]),
    ("spoken-due", &["due", "due_until", "due_on"]),
    ("spoken-fresh", &["summary"]),
    ("spoken-loan", &["name", "due", "balance", "waiting"]),
    ("spoken-locked", &["until"]),
    ("spoken-name", &["ticket", "product"]),
    ("spoken-rejected", &["attempts", "attempts_left", "until"]),
    ("spoken-stale", &["age"]),
    ("spoken-summary", &["loans", "age"]),
    ("spoken-unavailable", &["age"]),
    (
        "spoken-waiting",
        &["ends", "ends_until", "ends_on", "days", "left"],
    ),
];

/// The messages of a file, attributes among them, with the variables that each names.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut found = BTreeMap::new();
    for entry in resource.body {
        let ast::Entry::Message(message) = entry else {
            assert!(matches!(entry, ast::Entry::Comment(_)));
            continue;
        };
        let name = message.id.name.to_owned();
        let of_attributes = message
            .attributes
            .iter()
            .map(|attribute| (format!("{name}.{}", attribute.id.name), &attribute.value));
        let of_itself = message.value.iter().map(|value| (name.clone(), value));
        for (key, pattern) in of_itself.chain(of_attributes) {
            let before = found.insert(key.clone(), variables(pattern));
            assert!(before.is_none(), "{key} stands there twice");
        }
    }
    found
}

fn variables(pattern: &ast::Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut name = |inline: &ast::InlineExpression<&str>| match inline {
        ast::InlineExpression::VariableReference { id } => found.insert(id.name.to_owned()),
        _ => panic!("what is no variable"),
    };
    let mut inner = Vec::new();
    for element in &pattern.elements {
        match element {
            ast::PatternElement::Placeable {
                expression: ast::Expression::Inline(inline),
            } => {
                name(inline);
            }
            ast::PatternElement::Placeable {
                expression: ast::Expression::Select { selector, variants },
            } => {
                name(selector);
                inner.extend(variants.iter().map(|variant| variables(&variant.value)));
            }
            ast::PatternElement::TextElement { .. } => {}
        }
    }
    found.extend(inner.into_iter().flatten());
    found
}

#[test]
fn both_languages_have_the_same_messages() {
    let [kazakh, russian] = FILES.map(|text| messages(text).into_keys().collect::<BTreeSet<_>>());
    assert_eq!(kazakh, russian);
}

#[test]
fn a_message_names_only_what_it_is_given() {
    for (key, named) in FILES.into_iter().flat_map(messages) {
        let given = VARIABLES
            .iter()
            .filter(|(prefix, _)| key.starts_with(prefix))
            .flat_map(|(_, given)| given.iter());
        let given: BTreeSet<String> = given.map(|name| (*name).to_owned()).collect();
        assert!(named.is_subset(&given), "{key}: {named:?}");
    }
}

#[test]
fn no_message_has_a_digit() {
    for text in FILES {
        let words = text.lines().filter(|line| !line.starts_with('#'));
        assert!(
            words
                .into_iter()
                .all(|line| !line.contains(char::is_numeric))
        );
    }
}
