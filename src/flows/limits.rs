//! The quotas of a specialist: a limit that is reached is recorded, and is never an attempt.

use super::{Quota, Refusal};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, Origin},
        role::{Actor, Role},
    },
    store::Limited,
};

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
    if clients.is_empty() || !matches!(actor.role, Role::CallCenter | Role::Supervisor) {
        return Ok(());
    }
    let (staff_id, ids) = (actor.id.clone(), clients.to_vec());
    let (window, now) = (app.settings.clients, app.clock.now());
    let touched = app
        .store
        .tally(move |tally| {
            let mut used = tally.hold_used_by(&staff_id)?;
            let touched = used.touch(&ids, window, now);
            if touched.is_ok() {
                tally.keep_used_by(&staff_id, &used, now)?;
            }
            Ok(touched)
        })
        .await?;
    match touched {
        Ok(()) => Ok(()),
        Err(limited) => Err(reached(app, actor, origin, Quota::Clients, limited).await?),
    }
}

/// Records that a quota is used up, and gives the refusal.
pub(super) async fn reached(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    quota: Quota,
    limited: Limited,
) -> Result<Refusal, Refusal> {
    let name = match quota {
        Quota::Verifications => "verifications",
        Quota::Clients => "clients",
        Quota::Logins => "logins",
    };
    let event = Event::by(actor, origin, app.clock.now(), Action::LimitReached)
        .outcome("refused")
        .reason(name);
    app.store.record(event).await?;
    Ok(Refusal::Limited(quota, limited))
}
