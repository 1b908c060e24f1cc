//! Signatures of outgoing webhooks, after the Standard Webhooks specification.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use secrecy::SecretString;
use thiserror::Error;
use zeroize::Zeroizing;

use super::mac;
use super::rng::SystemRng;

const PREFIX: &str = "whsec_";

/// The signing secret of one endpoint, 24 to 64 bytes. It cannot be printed.
#[derive(Clone)]
pub(crate) struct WebhookSecret(Zeroizing<Vec<u8>>);

/// What is wrong with a secret or a message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum WebhookError {
    #[error("a webhook secret is `whsec_` and then 24 to 64 bytes in base64")]
    BadSecret,
    #[error("a webhook's message id is not empty and has no dot")]
    BadId,
}

impl WebhookSecret {
    /// A new secret of 32 random bytes.
    pub(crate) fn generate(rng: &SystemRng) -> Self {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads `whsec_…`.
    ///
    /// # Errors
    /// [`WebhookError::BadSecret`].
    pub(crate) fn parse(text: &str) -> Result<Self, WebhookError> {
        let base64 = text.strip_prefix(PREFIX).ok_or(WebhookError::BadSecret)?;
        let bytes = STANDARD
            .decode(base64)
            .map_err(|_| WebhookError::BadSecret)?;
        let bytes = Zeroizing::new(bytes);
        match bytes.len() {
            24..=64 => Ok(Self(bytes)),
            _ => Err(WebhookError::BadSecret),
        }
    }

    /// The text `whsec_…` for the receiver's settings.
    pub(crate) fn to_text(&self) -> SecretString {
        let base64 = Zeroizing::new(STANDARD.encode(self.0.as_slice()));
        SecretString::from(format!("{PREFIX}{}", *base64))
    }
}

/// The header `webhook-signature`: `v1,` and HMAC-SHA256 of `id.timestamp.body`
/// in base64, once for each secret, with spaces between. `timestamp` are
/// seconds since 1970, as in the header `webhook-timestamp`.
///
/// # Errors
/// [`WebhookError::BadId`]: a dot would let one signature fit two messages.
pub(crate) fn sign(
    id: &str,
    timestamp: i64,
    body: &[u8],
    secrets: &[WebhookSecret],
) -> Result<String, WebhookError> {
    if id.is_empty() || id.contains('.') {
        return Err(WebhookError::BadId);
    }
    let signatures = secrets.iter().map(|secret| {
        let mut mac = mac::keyed(&secret.0);
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    Ok(signatures.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    /// The example of the specification's reference libraries.
    const EXAMPLE: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_signature_is_that_of_the_specifications_example() {
        let secret = WebhookSecret::parse(EXAMPLE).expect("24 bytes");
        let signed = sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
            &[secret],
        );
        let wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed.as_deref(), Ok(wanted));
    }

    #[test]
    fn during_a_rotation_each_secret_signs() {
        let secrets = [1, 2].map(|seed| WebhookSecret::generate(&SystemRng::seeded(seed)));
        let signed = |secrets: &[WebhookSecret]| sign("m", 1, b"{}", secrets).expect("a good id");
        let both = format!("{} {}", signed(&secrets[..1]), signed(&secrets[1..]));
        assert_eq!(signed(&secrets), both);
        assert_ne!(signed(&secrets[..1]), signed(&secrets[1..]));
    }

    #[test]
    fn an_id_with_a_dot_is_not_signed() {
        let secret = WebhookSecret::generate(&SystemRng::seeded(1));
        for id in ["", "a.1"] {
            let signed = sign(id, 1, b"{}", std::slice::from_ref(&secret));
            assert_eq!(signed, Err(WebhookError::BadId));
        }
    }

    #[test]
    fn a_secret_is_24_to_64_bytes_and_reads_back() {
        for (length, good) in [(23, false), (24, true), (64, true), (65, false)] {
            let text = format!("whsec_{}", STANDARD.encode(vec![7; length]));
            assert_eq!(WebhookSecret::parse(&text).is_ok(), good, "{length} bytes");
        }
        let secret = WebhookSecret::generate(&SystemRng::seeded(1)).to_text();
        let read = WebhookSecret::parse(secret.expose_secret()).map(|read| read.to_text());
        assert_eq!(
            read.map(|text| text.expose_secret().to_owned()),
            Ok(secret.expose_secret().to_owned())
        );
        assert!(WebhookSecret::parse(&EXAMPLE[6..]).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(whsec_)?\\PC{0,100}") {
            let _ = WebhookSecret::parse(&text);
        }
    }
}
