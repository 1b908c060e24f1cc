//! What a client does over an entry link: opens it once with its code, has a passphrase checked, and
//! completes the one application that it was made for.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Conflict, Quota, Refusal,
    complete_application::{self, Completer, Completion},
    entry_links::CODE,
    limits::Rate,
    passphrases::{self, Verdict},
    throttled,
};
use crate::{
    app::App,
    domain::{
        application::{Application, ApplicationKind},
        audit::{Action, Event, EventOutcome, Origin, Who},
        entry::{EntryCode, EntryLink, LinkEnd, LinkState, MOST_COMPLETIONS, OpenRefusal, ended},
        language::Language,
        passphrase::Passphrase,
        role::{Permission, Register},
    },
    secrets::one_time,
    store::{Limited, Reader, StoreError, Traced, Window},
};

/// What a token is hashed as.
const TOKEN: &str = "entry_links.token";
/// Checks of a passphrase over one link: as fast as somebody types.
const CHECKS: Window = Window {
    quota: 120,
    seconds: 60,
};

/// A link that was opened.
pub(crate) struct Opened {
    /// the token, which is good for this application alone
    pub token: SecretString,
    /// the application's number
    pub number: String,
    /// whether a first passphrase is set
    pub kind: ApplicationKind,
    /// until when the token is good
    pub expires_at: DateTime<Utc>,
}

/// Exchanges the code of a link for a token. A code that is wrong, used, expired or superseded is refused
/// alike, at the same cost; the audit knows which.
///
/// # Errors
/// [`Refusal::BadEntryCode`], [`Refusal::Limited`].
pub(crate) async fn open(app: &App, origin: &Origin, typed: &str) -> Result<Opened, Refusal> {
    // Counted before it is compared, whatever was typed.
    for rate in rates(app, origin) {
        if let Err(limited) = rate.take(app).await? {
            return Err(turn_away(app, origin, &rate, limited).await);
        }
    }
    // A text that can be no code is looked up as well: no link has the empty one.
    let code = EntryCode::read(typed);
    let index = &app.keys.now().index;
    let codes = index.all(CODE, code.as_ref().map_or("", EntryCode::as_str));
    let token = one_time::entry_token(&app.rng);
    let token_index = index.of(TOKEN, token.expose_secret());
    let (now, lifetime) = (app.clock.now(), app.settings.entry_lifetime);
    let step = Event::of_nobody(origin, now, Action::EntryLinkOpened);
    let opened = app
        .store
        .write(move |tx| {
            let refused = step.clone().outcome(EventOutcome::Refused);
            let Some(link) = tx.entry_link_by_code(&codes)? else {
                let refused = refused.reason(OpenRefusal::UnknownCode.name());
                return Ok(Traced::new(None, refused));
            };
            let refused = |why: OpenRefusal| {
                Traced::new(None, link.event(refused.clone()).reason(why.name()))
            };
            if let Err(why) = link.check_unused(now) {
                return Ok(refused(why));
            }
            if maker(tx, &link)?.is_none() {
                return Ok(refused(OpenRefusal::MakerGone));
            }
            let Some(application) = tx.application(&link.application_id)? else {
                return Ok(refused(OpenRefusal::Ended));
            };
            let opened = match link.open(&application, now, lifetime) {
                Ok(opened) => opened,
                Err(why) => return Ok(refused(why)),
            };
            // Of two who open it in the same moment, one does.
            if !tx.open_entry_link(&opened, &token_index)? {
                return Ok(refused(OpenRefusal::Used));
            }
            let event = link.event(step.clone()).outcome(EventOutcome::Opened);
            let draft = application.draft;
            let opened = (draft.number, draft.kind, opened.expires_at);
            Ok(Traced::new(Some(opened), event))
        })
        .await?;
    let (number, kind, expires_at) = opened.ok_or(Refusal::BadEntryCode)?;
    Ok(Opened {
        token,
        number,
        kind,
        expires_at,
    })
}

/// The limits of codes: of one address, and of all together.
fn rates(app: &App, origin: &Origin) -> [Rate; 2] {
    let settings = &app.settings;
    [
        Rate::of_address(app, origin, "entry-codes", settings.entry_codes),
        Rate::of(vec!["entry-codes".to_owned()], settings.entry_codes_in_all),
    ]
}

/// Counts a refused code, for one event a minute, and gives the refusal.
async fn turn_away(app: &App, origin: &Origin, rate: &Rate, limited: Limited) -> Refusal {
    let action = Action::EntryLinkOpened;
    match throttled::count(app, origin, action, rate.name(), None).await {
        Ok(()) => Refusal::Limited(Quota::EntryCodes, limited),
        Err(error) => error.into(),
    }
}

/// Who made a link, as long as they may.
fn maker(reader: &mut Reader<'_>, link: &EntryLink) -> Result<Option<Who>, StoreError> {
    let staff = reader.staff(&link.made_by)?;
    let still = staff.filter(|staff| staff.is_active && Register::ROLES.contains(&staff.role));
    Ok(still.map(|staff| Who {
        id: staff.id,
        login: staff.login,
        role: staff.role,
    }))
}

/// A client at an open link. Only the link's token gives one.
#[derive(Clone)]
pub(crate) struct EntrySession {
    link: EntryLink,
    maker: Who,
}

impl EntrySession {
    /// The link.
    pub(crate) fn link(&self) -> &EntryLink {
        &self.link
    }
}

