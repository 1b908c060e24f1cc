//! A client as a person: names and telephone, and what a specialist may see of them before the
//! client is verified.

use phonenumber::country;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::flaw::Flaw;

/// A family name, a given name or a patronymic: 1 to 100 letters, hyphens, apostrophes and spaces.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    const MAX_CHARS: usize = 100;

    /// Parses a name; it is kept in NFC with single spaces.
    ///
    /// # Errors
    /// [`Flaw::NotAName`] where it has another character, no letter, or is too long.
    pub fn parse(entered: &str) -> Result<Self, Flaw> {
        let normal: String = entered.nfc().collect();
        let name = normal.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = |c: char| c.is_alphabetic() || is_combining_mark(c) || " -‐‑'’ʼʻ‘`".contains(c);
        let length = name.chars().count();
        if (1..=Self::MAX_CHARS).contains(&length)
            && name.chars().all(fits)
            && name.chars().any(char::is_alphabetic)
            && !entered.contains(char::is_control)
        {
            Ok(Self(name))
        } else {
            Err(Flaw::NotAName)
        }
    }

    /// The name in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown of it before verification: the initial.
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.chars().take(1).chain("***".chars()).collect()
    }
}

/// A telephone number in E.164.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Parses a number in E.164 or in a national form of Kazakhstan (`8 701 …`, `7 (701) …`, `701…`).
    ///
    /// # Errors
    /// [`Flaw::NotAPhone`].
    pub fn parse(entered: &str) -> Result<Self, Flaw> {
        let digits: String = entered.chars().filter(char::is_ascii_digit).collect();
        let written = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-‐‑–().".contains(c);
        let trimmed = entered.trim();
        if !trimmed.chars().all(written) || trimmed.chars().skip(1).any(|c| c == '+') {
            return Err(Flaw::NotAPhone);
        }
        let international = match (trimmed.starts_with('+'), digits.len()) {
            (true, _) => digits,
            (false, 11) if digits.starts_with(['7', '8']) => format!("7{}", &digits[1..]),
            (false, 10) if digits.starts_with('7') => format!("7{digits}"),
            (false, _) => return Err(Flaw::NotAPhone),
        };
        if is_dialable(&international) {
            Ok(Self(format!("+{international}")))
        } else {
            Err(Flaw::NotAPhone)
        }
    }

    /// The number in E.164, `+` first.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown of it before verification: the first digit and the last two.
    #[must_use]
    pub fn masked(&self) -> String {
        let stars = "*".repeat(self.0.len() - 4);
        format!("{}{stars}{}", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}

/// The most digits of an international number, country code included (ITU-T E.164 §6.2.1).
const MAX_E164_DIGITS: usize = 15;

/// The numbering plan of +7 is checked here, being nearly all of the traffic; every other country's
/// by the library that follows the published plans.
fn is_dialable(international: &str) -> bool {
    // Some published plans go on beyond what E.164 lets a number have.
    if international.len() > MAX_E164_DIGITS {
        return false;
    }
    match international.strip_prefix('7') {
        Some(national) => national.len() == 10 && !national.starts_with(['0', '1', '2']),
        None => phonenumber::parse(Some(country::KZ), format!("+{international}"))
            .is_ok_and(|number| number.is_valid()),
    }
}

/// A client as a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// family name
    pub family_name: PersonName,
    /// given name
    pub given_name: PersonName,
    /// patronymic, where there is one
    pub patronymic: Option<PersonName>,
    /// the telephone known to the company
    pub phone: Phone,
}

impl Person {
    /// Which fields are others than another's, by their names in the API.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            ("family_name", self.family_name != other.family_name),
            ("given_name", self.given_name != other.given_name),
            ("patronymic", self.patronymic != other.patronymic),
            ("phone", self.phone != other.phone),
        ];
        let differing = fields.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(name, _)| name).collect()
    }
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
            "+77012344567",
        ] {
            assert_eq!(
                Phone::parse(entered).unwrap().as_str(),
                "+77012344567",
                "{entered}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "",
            "12",
            "+7 101 234 45 67",
            "8 701 234 45 6",
            "phone",
            "++77012344567",
            "+7701234456x",
            "+4999604999600101",
        ] {
            assert!(Phone::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_foreign_number_follows_its_own_plan() {
        assert_eq!(
            Phone::parse("+44 20 7946 0958").unwrap().as_str(),
            "+442079460958"
        );
        assert!(Phone::parse("+44 1").is_err());
    }

    #[test]
    fn a_masked_number_shows_its_last_two_digits() {
        assert_eq!(
            Phone::parse("+77012344567").unwrap().masked(),
            "+7********67"
        );
    }

    #[test]
    fn a_masked_name_is_its_initial() {
        assert_eq!(PersonName::parse("Қасымов").unwrap().masked(), "Қ***");
    }

    #[test]
    fn names_of_any_script_are_names_and_digits_are_not() {
        for good in ["Нұр-Әлі", "O’Brien", "de la Cruz", "李", "Ли"] {
            assert!(PersonName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "R2D2", "-", "a\nb", "<b>", &"а".repeat(101)] {
            assert!(PersonName::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(entered in "\\PC{0,120}") {
            if let Ok(name) = PersonName::parse(&entered) {
                prop_assert!(PersonName::parse(name.as_str()) == Ok(name));
            }
            if let Ok(phone) = Phone::parse(&entered) {
                prop_assert!(Phone::parse(phone.as_str()) == Ok(phone));
            }
        }
    }
}
