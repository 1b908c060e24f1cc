//! Clients: entered and amended at a branch, searched for by those who serve them. Every search and every
//! read leaves an event, whether a client was found or not.

use super::{Quota, Refusal, audit::missed, limits, passphrases::PassphraseStatus};
use crate::{
    app::App,
    domain::{
        attempts::LockoutPolicy,
        audit::{Action, Details, Event, EventOutcome, Origin},
        id::ClientId,
        identifier::ClientNumber,
        person::{Person, PersonName, Phone},
        role::{Actor, Find, Proof, Register, Role},
    },
    store::{ClientRow, Lookup, Traced},
};

/// A client's card, as one specialist may see it now.
pub(crate) struct Card {
    /// the client
    pub client: ClientRow,
    /// whether only initials and the end of the telephone number may be shown
    pub is_masked: bool,
    /// its passphrase
    pub passphrase: PassphraseStatus,
}

/// The fields that may be amended; `None` leaves a field as it is.
#[derive(Clone, Default)]
pub(crate) struct Amendment {
    /// another family name
    pub family_name: Option<PersonName>,
    /// another given name, or none
    pub given_name: Option<Option<PersonName>>,
    /// another patronymic, or none
    pub patronymic: Option<Option<PersonName>>,
    /// another telephone
    pub phone: Option<Phone>,
}

/// Enters a client at a branch.
///
/// # Errors
/// [`super::Conflict::ClientNumberTaken`].
pub(crate) async fn enter(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    number: ClientNumber,
    person: Person,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let id: ClientId = app.new_id();
    let event = Event::by(proof.actor(), origin, now, Action::ClientCreated)
        .client(&id)
        .outcome(EventOutcome::Created);
    let client = ClientRow {
        id: id.clone(),
        client_number: number.as_str().to_owned(),
        person: person.clone(),
        as_of: None,
        created_at: now,
    };
    app.store
        .write(move |tx| {
            tx.lock_numbers(&[number.as_str()])?;
            tx.insert_client(&id, &number, &person, None, now)?;
            Ok(Traced::new((), event.clone()))
        })
        .await?;
    Ok(Card {
        client,
        is_masked: false,
        passphrase: PassphraseStatus::of(None, &app.settings.attempts, now),
    })
}

/// Amends a client's names or telephone.
///
/// # Errors
/// [`Refusal::Unknown`].
pub(crate) async fn amend(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &ClientId,
    amendment: Amendment,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::ClientChanged).client(id);
    let actor = proof.actor().clone();
    let (id, policy) = (id.to_owned(), app.settings.attempts.clone());
    let requested = id.clone();
    if !app
        .store
        .read(move |reader| reader.has_client(&requested))
        .await?
    {
        return Err(missed(app, &actor, origin, Action::ClientChanged, &id).await);
    }
    let amended = app
        .store
        .write(move |tx| {
            if let Some(client) = tx.client(&id)? {
                tx.lock_numbers(&[client.client_number.as_str()])?;
            }
            let Some(client) = tx.client(&id)? else {
                return Ok(Traced::new(
                    None,
                    event.clone().outcome(EventOutcome::Refused),
                ));
            };
            let person = amended(&client.person, &amendment);
            let changed = person.differences(&client.person);
            // The next push of the loan system replaces what a branch entered; an older one stays stale,
            // and the same one again is unchanged.
            tx.amend_client(&client, &person)?;
            let card = tx
                .client(&id)?
                .map(|client| card(tx, client, &actor, &policy, now));
            let event = match changed.as_slice() {
                [] => event.clone().outcome(EventOutcome::Unchanged),
                fields => event
                    .clone()
                    .outcome(EventOutcome::Changed)
                    .details(Details::changed(fields)),
            };
            Ok(Traced::new(card.transpose()?, event))
        })
        .await?;
    amended.ok_or(Refusal::Unknown)
}

