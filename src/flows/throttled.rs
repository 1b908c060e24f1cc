//! Sign-ins that the throttle refused are told by one event a login and minute, with their count: each
//! by itself would let anybody fill the audit without a token.

use std::time::Duration;

use super::{lease::Watch, sign_in::Door};
use crate::{
    app::App,
    domain::{
        audit::{Details, Event, EventOutcome, Origin},
        identifier::Login,
    },
    store::{StoreError, Throttled, ThrottledKey, Traced},
};

/// How often it is looked whether a minute is over; the lease has to be renewed so often.
const EVERY: Duration = Duration::from_secs(3);
const LEASE: &str = "throttled sign-ins";
/// So many are told at a time.
const GROUP: i64 = 100;

/// Counts a refused sign-in. `subject` is the login's rate, under its blind value.
pub(super) async fn count(
    app: &App,
    origin: &Origin,
    door: Door,
    subject: &str,
    login: Option<&Login>,
) -> Result<(), StoreError> {
    let (now, origin, counted) = (app.clock.now(), origin.clone(), subject.to_owned());
    let is_first = app
        .store
        .tally(move |tally| tally.count_throttled(&counted, door.action(), &origin, now))
        .await?;
    let Some(login) = login.filter(|_| is_first).cloned() else {
        return Ok(());
    };
    let staff = app
        .store
        .read(move |reader| reader.staff_by_login(&login))
        .await?;
    let Some(staff) = staff else { return Ok(()) };
    let subject = subject.to_owned();
    app.store
        .tally(move |tally| tally.name_throttled(&subject, &staff.id))
        .await
}

/// Tells of what was refused, for as long as the service runs.
pub async fn keep(app: App) {
    let mut watch = Watch::over(LEASE);
    loop {
        tokio::time::sleep(EVERY).await;
        // What is told is taken out with its event, so an instance that lost the duty in the meantime
        // tells nothing twice.
        let told = match watch.hold(&app).await {
            Ok(Some(_)) => tell(&app).await.map(|_| ()),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            tracing::warn!("refused sign-ins were not told of yet: {error}");
        }
    }
}

/// Tells of what was refused in minutes that are over; gives how many events that were. One that cannot
/// be told of holds up no other.
///
/// # Errors
/// [`StoreError`] where the database is away.
pub async fn tell(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let over = app
        .store
        .read(move |reader| reader.throttled_before(now, GROUP))
        .await?;
    let mut told = 0;
    for key in over {
        match tell_of(app, key).await {
            Ok(()) => told += 1,
            // Another instance, which took this one for dead, has told of it.
            Err(StoreError::AlreadyEnded) => {}
            Err(away) if away.is_away() => return Err(away),
            Err(error) => tracing::error!("refused sign-ins cannot be told of: {error}"),
        }
    }
    Ok(told)
}

async fn tell_of(app: &App, key: ThrottledKey) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.store
        .write(move |tx| {
            let Throttled {
                action,
                since,
                count,
                staff_id,
                origin,
            } = tx.take_throttled(&key)?;
            let mut event = Event::of_nobody(&origin, now, action)
                .outcome(EventOutcome::Refused)
                .reason("limit")
                .details(Details {
                    since: Some(since),
                    ..Details::count(count)
                });
            event.subject_id = staff_id;
            Ok(Traced::new((), event))
        })
        .await
}
