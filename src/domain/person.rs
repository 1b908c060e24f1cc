//! A client as a person: names and telephone, and what a specialist may see of them before the
//! client is verified.

mod name;
mod phone;

pub use self::{name::PersonName, phone::Phone};

/// A client as a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// family name
    pub family_name: PersonName,
    /// given name; `None` for a person with one name only
    pub given_name: Option<PersonName>,
    /// patronymic, where there is one
    pub patronymic: Option<PersonName>,
    /// the telephone known to the company
    pub phone: Phone,
}

impl Person {
    /// The full name, in the order that documents of Kazakhstan use.
    pub(crate) fn full_name(&self) -> String {
        let names = [
            Some(&self.family_name),
            self.given_name.as_ref(),
            self.patronymic.as_ref(),
        ];
        let names = names.into_iter().flatten().map(PersonName::as_str);
        names.collect::<Vec<_>>().join(" ")
    }

    /// The fields that differ from another person's, by their names in the API.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
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
    use super::*;

    fn person(names: [&str; 3], phone: &str) -> Person {
        let name = |text: &str| PersonName::parse(text).ok();
        Person {
            family_name: name(names[0]).unwrap(),
            given_name: name(names[1]),
            patronymic: name(names[2]),
            phone: Phone::parse(phone).unwrap(),
        }
    }

    #[test]
    fn a_person_with_one_name_alone_is_called_by_it() {
        let person = person(["Сукарно", "", ""], "7012345667");
        assert_eq!(person.full_name(), "Сукарно");
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let held = person(["Қасымова", "Әсел", "Нұрланқызы"], "7012345667");
        assert!(held.differences(&held.clone()).is_empty());
        let other = person(["Қасымова", "", "Нұрлан"], "7012345668");
        assert_eq!(
            other.differences(&held),
            ["given_name", "patronymic", "phone"]
        );
    }
}
