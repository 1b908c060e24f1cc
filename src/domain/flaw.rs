//! What can be wrong with one value that somebody entered.

use super::language::Language;

/// Why a value was refused. The code is stable and for machines, the text is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The field is needed and is not there.
    Missing,
    /// There is nothing in it but blanks.
    Blank,
    /// A control character, such as a line break or NUL, is in it.
    NotALine,
    /// Fewer characters than `min`.
    TooShort {
        /// the least number of characters
        min: usize,
    },
    /// More characters than `max`.
    TooLong {
        /// the greatest number of characters
        max: usize,
    },
    /// Not letters, hyphens, apostrophes and spaces, nor what else real names hold.
    NotAName,
    /// Not a telephone number.
    NotAPhone,
    /// Not 1 to 64 of the characters that numbers, logins and codes are made of.
    NotAnIdentifier,
    /// Not a calendar date `YYYY-MM-DD`.
    NotADate,
    /// A calendar date outside the years that a date may name.
    DateOutOfRange {
        /// the first year
        first: i32,
        /// the last year
        last: i32,
    },
    /// Not an RFC 3339 time.
    NotATime,
    /// The loan system's time of a record lies ahead of the service's clock.
    AsOfAhead,
    /// Not a decimal amount in the currency's own minor units.
    NotAnAmount,
    /// Below zero where nothing can be.
    Negative,
    /// Not an ISO 4217 currency.
    NotACurrency,
    /// Outside a range of whole numbers.
    OutOfRange {
        /// the least
        min: i64,
        /// the greatest
        max: i64,
    },
    /// None of the words that can stand here.
    NotOneOf(&'static [&'static str]),
    /// The day lies ahead.
    DayAhead,
    /// The day lies before the application was drafted.
    BeforeDraft,
    /// The representative's document is past its last day.
    DocumentExpired,
    /// The identity document was not seen.
    NotSeen,
    /// The two entries of the passphrase differ.
    PassphrasesDiffer,
    /// There is nothing in the passphrase that could be compared.
    NothingToCompare,
    /// No such client.
    UnknownClient,
    /// No such branch.
    UnknownBranch,
    /// The current password is another.
    WrongPassword,
    /// The new password is common, or holds the login.
    WeakPassword,
    /// Exactly one of several fields is wanted.
    ExactlyOne,
    /// One field, twice.
    Twice,
    /// At least one of several fields is wanted.
    NothingToChange,
    /// Not a cursor that this list gave out.
    NotACursor,
    /// Two fields do not go together.
    Contradiction,
    /// Not an address that may be called.
    NotAUrl,
    /// Another JSON type than this field has.
    WrongType,
    /// No such field here.
    UnknownField,
    /// Not JSON at all.
    MalformedJson,
    /// A line of more than `max` bytes.
    LineTooLong {
        /// the greatest number of bytes
        max: usize,
    },
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A line whose letters make no sense in the encoding that its file was recognised to be in.
    WrongEncoding,
    /// A line that sums a table up.
    TotalRow,
    /// A line of a table with more or fewer values than its header has columns.
    WrongColumns {
        /// what the header has
        wanted: usize,
    },
    /// A quotation that begins in this line and does not end.
    UnendedQuotation,
    /// A stream that ended before its end, or was not packed as it said.
    BrokenOff,
    /// A passphrase that is too easily guessed: the weakness's code and its texts (kk, ru, en).
    Weak {
        /// the weakness's code
        code: &'static str,
        /// why, in Kazakh, Russian and English
        detail: [String; 3],
    },
}

/// A flaw and the field that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFlaw {
    /// JSON pointer to the field, or the parameter's name
    pub pointer: String,
    /// what is wrong with it
    pub flaw: Flaw,
}

impl FieldFlaw {
    /// A flaw of a field.
    #[must_use]
    pub fn at(pointer: &str, flaw: Flaw) -> Self {
        Self {
            pointer: pointer.to_owned(),
            flaw,
        }
    }
}

