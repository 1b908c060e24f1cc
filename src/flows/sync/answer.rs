//! Takes in the answer of a loan source about one client.

use chrono::{DateTime, Utc};

use super::{
    events::{client_events, count},
    group::take,
};
use crate::{
    app::App,
    domain::{
        audit::{Details, Event, EventOutcome, RecordCounts},
        id::ClientId,
        identifier::ClientNumber,
        loan::{LoanRecord, Record, is_ahead},
    },
    flows::Refusal,
    store::{LoanRow, StoreError, Traced},
};

/// Takes in all loans that a source states about one client as of a moment, which is not after the moment
/// of asking. Loans that it does not list are closed, unless something newer was pushed. Gives the client's
/// open loans.
///
/// Pushes come in while the source is asked and while its answer is written. A push locks the numbers of
/// the loan and of its client; so an answer locks the client's, those that it lists and those of all loans
/// that it could close, before it reads what it decides about. The same holds for an empty answer. Of two
/// statements of one moment the later one counts, and a loan that differs from `before` the source was
/// asked came later.
pub(in crate::flows) async fn take_answer(
    app: &App,
    event: Event,
    (client_id, number): (&ClientId, &ClientNumber),
    before: &[LoanRow],
    stated: Vec<LoanRecord>,
    as_of: DateTime<Utc>,
) -> Result<Vec<LoanRow>, Refusal> {
    let (foundation, client_id, number) =
        (app.foundation.clone(), client_id.to_owned(), number.clone());
    let before = before.to_vec();
    let records: Vec<Record> = stated.into_iter().map(Record::Loan).collect();
    let loans = app.store.write(move |tx| {
        let listed: Vec<&str> = records.iter().filter_map(ticket).collect();
        let closable = tx.open_loans(&client_id)?;
        let open = closable.iter().map(|loan| loan.ticket_number.as_str());
        let numbers: Vec<&str> = open.chain(listed.iter().copied()).collect();
        tx.lock_numbers(&[&numbers[..], &[number.as_str()]].concat())?;
        let taken = take(&foundation, tx, &records, event.at)?;
        let mut closed = 0_u64;
        for stored in tx.open_loans(&client_id)? {
            if listed.contains(&stored.ticket_number.as_str()) {
                continue;
            }
            if !numbers.contains(&stored.ticket_number.as_str()) {
                // It was pushed before its number could be locked.
                return Err(StoreError::Collided);
            }
            let is_older =
                stored.as_of < as_of || (stored.as_of == as_of && before.contains(&stored));
            if is_older || is_ahead(stored.as_of, event.at) {
                tx.close_loan(&stored, as_of)?;
                closed += 1;
            }
        }
        let received: Vec<_> = taken.became.into_iter().map(|one| one.received).collect();
        let counts = RecordCounts {
            closed: Some(closed),
            ..count(&received, 0)
        };
        let event = event
            .clone()
            .outcome(EventOutcome::Taken)
            .details(Details::records(counts));
        let about_clients: Vec<_> = client_events(&taken.changes, &event).collect();
        Ok(Traced::new(tx.open_loans(&client_id)?, event).with(about_clients))
    });
    Ok(loans.await?)
}

fn ticket(record: &Record) -> Option<&str> {
    match record {
        Record::Loan(loan) => Some(loan.ticket_number.as_str()),
        Record::Client(_) => None,
    }
}
