//! The sentences that a specialist reads out to the client: `domain::spoken` puts numbers, sums and dates into
//! words, `spoken.ftl` has the sentences, and here they come together. No digit stands in one but those of a
//! ticket number.

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, TimeZone, Utc};
use fluent_bundle::FluentArgs;

use super::text;
use crate::domain::{
    language::ClientLanguage,
    loan::{GracePeriod, LoanStanding, Standing},
    money::Money,
    spoken::{Age, Counted, DateForm, age_of, count, date, product, span, sum, until},
    verification::{Verification, VerificationOutcome},
};

/// What is read out of a loan.
#[derive(Clone, Copy)]
pub(crate) struct SpokenLoan<'a> {
    /// the pledge ticket
    pub ticket_number: &'a str,
    /// what it is called
    pub product: &'a str,
    /// the due date
    pub due_on: NaiveDate,
    /// the outstanding balance
    pub balance: Money,
    /// where it stands today
    pub standing: LoanStanding,
}

/// What is said of all loans together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disclosed {
    /// how many open loans there are
    pub loans: usize,
    /// whether the loan system could be asked, or tells of itself
    pub available: bool,
    /// whether the oldest is too old to be read out without saying so
    pub stale: bool,
    /// the oldest time of the loans; none where there are none
    pub as_of: Option<DateTime<Utc>>,
}

/// The moment of the answer, and the business time zone.
#[derive(Clone, Copy)]
pub(crate) struct Moment<Z> {
    /// now
    pub now: DateTime<Utc>,
    /// the business time zone
    pub zone: Z,
}

/// The sentence of one loan.
pub(crate) fn of_loan(loan: &SpokenLoan<'_>, language: ClientLanguage) -> String {
    let mut parts = FluentArgs::new();
    parts.set("ticket", loan.ticket_number);
    set_dates(
        &mut parts,
        ["due", "due_until", "due_on"],
        loan.due_on,
        language,
    );
    let name = match product(loan.product, language) {
        Some(product) => {
            parts.set("product", product);
            "spoken-name.product"
        }
        None => "spoken-name",
    };
    let due = match loan.standing.standing {
        Standing::Current => "spoken-due_current",
        Standing::DueToday => "spoken-due_today",
        Standing::InGrace | Standing::GraceExpired | Standing::Overdue => "spoken-due_past",
    };
    let waiting = waiting(&loan.standing, &mut parts, language);
    let say = |key: &str| text(language.into(), key, &parts);
    let mut whole = FluentArgs::new();
    whole.set("name", say(name));
    whole.set("due", say(due));
    whole.set("balance", sum(loan.balance, language));
    whole.set("waiting", say(waiting));
    text(language.into(), "spoken-loan", &whole)
}

/// The message about the waiting period; what it needs is put into `parts`.
fn waiting(
    loan: &LoanStanding,
    parts: &mut FluentArgs<'_>,
    language: ClientLanguage,
) -> &'static str {
    let Some(GracePeriod { days, ends_on }) = loan.grace_period else {
        return "spoken-waiting_unknown";
    };
    set_dates(parts, ["ends", "ends_until", "ends_on"], ends_on, language);
    let left = loan
        .days_left_in_grace
        .map(|left| left.max(0).unsigned_abs());
    match (loan.standing, left) {
        (Standing::Current, _) if days == 0 => "spoken-waiting_none",
        (Standing::DueToday, _) if days == 0 => "spoken-waiting_none.today",
        (Standing::Current | Standing::DueToday, _) => "spoken-waiting_ahead",
        (Standing::InGrace, Some(left)) if left > 0 => {
            parts.set("left", left);
            parts.set("days", count(left, Counted::Days, language));
            "spoken-waiting_running"
        }
        (Standing::InGrace, _) => "spoken-waiting_last_day",
        (Standing::GraceExpired | Standing::Overdue, _) if days == 0 => {
            "spoken-waiting_over_at_once"
        }
        (Standing::GraceExpired | Standing::Overdue, _) => "spoken-waiting_over",
    }
}

fn set_dates<'a>(
    parts: &mut FluentArgs<'a>,
    [named, before, on]: [&'a str; 3],
    day: NaiveDate,
    language: ClientLanguage,
) {
    parts.set(named, date(day, DateForm::Named, language));
    parts.set(before, date(day, DateForm::Until, language));
    parts.set(on, date(day, DateForm::On, language));
}