fn amended(before: &Person, amendment: &Amendment) -> Person {
    let (before, amendment) = (before.clone(), amendment.clone());
    Person {
        family_name: amendment.family_name.unwrap_or(before.family_name),
        given_name: amendment.given_name.unwrap_or(before.given_name),
        patronymic: amendment.patronymic.unwrap_or(before.patronymic),
        phone: amendment.phone.unwrap_or(before.phone),
    }
}

/// Searches for clients.
///
/// # Errors
/// [`Refusal::Limited`]: too many clients were touched, or too many searches found nobody. The answer is
/// the same whether somebody would be found or not.
pub(crate) async fn search(
    app: &App,
    proof: &Proof<Find>,
    origin: &Origin,
    lookup: Lookup,
) -> Result<Vec<Card>, Refusal> {
    let actor = proof.actor().clone();
    let _lock = app.searches.lock(&actor.id).await;
    let now = app.clock.now();
    let (specialist, window) = (actor.clone(), app.settings.empty_searches);
    let policy = app.settings.attempts.clone();
    let searched = app
        .store
        .read(move |reader| {
            if let Err(limited) = reader.used_by(&specialist.id)?.may_search(window, now) {
                return Ok(Err(limited));
            }
            let found = reader.find_clients(&lookup)?;
            let cards = found
                .into_iter()
                .map(|client| card(reader, client, &specialist, &policy, now));
            cards.collect::<Result<Vec<_>, _>>().map(Ok)
        })
        .await?;
    let cards = match searched {
        Ok(cards) => cards,
        Err(limited) => {
            let quota = Quota::EmptySearches;
            return Err(limits::reached(app, &actor, origin, quota, limited).await?);
        }
    };
    let ids: Vec<ClientId> = cards.iter().map(|card| card.client.id.clone()).collect();
    if ids.is_empty() {
        limits::search_in_vain(app, &actor, origin).await?;
    } else {
        limits::touch(app, &actor, origin, &ids).await?;
    }
    let searched = Event::by(&actor, origin, now, Action::ClientSearched);
    app.store
        .write(move |_| {
            let Some((first, rest)) = ids.split_first() else {
                return Ok(Traced::new(
                    (),
                    searched.clone().outcome(EventOutcome::NotFound),
                ));
            };
            let about = |id: &ClientId| searched.clone().client(id).outcome(EventOutcome::Found);
            Ok(rest
                .iter()
                .fold(Traced::new((), about(first)), |traced, id| {
                    traced.and(about(id))
                }))
        })
        .await?;
    Ok(cards)
}

/// Reads a client's card.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Limited`].
pub(crate) async fn read(
    app: &App,
    proof: &Proof<Find>,
    origin: &Origin,
    id: &ClientId,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let actor = proof.actor().clone();
    let (specialist, requested) = (actor.clone(), id.to_owned());
    let policy = app.settings.attempts.clone();
    let found = app
        .store
        .read(move |reader| {
            let client = reader.client(&requested)?;
            client
                .map(|client| card(reader, client, &specialist, &policy, now))
                .transpose()
        })
        .await?;
    let Some(card) = found else {
        return Err(missed(app, &actor, origin, Action::ClientViewed, id).await);
    };
    limits::touch(app, &actor, origin, std::slice::from_ref(&card.client.id)).await?;
    let viewed = Event::by(&actor, origin, now, Action::ClientViewed)
        .client(id)
        .outcome(EventOutcome::Found);
    app.store.record(viewed).await?;
    Ok(card)
}

fn card(
    reader: &mut crate::store::Reader<'_>,
    client: ClientRow,
    actor: &Actor,
    policy: &LockoutPolicy,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Card, crate::store::StoreError> {
    let passphrase = reader.passphrase(&client.id)?;
    let passphrase = PassphraseStatus::of(passphrase, policy, now);
    let is_masked = match actor.role {
        Role::CallCenter | Role::Supervisor => reader
            .verified_among(std::slice::from_ref(&client.id), &actor.id, now)?
            .is_empty(),
        _ => false,
    };
    Ok(Card {
        client,
        is_masked,
        passphrase,
    })
}
