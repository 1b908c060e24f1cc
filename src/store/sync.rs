//! Groups of clients and loans from the loan system, read and written with few statements.

mod writes;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub(crate) use self::writes::{ClientWrite, LoanWrite};
use super::{
    access::Reader,
    columns::{maybe_moment, moment},
    error::StoreError,
    groups::among,
    loans::{LoanRow, decode},
    schema::{clients, loans},
};
use crate::domain::id::ClientId;

/// A stored client, as far as a decision by time needs it.
#[derive(Clone)]
pub(crate) struct StoredClient {
    /// id
    pub id: ClientId,
    /// the loan system's time of it, where it came from there last
    pub as_of: Option<DateTime<Utc>>,
}

/// A stored loan, as far as a decision by time and owner needs it.
#[derive(Clone)]
pub(crate) struct StoredLoan {
    /// the id of its client
    pub client_id: ClientId,
    /// the loan system's time of it
    pub as_of: DateTime<Utc>,
}

#[derive(QueryableByName)]
#[diesel(table_name = clients)]
struct ClientMark {
    id: ClientId,
    client_number: String,
    as_of: Option<i64>,
}

#[derive(QueryableByName)]
#[diesel(table_name = loans)]
struct LoanMark {
    ticket_number: String,
    client_id: ClientId,
    as_of: i64,
}

impl Reader<'_> {
    /// Ids and numbers of clients, by id, after one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn clients_after(
        &mut self,
        after: Option<&ClientId>,
        limit: i64,
    ) -> Result<Vec<(ClientId, String)>, StoreError> {
        let after = after.map_or("", ClientId::as_str);
        let page = clients::table
            .filter(clients::id.gt(after))
            .select((clients::id, clients::client_number))
            .order(clients::id)
            .limit(limit);
        Ok(page.load(self.connection)?)
    }

    /// Which of these client numbers are stored, by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn stored_clients(
        &mut self,
        numbers: &[&str],
    ) -> Result<HashMap<String, StoredClient>, StoreError> {
        let select = "SELECT id, client_number, as_of FROM clients WHERE client_number";
        let rows: Vec<ClientMark> = among(self.connection, select, numbers)?;
        let stored = rows.into_iter().map(|row| {
            let as_of = maybe_moment("clients", &row.id, row.as_of)?;
            Ok((row.client_number, StoredClient { id: row.id, as_of }))
        });
        stored.collect()
    }

    /// Which of these tickets are stored, whose and of when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn stored_loans(
        &mut self,
        tickets: &[&str],
    ) -> Result<HashMap<String, StoredLoan>, StoreError> {
        let select = "SELECT ticket_number, client_id, as_of FROM loans WHERE ticket_number";
        let rows: Vec<LoanMark> = among(self.connection, select, tickets)?;
        let stored = rows.into_iter().map(|row| {
            let as_of = moment("loans", &row.ticket_number, row.as_of)?;
            let client_id = row.client_id;
            Ok((row.ticket_number, StoredLoan { client_id, as_of }))
        });
        stored.collect()
    }

    /// The loans of these tickets, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn loans_by_tickets(
        &mut self,
        tickets: &[&str],
    ) -> Result<Vec<LoanRow>, StoreError> {
        let select = "SELECT * FROM loans WHERE ticket_number";
        let rows = among(self.connection, select, tickets)?;
        let decoded = rows.into_iter().map(decode);
        decoded.collect()
    }
}
