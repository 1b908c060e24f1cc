//! Staff passwords: changed by their owner, or reset by an admin.

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{
    FieldError, Quota, Refusal,
    audit::missed,
    limits::{self, Rate},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        id::StaffId,
        identifier::Login,
        role::{Administer, Proof, Role, Staff},
        staff::{ONE_TIME_PASSWORD_HOURS, judge_password, normalized, spellings},
        validation::ValidationError,
    },
    secrets::{
        hasher::{Check, HashCandidate, Made, Renew},
        one_time,
    },
    store::{StaffRow, Traced},
};

/// The origin of what is done from the command line.
pub(super) const CONSOLE: &str = "cli";

/// Changes one's own password; every other session of that person ends.
///
/// # Errors
/// [`Refusal::Invalid`] where the current one is wrong or the new one weak, [`Refusal::Overloaded`],
/// [`Refusal::Limited`] after too many tries.
pub(crate) async fn change_own(
    app: &App,
    proof: &Proof<Staff>,
    origin: &Origin,
    current: SecretString,
    new: SecretString,
) -> Result<(), Refusal> {
    let actor = proof.actor().clone();
    let login = Login::parse(&actor.login).map_err(|error| Refusal::invalid("/login", error))?;
    let weak = judge_password(new.expose_secret(), &login).err();
    let now = app.clock.now();
    let rate = Rate::of(vec![format!("password:{}", actor.id)], app.settings.logins);
    // Checked before it enters the queue and counted when its turn has come, as for a sign-in.
    if let Err(limited) = rate.check(app).await? {
        return Err(limits::reached(app, &actor, origin, Quota::Logins, limited).await?);
    }
    let admission = app.hasher.admit().await?;
    if let Err(limited) = rate.take(app).await? {
        drop(admission);
        return Err(limits::reached(app, &actor, origin, Quota::Logins, limited).await?);
    }
    let id = actor.id.clone();
    let staff = app
        .store
        .read(move |reader| reader.staff(&id))
        .await?
        .ok_or(Refusal::Unknown)?;
    let is_same = normalized(current.expose_secret()) == normalized(new.expose_secret());
    let is_taken = weak.is_none() && !is_same;
    let mut candidates = candidates(&current);
    for candidate in &mut candidates {
        candidate.renew_as = Some(bytes(&new));
    }
    // The new hash is made in the same admission as the check: a second one could be refused for load.
    let check = Check {
        stored: Some(staff.password_hash.clone()),
        exact_tag: None,
        tries: candidates.len(),
        candidates,
        exact_form: None,
        renew: if is_taken {
            Renew::Always
        } else {
            Renew::Never
        },
    };
    let checked = admission.check(check).await?;
    let is_right = checked.matched.is_some();
    let event = Event::by(&actor, origin, now, Action::PasswordChanged).subject(&actor.id);
    let mut errors = Vec::new();
    if !is_right {
        errors.push(FieldError::at(
            "/current_password",
            ValidationError::WrongPassword,
        ));
    }
    let repeats = is_right && is_same;
    if let Some(error) = weak.or(repeats.then_some(ValidationError::WeakPassword)) {
        errors.push(FieldError::at("/new_password", error));
    }
    let made = match checked.renewed {
        Some(made) if errors.is_empty() => made,
        _ => {
            let refused = event.outcome(EventOutcome::Refused);
            app.store.record(refused).await?;
            return Err(Refusal::Invalid(errors));
        }
    };
    let changed = app
        .store
        .write(move |tx| {
            // An admin may have reset the password meanwhile, and then that one stays.
            let stored = tx.staff_for_update(&actor.id)?;
            if stored.is_none_or(|stored| stored.password_hash != staff.password_hash) {
                return Ok(Traced::new(
                    false,
                    event.clone().outcome(EventOutcome::Refused),
                ));
            }
            tx.set_password(&actor.id, &made.phc, None)?;
            tx.end_sessions_of(&actor.id, Some(&actor.session_id), now)?;
            Ok(Traced::new(
                true,
                event.clone().outcome(EventOutcome::Changed),
            ))
        })
        .await?;
    if changed {
        Ok(())
    } else {
        Err(Refusal::invalid(
            "/current_password",
            ValidationError::WrongPassword,
        ))
    }
}

