//! The life of an application (Appendix #1): drafted, then completed, cancelled or expired.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    flaw::{FieldFlaw, Flaw},
    person::PersonName,
};

/// A draft that nobody completes ends by itself after this many hours.
pub const DRAFT_HOURS: i64 = 24;

/// Whether the application sets a first passphrase or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// no hash is held
    Set,
    /// a hash is held
    Change,
}

impl Kind {
    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Change => "change",
        }
    }

    /// The kind of a kept word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Set, Self::Change]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// What identity document was seen. Its number and image are never taken (law 94-V).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityDocument {
    /// identity card
    IdentityCard,
    /// passport
    Passport,
    /// residence permit
    ResidencePermit,
    /// another
    Other,
}

impl IdentityDocument {
    /// The words of the contract.
    pub const NAMES: [&'static str; 4] = ["identity_card", "passport", "residence_permit", "other"];
    const ALL: [Self; 4] = [
        Self::IdentityCard,
        Self::Passport,
        Self::ResidencePermit,
        Self::Other,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The kind of a word.
    ///
    /// # Errors
    /// [`Flaw::NotOneOf`].
    pub fn parse(name: &str) -> Result<Self, Flaw> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or(Flaw::NotOneOf(&Self::NAMES))
    }
}

/// On what paper a representative acts for the client (policy, 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mandate {
    /// power of attorney
    PowerOfAttorney,
    /// decision of a court
    CourtDecision,
    /// guardianship
    Guardianship,
    /// another
    Other,
}

impl Mandate {
    /// The words of the contract.
    pub const NAMES: [&'static str; 4] = [
        "power_of_attorney",
        "court_decision",
        "guardianship",
        "other",
    ];
    const ALL: [Self; 4] = [
        Self::PowerOfAttorney,
        Self::CourtDecision,
        Self::Guardianship,
        Self::Other,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The kind of a word.
    ///
    /// # Errors
    /// [`Flaw::NotOneOf`].
    pub fn parse(name: &str) -> Result<Self, Flaw> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or(Flaw::NotOneOf(&Self::NAMES))
    }
}

/// Who signs for the client, and on what paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Representative {
    /// full name
    pub full_name: PersonName,
    /// the kind of paper
    pub mandate: Mandate,
    /// its number
    pub document_number: String,
    /// its date
    pub document_date: NaiveDate,
    /// its last day, where it has one
    pub valid_until: Option<NaiveDate>,
}

impl Representative {
    /// What speaks against the paper on a day: that it is dated ahead, or that its last day, which
    /// counts, is past.
    #[must_use]
    pub fn flaws_on(&self, day: NaiveDate) -> Vec<FieldFlaw> {
        let mut flaws = Vec::new();
        if self.document_date > day {
            let pointer = "/representative/document_date";
            flaws.push(FieldFlaw::at(pointer, Flaw::DayAhead));
        }
        if self.valid_until.is_some_and(|last| last < day) {
            let pointer = "/representative/valid_until";
            flaws.push(FieldFlaw::at(pointer, Flaw::DocumentExpired));
        }
        flaws
    }
}

/// How far an application has come, with the facts of that step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// drafted, to be signed
    Draft,
    /// signed, and the passphrase set
    Completed {
        /// when
        at: DateTime<Utc>,
        /// by which member of staff
        by: String,
        /// the day on the paper
        signed_on: NaiveDate,
    },
    /// given up
    Cancelled {
        /// when
        at: DateTime<Utc>,
        /// by which member of staff
        by: String,
        /// why
        reason: String,
    },
}

/// An application.
#[derive(Clone)]
pub struct Application {
    /// its id
    pub id: String,
    /// the number on the paper
    pub number: String,
    /// set or change
    pub kind: Kind,
    /// whose passphrase
    pub client_id: String,
    /// where it was drafted
    pub branch_code: String,
    /// by which member of staff
    pub drafted_by: String,
    /// when
    pub drafted_at: DateTime<Utc>,
    /// what identity document was seen
    pub identity_document: IdentityDocument,
    /// who signs for the client
    pub representative: Option<Representative>,
    /// how far it has come
    pub progress: Progress,
}

