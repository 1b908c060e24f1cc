//! Staff and service accounts, managed by admins.

use actix_web::{HttpResponse, http::header};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    extract::{Body, Call, Fields, Guard, PathId, Query, rule},
    openapi::{values, words::KnownRole},
    paging::{List, PageBody, Paging},
    problem::Problem,
    shapes::{ActiveStatus, line, needed, present},
};
use crate::{
    domain::{
        calendar::write_time,
        id::StaffId,
        identifier::{BranchCode, Login},
        role::{Administer, Role},
        validation::ValidationError,
    },
    flows::{passwords, staff},
    store::{StaffChange, StaffRow},
};

/// A member of staff, or a service account.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffBody {
    /// id
    #[schema(example = "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11")]
    pub id: String,
    /// login, or client id
    #[schema(example = "aigul")]
    pub login: String,
    /// name
    #[schema(example = "Айгүл Серік")]
    pub name: String,
    /// role
    #[schema(value_type = Role)]
    pub role: &'static str,
    /// branch, where there is one
    #[schema(required = true, example = "ALA-1")]
    pub branch_code: Option<String>,
    /// `active` or `disabled`
    pub status: ActiveStatus,
    /// whether a one-time password has still to be changed
    pub password_change_required: bool,
    /// since when they are entered
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

impl From<StaffRow> for StaffBody {
    fn from(staff: StaffRow) -> Self {
        Self {
            status: ActiveStatus::of(staff.is_active),
            id: staff.id.into(),
            login: staff.login,
            name: staff.name,
            role: staff.role.name(),
            branch_code: staff.branch_code,
            password_change_required: staff.one_time_until.is_some(),
            created_at: write_time(staff.created_at),
        }
    }
}

/// Staff to be entered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaffBody {
    /// the login, or for `loan_system` the client id
    #[schema(required = true, value_type = values::NewLogin)]
    pub login: Option<String>,
    /// the name, 1 to 200 characters
    #[validate(length(max = 200))]
    #[schema(required = true, value_type = values::Line)]
    pub name: Option<String>,
    /// the role
    #[schema(required = true, value_type = KnownRole)]
    pub role: Option<String>,
    /// the branch: needed for `branch`
    #[schema(value_type = Option<values::BranchCode>)]
    pub branch_code: Option<String>,
}

/// Staff that was entered, with the first secret, shown once.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"id": "019a9f3e-5b1c-7c4e-9a53-2f1d6f0c8f11", "login": "aigul", "name": "Айгүл Серік", "role": "call_center", "branch_code": null, "status": "active", "password_change_required": true, "created_at": "2026-11-22T09:30:00Z", "password": "7k2m-9qxd-4htr-w0zn-c8vb-5ygs-e1pf"}))]
pub(crate) struct EnteredStaff {
    /// who
    #[serde(flatten)]
    pub staff: StaffBody,
    /// the one-time password of a person
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "7k2m-9qxd-4htr-w0zn-c8vb-5ygs-e1pf")]
    pub password: Option<String>,
    /// the client id of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "loan-system")]
    pub client_id: Option<String>,
    /// the client secret of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "qupia_cs_5hJ2mV8c")]
    pub client_secret: Option<String>,
}

fn role(name: String) -> Result<Role, ValidationError> {
    Role::from_name(&name).ok_or(ValidationError::NotOneOf(Role::NAMES))
}

/// Enters a member of staff or a service account.
///
/// The one-time `password` (for `loan_system`: `client_secret`) is shown in this answer and never again;
/// a repeated request with the same `Idempotency-Key` is answered without it.
#[utoipa::path(
    post,
    path = "/v1/staff",
    tag = "staff",
    operation_id = "enter_staff",
    request_body = NewStaffBody,
    responses((status = 201, description = "Entered", body = EnteredStaff, headers(("Location" = String, description = "where the entry is read")))),
)]
pub(crate) async fn enter_staff(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewStaffBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let login = fields.required("/login", body.login, |text| Login::parse(&text));
    let name = fields.required("/name", body.name, line);
    let role = fields.required("/role", body.role, role);
    let branch_code = fields.optional("/branch_code", body.branch_code, |text| {
        BranchCode::parse(&text)
    });
    if role == Some(Role::Branch) && branch_code.is_none() {
        fields.note("/branch_code", ValidationError::Missing);
    }
    let entry = login.zip(name).zip(role);
    let ((login, name), role) = fields.finish(entry)?;
    let entry = staff::NewAccount {
        login,
        name,
        role,
        branch_code,
    };
    let (row, made) = staff::enter(&call.app, &guard, &call.origin, entry).await?;
    let secret = made.secret.expose_secret().to_owned();
    let (password, client_secret) = if made.is_client_secret {
        (None, Some(secret))
    } else {
        (Some(secret), None)
    };
    let client_id = made.is_client_secret.then(|| row.login.clone());
    let location = format!("/v1/staff/{}", row.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(EnteredStaff {
            staff: row.into(),
            password,
            client_id,
            client_secret,
        }))
}

