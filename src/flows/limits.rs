//! Quotas: a limit that is reached is recorded, and is never an attempt.

use std::net::IpAddr;

use super::{Quota, Refusal};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        id::ClientId,
        role::{Actor, Role},
    },
    store::{Limited, Window},
};

/// A quota in two steps: a check refuses a flood before it enters the queue for hashing, and one unit is
/// taken only when its turn has come, so that a request that is refused for load uses up nothing.
pub(super) struct Rate {
    /// the subject's names, one for each index key that is read
    names: Vec<String>,
    window: Window,
}

impl Rate {
    pub(super) fn of(names: Vec<String>, window: Window) -> Self {
        Self { names, window }
    }

    /// The rate of one address. What is counted is kept under a keyed hash of it.
    pub(super) fn of_address(app: &App, origin: &Origin, what: &str, window: Window) -> Self {
        let address = origin.remote.as_deref().unwrap_or_default();
        let blind = app.keys.now().index.all("address", &network(address));
        let names = blind
            .iter()
            .map(|tag| format!("{what}:{}", hex::encode(tag)));
        Self::of(names.collect(), window)
    }

    /// The name under which the subject is counted from now on.
    pub(super) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Whether one more unit is left.
    pub(super) async fn check(&self, app: &App) -> Result<Result<(), Limited>, Refusal> {
        let (names, window, now) = (self.names.clone(), self.window, app.clock.now());
        let check = app
            .store
            .read(move |reader| reader.has_room(&names, window, now));
        Ok(check.await?)
    }

    /// Takes one unit.
    pub(super) async fn take(&self, app: &App) -> Result<Result<(), Limited>, Refusal> {
        let (names, window, now) = (self.names.clone(), self.window, app.clock.now());
        let taken = app.store.unaudited(move |tx| tx.take(&names, window, now));
        Ok(taken.await?)
    }
}

/// What counts as one address: of IPv6 a subscriber has a whole /64.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

/// Counts clients that an actor touches. Branch staff are not limited: they serve whoever comes in.
///
/// # Errors
/// [`Refusal::Limited`] where these would be too many different clients within the hour.
pub(crate) async fn touch(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    clients: &[ClientId],
) -> Result<(), Refusal> {
    if clients.is_empty() || !is_specialist(actor) {
        return Ok(());
    }
    let (staff_id, ids) = (actor.id.clone(), clients.to_vec());
    let (window, now) = (app.settings.clients, app.clock.now());
    let touched = app
        .store
        .unaudited(move |tx| {
            let mut used = tx.lock_used_by(&staff_id)?;
            let touched = used.touch(&ids, window, now);
            if touched.is_ok() {
                tx.store_used_by(&staff_id, &used, now)?;
            }
            Ok(touched)
        })
        .await?;
    match touched {
        Ok(()) => Ok(()),
        Err(limited) => Err(reached(app, actor, origin, Quota::Clients, limited).await?),
    }
}

/// Counts a search that found nobody. Where a specialist may touch no more clients, the refusal is the same
/// as for finding a new client, and nothing is counted: neither reveals whether the client exists.
///
/// # Errors
/// [`Refusal::Limited`].
pub(super) async fn search_in_vain(
    app: &App,
    actor: &Actor,
    origin: &Origin,
) -> Result<(), Refusal> {
    let (staff_id, is_specialist) = (actor.id.clone(), is_specialist(actor));
    let (clients, searches) = (app.settings.clients, app.settings.empty_searches);
    let now = app.clock.now();
    let noted = app
        .store
        .unaudited(move |tx| {
            let mut used = tx.lock_used_by(&staff_id)?;
            if is_specialist && let Err(limited) = used.may_touch_another(clients, now) {
                return Ok(Err(limited));
            }
            // Another instance may have used up the quota after this search began: it is answered, since a
            // refusal would reveal that nobody was found.
            if used.search_in_vain(searches, now).is_ok() {
                tx.store_used_by(&staff_id, &used, now)?;
            }
            Ok(Ok(()))
        })
        .await?;
    match noted {
        Ok(()) => Ok(()),
        Err(limited) => Err(reached(app, actor, origin, Quota::Clients, limited).await?),
    }
}

fn is_specialist(actor: &Actor) -> bool {
    matches!(actor.role, Role::CallCenter | Role::Supervisor)
}

/// Records that a quota is used up, and gives the refusal.
pub(super) async fn reached(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    quota: Quota,
    limited: Limited,
) -> Result<Refusal, Refusal> {
    let event = Event::by(actor, origin, app.clock.now(), Action::LimitReached)
        .outcome(EventOutcome::Refused)
        .reason(quota.name());
    app.store.record(event).await?;
    Ok(Refusal::Limited(quota, limited))
}
