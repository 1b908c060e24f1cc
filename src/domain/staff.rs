//! Staff passwords: what makes one good enough. (ASVS 6.2.1, 6.2.4, 6.2.11)

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{identifier::Login, validation::ValidationError};

/// Minimum length of a staff password, characters.
pub(crate) const MIN_PASSWORD_CHARS: usize = 12;
/// Maximum length, which bounds the work of hashing (ASVS 6.2.9 asks for at least 64).
pub(crate) const MAX_PASSWORD_CHARS: usize = 256;
/// How long a one-time password is valid, hours.
pub(crate) const ONE_TIME_PASSWORD_HOURS: i64 = 72;
/// How long a session lasts, hours: a shift and a bit.
pub(crate) const SESSION_HOURS: i64 = 12;

/// The words of the business, which an attacker would try first.
const OWN_WORDS: &[&str] = &[
    "qupia",
    "lombard",
    "birinshi",
    "құпия",
    "ломбард",
    "бірінші",
];

/// Checks a new password; there are no composition rules (NIST SP 800-63B-4 §3.1.1.2).
///
/// # Errors
/// [`ValidationError::TooShort`], [`ValidationError::TooLong`], or [`ValidationError::WeakPassword`] where it is common or contains the
/// login.
pub(crate) fn judge_password(password: &str, login: &Login) -> Result<(), ValidationError> {
    let password = normalized(password);
    let length = password.chars().count();
    if length < MIN_PASSWORD_CHARS {
        return Err(ValidationError::TooShort {
            min: MIN_PASSWORD_CHARS,
        });
    }
    if length > MAX_PASSWORD_CHARS {
        return Err(ValidationError::TooLong {
            max: MAX_PASSWORD_CHARS,
        });
    }
    let lower = password.to_lowercase();
    let mut known = vec![login.as_str()];
    known.extend_from_slice(OWN_WORDS);
    let holds_login = login.as_str().len() >= 3 && lower.contains(login.as_str());
    let common = guesses_log10(&lower, &known) < LEAST_GUESSES_LOG10;
    if holds_login || common {
        return Err(ValidationError::WeakPassword);
    }
    Ok(())
}

/// A password in the form that is hashed: NFC, so that keyboards which compose letters differently type the
/// same one (NIST SP 800-63B-4 §3.1.1.2).
pub(crate) fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

/// The spellings of a typed password that may have been hashed, each once, the current one first. The
/// others are those of passwords that were hashed as they were typed.
pub(crate) fn spellings(typed: &str) -> Vec<Zeroizing<String>> {
    let decomposed = Zeroizing::new(typed.nfd().collect::<String>());
    let mut spellings = vec![normalized(typed)];
    for spelling in [Zeroizing::new(typed.to_owned()), decomposed] {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings
}

/// More guesses than an online attacker makes; the estimator's own threshold between its scores 1 and 2.
const LEAST_GUESSES_LOG10: f64 = 6.0;
/// The estimator's cost and its counters grow fast with length, so it is given pieces.
const PIECE_CHARS: usize = 20;

fn guesses_log10(password: &str, known: &[&str]) -> f64 {
    let chars: Vec<char> = password.chars().collect();
    let pieces = chars.chunks(PIECE_CHARS).map(String::from_iter);
    pieces
        .map(|piece| zxcvbn::zxcvbn(&piece, known).guesses_log10())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_holds_the_login_is_weak() {
        let login = Login::parse("aigul").unwrap();
        assert_eq!(
            judge_password("xK3-Aigul-9vPq-z", &login),
            Err(ValidationError::WeakPassword)
        );
    }

    #[test]
    fn length_is_judged_and_composition_is_not() {
        let login = Login::parse("aigul").unwrap();
        assert_eq!(
            judge_password("k3-9vPq-zxw", &login),
            Err(ValidationError::TooShort { min: 12 })
        );
        assert_eq!(judge_password("lantern marmot orchard", &login), Ok(()));
        assert_eq!(judge_password("тұманды таңдағы тырна", &login), Ok(()));
    }

    #[test]
    fn a_password_is_one_however_its_letters_are_composed() {
        let (composed, decomposed) = ("й ё ә", "и\u{306} е\u{308} ә");
        assert_eq!(*normalized(decomposed), composed);
        let forms = |typed: &str| -> Vec<String> {
            spellings(typed).iter().map(|one| one.to_string()).collect()
        };
        assert_eq!(forms(composed), [composed, decomposed]);
        assert_eq!(forms(decomposed), [composed, decomposed]);
        let mixed = "й ё и\u{306}";
        assert_eq!(forms(mixed).len(), 3);
        assert_eq!(forms("lantern"), ["lantern"]);
        // The length is that of the hashed form.
        let login = Login::parse("aigul").unwrap();
        let short = "и\u{306}".repeat(11);
        let error = ValidationError::TooShort { min: 12 };
        assert_eq!(judge_password(&short, &login), Err(error));
    }

    #[test]
    fn a_long_password_is_judged_and_does_not_panic() {
        let login = Login::parse("aigul").unwrap();
        let long: String = ('a'..='z')
            .cycle()
            .step_by(7)
            .take(MAX_PASSWORD_CHARS)
            .collect();
        assert_eq!(judge_password(&long, &login), Ok(()));
    }

    #[test]
    fn common_passwords_are_refused_however_long() {
        let login = Login::parse("aigul").unwrap();
        for common in [
            "password1234",
            "qwertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "123456789012",
        ] {
            assert_eq!(
                judge_password(common, &login),
                Err(ValidationError::WeakPassword),
                "{common}"
            );
        }
    }
}