/// A generated secret, to be shown once.
#[derive(Clone)]
pub struct MadeSecret {
    /// the secret
    pub secret: SecretString,
    /// whether it is a client secret rather than a one-time password
    pub is_client_secret: bool,
}

/// Makes a new one-time password, or for a service account a new client secret; all sessions end.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Overloaded`].
pub(crate) async fn reset(
    app: &App,
    proof: &Proof<Administer>,
    origin: &Origin,
    id: &StaffId,
) -> Result<MadeSecret, Refusal> {
    let requested = id.to_owned();
    let staff = app
        .store
        .read(move |reader| reader.staff(&requested))
        .await?;
    let Some(staff) = staff else {
        let action = Action::PasswordReset;
        return Err(missed(app, proof.actor(), origin, action, id).await);
    };
    let event = Event::by(
        proof.actor(),
        origin,
        app.clock.now(),
        Action::PasswordReset,
    );
    let renewing = prepare(app, event, staff).await?;
    let secret = renewing.secret.clone();
    renewing.commit(app).await?;
    Ok(secret)
}

/// Makes a new one-time password or client secret from the command line, for instance for an admin who has
/// lost the password; see [`super::staff::at_console::prepare_entry`].
///
/// # Errors
/// As [`reset`].
pub async fn prepare_at_console(app: &App, login: Login) -> Result<Renewing, Refusal> {
    let staff = app
        .store
        .read(move |reader| reader.staff_by_login(&login))
        .await?
        .ok_or(Refusal::Unknown)?;
    let origin = Origin::own(CONSOLE);
    let event = Event::of_nobody(&origin, app.clock.now(), Action::PasswordReset);
    prepare(app, event, staff).await
}

/// A generated secret that is not in force yet.
pub struct Renewing {
    /// to be shown once
    pub secret: MadeSecret,
    staff: StaffRow,
    made: Made,
    event: Event,
}

impl Renewing {
    /// Puts it in force and ends all sessions of its owner, who is given.
    pub async fn commit(self, app: &App) -> Result<StaffRow, Refusal> {
        let Self {
            staff, made, event, ..
        } = self;
        let now = event.at;
        let is_person = staff.role != Role::LoanSystem;
        let until = is_person.then(|| now + TimeDelta::hours(ONE_TIME_PASSWORD_HOURS));
        let id = staff.id.clone();
        let event = event.subject(&id).outcome(EventOutcome::Made);
        app.store
            .write(move |tx| {
                tx.set_password(&id, &made.phc, until)?;
                tx.end_sessions_of(&id, None, now)?;
                Ok(Traced::new((), event.clone()))
            })
            .await?;
        Ok(staff)
    }
}

async fn prepare(app: &App, event: Event, staff: StaffRow) -> Result<Renewing, Refusal> {
    let (secret, made) = make_first_secret(app, staff.role).await?;
    Ok(Renewing {
        secret,
        staff,
        made,
        event,
    })
}

/// Makes the first secret of a role, and its hash.
pub(super) async fn make_first_secret(
    app: &App,
    role: Role,
) -> Result<(MadeSecret, Made), Refusal> {
    let is_client_secret = role == Role::LoanSystem;
    let secret = if is_client_secret {
        one_time::client_secret(&app.rng)
    } else {
        one_time::one_time_password(&app.rng)
    };
    let made = app.hasher.admit().await?.make(bytes(&secret), None).await?;
    Ok((
        MadeSecret {
            secret,
            is_client_secret,
        },
        made,
    ))
}

/// A password's bytes as they are hashed.
pub(super) fn bytes(password: &SecretString) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(normalized(password.expose_secret()).as_bytes().to_vec())
}

/// What was typed, in each spelling that may have been hashed. A match by an older spelling renews the hash
/// under the current one.
pub(super) fn candidates(typed: &SecretString) -> Vec<HashCandidate> {
    let today = bytes(typed);
    let candidates = spellings(typed.expose_secret())
        .into_iter()
        .map(|spelling| {
            let secret = Zeroizing::new(spelling.as_bytes().to_vec());
            HashCandidate {
                renew_as: (secret != today).then(|| today.clone()),
                secret,
            }
        });
    candidates.collect()
}
