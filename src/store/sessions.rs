//! Sessions: who is signed in, and until when.

use chrono::{DateTime, Utc};
use diesel::{Connection as _, prelude::*};

use super::{
    access::Tx,
    columns::{micros, moment, one_row},
    engine::connection::AnyConnection,
    error::{Outcome, StoreError},
    lookups::in_order,
    schema::{sessions, staff},
};
use crate::domain::{
    id::{SessionId, StaffId},
    role::{Actor, Role},
};

/// A session to be opened.
#[derive(Clone)]
pub(crate) struct SessionRow {
    /// its id, which is the token's
    pub id: SessionId,
    /// whose
    pub staff_id: StaffId,
    /// since when
    pub issued_at: DateTime<Utc>,
    /// until when
    pub expires_at: DateTime<Utc>,
}

/// Somebody in a valid session, as they are now.
#[derive(Clone)]
pub(crate) struct SignedIn {
    /// who
    pub actor: Actor,
    /// a one-time password has still to be changed
    pub must_change_password: bool,
}

/// A session and its owner, as they are stored.
pub(super) struct StoredSession {
    signed_in: SignedIn,
    is_active: bool,
    expires_at: DateTime<Utc>,
    has_ended: bool,
}

impl StoredSession {
    /// Who is in it, if it is valid at `now`: it was not ended, and its owner is active.
    pub(super) fn at(self, now: DateTime<Utc>) -> Option<SignedIn> {
        (self.is_active && !self.has_ended && now < self.expires_at).then_some(self.signed_in)
    }
}

/// A session with what is needed of its owner.
#[derive(Clone, Queryable)]
struct Columns {
    session_id: SessionId,
    staff_id: StaffId,
    login: String,
    role: String,
    branch_code: Option<String>,
    is_active: bool,
    one_time_until: Option<i64>,
    expires_at: i64,
    ended_at: Option<i64>,
}

/// Sessions with their owners, by session id.
pub(super) fn find(
    connection: &mut AnyConnection,
    ids: &[&str],
) -> Outcome<Vec<Outcome<Option<StoredSession>>>> {
    let columns = (
        sessions::id,
        staff::id,
        staff::login,
        staff::role,
        staff::branch_code,
        staff::is_active,
        staff::one_time_until,
        sessions::expires_at,
        sessions::ended_at,
    );
    let with_owners = sessions::table.inner_join(staff::table);
    match connection {
        AnyConnection::Sqlite(sqlite) => sqlite.transaction(|sqlite| {
            let find_one = |id: &&str| {
                let own = with_owners.filter(sessions::id.eq(*id)).select(columns);
                let row: Option<Columns> = own.get_result(sqlite).optional()?;
                Ok(row.map(decode).transpose())
            };
            ids.iter().map(find_one).collect()
        }),
        AnyConnection::Postgres(postgres) => {
            let rows: Vec<Columns> = with_owners
                .filter(sessions::id.eq_any(ids.iter().copied()))
                .select(columns)
                .load(postgres)?;
            let rows = rows
                .into_iter()
                .map(|row| (row.session_id.to_string(), row));
            Ok(in_order(ids, rows, decode))
        }
    }
}

fn decode(row: Columns) -> Result<StoredSession, StoreError> {
    let role = Role::from_name(&row.role)
        .ok_or_else(|| StoreError::corrupt("staff", &row.staff_id, "no such role"))?;
    Ok(StoredSession {
        is_active: row.is_active,
        expires_at: moment("sessions", &row.session_id, row.expires_at)?,
        has_ended: row.ended_at.is_some(),
        signed_in: SignedIn {
            actor: Actor {
                id: row.staff_id,
                login: row.login,
                role,
                branch_code: row.branch_code,
                session_id: row.session_id,
            },
            must_change_password: row.one_time_until.is_some(),
        },
    })
}

impl Tx<'_> {
    /// Opens a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn open_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(&session.id),
                sessions::staff_id.eq(&session.staff_id),
                sessions::issued_at.eq(micros(session.issued_at)),
                sessions::expires_at.eq(micros(session.expires_at)),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Ends one session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_session(
        &mut self,
        id: &SessionId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ended = diesel::update(sessions::table.find(id))
            .set(sessions::ended_at.eq(micros(now)))
            .execute(self.connection)?;
        one_row("sessions", id, ended)
    }

    /// Ends every session of somebody, but the one they are changing their password in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_sessions_of(
        &mut self,
        staff_id: &StaffId,
        but: Option<&SessionId>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(sessions::table)
            .filter(sessions::staff_id.eq(staff_id))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(but.map_or("", SessionId::as_str)))
            .set(sessions::ended_at.eq(micros(now)))
            .execute(self.connection)?;
        Ok(())
    }

    /// Ends every session there is. Gives how many were valid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_all_sessions(&mut self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let valid = sessions::expires_at.gt(micros(now));
        let number: i64 = sessions::table
            .filter(sessions::ended_at.is_null())
            .filter(valid)
            .count()
            .get_result(self.connection)?;
        diesel::update(sessions::table)
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(micros(now)))
            .execute(self.connection)?;
        Ok(usize::try_from(number).unwrap_or_default())
    }
}
