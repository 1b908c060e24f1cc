//! What an inquiry reads out: a verification of one's own, and its client's open loans. Those that wait
//! are looked up together, on PostgreSQL by one statement.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    access::Reader,
    engine::connection::AnyConnection,
    error::{Outcome, StoreError},
    loans as loan_rows,
    loans::LoanRow,
    schema::{loans, verifications},
    verifications as recorded,
};
use crate::domain::{
    id::{StaffId, VerificationId},
    verification::Verification,
};

/// Names a verification of a specialist's own.
pub(super) struct OwnVerification {
    /// its id
    pub(super) id: VerificationId,
    /// whose it has to be
    pub(super) staff_id: StaffId,
}

/// The verification, and the loans of its client that are open, by due date, then ticket number.
pub(crate) type Found = Option<(Verification, Vec<LoanRow>)>;

impl Reader<'_> {
    /// A specialist's own verification, and the open loans of its client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn own_inquiry(
        &mut self,
        id: &VerificationId,
        staff_id: &StaffId,
    ) -> Result<Found, StoreError> {
        let query = OwnVerification {
            id: id.to_owned(),
            staff_id: staff_id.to_owned(),
        };
        find(self.connection, &[&query])?.pop().unwrap_or(Ok(None))
    }
}

/// Outer results are the database's faults, inner ones those of a row.
pub(super) fn find(
    connection: &mut AnyConnection,
    queries: &[&OwnVerification],
) -> Outcome<Vec<Outcome<Found>>> {
    if let AnyConnection::Postgres(postgres) = connection {
        return all(postgres, queries);
    }
    queries
        .iter()
        .map(|query| one(connection, &query.id, &query.staff_id))
        .collect()
}

fn one(
    connection: &mut AnyConnection,
    id: &VerificationId,
    staff_id: &StaffId,
) -> Outcome<Outcome<Found>> {
    let Some(row) = recorded::own_row(connection, id, staff_id)? else {
        return Ok(Ok(None));
    };
    let verification = match recorded::decode(row) {
        Ok(verification) => verification,
        Err(corrupt) => return Ok(Err(corrupt)),
    };
    let rows = loan_rows::open_rows(connection, &verification.client_id)?;
    Ok(loan_rows::decode_in_order(rows).map(|loans| Some((verification, loans))))
}

/// One statement for all.
fn all(postgres: &mut PgConnection, queries: &[&OwnVerification]) -> Outcome<Vec<Outcome<Found>>> {
    let of_client = loans::client_id
        .eq(verifications::client_id)
        .and(loans::is_open.eq(true));
    let ids: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    let rows: Vec<(recorded::Columns, Option<loan_rows::Columns>)> = verifications::table
        .left_join(loans::table.on(of_client))
        .filter(verifications::id.eq_any(ids))
        .select(<(recorded::Columns, Option<loan_rows::Columns>)>::as_select())
        .load(postgres)?;
    let mut found: HashMap<VerificationId, (recorded::Columns, Vec<loan_rows::Columns>)> =
        HashMap::new();
    for (verification, loan) in rows {
        let (_, loans) = found
            .entry(verification.id.clone())
            .or_insert_with(|| (verification, Vec::new()));
        loans.extend(loan);
    }
    let answers = queries.iter().map(|query| {
        // The same one may be asked for twice at once.
        let Some((verification, loans)) = found.get(&query.id).cloned() else {
            return Ok(None);
        };
        let verification = recorded::decode(verification)?;
        if verification.staff_id != query.staff_id {
            return Ok(None);
        }
        Ok(Some((verification, loan_rows::decode_in_order(loans)?)))
    });
    Ok(answers.collect())
}
