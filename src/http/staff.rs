//! Sessions, staff, service accounts and branches.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::header, web::Bytes};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    context::Foreign,
    extract::{Body, Call, Fields, Guard, PathPart, Query},
    problem::Problem,
    shapes::{PageBody, Paging, line, present},
};
use crate::{
    domain::{
        calendar::write_time,
        flaw::Flaw,
        identifier::{BranchCode, Login},
        role::{Administer, Anyone, Role, Staff},
    },
    flows::{
        Refusal, passwords,
        sign_in::{self, Door},
        staff,
    },
    store::{BranchRow, StaffChange, StaffRow},
};

/// Who signs in.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// the login, in any case
    #[schema(required = true, value_type = String, example = "aigul")]
    pub login: Option<String>,
    /// the password, 1 to 256 characters
    #[schema(required = true, value_type = String, format = Password, example = "lantern marmot orchard")]
    pub password: Option<SecretString>,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    /// the token for `Authorization: Bearer`
    pub access_token: String,
    /// always `Bearer`
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// seconds until it ends
    #[schema(example = 43200)]
    pub expires_in: i64,
    /// who signed in
    pub staff: StaffBody,
}

/// A member of staff, or a service account.
#[derive(Serialize, ToSchema)]
pub struct StaffBody {
    /// id
    pub id: String,
    /// login, or client id
    #[schema(example = "aigul")]
    pub login: String,
    /// name
    #[schema(example = "Айгүл Серік")]
    pub name: String,
    /// role
    #[schema(value_type = RoleName)]
    pub role: &'static str,
    /// branch, where there is one
    #[schema(example = "ALA-1")]
    pub branch_code: Option<String>,
    /// `active` or `disabled`
    #[schema(value_type = StaffStatus)]
    pub status: &'static str,
    /// whether a one-time password has still to be changed
    pub password_change_required: bool,
    /// since when they are entered
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

/// A role's name.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RoleName {
    CallCenter,
    Branch,
    Supervisor,
    Auditor,
    Admin,
    LoanSystem,
}

/// Whether staff may sign in.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum StaffStatus {
    Active,
    Disabled,
}

impl From<StaffRow> for StaffBody {
    fn from(staff: StaffRow) -> Self {
        Self {
            id: staff.id,
            login: staff.login,
            name: staff.name,
            role: staff.role.name(),
            branch_code: staff.branch_code,
            status: if staff.is_active {
                "active"
            } else {
                "disabled"
            },
            password_change_required: staff.one_time_until.is_some(),
            created_at: write_time(staff.created_at),
        }
    }
}

/// `POST /v1/sessions`
pub async fn open_session(call: Call, Body(body): Body<SignIn>) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let login = fields.need("/login", body.login, Ok);
    let password = fields.need("/password", body.password, Ok);
    let (login, password) = fields.finish(login.zip(password))?;
    // What is no login cannot be anybody's; it costs and is told the same as an unknown one.
    let login = Login::parse(&login).ok();
    let session = sign_in::sign_in(&call.app, &call.origin, Door::People, login, password).await?;
    Ok(HttpResponse::Created().json(SessionBody {
        access_token: session.token.expose_secret().to_owned(),
        token_type: "Bearer",
        expires_in: session.expires_in,
        staff: session.staff.into(),
    }))
}

/// `DELETE /v1/sessions/current`
pub async fn close_session(
    guard: Guard<Anyone, true>,
    call: Call,
) -> Result<HttpResponse, Problem> {
    sign_in::sign_out(&call.app, &guard, &call.origin).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Client credentials (RFC 6749 §4.4), where they are not in the header.
#[derive(Deserialize, ToSchema)]
pub struct TokenForm {
    /// `client_credentials`
    #[schema(example = "client_credentials")]
    pub grant_type: Option<String>,
    /// the service account
    pub client_id: Option<String>,
    /// its secret
    #[schema(value_type = Option<String>, format = Password)]
    pub client_secret: Option<SecretString>,
    /// not used: a service account has the one role
    pub scope: Option<String>,
}

/// An access token of a service account.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    /// the token for `Authorization: Bearer`
    pub access_token: String,
    /// always `Bearer`
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// seconds until it ends
    pub expires_in: i64,
}

/// An error as RFC 6749 §5.2 has it.
#[derive(Serialize, ToSchema)]
pub struct OAuthError {
    /// `invalid_request`, `invalid_client`, `unsupported_grant_type`
    #[schema(example = "invalid_client")]
    pub error: &'static str,
    /// for people
    pub error_description: &'static str,
}

