//! Entry links as branches make them: over one the client types the passphrase of one draft alone.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Conflict, Refusal,
    applications::{find, form_errors, refuse_over},
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        entry::{CODE_LENGTH, EntryCode, EntryLink, LinkEnd, ended},
        id::ApplicationId,
        role::{Proof, Register},
    },
    store::Traced,
};

/// What a code is hashed as, so that the same text elsewhere has another hash.
pub(super) const CODE: &str = "entry_links.code";

/// A link that was made; its code is shown this once.
pub(crate) struct MadeLink {
    /// the code
    pub code: EntryCode,
    /// until when it can be opened
    pub expires_at: DateTime<Utc>,
}

/// Makes a link for a draft. It ends the one before it.
///
/// # Errors
/// [`Refusal::Unknown`], [`Conflict::ApplicationNotOpen`], [`Refusal::Invalid`] with every validation error
/// of the form.
pub(crate) async fn make(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
    signed_on: NaiveDate,
) -> Result<MadeLink, Refusal> {
    let action = Action::EntryLinkMade;
    let application = find(app, proof, origin, action, id).await?;
    let now = app.clock.now();
    let step = Event::by(proof.actor(), origin, now, action)
        .client(&application.draft.client_id)
        .subject(id);
    if application.check_open(now).is_err() {
        return Err(refuse_over(app, step).await);
    }
    let errors = form_errors(app, &application, signed_on);
    if !errors.is_empty() {
        let reason = errors[0].error.code();
        let refused = step.outcome(EventOutcome::Refused).reason(reason);
        app.store.record(refused).await?;
        return Err(Refusal::Invalid(errors));
    }
    let code = EntryCode::drawn(&app.rng.array::<CODE_LENGTH>());
    let index = app.keys.now().index.of(CODE, code.as_str());
    let by = (&proof.actor().id, now);
    let lifetime = app.settings.entry_lifetime;
    let link = EntryLink::made(app.new_id(), &application, by, signed_on, lifetime);
    let expires_at = link.expires_at;
    let made = app
        .store
        .write(move |tx| {
            // Locked until the commit: whoever ends the application at this moment finds the link, or is
            // found.
            let is_open = tx
                .application_for_update(&link.application_id)?
                .is_some_and(|application| application.check_open(now).is_ok());
            if !is_open {
                let refused = step.clone().outcome(EventOutcome::Refused);
                return Ok(Traced::new(false, refused.reason("application_not_open")));
            }
            let (id, why) = (&link.application_id, LinkEnd::Superseded);
            let older = tx.end_entry_link(id, now, why)?;
            tx.insert_entry_link(&link, &index)?;
            let made = link.event(step.clone()).outcome(EventOutcome::Made);
            let older = older.map(|older| ended(&step, id, &older, why));
            Ok(Traced::new(true, made).with(older))
        })
        .await?;
    if made {
        Ok(MadeLink { code, expires_at })
    } else {
        Err(Refusal::Conflict(Conflict::ApplicationNotOpen))
    }
}

/// The newest link of an application. The page at the branch asks again and again while the client types;
/// the answer says nothing about the client, so that only a request about nothing is recorded.
///
/// # Errors
/// [`Refusal::Unknown`] where there is no such application, or no link of it.
pub(crate) async fn newest(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ApplicationId,
) -> Result<EntryLink, Refusal> {
    let requested = id.clone();
    let link = app
        .store
        .read(move |reader| reader.newest_entry_link(&requested))
        .await?;
    match link {
        Some(link) => Ok(link),
        None => {
            find(app, proof, origin, Action::ApplicationViewed, id).await?;
            Err(Refusal::Unknown)
        }
    }
}
