//! Records throttled sign-ins as one event for each login and minute, with their count: an event for each
//! would let anybody fill the audit without a token.

use std::time::Duration;

use super::lease::LeaseKeeper;
use crate::{
    app::App,
    domain::{
        audit::{Action, Details, Event, EventOutcome, Origin},
        identifier::Login,
    },
    store::{StoreError, Throttled, ThrottledKey, Traced},
};

/// How often minutes that are over are searched for, and the lease is renewed.
const EVERY: Duration = Duration::from_secs(3);
const LEASE: &str = "throttled sign-ins";
/// Maximum number of events in one round.
const GROUP: i64 = 100;

/// Counts a throttled sign-in. `subject` is the name of the login's rate limit.
pub(super) async fn count(
    app: &App,
    origin: &Origin,
    action: Action,
    subject: &str,
    login: Option<&Login>,
) -> Result<(), StoreError> {
    let (now, origin, counted) = (app.clock.now(), origin.clone(), subject.to_owned());
    let is_first = app
        .store
        .unaudited(move |tx| tx.count_throttled(&counted, action, &origin, now))
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
        .unaudited(move |tx| tx.name_throttled(&subject, &staff.id))
        .await
}

/// Records throttled sign-ins, for as long as the service runs.
pub async fn keep(app: App) {
    let mut lease = LeaseKeeper::of(LEASE);
    loop {
        tokio::time::sleep(EVERY).await;
        // A count is deleted in the transaction of its event, so an instance that has lost the lease in the
        // meantime records nothing twice.
        let recorded = match lease.hold(&app).await {
            Ok(Some(_)) => tell(&app).await.map(|_| ()),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = recorded {
            tracing::warn!("refused sign-ins are not recorded yet: {error}");
        }
    }
}

/// Records the throttled sign-ins of minutes that are over; gives the number of events. A count that cannot
/// be recorded does not stop the others.
///
/// # Errors
/// [`StoreError`] where the database is away.
pub async fn tell(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let over = app
        .store
        .read(move |reader| reader.throttled_before(now, GROUP))
        .await?;
    let mut recorded = 0;
    for key in over {
        match tell_of(app, key).await {
            Ok(()) => recorded += 1,
            // Another instance, which took this one for dead, has recorded it.
            Err(StoreError::AlreadyEnded) => {}
            Err(away) if away.is_away() => return Err(away),
            Err(error) => tracing::error!("refused sign-ins cannot be recorded: {error}"),
        }
    }
    Ok(recorded)
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
            event.subject_id = staff_id.map(Into::into);
            Ok(Traced::new((), event))
        })
        .await
}
