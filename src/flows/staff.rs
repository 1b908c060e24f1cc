//! Branches, staff and service accounts, as an admin keeps them.

use chrono::TimeDelta;

use super::{
    Conflict, Page, Refusal,
    passwords::{MadeSecret, make_first_secret},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        flaw::Flaw,
        identifier::{BranchCode, Login},
        role::{Administer, Proof, Role, Staff},
        staff::ONE_TIME_PASSWORD_HOURS,
    },
    store::{BranchRow, NewStaff, StaffChange, StaffRow, Traced},
};

/// The origin of what is done on the machine itself.
pub(super) const CONSOLE: &str = "cli";

/// Opens a branch.
///
/// # Errors
/// [`Conflict::BranchCodeTaken`].
pub async fn open_branch(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    code: BranchCode,
    name: String,
    city: Option<String>,
) -> Result<BranchRow, Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::BranchCreated)
        .subject(code.as_str())
        .outcome("created");
    let branch = BranchRow {
        code: code.as_str().to_owned(),
        name,
        city,
        created_at: now,
    };
    let row = branch.clone();
    app.store
        .write(move |tx| {
            tx.insert_branch(&code, &row.name, row.city.as_deref(), now)?;
            Ok(Traced::new((), event.clone()))
        })
        .await?;
    Ok(branch)
}

/// Branches by code.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn list_branches(
    app: &App,
    _proof: &Proof<Administer>,
    after: Option<String>,
    limit: i64,
) -> Result<Page<BranchRow>, Refusal> {
    let after = after.unwrap_or_default();
    let rows = app
        .store
        .read(move |reader| reader.list_branches(&after, limit + 1))
        .await?;
    Ok(Page::of(rows, limit, |branch| branch.code.clone()))
}

/// Staff to be entered, as parsed.
pub struct Entry {
    /// login, or client id
    pub login: Login,
    /// name
    pub name: String,
    /// role
    pub role: Role,
    /// branch; branch staff have one
    pub branch_code: Option<BranchCode>,
}

/// Enters staff or a service account, with a first secret that is shown once.
///
/// # Errors
/// [`Conflict::LoginTaken`], [`Refusal::Invalid`] where the branch is missing or unknown.
pub async fn enter(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    entry: Entry,
) -> Result<(StaffRow, MadeSecret), Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::StaffCreated);
    let entering = prepare(app, event, entry).await?;
    let secret = entering.secret.clone();
    let row = entering.commit(app).await?;
    Ok((row, secret))
}

/// Prepares to enter staff from the machine's own console, where the secret is shown before anything is
/// written. Whoever can run the program on the data with its keyring needs no other proof; the event has
/// no actor and says where it came from.
///
/// # Errors
/// As [`enter`].
pub async fn prepare_at_console(app: &App, entry: Entry) -> Result<Entering, Refusal> {
    let origin = Origin::own(CONSOLE);
    let event = Event::of_nobody(&origin, app.clock.now(), Action::StaffCreated);
    prepare(app, event, entry).await
}

/// Staff whose first secret is made, and who are not entered yet.
pub struct Entering {
    /// to be shown once
    pub secret: MadeSecret,
    new: NewStaff,
    event: Event,
}

impl Entering {
    /// Enters them.
    ///
    /// # Errors
    /// [`Conflict::LoginTaken`], [`Refusal::Store`].
    pub async fn commit(self, app: &App) -> Result<StaffRow, Refusal> {
        let Self { new, event, .. } = self;
        let (id, now) = (new.id.clone(), event.at);
        let row = app
            .store
            .write(move |tx| {
                tx.insert_staff(&new, now)?;
                let row = tx.staff(&id)?;
                Ok(Traced::new(row, event.clone()))
            })
            .await?;
        row.ok_or(Refusal::Unknown)
    }
}

