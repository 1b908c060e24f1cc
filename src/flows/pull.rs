//! Asks the loan system when loans are about to be read out, and stores its answer as the last known state.
//! Where it is away or slow, the last known state is shown with its own time, as stale. No database
//! connection is held meanwhile.

use super::{Refusal, sync};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        id::ClientId,
        identifier::ClientNumber,
        role::Actor,
    },
    loans::source::{LoanSource, SourceAnswer},
    store::{LoanRow, StoreError},
};

/// Where the figures that are shown come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provenance {
    /// the loan system pushes by itself
    Pushed,
    /// the loan system was asked, now or a moment ago
    Fetched,
    /// the loan system could not be asked
    LastKnown,
}

/// On whose behalf loans are asked for.
pub(super) struct Question<'a> {
    /// who will read them
    pub actor: &'a Actor,
    /// on which request
    pub origin: &'a Origin,
    /// whose loans
    pub client_id: &'a ClientId,
    /// on which call
    pub call_id: &'a str,
}

/// The current loans of a client, else those known `before`.
pub(super) async fn current(
    app: &App,
    question: Question<'_>,
    before: Vec<LoanRow>,
) -> (Vec<LoanRow>, Provenance) {
    let Some(source) = &app.loan_source else {
        return (before, Provenance::Pushed);
    };
    // Boxed, so that the future stays small where no loan source is set.
    match Box::pin(ask(app, source, &question, &before)).await {
        Ok(Some(Pulled::New(loans))) => (loans, Provenance::Fetched),
        Ok(Some(Pulled::Fresh)) => (before, Provenance::Fetched),
        Ok(None) => (before, Provenance::LastKnown),
        Err(fault) => {
            // The verification stands, and the last known state may be shown as such.
            tracing::error!(
                request_id = question.origin.request_id,
                "the loan source's answer could not be kept: {fault:?}"
            );
            (before, Provenance::LastKnown)
        }
    }
}

/// The result of asking.
enum Pulled {
    /// these are the current loans
    New(Vec<LoanRow>),
    /// the stored loans were asked for a moment ago
    Fresh,
}

/// `None` where the source gave no answer that can be read out; that too is recorded.
async fn ask(
    app: &App,
    source: &LoanSource,
    question: &Question<'_>,
    before: &[LoanRow],
) -> Result<Option<Pulled>, Refusal> {
    let client_id = question.client_id.to_owned();
    let found = app.store.read(move |reader| reader.client(&client_id));
    let client = found.await?.ok_or(Refusal::Unknown)?;
    let number =
        ClientNumber::parse(&client.client_number).map_err(|error| StoreError::Corrupt {
            table: "clients",
            id: client.id.into(),
            why: error.code().to_owned(),
        })?;
    let now = app.clock.now();
    if source.is_fresh(&number, now) {
        return Ok(Some(Pulled::Fresh));
    }
    let event = Event::by(question.actor, question.origin, now, Action::LoansPulled)
        .client(question.client_id)
        .call(question.call_id);
    let refused = match source.ask(&number, now).await {
        Ok(SourceAnswer::Loans(stated, as_of)) => {
            let whose = (question.client_id, &number);
            let loans = sync::take_answer(app, event, whose, before, stated, as_of).await?;
            source.is_held(&number, now);
            return Ok(Some(Pulled::New(loans)));
        }
        // A client whom the source does not know has no loans there. But where loans are stored, one of the
        // two is wrong, and no loan is closed on such an answer.
        Ok(SourceAnswer::UnknownClient) => {
            let client_id = question.client_id.to_owned();
            let stored = app.store.read(move |reader| reader.open_loans(&client_id));
            if stored.await?.is_empty() {
                app.store
                    .record(event.outcome(EventOutcome::UnknownClient))
                    .await?;
                source.is_held(&number, now);
                return Ok(Some(Pulled::New(Vec::new())));
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
