//! Applications, from the draft to their end.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment, one_row},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::{applications, counters},
    vault::Cell,
};
use crate::domain::{
    application::{
        Application, ApplicationKind, Draft, IdentityDocument, Mandate, Progress, Representative,
    },
    id::{ApplicationId, ClientId, StaffId},
    person::PersonName,
};

const TABLE: &str = "applications";

/// A representative as JSON, which is encrypted into one column.
#[derive(Serialize, Deserialize)]
struct StoredRepresentative {
    full_name: String,
    mandate: String,
    document_number: String,
    document_date: NaiveDate,
    valid_until: Option<NaiveDate>,
}

/// A row of the table.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
struct Columns {
    id: ApplicationId,
    number: String,
    kind: String,
    client_id: ClientId,
    branch_code: String,
    drafted_by: StaffId,
    drafted_at: i64,
    identity_document: String,
    representative_encrypted: Option<Vec<u8>>,
    progress: String,
    #[diesel(embed)]
    end: End,
}

/// The columns of an application's end.
#[derive(Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
struct End {
    ended_at: Option<i64>,
    ended_by: Option<StaffId>,
    signed_on: Option<String>,
    cancel_reason: Option<String>,
}

fn representative_of(id: &str) -> Cell<'_> {
    Cell {
        table: TABLE,
        column: "representative",
        row: id,
    }
}

impl Reader<'_> {
    /// The application with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn application(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Option<Application>, StoreError> {
        let row = applications::table
            .find(id)
            .select(Columns::as_select())
            .first(self.connection)
            .optional()?;
        row.map(|row| self.decode_application(row)).transpose()
    }

    /// A client's applications, newest first, older than one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn applications_of(
        &mut self,
        client_id: &ClientId,
        before: Option<&ApplicationId>,
        limit: i64,
    ) -> Result<Vec<Application>, StoreError> {
        // Ids are made in the order of time, so they order applications drafted in one moment too.
        let mut of_client = applications::table
            .filter(applications::client_id.eq(client_id))
            .into_boxed();
        if let Some(before) = before {
            of_client = of_client.filter(applications::id.lt(before.clone()));
        }
        let rows = of_client
            .order(applications::id.desc())
            .limit(limit)
            .select(Columns::as_select())
            .load(self.connection)?;
        rows.into_iter()
            .map(|row| self.decode_application(row))
            .collect()
    }

    fn decode_application(&self, row: Columns) -> Result<Application, StoreError> {
        let (id, end) = (row.id, row.end);
        let corrupt = |why: &str| StoreError::corrupt(TABLE, &id, why);
        let ended = maybe_moment(TABLE, &id, end.ended_at)?.zip(end.ended_by);
        let progress = match (row.progress.as_str(), ended) {
            ("draft" | "expired", _) => Progress::Draft,
            ("completed", Some((at, by))) => {
                let day = end.signed_on.as_deref().and_then(|day| day.parse().ok());
                Progress::Completed {
                    at,
                    by,
                    signed_on: day.ok_or_else(|| corrupt("no day of signature"))?,
                }
            }
            ("cancelled", Some((at, by))) => Progress::Cancelled {
                at,
                by,
                reason: end.cancel_reason.unwrap_or_default(),
            },
            _ => return Err(corrupt("no such progress")),
        };
        let representative = row
            .representative_encrypted
            .map(|encrypted| self.decrypt_representative(&id, &encrypted))
            .transpose()?;
        let draft = Draft {
            kind: ApplicationKind::from_name(&row.kind).ok_or_else(|| corrupt("no such kind"))?,
            identity_document: IdentityDocument::parse(&row.identity_document)
                .map_err(|error| corrupt(error.code()))?,
            drafted_at: moment(TABLE, &id, row.drafted_at)?,
            id,
            number: row.number,
            client_id: row.client_id,
            branch_code: row.branch_code,
            drafted_by: row.drafted_by,
            representative,
        };
        Ok(Application::stored(draft, progress))
    }

    fn decrypt_representative(
        &self,
        id: &str,
        encrypted: &[u8],
    ) -> Result<Representative, StoreError> {
        let json = self.vault.decrypt(representative_of(id), encrypted)?;
        let corrupt = |why: String| StoreError::corrupt(TABLE, id, why);
        let stored: StoredRepresentative =
            serde_json::from_str(&json).map_err(|error| corrupt(error.to_string()))?;
        Ok(Representative {
            full_name: PersonName::parse(&stored.full_name)
                .map_err(|error| corrupt(error.code().to_owned()))?,
            mandate: Mandate::parse(&stored.mandate)
                .map_err(|error| corrupt(error.code().to_owned()))?,
            document_number: stored.document_number,
            document_date: stored.document_date,
            valid_until: stored.valid_until,
        })
    }

    fn encrypt_representative(
        &self,
        id: &str,
        representative: &Representative,
    ) -> Result<Vec<u8>, StoreError> {
        let stored = StoredRepresentative {
            full_name: representative.full_name.as_str().to_owned(),
            mandate: representative.mandate.name().to_owned(),
            document_number: representative.document_number.clone(),
            document_date: representative.document_date,
            valid_until: representative.valid_until,
        };
        let json = serde_json::to_string(&stored)
            .map_err(|error| StoreError::corrupt(TABLE, id, error))?;
        Ok(self.vault.encrypt(representative_of(id), &json))
    }
}

