//! Staff as they are managed on the machine itself. Whoever can run the program on the data with its keyring
//! needs no other proof; the events have no actor and say where they came from.

use super::{Entering, NewAccount, change_locked, prepare};
use crate::{
    app::{App, foundation::Foundation},
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        identifier::Login,
    },
    flows::{Refusal, passwords::CONSOLE},
    store::{StaffChange, StaffRow},
};

/// Prepares to create staff from the command line, where the secret is shown before anything is written.
/// Whoever can run the program on the data with its keyring needs no other proof; the event has no actor
/// and says where it came from.
///
/// # Errors
/// As [`super::enter`].
pub async fn prepare_entry(app: &App, entry: NewAccount) -> Result<Entering, Refusal> {
    let origin = Origin::own(CONSOLE);
    let event = Event::of_nobody(&origin, app.clock.now(), Action::StaffCreated);
    prepare(app, event, entry).await
}

/// All staff by login.
///
/// # Errors
/// [`Refusal::Store`].
pub async fn list(foundation: &Foundation) -> Result<Vec<StaffRow>, Refusal> {
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

/// Disables somebody; their sessions end.
///
/// # Errors
/// [`Refusal::Unknown`], [`crate::flows::Conflict::LastAdmin`].
pub async fn disable(foundation: &Foundation, login: Login) -> Result<StaffRow, Refusal> {
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
