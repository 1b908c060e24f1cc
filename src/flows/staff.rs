//! Branches, staff and service accounts, as an admin manages them.

use chrono::TimeDelta;

use super::{
    Conflict, Page, Refusal,
    audit::missed,
    passwords::{CONSOLE, MadeSecret, make_first_secret},
};
use crate::{
    app::{App, foundation::Foundation},
    domain::{
        audit::{Action, Change, Details, Event, EventOutcome, Origin},
        id::StaffId,
        identifier::{BranchCode, Login},
        role::{Administer, Proof, Role, Staff},
        staff::ONE_TIME_PASSWORD_HOURS,
        validation::ValidationError,
    },
    store::{BranchRow, NewStaff, StaffChange, StaffRow, Store, Traced},
};

/// Creates a branch.
///
/// # Errors
/// [`Conflict::BranchCodeTaken`].
pub(crate) async fn open_branch(
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
        .outcome(EventOutcome::Created);
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
pub(crate) async fn list_branches(
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

/// Parsed staff data.
pub struct NewAccount {
    /// login, or client id
    pub login: Login,
    /// name
    pub name: String,
    /// role
    pub role: Role,
    /// branch; branch staff have one
    pub branch_code: Option<BranchCode>,
}

/// Creates staff or a service account, with a first secret that is shown once.
///
/// # Errors
/// [`Conflict::LoginTaken`], [`Refusal::Invalid`] where the branch is missing or unknown.
pub(crate) async fn enter(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    entry: NewAccount,
) -> Result<(StaffRow, MadeSecret), Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::StaffCreated);
    let entering = prepare(app, event, entry).await?;
    let secret = entering.secret.clone();
    let row = entering.commit(app).await?;
    Ok((row, secret))
}

/// Prepares to create staff from the command line, where the secret is shown before anything is written.
/// Whoever can run the program on the data with its keyring needs no other proof; the event has no actor
/// and says where it came from.
///
/// # Errors
/// As [`enter`].
pub async fn prepare_at_console(app: &App, entry: NewAccount) -> Result<Entering, Refusal> {
    let origin = Origin::own(CONSOLE);
    let event = Event::of_nobody(&origin, app.clock.now(), Action::StaffCreated);
    prepare(app, event, entry).await
}

/// Prepared staff: the first secret is generated, and nothing is stored yet.
pub struct Entering {
    /// to be shown once
    pub secret: MadeSecret,
    new: NewStaff,
    event: Event,
}

impl Entering {
    /// Stores them.
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

async fn prepare(app: &App, event: Event, entry: NewAccount) -> Result<Entering, Refusal> {
    if let Err(refusal) = check_branch(app, entry.role, entry.branch_code.as_ref()).await {
        if let Refusal::Invalid(errors) = &refusal {
            let refused = event
                .outcome(EventOutcome::Refused)
                .reason(errors[0].error.code());
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
    let branch_code = new.branch_code.as_ref();
    let details = Details {
        role: Some(Change {
            old: None,
            new: Some(new.role),
        }),
        branch_code: branch_code.map(|code| Change {
            old: None,
            new: Some(code.as_str().to_owned()),
        }),
        ..Details::default()
    };
    let event = event
        .subject(&new.id)
        .outcome(EventOutcome::Created)
        .details(details);
    Ok(Entering { secret, new, event })
}

async fn check_branch(app: &App, role: Role, code: Option<&BranchCode>) -> Result<(), Refusal> {
    match code {
        None if role == Role::Branch => {
            Err(Refusal::invalid("/branch_code", ValidationError::Missing))
        }
        None => Ok(()),
        Some(code) => check_known(app, code).await,
    }
}

async fn check_known(app: &App, code: &BranchCode) -> Result<(), Refusal> {
    let code = code.clone();
    let known = app.store.read(move |reader| reader.branch(&code)).await?;
    known
        .map(|_| ())
        .ok_or_else(|| Refusal::invalid("/branch_code", ValidationError::UnknownBranch))
}

/// A member of staff.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn read(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &StaffId,
) -> Result<StaffRow, Refusal> {
    let requested = id.to_owned();
    let found = app
        .store
        .read(move |reader| reader.staff(&requested))
        .await?;
    let Some(staff) = found else {
        return Err(missed(app, proof.actor(), origin, Action::StaffViewed, id).await);
    };
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::StaffViewed)
        .subject(id)
        .outcome(EventOutcome::Read);
    app.store.record(event).await?;
    Ok(staff)
}

/// The signed-in member of staff.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn me(app: &App, proof: &Proof<Staff>) -> Result<StaffRow, Refusal> {
    let id = proof.actor().id.clone();
    app.store
        .read(move |reader| reader.staff(&id))
        .await?
        .ok_or(Refusal::Unknown)
}

/// Staff by login.
pub(crate) async fn list(
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
    app.store
        .record(event.outcome(EventOutcome::Listed))
        .await?;
    Ok(Page::of(rows, limit, |staff| staff.login.clone()))
}

