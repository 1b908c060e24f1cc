//! The reasons for which a passphrase is refused, and how each is told.

use crate::domain::language::Language;

/// A reason not to accept a passphrase. NIST SP 800-63B-4 §3.1.1.2 asks that it be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Weakness {
    /// Fewer letters and digits, folded, than the minimum.
    TooShort {
        /// the fewest that are accepted
        min_length: usize,
    },
    /// More than [`super::MAX_LENGTH`] characters as entered.
    TooLong,
    /// A common password, a name or a place, perhaps with digits around it.
    CommonPassword,
    /// A common saying, line or greeting, perhaps with digits around it.
    CommonPhrase,
    /// Little but the company's, the product's or the trade's own words.
    CompanyWord,
    /// Keys that lie side by side on the English, Russian or Kazakh layout.
    KeyboardWalk,
    /// The same letter, syllable or word again and again.
    Repeated,
    /// A row of the alphabet or of numbers.
    Sequence,
    /// Nothing but a date, a year or a month.
    DateAlone,
    /// Little but this client's names, telephone or client number.
    PersonalData,
    /// None of these, and yet within reach of guessing.
    Guessable {
        /// how many words more would do, one or more
        more_words: usize,
    },
}

impl Weakness {
    /// One of each, the minimum being `min_length` and one word missing.
    #[must_use]
    pub fn all(min_length: usize) -> [Self; 11] {
        [
            Self::TooShort { min_length },
            Self::TooLong,
            Self::CommonPassword,
            Self::CommonPhrase,
            Self::CompanyWord,
            Self::KeyboardWalk,
            Self::Repeated,
            Self::Sequence,
            Self::DateAlone,
            Self::PersonalData,
            Self::Guessable { more_words: 1 },
        ]
    }

