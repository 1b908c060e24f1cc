//! The names of currencies, and sums in them.
//!
//! Tenge, US dollars, euros and Russian roubles have names. Any other currency is called by the letters of
//! its ISO 4217 code, as they are read in English («джи-би-пи»), and its minor units are a fraction («пять
//! целых двадцать пять сотых», «бес бүтін жүзден жиырма бес»): that is right for each of them, and a wrong
//! name or gender for none.

use super::{
    kazakh,
    number::number,
    russian::{self, Case, Noun},
};
use crate::domain::{language::ClientLanguage, money::Money};

/// The names of one currency.
struct Names {
    kazakh: [&'static str; 2],
    russian: [Noun; 2],
}

const KZT: Names = Names {
    kazakh: ["теңге", "тиын"],
    russian: [
        Noun::unchanging("тенге"),
        Noun::masculine(["тиын", "тиына", "тиынов"]),
    ],
};
const USD: Names = Names {
    kazakh: ["АҚШ доллары", "цент"],
    russian: [
        Noun::masculine(["доллар США", "доллара США", "долларов США"]),
        Noun::masculine(["цент", "цента", "центов"]),
    ],
};
const EUR: Names = Names {
    kazakh: ["еуро", "цент"],
    russian: [
        Noun::unchanging("евро"),
        Noun::masculine(["евроцент", "евроцента", "евроцентов"]),
    ],
};
const RUB: Names = Names {
    kazakh: ["Ресей рублі", "копейка"],
    russian: [
        Noun::masculine(["российский рубль", "российских рубля", "российских рублей"]),
        Noun::feminine(["копейка", "копейки", "копеек"], "копейку"),
    ],
};

fn names(code: &str) -> Option<&'static Names> {
    match code {
        "KZT" => Some(&KZT),
        "USD" => Some(&USD),
        "EUR" => Some(&EUR),
        "RUB" => Some(&RUB),
        _ => None,
    }
}

/// A sum in words; see [`super::sum`].
pub(super) fn sum(money: Money, language: ClientLanguage) -> String {
    let minor_units = money.minor_units().unsigned_abs();
    let scale = money.scale();
    let one = 10_u64.pow(scale);
    let (whole, minor) = (minor_units / one, minor_units % one);
    let Some(names) = names(money.currency_code()) else {
        let amount = match (minor, language) {
            (0, _) => number(whole, language),
            (_, ClientLanguage::Kk) => kazakh::fraction(whole, minor, scale),
            (_, ClientLanguage::Ru) => russian::fraction(whole, minor, scale),
        };
        return format!("{amount} {}", spelled(money.currency_code()));
    };
    let part = |value, index: usize| match language {
        ClientLanguage::Kk => format!("{} {}", kazakh::cardinal(value), names.kazakh[index]),
        ClientLanguage::Ru => names.russian[index].counted(value, Case::Nominative),
    };
    match (whole, minor) {
        (_, 0) => part(whole, 0),
        (0, _) => part(minor, 1),
        _ => format!("{} {}", part(whole, 0), part(minor, 1)),
    }
}

/// The letters of a code as they are read aloud.
fn spelled(code: &str) -> String {
    let letters: Vec<&str> = code.chars().map(letter).collect();
    letters.join("-")
}

fn letter(letter: char) -> &'static str {
    const NAMES: [&str; 26] = [
        "эй",
        "би",
        "си",
        "ди",
        "и",
        "эф",
        "джи",
        "эйч",
        "ай",
        "джей",
        "кей",
        "эл",
        "эм",
        "эн",
        "оу",
        "пи",
        "кью",
        "ар",
        "эс",
        "ти",
        "ю",
        "ви",
        "дабл-ю",
        "экс",
        "уай",
        "зед",
    ];
    let place = u32::from(letter).wrapping_sub(u32::from('A')) as usize;
    NAMES.get(place).copied().unwrap_or_default()
}
