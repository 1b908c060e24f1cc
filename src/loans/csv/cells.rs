//! Formats of dates and amounts in spreadsheets and accounting programs.

use crate::domain::validation::ValidationError;

/// Joins a value with line breaks into one line.
pub(super) fn one_line(value: String) -> String {
    if !value.contains(['\r', '\n']) {
        return value;
    }
    let lines = value.split(['\r', '\n']).map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Converts `31.12.2026` or `1.2.2027` (day, month, year), also with a midnight after it; returns anything else
/// unchanged, for the API's rule to judge.
pub(super) fn plain_date(text: &str) -> String {
    let day = match text.split_once([' ', 'T']) {
        Some((day, time)) if is_midnight(time.trim()) => day,
        _ => text,
    };
    match day.split('.').collect::<Vec<_>>()[..] {
        [day, month, year]
            if (1..=2).contains(&day.len())
                && (1..=2).contains(&month.len())
                && year.len() == 4 =>
        {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => day.to_owned(),
    }
}

/// `0:00`, `00:00:00`, `00:00:00.000`: a date that was stored as a timestamp. Another time of day is not a date.
fn is_midnight(time: &str) -> bool {
    let time = time.split_once('.').map_or(time, |(time, fraction)| {
        let is_nothing = fraction.bytes().all(|byte| byte == b'0');
        if is_nothing { time } else { "" }
    });
    let parts: Vec<&str> = time.split(':').collect();
    (2..=3).contains(&parts.len()) && parts.iter().all(|part| ["0", "00"].contains(part))
}

/// Separators of thousands: blanks, also non-breaking ones, and apostrophes.
const BETWEEN_THOUSANDS: [char; 6] = [' ', '\u{a0}', '\u{2009}', '\u{202f}', '\'', '\u{2019}'];

/// Digits in a group of thousands.
const THOUSAND: usize = 3;

/// Converts `125 000,50` to `125000.50`; returns anything that is not an amount unchanged, for the API's rule to
/// judge. All separators of thousands must be the same character and the groups three digits long, since an
/// amount with other groups has probably lost or gained a digit. `scale` is the number of digits of the
/// currency's minor unit, if the currency is known.
///
/// # Errors
/// [`ValidationError::NotAnAmount`] for a point or a comma before three digits, which may be a separator of thousands.
/// Only in a currency whose minor unit has three digits (BHD) such a point is a decimal point.
pub(super) fn plain_amount(text: &str, scale: Option<u32>) -> Result<String, ValidationError> {
    let (sign, unsigned) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text),
    };
    let (whole, fraction) = match unsigned.split_once([',', '.']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let has_comma = unsigned.contains(',');
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_fine = scale.is_some_and(|scale| scale as usize >= THOUSAND);
    match (without_thousands(whole), fraction) {
        (Some(whole), None) => Ok(format!("{sign}{whole}")),
        (Some(_), Some(fraction))
            if fraction.len() == THOUSAND && is_plain(fraction) && (has_comma || !is_fine) =>
        {
            Err(ValidationError::NotAnAmount)
        }
        (Some(whole), Some(fraction))
            if is_plain(fraction) && (!has_comma || (1..THOUSAND).contains(&fraction.len())) =>
        {
            Ok(format!("{sign}{whole}.{fraction}"))
        }
        _ => Ok(text.to_owned()),
    }
}

fn without_thousands(whole: &str) -> Option<String> {
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let Some(sign) = whole.chars().find(|c| BETWEEN_THOUSANDS.contains(c)) else {
        return Some(whole.to_owned());
    };
    let mut groups = whole.split(sign);
    let first = groups.next()?;
    let is_well_parted = (1..=THOUSAND).contains(&first.len())
        && is_plain(first)
        && groups.all(|group| group.len() == THOUSAND && is_plain(group));
    is_well_parted.then(|| whole.split(sign).collect())
}

/// First words of a row of totals.
const TOTALS: [&str; 7] = [
    "итого",
    "итог",
    "всего",
    "барлығы",
    "жиыны",
    "қорытынды",
    "total",
];

/// Whether a cell begins a row of totals: `Итого:`, `Всего по отделению`.
pub(super) fn is_total(cell: &str) -> bool {
    let mut words = cell.split(|c: char| !c.is_alphabetic());
    let first = words.find(|word| !word.is_empty()).unwrap_or_default();
    TOTALS.contains(&first.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_is_read_as_accounting_writes_it() {
        for (written, read) in [
            ("20.12.2026", "2026-12-20"),
            ("1.2.2027", "2027-02-01"),
            ("20.12.2026 0:00:00", "2026-12-20"),
            ("1.2.2027 0:00", "2027-02-01"),
            ("2026-12-20 00:00:00", "2026-12-20"),
            ("2026-12-20T00:00:00.000", "2026-12-20"),
        ] {
            assert_eq!(plain_date(written), read, "{written}");
        }
        for other in [
            "20.12.26",
            "20.12.2026 12:30",
            "2026-12-20T00:00:00Z",
            "20.12.2026 0",
            "20.12.2026 0:00:00.5",
            "12/20/2026",
            ".  .",
            "1.2.3.2026",
        ] {
            assert_eq!(plain_date(other), other, "it is nobody's to guess");
        }
    }

    #[test]
    fn thousands_are_parted_by_one_sign_and_by_threes() {
        for (written, read) in [
            ("125 000,50", "125000.50"),
            ("125\u{a0}000,00", "125000.00"),
            ("1\u{202f}250\u{202f}000.5", "1250000.5"),
            ("125'000.00", "125000.00"),
            ("125\u{2019}000", "125000"),
            ("125000,5", "125000.5"),
            ("0.10000", "0.10000"),
            ("-5", "-5"),
            ("\u{2212}125 000,00", "-125000.00"),
        ] {
            let amount = plain_amount(written, Some(2));
            assert_eq!(amount.as_deref(), Ok(read), "{written}");
        }
        for other in [
            "12 50 00,00",
            "1250 000",
            "125 00",
            "125 0000",
            " 125 000",
            "1 250'000",
            "125  000",
            "1.250,00",
            "1,250.00",
            "1.250.000",
            "1,250,000",
            "125 000, 50",
            "125 000 ₸",
            "1 2",
        ] {
            let amount = plain_amount(other, Some(2));
            assert_eq!(amount.as_deref(), Ok(other), "it is nobody's to guess");
        }
    }

    #[test]
    fn three_digits_behind_a_point_or_a_comma_could_be_either() {
        for written in ["125.000", "125,000", "-125.500", "0.500", "125 000.000"] {
            for scale in [None, Some(0), Some(2)] {
                let amount = plain_amount(written, scale);
                assert_eq!(amount, Err(ValidationError::NotAnAmount), "{written}");
            }
        }
        // A dinar has thousandths, so only a comma is ambiguous.
        let dinars = |written| plain_amount(written, Some(3));
        assert_eq!(dinars("1.250").as_deref(), Ok("1.250"));
        assert_eq!(dinars("1,250"), Err(ValidationError::NotAnAmount));
        assert_eq!(dinars("1 000,25").as_deref(), Ok("1000.25"));
    }

    #[test]
    fn a_row_that_sums_up_is_known_by_its_first_word() {
        for total in [
            "Итого",
            "ИТОГО:",
            " Всего по отделению 3",
            "Барлығы",
            "\"Total\"",
        ] {
            assert!(is_total(total), "{total}");
        }
        for other in ["", "К-1", "Тотал", "Итогов", "1 итого-7x"] {
            assert_eq!(is_total(other), other.starts_with("1 "), "{other}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_parted_by_threes_is_the_same_amount(units in 0..10_u64.pow(15), sign in 0..6_usize) {
            let digits = units.to_string();
            let mut parted = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    parted.push(BETWEEN_THOUSANDS[sign]);
                }
                parted.push(digit);
            }
            let amount = plain_amount(&format!("{parted},07"), Some(2));
            prop_assert_eq!(amount, Ok(format!("{digits}.07")));
        }

        #[test]
        fn digits_are_neither_lost_nor_won(text in "[0-9 ',.-]{0,14}") {
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            if let Ok(read) = plain_amount(&text, Some(2)) {
                prop_assert_eq!(digits(&read), digits(&text));
            }
        }
    }
}
