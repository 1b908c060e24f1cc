//! Decides about a group of records in order, and writes it with few statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::{
    app::foundation::Foundation,
    domain::{
        id::ClientId,
        loan::{ClientRecord, LoanRecord, Received, Record, Stored, is_ahead, receive},
        validation::{FieldError, ValidationError},
    },
    store::{
        ClientWrite, KnownPerson, LoanRow, LoanWrite, StoreError, StoredClient, StoredLoan, Tx,
    },
};

/// The result for one record of a group.
pub(super) struct Became {
    /// what was decided, or why it was rejected
    pub received: Result<Received, FieldError>,
    /// the id of the client
    pub client_id: Option<ClientId>,
}

impl Became {
    fn refused(pointer: &str, error: ValidationError) -> Self {
        Self {
            received: Err(FieldError::at(pointer, error)),
            client_id: None,
        }
    }
}

/// What a group changed about clients that were known before it.
pub(super) enum ClientChange {
    /// names or telephone
    Person {
        /// the id of the client
        client_id: ClientId,
        /// the changed fields, by their names in the API; at least one
        fields: Vec<&'static str>,
    },
    /// a loan has another owner
    Moved {
        /// the pledge ticket
        ticket: String,
        /// the id of the owner before
        from: ClientId,
        /// the id of the owner now
        to: ClientId,
    },
}

/// The result for a group.
pub(super) struct GroupResult {
    /// of each record, in their order
    pub became: Vec<Became>,
    /// of clients that were known before
    pub changes: Vec<ClientChange>,
}

/// Takes a group in, as if one record came after the other. Every record passes here, however it arrived,
/// so this is where an `as_of` in the future is rejected.
pub(super) fn take(
    foundation: &Foundation,
    tx: &mut Tx<'_>,
    records: &[Record],
    now: DateTime<Utc>,
) -> Result<GroupResult, StoreError> {
    let new_id = || foundation.new_id();
    hold(tx, records)?;
    let mut clients = Clients::load(tx, records, now)?;
    let mut loans = Loans::load(tx, records)?;
    let mut became = Vec::with_capacity(records.len());
    for record in records {
        became.push(match record {
            ahead if is_ahead(ahead.as_of(), now) => {
                Became::refused("/as_of", ValidationError::AsOfAhead)
            }
            Record::Client(client) => clients.take(client, new_id, now),
            Record::Loan(loan) => match clients.stored.get(loan.client_number.as_str()) {
                Some(client) => loans.take(loan, &client.id, now),
                None => Became::refused("/client_number", ValidationError::UnknownClient),
            },
        });
    }
    clients.write(tx, now)?;
    loans.write(tx)?;
    let changes = clients.changes().chain(loans.changes()).collect();
    Ok(GroupResult { became, changes })
}

/// Locks every number of the group, so that what is decided on cannot change before it is written.
fn hold(tx: &mut Tx<'_>, records: &[Record]) -> Result<(), StoreError> {
    let numbers: Vec<&str> = records
        .iter()
        .flat_map(|record| match record {
            Record::Client(client) => [Some(client.client_number.as_str()), None],
            Record::Loan(loan) => [
                Some(loan.client_number.as_str()),
                Some(loan.ticket_number.as_str()),
            ],
        })
        .flatten()
        .collect();
    tx.lock_numbers(&numbers)
}

/// The clients that a group is about: as they are stored, and as the group changes them.
struct Clients<'g> {
    stored: HashMap<String, StoredClient>,
    /// the persons whom a record may replace, to be compared with it
    known: HashMap<String, KnownPerson>,
    entered: BTreeMap<&'g str, &'g ClientRecord>,
    replaced: BTreeMap<&'g str, &'g ClientRecord>,
}

impl<'g> Clients<'g> {
    fn load(
        tx: &mut Tx<'_>,
        records: &'g [Record],
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let numbers: BTreeSet<&str> = records
            .iter()
            .map(|record| match record {
                Record::Client(client) => client.client_number.as_str(),
                Record::Loan(loan) => loan.client_number.as_str(),
            })
            .collect();
        let numbers: Vec<&str> = numbers.into_iter().collect();
        let stored = tx.stored_clients(&numbers)?;
        let may_replace = |client: &&ClientRecord| {
            let stored = stored
                .get(client.client_number.as_str())
                .map(|stored| Stored {
                    as_of: stored.as_of,
                    is_same: false,
                });
            stored.is_some() && receive(stored, client.as_of, now) != Received::Stale
        };
        let compared: Vec<&str> = records
            .iter()
            .filter_map(|record| match record {
                Record::Client(client) => Some(client),
                Record::Loan(_) => None,
            })
            .filter(may_replace)
            .map(|client| client.client_number.as_str())
            .collect();
        let known = tx.known_persons(&compared)?;
        Ok(Self {
            stored,
            known,
            entered: BTreeMap::new(),
            replaced: BTreeMap::new(),
        })
    }