/// The sentence for what came of a verification. `disclosed` is there where it was verified and loans are read
/// out with it.
pub(crate) fn of_verification<Z: TimeZone + Copy>(
    verification: &Verification,
    disclosed: Option<&Disclosed>,
    moment: Moment<Z>,
    language: ClientLanguage,
) -> String {
    let mut parts = FluentArgs::new();
    let ends = verification.locked_until;
    if let Some(ends) = ends {
        parts.set("until", locked_until(ends, moment, language));
    }
    let left = verification.attempts_left.unwrap_or(0);
    let key = match (verification.outcome, ends) {
        (VerificationOutcome::Verified, _) => match disclosed {
            Some(disclosed) => return summary(disclosed, moment, language, ".verified"),
            None => "spoken-verified",
        },
        (VerificationOutcome::Rejected, Some(_)) => "spoken-rejected.locked",
        // Nothing is left and no lock came: the passphrase is disabled, unless others changed it meanwhile.
        (VerificationOutcome::Rejected, None) if left == 0 => "spoken-rejected.ended",
        (VerificationOutcome::Rejected, None) => {
            parts.set("attempts_left", left);
            parts.set("attempts", count(left.into(), Counted::Attempts, language));
            "spoken-rejected"
        }
        (VerificationOutcome::Locked, Some(_)) => "spoken-locked.until",
        (VerificationOutcome::Locked, None) => "spoken-locked",
        (VerificationOutcome::Disabled, _) => "spoken-disabled",
        (VerificationOutcome::Blocked, _) => "spoken-blocked",
        (VerificationOutcome::Unset, _) => "spoken-unset",
    };
    text(language.into(), key, &parts)
}

/// The sentence for loans that are read again under an open verification.
pub(crate) fn of_inquiry<Z: TimeZone + Copy>(
    disclosed: &Disclosed,
    moment: Moment<Z>,
    language: ClientLanguage,
) -> String {
    summary(disclosed, moment, language, "")
}

/// How many loans there are and how old that is; a warning comes first.
fn summary<Z: TimeZone + Copy>(
    disclosed: &Disclosed,
    moment: Moment<Z>,
    language: ClientLanguage,
    variant: &str,
) -> String {
    let say = |key: &str, parts: &FluentArgs<'_>| text(language.into(), key, parts);
    let elapsed = disclosed
        .as_of
        .and_then(|as_of| age_of(as_of, moment.now, &moment.zone))
        .map(|elapsed| said_age(elapsed, language));
    let caution = match (disclosed.available, disclosed.stale) {
        (false, _) => Some("spoken-unavailable"),
        (true, true) => Some("spoken-stale"),
        (true, false) => None,
    };
    let is_dated = elapsed.is_some();
    let mut parts = FluentArgs::new();
    let loans = disclosed.loans as u64;
    parts.set("loans", count(loans, Counted::Loans, language));
    if let Some(elapsed) = elapsed {
        parts.set("age", elapsed);
    }
    let sentence = match (loans, caution) {
        (0, None) => "spoken-summary.none",
        (0, Some(_)) => "spoken-summary.none_known",
        (_, None) if is_dated => "spoken-summary.dated",
        _ => "spoken-summary",
    };
    let mut whole = FluentArgs::new();
    whole.set("summary", say(sentence, &parts));
    let Some(caution) = caution else {
        return say(&format!("spoken-fresh{variant}"), &whole);
    };
    let caution = if is_dated {
        say(caution, &parts)
    } else {
        say(&format!("{caution}.undated"), &parts)
    };
    whole.set("caution", caution);
    say(&format!("spoken-cautioned{variant}"), &whole)
}

fn said_age(elapsed: Age, language: ClientLanguage) -> String {
    let mut parts = FluentArgs::new();
    let unit = match elapsed {
        Age::JustNow => "now",
        Age::Minutes(minutes) => {
            parts.set("span", span(minutes, Counted::Minutes, language));
            "minutes"
        }
        Age::Hours(hours) => {
            parts.set("span", span(hours, Counted::Hours, language));
            "hours"
        }
        Age::Days { count, on } => {
            parts.set("span", span(count, Counted::Days, language));
            parts.set("day", date(on, DateForm::On, language));
            if count == 1 { "yesterday" } else { "days" }
        }
    };
    parts.set("unit", unit);
    text(language.into(), "spoken-age", &parts)
}

/// The end of a lock, to the next full minute: nobody is asked to call while it still holds.
fn locked_until<Z: TimeZone + Copy>(
    ends: DateTime<Utc>,
    moment: Moment<Z>,
    language: ClientLanguage,
) -> String {
    let minute = TimeDelta::minutes(1);
    let ends = ends.duration_round_up(minute).unwrap_or(ends);
    let local = ends.with_timezone(&moment.zone).naive_local();
    let today = moment.now.with_timezone(&moment.zone).date_naive();
    until(local, today, language)
}

#[cfg(test)]
mod tests;