/// Changes staff. Whoever is disabled or gets another role is signed out everywhere. The decision is made
/// on the locked row, so that two changes at once leave no state that neither could make alone.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::LastAdmin`], [`Refusal::Invalid`] where branch and role do not
/// fit, or where a person would become a service account or the other way round.
pub(crate) async fn change(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &StaffId,
    change: StaffChange,
) -> Result<StaffRow, Refusal> {
    if let Some(Some(code)) = &change.branch_code {
        check_known(app, code).await?;
    }
    let event = Event::by(proof.actor(), origin, app.clock.now(), Action::StaffChanged);
    change_locked(&app.store, event, id.to_owned(), change).await
}

async fn change_locked(
    store: &Store,
    event: Event,
    id: StaffId,
    change: StaffChange,
) -> Result<StaffRow, Refusal> {
    let now = event.at;
    let event = event.subject(&id);
    store
        .write(move |tx| {
            // Admins are locked before the row itself, in the same order everywhere.
            let admins = tx.count_active_admins()?;
            let before = tx.staff_for_update(&id)?;
            let before = match allowed(before, &change, admins) {
                Ok(before) => before,
                Err((refusal, why)) => {
                    let refused = event.clone().outcome(EventOutcome::Refused).reason(why);
                    return Ok(Traced::new(Err(refusal), refused));
                }
            };
            tx.change_staff(&id, &change)?;
            let loses_role = change.role.is_some_and(|role| role != before.role);
            if loses_role || change.is_active == Some(false) {
                tx.end_sessions_of(&id, None, now)?;
            }
            let Some(after) = tx.staff(&id)? else {
                let gone = event
                    .clone()
                    .outcome(EventOutcome::Refused)
                    .reason("unknown");
                return Ok(Traced::new(Err(Refusal::Unknown), gone));
            };
            let changed = changed(event.clone(), &before, &after);
            Ok(Traced::new(Ok(after), changed))
        })
        .await?
}

/// All staff by login, for the command line.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn list_at_console(foundation: &Foundation) -> Result<Vec<StaffRow>, Refusal> {
    const PAGE: i64 = 200;
    let mut all: Vec<StaffRow> = Vec::new();
    loop {
        let after = all.last().map_or_else(String::new, |row| row.login.clone());
        let read = foundation
            .store
            .read(move |reader| reader.list_staff(&after, PAGE));
        let page = read.await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let (origin, now) = (Origin::own(CONSOLE), foundation.clock.now());
    let event = Event::of_nobody(&origin, now, Action::StaffViewed).outcome(EventOutcome::Listed);
    foundation.store.record(event).await?;
    Ok(all)
}

/// Disables somebody from the command line; their sessions end.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::LastAdmin`].
pub async fn disable_at_console(
    foundation: &Foundation,
    login: Login,
) -> Result<StaffRow, Refusal> {
    let store = &foundation.store;
    let found = store
        .read(move |reader| reader.staff_by_login(&login))
        .await?;
    let found = found.ok_or(Refusal::Unknown)?;
    let change = StaffChange {
        is_active: Some(false),
        ..StaffChange::default()
    };
    let (origin, now) = (Origin::own(CONSOLE), foundation.clock.now());
    let event = Event::of_nobody(&origin, now, Action::StaffChanged);
    change_locked(store, event, found.id, change).await
}

/// The row before the change, if the change is allowed; else the refusal, and its reason for the audit.
fn allowed(
    before: Option<StaffRow>,
    change: &StaffChange,
    active_admins: usize,
) -> Result<StaffRow, (Refusal, &'static str)> {
    let before = before.ok_or((Refusal::Unknown, "unknown"))?;
    let invalid = |pointer, error: ValidationError| {
        let code = error.code();
        (Refusal::invalid(pointer, error), code)
    };
    let role = change.role.unwrap_or(before.role);
    if (role == Role::LoanSystem) != (before.role == Role::LoanSystem) {
        return Err(invalid("/role", ValidationError::Contradiction));
    }
    let has_branch = match &change.branch_code {
        Some(code) => code.is_some(),
        None => before.branch_code.is_some(),
    };
    if role == Role::Branch && !has_branch {
        return Err(invalid("/branch_code", ValidationError::Missing));
    }
    let was_admin = before.is_active && before.role == Role::Admin;
    let stays_admin = change.is_active.unwrap_or(before.is_active) && role == Role::Admin;
    if was_admin && !stays_admin && active_admins <= 1 {
        return Err((Refusal::Conflict(Conflict::LastAdmin), "last_admin"));
    }
    Ok(before)
}

/// The event of a change, with the old and new values. Of a name only the field is recorded: it is personal
/// data.
fn changed(event: Event, before: &StaffRow, after: &StaffRow) -> Event {
    let role = Change::between(Some(before.role), Some(after.role));
    let branch_code = Change::between(before.branch_code.clone(), after.branch_code.clone());
    let status = Change::between(Some(before.status().into()), Some(after.status().into()));
    let fields = [
        ("name", before.name != after.name),
        ("role", role.is_some()),
        ("branch_code", branch_code.is_some()),
        ("status", status.is_some()),
    ];
    let changed: Vec<_> = fields
        .into_iter()
        .filter_map(|(name, is_changed)| is_changed.then_some(name))
        .collect();
    if changed.is_empty() {
        return event.outcome(EventOutcome::Unchanged);
    }
    event.outcome(EventOutcome::Changed).details(Details {
        role,
        branch_code,
        status,
        ..Details::changed(&changed)
    })
}
