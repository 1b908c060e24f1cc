//! Clients: entered and amended at a branch, looked up by whoever serves them. Every look leaves an
//! event, found or not.

use super::{Quota, Refusal, audit::missed, limits};
use crate::{
    app::App,
    domain::{
        audit::{Action, Detail, Event, Origin},
        identifier::ClientNumber,
        passphrase::PassphraseState,
        person::{Person, PersonName, Phone},
        role::{Actor, Find, Proof, Register, Role},
    },
    store::{ClientRow, Lookup, PassphraseRow, Traced},
};

/// A client as one specialist may see them now.
pub struct Card {
    /// the client
    pub client: ClientRow,
    /// whether only initials and the telephone's end may be shown
    pub is_masked: bool,
    /// the passphrase, if one was ever set
    pub passphrase: Option<PassphraseRow>,
    /// its state
    pub state: PassphraseState,
}

/// What may be amended; `None` leaves it.
#[derive(Clone, Default)]
pub struct Amendment {
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
pub async fn enter(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    number: ClientNumber,
    person: Person,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let id = app.new_id();
    let event = Event::by(proof.actor(), origin, now, Action::ClientCreated)
        .client(&id)
        .outcome("created");
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
        passphrase: None,
        state: PassphraseState::Unset,
    })
}

/// Amends a client's names or telephone.
///
/// # Errors
/// [`Refusal::Unknown`].
pub async fn amend(
    app: &App,
    proof: &Proof<Register>,
    origin: &Origin,
    id: &str,
    amendment: Amendment,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let event = Event::by(proof.actor(), origin, now, Action::ClientChanged).client(id);
    let actor = proof.actor().clone();
    let id = id.to_owned();
    let held = id.clone();
    if !app
        .store
        .read(move |reader| reader.has_client(&held))
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
                return Ok(Traced::new(None, event.clone().outcome("refused")));
            };
            let person = amended(&client.person, &amendment);
            let changed = person.differences(&client.person);
            // The branch's word yields to the loan system's next one; an older one stays stale, and the
            // same one again is unchanged.
            tx.amend_client(&client, &person)?;
            let card = tx.client(&id)?.map(|client| card(tx, client, &actor, now));
            let event = match changed.as_slice() {
                [] => event.clone().outcome("unchanged"),
                fields => event
                    .clone()
                    .outcome("changed")
                    .detail(&Detail::Changed(fields)),
            };
            Ok(Traced::new(card.transpose()?, event))
        })
        .await?;
    amended.ok_or(Refusal::Unknown)
}

fn amended(held: &Person, amendment: &Amendment) -> Person {
    let (held, amendment) = (held.clone(), amendment.clone());
    Person {
        family_name: amendment.family_name.unwrap_or(held.family_name),
        given_name: amendment.given_name.unwrap_or(held.given_name),
        patronymic: amendment.patronymic.unwrap_or(held.patronymic),
        phone: amendment.phone.unwrap_or(held.phone),
    }
}

/// Looks clients up.
///
/// # Errors
/// [`Refusal::Limited`]: too many were touched, or too many searches found nobody. It is the same answer
/// whether somebody would be found or not.
pub async fn search(
    app: &App,
    proof: &Proof<Find>,
    origin: &Origin,
    lookup: Lookup,
) -> Result<Vec<Card>, Refusal> {
    let actor = proof.actor().clone();
    let _turn = app.searches.of(&actor.id).await;
    let now = app.clock.now();
    let (looker, window) = (actor.clone(), app.settings.empty_searches);
    let looked = app
        .store
        .read(move |reader| {
            if let Err(limited) = reader.used_by(&looker.id)?.may_search(window, now) {
                return Ok(Err(limited));
            }
            let found = reader.find_clients(&lookup)?;
            let cards = found
                .into_iter()
                .map(|client| card(reader, client, &looker, now));
            cards.collect::<Result<Vec<_>, _>>().map(Ok)
        })
        .await?;
    let cards = match looked {
        Ok(cards) => cards,
        Err(limited) => {
            let quota = Quota::EmptySearches;
            return Err(limits::reached(app, &actor, origin, quota, limited).await?);
        }
    };
    let ids: Vec<String> = cards.iter().map(|card| card.client.id.clone()).collect();
    if ids.is_empty() {
        limits::search_in_vain(app, &actor, origin).await?;
    } else {
        limits::touch(app, &actor, origin, &ids).await?;
    }
    let searched = Event::by(&actor, origin, now, Action::ClientSearched);
    app.store
        .write(move |_| {
            let Some((first, rest)) = ids.split_first() else {
                return Ok(Traced::new((), searched.clone().outcome("not_found")));
            };
            let about = |id: &String| searched.clone().client(id).outcome("found");
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
pub async fn read(
    app: &App,
    proof: &Proof<Find>,
    origin: &Origin,
    id: &str,
) -> Result<Card, Refusal> {
    let now = app.clock.now();
    let actor = proof.actor().clone();
    let (looker, wanted) = (actor.clone(), id.to_owned());
    let found = app
        .store
        .read(move |reader| {
            let client = reader.client(&wanted)?;
            client
                .map(|client| card(reader, client, &looker, now))
                .transpose()
        })
        .await?;
    let Some(card) = found else {
        return Err(missed(app, &actor, origin, Action::ClientViewed, id).await);
    };
    limits::touch(app, &actor, origin, std::slice::from_ref(&card.client.id)).await?;
    let viewed = Event::by(&actor, origin, now, Action::ClientViewed)
        .client(id)
        .outcome("found");
    app.store.record(viewed).await?;
    Ok(card)
}

fn card(
    reader: &mut crate::store::Reader<'_>,
    client: ClientRow,
    actor: &Actor,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Card, crate::store::StoreError> {
    let passphrase = reader.passphrase(&client.id)?;
    let state = PassphraseRow::state(passphrase.as_ref(), now);
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
        state,
    })
}
