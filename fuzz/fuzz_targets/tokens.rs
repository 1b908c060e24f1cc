//! Bearer tokens: nothing that was not issued is taken, whatever it is made of; what was issued says
//! what was put in.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use qupia::secrets::{
    keyring::{Keyring, Purpose},
    rng::SystemRng,
    token::{Claims, MAX_TOKEN_BYTES, TokenSettings, Tokens},
};

const NOW: i64 = 1_800_000_000;

static KEYRING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::generate(&SystemRng::seeded(1), DateTime::UNIX_EPOCH));
static TOKENS: LazyLock<Tokens> = LazyLock::new(|| Tokens::new(&KEYRING, TokenSettings::default()));
static ISSUED: LazyLock<String> = LazyLock::new(|| TOKENS.issue(&claims()));

fn claims() -> Claims {
    Claims {
        staff_id: "staff-1".into(),
        session_id: "session-1".into(),
        role: "call_center".to_owned(),
        issued_at: NOW,
        expires_at: NOW + 900,
    }
}

#[derive(Arbitrary, Debug)]
enum Tried<'a> {
    /// any text
    Text(&'a str),
    /// any header and claims, with the signature of the token that was issued
    Parts(&'a [u8], &'a [u8]),
    /// any claims under the true header
    Claims(&'a [u8]),
    /// the token that was issued, with some of its bytes changed
    Changed(Vec<(u16, u8)>),
    /// something put into it
    Inserted(u16, &'a str),
    /// other claims, at another time
    Issued(String, String, String, i64, i64, i64),
}

fuzz_target!(|tried: Tried| {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let (header, rest) = ISSUED.split_once('.').expect("three parts");
    let (_, signature) = rest.split_once('.').expect("three parts");
    match tried {
        Tried::Text(text) => refuse(text),
        Tried::Parts(head, body) => {
            let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            refuse(&format!("{}.{}.{signature}", part(head), part(body)));
        }
        Tried::Claims(body) => {
            let kid = KEYRING.active(Purpose::Token).id();
            assert!(!kid.is_empty());
            refuse(&format!(
                "{header}.{}.{signature}",
                URL_SAFE_NO_PAD.encode(body)
            ));
        }
        Tried::Changed(changes) => {
            let mut bytes = ISSUED.clone().into_bytes();
            for (at, with) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= with & 0x7F;
            }
            refuse(&String::from_utf8(bytes).expect("ASCII"));
        }
        Tried::Inserted(at, text) => {
            let (before, after) = ISSUED.split_at(usize::from(at) % (ISSUED.len() + 1));
            refuse(&format!("{before}{text}{after}"));
        }
        Tried::Issued(staff_id, session_id, role, issued_at, expires_at, now) => {
            issue(
                Claims {
                    staff_id: staff_id.into(),
                    session_id: session_id.into(),
                    role,
                    issued_at,
                    expires_at,
                },
                now,
            );
        }
    }
});

/// Refuses all but the one that was issued, before it was ever seen and after.
fn refuse(text: &str) {
    for now in [NOW, NOW - 301, NOW + 900] {
        let is_taken = TOKENS.check(text, now).is_ok();
        assert_eq!(is_taken, text == *ISSUED && now == NOW, "{text:?}");
    }
}

fn issue(said: Claims, now: i64) {
    let token = TOKENS.issue(&said);
    let begun = said.issued_at <= now.saturating_add(300);
    let good = begun && said.expires_at > now && token.len() <= MAX_TOKEN_BYTES;
    for _ in 0..2 {
        match TOKENS.check(&token, now) {
            Ok(read) => assert!(good && read == said),
            Err(_) => assert!(
                !good || said.issued_at < 0 || said.expires_at < 0,
                "{said:?}"
            ),
        }
    }
}
