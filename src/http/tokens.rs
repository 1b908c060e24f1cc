//! Access tokens of service accounts: OAuth2 client credentials (RFC 6749 §4.4).

use std::str::FromStr;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use strum::EnumString;
use utoipa::ToSchema;

use super::{
    context::OtherErrorFormat,
    extract::{Call, RawBody},
    problem::Problem,
    whole_body::MAX_CREDENTIALS,
};
use crate::{
    domain::identifier::Login,
    flows::{
        Refusal,
        sign_in::{self, AccountKind},
    },
};

/// Client credentials (RFC 6749 §4.4), where they are not in the header.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TokenForm {
    /// `client_credentials`
    #[schema(required = true, value_type = GrantType)]
    pub grant_type: Option<String>,
    /// the service account
    #[schema(value_type = String, required = false, example = "loan-system")]
    pub client_id: Option<String>,
    /// its secret
    #[schema(value_type = String, required = false, format = Password, example = "qupia_cs_5hJ2mV8c")]
    pub client_secret: Option<SecretString>,
    /// not used: a service account has the one role
    #[schema(value_type = String, required = false)]
    #[expect(dead_code, reason = "it is taken and not used")]
    pub scope: Option<String>,
}

/// How a token is sent.
#[derive(Serialize, ToSchema)]
pub(crate) enum TokenType {
    Bearer,
}

/// How a token is asked for.
#[derive(EnumString, ToSchema)]
#[schema(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum GrantType {
    ClientCredentials,
}

/// The code of an error of RFC 6749 §5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OAuthErrorCode {
    InvalidRequest,
    InvalidClient,
    UnsupportedGrantType,
}

/// An access token of a service account.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenBody {
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
}

/// An error of RFC 6749 §5.2.
#[derive(Serialize, ToSchema)]
pub(crate) struct OAuthError {
    /// `invalid_request`, `invalid_client`, `unsupported_grant_type`
    pub error: OAuthErrorCode,
    /// for people
    #[schema(example = "grant_type is missing")]
    pub error_description: &'static str,
}

/// Gives a service account an access token (RFC 6749 §4.4, client credentials).
///
/// The credentials come as HTTP Basic or in the form, not as both. Errors in them are reported in the
/// JSON of RFC 6749; a limit or a fault of the service, as everywhere, in a problem document.
#[utoipa::path(
    post,
    path = "/v1/oauth/token",
    tag = "service accounts",
    operation_id = "issue_token",
    security(("client_basic" = []), ()),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token", body = TokenBody, headers(("Pragma" = String, description = "no-cache"))), (status = 400, description = "The request is none of RFC 6749", body = OAuthError), (status = 401, description = "The client id or the secret is not right", body = OAuthError, headers(("WWW-Authenticate" = String, description = "the scheme that was used")), example = json!({"error": "invalid_client", "error_description": "the client id or the secret is not right"}))),
)]
pub(crate) async fn issue_token(
    call: Call,
    request: HttpRequest,
    RawBody(body): RawBody<MAX_CREDENTIALS>,
) -> Result<HttpResponse, Problem> {
    let (login, secret, in_header) = match read_credentials(&request, body.bytes()) {
        Ok(credentials) => credentials,
        Err((error, description)) => return Ok(oauth_error(400, error, description, false)),
    };
    let session =
        sign_in::sign_in(&call.app, &call.origin, AccountKind::Service, login, secret).await;
    match session {
        Ok(session) => Ok(HttpResponse::Ok()
            .insert_header((header::PRAGMA, "no-cache"))
            .json(TokenBody {
                access_token: session.token.expose_secret().to_owned(),
                token_type: TokenType::Bearer,
                expires_in: session.expires_in,
            })),
        Err(Refusal::BadCredentials) => Ok(oauth_error(
            401,
            OAuthErrorCode::InvalidClient,
            "the client id or the secret is not right",
            in_header,
        )),
        Err(other) => Err(other.into()),
    }
}

type Credentials = (Option<Login>, SecretString, bool);

fn read_credentials(
    request: &HttpRequest,
    body: &[u8],
) -> Result<Credentials, (OAuthErrorCode, &'static str)> {
    let invalid = |why| (OAuthErrorCode::InvalidRequest, why);
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
    match form.grant_type.as_deref().map(GrantType::from_str) {
        Some(Ok(GrantType::ClientCredentials)) => {}
        Some(Err(_)) => {
            return Err((
                OAuthErrorCode::UnsupportedGrantType,
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
    error: OAuthErrorCode,
    description: &'static str,
    in_header: bool,
) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
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
    response.extensions_mut().insert(OtherErrorFormat);
    response
}
