//! Every problem's code and status. Its title and detail are in `locales/`.

use actix_web::http::StatusCode;
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

/// A problem's stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[allow(
    clippy::enum_variant_names,
    reason = "the code of an entry link is called so in the contract"
)]
pub enum Code {
    /// The body of the request is not JSON.
    MalformedJson,
    /// A field has another JSON type.
    WrongType,
    /// There is no such field here.
    UnknownField,
    /// There is no such parameter here, or it is given twice.
    UnknownParameter,
    /// The request cannot be read.
    BadRequest,
    /// A valid access token is needed.
    Unauthenticated,
    /// The login or the password is not right.
    BadCredentials,
    /// No entry link is opened by this code: ask the branch for a new one.
    BadEntryCode,
    /// This role may not do that.
    Forbidden,
    /// Change the one-time password to one of your own first.
    PasswordChangeRequired,
    /// This verification was not successful.
    NotVerified,
    /// There is no such thing.
    NotFound,
    /// This address has no such method.
    MethodNotAllowed,
    /// There is no answer of the kind asked for.
    NotAcceptable,
    /// The request did not arrive in time.
    RequestTimeout,
    /// Another client has this number.
    ClientNumberTaken,
    /// Another member of staff has this login.
    LoginTaken,
    /// Another branch has this code.
    BranchCodeTaken,
    /// Another application of this client is open: complete or cancel it.
    ApplicationAlreadyOpen,
    /// The application is completed, cancelled or expired.
    ApplicationNotOpen,
    /// This client has no passphrase.
    NoPassphrase,
    /// No timed lock holds.
    NotLocked,
    /// The last active admin cannot be taken away.
    LastAdmin,
    /// There are as many receivers of webhooks as there may be: remove one.
    TooManyWebhooks,
    /// A request with this key is still running.
    RequestInProgress,
    /// The verification expired or was closed: verify the client again.
    VerificationOver,
    /// The body of the request is too large: 16 KiB are taken at sign-in, 1 MiB elsewhere.
    PayloadTooLarge,
    /// The body is of another type: JSON is sent as application/json, a batch as application/x-ndjson, plain or packed with gzip.
    UnsupportedMediaType,
    /// Mend the fields that are named.
    InvalidInput,
    /// The passphrase is too easily guessed: choose another.
    PassphraseRefused,
    /// The two entries of the passphrase are not the same.
    PassphrasesDiffer,
    /// There is no such client.
    UnknownClient,
    /// An Idempotency-Key is 1 to 128 printable characters.
    IdempotencyKeyInvalid,
    /// Another request was sent with this key.
    IdempotencyKeyReused,
    /// The quota is used up: try again after Retry-After.
    RateLimited,
    /// Something failed here; report the request_id.
    Internal,
    /// Too much to do at once: try again after Retry-After. No attempt was counted.
    Overloaded,
    /// The service cannot answer at the moment: try again shortly.
    Unavailable,
}

impl Code {
    /// Every code.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The word of the contract.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The HTTP status that it goes with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::WrongType
            | Self::UnknownField
            | Self::UnknownParameter
            | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::BadCredentials | Self::BadEntryCode => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::PasswordChangeRequired | Self::NotVerified => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::ClientNumberTaken
            | Self::LoginTaken
            | Self::BranchCodeTaken
            | Self::ApplicationAlreadyOpen
            | Self::ApplicationNotOpen
            | Self::NoPassphrase
            | Self::NotLocked
            | Self::LastAdmin
            | Self::TooManyWebhooks
            | Self::RequestInProgress => StatusCode::CONFLICT,
            Self::VerificationOver => StatusCode::GONE,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidInput
            | Self::PassphraseRefused
            | Self::PassphrasesDiffer
            | Self::UnknownClient
            | Self::IdempotencyKeyInvalid
            | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overloaded | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{domain::language::Language, locales::tests::shared};

    #[test]
    fn every_problem_has_a_title_and_a_detail_and_no_other_problem_is_told() {
        let needed: BTreeSet<String> = Code::all()
            .flat_map(|code| {
                let key = format!("problem-{}", code.name());
                [format!("{key}.detail"), key]
            })
            .collect();
        let mut there: BTreeSet<String> = shared(Language::En).into_keys().collect();
        there.retain(|key| key.starts_with("problem-"));
        assert_eq!(there, needed);
    }
}
