//! What a loan source answered about one client is taken in.

use chrono::{DateTime, Utc};

use super::{counted, take, told};
use crate::{
    app::App,
    domain::{
        audit::Event,
        identifier::ClientNumber,
        loan::{LoanRecord, Record, is_ahead},
    },
    flows::Refusal,
    store::{LoanRow, StoreError, Traced},
};

/// Takes in all that a loan source stated about one client `as_of` a moment, which is not after that in
/// which it was asked: what it did not list then is closed, unless something newer was pushed. Gives the
/// client's open loans.
///
/// Pushes come in while the source is asked and while its answer is written. A push holds the numbers of
/// the loan and of its client, so an answer holds the client's, those that it lists and those of all that
/// could be closed, before it looks at what it decides about. An empty answer is held to the same. Of two
/// words of one moment the later counts, and what is not as it was `before` the source was asked came
/// later.
pub(in crate::flows) async fn take_answer(
    app: &App,
    event: Event,
    (client_id, number): (&str, &ClientNumber),
    before: &[LoanRow],
    stated: Vec<LoanRecord>,
    as_of: DateTime<Utc>,
) -> Result<Vec<LoanRow>, Refusal> {
    let (house, client_id, number) = (app.foundation.clone(), client_id.to_owned(), number.clone());
    let before = before.to_vec();
    let records: Vec<Record> = stated.into_iter().map(Record::Loan).collect();
    let loans = app.store.write(move |tx| {
        let listed: Vec<&str> = records.iter().filter_map(ticket).collect();
        let closable = tx.open_loans(&client_id)?;
        let open = closable.iter().map(|loan| loan.ticket_number.as_str());
        let numbers: Vec<&str> = open.chain(listed.iter().copied()).collect();
        tx.lock_numbers(&[&numbers[..], &[number.as_str()]].concat())?;
        let taken = take(&house, tx, &records, event.at)?;
        let mut closed = 0;
        for held in tx.open_loans(&client_id)? {
            if listed.contains(&held.ticket_number.as_str()) {
                continue;
            }
            if !numbers.contains(&held.ticket_number.as_str()) {
                // It was pushed before its number could be held.
                return Err(StoreError::Collided);
            }
            let is_older = held.as_of < as_of || (held.as_of == as_of && before.contains(&held));
            if is_older || is_ahead(held.as_of, event.at) {
                tx.close_loan(&held, as_of)?;
                closed += 1;
            }
        }
        let received: Vec<_> = taken.became.into_iter().map(|one| one.received).collect();
        let event = counted(event.clone(), &received, 0);
        let reason = format!("{} closed={closed}", event.reason.as_deref().unwrap_or(""));
        let event = event.reason(&reason);
        let about_clients: Vec<_> = told(&taken.changes, &event).collect();
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
