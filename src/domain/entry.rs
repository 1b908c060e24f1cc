//! The entry link, over which a client types their own passphrase for one draft: its code, and its life.

mod code;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use strum::{EnumString, IntoStaticStr, VariantNames};

pub(crate) use self::code::{CODE_LENGTH, EntryCode};
use super::{
    application::Application,
    audit::{Action, Details, Event, EventOutcome},
    id::{ApplicationId, ClientId, EntryLinkId, StaffId},
};

/// Completions that may be tried over one link: the last refusal ends it.
pub(crate) const MOST_COMPLETIONS: u32 = 10;

/// Why a link ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum LinkEnd {
    /// the client completed the application over it
    Done,
    /// the branch made a newer link
    Superseded,
    /// the branch completed the application itself
    Completed,
    /// the branch cancelled the application
    Cancelled,
    /// the passphrase was blocked, and the draft cancelled
    Blocked,
    /// the passphrase was destroyed, and the draft cancelled
    Destroyed,
    /// as many completions were refused as may be
    TriesUsedUp,
    /// every session and link was ended at once, as after the restoration of a backup
    AllEnded,
}

impl LinkEnd {
    /// The word by which it is stored, in the audit too.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The end of a stored word.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The state of a link at one moment, as the branch sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum LinkState {
    /// nobody has opened it
    Waiting,
    /// the client has opened it, and types
    Opened,
    /// the client has completed the application over it
    Done,
    /// it ended in another way, or its time is over
    Ended,
}

impl LinkState {
    /// The word of the contract.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

/// Why a code opens nothing. The caller gets no reason; the audit has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum OpenRefusal {
    /// it is the code of no link
    UnknownCode,
    /// the link was opened before
    Used,
    /// its time is over
    Expired,
    /// it ended before its time, or its application is no longer open
    Ended,
    /// who made it may make none any more
    MakerGone,
}

impl OpenRefusal {
    /// The word of the audit.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

/// An entry link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryLink {
    /// its id
    pub id: EntryLinkId,
    /// for which draft
    pub application_id: ApplicationId,
    /// whose passphrase
    pub client_id: ClientId,
    /// the branch specialist who made it, and answers for it
    pub made_by: StaffId,
    /// when
    pub made_at: DateTime<Utc>,
    /// the day on the signed form
    pub signed_on: NaiveDate,
    /// until when it can be opened; once opened, until when the client can type
    pub expires_at: DateTime<Utc>,
    /// when it was opened
    pub opened_at: Option<DateTime<Utc>>,
    /// why it ended before its time, if it did
    pub end: Option<LinkEnd>,
}

impl EntryLink {
    /// A new link for a draft. No link outlives its draft.
    pub(crate) fn made(
        id: EntryLinkId,
        application: &Application,
        (made_by, made_at): (&StaffId, DateTime<Utc>),
        signed_on: NaiveDate,
        lifetime: TimeDelta,
    ) -> Self {
        Self {
            id,
            application_id: application.draft.id.clone(),
            client_id: application.draft.client_id.clone(),
            made_by: made_by.clone(),
            made_at,
            signed_on,
            expires_at: (made_at + lifetime).min(application.expires_at()),
            opened_at: None,
            end: None,
        }
    }

    /// Its state at `now`.
    pub(crate) fn state(&self, now: DateTime<Utc>) -> LinkState {
        match self.end {
            Some(LinkEnd::Done) => LinkState::Done,
            Some(_) => LinkState::Ended,
            None if now >= self.expires_at => LinkState::Ended,
            None if self.opened_at.is_some() => LinkState::Opened,
            None => LinkState::Waiting,
        }
    }

