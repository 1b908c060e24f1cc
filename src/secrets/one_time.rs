//! Secrets that are made here and shown once: first passwords, client secrets,
//! session ids.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::rng::SystemRng;
use crate::domain::id::SessionId;

/// Crockford's base32 in lower case: no `i`, `l`, `o` or `u`, so that nothing
/// is misread and nothing is a word.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const GROUPS: usize = 7;
const GROUP_LENGTH: usize = 4;

/// A one-time password: seven groups of four with hyphens, 140 random bits, to
/// be typed or read aloud (ASVS 6.4.1, 11.5.1).
pub(crate) fn one_time_password(rng: &SystemRng) -> SecretString {
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_LENGTH + 1)));
    let drawn = Zeroizing::new(rng.array::<{ GROUPS * GROUP_LENGTH }>());
    for (at, byte) in drawn.iter().enumerate() {
        if at > 0 && at % GROUP_LENGTH == 0 {
            text.push('-');
        }
        // 32 divides 256: each character is as likely as the next.
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    SecretString::from(text.as_str())
}

/// The secret of a service account: 256 random bits, with a prefix by which
/// scanners for leaked secrets know it.
pub(crate) fn client_secret(rng: &SystemRng) -> SecretString {
    let drawn = Zeroizing::new(rng.array::<32>());
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*drawn));
    SecretString::from(format!("qupia_cs_{}", *text))
}

/// How the token of an entry link begins: scanners for leaked secrets know it, and the service which kind of
/// token it is.
pub(crate) const ENTRY_TOKEN: &str = "qupia_et_";

/// The token of an entry link: 256 random bits.
pub(crate) fn entry_token(rng: &SystemRng) -> SecretString {
    let drawn = Zeroizing::new(rng.array::<32>());
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*drawn));
    SecretString::from(format!("{ENTRY_TOKEN}{}", *text))
}

/// A session's id, 160 random bits: who knows it has nothing without the
/// signed token, but nobody can guess it either (ASVS 7.2.3).
pub(crate) fn session_id(rng: &SystemRng) -> SessionId {
    URL_SAFE_NO_PAD.encode(rng.array::<20>()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_one_time_password_is_seven_groups_of_four_easy_characters() {
        let password = one_time_password(&SystemRng::seeded(1));
        let groups: Vec<&str> = password.expose_secret().split('-').collect();
        assert_eq!(groups.len(), GROUPS);
        for group in groups {
            assert_eq!(group.len(), GROUP_LENGTH);
            assert!(group.bytes().all(|byte| ALPHABET.contains(&byte)));
        }
    }

    #[test]
    fn every_character_is_used() {
        let rng = SystemRng::seeded(2);
        let passwords: String = (0..40)
            .map(|_| one_time_password(&rng).expose_secret().to_owned())
            .collect();
        assert!(
            ALPHABET
                .iter()
                .all(|byte| passwords.contains(char::from(*byte)))
        );
    }

    #[test]
    fn no_two_are_alike() {
        let (rng, mut seen) = (SystemRng::os(), HashSet::new());
        for _ in 0..200 {
            assert!(seen.insert(one_time_password(&rng).expose_secret().to_owned()));
            assert!(seen.insert(client_secret(&rng).expose_secret().to_owned()));
            assert!(seen.insert(session_id(&rng).into()));
        }
    }

    #[test]
    fn a_client_secret_is_known_by_its_prefix_and_no_secret_is_shown_in_debug() {
        let secret = client_secret(&SystemRng::seeded(3));
        assert!(secret.expose_secret().starts_with("qupia_cs_"));
        assert_eq!(secret.expose_secret().len(), 9 + 43);
        assert!(!format!("{secret:?}").contains(&secret.expose_secret()[9..]));
        assert_eq!(session_id(&SystemRng::seeded(3)).len(), 27);
    }
}