/// `POST /v1/oauth/token`
pub async fn issue_token(
    request: HttpRequest,
    call: Call,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (login, secret, in_header) = match read_credentials(&request, &body) {
        Ok(credentials) => credentials,
        Err((error, description)) => return Ok(oauth_error(400, error, description, false)),
    };
    let session = sign_in::sign_in(&call.app, &call.origin, Door::Services, login, secret).await;
    match session {
        Ok(session) => Ok(HttpResponse::Ok()
            .insert_header((header::PRAGMA, "no-cache"))
            .json(TokenBody {
                access_token: session.token.expose_secret().to_owned(),
                token_type: "Bearer",
                expires_in: session.expires_in,
            })),
        Err(Refusal::BadCredentials) => Ok(oauth_error(
            401,
            "invalid_client",
            "the client id or the secret is not right",
            in_header,
        )),
        Err(other) => Err(other.into()),
    }
}

type Credentials = (Option<Login>, SecretString, bool);

fn read_credentials(
    request: &HttpRequest,
    body: &Bytes,
) -> Result<Credentials, (&'static str, &'static str)> {
    let invalid = |why| ("invalid_request", why);
    if !request
        .content_type()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return Err(invalid(
            "the body is a form: application/x-www-form-urlencoded",
        ));
    }
    let form: TokenForm =
        serde_urlencoded::from_bytes(body).map_err(|_| invalid("the form cannot be read"))?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err((
                "unsupported_grant_type",
                "only client_credentials is supported",
            ));
        }
        None => return Err(invalid("grant_type is missing")),
    }
    let basic = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let basic = basic.filter(|value| {
        value
            .get(..6)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "))
    });
    match (basic, form.client_id, form.client_secret) {
        (Some(_), _, Some(_)) => Err(invalid("credentials are in the header and in the body")),
        (Some(value), _, None) => {
            let (id, secret) = decode_basic(&value[6..])
                .ok_or_else(|| invalid("the Basic credentials cannot be read"))?;
            Ok((Login::parse(&id).ok(), secret, true))
        }
        (None, Some(id), Some(secret)) => Ok((Login::parse(&id).ok(), secret, false)),
        (None, ..) => Err(invalid("client_id and client_secret are missing")),
    }
}

/// Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn decode_basic(encoded: &str) -> Option<(String, SecretString)> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("v={part}")).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((decode(id)?, SecretString::from(decode(secret)?)))
}

fn oauth_error(
    status: u16,
    error: &'static str,
    description: &'static str,
    in_header: bool,
) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status)
        .unwrap_or(actix_web::http::StatusCode::BAD_REQUEST);
    let mut response = HttpResponse::build(status);
    if status == actix_web::http::StatusCode::UNAUTHORIZED {
        let scheme = if in_header {
            "Basic realm=\"qupia\""
        } else {
            "Bearer realm=\"qupia\""
        };
        response.insert_header((header::WWW_AUTHENTICATE, scheme));
    }
    let mut response = response.json(OAuthError {
        error,
        error_description: description,
    });
    response.extensions_mut().insert(Foreign);
    response
}

/// `GET /v1/staff/me`
pub async fn me(guard: Guard<Staff, true>, call: Call) -> Result<HttpResponse, Problem> {
    let staff = staff::me(&call.app, &guard).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(staff)))
}

/// A change of one's own password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// the current one
    #[schema(required = true, value_type = String, format = Password)]
    pub current_password: Option<SecretString>,
    /// the new one: 12 to 256 characters, not common, without the login
    #[schema(required = true, value_type = String, format = Password)]
    pub new_password: Option<SecretString>,
}

