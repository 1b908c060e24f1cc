//! A group of records is decided in order and written with few statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        flaw::{FieldFlaw, Flaw},
        loan::{ClientRecord, Held, LoanRecord, Received, Record, is_ahead, receive},
    },
    store::{
        ClientWrite, KnownPerson, LoanRow, LoanWrite, StoreError, StoredClient, StoredLoan, Tx,
    },
};

/// What became of one record of a group.
pub(super) struct Became {
    /// what was decided, or why it was not taken in
    pub received: Result<Received, FieldFlaw>,
    /// the id of the client
    pub client_id: Option<String>,
}

impl Became {
    fn refused(pointer: &str, flaw: Flaw) -> Self {
        Self {
            received: Err(FieldFlaw::at(pointer, flaw)),
            client_id: None,
        }
    }
}

/// What a group changed about clients that were known before it.
pub(super) enum Change {
    /// names or telephone
    Person {
        /// whose
        client_id: String,
        /// which of them, by their names in the API; at least one
        fields: Vec<&'static str>,
    },
    /// a loan has another owner
    Moved {
        /// the pledge ticket
        ticket: String,
        /// whose it was
        from: String,
        /// whose it is
        to: String,
    },
}

/// What became of a group.
pub(super) struct Taken {
    /// of each record, in their order
    pub became: Vec<Became>,
    /// of clients that were known before
    pub changes: Vec<Change>,
}

/// Takes a group in, as if one record came after the other. Whatever door a record came through, it is
/// taken in here, so this is where a time that lies ahead is refused.
pub(super) fn take(
    tx: &mut Tx<'_>,
    records: &[Record],
    new_id: impl Fn() -> String,
    now: DateTime<Utc>,
) -> Result<Taken, StoreError> {
    hold(tx, records)?;
    let mut clients = Clients::load(tx, records, now)?;
    let mut loans = Loans::load(tx, records)?;
    let mut became = Vec::with_capacity(records.len());
    for record in records {
        became.push(match record {
            ahead if is_ahead(ahead.as_of(), now) => Became::refused("/as_of", Flaw::AsOfAhead),
            Record::Client(client) => clients.take(client, &new_id, now),
            Record::Loan(loan) => match clients.held.get(loan.client_number.as_str()) {
                Some(client) => loans.take(loan, &client.id, now),
                None => Became::refused("/client_number", Flaw::UnknownClient),
            },
        });
    }
    clients.write(tx, now)?;
    loans.write(tx)?;
    let changes = clients.changes().chain(loans.changes()).collect();
    Ok(Taken { became, changes })
}

/// Holds every number of the group, so that what decides about it cannot change before it is written.
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

