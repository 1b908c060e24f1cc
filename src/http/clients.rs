//! Clients: search, cards, and who accessed them.

use actix_web::{HttpResponse, http::header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    audit::{EventBody, event_body},
    extract::{Body, Call, Fields, Guard, PathId, Query, rule},
    openapi::values,
    paging::{List, PageBody, Paging, event_mark},
    passphrases::StatusBody,
    problem::Problem,
    shapes::{needed, person_name, present},
};
use crate::{
    domain::{
        calendar::write_time,
        id::ClientId,
        identifier::{ClientNumber, TicketNumber},
        person::{Person, Phone},
        role::{Accesses, Find, Register},
        validation::ValidationError,
    },
    flows::{
        audit,
        clients::{self, Amendment, Card},
    },
    store::Lookup,
};

/// A client to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClientBody {
    /// the company's number of the client
    #[schema(required = true, value_type = values::ClientNumber)]
    pub client_number: Option<String>,
    /// family name
    #[schema(required = true, value_type = values::PersonName)]
    pub family_name: Option<String>,
    /// given name; null for a person who has one name alone
    #[serde(default, deserialize_with = "present")]
    #[schema(required = true, value_type = Option<values::PersonName>)]
    pub given_name: Option<Option<String>>,
    /// patronymic, where there is one
    #[schema(value_type = Option<values::PersonName>)]
    pub patronymic: Option<String>,
    /// telephone, in E.164 or a national form
    #[schema(required = true, value_type = values::PhoneNumber)]
    pub phone: Option<String>,
}

/// What to amend of a client; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
#[validate(schema(function = Self::changes_something))]
pub struct ClientPatch {
    /// another family name
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = values::PersonName, required = false)]
    pub family_name: Option<Option<String>>,
    /// another given name; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<values::PersonName>)]
    pub given_name: Option<Option<String>>,
    /// another patronymic; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<values::PersonName>)]
    pub patronymic: Option<Option<String>>,
    /// another telephone
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = values::PhoneNumber, required = false)]
    pub phone: Option<Option<String>>,
}

impl ClientPatch {
    fn changes_something(&self) -> Result<(), validator::ValidationError> {
        let is_changed = self.family_name.is_some()
            || self.given_name.is_some()
            || self.patronymic.is_some()
            || self.phone.is_some();
        rule(is_changed, &ValidationError::NothingToChange)
    }
}

/// By what clients are looked for: exactly one of the three.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = Self::has_exactly_one))]
pub struct SearchBody {
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    client_number: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    ticket_number: Option<Option<String>>,
}

impl SearchBody {
    fn has_exactly_one(&self) -> Result<(), validator::ValidationError> {
        let given = [&self.phone, &self.client_number, &self.ticket_number];
        let count = given.iter().filter(|field| field.is_some()).count();
        rule(count == 1, &ValidationError::ExactlyOne)
    }
}

/// By what clients are looked for: exactly one of the three.
#[derive(ToSchema)]
#[schema(as = SearchBody)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what is sent, and is never made")]
pub(crate) enum SearchShape {
    /// by telephone
    #[serde(deny_unknown_fields)]
    #[schema(title = "SearchByPhone")]
    Phone { phone: values::PhoneNumber },
    /// by the company's number of the client
    #[serde(deny_unknown_fields)]
    #[schema(title = "SearchByClientNumber")]
    ClientNumber { client_number: values::ClientNumber },
    /// by the number of one of the client's pledge tickets
    #[serde(deny_unknown_fields)]
    #[schema(title = "SearchByTicketNumber")]
    TicketNumber { ticket_number: values::TicketNumber },
}

/// A client's card. Before verification a specialist sees initials and the telephone's end.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardBody {
    /// id
    #[schema(example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub id: String,
    /// the company's number
    #[schema(example = "K-000123")]
    pub client_number: String,
    /// family name, or its initial
    #[schema(example = "Қ***")]
    pub family_name: String,
    /// given name, or its initial; null for a person who has one name alone
    #[schema(required = true, example = "Ә***")]
    pub given_name: Option<String>,
    /// patronymic, or its initial
    #[schema(required = true, example = "Н***")]
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
pub(crate) struct FoundBody {
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
            id: card.client.id.into(),
            client_number: card.client.client_number,
            family_name: name(&family_name),
            given_name: given_name.as_ref().map(name),
            patronymic: patronymic.as_ref().map(name),
            phone: if masked {
                phone.masked()
            } else {
                phone.as_str().to_owned()
            },
            passphrase: StatusBody::from(card.passphrase),
            created_at: write_time(card.client.created_at),
        }
    }
}

