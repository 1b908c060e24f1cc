//! Signing in and out. A wrong login and a wrong password have the same answer and the same cost; every try
//! is recorded, and tries are throttled by login.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::{Quota, Refusal, limits::Rate, passwords::candidates, throttled};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin, Who},
        identifier::Login,
        role::{Anyone, Proof, Role},
        staff::SESSION_HOURS,
    },
    secrets::{
        hasher::{Check, Renew},
        one_time,
        token::Claims,
    },
    store::{SessionRow, SignedIn, StaffRow, Traced},
};

/// A new session.
pub(crate) struct Session {
    /// the access token
    pub token: SecretString,
    /// seconds until it ends
    pub expires_in: i64,
    /// whose
    pub staff: StaffRow,
}

/// How one signs in: people with a password, service accounts with a client secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountKind {
    /// `POST /v1/sessions`
    Person,
    /// `POST /v1/oauth/token`
    Service,
}

impl AccountKind {
    fn admits(self, role: Role) -> bool {
        (role == Role::LoanSystem) == (self == Self::Service)
    }

    fn action(self) -> Action {
        match self {
            Self::Person => Action::SessionOpened,
            Self::Service => Action::TokenIssued,
        }
    }
}

/// Signs somebody in.
///
/// # Errors
/// [`Refusal::BadCredentials`], [`Refusal::Limited`], [`Refusal::Overloaded`].
pub(crate) async fn sign_in(
    app: &App,
    origin: &Origin,
    kind: AccountKind,
    login: Option<Login>,
    password: SecretString,
) -> Result<Session, Refusal> {
    let rates = rates(app, origin, login.as_ref());
    // What an address used up is no fact about the login that happened to come next.
    let of_login = |quota: Quota| login.as_ref().filter(|_| quota == Quota::Logins);
    // A flood under one login or from one address is refused before it enters the queue, and occupies no
    // worker while the refusal is written. A try is counted only when its turn has come, so that a request
    // that is refused for load uses up nothing.
    for (quota, rate) in &rates {
        if let Err(limited) = rate.check(app).await? {
            let refusal = Refusal::Limited(*quota, limited);
            return Err(turn_away(app, origin, kind, of_login(*quota), rate, refusal).await);
        }
    }
    let admission = app.hasher.admit().await?;
    for (quota, rate) in &rates {
        if let Err(limited) = rate.take(app).await? {
            drop(admission);
            let refusal = Refusal::Limited(*quota, limited);
            return Err(turn_away(app, origin, kind, of_login(*quota), rate, refusal).await);
        }
    }
    let known = match login.clone() {
        Some(login) => {
            app.store
                .read(move |reader| reader.staff_by_login(&login))
                .await?
        }
        None => None,
    };
    let now = app.clock.now();
    let may = |staff: &StaffRow| {
        staff.is_active
            && kind.admits(staff.role)
            && staff.one_time_until.is_none_or(|until| now < until)
    };
    let candidates = candidates(&password);
    let check = Check {
        stored: known.as_ref().map(|staff| staff.password_hash.clone()),
        exact_tag: None,
        tries: candidates.len(),
        candidates,
        exact_form: None,
        renew: Renew::WhenOutdated,
    };
    let checked = admission.check(check).await?;
    match known {
        Some(staff) if checked.matched.is_some() && may(&staff) => {
            let renewed = checked.renewed.map(|made| made.phc);
            open(app, origin, kind, staff, renewed, now).await
        }
        known => {
            refuse(app, origin, kind, known, now).await?;
            Err(Refusal::BadCredentials)
        }
    }
}

/// The rate limits of one login, and of the caller's address.
fn rates(app: &App, origin: &Origin, login: Option<&Login>) -> [(Quota, Rate); 2] {
    let name = login.map_or("", Login::as_str);
    // The rate is stored under a keyed hash of the login: somebody may have typed a password into that
    // field.
    let blind = app.keys.now().index.all("login", name);
    let names = blind
        .iter()
        .map(|tag| format!("login:{}", hex::encode(tag)));
    let settings = &app.settings;
    let of_address = Rate::of_address(app, origin, "sign-ins", settings.sign_ins);
    [
        (Quota::Logins, Rate::of(names.collect(), settings.logins)),
        (Quota::SignIns, of_address),
    ]
}

