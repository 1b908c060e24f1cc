//! Loans as the loan system last stated them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{Reader, StoreError, Tx, micros, moment, one_row, schema::loans};
use crate::domain::{loan::LoanRecord, money::Money};

const TABLE: &str = "loans";

/// A held loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanRow {
    /// the pledge ticket
    pub ticket_number: String,
    /// whose
    pub client_id: String,
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

type Columns = (
    String,
    String,
    String,
    String,
    i64,
    String,
    Option<i32>,
    bool,
    i64,
);

fn decode(row: Columns) -> Result<LoanRow, StoreError> {
    let (
        ticket_number,
        client_id,
        product,
        due_on,
        minor_units,
        currency,
        grace_days,
        is_open,
        as_of,
    ) = row;
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &ticket_number, why);
    Ok(LoanRow {
        due_on: due_on.parse().map_err(|_| corrupt("no such due date"))?,
        balance: Money::from_minor_units(minor_units, &currency)
            .map_err(|flaw| corrupt(flaw.code()))?,
        grace_days: grace_days
            .map(u32::try_from)
            .transpose()
            .map_err(|_| corrupt("a negative waiting period"))?,
        as_of: moment(TABLE, &ticket_number, as_of)?,
        ticket_number,
        client_id,
        product,
        is_open,
    })
}

impl Reader<'_> {
    /// A client's open loans, by due date, then ticket number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_loans(&mut self, client_id: &str) -> Result<Vec<LoanRow>, StoreError> {
        let rows = loans::table
            .filter(loans::client_id.eq(client_id))
            .filter(loans::is_open.eq(true))
            .order((loans::due_on, loans::ticket_number))
            .load::<Columns>(self.connection)?;
        rows.into_iter().map(decode).collect()
    }

    /// The loan of a ticket.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn loan(&mut self, ticket_number: &str) -> Result<Option<LoanRow>, StoreError> {
        let row = loans::table
            .find(ticket_number)
            .first::<Columns>(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }
}

impl Tx<'_> {
    /// Enters or replaces a loan.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_loan(
        &mut self,
        record: &LoanRecord,
        client_id: &str,
        is_new: bool,
    ) -> Result<(), StoreError> {
        let ticket = record.ticket_number.as_str();
        let grace_days = record.grace_days.map(i32::try_from).transpose();
        let values = (
            loans::client_id.eq(client_id),
            loans::product.eq(&record.product),
            loans::due_on.eq(record.due_on.to_string()),
            loans::balance_minor_units.eq(record.balance.minor_units()),
            loans::currency.eq(record.balance.currency_code()),
            loans::grace_days
                .eq(grace_days.map_err(|error| StoreError::corrupt(TABLE, ticket, error))?),
            loans::is_open.eq(record.is_open),
            loans::as_of.eq(micros(record.as_of)),
        );
        let written = if is_new {
            diesel::insert_into(loans::table)
                .values((loans::ticket_number.eq(ticket), values))
                .execute(self.connection)?
        } else {
            diesel::update(loans::table.find(ticket))
                .set(values)
                .execute(self.connection)?
        };
        one_row(TABLE, ticket, written)
    }
}