/// `POST /v1/staff/me/password`
pub async fn change_password(
    guard: Guard<Staff, true>,
    call: Call,
    Body(body): Body<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let current = fields.need("/current_password", body.current_password, Ok);
    let new = fields.need("/new_password", body.new_password, Ok);
    let (current, new) = fields.finish(current.zip(new))?;
    passwords::change_own(&call.app, &guard, &call.origin, current, new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Staff to be entered.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaffBody {
    /// the login, or for `loan_system` the client id
    #[schema(required = true, value_type = String, min_length = 1, max_length = 64, example = "aigul")]
    pub login: Option<String>,
    /// the name, 1 to 200 characters
    #[validate(length(min = 1, max = 200))]
    #[schema(required = true, value_type = String, min_length = 1, max_length = 200, example = "Айгүл Серік")]
    pub name: Option<String>,
    /// the role
    #[schema(required = true, value_type = RoleName)]
    pub role: Option<String>,
    /// the branch: needed for `branch`
    #[schema(example = "ALA-1")]
    pub branch_code: Option<String>,
}

/// Staff that was entered, with the first secret, shown once.
#[derive(Serialize, ToSchema)]
pub struct EnteredStaff {
    /// who
    #[serde(flatten)]
    pub staff: StaffBody,
    /// the one-time password of a person
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// the client id of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// the client secret of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

fn role(name: String) -> Result<Role, Flaw> {
    Role::from_name(&name).ok_or(Flaw::NotOneOf(&Role::NAMES))
}

/// `POST /v1/staff`
pub async fn enter_staff(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewStaffBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let login = fields.need("/login", body.login, |text| Login::parse(&text));
    let name = fields.need("/name", body.name, line);
    let role = fields.need("/role", body.role, role);
    let branch_code = fields.may("/branch_code", body.branch_code, |text| {
        BranchCode::parse(&text)
    });
    if role == Some(Role::Branch) && branch_code.is_none() {
        fields.note("/branch_code", Flaw::Missing);
    }
    let entry = login.zip(name).zip(role);
    let ((login, name), role) = fields.finish(entry)?;
    let entry = staff::Entry {
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

/// `GET /v1/staff`
pub async fn list_staff(
    guard: Guard<Administer>,
    call: Call,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse()?;
    let page = staff::list(&call.app, &guard, after, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(page, StaffBody::from)))
}

/// `GET /v1/staff/{id}`
pub async fn read_staff(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
) -> Result<HttpResponse, Problem> {
    let row = staff::read(&call.app, &guard, &id).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(row)))
}

/// What to change of staff; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPatch {
    /// another name
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// another role
    #[schema(value_type = Option<RoleName>)]
    pub role: Option<String>,
    /// another branch; null for none
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub branch_code: Option<Option<String>>,
    /// `active` or `disabled`
    #[schema(value_type = Option<StaffStatus>)]
    pub status: Option<String>,
}

/// `PATCH /v1/staff/{id}`
pub async fn change_staff(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
    Body(body): Body<StaffPatch>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let is_empty = body.name.is_none()
        && body.role.is_none()
        && body.branch_code.is_none()
        && body.status.is_none();
    if is_empty {
        fields.note("", Flaw::NothingToChange);
    }
    let change = StaffChange {
        name: fields.may("/name", body.name, line),
        role: fields.may("/role", body.role, role),
        branch_code: fields.may("/branch_code", body.branch_code, |code| {
            code.map(|text| BranchCode::parse(&text)).transpose()
        }),
        is_active: fields.may("/status", body.status, |status| match status.as_str() {
            "active" => Ok(true),
            "disabled" => Ok(false),
            _ => Err(Flaw::NotOneOf(&["active", "disabled"])),
        }),
    };
    let change = fields.finish(Some(change))?;
    let row = staff::change(&call.app, &guard, &call.origin, &id, change).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(row)))
}

/// A secret made anew, shown once.
#[derive(Serialize, ToSchema)]
pub struct MadeSecretBody {
    /// the one-time password of a person
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// the client secret of a service account
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// `POST /v1/staff/{id}/password`
pub async fn reset_password(
    guard: Guard<Administer>,
    call: Call,
    PathPart(id): PathPart,
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

/// A branch to be opened.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBranchBody {
    /// its code
    #[schema(required = true, value_type = String, min_length = 1, max_length = 64, example = "ALA-1")]
    pub code: Option<String>,
    /// its name
    #[validate(length(min = 1, max = 200))]
    #[schema(required = true, value_type = String, min_length = 1, max_length = 200, example = "Алматы, Абай даңғылы")]
    pub name: Option<String>,
    /// its city
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Алматы")]
    pub city: Option<String>,
}

/// A branch.
#[derive(Serialize, ToSchema)]
pub struct BranchBody {
    /// its code
    #[schema(example = "ALA-1")]
    pub code: String,
    /// its name
    pub name: String,
    /// its city
    pub city: Option<String>,
    /// since when it is known
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

impl From<BranchRow> for BranchBody {
    fn from(branch: BranchRow) -> Self {
        Self {
            code: branch.code,
            name: branch.name,
            city: branch.city,
            created_at: write_time(branch.created_at),
        }
    }
}

/// `POST /v1/branches`
pub async fn open_branch(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewBranchBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let code = fields.need("/code", body.code, |text| BranchCode::parse(&text));
    let name = fields.need("/name", body.name, line);
    let city = fields.may("/city", body.city, line);
    let (code, name) = fields.finish(code.zip(name))?;
    let branch = staff::open_branch(&call.app, &guard, &call.origin, code, name, city).await?;
    Ok(HttpResponse::Created().json(BranchBody::from(branch)))
}

/// `GET /v1/branches`
pub async fn list_branches(
    guard: Guard<Administer>,
    call: Call,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse()?;
    let page = staff::list_branches(&call.app, &guard, after, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(page, BranchBody::from)))
}
