//! The languages in which the service speaks to people.

use strum::{EnumString, VariantNames};

/// A language of the service. Texts exist in all three or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Kazakh
    Kk,
    /// Russian
    Ru,
    /// English
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language of an ISO 639-1 code, case aside.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
    }
}

/// A language in which clients are addressed: the printed form and what is read out to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ClientLanguage {
    /// Kazakh
    #[default]
    Kk,
    /// Russian
    Ru,
}

impl ClientLanguage {
    /// Both languages.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::Kk, Self::Ru];
}

impl From<ClientLanguage> for Language {
    fn from(language: ClientLanguage) -> Self {
        match language {
            ClientLanguage::Kk => Self::Kk,
            ClientLanguage::Ru => Self::Ru,
        }
    }
}