impl Flaw {
    /// The stable machine code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Blank => "blank",
            Self::NotALine => "not_a_line",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::NotAName => "not_a_name",
            Self::NotAPhone => "not_a_phone",
            Self::NotAnIdentifier => "not_an_identifier",
            Self::NotADate => "not_a_date",
            Self::DateOutOfRange { .. } => "out_of_range",
            Self::NotATime => "not_a_time",
            Self::AsOfAhead => "as_of_ahead",
            Self::NotAnAmount => "not_an_amount",
            Self::Negative => "negative",
            Self::NotACurrency => "not_a_currency",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotOneOf(_) => "not_one_of",
            Self::DayAhead => "day_ahead",
            Self::BeforeDraft => "before_draft",
            Self::DocumentExpired => "document_expired",
            Self::NotSeen => "not_seen",
            Self::PassphrasesDiffer => "passphrases_differ",
            Self::NothingToCompare => "nothing_to_compare",
            Self::UnknownClient => "unknown_client",
            Self::UnknownBranch => "unknown_branch",
            Self::WrongPassword => "wrong_password",
            Self::WeakPassword => "weak_password",
            Self::ExactlyOne => "exactly_one",
            Self::Twice => "twice",
            Self::NothingToChange => "nothing_to_change",
            Self::NotACursor => "not_a_cursor",
            Self::Contradiction => "contradiction",
            Self::NotAUrl => "not_a_url",
            Self::WrongType => "wrong_type",
            Self::UnknownField => "unknown_field",
            Self::MalformedJson => "malformed_json",
            Self::LineTooLong { .. } => "line_too_long",
            Self::NotUtf8 => "not_utf8",
            Self::WrongEncoding => "wrong_encoding",
            Self::TotalRow => "total_row",
            Self::WrongColumns { .. } => "wrong_columns",
            Self::UnendedQuotation => "unended_quotation",
            Self::BrokenOff => "broken_off",
            Self::Weak { code, .. } => code,
        }
    }

    /// Why, in one sentence that names what would do.
    #[must_use]
    pub fn detail(&self, language: Language) -> String {
        let [kk, ru, en] = self.texts();
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    fn texts(&self) -> [String; 3] {
        match self {
            Self::TooShort { min } => [
                format!("Кемінде {min} таңба керек."),
                format!("Число знаков должно быть не меньше {min}."),
                format!("At least {min} characters are needed."),
            ],
            Self::TooLong { max } => [
                format!("Ең көбі {max} таңба."),
                format!("Число знаков должно быть не больше {max}."),
                format!("At most {max} characters."),
            ],
            Self::LineTooLong { max } => [
                format!("Жол {max} байттан ұзын."),
                format!("Строка длиннее {max} байт."),
                format!("The line is longer than {max} bytes."),
            ],
            Self::WrongColumns { wanted } => [
                format!(
                    "Жолдағы мәндер саны тақырыптағы бағандар санына тең болуы керек: {wanted}."
                ),
                format!(
                    "В строке должно быть столько значений, сколько столбцов в заголовке: {wanted}."
                ),
                format!("The line must have {wanted} values, as the header has columns."),
            ],
            Self::OutOfRange { min, max } => [
                format!("{min} мен {max} аралығындағы бүтін сан керек."),
                format!("Нужно целое число от {min} до {max}."),
                format!("A whole number from {min} to {max} is wanted."),
            ],
            Self::DateOutOfRange { first, last } => [
                format!("{first}-01-01 мен {last}-12-31 аралығындағы күн керек."),
                format!("Нужна дата от {first}-01-01 до {last}-12-31."),
                format!("A date from {first}-01-01 to {last}-12-31 is wanted."),
            ],
            Self::NotOneOf(words) => {
                let words = words.join(", ");
                [
                    format!("Мыналардың бірі болуы керек: {words}."),
                    format!("Должно быть одним из: {words}."),
                    format!("It must be one of: {words}."),
                ]
            }
            Self::Weak { detail, .. } => detail.clone(),
            plain => plain.plain_texts().map(str::to_owned),
        }
    }

    fn plain_texts(&self) -> [&'static str; 3] {
        match self {
            Self::Missing => [
                "Бұл өріс міндетті.",
                "Это поле обязательно.",
                "This field is required.",
            ],
            Self::Blank => ["Өріс бос.", "Поле пустое.", "The field is blank."],
            Self::NotALine => [
                "Бұл өрісте басқару таңбалары болмайды.",
                "В этом поле не бывает управляющих знаков.",
                "There can be no control characters in this field.",
            ],
            Self::NotAName => [
                "Аты-жөнінде тек әріптер, сызықша, дәйекше, бос орын, инициалдан кейін нүкте және әріптер арасында «·» белгісі болады, 100 таңбаға дейін.",
                "В имени бывают только буквы, дефис, апостроф, пробел, точка после инициала и знак «·» между буквами, до 100 знаков.",
                "A name has only letters, hyphens, apostrophes, spaces, a full stop after an initial and a middle dot (·) between letters: 1 to 100 characters.",
            ],
            Self::NotAPhone => [
                "Телефон нөмірі емес. Мысалы: +7 701 000 00 00.",
                "Это не номер телефона. Например: +7 701 000 00 00.",
                "Not a telephone number. For example: +7 701 000 00 00.",
            ],
            Self::NotAnIdentifier => [
                "1-ден 64-ке дейін әріп, сан, нүкте, астыңғы сызық немесе сызықша керек; нөмірлерде «/» да болады.",
                "Нужно от 1 до 64 букв, цифр, точек, подчёркиваний или дефисов; в номерах бывает и «/».",
                "1 to 64 letters, digits, dots, underscores or hyphens are wanted; in numbers \"/\" too.",
            ],
            Self::NotADate => [
                "ЖЖЖЖ-АА-КК түріндегі күн керек.",
                "Нужна дата вида ГГГГ-ММ-ДД.",
                "A calendar date YYYY-MM-DD is wanted.",
            ],
            Self::NotATime => [
                "RFC 3339 түріндегі уақыт керек, мысалы 2026-01-31T09:30:00Z.",
                "Нужно время по RFC 3339, например 2026-01-31T09:30:00Z.",
                "A time as in RFC 3339 is wanted, such as 2026-01-31T09:30:00Z.",
            ],
            Self::AsOfAhead => [
                "Бұл уақыт сервис сағатынан бес минуттан астам озып тұр. Жергілікті уақыт Z әрпімен жазылған болуы мүмкін.",
                "Это время опережает часы сервиса более чем на пять минут. Возможно, местное время записано с буквой Z.",
                "This moment lies more than five minutes ahead of the service's clock. Local time may have been marked Z.",
            ],
            Self::NotAnAmount => [
                "Ондық бөлшегі бар сома жол түрінде керек, мысалы \"125000.00\".",
                "Нужна десятичная сумма строкой, например \"125000.00\".",
                "A decimal amount as a string is wanted, such as \"125000.00\".",
            ],
            Self::Negative => [
                "Теріс бола алмайды.",
                "Не может быть отрицательным.",
                "It cannot be negative.",
            ],
            Self::NotACurrency => [
                "ISO 4217 валюта коды керек, мысалы KZT.",
                "Нужен код валюты по ISO 4217, например KZT.",
                "An ISO 4217 currency code is wanted, such as KZT.",
            ],
            Self::DayAhead => [
                "Бұл күн әлі келген жоқ.",
                "Этот день ещё не наступил.",
                "This day lies ahead.",
            ],
            Self::BeforeDraft => [
                "Өтініш бұл күні әлі жасалмаған.",
                "В этот день заявления ещё не было.",
                "The application had not been drafted on that day.",
            ],
            Self::DocumentExpired => [
                "Өкілдің құжатының мерзімі өтті.",
                "Срок документа представителя истёк.",
                "The representative's document is no longer valid.",
            ],
            Self::NotSeen => [
                "Жеке куәлікті көру керек: true.",
                "Документ нужно увидеть: true.",
                "The identity document has to be seen: true.",
            ],
            Self::PassphrasesDiffer => [
                "Құпия сөздің екі енгізуі әртүрлі.",
                "Два ввода секретного слова различаются.",
                "The two entries of the passphrase differ.",
            ],
            Self::NothingToCompare => [
                "Құпия сөзде салыстыратын әріп те, сан да жоқ.",
                "В секретном слове нет ни букв, ни цифр для сравнения.",
                "There is no letter or digit in the passphrase to compare.",
            ],
            Self::UnknownClient => [
                "Мұндай клиент жоқ.",
                "Такого клиента нет.",
                "There is no such client.",
            ],
            Self::UnknownBranch => [
                "Мұндай бөлімше жоқ.",
                "Такого отделения нет.",
                "There is no such branch.",
            ],
            Self::WrongPassword => [
                "Қазіргі құпиясөз дұрыс емес.",
                "Текущий пароль неверен.",
                "The current password is not right.",
            ],
            Self::WeakPassword => [
                "Құпиясөз тым кең таралған немесе логинді қамтиды.",
                "Пароль слишком распространён или содержит логин.",
                "The password is too common, or holds the login.",
            ],
            Self::ExactlyOne => [
                "Өрістердің дәл біреуі керек.",
                "Нужно ровно одно из полей.",
                "Exactly one of the fields is wanted.",
            ],
            Self::Twice => [
                "Өріс екі рет берілген.",
                "Поле дано дважды.",
                "The field is there twice.",
            ],
            Self::NothingToChange => [
                "Өзгертетін ештеңе берілмеген.",
                "Нечего менять: ни одного поля.",
                "There is nothing to change: no field is given.",
            ],
            Self::NotACursor => [
                "Бұл тізімнің белгісі емес.",
                "Это не курсор этого списка.",
                "Not a cursor that this list gave out.",
            ],
            Self::Contradiction => [
                "Бұл өрістер бір-біріне сәйкес келмейді.",
                "Эти поля не подходят друг к другу.",
                "These fields do not go together.",
            ],
            Self::NotAUrl => [
                "Рұқсат етілген http(s) мекенжайы керек.",
                "Нужен разрешённый адрес http(s).",
                "An http(s) address that may be called is wanted.",
            ],
            Self::WrongType => [
                "Өрістің JSON түрі басқа болуы керек.",
                "У поля должен быть другой тип JSON.",
                "The field is of another JSON type.",
            ],
            Self::UnknownField => [
                "Мұнда мұндай өріс жоқ.",
                "Такого поля здесь нет.",
                "There is no such field here.",
            ],
            Self::MalformedJson => [
                "Бұл жол JSON нысаны емес.",
                "Эта строка не является объектом JSON.",
                "The line is not a JSON object.",
            ],
            Self::NotUtf8 => [
                "Жол UTF-8 кодтауында емес.",
                "Строка не в кодировке UTF-8.",
                "The line is not in UTF-8.",
            ],
            Self::WrongEncoding => [
                "Файл үшін анықталған кодтау бойынша бұл жолдағы әріптерден мағыналы мәтін шықпайды. Дұрыс кодтауды --encoding арқылы көрсетіңіз.",
                "В кодировке, распознанной для файла, буквы этой строки не складываются в осмысленный текст. Укажите верную кодировку: --encoding.",
                "In the encoding that was recognised the letters of this line make no sense. Name the right one with --encoding.",
            ],
            Self::TotalRow => [
                "Бұл — қорытынды жол, жазба емес.",
                "Это итоговая строка, а не запись.",
                "This line is a total, not a record.",
            ],
            Self::UnendedQuotation => [
                "Осы жолда ашылған тырнақша жабылмаған.",
                "Кавычка, открытая в этой строке, не закрыта.",
                "A quotation that begins in this line does not end.",
            ],
            Self::BrokenOff => [
                "Сұраудың денесі үзіліп қалды немесе тақырыпта көрсетілгендей сығылмаған. Оқылған бөлігі қабылданды; бәрін қайта жіберіңіз.",
                "Тело запроса оборвалось или сжато не так, как указано в заголовке. Прочитанное принято; отправьте всё ещё раз.",
                "The body broke off, or is not packed as its header says. What was read is taken in; send the whole again.",
            ],
            Self::TooShort { .. }
            | Self::WrongColumns { .. }
            | Self::TooLong { .. }
            | Self::LineTooLong { .. }
            | Self::OutOfRange { .. }
            | Self::DateOutOfRange { .. }
            | Self::NotOneOf(_)
            | Self::Weak { .. } => ["", "", ""],
        }
    }
}
