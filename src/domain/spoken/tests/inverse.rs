//! Reads number words back, by tables and rules of its own: a slip in the product's tables does not stand here
//! too.

use crate::domain::spoken::ClientLanguage;

const KAZAKH: &[(u64, &str)] = &[
    (0, "нөл"),
    (1, "бір"),
    (2, "екі"),
    (3, "үш"),
    (4, "төрт"),
    (5, "бес"),
    (6, "алты"),
    (7, "жеті"),
    (8, "сегіз"),
    (9, "тоғыз"),
    (10, "он"),
    (20, "жиырма"),
    (30, "отыз"),
    (40, "қырық"),
    (50, "елу"),
    (60, "алпыс"),
    (70, "жетпіс"),
    (80, "сексен"),
    (90, "тоқсан"),
    (100, "жүз"),
];

/// The nominative and the genitive, in each gender that a number has.
const RUSSIAN: &[(u64, &str)] = &[
    (0, "ноль ноля"),
    (1, "один одна одну одного одной"),
    (2, "два две двух"),
    (3, "три трёх"),
    (4, "четыре четырёх"),
    (5, "пять пяти"),
    (6, "шесть шести"),
    (7, "семь семи"),
    (8, "восемь восьми"),
    (9, "девять девяти"),
    (10, "десять десяти"),
    (11, "одиннадцать одиннадцати"),
    (12, "двенадцать двенадцати"),
    (13, "тринадцать тринадцати"),
    (14, "четырнадцать четырнадцати"),
    (15, "пятнадцать пятнадцати"),
    (16, "шестнадцать шестнадцати"),
    (17, "семнадцать семнадцати"),
    (18, "восемнадцать восемнадцати"),
    (19, "девятнадцать девятнадцати"),
    (20, "двадцать двадцати"),
    (30, "тридцать тридцати"),
    (40, "сорок сорока"),
    (50, "пятьдесят пятидесяти"),
    (60, "шестьдесят шестидесяти"),
    (70, "семьдесят семидесяти"),
    (80, "восемьдесят восьмидесяти"),
    (90, "девяносто девяноста"),
    (100, "сто ста"),
    (200, "двести двухсот"),
    (300, "триста трёхсот"),
    (400, "четыреста четырёхсот"),
    (500, "пятьсот пятисот"),
    (600, "шестьсот шестисот"),
    (700, "семьсот семисот"),
    (800, "восемьсот восьмисот"),
    (900, "девятьсот девятисот"),
];

const KAZAKH_POWERS: [&str; 6] = [
    "мың",
    "миллион",
    "миллиард",
    "триллион",
    "квадриллион",
    "квинтиллион",
];

const RUSSIAN_POWERS: [&str; 6] = [
    "тысяча тысячи тысяч тысячу",
    "миллион миллиона миллионов",
    "миллиард миллиарда миллиардов",
    "триллион триллиона триллионов",
    "квадриллион квадриллиона квадриллионов",
    "квинтиллион квинтиллиона квинтиллионов",
];

/// The number that is said; `None` where a word is none of a number, or stands where it cannot.
pub(super) fn read(said: &str, language: ClientLanguage) -> Option<u64> {
    let (words, powers) = match language {
        ClientLanguage::Kk => (KAZAKH, &KAZAKH_POWERS),
        ClientLanguage::Ru => (RUSSIAN, &RUSSIAN_POWERS),
    };
    let is_one_of = |forms: &str, word: &str| forms.split(' ').any(|form| form == word);
    let (mut value, mut group) = (0, Group::default());
    let mut lowest_power = usize::MAX;
    let mut is_zero = false;
    for word in said.split(' ') {
        if is_zero {
            return None;
        }
        if let Some(power) = powers.iter().position(|forms| is_one_of(forms, word)) {
            if power >= lowest_power || group.value == 0 {
                return None;
            }
            lowest_power = power;
            let factor = 1000_u64.pow(u32::try_from(power).ok()? + 1);
            value += std::mem::take(&mut group).value * factor;
            continue;
        }
        match words.iter().find(|(_, forms)| is_one_of(forms, word))?.0 {
            0 if value == 0 && group.value == 0 => is_zero = true,
            0 => return None,
            word => group.add(word, language)?,
        }
    }
    Some(value + group.value)
}

/// A group of three digits, as its words come.
struct Group {
    value: u64,
    /// what may follow is below this
    below: u64,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            value: 0,
            below: 1000,
        }
    }
}

impl Group {
    fn add(&mut self, word: u64, language: ClientLanguage) -> Option<()> {
        let is_hundreds = language == ClientLanguage::Kk && word == 100 && self.value < 10;
        if is_hundreds {
            // «Бір жүз» is not how a hundred is said here.
            self.value = match self.value {
                0 => 100,
                1 => return None,
                units => units * 100,
            };
            self.below = 100;
            return (self.value > 0).then_some(());
        }
        if word >= self.below {
            return None;
        }
        self.value += word;
        self.below = match word {
            100.. => 100,
            20..100 => 10,
            10 if language == ClientLanguage::Kk => 10,
            _ => 0,
        };
        // In Kazakh a unit may still turn out to be the number of hundreds.
        Some(())
    }
}

#[test]
fn only_what_is_a_number_is_read_as_one() {
    let (kk, ru) = (ClientLanguage::Kk, ClientLanguage::Ru);
    assert_eq!(read("екі жүз он алты мың бес", kk), Some(216_005));
    assert_eq!(read("двадцать одна тысяча сорок", ru), Some(21_040));
    for (bad, language) in [
        ("бір жүз", kk),
        ("мың", kk),
        ("он жиырма", kk),
        ("бес жүз жүз", kk),
        ("жүз екі жүз", kk),
        ("алты он", kk),
        ("двадцать десять", ru),
        ("тысяча", ru),
        ("один миллион один миллион", ru),
        ("одна тысяча ноль", ru),
        ("пять сто", ru),
        ("", ru),
    ] {
        assert_eq!(read(bad, language), None, "{bad}");
    }
}