impl Tx<'_> {
    /// An application, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn application_for_update(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Option<Application>, StoreError> {
        let row = applications::table.find(id);
        let row: Option<Columns> = match &mut self.0.connection {
            AnyConnection::Sqlite(sqlite) => {
                row.select(Columns::as_select()).first(sqlite).optional()?
            }
            AnyConnection::Postgres(postgres) => row
                .select(Columns::as_select())
                .for_update()
                .get_result(postgres)
                .optional()?,
        };
        row.map(|row| self.decode_application(row)).transpose()
    }

    /// Enters a draft; one that expired makes room for it.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the open draft, or another [`StoreError`].
    pub(crate) fn insert_draft(
        &mut self,
        draft: &Draft,
        expired_before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(applications::table)
            .filter(applications::client_id.eq(&draft.client_id))
            .filter(applications::progress.eq("draft"))
            .filter(applications::drafted_at.le(micros(expired_before)))
            .set(applications::progress.eq("expired"))
            .execute(self.connection)?;
        let representative = draft.representative.as_ref();
        let representative = representative
            .map(|who| self.encrypt_representative(&draft.id, who))
            .transpose()?;
        diesel::insert_into(applications::table)
            .values(Columns {
                id: draft.id.clone(),
                number: draft.number.clone(),
                kind: draft.kind.name().to_owned(),
                client_id: draft.client_id.clone(),
                branch_code: draft.branch_code.clone(),
                drafted_by: draft.drafted_by.clone(),
                drafted_at: micros(draft.drafted_at),
                identity_document: draft.identity_document.name().to_owned(),
                representative_encrypted: representative,
                progress: "draft".to_owned(),
                end: End::default(),
            })
            .execute(self.connection)?;
        Ok(())
    }

    /// Writes how an application ended. Says whether it was a draft still: of two who end it at once,
    /// one does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_draft(&mut self, ended: &Application) -> Result<bool, StoreError> {
        let (name, at, by, signed_on, reason) = match ended.progress() {
            Progress::Draft => return Ok(false),
            Progress::Completed { at, by, signed_on } => {
                ("completed", at, by, Some(signed_on.to_string()), None)
            }
            Progress::Cancelled { at, by, reason } => ("cancelled", at, by, None, Some(reason)),
        };
        let ended = diesel::update(applications::table.find(&ended.draft.id))
            .filter(applications::progress.eq("draft"))
            .set((
                applications::progress.eq(name),
                applications::ended_at.eq(micros(*at)),
                applications::ended_by.eq(by),
                applications::signed_on.eq(signed_on),
                applications::cancel_reason.eq(reason),
            ))
            .execute(self.connection)?;
        Ok(ended == 1)
    }

    /// Cancels a client's draft, if one is open that was drafted after a time. Gives its id. Nothing else of
    /// it is read, so that a draft that cannot be decrypted is no obstacle. The caller has to have locked
    /// the passphrase, or the application may be completed meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn cancel_draft_of(
        &mut self,
        client_id: &ClientId,
        drafted_after: DateTime<Utc>,
        (at, by, reason): (DateTime<Utc>, &StaffId, &str),
    ) -> Result<Option<ApplicationId>, StoreError> {
        let open: Option<ApplicationId> = applications::table
            .filter(applications::client_id.eq(client_id))
            .filter(applications::progress.eq("draft"))
            .filter(applications::drafted_at.gt(micros(drafted_after)))
            .select(applications::id)
            .first(self.connection)
            .optional()?;
        if let Some(id) = &open {
            diesel::update(applications::table.find(id))
                .set((
                    applications::progress.eq("cancelled"),
                    applications::ended_at.eq(micros(at)),
                    applications::ended_by.eq(by),
                    applications::cancel_reason.eq(reason),
                ))
                .execute(self.connection)?;
        }
        Ok(open)
    }

    /// The next number of a series, from 1, without gaps.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn next_number(&mut self, series: &str) -> Result<i64, StoreError> {
        let counter = counters::table.find(series);
        let raise = diesel::update(counter).set(counters::value.eq(counters::value + 1));
        if raise.execute(self.connection)? == 0 {
            let first = diesel::insert_into(counters::table)
                .values((counters::name.eq(series), counters::value.eq(1)));
            match &mut self.0.connection {
                AnyConnection::Sqlite(sqlite) => first.execute(sqlite)?,
                // Two branches may start a series in the same moment; the second raises the first's.
                AnyConnection::Postgres(postgres) => first
                    .on_conflict(counters::name)
                    .do_update()
                    .set(counters::value.eq(counters::value + 1))
                    .execute(postgres)?,
            };
        }
        let number = counter
            .select(counters::value)
            .first::<i64>(self.connection)?;
        one_row("counters", series, usize::from(number > 0))?;
        Ok(number)
    }
}
