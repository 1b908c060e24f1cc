//! Telephone numbers: E.164, or a national form of Kazakhstan on input.

use std::sync::{LazyLock, OnceLock};

use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::Regex;

use crate::domain::{invisible::is_invisible, validation::ValidationError};

/// A telephone number in E.164.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Parses a number in E.164 or in a national form of Kazakhstan (`8 701 …`, `7 (701) …`, `701…`).
    /// Blanks, dashes, full stops, brackets and invisible marks are ignored.
    ///
    /// # Errors
    /// [`ValidationError::NotAPhone`].
    pub fn parse(entered: &str) -> Result<Self, ValidationError> {
        let mut written = entered.chars().filter(|c| !is_between(*c)).peekable();
        let is_international = written.next_if_eq(&'+').is_some();
        let digits: String = written.collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ValidationError::NotAPhone);
        }
        let international = match (is_international, digits.len()) {
            (true, _) => digits,
            (false, 11) if digits.starts_with(['7', '8']) => format!("7{}", &digits[1..]),
            (false, 10) if digits.starts_with('7') => format!("7{digits}"),
            (false, _) => return Err(ValidationError::NotAPhone),
        };
        if is_dialable(&international) {
            Ok(Self(format!("+{international}")))
        } else {
            Err(ValidationError::NotAPhone)
        }
    }

    /// The number in E.164, `+` first.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown of it before verification: the first digit and the last two.
    pub fn masked(&self) -> String {
        let stars = "*".repeat(self.0.len() - 4);
        format!("{}{stars}{}", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}

/// Whether a character only separates the digits of a written number.
fn is_between(c: char) -> bool {
    c == ' ' || !c.is_control() && c.is_whitespace() || is_invisible(c) || PUNCTUATION.contains(c)
}

/// Full stop, brackets, and every dash that may replace a hyphen: hyphens, figure, en and em dash, bar,
/// minus, small and wide forms.
const PUNCTUATION: &str = ".()-‐‑‒–—―−﹘﹣－";

/// Maximum number of digits of an international number, with its country code (ITU-T E.164 §6.2.1).
const MAX_E164_DIGITS: usize = 15;

/// Whether digits with their country code are a number of that country's plan. The plan of +7 is written
/// here: it is nearly all of the traffic, and has new ranges before the library does.
///
/// Only the library's plans are used. Its parser is not: it drops a trunk prefix after the country code, so
/// that a number with one digit too many would be taken for another number.
fn is_dialable(international: &str) -> bool {
    // Some published plans allow more digits than E.164.
    if international.len() > MAX_E164_DIGITS {
        return false;
    }
    if let Some(national) = international.strip_prefix('7') {
        return national.len() == 10 && !national.starts_with(['0', '1', '2']);
    }
    // No country code is the beginning of another, so the shortest one decides.
    let split = (1..=LONGEST_CODE).find_map(|length| {
        let (code, national) = international.split_at_checked(length)?;
        let plans = plans(code.parse().ok()?);
        (!plans.is_empty()).then_some((plans, national))
    });
    split.is_some_and(|(plans, national)| plans.iter().any(|plan| plan.has(national)))
}

const LONGEST_CODE: usize = 3;
const CODES: usize = 1_000;

/// The plans of the countries that share a code; empty where there is no such code.
fn plans(code: u16) -> &'static [Plan] {
    static PLANS: LazyLock<Vec<OnceLock<Vec<Plan>>>> =
        LazyLock::new(|| (0..CODES).map(|_| OnceLock::new()).collect());
    let Some(plan) = PLANS.get(usize::from(code)) else {
        return &[];
    };
    plan.get_or_init(|| {
        let countries = DATABASE.by_code(&code).unwrap_or_default();
        countries.into_iter().filter_map(Plan::of).collect()
    })
}

/// What a country's national numbers look like.
struct Plan {
    general: Regex,
    /// one for all kinds of numbers, such as mobile ones
    kinds: Regex,
}

impl Plan {
    /// A plan as published; `None` where it cannot be read, which a test rules out.
    fn of(country: &Metadata) -> Option<Self> {
        let kinds: Vec<_> = kinds(country).map(pattern).collect();
        Some(Self {
            general: whole(pattern(country.descriptors().general()))?,
            kinds: whole(&kinds.join("|"))?,
        })
    }

    fn has(&self, national: &str) -> bool {
        self.general.is_match(national) && self.kinds.is_match(national)
    }
}

/// The kinds of numbers that a country has, such as mobile ones.
fn kinds(country: &Metadata) -> impl Iterator<Item = &Descriptor> {
    let all = country.descriptors();
    let kinds = [
        all.fixed_line(),
        all.mobile(),
        all.toll_free(),
        all.premium_rate(),
        all.shared_cost(),
        all.personal_number(),
        all.voip(),
        all.pager(),
        all.uan(),
        all.voicemail(),
    ];
    kinds.into_iter().flatten()
}

