//! The supported encodings.

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8,
    /// UTF-16, little-endian: "Unicode text" of a spreadsheet
    Utf16Le,
    /// UTF-16, big-endian
    Utf16Be,
    /// Cyrillic on Windows
    Windows1251,
    /// windows-1251 with the letters of Kazakh (ST RK 1048-2002)
    Kz1048,
    /// Russian on old UNIX and in mail
    Koi8R,
    /// Cyrillic in DOS
    Cp866,
}

impl Encoding {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1251 => "windows-1251",
            Self::Kz1048 => "KZ-1048",
            Self::Koi8R => "KOI8-R",
            Self::Cp866 => "CP866",
        }
    }

    /// Whether it has one byte for each letter, so that only the letters of a file show that it is this one.
    pub fn is_code_page(self) -> bool {
        !matches!(self, Self::Utf8 | Self::Utf16Le | Self::Utf16Be)
    }
}