    /// The stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::CommonPassword => "common_password",
            Self::CommonPhrase => "common_phrase",
            Self::CompanyWord => "company_word",
            Self::KeyboardWalk => "keyboard_walk",
            Self::Repeated => "repeated",
            Self::Sequence => "sequence",
            Self::DateAlone => "date_alone",
            Self::PersonalData => "personal_data",
            Self::Guessable { .. } => "guessable",
        }
    }

    /// Why it is refused and what to do, for people.
    #[must_use]
    pub fn detail(self, language: Language) -> String {
        match language {
            Language::Kk => self.in_kazakh(),
            Language::Ru => self.in_russian(),
            Language::En => self.in_english(),
        }
    }

    fn in_kazakh(self) -> String {
        let text = match self {
            Self::TooShort { min_length } => {
                return format!(
                    "Тым қысқа: кемінде {min_length} әріп пен цифр керек (сан жазылса да, \
                     айтылса да цифрлармен саналады). Тағы бір сөз қосыңыз."
                );
            }
            Self::TooLong => "Тым ұзын: 64 таңбадан аспауы керек. Қысқартыңыз.",
            Self::CommonPassword => {
                "Мұны өте көп адам қолданады, ең алдымен осыны байқап көреді; цифр қосқаннан \
                 күшеймейді. Бір-біріне қатысы жоқ үш сөз алыңыз."
            }
            Self::CommonPhrase => {
                "Бұл — жұртқа белгілі сөз тіркесі, мақал немесе ән жолы. Бір-біріне қатысы жоқ \
                 үш сөзден өзіңіз құраңыз."
            }
            Self::CompanyWord => {
                "Бұл — ломбардтың немесе қызметтің өз сөзі, оны ең алдымен болжайды. Ломбардқа \
                 қатысы жоқ сөздер таңдаңыз."
            }
            Self::KeyboardWalk => {
                "Бұл — пернетақтада қатар тұрған пернелер, әрі мұны айту да қиын. Кәдімгі \
                 сөздер алыңыз."
            }
            Self::Repeated => "Бір әріп, буын немесе сөз қайталана береді. Әртүрлі сөздер алыңыз.",
            Self::Sequence => {
                "Бұл — әліпбидің немесе сандардың қатары. Бір-біріне қатысы жоқ сөздер алыңыз."
            }
            Self::DateAlone => {
                "Мұнда күннен, айдан немесе жылдан басқа ештеңе жоқ, ал оларды табу оңай. Бұл \
                 күнге қатысы жоқ сөздер қосыңыз."
            }
            Self::PersonalData => {
                "Бұл клиенттің аты-жөнінен, телефонынан немесе нөмірінен құралған, оларды \
                 басқалар да біледі. Өзіңізге қатысы жоқ сөздер алыңыз."
            }
            Self::Guessable { more_words } => {
                let words = match more_words {
                    0 | 1 => "бір сөз",
                    2 => "екі сөз",
                    _ => "үш сөз",
                };
                return format!(
                    "Мұны табу оңай: сөздері тым аз немесе тым жиі қолданылады. Басқаларына \
                     қатысы жоқ тағы {words} қосыңыз."
                );
            }
        };
        text.to_owned()
    }

    fn in_russian(self) -> String {
        let text = match self {
            Self::TooShort { min_length } => {
                return format!(
                    "Слишком коротко: нужно не меньше {min_length} букв и цифр (число, \
                     сказанное словами, считается цифрами). Добавьте ещё одно слово."
                );
            }
            Self::TooLong => "Слишком длинно: не больше 64 знаков. Сократите.",
            Self::CommonPassword => {
                "Это слово выбирают очень многие, его пробуют первым, и цифры рядом его не \
                 усиливают. Возьмите три слова, никак не связанных между собой."
            }
            Self::CommonPhrase => {
                "Это известное выражение, пословица или строка из песни. Составьте своё из трёх \
                 слов, никак не связанных между собой."
            }
            Self::CompanyWord => {
                "Это слова самого ломбарда или этой услуги, их угадывают первыми. Возьмите \
                 слова, не связанные с ломбардом."
            }
            Self::KeyboardWalk => {
                "Это соседние клавиши, к тому же такое трудно произнести. Возьмите обычные слова."
            }
            Self::Repeated => {
                "Повторяется одна и та же буква, слог или слово. Возьмите разные слова."
            }
            Self::Sequence => {
                "Это ряд букв алфавита или чисел по порядку. Возьмите слова, не связанные между \
                 собой."
            }
            Self::DateAlone => {
                "Здесь нет ничего, кроме дня, месяца или года, а их легко узнать. Добавьте \
                 слова, не связанные с этой датой."
            }
            Self::PersonalData => {
                "Это составлено из имени, телефона или номера клиента, а их знают и другие. \
                 Возьмите слова, не связанные с вами."
            }
            Self::Guessable { more_words } => {
                let words = match more_words {
                    0 | 1 => "одно слово, не связанное",
                    2 => "два слова, не связанных",
                    _ => "три слова, не связанных",
                };
                return format!(
                    "Это легко подобрать: слов слишком мало или они слишком частые. Добавьте \
                     ещё {words} с остальными."
                );
            }
        };
        text.to_owned()
    }

    fn in_english(self) -> String {
        let text = match self {
            Self::TooShort { min_length } => {
                return format!(
                    "Too short: at least {min_length} letters and digits are needed (a number \
                     said in words counts as its digits). Add another word."
                );
            }
            Self::TooLong => "Too long: at most 64 characters. Make it shorter.",
            Self::CommonPassword => {
                "Very many people choose this word, so it is tried first, and digits beside it \
                 do not help. Take three words that have nothing to do with each other."
            }
            Self::CommonPhrase => {
                "This is a well-known phrase, saying or line of a song. Make your own of three \
                 words that have nothing to do with each other."
            }
            Self::CompanyWord => {
                "These are the pawnshop's or the service's own words, which are guessed first. \
                 Take words that have nothing to do with the pawnshop."
            }
            Self::KeyboardWalk => {
                "These are neighbouring keys, and hard to say besides. Take ordinary words."
            }
            Self::Repeated => {
                "The same letter, syllable or word comes again and again. Take different words."
            }
            Self::Sequence => {
                "This is a row of the alphabet or of numbers. Take words that have nothing to do \
                 with each other."
            }
            Self::DateAlone => {
                "There is nothing here but a day, a month or a year, which are easy to find out. \
                 Add words that have nothing to do with the date."
            }
            Self::PersonalData => {
                "This is made of the client's name, telephone or number, which others know too. \
                 Take words that have nothing to do with you."
            }
            Self::Guessable { more_words } => {
                let words = match more_words {
                    0 | 1 => "one more word that has",
                    2 => "two more words that have",
                    _ => "three more words that have",
                };
                return format!(
                    "This is easy to guess: the words are too few or too common. Add {words} \
                     nothing to do with the rest."
                );
            }
        };
        text.to_owned()
    }

    /// How many guesses, as a power of ten, a phrase of this weakness withstands at most.
    pub(super) fn guesses_log10_at_most(self) -> f64 {
        match self {
            Self::TooShort { .. } | Self::TooLong | Self::Guessable { .. } => f64::INFINITY,
            Self::DateAlone => 4.5,
            Self::CommonPassword | Self::CommonPhrase | Self::Repeated => 4.0,
            Self::CompanyWord | Self::KeyboardWalk | Self::Sequence | Self::PersonalData => 3.0,
        }
    }
}
