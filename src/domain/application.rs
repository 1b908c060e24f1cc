//! The life of an application (Appendix #1): drafted, then completed, cancelled or expired.

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::{
    id::{ApplicationId, ClientId, StaffId},
    person::PersonName,
    validation::{FieldError, ValidationError},
};

/// Hours after which a draft expires.
pub(crate) const DRAFT_HOURS: i64 = 24;

/// Whether the application sets a first passphrase or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ApplicationKind {
    /// there is no hash
    Set,
    /// there is a hash
    Change,
}

impl ApplicationKind {
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The kind of a stored word.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// What identity document was seen. Its number and image are never taken (law 94-V).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum IdentityDocument {
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
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The kind with a name.
    ///
    /// # Errors
    /// [`ValidationError::NotOneOf`].
    pub(crate) fn parse(name: &str) -> Result<Self, ValidationError> {
        name.parse()
            .map_err(|_| ValidationError::NotOneOf(Self::VARIANTS))
    }
}

/// The document by which a representative acts for the client (policy, 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Mandate {
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
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The kind with a name.
    ///
    /// # Errors
    /// [`ValidationError::NotOneOf`].
    pub(crate) fn parse(name: &str) -> Result<Self, ValidationError> {
        name.parse()
            .map_err(|_| ValidationError::NotOneOf(Self::VARIANTS))
    }
}

/// Who signs for the client, and by which document.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Representative {
    /// full name
    pub full_name: PersonName,
    /// the kind of document
    pub mandate: Mandate,
    /// its number
    pub document_number: String,
    /// its date
    pub document_date: NaiveDate,
    /// the last day on which it is valid, if it has one
    pub valid_until: Option<NaiveDate>,
}

impl Representative {
    /// The validation errors of the document on a day: it is dated in the future, or it has expired. It is
    /// still valid on its last day.
    pub(crate) fn errors_on(&self, day: NaiveDate) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.document_date > day {
            let pointer = "/representative/document_date";
            errors.push(FieldError::at(pointer, ValidationError::DayAhead));
        }
        if self.valid_until.is_some_and(|last| last < day) {
            let pointer = "/representative/valid_until";
            errors.push(FieldError::at(pointer, ValidationError::DocumentExpired));
        }
        errors
    }
}

/// How far an application has come, with the facts of that step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// drafted, to be signed
    Draft,
    /// signed, and the passphrase set
    Completed {
        /// when
        at: DateTime<Utc>,
        /// the id of the member of staff
        by: StaffId,
        /// the day on the signed form
        signed_on: NaiveDate,
    },
    /// cancelled
    Cancelled {
        /// when
        at: DateTime<Utc>,
        /// the id of the member of staff
        by: StaffId,
        /// why
        reason: String,
    },
}

/// The state of an application at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ApplicationState {
    /// drafted, to be signed
    Draft,
    /// signed, and the passphrase set
    Completed,
    /// cancelled
    Cancelled,
    /// a draft that nobody completed in time
    Expired,
}

impl ApplicationState {
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

/// What was drafted; it stays as it is.
#[derive(Clone)]
pub(crate) struct Draft {
    /// the application's id
    pub id: ApplicationId,
    /// the number on the form
    pub number: String,
    /// set or change
    pub kind: ApplicationKind,
    /// whose passphrase
    pub client_id: ClientId,
    /// where it was drafted
    pub branch_code: String,
    /// the id of the member of staff
    pub drafted_by: StaffId,
    /// when
    pub drafted_at: DateTime<Utc>,
    /// what identity document was seen
    pub identity_document: IdentityDocument,
    /// who signs for the client
    pub representative: Option<Representative>,
}

/// An application: a draft, and what became of it.
#[derive(Clone)]
pub(crate) struct Application {
    /// what was drafted
    pub draft: Draft,
    progress: Progress,
}

/// The application can no longer be completed or cancelled: it was, or the draft expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotOpen;

impl From<Draft> for Application {
    fn from(draft: Draft) -> Self {
        Self::stored(draft, Progress::Draft)
    }
}

impl Application {
    /// An application as it was stored.
    pub(crate) fn stored(draft: Draft, progress: Progress) -> Self {
        Self { draft, progress }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// When the draft ends by itself.
    pub(crate) fn expires_at(&self) -> DateTime<Utc> {
        self.draft.drafted_at + TimeDelta::hours(DRAFT_HOURS)
    }

    /// Its state at `now`.
    pub(crate) fn state(&self, now: DateTime<Utc>) -> ApplicationState {
        match self.progress {
            Progress::Draft if now >= self.expires_at() => ApplicationState::Expired,
            Progress::Draft => ApplicationState::Draft,
            Progress::Completed { .. } => ApplicationState::Completed,
            Progress::Cancelled { .. } => ApplicationState::Cancelled,
        }
    }

    /// Whether it can be completed or cancelled at `now`.
    ///
    /// # Errors
    /// [`NotOpen`].
    pub(crate) fn check_open(&self, now: DateTime<Utc>) -> Result<(), NotOpen> {
        (self.state(now) == ApplicationState::Draft)
            .then_some(())
            .ok_or(NotOpen)
    }

    /// The application once a member of staff has completed it: it was signed on a day.
    ///
    /// # Errors
    /// [`NotOpen`].
    pub(crate) fn complete(
        &self,
        at: DateTime<Utc>,
        by: &StaffId,
        signed_on: NaiveDate,
    ) -> Result<Self, NotOpen> {
        let by = by.clone();
        self.end(at, Progress::Completed { at, by, signed_on })
    }

    /// The application once a member of staff has given it up.
    ///
    /// # Errors
    /// [`NotOpen`].
    pub(crate) fn cancel(
        &self,
        at: DateTime<Utc>,
        by: &StaffId,
        reason: &str,
    ) -> Result<Self, NotOpen> {
        let (by, reason) = (by.clone(), reason.to_owned());
        self.end(at, Progress::Cancelled { at, by, reason })
    }

    fn end(&self, at: DateTime<Utc>, progress: Progress) -> Result<Self, NotOpen> {
        self.check_open(at)?;
        Ok(Self::stored(self.draft.clone(), progress))
    }

    /// Checks the day on the signed form: not in the future, and not before the day of the draft.
    ///
    /// # Errors
    /// [`ValidationError::DayAhead`] or [`ValidationError::BeforeDraft`].
    pub(crate) fn check_signed_on(
        signed_on: NaiveDate,
        drafted_on: NaiveDate,
        today: NaiveDate,
    ) -> Result<(), ValidationError> {
        if signed_on > today {
            Err(ValidationError::DayAhead)
        } else if signed_on < drafted_on {
            Err(ValidationError::BeforeDraft)
        } else {
            Ok(())
        }
    }
}
