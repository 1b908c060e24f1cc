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
    pub fn full_name(&self) -> String {
        let names = [
            Some(&self.family_name),
            self.given_name.as_ref(),
            self.patronymic.as_ref(),
        ];
        let names = names.into_iter().flatten().map(PersonName::as_str);
        names.collect::<Vec<_>>().join(" ")
    }

    /// The fields that differ from another person's, by their names in the API.
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

    /// This person after a push from the loan system: a field takes the pushed value where the loan system
    /// has changed it since its last push. Where it repeats itself, what a branch has amended since stays.
    #[must_use]
    pub fn updated_by(&self, pushed: &Self, last_pushed: &Self) -> Self {
        fn field<T: Clone + PartialEq>(stored: &T, pushed: &T, last_pushed: &T) -> T {
            let value = if pushed == last_pushed {
                stored
            } else {
                pushed
            };
            value.clone()
        }
        Self {
            family_name: field(
                &self.family_name,
                &pushed.family_name,
                &last_pushed.family_name,
            ),
            given_name: field(
                &self.given_name,
                &pushed.given_name,
                &last_pushed.given_name,
            ),
            patronymic: field(
                &self.patronymic,
                &pushed.patronymic,
                &last_pushed.patronymic,
            ),
            phone: field(&self.phone, &pushed.phone, &last_pushed.phone),
        }
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
    fn a_push_changes_what_the_loan_system_has_changed_and_nothing_that_a_branch_amended() {
        let last_pushed = person(["Қасымова", "Әсел", ""], "+77012345667");
        let stored = person(["Қасымова", "Әсел", "Нұрланқызы"], "+77051112233");
        let pushed = person(["Серікова", "Әсел", ""], "+77012345667");
        let updated = stored.updated_by(&pushed, &last_pushed);
        assert!(updated == person(["Серікова", "Әсел", "Нұрланқызы"], "+77051112233"));
        assert!(stored.updated_by(&last_pushed, &last_pushed) == stored);
        assert!(
            stored.updated_by(&pushed, &stored) == person(["Серікова", "Әсел", ""], "+77012345667")
        );
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
