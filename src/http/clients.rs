//! Clients: search, cards, who looked at them.

use actix_web::{HttpResponse, http::header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    audit::{EventBody, event_body},
    extract::{Body, Call, Fields, Guard, PathPart, Query},
    passphrases::StatusBody,
    problem::Problem,
    shapes::{PageBody, Paging, event_mark, person_name, present},
};
use crate::{
    domain::{
        calendar::write_time,
        flaw::Flaw,
        identifier::{ClientNumber, TicketNumber},
        person::{Person, Phone},
        role::{Accesses, Find, Register},
    },
    flows::{
        audit,
        clients::{self, Amendment, Card},
        passphrases::PassphraseStatus,
    },
    store::Lookup,
};

/// A client to be entered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClientBody {
    /// the company's number of the client
    #[schema(required = true, value_type = String, min_length = 1, max_length = 64, example = "K-000123")]
    pub client_number: Option<String>,
    /// family name
    #[schema(required = true, value_type = String, min_length = 1, max_length = 100, example = "Қасымова")]
    pub family_name: Option<String>,
    /// given name
    #[schema(required = true, value_type = String, min_length = 1, max_length = 100, example = "Әсел")]
    pub given_name: Option<String>,
    /// patronymic, where there is one
    #[schema(min_length = 1, max_length = 100, example = "Нұрланқызы")]
    pub patronymic: Option<String>,
    /// telephone, in E.164 or a national form
    #[schema(required = true, value_type = String, example = "+77012345667")]
    pub phone: Option<String>,
}

/// What to amend of a client; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// another family name
    #[schema(min_length = 1, max_length = 100)]
    pub family_name: Option<String>,
    /// another given name
    #[schema(min_length = 1, max_length = 100)]
    pub given_name: Option<String>,
    /// another patronymic; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub patronymic: Option<Option<String>>,
    /// another telephone
    pub phone: Option<String>,
}

/// By what clients are looked for: exactly one of the three.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchBody {
    /// the telephone
    #[schema(example = "8 701 234 56 67")]
    pub phone: Option<String>,
    /// the company's number of the client
    pub client_number: Option<String>,
    /// the number of one of the client's pledge tickets
    pub ticket_number: Option<String>,
}

/// A client's card. Before verification a specialist sees initials and the telephone's end.
#[derive(Serialize, ToSchema)]
pub struct CardBody {
    /// id
    pub id: String,
    /// the company's number
    #[schema(example = "K-000123")]
    pub client_number: String,
    /// family name, or its initial
    #[schema(example = "Қ***")]
    pub family_name: String,
    /// given name, or its initial
    #[schema(example = "Ә***")]
    pub given_name: String,
    /// patronymic, or its initial
    pub patronymic: Option<String>,
    /// telephone, or its end
    #[schema(example = "+7********67")]
    pub phone: String,
    /// the passphrase's status
    pub passphrase: StatusBody,
    /// since when the client is known
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

/// The cards that were found.
#[derive(Serialize, ToSchema)]
pub struct FoundBody {
    /// cards by client number; none where nobody was found
    pub items: Vec<CardBody>,
}

impl From<Card> for CardBody {
    fn from(card: Card) -> Self {
        let Person {
            family_name,
            given_name,
            patronymic,
            phone,
        } = card.client.person;
        let masked = card.is_masked;
        let name = |name: &crate::domain::person::PersonName| {
            if masked {
                name.masked()
            } else {
                name.as_str().to_owned()
            }
        };
        Self {
            id: card.client.id,
            client_number: card.client.client_number,
            family_name: name(&family_name),
            given_name: name(&given_name),
            patronymic: patronymic.as_ref().map(name),
            phone: if masked {
                phone.masked()
            } else {
                phone.as_str().to_owned()
            },
            passphrase: StatusBody::from(PassphraseStatus {
                state: card.state,
                row: card.passphrase,
            }),
            created_at: write_time(card.client.created_at),
        }
    }
}

/// `POST /v1/clients`
pub async fn enter(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<NewClientBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let number = fields.need("/client_number", body.client_number, |text| {
        ClientNumber::parse(&text)
    });
    let person = person(
        &mut fields,
        body.family_name,
        body.given_name,
        body.patronymic,
        body.phone,
    );
    let (number, person) = fields.finish(number.zip(person))?;
    let card = clients::enter(&call.app, &guard, &call.origin, number, person).await?;
    let location = format!("/v1/clients/{}", card.client.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(CardBody::from(card)))
}

/// Parses the fields of a person.
pub(super) fn person(
    fields: &mut Fields,
    family_name: Option<String>,
    given_name: Option<String>,
    patronymic: Option<String>,
    phone: Option<String>,
) -> Option<Person> {
    let family_name = fields.need("/family_name", family_name, person_name);
    let given_name = fields.need("/given_name", given_name, person_name);
    let patronymic = fields.may("/patronymic", patronymic, person_name);
    let phone = fields.need("/phone", phone, |text| Phone::parse(&text));
    Some(Person {
        family_name: family_name?,
        given_name: given_name?,
        patronymic,
        phone: phone?,
    })
}

/// `POST /v1/clients/search`
pub async fn search(
    guard: Guard<Find>,
    call: Call,
    Body(body): Body<SearchBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let given = [&body.phone, &body.client_number, &body.ticket_number];
    if given.iter().filter(|field| field.is_some()).count() != 1 {
        fields.note("", Flaw::ExactlyOne);
    }
    let phone = fields.may("/phone", body.phone, |text| {
        Phone::parse(&text).map(Lookup::Phone)
    });
    let number = fields.may("/client_number", body.client_number, |text| {
        ClientNumber::parse(&text).map(Lookup::ClientNumber)
    });
    let ticket = fields.may("/ticket_number", body.ticket_number, |text| {
        TicketNumber::parse(&text).map(Lookup::TicketNumber)
    });
    let lookup = fields.finish(phone.or(number).or(ticket))?;
    let cards = clients::search(&call.app, &guard, &call.origin, lookup).await?;
    let items = cards.into_iter().map(CardBody::from).collect();
    Ok(HttpResponse::Ok().json(FoundBody { items }))
}

/// `GET /v1/clients/{id}`
pub async fn read(
    guard: Guard<Find>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let card = clients::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(CardBody::from(card)))
}

/// `PATCH /v1/clients/{id}`
pub async fn amend(
    guard: Guard<Register>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<ClientPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let is_empty = body.family_name.is_none()
        && body.given_name.is_none()
        && body.patronymic.is_none()
        && body.phone.is_none();
    if is_empty {
        fields.note("", Flaw::NothingToChange);
    }
    let amendment = Amendment {
        family_name: fields.may("/family_name", body.family_name, person_name),
        given_name: fields.may("/given_name", body.given_name, person_name),
        patronymic: fields.may("/patronymic", body.patronymic, |name| {
            name.map(person_name).transpose()
        }),
        phone: fields.may("/phone", body.phone, |text| Phone::parse(&text)),
    };
    let amendment = fields.finish(Some(amendment))?;
    let card = clients::amend(&call.app, &guard, &call.origin, &id, amendment).await?;
    Ok(HttpResponse::Ok().json(CardBody::from(card)))
}

/// `GET /v1/clients/{id}/accesses`
pub async fn accesses(
    guard: Guard<Accesses>,
    call: Call,
    PathPart(id): PathPart,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = paging.parse()?;
    let before = event_mark(mark)?;
    let page = audit::accesses(&call.app, &guard, &call.origin, &id, before, limit).await?;
    let body: PageBody<EventBody> = PageBody::of(page, event_body);
    Ok(HttpResponse::Ok().json(body))
}