fn pattern(descriptor: &Descriptor) -> &str {
    descriptor.national_number().as_str()
}

/// A pattern that has to match from the first digit to the last; the library's own is not anchored.
fn whole(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("(?x)^(?:{pattern})$")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn national_forms_of_a_number_are_one_number() {
        for entered in [
            "8 701 234 45 67",
            "7 (701) 234-45-67",
            "7012344567",
            "701 234 45 67",
            "87012344567",
            "77012344567",
            "+77012344567",
            "+7 (701) 234-45-67",
        ] {
            assert_eq!(
                Phone::parse(entered).unwrap().as_str(),
                "+77012344567",
                "{entered}"
            );
        }
    }

    #[test]
    fn a_pasted_number_is_read_without_its_marks() {
        for entered in [
            "\u{202a}+7 701 234-45-67\u{202c}",
            "\u{200e}+77012344567",
            "\u{feff}8 701 234 45 67",
            "\u{2066}+7\u{a0}701\u{a0}234\u{2011}45\u{2011}67\u{2069}",
            "+7 701 234–45–67",
            "+7—701—2344567",
            "+7 701 234−45−67",
            "8\u{2009}(701)\u{202f}2344567",
            "\u{200b}701\u{ad}2344567\u{200f}",
        ] {
            assert_eq!(
                Phone::parse(entered).unwrap().as_str(),
                "+77012344567",
                "{entered:?}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "",
            "+",
            "12",
            "+7 101 234 45 67",
            "8 701 234 45 6",
            "phone",
            "++77012344567",
            "7+7012344567",
            "+7701234456x",
            "+7701234456７",
            "+7701\n2344567",
            "+4999604999600101",
            // One digit too many, the trunk prefix of Uzbekistan, of Poland, of Britain.
            "+9988901234567",
            "+488881234567",
            "+4402079460958",
            "+330631966543",
            // No such country code, and one without a number.
            "+0123456789",
            "+999",
            "+210 1234567",
        ] {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_that_begins_with_8_at_home_is_one_of_its_country() {
        for good in [
            "+998881234567",
            "+48881234567",
            "+37488123456",
            "+992881234567",
            "+996880123456",
            "+442079460958",
        ] {
            assert_eq!(Phone::parse(good).unwrap().as_str(), good, "{good}");
        }
    }

    /// Every plan that is published, with its examples, each with its country code.
    fn examples() -> Vec<(String, String)> {
        let countries = (0..CODES as u16).flat_map(|code| DATABASE.by_code(&code).into_iter());
        let mut examples = Vec::new();
        for country in countries.flatten() {
            for example in kinds(country).filter_map(Descriptor::example) {
                let number = format!("+{}{example}", country.country_code());
                examples.push((country.id().to_owned(), number));
            }
        }
        examples
    }

    #[test]
    fn each_countrys_own_examples_are_numbers_and_stay_as_they_are() {
        let examples = examples();
        let countries: std::collections::HashSet<_> =
            examples.iter().map(|(country, _)| country).collect();
        assert!(countries.len() > 240, "{}", countries.len());
        for (country, number) in &examples {
            if number.len() > 1 + MAX_E164_DIGITS {
                assert!(Phone::parse(number).is_err(), "{country} {number}");
                continue;
            }
            let parsed = Phone::parse(number);
            let parsed = parsed.unwrap_or_else(|_| panic!("{country} {number}"));
            assert_eq!(parsed.as_str(), number, "{country}");
            assert!(Phone::parse(parsed.as_str()) == Ok(parsed), "{number}");
        }
    }

    #[test]
    fn every_published_plan_can_be_read() {
        for code in 0..CODES as u16 {
            let countries = DATABASE.by_code(&code).unwrap_or_default();
            assert_eq!(plans(code).len(), countries.len(), "+{code}");
        }
    }

    #[test]
    fn a_masked_number_shows_its_last_two_digits() {
        assert_eq!(
            Phone::parse("+77012344567").unwrap().masked(),
            "+7********67"
        );
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(entered in "\\PC{0,40}|\\+?[0-9 ()-]{5,20}") {
            if let Ok(phone) = Phone::parse(&entered) {
                prop_assert!(Phone::parse(phone.as_str()) == Ok(phone));
            }
        }

        #[test]
        fn a_number_of_another_country_is_never_read_as_one_of_ours(
            digits in "[1-689][0-9]{6,14}"
        ) {
            if let Ok(phone) = Phone::parse(&format!("+{digits}")) {
                prop_assert_eq!(phone.as_str(), format!("+{digits}"));
            }
        }
    }
}
