//! The first run: where there is no staff, the first admin is made.

use chrono::TimeDelta;
use secrecy::SecretString;

use super::{Refusal, passwords::bytes};
use crate::{
    app::App,
    domain::{
        audit::{Action, Change, Details, Event, EventOutcome, Origin},
        identifier::Login,
        role::Role,
        staff::ONE_TIME_PASSWORD_HOURS,
    },
    secrets::one_time,
    store::{NewStaff, StoreError, Taken, Traced},
};

/// The first admin's login.
pub const FIRST_LOGIN: &str = "admin";

/// Makes the first admin where there is no staff. Gives the one-time password if it was generated here and
/// must be shown; one from the settings is already known.
///
/// # Errors
/// [`Refusal::Store`] or [`Refusal::Hash`].
pub async fn make_first_admin(app: &App) -> Result<Option<SecretString>, Refusal> {
    let store = app.starting_store();
    if store.read(|reader| reader.has_staff()).await? {
        return Ok(None);
    }
    let given = app.bootstrap_password.clone();
    let password = given
        .clone()
        .unwrap_or_else(|| one_time::one_time_password(&app.rng));
    let made = app
        .hasher
        .admit()
        .await?
        .make(bytes(&password), None)
        .await?;
    let now = app.clock.now();
    let admin = NewStaff {
        id: app.new_id(),
        login: Login::parse(FIRST_LOGIN).map_err(|error| Refusal::invalid("/login", error))?,
        name: FIRST_LOGIN.to_owned(),
        role: Role::Admin,
        branch_code: None,
        password_hash: made.phc,
        one_time_until: Some(now + TimeDelta::hours(ONE_TIME_PASSWORD_HOURS)),
    };
    let event = Event::of_nobody(&Origin::own("first-run"), now, Action::StaffBootstrapped)
        .subject(&admin.id)
        .outcome(EventOutcome::Created)
        .details(Details {
            role: Some(Change {
                old: None,
                new: Some(admin.role),
            }),
            ..Details::default()
        });
    let made = store
        .write(move |tx| {
            tx.insert_staff(&admin, now)?;
            Ok(Traced::new((), event.clone()))
        })
        .await;
    match made {
        Ok(()) => Ok(given.is_none().then_some(password)),
        // Another instance started at the same moment and made them.
        Err(StoreError::Taken(Taken::Login)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