    /// The link once its code was typed. The client has the whole time from then on: who opens it in the
    /// last minute is not hurried.
    ///
    /// # Errors
    /// [`OpenRefusal`].
    pub(crate) fn open(
        &self,
        application: &Application,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<Self, OpenRefusal> {
        self.check_unused(now)?;
        application
            .check_open(now)
            .map_err(|_| OpenRefusal::Ended)?;
        Ok(Self {
            opened_at: Some(now),
            expires_at: (now + lifetime).min(application.expires_at()),
            ..self.clone()
        })
    }

    /// Whether it waits to be opened.
    ///
    /// # Errors
    /// [`OpenRefusal`].
    pub(crate) fn check_unused(&self, now: DateTime<Utc>) -> Result<(), OpenRefusal> {
        match self.state(now) {
            LinkState::Waiting => Ok(()),
            LinkState::Opened | LinkState::Done => Err(OpenRefusal::Used),
            LinkState::Ended if self.end.is_some() => Err(OpenRefusal::Ended),
            LinkState::Ended => Err(OpenRefusal::Expired),
        }
    }

    /// Whether its token is still heard at `now`. After the completion it is until the link's time is over,
    /// so that an answer that was lost can be asked for again.
    pub(crate) fn is_usable(&self, now: DateTime<Utc>) -> bool {
        let is_done_or_open = matches!(self.state(now), LinkState::Opened | LinkState::Done);
        is_done_or_open && now < self.expires_at
    }

    /// An event of a step about it.
    pub(crate) fn event(&self, step: Event) -> Event {
        step.client(&self.client_id)
            .subject(&self.application_id)
            .details(Details::entry_link(&self.id))
    }
}

/// The event of the end of an application's link, by what ended it.
pub(crate) fn ended(
    by: &Event,
    application: &ApplicationId,
    link: &EntryLinkId,
    why: LinkEnd,
) -> Event {
    let mut event = by
        .clone()
        .subject(application)
        .outcome(EventOutcome::Closed)
        .reason(why.name())
        .details(Details::entry_link(link));
    event.action = Action::EntryLinkEnded;
    event
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::application::{ApplicationKind, Draft, IdentityDocument};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn draft() -> Application {
        let draft = Draft {
            id: "a".into(),
            number: "A-1".into(),
            kind: ApplicationKind::Set,
            client_id: "c".into(),
            branch_code: "ALA".into(),
            drafted_by: "s".into(),
            drafted_at: at(0),
            identity_document: IdentityDocument::Passport,
            representative: None,
        };
        draft.into()
    }

    const TEN: TimeDelta = TimeDelta::minutes(10);

    fn made_at(seconds: i64) -> EntryLink {
        let day = "2027-01-15".parse().unwrap();
        EntryLink::made("l".into(), &draft(), (&"s".into(), at(seconds)), day, TEN)
    }

    #[test]
    fn a_link_is_opened_once_and_in_time() {
        let link = made_at(0);
        assert_eq!(link.state(at(599)), LinkState::Waiting);
        assert_eq!(link.state(at(600)), LinkState::Ended);
        assert_eq!(link.open(&draft(), at(600), TEN), Err(OpenRefusal::Expired));
        let opened = link.open(&draft(), at(599), TEN).unwrap();
        assert_eq!(opened.state(at(599)), LinkState::Opened);
        assert_eq!(opened.open(&draft(), at(599), TEN), Err(OpenRefusal::Used));
        // The client has the whole time from the opening on.
        assert!(opened.is_usable(at(599 + 599)));
        assert!(!opened.is_usable(at(599 + 600)));
        assert_eq!(opened.state(at(599 + 600)), LinkState::Ended);
    }

    #[test]
    fn a_link_that_ended_opens_nothing_and_hears_nobody() {
        for end in [
            LinkEnd::Superseded,
            LinkEnd::Completed,
            LinkEnd::Cancelled,
            LinkEnd::Blocked,
            LinkEnd::Destroyed,
            LinkEnd::TriesUsedUp,
            LinkEnd::AllEnded,
        ] {
            assert_eq!(LinkEnd::from_name(end.name()), Some(end));
            let link = EntryLink {
                end: Some(end),
                ..made_at(0)
            };
            assert_eq!(link.state(at(1)), LinkState::Ended);
            assert_eq!(link.open(&draft(), at(1), TEN), Err(OpenRefusal::Ended));
            let opened = EntryLink {
                opened_at: Some(at(0)),
                ..link
            };
            assert!(!opened.is_usable(at(1)));
        }
    }

    #[test]
    fn a_done_link_opens_nothing_and_hears_until_its_time_is_over() {
        let opened = made_at(0).open(&draft(), at(1), TEN).unwrap();
        let done = EntryLink {
            end: Some(LinkEnd::Done),
            ..opened
        };
        assert_eq!(done.state(at(9_999)), LinkState::Done);
        assert_eq!(done.open(&draft(), at(2), TEN), Err(OpenRefusal::Used));
        assert!(done.is_usable(at(600)));
        assert!(!done.is_usable(at(601)));
    }

    #[test]
    fn no_link_outlives_its_draft() {
        let day = 24 * 3_600;
        let late = made_at(day - 60);
        assert_eq!(late.expires_at, at(day));
        let opened = late.open(&draft(), at(day - 1), TEN).unwrap();
        assert_eq!(opened.expires_at, at(day));
        let cancelled = draft()
            .cancel(at(1), &"s".into(), "typo")
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(
            made_at(0).open(&cancelled, at(2), TEN),
            Err(OpenRefusal::Ended)
        );
    }
}
