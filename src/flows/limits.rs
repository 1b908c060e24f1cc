//! Quotas: a limit that is reached is recorded, and is never an attempt.

use super::{Quota, Refusal};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        role::{Actor, Role},
    },
    store::{Limited, Window},
};

/// A quota that is taken in two steps: a look refuses a flood before it gets into the line for a hash,
/// and one is taken only when its turn has come, so that who is refused for load has used up nothing.
pub(super) struct Rate {
    /// the subject's names, one for each index key that is read
    names: Vec<String>,
    window: Window,
}

impl Rate {
    /// The quota of a subject by its names.
    pub(super) fn of(names: Vec<String>, window: Window) -> Self {
        Self { names, window }
    }

    /// The name under which the subject is counted from now on.
    pub(super) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Whether there is room for one more.
    pub(super) async fn look(&self, app: &App) -> Result<Result<(), Limited>, Refusal> {
        let (names, window, now) = (self.names.clone(), self.window, app.clock.now());
        let look = app
            .store
            .read(move |reader| reader.has_room(&names, window, now));
        Ok(look.await?)
    }

    /// Takes one.
    pub(super) async fn take(&self, app: &App) -> Result<Result<(), Limited>, Refusal> {
        let (names, window, now) = (self.names.clone(), self.window, app.clock.now());
        let taken = app
            .store
            .tally(move |tally| tally.take(&names, window, now));
        Ok(taken.await?)
    }
}

/// Notes that an actor touches clients. Branch staff may serve whoever comes.
///
/// # Errors
/// [`Refusal::Limited`] where that would be too many different clients within the hour.
pub async fn touch(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    clients: &[String],
) -> Result<(), Refusal> {
    if clients.is_empty() || !is_specialist(actor) {
        return Ok(());
    }
    let (staff_id, ids) = (actor.id.clone(), clients.to_vec());
    let (window, now) = (app.settings.clients, app.clock.now());
    let touched = app
        .store
        .tally(move |tally| {
            let mut used = tally.lock_used_by(&staff_id)?;
            let touched = used.touch(&ids, window, now);
            if touched.is_ok() {
                tally.store_used_by(&staff_id, &used, now)?;
            }
            Ok(touched)
        })
        .await?;
    match touched {
        Ok(()) => Ok(()),
        Err(limited) => Err(reached(app, actor, origin, Quota::Clients, limited).await?),
    }
}

/// Notes that a search found nobody. Where a specialist could touch nobody more, the refusal is the one
/// that finding somebody new would have brought, and as with that nothing is noted: neither tells
/// whether somebody is known.
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
        .tally(move |tally| {
            let mut used = tally.lock_used_by(&staff_id)?;
            if is_specialist && let Err(limited) = used.may_touch_another(clients, now) {
                return Ok(Err(limited));
            }
            // Where another instance was quicker the search had begun while there was room: it is
            // answered, for its refusal would tell that nobody was found.
            if used.search_in_vain(searches, now).is_ok() {
                tally.store_used_by(&staff_id, &used, now)?;
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
        .outcome("refused")
        .reason(quota.name());
    app.store.record(event).await?;
    Ok(Refusal::Limited(quota, limited))
}
