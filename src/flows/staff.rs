//! Branches, staff and service accounts, as an admin keeps them.

use chrono::TimeDelta;

use super::{
    Conflict, Page, Refusal,
    audit::missed,
    passwords::{MadeSecret, make_first_secret},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Detail, Event, Origin},
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
    if let Err(refusal) = check_branch(app, entry.role, entry.branch_code.as_ref()).await {
        if let Refusal::Invalid(flaws) = &refusal {
            let refused = event.outcome("refused").reason(flaws[0].flaw.code());
            app.store.record(refused).await?;
        }
        return Err(refusal);
    }
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
    let mut event = event
        .subject(&new.id)
        .outcome("created")
        .reason(new.role.name())
        .detail(&Detail::Role {
            old: None,
            new: new.role,
        });
    if let Some(code) = &new.branch_code {
        event = event.detail(&Detail::BranchCode {
            old: None,
            new: Some(code.as_str()),
        });
    }
    Ok(Entering { secret, new, event })
}

async fn check_branch(app: &App, role: Role, code: Option<&BranchCode>) -> Result<(), Refusal> {
    match code {
        None if role == Role::Branch => Err(Refusal::invalid("/branch_code", Flaw::Missing)),
        None => Ok(()),
        Some(code) => check_known(app, code).await,
    }
}

async fn check_known(app: &App, code: &BranchCode) -> Result<(), Refusal> {
    let code = code.clone();
    let known = app.store.read(move |reader| reader.branch(&code)).await?;
    known
        .map(|_| ())
        .ok_or_else(|| Refusal::invalid("/branch_code", Flaw::UnknownBranch))
}

/// A member of staff.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn read(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &str,
) -> Result<StaffRow, Refusal> {
    let wanted = id.to_owned();
    let found = app.store.read(move |reader| reader.staff(&wanted)).await?;
    let Some(staff) = found else {
        return Err(missed(app, proof.actor(), origin, Action::StaffViewed, id).await);
    };
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::StaffViewed)
        .subject(id)
        .outcome("read");
    app.store.record(event).await?;
    Ok(staff)
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
    proof: &Proof<Administer>,
    origin: &Origin,
    after: Option<String>,
    limit: i64,
) -> Result<Page<StaffRow>, Refusal> {
    let after = after.unwrap_or_default();
    let rows = app
        .store
        .read(move |reader| reader.list_staff(&after, limit + 1))
        .await?;
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::StaffViewed);
    app.store.record(event.outcome("listed")).await?;
    Ok(Page::of(rows, limit, |staff| staff.login.clone()))
}

/// Changes staff. Whoever is disabled or gets another role is signed out everywhere. What may be is
/// decided on the row as it is held, so that two changes at once leave nothing that neither could alone.
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
    if let Some(Some(code)) = &change.branch_code {
        check_known(app, code).await?;
    }
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::StaffChanged).subject(id);
    let id = id.to_owned();
    app.store
        .write(move |tx| {
            // Admins are held before the row itself, by everybody in this order.
            let admins = tx.count_active_admins()?;
            let before = tx.staff_for_update(&id)?;
            let before = match allowed(before, &change, admins) {
                Ok(before) => before,
                Err((refusal, why)) => {
                    let refused = event.clone().outcome("refused").reason(why);
                    return Ok(Traced::new(Err(refusal), refused));
                }
            };
            tx.change_staff(&id, &change)?;
            let loses_role = change.role.is_some_and(|role| role != before.role);
            if loses_role || change.is_active == Some(false) {
                tx.end_sessions_of(&id, None, now)?;
            }
            let Some(after) = tx.staff(&id)? else {
                let gone = event.clone().outcome("refused").reason("unknown");
                return Ok(Traced::new(Err(Refusal::Unknown), gone));
            };
            let changed = changed(event.clone(), &before, &after);
            Ok(Traced::new(Ok(after), changed))
        })
        .await?
}

/// Staff as they are, if they may be changed so; else the refusal, and the word for it in the audit.
fn allowed(
    before: Option<StaffRow>,
    change: &StaffChange,
    active_admins: usize,
) -> Result<StaffRow, (Refusal, &'static str)> {
    let before = before.ok_or((Refusal::Unknown, "unknown"))?;
    let invalid = |pointer, flaw: Flaw| {
        let code = flaw.code();
        (Refusal::invalid(pointer, flaw), code)
    };
    let role = change.role.unwrap_or(before.role);
    if (role == Role::LoanSystem) != (before.role == Role::LoanSystem) {
        return Err(invalid("/role", Flaw::Contradiction));
    }
    let has_branch = match &change.branch_code {
        Some(code) => code.is_some(),
        None => before.branch_code.is_some(),
    };
    if role == Role::Branch && !has_branch {
        return Err(invalid("/branch_code", Flaw::Missing));
    }
    let was_admin = before.is_active && before.role == Role::Admin;
    let stays_admin = change.is_active.unwrap_or(before.is_active) && role == Role::Admin;
    if was_admin && !stays_admin && active_admins <= 1 {
        return Err((Refusal::Conflict(Conflict::LastAdmin), "last_admin"));
    }
    Ok(before)
}

/// What a change changed. A name is a person's, so that only its field is told.
fn changed(event: Event, before: &StaffRow, after: &StaffRow) -> Event {
    let mut event = event;
    let mut fields = Vec::new();
    if before.name != after.name {
        fields.push("name");
    }
    if before.role != after.role {
        fields.push("role");
        event = event.detail(&Detail::Role {
            old: Some(before.role),
            new: after.role,
        });
    }
    if before.branch_code != after.branch_code {
        fields.push("branch_code");
        event = event.detail(&Detail::BranchCode {
            old: before.branch_code.as_deref(),
            new: after.branch_code.as_deref(),
        });
    }
    if before.is_active != after.is_active {
        fields.push("status");
        event = event.detail(&Detail::Status {
            old: before.status(),
            new: after.status(),
        });
    }
    if fields.is_empty() {
        return event.outcome("unchanged");
    }
    event.outcome("changed").detail(&Detail::Changed(&fields))
}
