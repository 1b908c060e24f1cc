//! Bodies and parsers that several resources share.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};
use utoipa::ToSchema;
use validator::Validate;

use super::{extract::Fields, openapi::values, problem::Problem};
use crate::{
    domain::{
        language::ClientLanguage, money::Money, person::PersonName, text,
        validation::ValidationError,
    },
    flows::FieldError,
};

pub(crate) use crate::json::{object, present, whole};

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub(crate) struct MoneyBody {
    /// a decimal string with all digits of the currency's minor unit
    #[schema(example = "125000.00")]
    pub amount: String,
    /// ISO 4217
    #[schema(example = "KZT")]
    pub currency: &'static str,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount(),
            currency: money.currency_code(),
        }
    }
}

/// Whether something may be used: an account by which staff sign in, a receiver of webhooks.
#[derive(Clone, Copy, Serialize, ToSchema, VariantNames, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActiveStatus {
    Active,
    Disabled,
}

impl ActiveStatus {
    /// The status of what is active, or of what is not.
    pub(crate) fn of(is_active: bool) -> Self {
        if is_active {
            Self::Active
        } else {
            Self::Disabled
        }
    }

    /// Whether what is entered is `active`.
    ///
    /// # Errors
    /// [`ValidationError::NotOneOf`].
    pub(crate) fn is_active(entered: String) -> Result<bool, ValidationError> {
        let status =
            Self::from_str(&entered).map_err(|_| ValidationError::NotOneOf(Self::VARIANTS))?;
        Ok(matches!(status, Self::Active))
    }
}

/// Parses an optional parameter of a query; an error is noted under the parameter's name.
pub(crate) fn parameter<T>(
    errors: &mut Vec<FieldError>,
    name: &str,
    value: Option<String>,
    parse: impl FnOnce(String) -> Result<T, ValidationError>,
) -> Option<T> {
    let parsed = value.map(parse).transpose();
    parsed.unwrap_or_else(|error| {
        errors.push(FieldError::at(name, error));
        None
    })
}

/// The language of a code, in which a client is addressed.
pub(crate) fn client_language(code: String) -> Result<ClientLanguage, ValidationError> {
    code.parse()
        .map_err(|_| ValidationError::NotOneOf(ClientLanguage::VARIANTS))
}

/// Parses a field that may be left out, but not be null.
pub(crate) fn needed<T, U>(
    parse: impl FnOnce(T) -> Result<U, ValidationError>,
) -> impl FnOnce(Option<T>) -> Result<U, ValidationError> {
    |value| value.ok_or(ValidationError::Missing).and_then(parse)
}

/// Why something is done: for the audit.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// 1 to 500 characters; never the passphrase
    #[validate(length(max = 500))]
    #[schema(required = true, value_type = values::Reason)]
    pub reason: Option<String>,
}

impl ReasonBody {
    /// The reason.
    ///
    /// # Errors
    /// 422 where there is none.
    pub(crate) fn parse(self) -> Result<String, Problem> {
        let mut fields = Fields::of(&self);
        let reason = fields.required("/reason", self.reason, line);
        fields.finish(reason)
    }
}

/// One line of text: trimmed, not blank, without control characters.
///
/// # Errors
/// [`ValidationError::Blank`], [`ValidationError::NotALine`].
pub(crate) fn line(text: String) -> Result<String, ValidationError> {
    text::line(&text)
}

/// An id that the service is said to have given out. A control character cannot be in one, and
/// PostgreSQL takes no NUL.
///
/// # Errors
/// [`ValidationError::NotALine`].
pub(crate) fn id<I: From<String>>(text: String) -> Result<I, ValidationError> {
    if text.contains(char::is_control) {
        Err(ValidationError::NotALine)
    } else {
        Ok(text.into())
    }
}

/// A line that a person may be called by.
///
/// # Errors
/// [`ValidationError::NotAName`].
pub(crate) fn person_name(text: String) -> Result<PersonName, ValidationError> {
    PersonName::parse(&text)
}