/// The clients that a group is about: as they are held, and as the group changes them.
struct Clients<'g> {
    held: HashMap<String, StoredClient>,
    /// the persons of those that a record may replace, to be compared with it
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
        let held = tx.stored_clients(&numbers)?;
        let may_replace = |client: &&ClientRecord| {
            let held = held.get(client.client_number.as_str()).map(|held| Held {
                as_of: held.as_of,
                is_same: false,
            });
            held.is_some() && receive(held, client.as_of, now) != Received::Stale
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
            held,
            known,
            entered: BTreeMap::new(),
            replaced: BTreeMap::new(),
        })
    }

    fn take(
        &mut self,
        record: &'g ClientRecord,
        new_id: impl Fn() -> String,
        now: DateTime<Utc>,
    ) -> Became {
        let number = record.client_number.as_str();
        let held = self.held.get(number).map(|held| Held {
            as_of: held.as_of,
            is_same: self.is_pushed_again(record),
        });
        let received = receive(held, record.as_of, now);
        if matches!(received, Received::Created | Received::Applied) {
            let is_new = received == Received::Created || self.entered.contains_key(number);
            if is_new {
                self.entered.insert(number, record);
            } else {
                self.replaced.insert(number, record);
            }
            let held = self
                .held
                .entry(number.to_owned())
                .or_insert_with(|| StoredClient {
                    id: new_id(),
                    as_of: None,
                });
            held.as_of = Some(record.as_of);
        }
        Became {
            received: Ok(received),
            client_id: self.held.get(number).map(|held| held.id.clone()),
        }
    }

    /// Whether a record says what the loan system said last, whatever a branch has made of it since.
    fn is_pushed_again(&self, record: &ClientRecord) -> bool {
        let number = record.client_number.as_str();
        match self.entered.get(number).or(self.replaced.get(number)) {
            Some(last) => last.person == record.person,
            None => {
                let known = self.known.get(number);
                known.is_some_and(|known| known.last_pushed().is(&record.person))
            }
        }
    }

    fn changes(&self) -> impl Iterator<Item = Change> {
        self.replaced.iter().filter_map(|(number, record)| {
            let client_id = self.held.get(*number)?.id.clone();
            let fields = self.known.get(*number)?.stored.differences(&record.person);
            (!fields.is_empty()).then_some(Change::Person { client_id, fields })
        })
    }

    fn write(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let with_ids = |records: &BTreeMap<&'g str, &'g ClientRecord>| -> Vec<ClientWrite<'_>> {
            let pairs = records.iter().filter_map(|(number, record)| {
                let held = self.held.get(*number)?;
                Some((held.id.as_str(), *record))
            });
            pairs.collect()
        };
        tx.enter_clients(&with_ids(&self.entered), now)?;
        tx.replace_clients(&with_ids(&self.replaced))
    }
}

/// The loans that a group is about: as they are held, and as the group changes them.
struct Loans<'g> {
    held: HashMap<String, StoredLoan>,
    /// those held of the very moment that a record of the group is of, to be compared with it
    rows: HashMap<String, LoanRow>,
    /// the id of its client, and the record
    put: BTreeMap<&'g str, (String, &'g LoanRecord)>,
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
        let held = tx.stored_loans(&tickets)?;
        let compared: Vec<&str> = stated
            .iter()
            .filter(|loan| {
                let held = held.get(loan.ticket_number.as_str());
                held.is_some_and(|held| held.as_of == loan.as_of)
            })
            .map(|loan| loan.ticket_number.as_str())
            .collect();
        let rows = tx
            .loans_by_tickets(&compared)?
            .into_iter()
            .map(|row| (row.ticket_number.clone(), row))
            .collect();
        Ok(Self {
            held,
            rows,
            put: BTreeMap::new(),
        })
    }

    fn take(&mut self, record: &'g LoanRecord, client_id: &str, now: DateTime<Utc>) -> Became {
        let ticket = record.ticket_number.as_str();
        let held = match self.put.get(ticket) {
            Some((last_client, last)) => Some(Held {
                as_of: Some(last.as_of),
                is_same: last_client == client_id && *last == record,
            }),
            None => self.held.get(ticket).map(|held| Held {
                as_of: Some(held.as_of),
                is_same: self
                    .rows
                    .get(ticket)
                    .is_some_and(|row| is_same(row, record, client_id)),
            }),
        };
        let received = receive(held, record.as_of, now);
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
            .map(|(client_id, record)| (client_id.as_str(), *record))
            .collect();
        tx.put_loans(&put)
    }

    fn changes(&self) -> impl Iterator<Item = Change> {
        self.put.iter().filter_map(|(ticket, (client_id, _))| {
            let before = self.held.get(*ticket)?;
            (before.client_id != *client_id).then(|| Change::Moved {
                ticket: (*ticket).to_owned(),
                from: before.client_id.clone(),
                to: client_id.clone(),
            })
        })
    }
}

fn is_same(held: &LoanRow, record: &LoanRecord, client_id: &str) -> bool {
    held.client_id == client_id
        && held.product == record.product
        && held.due_on == record.due_on
        && held.balance == record.balance
        && held.grace_days == record.grace_days
        && held.is_open == record.is_open
}
