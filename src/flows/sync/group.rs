//! A group of records is decided in order and written with few statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        loan::{ClientRecord, LoanRecord, Received, Record, receive},
        person::Person,
    },
    store::{ClientWrite, HeldClient, LoanRow, LoanWrite, StoreError, Tx},
};

/// What became of one record of a group.
pub(super) struct Became {
    /// what was decided; none for a loan whose client nobody knows
    pub received: Option<Received>,
    /// the id of the client
    pub client_id: Option<String>,
}

/// Takes a group in, as if one record came after the other.
pub(super) fn take(
    tx: &mut Tx<'_>,
    records: &[Record],
    new_id: impl Fn() -> String,
    now: DateTime<Utc>,
) -> Result<Vec<Became>, StoreError> {
    hold(tx, records)?;
    let mut clients = Clients::load(tx, records)?;
    let mut loans = Loans::load(tx, records)?;
    let mut became = Vec::with_capacity(records.len());
    for record in records {
        became.push(match record {
            Record::Client(client) => clients.take(client, &new_id),
            Record::Loan(loan) => match clients.held.get(loan.client_number.as_str()) {
                Some(client) => loans.take(loan, &client.id),
                None => Became {
                    received: None,
                    client_id: None,
                },
            },
        });
    }
    clients.write(tx, now)?;
    loans.write(tx)?;
    Ok(became)
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
    tx.hold_numbers(&numbers)
}

/// The clients that a group is about: as they are held, and as the group changes them.
struct Clients<'g> {
    held: HashMap<String, HeldClient>,
    /// those held of the very moment that a record of the group is of, to be compared with it
    persons: HashMap<String, Person>,
    entered: BTreeMap<&'g str, &'g ClientRecord>,
    replaced: BTreeMap<&'g str, &'g ClientRecord>,
}

impl<'g> Clients<'g> {
    fn load(tx: &mut Tx<'_>, records: &'g [Record]) -> Result<Self, StoreError> {
        let numbers: BTreeSet<&str> = records
            .iter()
            .map(|record| match record {
                Record::Client(client) => client.client_number.as_str(),
                Record::Loan(loan) => loan.client_number.as_str(),
            })
            .collect();
        let numbers: Vec<&str> = numbers.into_iter().collect();
        let held = tx.held_clients(&numbers)?;
        let is_of_that_time = |client: &&ClientRecord| {
            let held = held.get(client.client_number.as_str());
            held.is_some_and(|held| held.as_of == Some(client.as_of))
        };
        let compared: Vec<&str> = records
            .iter()
            .filter_map(|record| match record {
                Record::Client(client) => Some(client),
                Record::Loan(_) => None,
            })
            .filter(is_of_that_time)
            .map(|client| client.client_number.as_str())
            .collect();
        let persons = tx
            .clients_by_numbers(&compared)?
            .into_iter()
            .map(|client| (client.client_number, client.person))
            .collect();
        Ok(Self {
            held,
            persons,
            entered: BTreeMap::new(),
            replaced: BTreeMap::new(),
        })
    }

    fn take(&mut self, record: &'g ClientRecord, new_id: impl Fn() -> String) -> Became {
        let number = record.client_number.as_str();
        let facts = self.held.get(number).map(|held| {
            let last = self.entered.get(number).or(self.replaced.get(number));
            let known = last
                .map(|last| &last.person)
                .or_else(|| self.persons.get(number));
            (held.as_of, known == Some(&record.person))
        });
        let received = receive(facts, record.as_of);
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
                .or_insert_with(|| HeldClient {
                    id: new_id(),
                    as_of: None,
                });
            held.as_of = Some(record.as_of);
        }
        Became {
            received: Some(received),
            client_id: self.held.get(number).map(|held| held.id.clone()),
        }
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
    held: HashMap<String, DateTime<Utc>>,
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
        let held = tx.held_loans(&tickets)?;
        let compared: Vec<&str> = stated
            .iter()
            .filter(|loan| held.get(loan.ticket_number.as_str()) == Some(&loan.as_of))
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

    fn take(&mut self, record: &'g LoanRecord, client_id: &str) -> Became {
        let ticket = record.ticket_number.as_str();
        let facts = self.held.get(ticket).map(|held_as_of| {
            let is_same = match self.put.get(ticket) {
                Some((last_client, last)) => last_client == client_id && *last == record,
                None => self
                    .rows
                    .get(ticket)
                    .is_some_and(|row| is_same(row, record, client_id)),
            };
            (Some(*held_as_of), is_same)
        });
        let received = receive(facts, record.as_of);
        if matches!(received, Received::Created | Received::Applied) {
            self.put.insert(ticket, (client_id.to_owned(), record));
            self.held.insert(ticket.to_owned(), record.as_of);
        }
        Became {
            received: Some(received),
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
}

fn is_same(held: &LoanRow, record: &LoanRecord, client_id: &str) -> bool {
    held.client_id == client_id
        && held.product == record.product
        && held.due_on == record.due_on
        && held.balance == record.balance
        && held.grace_days == record.grace_days
        && held.is_open == record.is_open
}
