//! Loans as the loan system last stated them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx},
    columns::{micros, moment},
    engine::connection::{AnyConnection, directly},
    error::StoreError,
    schema::loans,
};
use crate::domain::{id::ClientId, money::Money};

const TABLE: &str = "loans";

/// A stored loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanRow {
    /// the pledge ticket
    pub ticket_number: String,
    /// whose
    pub client_id: ClientId,
    /// what it is called
    pub product: String,
    /// the due date
    pub due_on: NaiveDate,
    /// the outstanding balance
    pub balance: Money,
    /// the guaranteed waiting period, days, where stated
    pub grace_days: Option<u32>,
    /// whether it is open
    pub is_open: bool,
    /// when the loan system knew this
    pub as_of: DateTime<Utc>,
}

/// A row of the table.
#[derive(Clone, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = loans)]
pub(super) struct Columns {
    ticket_number: String,
    client_id: ClientId,
    product: String,
    due_on: String,
    balance_minor_units: i64,
    currency: String,
    grace_days: Option<i32>,
    is_open: bool,
    as_of: i64,
}

pub(super) fn decode(row: Columns) -> Result<LoanRow, StoreError> {
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &row.ticket_number, why);
    Ok(LoanRow {
        due_on: row
            .due_on
            .parse()
            .map_err(|_| corrupt("no such due date"))?,
        balance: Money::from_minor_units(row.balance_minor_units, &row.currency)
            .map_err(|error| corrupt(error.code()))?,
        grace_days: row
            .grace_days
            .map(u32::try_from)
            .transpose()
            .map_err(|_| corrupt("a negative waiting period"))?,
        as_of: moment(TABLE, &row.ticket_number, row.as_of)?,
        ticket_number: row.ticket_number,
        client_id: row.client_id,
        product: row.product,
        is_open: row.is_open,
    })
}

/// Loans by due date, then ticket number: in the same order whatever a database's collation is.
pub(super) fn decode_in_order(rows: Vec<Columns>) -> Result<Vec<LoanRow>, StoreError> {
    let decoded: Result<Vec<LoanRow>, StoreError> = rows.into_iter().map(decode).collect();
    let mut loans = decoded?;
    loans.sort_by(|one, other| {
        (one.due_on, &one.ticket_number).cmp(&(other.due_on, &other.ticket_number))
    });
    Ok(loans)
}

/// The rows of a client's open loans.
pub(super) fn open_rows(
    connection: &mut AnyConnection,
    client_id: &ClientId,
) -> Result<Vec<Columns>, StoreError> {
    let open = loans::table
        .filter(loans::client_id.eq(client_id))
        .filter(loans::is_open.eq(true));
    Ok(directly!(connection, connection => open.select(Columns::as_select()).load(connection))?)
}

impl Reader<'_> {
    /// A client's open loans, by due date, then ticket number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open_loans(&mut self, client_id: &ClientId) -> Result<Vec<LoanRow>, StoreError> {
        decode_in_order(open_rows(self.connection, client_id)?)
    }
}

impl Tx<'_> {
    /// Closes a loan that the loan system does not list any more. The caller has to have locked its number;
    /// where the
    /// row is another than the one that was decided about all the same, the transaction is begun again.
    ///
    /// # Errors
    /// [`StoreError::Collided`], or another.
    pub(crate) fn close_loan(
        &mut self,
        stored: &LoanRow,
        as_of: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let decided = loans::table
            .find(&stored.ticket_number)
            .filter(loans::client_id.eq(&stored.client_id))
            .filter(loans::as_of.eq(micros(stored.as_of)));
        let closed = diesel::update(decided)
            .set((loans::is_open.eq(false), loans::as_of.eq(micros(as_of))))
            .execute(self.connection)?;
        if closed == 1 {
            Ok(())
        } else {
            Err(StoreError::Collided)
        }
    }
}
