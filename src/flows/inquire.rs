//! Loans are read out, under an open verification of the caller's own. Each reading leaves an event.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Refusal,
    audit::missed,
    pull::{self, Known, Question},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        calendar::business_day,
        loan::{LoanStanding, is_ahead, standing},
        role::{Proof, Verify},
        verification::{Door, Verification},
    },
    store::{LoanRow, Traced},
};

/// A loan and where it stands today.
pub struct LoanView {
    /// the loan as last stated
    pub loan: LoanRow,
    /// where it stands
    pub standing: LoanStanding,
}

/// How far the answer can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// whether the loan system could be asked, or is one that tells of itself
    pub available: bool,
    /// the oldest time of what is shown
    pub as_of: Option<DateTime<Utc>>,
    /// whether that is too long ago
    pub stale: bool,
}

/// What may be read out.
pub struct Inquiry {
    /// whose loans
    pub client_id: String,
    /// open loans, by due date, then ticket number
    pub loans: Vec<LoanView>,
    /// how far they can be trusted
    pub source: Source,
}

/// A verification, and the open loans of its client.
type Readable = (Verification, Vec<LoanRow>);
type Judged = Result<Readable, Refusal>;

/// Reads the loans again while the verification is open.
///
/// # Errors
/// [`Refusal::Unknown`] where it is not the caller's own, [`Refusal::NotVerified`],
/// [`Refusal::VerificationOver`].
pub async fn inquire(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &str,
) -> Result<Inquiry, Refusal> {
    let now = app.clock.now();
    let actor = proof.actor();
    let event = Event::by(actor, origin, now, Action::InquiryMade).subject(id);
    if app.loan_source.is_none() {
        let judge = move |found| judge(event.clone(), found, now);
        let (verification, loans) = app.store.inquire(id, &actor.id, judge).await??;
        return Ok(view(app, verification.client_id, loans, Known::Told));
    }
    let (wanted, staff_id) = (id.to_owned(), actor.id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_inquiry(&wanted, &staff_id));
    let (event, judged) = judge(event, found.await?, now);
    let (verification, before) = match judged {
        Ok(found) => found,
        Err(refusal) => {
            app.store.record(event).await?;
            return Err(refusal);
        }
    };
    let question = Question {
        actor,
        origin,
        client_id: &verification.client_id,
        call_id: &verification.call_id,
    };
    let (loans, known) = pull::current(app, question, before).await;
    // Nothing is read out before the look is recorded.
    app.store.record(event).await?;
    Ok(view(app, verification.client_id, loans, known))
}

/// What may be read out of what was found, and the event that tells so.
fn judge(event: Event, found: Option<Readable>, now: DateTime<Utc>) -> (Event, Judged) {
    let Some((verification, loans)) = found else {
        return (event.outcome(EventOutcome::NotFound), Err(Refusal::Unknown));
    };
    let event = event
        .client(&verification.client_id)
        .call(&verification.call_id);
    match verification.door(now) {
        Door::Open => (event.outcome(EventOutcome::Read), Ok((verification, loans))),
        Door::Over => (
            event.outcome(EventOutcome::Refused),
            Err(Refusal::VerificationOver),
        ),
        Door::NeverOpen => (
            event.outcome(EventOutcome::Refused),
            Err(Refusal::NotVerified),
        ),
    }
}

/// Reckons where loans stand and how far they can be trusted.
pub(super) fn view(app: &App, client_id: String, loans: Vec<LoanRow>, known: Known) -> Inquiry {
    let now = app.clock.now();
    let today = business_day(app.settings.time_zone, now);
    let as_of = loans.iter().map(|loan| loan.as_of).min();
    let oldest = now - TimeDelta::minutes(i64::from(app.settings.stale_after_minutes));
    let source = Source {
        available: known != Known::Before,
        as_of,
        // Of what is held under a time that has not come nobody knows how old it is.
        stale: known == Known::Before
            || as_of.is_some_and(|as_of| as_of < oldest)
            || loans.iter().any(|loan| is_ahead(loan.as_of, now)),
    };
    let loans = loans
        .into_iter()
        .map(|loan| LoanView {
            standing: standing(loan.due_on, loan.grace_days, today),
            loan,
        })
        .collect();
    Inquiry {
        client_id,
        loans,
        source,
    }
}

/// Reads a verification of one's own.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn read(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &str,
) -> Result<Verification, Refusal> {
    let (wanted, staff_id) = (id.to_owned(), proof.actor().id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_verification(&wanted, &staff_id))
        .await?;
    let Some(verification) = found else {
        let action = Action::VerificationViewed;
        return Err(missed(app, proof.actor(), origin, action, id).await);
    };
    let event = Event::by(
        proof.actor(),
        origin,
        app.clock.now(),
        Action::VerificationViewed,
    )
    .client(&verification.client_id)
    .subject(&verification.id)
    .call(&verification.call_id)
    .outcome(EventOutcome::Read);
    app.store.record(event).await?;
    Ok(verification)
}

/// Ends a verification with its call; ending it twice is no offence.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn close(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &str,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let (wanted, staff_id) = (id.to_owned(), proof.actor().id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_verification(&wanted, &staff_id))
        .await?;
    let Some(verification) = found else {
        let action = Action::VerificationClosed;
        return Err(missed(app, proof.actor(), origin, action, id).await);
    };
    let event = Event::by(proof.actor(), origin, now, Action::VerificationClosed)
        .client(&verification.client_id)
        .subject(&verification.id)
        .call(&verification.call_id)
        .outcome(EventOutcome::Closed);
    app.store
        .write(move |tx| {
            if verification.closed_at.is_none() {
                tx.close_verification(&verification.id, now)?;
            }
            Ok(Traced::new((), event.clone()))
        })
        .await?;
    Ok(())
}
