//! What the loan system sends, one record at a time; `as_of` decides.

use super::Refusal;
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        flaw::Flaw,
        loan::{ClientRecord, LoanRecord, Received, receive},
        role::{Feed, Proof},
    },
    store::{LoanRow, StoreError, Traced, Tx},
};

/// Takes a client in.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn take_client(
    app: &App,
    proof: &Proof<Feed>,
    origin: &Origin,
    record: ClientRecord,
) -> Result<Received, Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::ClientSynced);
    let new_id = app.new_id();
    let received = app
        .store
        .write(move |tx| {
            let (received, id) = put_client(tx, &record, &new_id, now)?;
            Ok(Traced::new(
                received,
                event.clone().client(&id).outcome(name(received)),
            ))
        })
        .await?;
    Ok(received)
}

/// Takes a loan in.
///
/// # Errors
/// [`Refusal::Invalid`] where the client is unknown.
pub async fn take_loan(
    app: &App,
    proof: &Proof<Feed>,
    origin: &Origin,
    record: LoanRecord,
) -> Result<Received, Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::LoanSynced)
        .subject(record.ticket_number.as_str());
    let received = app
        .store
        .write(move |tx| {
            let event = event.clone();
            Ok(match put_loan(tx, &record)? {
                Some((received, client_id)) => Traced::new(
                    Some(received),
                    event.client(&client_id).outcome(name(received)),
                ),
                None => Traced::new(None, event.outcome("refused").reason("unknown_client")),
            })
        })
        .await?;
    received.ok_or_else(|| Refusal::invalid("/client_number", Flaw::UnknownClient))
}

/// The word for what became of a record.
#[must_use]
pub fn name(received: Received) -> &'static str {
    match received {
        Received::Created => "created",
        Received::Applied => "applied",
        Received::Unchanged => "unchanged",
        Received::Stale => "stale",
    }
}

fn put_client(
    tx: &mut Tx<'_>,
    record: &ClientRecord,
    new_id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(Received, String), StoreError> {
    tx.hold_numbers(&[record.client_number.as_str()])?;
    let held = tx.client_by_number(&record.client_number)?;
    let facts = held
        .as_ref()
        .map(|held| (held.as_of, held.person == record.person));
    let received = receive(facts, record.as_of);
    let id = held.map_or_else(|| new_id.to_owned(), |held| held.id);
    match received {
        Received::Created => tx.insert_client(
            &id,
            &record.client_number,
            &record.person,
            Some(record.as_of),
            now,
        )?,
        Received::Applied => tx.amend_client(&id, &record.person, Some(record.as_of))?,
        Received::Unchanged | Received::Stale => {}
    }
    Ok((received, id))
}

fn put_loan(
    tx: &mut Tx<'_>,
    record: &LoanRecord,
) -> Result<Option<(Received, String)>, StoreError> {
    let Some(client) = tx.client_id_by_number(&record.client_number)? else {
        return Ok(None);
    };
    tx.hold_numbers(&[record.ticket_number.as_str()])?;
    let held = tx.loan(record.ticket_number.as_str())?;
    let facts = held
        .as_ref()
        .map(|held| (Some(held.as_of), is_same(held, record, &client)));
    let received = receive(facts, record.as_of);
    if matches!(received, Received::Created | Received::Applied) {
        tx.put_loan(record, &client, held.is_none())?;
    }
    Ok(Some((received, client)))
}

fn is_same(held: &LoanRow, record: &LoanRecord, client_id: &str) -> bool {
    held.client_id == client_id
        && held.product == record.product
        && held.due_on == record.due_on
        && held.balance == record.balance
        && held.grace_days == record.grace_days
        && held.is_open == record.is_open
}
