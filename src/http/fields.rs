//! The fields of a body, checked and parsed.

use std::collections::BTreeMap;

use validator::{Validate, ValidationError, ValidationErrorsKind};

use super::problem::Problem;
use crate::{domain::flaw::Flaw, flows::FieldFlaw};

/// Collects the flaws of a body's fields, so that all of them are reported at once.
///
/// Each rule is checked in one place: `validator` checks lengths, ranges and rules between fields, this
/// type that a field is there, and `domain` what its text means.
#[derive(Default)]
pub struct Fields {
    flaws: BTreeMap<String, Flaw>,
}

impl Fields {
    /// Begins with what breaks the rules that are declared on the body.
    pub fn of(body: &impl Validate) -> Self {
        let mut fields = Self::default();
        if let Err(errors) = body.validate() {
            fields.note_all("", errors.errors());
        }
        fields
    }

    fn note_all<'a, K: AsRef<str> + 'a>(
        &mut self,
        prefix: &str,
        errors: impl IntoIterator<Item = (&'a K, &'a ValidationErrorsKind)>,
    ) {
        for (name, kind) in errors {
            let pointer = match name.as_ref() {
                RULE_OF_ALL => prefix.to_owned(),
                name => format!("{prefix}/{name}"),
            };
            match kind {
                ValidationErrorsKind::Field(errors) => {
                    if let Some(error) = errors.first() {
                        self.flaws.insert(pointer, flaw_of(error));
                    }
                }
                ValidationErrorsKind::Struct(inner) => self.note_all(&pointer, inner.errors()),
                ValidationErrorsKind::List(items) => {
                    for (index, inner) in items {
                        self.note_all(&format!("{pointer}/{index}"), inner.errors());
                    }
                }
            }
        }
    }

    /// Notes a flaw.
    pub fn note(&mut self, pointer: &str, flaw: Flaw) {
        self.flaws.entry(pointer.to_owned()).or_insert(flaw);
    }

    /// Parses a required field. `None` where it is missing or flawed, which is noted.
    pub fn required<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        match value {
            Some(value) => self.parse(pointer, value, parse),
            None => {
                self.note(pointer, Flaw::Missing);
                None
            }
        }
    }

    /// Parses an optional field.
    pub fn optional<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        value.and_then(|value| self.parse(pointer, value, parse))
    }

    fn parse<T, U>(
        &mut self,
        pointer: &str,
        value: T,
        parse: impl FnOnce(T) -> Result<U, Flaw>,
    ) -> Option<U> {
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(flaw) => {
                self.note(pointer, flaw);
                None
            }
        }
    }

    /// What was parsed, if nothing was flawed.
    ///
    /// # Errors
    /// The problem that names every flaw.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, Problem> {
        match parsed {
            Some(parsed) if self.flaws.is_empty() => Ok(parsed),
            _ => {
                let flaws = self
                    .flaws
                    .into_iter()
                    .map(|(pointer, flaw)| FieldFlaw { pointer, flaw });
                Err(Problem::invalid(flaws.collect()))
            }
        }
    }
}

/// What `validator` calls a rule that is about no single field.
const RULE_OF_ALL: &str = "__all__";
/// The flaws of rules that `validator` does not have.
const OWN_RULES: [Flaw; 3] = [Flaw::NothingToChange, Flaw::ExactlyOne, Flaw::NotSeen];

/// A rule that `validator` does not have, for `#[validate(schema(…))]` and `#[validate(custom(…))]`.
///
/// # Errors
/// The flaw, which is one of [`OWN_RULES`], where the rule is broken.
pub fn rule(is_met: bool, flaw: &Flaw) -> Result<(), ValidationError> {
    if is_met {
        Ok(())
    } else {
        Err(ValidationError::new(flaw.code()))
    }
}

fn flaw_of(error: &ValidationError) -> Flaw {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_i64);
    let max = number("max").unwrap_or(i64::MAX);
    match error.code.as_ref() {
        "length" => Flaw::TooLong {
            max: usize::try_from(max).unwrap_or(usize::MAX),
        },
        "range" => Flaw::OutOfRange {
            min: number("min").unwrap_or(i64::MIN),
            max,
        },
        code => {
            let own = OWN_RULES.into_iter().find(|flaw| flaw.code() == code);
            own.unwrap_or(Flaw::Contradiction)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_is_reported_as_its_flaw_at_its_place() {
        #[derive(Validate)]
        #[validate(schema(function = Self::is_whole, skip_on_field_errors = false))]
        struct Outer {
            #[validate(length(max = 2))]
            name: Option<Option<String>>,
            #[validate(nested)]
            inner: Option<Inner>,
        }
        impl Outer {
            fn is_whole(&self) -> Result<(), ValidationError> {
                rule(false, &Flaw::ExactlyOne)
            }
        }
        #[derive(Validate)]
        struct Inner {
            #[validate(range(min = 3, max = 5))]
            count: Option<i64>,
        }
        let body = Outer {
            name: Some(Some("абв".to_owned())),
            inner: Some(Inner { count: Some(6) }),
        };
        let flaws: Vec<_> = Fields::of(&body).flaws.into_iter().collect();
        let expected = [
            ("", Flaw::ExactlyOne),
            ("/inner/count", Flaw::OutOfRange { min: 3, max: 5 }),
            ("/name", Flaw::TooLong { max: 2 }),
        ];
        assert_eq!(
            flaws,
            expected.map(|(pointer, flaw)| (pointer.to_owned(), flaw))
        );
        for flaw in OWN_RULES {
            let error = rule(false, &flaw).expect_err("the rule is broken");
            assert_eq!(flaw_of(&error), flaw);
        }
    }
}
