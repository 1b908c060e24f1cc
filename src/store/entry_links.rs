//! Entry links, from their making to their end. Codes and tokens are stored as keyed hashes alone.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx, UnauditedTx},
    columns::{count, maybe_moment, micros, moment, one_row},
    engine::connection::directly,
    error::StoreError,
    schema::entry_links,
};
use crate::domain::{
    entry::{EntryLink, LinkEnd},
    id::{ApplicationId, ClientId, EntryLinkId, StaffId},
};

const TABLE: &str = "entry_links";

/// A row of the table, but for its hashes and counts.
#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_links)]
struct Columns {
    id: EntryLinkId,
    application_id: ApplicationId,
    client_id: ClientId,
    made_by: StaffId,
    made_at: i64,
    signed_on: String,
    expires_at: i64,
    opened_at: Option<i64>,
    ended_because: Option<String>,
}

fn decode(row: Columns) -> Result<EntryLink, StoreError> {
    let corrupt = |why: &str| StoreError::corrupt(TABLE, &row.id, why);
    let signed_on: Option<NaiveDate> = row.signed_on.parse().ok();
    let end = row.ended_because.as_deref().map(|word| {
        let end = LinkEnd::from_name(word);
        end.ok_or_else(|| corrupt("no such end"))
    });
    Ok(EntryLink {
        made_at: moment(TABLE, &row.id, row.made_at)?,
        signed_on: signed_on.ok_or_else(|| corrupt("no day of signature"))?,
        expires_at: moment(TABLE, &row.id, row.expires_at)?,
        opened_at: maybe_moment(TABLE, &row.id, row.opened_at)?,
        end: end.transpose()?,
        id: row.id,
        application_id: row.application_id,
        client_id: row.client_id,
        made_by: row.made_by,
    })
}

impl Reader<'_> {
    /// The link with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn entry_link(&mut self, id: &EntryLinkId) -> Result<Option<EntryLink>, StoreError> {
        let row: Option<Columns> = entry_links::table
            .find(id)
            .select(Columns::as_select())
            .first(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }

    /// The newest link of an application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn newest_entry_link(
        &mut self,
        application_id: &ApplicationId,
    ) -> Result<Option<EntryLink>, StoreError> {
        let row: Option<Columns> = entry_links::table
            .filter(entry_links::application_id.eq(application_id))
            // Of several that were made in one moment, the one that has not ended.
            .order((
                entry_links::made_at.desc(),
                entry_links::ended_because.is_null().desc(),
            ))
            .select(Columns::as_select())
            .first(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }

    /// The link of a code, by the code's hash under each key that is read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn entry_link_by_code(
        &mut self,
        indexes: &[Vec<u8>],
    ) -> Result<Option<EntryLink>, StoreError> {
        let row: Option<Columns> = entry_links::table
            .filter(entry_links::code_index.eq_any(indexes.to_vec()))
            .select(Columns::as_select())
            .first(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }

    /// The link of a token, by the token's hash under each key that is read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn entry_link_by_token(
        &mut self,
        indexes: &[Vec<u8>],
    ) -> Result<Option<EntryLink>, StoreError> {
        let row: Option<Columns> = entry_links::table
            .filter(entry_links::token_index.eq_any(indexes.to_vec()))
            .select(Columns::as_select())
            .first(self.connection)
            .optional()?;
        row.map(decode).transpose()
    }
}

impl Tx<'_> {
    /// Enters a link under its code's hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn insert_entry_link(
        &mut self,
        link: &EntryLink,
        code_index: &[u8],
    ) -> Result<(), StoreError> {
        diesel::insert_into(entry_links::table)
            .values((
                entry_links::id.eq(&link.id),
                entry_links::application_id.eq(&link.application_id),
                entry_links::client_id.eq(&link.client_id),
                entry_links::made_by.eq(&link.made_by),
                entry_links::made_at.eq(micros(link.made_at)),
                entry_links::signed_on.eq(link.signed_on.to_string()),
                entry_links::code_index.eq(code_index),
                entry_links::expires_at.eq(micros(link.expires_at)),
                entry_links::tries.eq(0),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Opens a link for a token. Says whether it was still unused: of two who open it at once, one does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open_entry_link(
        &mut self,
        opened: &EntryLink,
        token_index: &[u8],
    ) -> Result<bool, StoreError> {
        let changed = diesel::update(entry_links::table.find(&opened.id))
            .filter(entry_links::opened_at.is_null())
            .filter(entry_links::ended_because.is_null())
            .set((
                entry_links::opened_at.eq(opened.opened_at.map(micros)),
                entry_links::expires_at.eq(micros(opened.expires_at)),
                entry_links::token_index.eq(token_index),
            ))
            .execute(self.connection)?;
        Ok(changed == 1)
    }

    /// Ends an application's link, if one can still be used at `now`. Gives its id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_entry_link(
        &mut self,
        application_id: &ApplicationId,
        now: DateTime<Utc>,
        why: LinkEnd,
    ) -> Result<Option<EntryLinkId>, StoreError> {
        let end = diesel::update(entry_links::table)
            .filter(entry_links::application_id.eq(application_id))
            .filter(entry_links::ended_because.is_null())
            .filter(entry_links::expires_at.gt(micros(now)))
            .set(entry_links::ended_because.eq(why.name()))
            .returning(entry_links::id);
        Ok(
            directly!(&mut *self.connection, connection => end.get_result(connection))
                .optional()?,
        )
    }

    /// Ends every link that has not ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_all_entry_links(&mut self) -> Result<(), StoreError> {
        diesel::update(entry_links::table)
            .filter(entry_links::ended_because.is_null())
            .set(entry_links::ended_because.eq(LinkEnd::AllEnded.name()))
            .execute(self.connection)?;
        Ok(())
    }
}

impl UnauditedTx<'_> {
    /// Counts a completion that is about to be tried over a link, unless `most` were. Gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn count_entry_try(
        &mut self,
        id: &EntryLinkId,
        most: u32,
    ) -> Result<Option<u32>, StoreError> {
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let raise = diesel::update(entry_links::table.find(id))
            .filter(entry_links::tries.lt(most))
            .set(entry_links::tries.eq(entry_links::tries + 1))
            .returning(entry_links::tries);
        let number: Option<i32> =
            directly!(&mut *self.connection, connection => raise.get_result(connection))
                .optional()?;
        let number = number.map(|number| count(TABLE, id, number));
        number.transpose()
    }

    /// Takes a counted completion back, which the service itself could not carry out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn take_entry_try_back(&mut self, id: &EntryLinkId) -> Result<(), StoreError> {
        let changed = diesel::update(entry_links::table.find(id))
            .set(entry_links::tries.eq(entry_links::tries - 1))
            .execute(self.connection)?;
        one_row(TABLE, id, changed)
    }
}
