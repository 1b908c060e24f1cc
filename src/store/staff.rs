//! Branches, staff and service accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    access::{Reader, Tx},
    columns::{maybe_moment, micros, moment, one_row},
    engine::connection::AnyConnection,
    error::StoreError,
    schema::{branches, staff},
    vault::Cell,
};
use crate::domain::{
    id::StaffId,
    identifier::{BranchCode, Login},
    role::Role,
};

/// A branch.
#[derive(Clone, Debug)]
pub(crate) struct BranchRow {
    /// its code
    pub code: String,
    /// its name
    pub name: String,
    /// its city
    pub city: Option<String>,
    /// when it was opened
    pub created_at: DateTime<Utc>,
}

/// A member of staff, or a service account.
#[derive(Clone)]
pub struct StaffRow {
    /// id
    pub id: StaffId,
    /// login, or client id
    pub login: String,
    /// name
    pub name: String,
    /// role
    pub role: Role,
    /// branch, where there is one
    pub branch_code: Option<String>,
    /// whether they may sign in
    pub is_active: bool,
    /// the hash of the password or client secret
    pub password_hash: String,
    /// the end of a one-time password's time, until it is changed
    pub one_time_until: Option<DateTime<Utc>>,
    /// when they were entered
    pub created_at: DateTime<Utc>,
}

impl StaffRow {
    /// The status, in the words of the contract.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.is_active { "active" } else { "disabled" }
    }
}

/// Staff to be entered.
#[derive(Clone)]
pub(crate) struct NewStaff {
    /// id
    pub id: StaffId,
    /// login, or client id
    pub login: Login,
    /// name
    pub name: String,
    /// role
    pub role: Role,
    /// branch, where there is one
    pub branch_code: Option<BranchCode>,
    /// the hash of the first password or client secret
    pub password_hash: String,
    /// the end of the one-time password's time
    pub one_time_until: Option<DateTime<Utc>>,
}

/// What an admin changes of staff; `None` leaves it.
#[derive(Clone, Default)]
pub(crate) struct StaffChange {
    /// another name
    pub name: Option<String>,
    /// another role
    pub role: Option<Role>,
    /// another branch, or none
    pub branch_code: Option<Option<BranchCode>>,
    /// whether they may sign in
    pub is_active: Option<bool>,
}

/// A row of the table.
#[derive(Queryable, Insertable)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
struct StaffColumns {
    id: StaffId,
    login: String,
    name_encrypted: Vec<u8>,
    role: String,
    branch_code: Option<String>,
    is_active: bool,
    password_hash: String,
    one_time_until: Option<i64>,
    created_at: i64,
}

/// The columns that a [`StaffChange`] changes.
#[derive(AsChangeset)]
#[diesel(table_name = staff)]
struct ChangedColumns<'c> {
    name_encrypted: Option<Vec<u8>>,
    role: Option<&'static str>,
    branch_code: Option<Option<&'c str>>,
    is_active: Option<bool>,
}

#[derive(Queryable)]
struct BranchColumns {
    code: String,
    name: String,
    city: Option<String>,
    created_at: i64,
}

fn name_of(id: &str) -> Cell<'_> {
    Cell {
        table: "staff",
        column: "name",
        row: id,
    }
}

impl Reader<'_> {
    /// The member of staff with an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn staff(&mut self, id: &StaffId) -> Result<Option<StaffRow>, StoreError> {
        let row = staff::table.find(id).first(self.connection).optional()?;
        row.map(|row| self.decode_staff(row)).transpose()
    }

    /// The member of staff with a login.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn staff_by_login(&mut self, login: &Login) -> Result<Option<StaffRow>, StoreError> {
        let found = staff::table.filter(staff::login.eq(login.as_str()));
        let row = found.first(self.connection).optional()?;
        row.map(|row| self.decode_staff(row)).transpose()
    }

    /// Staff by login, after a login.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn list_staff(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<StaffRow>, StoreError> {
        let rows = staff::table
            .filter(staff::login.gt(after))
            .order(staff::login)
            .limit(limit)
            .load::<StaffColumns>(self.connection)?;
        rows.into_iter().map(|row| self.decode_staff(row)).collect()
    }

    /// Whether there is any staff at all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_staff(&mut self) -> Result<bool, StoreError> {
        let any = staff::table
            .select(staff::id)
            .limit(1)
            .load::<String>(self.connection)?;
        Ok(!any.is_empty())
    }

    /// The branch with a code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn branch(&mut self, code: &BranchCode) -> Result<Option<BranchRow>, StoreError> {
        let row = branches::table
            .find(code.as_str())
            .first(self.connection)
            .optional()?;
        row.map(decode_branch).transpose()
    }

    /// Branches by code, after a code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn list_branches(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<BranchRow>, StoreError> {
        let rows = branches::table
            .filter(branches::code.gt(after))
            .order(branches::code)
            .limit(limit)
            .load::<BranchColumns>(self.connection)?;
        rows.into_iter().map(decode_branch).collect()
    }

    fn decode_staff(&self, row: StaffColumns) -> Result<StaffRow, StoreError> {
        let name = self
            .vault
            .decrypt(name_of(&row.id), &row.name_encrypted)?
            .to_string();
        let role = Role::from_name(&row.role)
            .ok_or_else(|| StoreError::corrupt("staff", &row.id, "no such role"))?;
        Ok(StaffRow {
            one_time_until: maybe_moment("staff", &row.id, row.one_time_until)?,
            created_at: moment("staff", &row.id, row.created_at)?,
            id: row.id,
            login: row.login,
            name,
            role,
            branch_code: row.branch_code,
            is_active: row.is_active,
            password_hash: row.password_hash,
        })
    }
}

