//! Access tokens: JWTs of one fixed form, checked against a given time.

mod provider;
#[cfg(test)]
mod tests;

use crate::domain::{id::SessionId, id::StaffId};
use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::keyring::{Keyring, Purpose};

/// Maximum length of a token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 2_048;

/// The media type of an access token (RFC 9068 §2.1; RFC 8725 §3.11).
const TYP: &str = "at+jwt";

/// Who issues tokens, for whom, and how far clocks may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// The claim `iss`: this service.
    pub issuer: String,
    /// The claim `aud`: this service's API.
    pub audience: String,
    /// How many seconds a token may lie in the future, since the clocks of two
    /// instances differ. It does not lengthen a token's life.
    pub leeway_seconds: i64,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            issuer: "qupia".to_owned(),
            audience: "qupia-api".to_owned(),
            // Two instances' clocks may differ by minutes and the session is in the database.
            leeway_seconds: 300,
        }
    }
}

/// The claims of a token. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `sub`: the id of its owner.
    pub staff_id: StaffId,
    /// `jti`: the session, by which it is revoked.
    pub session_id: SessionId,
    /// The role at the time of signing in.
    pub role: String,
    /// `iat` and `nbf`: valid from this time on.
    pub issued_at: i64,
    /// `exp`: valid until just before this time.
    pub expires_at: i64,
}

/// The token is not valid. The reason is not disclosed (RFC 6750 §3.1 has one `invalid_token` for all).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the access token is not valid")]
pub struct TokenRefused;

/// Issues and checks access tokens: HS256 alone, keys by `kid` from the keyring,
/// `iss`, `aud`, `exp`, `nbf`, `iat` and `jti` always there (RFC 7519, RFC 8725;
/// ASVS 9.1.x, 9.2.x).
pub struct Tokens {
    settings: TokenSettings,
    active: (Header, EncodingKey),
    /// By `kid`, each with the only header that its tokens have.
    readable: HashMap<String, (Header, DecodingKey)>,
    validation: Validation,
    /// Tokens whose signature was checked, by their digest. Whether the session is still valid is read from
    /// the database each time.
    known: Cache<[u8; 32], Claims>,
}

/// Maximum number of tokens in the cache; the least used ones are evicted.
const MOST_KNOWN: u64 = 50_000;

#[derive(Serialize, Deserialize)]
struct WireClaims {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    role: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// Signs with the active `token` key and checks with all of them.
    pub fn new(keyring: &Keyring, settings: TokenSettings) -> Self {
        provider::install();
        let active = keyring.active(Purpose::Token);
        let readable = keyring.of(Purpose::Token).map(|key| {
            let decoding = DecodingKey::from_secret(key.subkey("hs256").as_slice());
            (key.id().to_owned(), (header(key.id()), decoding))
        });
        Self {
            active: (
                header(active.id()),
                EncodingKey::from_secret(active.subkey("hs256").as_slice()),
            ),
            readable: readable.collect(),
            validation: validation(&settings),
            known: Cache::new(MOST_KNOWN),
            settings,
        }
    }

    /// A signed token.
    pub fn issue(&self, claims: &Claims) -> String {
        let wire = WireClaims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: claims.staff_id.to_string(),
            jti: claims.session_id.to_string(),
            role: claims.role.clone(),
            iat: claims.issued_at,
            nbf: claims.issued_at,
            exp: claims.expires_at,
        };
        let (header, key) = &self.active;
        encode(header, &wire, key).expect("strings and numbers are JSON, and the key is for HS256")
    }

    /// The claims of a valid token.
    ///
    /// # Errors
    /// [`TokenRefused`] for every other text.
    pub fn check(&self, token: &str, now_unix_seconds: i64) -> Result<Claims, TokenRefused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefused);
        }
        // Stored by digest: a token in memory could be stolen.
        let digest: [u8; 32] = Sha256::digest(token).into();
        let known = self.known.get(&digest);
        let is_known = known.is_some();
        let claims = known.map_or_else(|| self.verify(token), Ok)?;
        let latest_start = now_unix_seconds.saturating_add(self.settings.leeway_seconds);
        if claims.expires_at <= now_unix_seconds || claims.issued_at > latest_start {
            return Err(TokenRefused);
        }
        if !is_known {
            self.known.insert(digest, claims.clone());
        }
        Ok(claims)
    }

    /// The claims of a token with a valid signature, whatever its time.
    fn verify(&self, token: &str) -> Result<Claims, TokenRefused> {
        let header = decode_header(token).map_err(|_| TokenRefused)?;
        let kid = header.kid.as_deref().ok_or(TokenRefused)?;
        let (own_header, key) = self.readable.get(kid).ok_or(TokenRefused)?;
        // Exactly the header that this service writes: no `crit`, no `jku`, no `x5u`, and no algorithm of
        // the sender's choice.
        if header != *own_header {
            return Err(TokenRefused);
        }
        let wire = decode::<WireClaims>(token, key, &self.validation)
            .map_err(|_| TokenRefused)?
            .claims;
        Ok(Claims {
            staff_id: wire.sub.into(),
            session_id: wire.jti.into(),
            role: wire.role,
            // The later one counts; this service's own tokens have the same time for both.
            issued_at: wire.iat.max(wire.nbf),
            expires_at: wire.exp,
        })
    }
}

fn header(kid: &str) -> Header {
    Header {
        typ: Some(TYP.to_owned()),
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::HS256)
    }
}

fn validation(settings: &TokenSettings) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "nbf", "sub"]);
    validation.set_issuer(&[&settings.issuer]);
    validation.set_audience(&[&settings.audience]);
    // The crate would read the clock; here the time is an argument.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}
