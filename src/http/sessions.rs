//! Signing in and out, and one's own account.

use actix_web::HttpResponse;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    extract::{Body, Call, Fields, Guard},
    openapi::values,
    problem::Problem,
    staff::StaffBody,
    tokens::TokenType,
    whole_body::MAX_CREDENTIALS,
};
use crate::{
    domain::{
        identifier::Login,
        role::{Anyone, Staff},
    },
    flows::{
        passwords,
        sign_in::{self, AccountKind},
        staff,
    },
};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// the login, in any case
    #[schema(required = true, value_type = String, example = "aigul")]
    pub login: Option<String>,
    /// the password, 1 to 256 characters
    #[schema(required = true, value_type = values::Password)]
    pub password: Option<SecretString>,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionBody {
    /// the token for `Authorization: Bearer`
    #[schema(
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiIsImtpZCI6InRva2VuLTEifQ.eyJzdWIiOiIwMTlhIn0.c2ln"
    )]
    pub access_token: String,
    /// always `Bearer`
    pub token_type: TokenType,
    /// seconds until it ends
    #[schema(minimum = 1, example = 43200)]
    pub expires_in: i64,
    /// who signed in
    pub staff: StaffBody,
}

/// Signs a member of staff in.
///
/// A wrong login and a wrong password are one and the same 401, at the same cost; logins are throttled
/// per login; one that is refused for load (503) is not counted. An `Idempotency-Key` is not honoured here.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    tag = "sessions",
    operation_id = "open_session",
    request_body = SignIn,
    responses((status = 201, description = "A session", body = SessionBody)),
)]
pub(crate) async fn open_session(
    call: Call,
    Body(body): Body<SignIn, MAX_CREDENTIALS>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let login = fields.required("/login", body.login, Ok);
    let password = fields.required("/password", body.password, Ok);
    let (login, password) = fields.finish(login.zip(password))?;
    // A text that cannot be a login takes as long and is answered as an unknown login.
    let login = Login::parse(&login).ok();
    let session = sign_in::sign_in(
        &call.app,
        &call.origin,
        AccountKind::Person,
        login,
        password,
    )
    .await?;
    Ok(HttpResponse::Created().json(SessionBody {
        access_token: session.token.expose_secret().to_owned(),
        token_type: TokenType::Bearer,
        expires_in: session.expires_in,
        staff: session.staff.into(),
    }))
}

/// Signs out: the token is dead at once on every instance.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    tag = "sessions",
    operation_id = "close_session",
    responses((status = 204, description = "Signed out")),
)]
pub(crate) async fn close_session(
    guard: Guard<Anyone, true>,
    call: Call,
) -> Result<HttpResponse, Problem> {
    sign_in::sign_out(&call.app, &guard, &call.origin).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who one is.
#[utoipa::path(
    get,
    path = "/v1/staff/me",
    tag = "sessions",
    operation_id = "read_me",
    responses((status = 200, description = "The caller", body = StaffBody)),
)]
pub(crate) async fn me(guard: Guard<Staff, true>, call: Call) -> Result<HttpResponse, Problem> {
    let staff = staff::me(&call.app, &guard).await?;
    Ok(HttpResponse::Ok().json(StaffBody::from(staff)))
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// the current one
    #[schema(required = true, value_type = values::Password)]
    pub current_password: Option<SecretString>,
    /// the new one: 12 to 256 characters, not common, without the login
    #[schema(required = true, value_type = values::NewPassword)]
    pub new_password: Option<SecretString>,
}

/// Changes one's own password; all other sessions of that person end.
#[utoipa::path(
    post,
    path = "/v1/staff/me/password",
    tag = "sessions",
    operation_id = "change_password",
    request_body = PasswordChange,
    responses((status = 204, description = "Changed")),
)]
pub(crate) async fn change_password(
    guard: Guard<Staff, true>,
    call: Call,
    Body(body): Body<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let current = fields.required("/current_password", body.current_password, Ok);
    let new = fields.required("/new_password", body.new_password, Ok);
    let (current, new) = fields.finish(current.zip(new))?;
    passwords::change_own(&call.app, &guard, &call.origin, current, new).await?;
    Ok(HttpResponse::NoContent().finish())
}
