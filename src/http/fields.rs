//! The fields of a body, checked and parsed.

use std::collections::BTreeMap;

use validator::{Validate, ValidationErrorsKind};

use super::problem::Problem;
use crate::{domain::validation::ValidationError, flows::FieldError};

/// Collects the validation errors of a body's fields, so that all of them are reported at once.
///
/// Each rule is checked in one place: `validator` checks lengths, ranges and rules between fields, this
/// type that a field is there, and `domain` what its text means.
#[derive(Default)]
pub struct Fields {
    errors: BTreeMap<String, ValidationError>,
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
                        self.errors.insert(pointer, error_of(error));
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

    /// Notes a validation error.
    pub(crate) fn note(&mut self, pointer: &str, error: ValidationError) {
        self.errors.entry(pointer.to_owned()).or_insert(error);
    }

    /// Parses a required field. `None` where it is missing or flawed, which is noted.
    pub(crate) fn required<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, ValidationError>,
    ) -> Option<U> {
        match value {
            Some(value) => self.parse(pointer, value, parse),
            None => {
                self.note(pointer, ValidationError::Missing);
                None
            }
        }
    }

    /// Parses an optional field.
    pub(crate) fn optional<T, U>(
        &mut self,
        pointer: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, ValidationError>,
    ) -> Option<U> {
        value.and_then(|value| self.parse(pointer, value, parse))
    }

    fn parse<T, U>(
        &mut self,
        pointer: &str,
        value: T,
        parse: impl FnOnce(T) -> Result<U, ValidationError>,
    ) -> Option<U> {
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.note(pointer, error);
                None
            }
        }
    }

    /// What was parsed, if nothing was flawed.
    ///
    /// # Errors
    /// The problem that names every validation error.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, Problem> {
        match parsed {
            Some(parsed) if self.errors.is_empty() => Ok(parsed),
            _ => {
                let errors = self
                    .errors
                    .into_iter()
                    .map(|(pointer, error)| FieldError { pointer, error });
                Err(Problem::invalid(errors.collect()))
            }
        }
    }
}

/// What `validator` calls a rule that is about no single field.
const RULE_OF_ALL: &str = "__all__";
/// The validation errors of rules that `validator` does not have.
const OWN_RULES: [ValidationError; 3] = [
    ValidationError::NothingToChange,
    ValidationError::ExactlyOne,
    ValidationError::NotSeen,
];

/// A rule that `validator` does not have, for `#[validate(schema(…))]` and `#[validate(custom(…))]`.
///
/// # Errors
/// The validation error, which is one of [`OWN_RULES`], where the rule is broken.
pub fn rule(is_met: bool, error: &ValidationError) -> Result<(), validator::ValidationError> {
    if is_met {
        Ok(())
    } else {
        Err(validator::ValidationError::new(error.code()))
    }
}

fn error_of(error: &validator::ValidationError) -> ValidationError {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_i64);
    let max = number("max").unwrap_or(i64::MAX);
    match error.code.as_ref() {
        "length" => ValidationError::TooLong {
            max: usize::try_from(max).unwrap_or(usize::MAX),
        },
        "range" => ValidationError::OutOfRange {
            min: number("min").unwrap_or(i64::MIN),
            max,
        },
        code => {
            let own = OWN_RULES.into_iter().find(|error| error.code() == code);
            own.unwrap_or(ValidationError::Contradiction)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_is_reported_as_its_error_at_its_place() {
        #[derive(Validate)]
        #[validate(schema(function = Self::is_whole, skip_on_field_errors = false))]
        struct Outer {
            #[validate(length(max = 2))]
            name: Option<Option<String>>,
            #[validate(nested)]
            inner: Option<Inner>,
        }
        impl Outer {
            fn is_whole(&self) -> Result<(), validator::ValidationError> {
                rule(false, &ValidationError::ExactlyOne)
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
        let errors: Vec<_> = Fields::of(&body).errors.into_iter().collect();
        let expected = [
            ("", ValidationError::ExactlyOne),
            (
                "/inner/count",
                ValidationError::OutOfRange { min: 3, max: 5 },
            ),
            ("/name", ValidationError::TooLong { max: 2 }),
        ];
        assert_eq!(
            errors,
            expected.map(|(pointer, error)| (pointer.to_owned(), error))
        );
        for error in OWN_RULES {
            let broken = rule(false, &error).expect_err("the rule is broken");
            assert_eq!(error_of(&broken), error);
        }
    }
}