/// Counts a throttled sign-in, and gives the refusal, or the fault that kept it from being counted.
async fn turn_away(
    app: &App,
    origin: &Origin,
    kind: AccountKind,
    login: Option<&Login>,
    rate: &Rate,
    refusal: Refusal,
) -> Refusal {
    match throttled::count(app, origin, kind.action(), rate.name(), login).await {
        Ok(()) => refusal,
        Err(error) => error.into(),
    }
}

async fn open(
    app: &App,
    origin: &Origin,
    kind: AccountKind,
    staff: StaffRow,
    renewed: Option<String>,
    now: DateTime<Utc>,
) -> Result<Session, Refusal> {
    let lifetime = TimeDelta::hours(SESSION_HOURS);
    let session = SessionRow {
        id: one_time::session_id(&app.rng),
        staff_id: staff.id.clone(),
        issued_at: now,
        expires_at: now + lifetime,
    };
    let claims = Claims {
        staff_id: staff.id.clone(),
        session_id: session.id.clone(),
        role: staff.role.name().to_owned(),
        issued_at: now.timestamp(),
        expires_at: session.expires_at.timestamp(),
    };
    let mut event = Event::of_nobody(origin, now, kind.action())
        .subject(&staff.id)
        .outcome(EventOutcome::Opened);
    event.actor = Some(who(&staff));
    let (id, one_time_until) = (staff.id.clone(), staff.one_time_until);
    let password_hash = staff.password_hash.clone();
    let opened = app
        .store
        .write(move |tx| {
            // Since the read above an admin may have disabled the account or reset the password.
            let unchanged = tx
                .staff_for_update(&id)?
                .is_some_and(|now| now.is_active && now.password_hash == password_hash);
            if !unchanged {
                return Ok(Traced::new(
                    false,
                    event.clone().outcome(EventOutcome::Refused),
                ));
            }
            if let Some(hash) = &renewed {
                tx.set_password(&id, hash, one_time_until)?;
            }
            tx.open_session(&session)?;
            Ok(Traced::new(true, event.clone()))
        })
        .await?;
    if !opened {
        return Err(Refusal::BadCredentials);
    }
    let token = SecretString::from(app.keys.now().tokens.issue(&claims));
    Ok(Session {
        token,
        expires_in: lifetime.num_seconds(),
        staff,
    })
}

async fn refuse(
    app: &App,
    origin: &Origin,
    kind: AccountKind,
    known: Option<StaffRow>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let mut event = Event::of_nobody(origin, now, kind.action()).outcome(EventOutcome::Refused);
    // The owner of the login is the subject: the actor is not known to be them.
    event.subject_id = known.map(|staff| staff.id.into());
    app.store.record(event).await?;
    Ok(())
}

fn who(staff: &StaffRow) -> Who {
    Who {
        id: staff.id.clone(),
        login: staff.login.clone(),
        role: staff.role,
    }
}

/// The signed-in owner of a token.
///
/// # Errors
/// [`Refusal::BadCredentials`] where the token is not valid or its session has ended.
pub(crate) async fn recognise(app: &App, token: &str) -> Result<SignedIn, Refusal> {
    let now = app.clock.now();
    let claims = app
        .keys
        .now()
        .tokens
        .check(token, now.timestamp())
        .map_err(|_| Refusal::BadCredentials)?;
    let signed_in = app.store.signed_in(&claims.session_id, now).await?;
    // A token whose owner or role is not its session's is not valid.
    signed_in
        .filter(|known| known.actor.id == claims.staff_id)
        .filter(|known| known.actor.role.name() == claims.role)
        .ok_or(Refusal::BadCredentials)
}

/// Signs out: the token is no longer valid.
pub(crate) async fn sign_out(
    app: &App,
    proof: &Proof<Anyone>,
    origin: &Origin,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let session_id = proof.actor().session_id.clone();
    let event =
        Event::by(proof.actor(), origin, now, Action::SessionClosed).outcome(EventOutcome::Closed);
    app.store
        .write(move |tx| {
            tx.end_session(&session_id, now)?;
            Ok(Traced::new((), event.clone()))
        })
        .await?;
    Ok(())
}