/// The step asked for does not follow from where the application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOpen;

impl Application {
    /// When the draft ends by itself.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.drafted_at + TimeDelta::hours(DRAFT_HOURS)
    }

    /// The word of the contract for where it stands at `now`.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> &'static str {
        match self.progress {
            Progress::Draft if now >= self.expires_at() => "expired",
            Progress::Draft => "draft",
            Progress::Completed { .. } => "completed",
            Progress::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether it can still be completed or cancelled.
    ///
    /// # Errors
    /// [`NotOpen`] where it was, or where the draft expired.
    pub fn open(&self, now: DateTime<Utc>) -> Result<(), NotOpen> {
        (self.state(now) == "draft").then_some(()).ok_or(NotOpen)
    }

    /// Whether the day on the paper can be: not ahead, and not before the draft's own day.
    ///
    /// # Errors
    /// [`Flaw::DayAhead`] or [`Flaw::BeforeDraft`].
    pub fn check_signed_on(
        signed_on: NaiveDate,
        drafted_on: NaiveDate,
        today: NaiveDate,
    ) -> Result<(), Flaw> {
        if signed_on > today {
            Err(Flaw::DayAhead)
        } else if signed_on < drafted_on {
            Err(Flaw::BeforeDraft)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn draft() -> Application {
        Application {
            id: "a".into(),
            number: "A-1".into(),
            kind: Kind::Set,
            client_id: "c".into(),
            branch_code: "ALA".into(),
            drafted_by: "s".into(),
            drafted_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            identity_document: IdentityDocument::Passport,
            representative: None,
            progress: Progress::Draft,
        }
    }

    #[test]
    fn a_draft_ends_by_itself_after_a_day_and_not_before() {
        let draft = draft();
        let last = draft.expires_at() - TimeDelta::microseconds(1);
        assert_eq!((draft.state(last), draft.open(last)), ("draft", Ok(())));
        assert_eq!(
            (
                draft.state(draft.expires_at()),
                draft.open(draft.expires_at())
            ),
            ("expired", Err(NotOpen))
        );
    }

    #[test]
    fn what_was_cancelled_stays_cancelled() {
        let mut cancelled = draft();
        let at = cancelled.drafted_at;
        cancelled.progress = Progress::Cancelled {
            at,
            by: "s".into(),
            reason: "typo".into(),
        };
        assert_eq!(cancelled.open(at), Err(NotOpen));
    }

    #[test]
    fn the_paper_is_signed_between_its_draft_and_today() {
        let (draft, today) = (day("2026-03-01"), day("2026-03-02"));
        assert_eq!(
            Application::check_signed_on(day("2026-03-01"), draft, today),
            Ok(())
        );
        assert_eq!(
            Application::check_signed_on(day("2026-03-02"), draft, today),
            Ok(())
        );
        assert_eq!(
            Application::check_signed_on(day("2026-03-03"), draft, today),
            Err(Flaw::DayAhead)
        );
        assert_eq!(
            Application::check_signed_on(day("2026-02-28"), draft, today),
            Err(Flaw::BeforeDraft)
        );
    }

    #[test]
    fn a_mandate_holds_from_its_date_to_its_last_day() {
        let representative = Representative {
            full_name: PersonName::parse("Сәуле").unwrap_or_else(|_| unreachable!()),
            mandate: Mandate::PowerOfAttorney,
            document_number: "7".into(),
            document_date: day("2026-01-01"),
            valid_until: Some(day("2026-03-01")),
        };
        for held in ["2026-01-01", "2026-03-01"] {
            assert_eq!(representative.flaws_on(day(held)), [], "{held}");
        }
        assert_eq!(
            representative.flaws_on(day("2025-12-31")),
            [FieldFlaw::at(
                "/representative/document_date",
                Flaw::DayAhead
            )]
        );
        assert_eq!(
            representative.flaws_on(day("2026-03-02")),
            [FieldFlaw::at(
                "/representative/valid_until",
                Flaw::DocumentExpired
            )]
        );
    }
}