/// Enters a client.
#[utoipa::path(
    post,
    path = "/v1/clients",
    tag = "clients",
    operation_id = "enter_client",
    request_body = NewClientBody,
    responses((status = 201, description = "The full card", body = CardBody, headers(("Location" = String, description = "where the card is read")))),
)]
pub(crate) async fn enter(
    guard: Guard<Register>,
    call: Call,
    Body(body): Body<NewClientBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let number = fields.required("/client_number", body.client_number, |text| {
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
    given_name: Option<Option<String>>,
    patronymic: Option<String>,
    phone: Option<String>,
) -> Option<Person> {
    let family_name = fields.required("/family_name", family_name, person_name);
    let given_name = fields.required("/given_name", given_name, |name| {
        name.map(person_name).transpose()
    });
    let patronymic = fields.optional("/patronymic", patronymic, person_name);
    let phone = fields.required("/phone", phone, |text| Phone::parse(&text));
    Some(Person {
        family_name: family_name?,
        given_name: given_name?,
        patronymic,
        phone: phone?,
    })
}

/// Finds clients by exactly one of telephone, client number and ticket number.
///
/// A POST, so that nothing that identifies a person is in a URL. Every search is recorded, whether it finds
/// anybody or not. `call_center` and `supervisor` see masked cards until a verification of their own is open, and
/// may touch 60 different clients an hour. Past 10 searches a minute that found nobody every search is 429,
/// whether it would find somebody or not.
#[utoipa::path(
    post,
    path = "/v1/clients/search",
    tag = "clients",
    operation_id = "search_clients",
    request_body = SearchShape,
    responses((status = 200, description = "The cards; none where nobody was found", body = FoundBody)),
)]
pub(crate) async fn search(
    guard: Guard<Find>,
    call: Call,
    Body(body): Body<SearchBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let by_phone = |text: String| Phone::parse(&text).map(Lookup::Phone);
    let by_number = |text: String| ClientNumber::parse(&text).map(Lookup::ClientNumber);
    let by_ticket = |text: String| TicketNumber::parse(&text).map(Lookup::TicketNumber);
    let phone = fields.optional("/phone", body.phone, needed(by_phone));
    let number = fields.optional("/client_number", body.client_number, needed(by_number));
    let ticket = fields.optional("/ticket_number", body.ticket_number, needed(by_ticket));
    let lookup = fields.finish(phone.or(number).or(ticket))?;
    let cards = clients::search(&call.app, &guard, &call.origin, lookup).await?;
    let items = cards.into_iter().map(CardBody::from).collect();
    Ok(HttpResponse::Ok().json(FoundBody { items }))
}

/// Reads a client's card.
///
/// `call_center` and `supervisor` see initials and the telephone's last two digits until a verification of
/// their own is open for the client.
#[utoipa::path(
    get,
    path = "/v1/clients/{id}",
    tag = "clients",
    operation_id = "read_client",
    params(("id" = values::Id, Path, description = "the client")),
    responses((status = 200, description = "The card", body = CardBody)),
)]
pub(crate) async fn read(
    guard: Guard<Find>,
    call: Call,
    PathId(id): PathId<ClientId>,
) -> Result<HttpResponse, Problem> {
    let card = clients::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(CardBody::from(card)))
}

/// Amends a client.
///
/// What is left out stays; null takes the given name or the patronymic away, and elsewhere is 422.
#[utoipa::path(
    patch,
    path = "/v1/clients/{id}",
    tag = "clients",
    operation_id = "amend_client",
    params(("id" = values::Id, Path, description = "the client")),
    request_body = ClientPatch,
    responses((status = 200, description = "The card as it is now", body = CardBody)),
)]
pub(crate) async fn amend(
    guard: Guard<Register>,
    call: Call,
    PathId(id): PathId<ClientId>,
    Body(body): Body<ClientPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let amendment = Amendment {
        family_name: fields.optional("/family_name", body.family_name, needed(person_name)),
        given_name: fields.optional("/given_name", body.given_name, |name| {
            name.map(person_name).transpose()
        }),
        patronymic: fields.optional("/patronymic", body.patronymic, |name| {
            name.map(person_name).transpose()
        }),
        phone: fields.optional(
            "/phone",
            body.phone,
            needed(|text: String| Phone::parse(&text)),
        ),
    };
    let amendment = fields.finish(Some(amendment))?;
    let card = clients::amend(&call.app, &guard, &call.origin, &id, amendment).await?;
    Ok(HttpResponse::Ok().json(CardBody::from(card)))
}

/// Lists what was done about a client and by whom, newest first.
#[utoipa::path(
    get,
    path = "/v1/clients/{id}/accesses",
    tag = "clients",
    operation_id = "list_accesses",
    params(("id" = values::Id, Path, description = "the client"), Paging),
    responses((status = 200, description = "A page of events", body = PageBody<EventBody>)),
)]
pub(crate) async fn accesses(
    guard: Guard<Accesses>,
    call: Call,
    PathId(id): PathId<ClientId>,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = paging.parse(&list)?;
    let before = event_mark(mark)?;
    let page = audit::accesses(&call.app, &guard, &call.origin, &id, before, limit).await?;
    let body: PageBody<EventBody> = PageBody::of(&list, page, event_body);
    Ok(HttpResponse::Ok().json(body))
}
