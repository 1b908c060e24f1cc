//! Which tokens are good, and the many that are not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::secrets::mac;
use crate::secrets::rng::SystemRng;

const NOW: i64 = 1_800_000_000;

fn keyring() -> Keyring {
    Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH)
}

fn tokens() -> Tokens {
    Tokens::new(&keyring(), TokenSettings::default())
}

fn claims() -> Claims {
    Claims {
        staff_id: "staff-1".into(),
        session_id: "session-1".into(),
        role: "call_center".to_owned(),
        issued_at: NOW,
        expires_at: NOW + 900,
    }
}

fn good_header() -> String {
    let kid = keyring().active(Purpose::Token).id().to_owned();
    format!(r#"{{"typ":"at+jwt","alg":"HS256","kid":"{kid}"}}"#)
}

fn good_payload() -> String {
    format!(
        r#"{{"iss":"qupia","aud":"qupia-api","sub":"s","jti":"j","role":"admin","iat":{NOW},"nbf":{NOW},"exp":{}}}"#,
        NOW + 900
    )
}

/// A token of any header and payload, signed with the right key.
fn forged(header: &str, payload: &str) -> String {
    let keyring = keyring();
    let key = keyring.active(Purpose::Token).subkey("hs256");
    let (header, payload) = (
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload),
    );
    let message = format!("{header}.{payload}");
    let signature = mac::tag(key.as_slice(), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_token_says_what_was_put_in() {
    let tokens = tokens();
    assert_eq!(tokens.check(&tokens.issue(&claims()), NOW), Ok(claims()));
    assert!(
        tokens
            .check(&forged(&good_header(), &good_payload()), NOW)
            .is_ok()
    );
}

#[test]
fn a_token_lives_from_its_start_until_just_before_its_end() {
    let tokens = tokens();
    let token = tokens.issue(&claims());
    let good_at = |now| tokens.check(&token, now).is_ok();
    assert!(!good_at(NOW - 301) && good_at(NOW - 300));
    assert!(good_at(NOW + 899) && !good_at(NOW + 900));
    assert!(!good_at(i64::MAX) && !good_at(i64::MIN));
}

#[test]
fn the_leeway_is_a_setting_and_lengthens_no_life() {
    let settings = TokenSettings {
        leeway_seconds: 5,
        ..TokenSettings::default()
    };
    let tokens = Tokens::new(&keyring(), settings);
    let token = tokens.issue(&claims());
    assert!(tokens.check(&token, NOW - 5).is_ok());
    assert!(tokens.check(&token, NOW - 6).is_err());
    assert!(tokens.check(&token, NOW + 900).is_err());
}

#[test]
fn a_header_that_is_not_this_services_is_refused() {
    let kid = keyring().active(Purpose::Token).id().to_owned();
    let headers = [
        r#"{"alg":"none","typ":"at+jwt"}"#.to_owned(),
        good_header().replace("HS256", "none"),
        good_header().replace("HS256", "HS384"),
        good_header().replace("HS256", "HS512"),
        good_header().replace("HS256", "RS256"),
        good_header().replace("HS256", "EdDSA"),
        good_header().replace("HS256", "hs256"),
        good_header().replace("at+jwt", "JWT"),
        good_header().replace(r#""typ":"at+jwt","#, ""),
        good_header().replace(&kid, "../../etc/passwd"),
        good_header().replace(&kid, "/dev/null"),
        good_header().replace(&kid, ""),
        r#"{"typ":"at+jwt","alg":"HS256"}"#.to_owned(),
        good_header().replace('}', r#","crit":["exp"]}"#),
        good_header().replace('}', r#","jku":"https://example.org/keys"}"#),
        good_header().replace('}', r#","jwk":{"kty":"oct","k":"AAAA"}}"#),
        good_header().replace('}', r#","x-own":1}"#),
        "[]".to_owned(),
    ];
    for header in headers {
        let token = forged(&header, &good_payload());
        assert_eq!(tokens().check(&token, NOW), Err(TokenRefused), "{header}");
    }
}

#[test]
fn a_claim_that_is_missing_or_another_is_refused() {
    let exp = format!(r#""exp":{}"#, NOW + 900);
    let payloads = [
        good_payload().replace(r#""iss":"qupia""#, r#""iss":"other""#),
        good_payload().replace(r#""iss":"qupia","#, ""),
        good_payload().replace(r#""aud":"qupia-api""#, r#""aud":"other""#),
        good_payload().replace(r#""aud":"qupia-api""#, r#""aud":["qupia-api","other"]"#),
        good_payload().replace(r#""aud":"qupia-api","#, ""),
        good_payload().replace(&format!(r#""nbf":{NOW},"#), ""),
        good_payload().replace(&format!(r#""iat":{NOW},"#), ""),
        good_payload().replace(&exp, r#""exp":"never""#),
        good_payload().replace(&exp, r#""exp":1e99"#),
        good_payload().replace(&exp, r#""exp":-1"#),
        good_payload().replace(&format!(",{exp}"), ""),
        good_payload().replace(r#""jti":"j","#, ""),
        good_payload().replace(r#""sub":"s","#, ""),
        good_payload().replace(r#""role":"admin","#, ""),
        "null".to_owned(),
    ];
    for payload in payloads {
        assert_ne!(payload, good_payload());
        let token = forged(&good_header(), &payload);
        assert_eq!(tokens().check(&token, NOW), Err(TokenRefused), "{payload}");
    }
}

#[test]
fn another_key_another_signature_and_none_are_refused() {
    let tokens = tokens();
    let token = tokens.issue(&claims());
    let (message, signature) = token.rsplit_once('.').expect("a token has three parts");
    let other = Keyring::generate(&SystemRng::seeded(2), DateTime::UNIX_EPOCH);
    let other = Tokens::new(&other, TokenSettings::default());
    let texts = [
        other.issue(&claims()),
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", &signature[..42]),
        format!("{message}.{signature}A"),
        format!("{message}.{signature}.{signature}"),
        format!(" {token}"),
        format!("{token}\n"),
        "A".repeat(MAX_TOKEN_BYTES + 1),
        String::new(),
    ];
    for text in texts {
        assert_eq!(tokens.check(&text, NOW), Err(TokenRefused), "{text}");
    }
}

#[test]
fn after_a_rotation_old_tokens_stay_good_until_the_key_is_retired() {
    let old = keyring();
    let token = Tokens::new(&old, TokenSettings::default()).issue(&claims());
    let old_id = old.active(Purpose::Token).id().to_owned();
    let (new, _) = old.rotate(Purpose::Token, &SystemRng::seeded(3), DateTime::UNIX_EPOCH);
    assert!(
        Tokens::new(&new, TokenSettings::default())
            .check(&token, NOW)
            .is_ok()
    );
    let retired = new.retire(Purpose::Token, &old_id).expect("it only reads");
    assert!(
        Tokens::new(&retired, TokenSettings::default())
            .check(&token, NOW)
            .is_err()
    );
}

proptest! {
    #[test]
    fn no_text_is_a_good_token_or_a_panic(text in "\\PC{0,200}") {
        prop_assert!(tokens().check(&text, NOW).is_err());
    }

    #[test]
    fn one_changed_character_makes_a_token_bad(at: prop::sample::Index, new in "[A-Za-z0-9._-]") {
        let tokens = tokens();
        let token = tokens.issue(&claims());
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != new);
        let changed = format!("{}{new}{}", &token[..at], &token[at + 1..]);
        prop_assert!(tokens.check(&changed, NOW).is_err());
    }

    #[test]
    fn no_signed_header_or_payload_makes_a_panic(header in "\\PC{0,60}", payload in "\\PC{0,60}") {
        prop_assert!(tokens().check(&forged(&header, &payload), NOW).is_err());
    }
}