/// Whether a token is one of an entry link. It is not valid for that.
pub(crate) fn is_entry_token(token: &str) -> bool {
    token.starts_with(one_time::ENTRY_TOKEN)
}

/// The client whose token it is.
///
/// # Errors
/// [`Refusal::BadCredentials`] where it is not valid, or its link has ended.
pub(crate) async fn recognise(app: &App, token: &str) -> Result<EntrySession, Refusal> {
    let now = app.clock.now();
    let indexes = app.keys.now().index.all(TOKEN, token);
    let session = app
        .store
        .read(move |reader| {
            let link = reader.entry_link_by_token(&indexes)?;
            let Some(link) = link.filter(|link| link.is_usable(now)) else {
                return Ok(None);
            };
            let maker = maker(reader, &link)?;
            Ok(maker.map(|maker| EntrySession { link, maker }))
        })
        .await?;
    session.ok_or(Refusal::BadCredentials)
}

/// Checks a passphrase for the client, as completion would, and stores nothing of it. That the client's
/// names and telephone were read for it is recorded.
///
/// # Errors
/// [`Conflict::ApplicationNotOpen`] once it is completed, [`Refusal::Limited`].
pub(crate) async fn check(
    app: &App,
    session: &EntrySession,
    origin: &Origin,
    passphrase: &Passphrase,
) -> Result<Verdict, Refusal> {
    let now = app.clock.now();
    require_open(session, now)?;
    let rate = Rate::of(vec![format!("entry-checks:{}", session.link.id)], CHECKS);
    if let Err(limited) = rate.take(app).await? {
        return Err(Refusal::Limited(Quota::EntryChecks, limited));
    }
    let client_id = session.link.client_id.clone();
    let client = app
        .store
        .read(move |reader| reader.client(&client_id))
        .await?;
    let verdict = passphrases::verdict(app, passphrase, client.as_ref()).await;
    let step = Event::of_nobody(origin, now, Action::PassphraseChecked);
    let event = session.link.event(step).outcome(verdict.outcome());
    app.store.record(event).await?;
    Ok(verdict)
}

/// After its completion a link does nothing more; its token is only good for the answer to be repeated.
fn require_open(session: &EntrySession, now: DateTime<Utc>) -> Result<(), Refusal> {
    match session.link.state(now) {
        LinkState::Opened => Ok(()),
        LinkState::Waiting | LinkState::Done | LinkState::Ended => {
            Err(Refusal::Conflict(Conflict::ApplicationNotOpen))
        }
    }
}

/// Phrases for the client to choose from.
pub(crate) async fn suggest(
    app: &App,
    _session: &EntrySession,
    language: Language,
    words: usize,
) -> Vec<String> {
    passphrases::phrases(app, language, words).await
}

/// Completes the application with what the client typed, twice. A refused passphrase leaves the link open
/// for another try; the last one ends it.
///
/// # Errors
/// [`Refusal::Invalid`], [`Conflict::ApplicationNotOpen`], [`Refusal::Overloaded`].
pub(crate) async fn complete(
    app: &App,
    session: &EntrySession,
    origin: &Origin,
    passphrase: Passphrase,
    repeat: Passphrase,
) -> Result<Application, Refusal> {
    require_open(session, app.clock.now())?;
    let link = &session.link;
    let requested = link.application_id.clone();
    let application = app
        .store
        .read(move |reader| reader.application(&requested))
        .await?
        .ok_or(Refusal::Unknown)?;
    let id = link.id.clone();
    let tried = app
        .store
        .unaudited(move |tx| tx.count_entry_try(&id, MOST_COMPLETIONS))
        .await?;
    let tried = tried.ok_or(Refusal::Conflict(Conflict::ApplicationNotOpen))?;
    let completion = Completion {
        signed_on: link.signed_on,
        passphrase,
        repeat,
    };
    let by = Completer::Client(Box::new(link.clone()), session.maker.clone());
    let completed = complete_application::carry_out(app, by, origin, application, completion).await;
    match &completed {
        Err(Refusal::Invalid(_)) if tried == MOST_COMPLETIONS => {
            end_for_tries(app, link, origin).await?;
        }
        // What the service could not carry out is no try of the client's.
        Err(Refusal::Overloaded(_) | Refusal::Hash(_) | Refusal::Store(_)) => {
            let id = link.id.clone();
            app.store
                .unaudited(move |tx| tx.take_entry_try_back(&id))
                .await?;
        }
        _ => {}
    }
    completed
}

async fn end_for_tries(app: &App, link: &EntryLink, origin: &Origin) -> Result<(), Refusal> {
    let (now, why) = (app.clock.now(), LinkEnd::TriesUsedUp);
    let step = Event::of_nobody(origin, now, Action::EntryLinkEnded).client(&link.client_id);
    let (id, application) = (link.id.clone(), link.application_id.clone());
    app.store
        .write(move |tx| {
            let link = tx.entry_link(&id)?;
            let is_open = link.is_some_and(|link| link.state(now) == LinkState::Opened);
            // Where a newer one was made meanwhile, this one has ended already.
            let ended_now = if is_open {
                tx.end_entry_link(&application, now, why)?
            } else {
                None
            };
            let event = ended(&step, &application, &id, why);
            Ok(Traced::new(
                (),
                match ended_now {
                    Some(_) => event,
                    None => event.outcome(EventOutcome::Unchanged),
                },
            ))
        })
        .await?;
    Ok(())
}