/// Lists staff and service accounts.
#[utoipa::path(
    get,
    path = "/v1/staff",
    tag = "staff",
    operation_id = "list_staff",
    params(Paging),
    responses((status = 200, description = "A page of staff", body = PageBody<StaffBody>)),
)]
pub(crate) async fn list_staff(
    guard: Guard<Administer>,
    call: Call,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse(&list)?;
    let page = staff::list(&call.app, &guard, &call.origin, after, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, StaffBody::from)))
}

/// Reads one member of staff or service account.
#[utoipa::path(
    get,
    path = "/v1/staff/{id}",
    tag = "staff",
    operation_id = "read_staff",
    params(("id" = values::Id, Path, description = "whose entry")),
    responses((status = 200, description = "The entry", body = StaffBody)),
)]
pub(crate) async fn read_staff(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<StaffId>,
) -> Result<HttpResponse, Problem> {
    let row = staff::read(&call.app, &guard, &call.origin, &id).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(row)))
}

/// What to change of staff; what is left out stays as it is.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
#[validate(schema(function = Self::changes_something))]
pub struct StaffPatch {
    /// another name
    #[validate(length(max = 200))]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = values::Line, required = false)]
    pub name: Option<Option<String>>,
    /// another role
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = KnownRole, required = false)]
    pub role: Option<Option<String>>,
    /// another branch; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<values::BranchCode>)]
    pub branch_code: Option<Option<String>>,
    /// `active` or `disabled`
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ActiveStatus, required = false)]
    pub status: Option<Option<String>>,
}

impl StaffPatch {
    fn changes_something(&self) -> Result<(), validator::ValidationError> {
        let is_changed = self.name.is_some()
            || self.role.is_some()
            || self.branch_code.is_some()
            || self.status.is_some();
        rule(is_changed, &ValidationError::NothingToChange)
    }
}

/// Changes, disables or enables staff.
///
/// What is left out stays; `branch_code: null` takes the branch away, null elsewhere is 422. All sessions
/// of staff who are disabled or whose role changes end.
#[utoipa::path(
    patch,
    path = "/v1/staff/{id}",
    tag = "staff",
    operation_id = "change_staff",
    params(("id" = values::Id, Path, description = "whose entry")),
    request_body = StaffPatch,
    responses((status = 200, description = "The entry as it is now", body = StaffBody)),
)]
pub(crate) async fn change_staff(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<StaffId>,
    Body(body): Body<StaffPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let change = StaffChange {
        name: fields.optional("/name", body.name, needed(line)),
        role: fields.optional("/role", body.role, needed(role)),
        branch_code: fields.optional("/branch_code", body.branch_code, |code| {
            code.map(|text| BranchCode::parse(&text)).transpose()
        }),
        is_active: fields.optional("/status", body.status, needed(ActiveStatus::is_active)),
    };
    let change = fields.finish(Some(change))?;
    let row = staff::change(&call.app, &guard, &call.origin, &id, change).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(row)))
}

/// A secret made anew, shown once.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"password": "7k2m-9qxd-4htr-w0zn-c8vb-5ygs-e1pf"}))]
pub(crate) struct MadeSecretBody {
    /// the one-time password of a person
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "7k2m-9qxd-4htr-w0zn-c8vb-5ygs-e1pf")]
    pub password: Option<String>,
    /// the client secret of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "qupia_cs_5hJ2mV8c")]
    pub client_secret: Option<String>,
}

/// Makes a new one-time password, or for a service account a new client secret; all sessions end.
///
/// It is shown in this answer and never again.
#[utoipa::path(
    post,
    path = "/v1/staff/{id}/password",
    tag = "staff",
    operation_id = "reset_password",
    params(("id" = values::Id, Path, description = "whose password")),
    responses((status = 201, description = "The new secret", body = MadeSecretBody)),
)]
pub(crate) async fn reset_password(
    guard: Guard<Administer>,
    call: Call,
    PathId(id): PathId<StaffId>,
) -> Result<HttpResponse, Problem> {
    let made = passwords::reset(&call.app, &guard, &call.origin, &id).await?;
    let secret = made.secret.expose_secret().to_owned();
    Ok(HttpResponse::Created().json(if made.is_client_secret {
        MadeSecretBody {
            password: None,
            client_secret: Some(secret),
        }
    } else {
        MadeSecretBody {
            password: Some(secret),
            client_secret: None,
        }
    }))
}
