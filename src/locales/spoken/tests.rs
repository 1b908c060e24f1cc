//! Whole sentences, beside what a specialist would read out: the cases here, the sentences of a language in its
//! file.

mod kazakh;
mod messages;
mod russian;

use chrono::FixedOffset;
use iso_currency::Currency;
use proptest::prelude::*;

use super::*;
use crate::domain::loan::standing;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Three in the afternoon of 28 November 2026.
fn moment() -> Moment<FixedOffset> {
    Moment {
        now: at("2026-11-28T10:00:00Z"),
        zone: FixedOffset::east_opt(5 * 3600).unwrap(),
    }
}

/// Product, balance, due date and days of the waiting period.
type LoanCase = (&'static str, &'static str, &'static str, Option<u32>);

const LOANS: [LoanCase; 14] = [
    ("Алтын", "125000.00 KZT", "2026-12-17", Some(20)),
    ("Алтын", "48500.50 KZT", "2027-01-03", Some(0)),
    ("Золото 585", "1.01 KZT", "2026-12-07", None),
    ("", "21000 KZT", "2028-02-29", Some(3650)),
    ("Көлік", "3200000 KZT", "2026-11-28", Some(20)),
    ("Көлік", "2500.22 USD", "2026-11-28", Some(0)),
    ("Көлік", "300 EUR", "2026-11-28", None),
    ("Техника", "48500.50 KZT", "2026-11-17", Some(20)),
    ("Техника", "48500.50 KZT", "2026-11-17", Some(12)),
    ("Техника", "48500.50 KZT", "2026-11-17", Some(32)),
    ("Техника", "48500.50 KZT", "2026-11-17", Some(11)),
    ("Техника", "1001.02 RUB", "2026-11-17", Some(10)),
    ("Техника", "0 KZT", "2026-11-17", Some(0)),
    ("Техника", "15000.05 GBP", "1999-09-30", None),
];

fn loan((product, balance, due_on, grace_days): LoanCase, language: ClientLanguage) -> String {
    let (amount, code) = balance.split_once(' ').unwrap();
    let due_on = day(due_on);
    let loan = SpokenLoan {
        ticket_number: "ЗБ-000451",
        product,
        due_on,
        balance: Money::parse(amount, Currency::from_code(code).unwrap()).unwrap(),
        standing: standing(due_on, grace_days, day("2026-11-28")),
    };
    of_loan(&loan, language)
}

/// Number of loans, whether the loan system is available, whether they are stale, and their oldest time.
type SummaryCase = (usize, bool, bool, Option<&'static str>);

const SUMMARIES: [SummaryCase; 10] = [
    (3, true, false, Some("2026-11-28T09:55:00Z")),
    (1, true, false, Some("2026-11-28T10:00:00Z")),
    (21, true, false, Some("2026-11-28T08:59:00Z")),
    (0, true, false, None),
    (2, true, true, Some("2026-11-27T09:55:00Z")),
    (11, true, true, Some("2026-10-28T09:55:00Z")),
    (5, false, true, Some("2026-11-26T09:55:00Z")),
    (0, false, true, None),
    (1, true, true, Some("2026-12-28T09:55:00Z")),
    (4, false, true, Some("2026-12-28T09:55:00Z")),
];

fn disclosed((loans, available, stale, as_of): SummaryCase) -> Disclosed {
    Disclosed {
        loans,
        available,
        stale,
        as_of: as_of.map(at),
    }
}

/// Outcome, attempts left and the end of the lock.
type OutcomeCase = (VerificationOutcome, Option<u32>, Option<&'static str>);

const OUTCOMES: [OutcomeCase; 17] = [
    (VerificationOutcome::Verified, Some(3), None),
    (VerificationOutcome::Rejected, Some(1), None),
    (VerificationOutcome::Rejected, Some(2), None),
    (VerificationOutcome::Rejected, Some(5), None),
    (VerificationOutcome::Rejected, Some(21), None),
    (
        VerificationOutcome::Rejected,
        Some(0),
        Some("2026-11-28T10:15:00Z"),
    ),
    (
        VerificationOutcome::Rejected,
        Some(0),
        Some("2026-11-29T10:00:00.5Z"),
    ),
    (VerificationOutcome::Rejected, Some(0), None),
    (VerificationOutcome::Rejected, None, None),
    (
        VerificationOutcome::Locked,
        None,
        Some("2026-11-28T11:20:00Z"),
    ),
    (
        VerificationOutcome::Locked,
        None,
        Some("2026-11-28T11:59:01Z"),
    ),
    (
        VerificationOutcome::Locked,
        None,
        Some("2026-11-28T19:00:00Z"),
    ),
    (
        VerificationOutcome::Locked,
        None,
        Some("2027-01-02T04:01:00Z"),
    ),
    (VerificationOutcome::Locked, None, None),
    (VerificationOutcome::Disabled, None, None),
    (VerificationOutcome::Blocked, None, None),
    (VerificationOutcome::Unset, None, None),
];

fn verification((outcome, attempts_left, locked_until): OutcomeCase) -> Verification {
    Verification {
        id: "v1".into(),
        client_id: "c1".into(),
        staff_id: "s1".into(),
        call_id: "call-1".to_owned(),
        outcome,
        opened_at: moment().now,
        expires_at: None,
        closed_at: None,
        attempts_left,
        locked_until: locked_until.map(at),
    }
}

/// Each case is said as the table has it.
fn all_said(
    language: ClientLanguage,
    loans: [&str; LOANS.len()],
    summaries: [[&str; 2]; SUMMARIES.len()],
    outcomes: [&str; OUTCOMES.len()],
) {
    for (case, expected) in LOANS.into_iter().zip(loans) {
        assert_eq!(loan(case, language), expected, "{case:?}");
    }
    for (case, [verified, again]) in SUMMARIES.into_iter().zip(summaries) {
        let disclosed = disclosed(case);
        let first = verification(OUTCOMES[0]);
        let said = of_verification(&first, Some(&disclosed), moment(), language);
        assert_eq!(said, verified, "{case:?}");
        assert_eq!(
            of_inquiry(&disclosed, moment(), language),
            again,
            "{case:?}"
        );
    }
    for (case, expected) in OUTCOMES.into_iter().zip(outcomes) {
        let said = of_verification(&verification(case), None, moment(), language);
        assert_eq!(said, expected, "{case:?}");
    }
}

fn ticket_numbers() -> impl Strategy<Value = String> {
    "[A-Za-zА-Яа-яӘҚҒҢӨҰҮІ0-9._/-]{1,64}"
}

proptest! {
    #[test]
    fn no_sentence_has_a_digit_but_those_of_its_ticket(
        ticket_number in ticket_numbers(),
        product in "\\PC{0,40}",
        offset in -4000..4000_i64,
        grace_days in proptest::option::of(0..=3650_u32),
        units in 0..=i64::MAX,
        currency in prop::sample::select(vec!["KZT", "USD", "EUR", "RUB", "GBP", "JPY"]),
    ) {
        let today = day("2026-11-28");
        let due_on = today + TimeDelta::days(offset);
        let loan = SpokenLoan {
            ticket_number: &ticket_number,
            product: &product,
            due_on,
            balance: Money::from_minor_units(units, currency).unwrap(),
            standing: standing(due_on, grace_days, today),
        };
        for language in ClientLanguage::ALL {
            let said = of_loan(&loan, language);
            let named = match language {
                ClientLanguage::Kk => format!("{ticket_number} нөмірлі кепіл билеті:"),
                ClientLanguage::Ru => format!("алоговый билет номер {ticket_number}:"),
            };
            prop_assert_eq!(said.matches(&named).count(), 1, "{}", said);
            let rest = said.replacen(&named, "", 1);
            prop_assert!(!rest.contains(char::is_numeric), "{}", said);
            prop_assert!(said.ends_with('.') && !said.contains("spoken-"), "{}", said);
            prop_assert!(said.contains(&sum(loan.balance, language)), "{}", said);
            // Its due date, and the last day that the pledge is safe, in some form.
            let says = |day| [DateForm::Named, DateForm::Until, DateForm::On].iter().any(|form| said.contains(&date(day, *form, language)));
            prop_assert!(says(due_on), "{}", said);
            match loan.standing.grace_period {
                Some(grace) if grace.days > 0 => prop_assert!(says(grace.ends_on), "{}", said),
                Some(_) => {}
                None => prop_assert!(said.contains("неизвестен") || said.contains("белгісіз"), "{}", said),
            }
            if let Some(left @ 1..) = loan.standing.days_left_in_grace {
                let days = count(left.unsigned_abs(), Counted::Days, language);
                prop_assert!(said.contains(&format!(" {days}")), "{}", said);
            }
        }
    }

    #[test]
    fn no_answer_has_a_digit_and_a_warning_comes_first(
        outcome in prop::sample::select(vec![VerificationOutcome::Verified, VerificationOutcome::Rejected, VerificationOutcome::Locked, VerificationOutcome::Disabled, VerificationOutcome::Blocked, VerificationOutcome::Unset]),
        attempts_left in proptest::option::of(0..100_u32),
        lock in proptest::option::of(0..100_000_000_i64),
        loans in 0..2_000_usize,
        available: bool,
        stale: bool,
        age in -100_000..100_000_000_i64,
    ) {
        let moment = moment();
        let mut verification = verification((outcome, attempts_left, None));
        verification.locked_until = lock.map(|seconds| moment.now + TimeDelta::seconds(seconds));
        let disclosed = Disclosed {
            loans,
            available,
            stale,
            as_of: (loans > 0).then(|| moment.now - TimeDelta::seconds(age)),
        };
        for language in ClientLanguage::ALL {
            let first = of_verification(&verification, Some(&disclosed), moment, language);
            let again = of_inquiry(&disclosed, moment, language);
            for said in [&first, &again] {
                prop_assert!(!said.contains(char::is_numeric), "{}", said);
                prop_assert!(said.ends_with('.') && said.matches('.').count() == 1, "{}", said);
                prop_assert!(!said.contains("spoken-") && !said.contains("  "), "{}", said);
            }
            let warning = match language { ClientLanguage::Kk => "Назар аударыңыз", ClientLanguage::Ru => "Обратите внимание" };
            let is_cautioned = !available || stale;
            prop_assert_eq!(again.starts_with(warning), is_cautioned, "{}", again);
            if outcome == VerificationOutcome::Verified {
                prop_assert_eq!(first.starts_with(warning), is_cautioned, "{}", first);
            }
        }
    }
}
