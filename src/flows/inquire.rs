//! Reads loans out under an open verification of the specialist's own. Each reading leaves an event.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Refusal,
    audit::missed,
    pull::{self, Provenance, Question},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        calendar::business_day,
        id::{ClientId, VerificationId},
        loan::{LoanStanding, is_ahead, standing},
        role::{Proof, Verify},
        verification::{Access, Verification},
    },
    store::{LoanRow, Traced},
};

/// A loan and its standing today.
pub struct LoanView {
    /// the loan as last stated
    pub loan: LoanRow,
    /// its standing
    pub standing: LoanStanding,
}

/// How current the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// whether the loan system could be asked, or pushes by itself
    pub available: bool,
    /// the oldest `as_of` of the loans
    pub as_of: Option<DateTime<Utc>>,
    /// whether that is older than the settings allow
    pub stale: bool,
}

/// What may be read out.
pub struct Inquiry {
    /// whose loans
    pub client_id: ClientId,
    /// open loans, by due date, then ticket number
    pub loans: Vec<LoanView>,
    /// how current they are
    pub source: Source,
}

/// A verification, and the open loans of its client.
type Readable = (Verification, Vec<LoanRow>);
type Judged = Result<Readable, Refusal>;

/// Reads the loans again while the verification is open.
///
/// # Errors
/// [`Refusal::Unknown`] where it is another specialist's, [`Refusal::NotVerified`],
/// [`Refusal::VerificationOver`].
pub(crate) async fn inquire(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &VerificationId,
) -> Result<Inquiry, Refusal> {
    let now = app.clock.now();
    let actor = proof.actor();
    let event = Event::by(actor, origin, now, Action::InquiryMade).subject(id);
    if app.loan_source.is_none() {
        let judge = move |found| judge(event.clone(), found, now);
        let (verification, loans) = app.store.inquire(id, &actor.id, judge).await??;
        return Ok(view(app, verification.client_id, loans, Provenance::Pushed));
    }
    let (requested, staff_id) = (id.to_owned(), actor.id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_inquiry(&requested, &staff_id));
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
    let (loans, provenance) = pull::current(app, question, before).await;
    // Nothing is read out before the read is recorded.
    app.store.record(event).await?;
    Ok(view(app, verification.client_id, loans, provenance))
}

/// Decides whether the loans may be read out; gives the event that records it.
fn judge(event: Event, found: Option<Readable>, now: DateTime<Utc>) -> (Event, Judged) {
    let Some((verification, loans)) = found else {
        return (event.outcome(EventOutcome::NotFound), Err(Refusal::Unknown));
    };
    let event = event
        .client(&verification.client_id)
        .call(&verification.call_id);
    match verification.access(now) {
        Access::Open => (event.outcome(EventOutcome::Read), Ok((verification, loans))),
        Access::Over => (
            event.outcome(EventOutcome::Refused),
            Err(Refusal::VerificationOver),
        ),
        Access::NeverOpen => (
            event.outcome(EventOutcome::Refused),
            Err(Refusal::NotVerified),
        ),
    }
}

/// Computes the standing of loans and how current they are.
pub(super) fn view(
    app: &App,
    client_id: ClientId,
    loans: Vec<LoanRow>,
    provenance: Provenance,
) -> Inquiry {
    let now = app.clock.now();
    let today = business_day(app.settings.time_zone, now);
    let as_of = loans.iter().map(|loan| loan.as_of).min();
    let oldest = now - TimeDelta::minutes(i64::from(app.settings.stale_after_minutes));
    let source = Source {
        available: provenance != Provenance::LastKnown,
        as_of,
        // The age of a loan whose `as_of` lies in the future is not known.
        stale: provenance == Provenance::LastKnown
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

/// Reads one of the specialist's own verifications.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn read(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &VerificationId,
) -> Result<Verification, Refusal> {
    let (requested, staff_id) = (id.to_owned(), proof.actor().id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_verification(&requested, &staff_id))
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

/// Closes a verification when its call ends; closing it twice is allowed.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn close(
    app: &App,
    proof: &Proof<Verify>,
    origin: &Origin,
    id: &VerificationId,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let (requested, staff_id) = (id.to_owned(), proof.actor().id.clone());
    let found = app
        .store
        .read(move |reader| reader.own_verification(&requested, &staff_id))
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