async fn prepare(app: &App, event: Event, entry: Entry) -> Result<Entering, Refusal> {
    check_branch(app, entry.role, entry.branch_code.as_ref()).await?;
    let login = entry.login.clone();
    if app
        .store
        .read(move |reader| reader.staff_by_login(&login))
        .await?
        .is_some()
    {
        return Err(Refusal::Conflict(Conflict::LoginTaken));
    }
    let (secret, made) = make_first_secret(app, entry.role).await?;
    let now = event.at;
    let is_person = entry.role != Role::LoanSystem;
    let new = NewStaff {
        id: app.new_id(),
        login: entry.login,
        name: entry.name,
        role: entry.role,
        branch_code: entry.branch_code,
        password_hash: made.phc,
        one_time_until: is_person.then(|| now + TimeDelta::hours(ONE_TIME_PASSWORD_HOURS)),
    };
    let event = event
        .subject(&new.id)
        .outcome("created")
        .reason(new.role.name());
    Ok(Entering { secret, new, event })
}

async fn check_branch(app: &App, role: Role, code: Option<&BranchCode>) -> Result<(), Refusal> {
    match code {
        None if role == Role::Branch => Err(Refusal::invalid("/branch_code", Flaw::Missing)),
        None => Ok(()),
        Some(code) => {
            let wanted = code.clone();
            let known = app.store.read(move |reader| reader.branch(&wanted)).await?;
            known
                .map(|_| ())
                .ok_or_else(|| Refusal::invalid("/branch_code", Flaw::UnknownBranch))
        }
    }
}

/// A member of staff.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn read(app: &App, _proof: &Proof<Administer>, id: &str) -> Result<StaffRow, Refusal> {
    let id = id.to_owned();
    app.store
        .read(move |reader| reader.staff(&id))
        .await?
        .ok_or(Refusal::Unknown)
}

/// Oneself.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn me(app: &App, proof: &Proof<Staff>) -> Result<StaffRow, Refusal> {
    let id = proof.actor().id.clone();
    app.store
        .read(move |reader| reader.staff(&id))
        .await?
        .ok_or(Refusal::Unknown)
}

/// Staff by login.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn list(
    app: &App,
    _proof: &Proof<Administer>,
    after: Option<String>,
    limit: i64,
) -> Result<Page<StaffRow>, Refusal> {
    let after = after.unwrap_or_default();
    let rows = app
        .store
        .read(move |reader| reader.list_staff(&after, limit + 1))
        .await?;
    Ok(Page::of(rows, limit, |staff| staff.login.clone()))
}

/// Changes staff. Whoever is disabled or gets another role is signed out everywhere.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::LastAdmin`], [`Refusal::Invalid`] where branch and role do not
/// fit, or where a person would become a service account or the other way round.
pub async fn change(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &str,
    change: StaffChange,
) -> Result<StaffRow, Refusal> {
    let held = read(app, proof, id).await?;
    let role = change.role.unwrap_or(held.role);
    if (role == Role::LoanSystem) != (held.role == Role::LoanSystem) {
        return Err(Refusal::invalid("/role", Flaw::Contradiction));
    }
    let branch = match &change.branch_code {
        Some(code) => code.clone(),
        None => held
            .branch_code
            .as_deref()
            .and_then(|code| BranchCode::parse(code).ok()),
    };
    check_branch(app, role, branch.as_ref()).await?;
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::StaffChanged).subject(&held.id);
    let id = held.id;
    app.store
        .write(move |tx| {
            let Some(before) = tx.staff(&id)? else {
                return Ok(Traced::new(
                    Err(Refusal::Unknown),
                    event.clone().outcome("refused"),
                ));
            };
            let was_admin = before.is_active && before.role == Role::Admin;
            let stays_admin = change.is_active.unwrap_or(before.is_active)
                && change.role.unwrap_or(before.role) == Role::Admin;
            if was_admin && !stays_admin && tx.count_active_admins()? <= 1 {
                let refused = event.clone().outcome("refused").reason("last_admin");
                return Ok(Traced::new(
                    Err(Refusal::Conflict(Conflict::LastAdmin)),
                    refused,
                ));
            }
            tx.change_staff(&id, &change)?;
            let loses_role = change.role.is_some_and(|role| role != before.role);
            if loses_role || change.is_active == Some(false) {
                tx.end_sessions_of(&id, None, now)?;
            }
            let after = tx.staff(&id)?.ok_or(Refusal::Unknown);
            Ok(Traced::new(after, event.clone().outcome("changed")))
        })
        .await?
}
