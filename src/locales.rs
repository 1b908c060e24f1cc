//! Words for people, in Kazakh, Russian and English. They stand in the Fluent files under `locales/`, which a
//! translator edits, and are compiled into the binary. The other rooms know codes; what is said for a code
//! is known here alone.
//!
//! A message's key is its file's prefix and the code: the field error `not_a_phone` is `field-not_a_phone` in
//! `fields.ftl`.

pub(crate) mod spoken;

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use crate::domain::{
    language::Language,
    strength::Weakness,
    validation::{ValidationError, ValidationErrorKind},
};

type Bundle = FluentBundle<FluentResource>;

/// The files of one language, with their names for whoever looks for a mistake in them.
macro_rules! files {
    ($language:literal: $($name:literal),+) => {
        &[$((
            concat!($language, "/", $name),
            include_str!(concat!("../locales/", $language, "/", $name)),
        )),+]
    };
}

type Files = &'static [(&'static str, &'static str)];

const KK: Files =
    files!("kk": "fields.ftl", "form.ftl", "problems.ftl", "spoken.ftl", "weaknesses.ftl");
const RU: Files =
    files!("ru": "fields.ftl", "form.ftl", "problems.ftl", "spoken.ftl", "weaknesses.ftl");
const EN: Files = files!("en": "fields.ftl", "problems.ftl", "weaknesses.ftl");

fn files(language: Language) -> Files {
    match language {
        Language::Kk => KK,
        Language::Ru => RU,
        Language::En => EN,
    }
}

static KAZAKH: LazyLock<Bundle> = LazyLock::new(|| read(Language::Kk));
static RUSSIAN: LazyLock<Bundle> = LazyLock::new(|| read(Language::Ru));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| read(Language::En));

fn bundle(language: Language) -> &'static Bundle {
    match language {
        Language::Kk => &KAZAKH,
        Language::Ru => &RUSSIAN,
        Language::En => &ENGLISH,
    }
}

/// Reads a language's files. What is wrong in one of them is left out: the tests below see to it that
/// nothing is.
fn read(language: Language) -> Bundle {
    let identifier = language.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![identifier]);
    // Marks around a variable's value serve pages that mix directions of writing; none here does.
    bundle.set_use_isolating(false);
    for (_, text) in files(language) {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A message, or an attribute of one (`key.attribute`), with its variables filled in. A key that a language
/// lacks is said in English, and one that is nowhere is its own text.
#[must_use]
pub(crate) fn text(language: Language, key: &str, variables: &FluentArgs<'_>) -> String {
    say(bundle(language), key, variables)
        .or_else(|| say(&ENGLISH, key, variables))
        .unwrap_or_else(|| key.to_owned())
}

fn say(bundle: &Bundle, key: &str, variables: &FluentArgs<'_>) -> Option<String> {
    let (message, attribute) = key
        .split_once('.')
        .map_or((key, None), |(message, attribute)| {
            (message, Some(attribute))
        });
    let message = bundle.get_message(message)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(attribute) => message.get_attribute(attribute)?.value(),
    };
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(variables), &mut errors);
    Some(said.into_owned())
}

/// Why a value was refused, in one sentence that names what would do.
#[must_use]
pub fn of_field(error: &ValidationError, language: Language) -> String {
    let mut variables = FluentArgs::new();
    match error {
        ValidationError::Weak(weakness) => return of_weakness(*weakness, language),
        ValidationError::TooShort { min } => variables.set("min", min.to_string()),
        ValidationError::TooLong { max } | ValidationError::LineTooLong { max } => {
            variables.set("max", max.to_string())
        }
        ValidationError::WrongColumns { wanted } => variables.set("wanted", wanted.to_string()),
        ValidationError::OutOfRange { min, max } => {
            variables.set("min", min.to_string());
            variables.set("max", max.to_string());
        }
        ValidationError::DateOutOfRange { first, last } => {
            variables.set("first", first.to_string());
            variables.set("last", last.to_string());
        }
        ValidationError::SpanTooLong { days } => variables.set("days", days.to_string()),
        ValidationError::NotOneOf(words) => variables.set("words", words.join(", ")),
        _ => {}
    }
    let kind: &str = ValidationErrorKind::from(error).into();
    text(language, &format!("field-{kind}"), &variables)
}

/// Why a passphrase is refused, and what to do.
#[must_use]
pub(crate) fn of_weakness(weakness: Weakness, language: Language) -> String {
    let mut variables = FluentArgs::new();
    match weakness {
        Weakness::TooShort { min_length } => variables.set("min_length", min_length.to_string()),
        // A number, since the language counts it.
        Weakness::Guessable { more_words } => variables.set("more_words", more_words),
        _ => {}
    }
    text(
        language,
        &format!("weakness-{}", weakness.code()),
        &variables,
    )
}

/// The title and the detail of a problem.
#[must_use]
pub(crate) fn of_problem(code: &str, language: Language) -> (String, String) {
    let none = FluentArgs::new();
    (
        text(language, &format!("problem-{code}"), &none),
        text(language, &format!("problem-{code}.detail"), &none),
    )
}

/// A text of the printed form, in Kazakh or in Russian: those are its languages.
#[must_use]
pub(crate) fn of_form(name: &str, language: Language) -> String {
    let language = match language {
        Language::Kk => Language::Kk,
        Language::Ru | Language::En => Language::Ru,
    };
    text(language, &format!("form-{name}"), &FluentArgs::new())
}

#[cfg(test)]
pub(crate) mod tests;
