//! Russian: gender, case and the agreement of nouns with numbers.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::forms::{Counted, DateForm, groups, year_of};

/// The gender of what is counted; one and two agree with it. Neuter is counted nowhere here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Masculine,
    Feminine,
}

/// The cases in which the sentences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// «одна минута»
    Nominative,
    /// «до одной минуты»
    Genitive,
    /// «одну минуту назад»
    Accusative,
}

/// A noun, or a noun with its adjective, that is counted.
#[derive(Clone, Copy)]
pub(super) struct Noun {
    gender: Gender,
    /// after 1, after 2 to 4, after 5: «минута, минуты, минут». The second is the genitive singular too, but
    /// not where an adjective stands before the noun: such are counted in the nominative alone.
    forms: [&'static str; 3],
    accusative: &'static str,
}

impl Noun {
    pub(super) const fn masculine(forms: [&'static str; 3]) -> Self {
        Self {
            gender: Gender::Masculine,
            forms,
            accusative: forms[0],
        }
    }

    pub(super) const fn feminine(forms: [&'static str; 3], accusative: &'static str) -> Self {
        Self {
            gender: Gender::Feminine,
            forms,
            accusative,
        }
    }

    /// A masculine noun that has no endings.
    pub(super) const fn unchanging(noun: &'static str) -> Self {
        Self::masculine([noun; 3])
    }

    /// The noun as it stands after a number.
    pub(super) fn after(&self, value: u64, case: Case) -> &'static str {
        let [one, few, many] = self.forms;
        match (value % 10, value % 100, case) {
            (1, last, Case::Nominative) if last != 11 => one,
            (1, last, Case::Accusative) if last != 11 => self.accusative,
            (1, last, Case::Genitive) if last != 11 => few,
            (_, _, Case::Genitive) => many,
            (2..=4, last, _) if !(12..=14).contains(&last) => few,
            _ => many,
        }
    }

    /// The number and the noun.
    pub(super) fn counted(&self, value: u64, case: Case) -> String {
        let number = cardinal(value, self.gender, case);
        format!("{number} {}", self.after(value, case))
    }
}

const MINUTE: Noun = Noun::feminine(["минута", "минуты", "минут"], "минуту");
const HOUR: Noun = Noun::masculine(["час", "часа", "часов"]);
const DAY: Noun = Noun::masculine(["день", "дня", "дней"]);
const ATTEMPT: Noun = Noun::feminine(["попытка", "попытки", "попыток"], "попытку");
const LOAN: Noun = Noun::masculine([
    "действующий микрокредит",
    "действующих микрокредита",
    "действующих микрокредитов",
]);

pub(super) const PER_CENT: Noun = Noun::masculine(["процент", "процента", "процентов"]);

/// The powers of a thousand, from the first on; a `u64` reaches the sixth.
const POWERS: [Noun; 6] = [
    Noun::feminine(["тысяча", "тысячи", "тысяч"], "тысячу"),
    Noun::masculine(["миллион", "миллиона", "миллионов"]),
    Noun::masculine(["миллиард", "миллиарда", "миллиардов"]),
    Noun::masculine(["триллион", "триллиона", "триллионов"]),
    Noun::masculine(["квадриллион", "квадриллиона", "квадриллионов"]),
    Noun::masculine(["квинтиллион", "квинтиллиона", "квинтиллионов"]),
];

/// The nominative of a number, its genitive, and the stem of its ordinal.
type Forms = [&'static str; 3];

/// 0 to 19.
#[rustfmt::skip]
const ONES: [Forms; 20] = [
    ["ноль", "ноля", ""],
    ["один", "одного", "перв"],
    ["два", "двух", "втор"],
    ["три", "трёх", "треть"],
    ["четыре", "четырёх", "четвёрт"],
    ["пять", "пяти", "пят"],
    ["шесть", "шести", "шест"],
    ["семь", "семи", "седьм"],
    ["восемь", "восьми", "восьм"],
    ["девять", "девяти", "девят"],
    ["десять", "десяти", "десят"],
    ["одиннадцать", "одиннадцати", "одиннадцат"],
    ["двенадцать", "двенадцати", "двенадцат"],
    ["тринадцать", "тринадцати", "тринадцат"],
    ["четырнадцать", "четырнадцати", "четырнадцат"],
    ["пятнадцать", "пятнадцати", "пятнадцат"],
    ["шестнадцать", "шестнадцати", "шестнадцат"],
    ["семнадцать", "семнадцати", "семнадцат"],
    ["восемнадцать", "восемнадцати", "восемнадцат"],
    ["девятнадцать", "девятнадцати", "девятнадцат"],
];

/// 20 to 90.
#[rustfmt::skip]
const TENS: [Forms; 8] = [
    ["двадцать", "двадцати", "двадцат"],
    ["тридцать", "тридцати", "тридцат"],
    ["сорок", "сорока", "сороков"],
    ["пятьдесят", "пятидесяти", "пятидесят"],
    ["шестьдесят", "шестидесяти", "шестидесят"],
    ["семьдесят", "семидесяти", "семидесят"],
    ["восемьдесят", "восьмидесяти", "восьмидесят"],
    ["девяносто", "девяноста", "девяност"],
];

/// 100 to 900.
#[rustfmt::skip]
const HUNDREDS: [Forms; 9] = [
    ["сто", "ста", "сот"],
    ["двести", "двухсот", "двухсот"],
    ["триста", "трёхсот", "трёхсот"],
    ["четыреста", "четырёхсот", "четырёхсот"],
    ["пятьсот", "пятисот", "пятисот"],
    ["шестьсот", "шестисот", "шестисот"],
    ["семьсот", "семисот", "семисот"],
    ["восемьсот", "восьмисот", "восьмисот"],
    ["девятьсот", "девятисот", "девятисот"],
];

/// The words of 1 to 999 in their forms, the highest first, and the value of each.
fn words(group: u64) -> impl Iterator<Item = (u64, Forms)> {
    let (hundreds, rest) = (group / 100 * 100, group % 100);
    let (tens, ones) = if rest < 20 {
        (0, rest)
    } else {
        (rest / 10 * 10, rest % 10)
    };
    [hundreds, tens, ones]
        .into_iter()
        .filter(|value| *value > 0)
        .map(|value| (value, forms(value)))
}

/// The forms of a number that is one word.
fn forms(value: u64) -> Forms {
    // 0 to 9 for each: the tables have that many rows.
    let row = |unit: u64| (value / unit) as usize;
    match value {
        0..20 => ONES[row(1)],
        20..100 => TENS[row(10) - 2],
        _ => HUNDREDS[row(100) - 1],
    }
}

/// One word of a cardinal number in a gender and a case.
fn inflected(value: u64, forms: Forms, gender: Gender, case: Case) -> &'static str {
    match (value, gender, case) {
        (1, Gender::Feminine, Case::Nominative) => "одна",
        (1, Gender::Feminine, Case::Genitive) => "одной",
        (1, Gender::Feminine, Case::Accusative) => "одну",
        (2, Gender::Feminine, Case::Nominative | Case::Accusative) => "две",
        // What is counted here is no living being: its accusative is its nominative.
        (_, _, Case::Nominative | Case::Accusative) => forms[0],
        (_, _, Case::Genitive) => forms[1],
    }
}

/// A whole number.
pub(super) fn cardinal(value: u64, gender: Gender, case: Case) -> String {
    if value == 0 {
        return inflected(0, forms(0), gender, case).to_owned();
    }
    let mut said: Vec<&str> = Vec::new();
    for (power, group) in groups(value) {
        let noun = power.checked_sub(1).map(|power| &POWERS[power]);
        let gender = noun.map_or(gender, |noun| noun.gender);
        said.extend(words(group).map(|(value, forms)| inflected(value, forms, gender, case)));
        said.extend(noun.map(|noun| noun.after(group, case)));
    }
    said.join(" ")
}

/// A number of things.
pub(super) fn count(value: u64, counted: Counted, case: Case) -> String {
    let noun = match counted {
        Counted::Minutes => MINUTE,
        Counted::Hours => HOUR,
        Counted::Days => DAY,
        Counted::Attempts => ATTEMPT,
        Counted::Loans => LOAN,
    };
    noun.counted(value, case)
}

/// A whole number and a fraction of `10^scale`: «пять целых двадцать одна сотая».
pub(super) fn fraction(whole: u64, part: u64, scale: u32) -> String {
    const WHOLE: Noun = Noun::feminine(["целая", "целых", "целых"], "целую");
    const PARTS: [Noun; 4] = [
        Noun::feminine(["десятая", "десятых", "десятых"], "десятую"),
        Noun::feminine(["сотая", "сотых", "сотых"], "сотую"),
        Noun::feminine(["тысячная", "тысячных", "тысячных"], "тысячную"),
        Noun::feminine(
            ["десятитысячная", "десятитысячных", "десятитысячных"],
            "десятитысячную",
        ),
    ];
    // No currency of ISO 4217 has more than four digits behind the point.
    let denominator = PARTS[(scale.clamp(1, 4) - 1) as usize];
    format!(
        "{} {}",
        WHOLE.counted(whole, Case::Nominative),
        denominator.counted(part, Case::Nominative)
    )
}

/// The endings of an ordinal.
#[derive(Clone, Copy)]
enum Ordinal {
    /// neuter, nominative: «седьмое» (число)
    Neuter,
    /// masculine or neuter, genitive: «седьмого» (числа, года)
    Genitive,
}

/// An ordinal number, 1 to 9999. A thousand is said without «одна»: «тысяча девятьсот девяносто девятого».
fn ordinal(value: u64, ending: Ordinal) -> String {
    let (thousands, rest) = (value / 1000, value % 1000);
    let end = |stem: &str| match (stem, ending) {
        ("треть", Ordinal::Neuter) => "третье".to_owned(),
        ("треть", Ordinal::Genitive) => "третьего".to_owned(),
        (_, Ordinal::Neuter) => format!("{stem}ое"),
        (_, Ordinal::Genitive) => format!("{stem}ого"),
    };
    let mut said = Vec::new();
    match (thousands, rest) {
        (0 | 1, 0) => said.push(end("тысячн")),
        (_, 0) => said.push(end(&format!("{}тысячн", forms(thousands)[1]))),
        (0, _) => {}
        (1, _) => said.push("тысяча".to_owned()),
        _ => said.push(POWERS[0].counted(thousands, Case::Nominative)),
    }
    let mut words = words(rest).peekable();
    while let Some((_, [nominative, _, stem])) = words.next() {
        said.push(match words.peek() {
            Some(_) => nominative.to_owned(),
            None => end(stem),
        });
    }
    said.join(" ")
}

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A date with its year.
pub(super) fn date(day: NaiveDate, form: DateForm) -> String {
    let year = ordinal(year_of(day), Ordinal::Genitive);
    format!("{} {year} года", day_and_month(day, form))
}

fn day_and_month(day: NaiveDate, form: DateForm) -> String {
    let ending = match form {
        DateForm::Named => Ordinal::Neuter,
        DateForm::Until | DateForm::On => Ordinal::Genitive,
    };
    format!(
        "{} {}",
        ordinal(day.day().into(), ending),
        MONTHS[day.month0() as usize]
    )
}

/// A time of day after «до», with its day where it is another.
pub(super) fn until(local: NaiveDateTime, today: NaiveDate) -> String {
    let hours = HOUR.counted(local.hour().into(), Case::Genitive);
    let time = match local.minute() {
        0 => hours,
        minute => format!("{hours} {}", MINUTE.counted(minute.into(), Case::Genitive)),
    };
    let day = local.date();
    if day == today {
        time
    } else if day.year() == today.year() {
        format!("{time} {}", day_and_month(day, DateForm::Until))
    } else {
        format!("{time} {}", date(day, DateForm::Until))
    }
}
