//! Sessions: who is signed in, and until when.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    Reader, StoreError, Tx,
    connection::directly,
    micros, moment, one_row,
    schema::{sessions, staff},
};
use crate::domain::role::{Actor, Role};

/// A session to be opened.
#[derive(Clone)]
pub struct SessionRow {
    /// its id, which is the token's
    pub id: String,
    /// whose
    pub staff_id: String,
    /// since when
    pub issued_at: DateTime<Utc>,
    /// until when
    pub expires_at: DateTime<Utc>,
}

/// Somebody in a session that holds, as they are now.
#[derive(Clone)]
pub struct SignedIn {
    /// who
    pub actor: Actor,
    /// a one-time password has still to be changed
    pub must_change_password: bool,
}

impl Reader<'_> {
    /// Who is in a session, if it holds at `now`: it was not ended, and its owner is active.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn signed_in(
        &mut self,
        session_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<SignedIn>, StoreError> {
        type Columns = (
            String,
            String,
            String,
            Option<String>,
            bool,
            Option<i64>,
            i64,
            Option<i64>,
        );
        let session = sessions::table
            .inner_join(staff::table)
            .filter(sessions::id.eq(session_id))
            .select((
                staff::id,
                staff::login,
                staff::role,
                staff::branch_code,
                staff::is_active,
                staff::one_time_until,
                sessions::expires_at,
                sessions::ended_at,
            ));
        let row: Option<Columns> =
            directly!(self.connection, connection => session.get_result(connection)).optional()?;
        let Some((id, login, role, branch_code, is_active, one_time_until, expires_at, ended_at)) =
            row
        else {
            return Ok(None);
        };
        if !is_active || ended_at.is_some() || moment("sessions", session_id, expires_at)? <= now {
            return Ok(None);
        }
        let role = Role::from_name(&role)
            .ok_or_else(|| StoreError::corrupt("staff", &id, "no such role"))?;
        let actor = Actor {
            id,
            login,
            role,
            branch_code,
            session_id: session_id.to_owned(),
        };
        Ok(Some(SignedIn {
            actor,
            must_change_password: one_time_until.is_some(),
        }))
    }
}

impl Tx<'_> {
    /// Opens a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
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
    pub fn end_session(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let ended = diesel::update(sessions::table.find(id))
            .set(sessions::ended_at.eq(micros(now)))
            .execute(self.connection)?;
        one_row("sessions", id, ended)
    }

    /// Ends every session of somebody, but the one they are changing their password in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_sessions_of(
        &mut self,
        staff_id: &str,
        but: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::update(sessions::table)
            .filter(sessions::staff_id.eq(staff_id))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(but.unwrap_or_default()))
            .set(sessions::ended_at.eq(micros(now)))
            .execute(self.connection)?;
        Ok(())
    }
}
