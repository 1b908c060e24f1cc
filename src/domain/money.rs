//! Money: whole minor units of one currency, never a float.

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::validation::ValidationError;

/// An amount that is not negative, in the minor units of its currency (tiyn for KZT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    minor_units: i64,
    currency: Currency,
}

impl Money {
    /// The greatest number of digits before the point.
    const MAX_WHOLE_DIGITS: usize = 15;

    /// Parses a plain decimal (`125000`, `125000.5`, `125000.00`) in an ISO 4217 currency.
    ///
    /// # Errors
    /// [`ValidationError::Negative`], or [`ValidationError::NotAnAmount`] where it is no decimal, too long, or finer than
    /// the currency's minor unit.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, ValidationError> {
        if let Some(rest) = amount.strip_prefix('-')
            && is_plain_decimal(rest)
        {
            return Err(ValidationError::Negative);
        }
        if !is_plain_decimal(amount) {
            return Err(ValidationError::NotAnAmount);
        }
        let decimal = Decimal::from_str_exact(amount).map_err(|_| ValidationError::NotAnAmount)?;
        Self::from_decimal(decimal, currency)
    }

    /// The money of a decimal; trailing zeros beyond the minor unit are allowed.
    ///
    /// # Errors
    /// [`ValidationError::Negative`] or [`ValidationError::NotAnAmount`], as for [`Money::parse`].
    pub(crate) fn from_decimal(
        decimal: Decimal,
        currency: Currency,
    ) -> Result<Self, ValidationError> {
        if decimal.is_sign_negative() && !decimal.is_zero() {
            return Err(ValidationError::Negative);
        }
        let scale = scale_of(currency);
        let mut exact = decimal.normalize();
        if exact.scale() > scale {
            return Err(ValidationError::NotAnAmount);
        }
        exact.rescale(scale);
        let minor_units =
            i64::try_from(exact.mantissa()).map_err(|_| ValidationError::NotAnAmount)?;
        Ok(Self {
            minor_units,
            currency,
        })
    }

    /// Money from its stored form.
    ///
    /// # Errors
    /// The [`ValidationError`] of the invalid part.
    pub fn from_minor_units(minor_units: i64, currency: &str) -> Result<Self, ValidationError> {
        if minor_units < 0 {
            return Err(ValidationError::Negative);
        }
        Ok(Self {
            minor_units,
            currency: parse_currency(currency)?,
        })
    }

    /// Whole minor units.
    pub fn minor_units(self) -> i64 {
        self.minor_units
    }

    /// The ISO 4217 code.
    pub fn currency_code(self) -> &'static str {
        self.currency.code()
    }

    /// Digits after the point: those of the currency's minor unit.
    pub(crate) fn scale(self) -> u32 {
        scale_of(self.currency)
    }

    /// The amount as a decimal string with all digits of the minor unit: `125000.00`.
    pub fn amount(self) -> String {
        Decimal::new(self.minor_units, scale_of(self.currency)).to_string()
    }
}

/// Parses an ISO 4217 code, upper case.
///
/// # Errors
/// [`ValidationError::NotACurrency`].
pub fn parse_currency(code: &str) -> Result<Currency, ValidationError> {
    Currency::from_code(code).ok_or(ValidationError::NotACurrency)
}

/// Number of decimal digits of a currency's minor unit: 2 for KZT, 0 for JPY.
pub(crate) fn scale_of(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

fn is_plain_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && whole.trim_start_matches('0').len() <= Money::MAX_WHOLE_DIGITS
        && text.len() <= 40
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_written_with_all_digits_of_its_minor_unit() {
        for (entered, written) in [
            ("125000", "125000.00"),
            ("0.5", "0.50"),
            ("7.100", "7.10"),
            ("0", "0.00"),
        ] {
            assert_eq!(
                Money::parse(entered, Currency::KZT).unwrap().amount(),
                written
            );
        }
        assert_eq!(Money::parse("12", Currency::JPY).unwrap().amount(), "12");
    }

    #[test]
    fn an_amount_that_is_none_is_refused() {
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1,5",
            "1e3",
            "+1",
            " 1",
            "1.234",
            "9999999999999999",
            "NaN",
            "١٢",
        ] {
            assert_eq!(
                Money::parse(bad, Currency::KZT),
                Err(ValidationError::NotAnAmount),
                "{bad}"
            );
        }
        assert_eq!(
            Money::parse("-1", Currency::KZT),
            Err(ValidationError::Negative)
        );
    }

    proptest! {
        #[test]
        fn kept_and_written_money_comes_back_the_same(units in 0..=99_999_999_999_999_i64) {
            let money = Money::from_minor_units(units, "KZT").unwrap();
            prop_assert_eq!(Money::parse(&money.amount(), Currency::KZT), Ok(money));
        }
    }
}
