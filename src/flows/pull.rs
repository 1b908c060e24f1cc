//! The loan system is asked when loans are about to be read out; its answer is kept as the last known
//! state. Where it is away or slow, what was known before is shown as what it is: of its own time, and
//! stale. No connection to the database is held meanwhile.

use super::{Refusal, sync};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        identifier::ClientNumber,
        role::Actor,
    },
    loans::source::{Answer, LoanSource},
    store::{LoanRow, StoreError},
};

/// How the loans that are shown came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// the loan system tells of itself
    Told,
    /// it was asked, now or a moment ago
    Answered,
    /// it could not be asked
    Before,
}

/// For whom loans are asked.
pub(super) struct Question<'a> {
    /// who will read them
    pub actor: &'a Actor,
    /// on which request
    pub origin: &'a Origin,
    /// whose loans
    pub client_id: &'a str,
    /// on which call
    pub call_id: &'a str,
}

/// The loans of a client as they stand now, else as they were known `before`.
pub(super) async fn current(
    app: &App,
    question: Question<'_>,
    before: Vec<LoanRow>,
) -> (Vec<LoanRow>, Known) {
    let Some(source) = &app.loan_source else {
        return (before, Known::Told);
    };
    // Boxed, so that whoever asks nobody does not carry the room for it.
    match Box::pin(ask(app, source, &question, &before)).await {
        Ok(Some(Kept::Anew(loans))) => (loans, Known::Answered),
        Ok(Some(Kept::Fresh)) => (before, Known::Answered),
        Ok(None) => (before, Known::Before),
        Err(fault) => {
            // The verification stands, and what was known before may be told as what it is.
            tracing::error!(
                request_id = question.origin.request_id,
                "the loan source's answer could not be kept: {fault:?}"
            );
            (before, Known::Before)
        }
    }
}

/// What came of asking.
enum Kept {
    /// these are the loans now
    Anew(Vec<LoanRow>),
    /// what is held was asked for a moment ago
    Fresh,
}

/// Nothing where the source gave no answer that can be read out; that too is recorded.
async fn ask(
    app: &App,
    source: &LoanSource,
    question: &Question<'_>,
    before: &[LoanRow],
) -> Result<Option<Kept>, Refusal> {
    let client_id = question.client_id.to_owned();
    let found = app.store.read(move |reader| reader.client(&client_id));
    let client = found.await?.ok_or(Refusal::Unknown)?;
    let number =
        ClientNumber::parse(&client.client_number).map_err(|flaw| StoreError::Corrupt {
            table: "clients",
            id: client.id.clone(),
            why: flaw.code().to_owned(),
        })?;
    let now = app.clock.now();
    if source.is_fresh(&number, now) {
        return Ok(Some(Kept::Fresh));
    }
    let event = Event::by(question.actor, question.origin, now, Action::LoansPulled)
        .client(question.client_id)
        .call(question.call_id);
    let refused = match source.ask(&number, now).await {
        Ok(Answer::Loans(stated, as_of)) => {
            let whose = (question.client_id, &number);
            let loans = sync::take_answer(app, event, whose, before, stated, as_of).await?;
            source.is_held(&number, now);
            return Ok(Some(Kept::Anew(loans)));
        }
        // A client of ours whom the source has never seen has no loans there; but where some are held,
        // one of the two is wrong, and nothing is closed on such a word.
        Ok(Answer::UnknownClient) => {
            let client_id = question.client_id.to_owned();
            let held = app.store.read(move |reader| reader.open_loans(&client_id));
            if held.await?.is_empty() {
                app.store
                    .record(event.outcome(EventOutcome::UnknownClient))
                    .await?;
                source.is_held(&number, now);
                return Ok(Some(Kept::Anew(Vec::new())));
            }
            "unknown_client"
        }
        Err(fault) => fault.name(),
    };
    app.store
        .record(event.outcome(EventOutcome::Unavailable).reason(refused))
        .await?;
    Ok(None)
}