fn decode_branch(row: BranchColumns) -> Result<BranchRow, StoreError> {
    Ok(BranchRow {
        created_at: moment("branches", &row.code, row.created_at)?,
        code: row.code,
        name: row.name,
        city: row.city,
    })
}

impl Tx<'_> {
    /// The member of staff with an id, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn staff_for_update(
        &mut self,
        id: &StaffId,
    ) -> Result<Option<StaffRow>, StoreError> {
        let found = staff::table.find(id);
        let row = match &mut self.0.connection {
            // SQLite has one writer: nothing changes meanwhile.
            AnyConnection::Sqlite(sqlite) => found.first(sqlite).optional()?,
            AnyConnection::Postgres(postgres) => found.for_update().first(postgres).optional()?,
        };
        row.map(|row| self.decode_staff(row)).transpose()
    }

    /// Opens a branch.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the branch code, or another [`StoreError`].
    pub(crate) fn insert_branch(
        &mut self,
        code: &BranchCode,
        name: &str,
        city: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        diesel::insert_into(branches::table)
            .values((
                branches::code.eq(code.as_str()),
                branches::name.eq(name),
                branches::city.eq(city),
                branches::created_at.eq(micros(now)),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Enters staff.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the login, or another [`StoreError`].
    pub(crate) fn insert_staff(
        &mut self,
        new: &NewStaff,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let name = self.vault.encrypt(name_of(&new.id), &new.name);
        diesel::insert_into(staff::table)
            .values(StaffColumns {
                id: new.id.clone(),
                login: new.login.as_str().to_owned(),
                name_encrypted: name,
                role: new.role.name().to_owned(),
                branch_code: new
                    .branch_code
                    .as_ref()
                    .map(|code| code.as_str().to_owned()),
                is_active: true,
                password_hash: new.password_hash.clone(),
                one_time_until: new.one_time_until.map(micros),
                created_at: micros(now),
            })
            .execute(self.connection)?;
        Ok(())
    }

    /// Changes staff.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn change_staff(
        &mut self,
        id: &StaffId,
        change: &StaffChange,
    ) -> Result<(), StoreError> {
        let name = change.name.as_ref();
        let code = change.branch_code.as_ref();
        let columns = ChangedColumns {
            name_encrypted: name.map(|name| self.vault.encrypt(name_of(id), name)),
            role: change.role.map(Role::name),
            branch_code: code.map(|code| code.as_ref().map(BranchCode::as_str)),
            is_active: change.is_active,
        };
        let changed = diesel::update(staff::table.find(id))
            .set(columns)
            .execute(self.connection)
            .optional_empty_changeset()?;
        changed.map_or(Ok(()), |changed| one_row("staff", id, changed))
    }

    /// Gives staff another password; a one-time one has an end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn set_password(
        &mut self,
        id: &StaffId,
        hash: &str,
        one_time_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let changed = diesel::update(staff::table.find(id))
            .set((
                staff::password_hash.eq(hash),
                staff::one_time_until.eq(one_time_until.map(micros)),
            ))
            .execute(self.connection)?;
        one_row("staff", id, changed)
    }

    /// Ends the time of every one-time password. Gives how many were good.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn end_one_time_passwords(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        Ok(diesel::update(staff::table)
            .filter(staff::one_time_until.gt(micros(now)))
            .set(staff::one_time_until.eq(micros(now)))
            .execute(self.connection)?)
    }

    /// How many active admins there are. Their rows are locked until the transaction ends, so that two
    /// admins cannot disable each other at the same moment; in the order of ids, against deadlocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn count_active_admins(&mut self) -> Result<usize, StoreError> {
        let admins = staff::table
            .filter(staff::role.eq(Role::Admin.name()))
            .filter(staff::is_active.eq(true))
            .order(staff::id)
            .select(staff::id);
        let ids: Vec<String> = match &mut self.0.connection {
            // SQLite has one writer: nothing changes meanwhile.
            AnyConnection::Sqlite(sqlite) => admins.load(sqlite)?,
            AnyConnection::Postgres(postgres) => admins.for_update().load(postgres)?,
        };
        Ok(ids.len())
    }
}