    fn take(
        &mut self,
        record: &'g ClientRecord,
        new_id: impl Fn() -> ClientId,
        now: DateTime<Utc>,
    ) -> Became {
        let number = record.client_number.as_str();
        let stored = self.stored.get(number).map(|stored| Stored {
            as_of: stored.as_of,
            is_same: self.is_pushed_again(record),
        });
        let received = receive(stored, record.as_of, now);
        if matches!(received, Received::Created | Received::Applied) {
            let is_new = received == Received::Created || self.entered.contains_key(number);
            if is_new {
                self.entered.insert(number, record);
            } else {
                self.replaced.insert(number, record);
            }
            let stored = self
                .stored
                .entry(number.to_owned())
                .or_insert_with(|| StoredClient {
                    id: new_id(),
                    as_of: None,
                });
            stored.as_of = Some(record.as_of);
        }
        Became {
            received: Ok(received),
            client_id: self.stored.get(number).map(|stored| stored.id.clone()),
        }
    }

    /// Whether a record repeats the last statement of the loan system, whatever a branch has changed since.
    fn is_pushed_again(&self, record: &ClientRecord) -> bool {
        let number = record.client_number.as_str();
        match self.entered.get(number).or(self.replaced.get(number)) {
            Some(last) => last.person == record.person,
            None => {
                let known = self.known.get(number);
                known.is_some_and(|known| known.is_last_push(&record.person))
            }
        }
    }

    fn changes(&self) -> impl Iterator<Item = ClientChange> {
        self.replaced.iter().filter_map(|(number, record)| {
            let client_id = self.stored.get(*number)?.id.clone();
            let fields = self.known.get(*number)?.stored.differences(&record.person);
            (!fields.is_empty()).then_some(ClientChange::Person { client_id, fields })
        })
    }

    fn write(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let with_ids = |records: &BTreeMap<&'g str, &'g ClientRecord>| -> Vec<ClientWrite<'_>> {
            let pairs = records.iter().filter_map(|(number, record)| {
                let stored = self.stored.get(*number)?;
                Some((&stored.id, *record))
            });
            pairs.collect()
        };
        tx.enter_clients(&with_ids(&self.entered), now)?;
        tx.replace_clients(&with_ids(&self.replaced))
    }
}

/// The loans that a group is about: as they are stored, and as the group changes them.
struct Loans<'g> {
    stored: HashMap<String, StoredLoan>,
    /// the stored loans with the same `as_of` as a record of the group, to be compared with it
    rows: HashMap<String, LoanRow>,
    /// the id of its client, and the record
    put: BTreeMap<&'g str, (ClientId, &'g LoanRecord)>,
}

impl<'g> Loans<'g> {
    fn load(tx: &mut Tx<'_>, records: &'g [Record]) -> Result<Self, StoreError> {
        let stated: Vec<&LoanRecord> = records
            .iter()
            .filter_map(|record| match record {
                Record::Loan(loan) => Some(loan),
                Record::Client(_) => None,
            })
            .collect();
        let tickets: BTreeSet<&str> = stated.iter().map(|l| l.ticket_number.as_str()).collect();
        let tickets: Vec<&str> = tickets.into_iter().collect();
        let stored = tx.stored_loans(&tickets)?;
        let compared: Vec<&str> = stated
            .iter()
            .filter(|loan| {
                let stored = stored.get(loan.ticket_number.as_str());
                stored.is_some_and(|stored| stored.as_of == loan.as_of)
            })
            .map(|loan| loan.ticket_number.as_str())
            .collect();
        let rows = tx
            .loans_by_tickets(&compared)?
            .into_iter()
            .map(|row| (row.ticket_number.clone(), row))
            .collect();
        Ok(Self {
            stored,
            rows,
            put: BTreeMap::new(),
        })
    }

    fn take(&mut self, record: &'g LoanRecord, client_id: &ClientId, now: DateTime<Utc>) -> Became {
        let ticket = record.ticket_number.as_str();
        let stored = match self.put.get(ticket) {
            Some((last_client, last)) => Some(Stored {
                as_of: Some(last.as_of),
                is_same: last_client == client_id && *last == record,
            }),
            None => self.stored.get(ticket).map(|stored| Stored {
                as_of: Some(stored.as_of),
                is_same: self
                    .rows
                    .get(ticket)
                    .is_some_and(|row| is_same(row, record, client_id)),
            }),
        };
        let received = receive(stored, record.as_of, now);
        if matches!(received, Received::Created | Received::Applied) {
            self.put.insert(ticket, (client_id.to_owned(), record));
        }
        Became {
            received: Ok(received),
            client_id: Some(client_id.to_owned()),
        }
    }

    fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let put: Vec<LoanWrite<'_>> = self
            .put
            .values()
            .map(|(client_id, record)| (client_id, *record))
            .collect();
        tx.put_loans(&put)
    }

    fn changes(&self) -> impl Iterator<Item = ClientChange> {
        self.put.iter().filter_map(|(ticket, (client_id, _))| {
            let before = self.stored.get(*ticket)?;
            (before.client_id != *client_id).then(|| ClientChange::Moved {
                ticket: (*ticket).to_owned(),
                from: before.client_id.clone(),
                to: client_id.clone(),
            })
        })
    }
}

fn is_same(stored: &LoanRow, record: &LoanRecord, client_id: &ClientId) -> bool {
    stored.client_id == *client_id
        && stored.product == record.product
        && stored.due_on == record.due_on
        && stored.balance == record.balance
        && stored.grace_days == record.grace_days
        && stored.is_open == record.is_open
}
