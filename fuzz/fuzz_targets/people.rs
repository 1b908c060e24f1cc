//! Telephones, names and numbers of clients: what was parsed is parsed as itself, is in its normal form
//! and within its bounds, and its mask shows no more than it may.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::domain::{
    identifier::{BranchCode, ClientNumber, Login},
    person::{PersonName, Phone},
};
use unicode_normalization::is_nfc;

fuzz_target!(|text: &str| {
    if let Ok(phone) = Phone::parse(text) {
        telephone(&phone);
    }
    if let Ok(name) = PersonName::parse(text) {
        let kept = name.as_str();
        assert!(PersonName::parse(kept).is_ok_and(|again| again == name));
        assert!(is_nfc(kept) && (1..=100).contains(&kept.chars().count()));
        assert!(!kept.contains("  ") && kept.trim() == kept && !kept.contains(char::is_control));
        let masked = name.masked();
        assert!(masked.ends_with("***") && masked.chars().count() == 4);
    }
    if let Ok(number) = ClientNumber::parse(text) {
        let kept = number.as_str();
        assert!(ClientNumber::parse(kept).is_ok_and(|again| again == number));
        assert!(is_nfc(kept) && (1..=64).contains(&kept.chars().count()));
        assert!(!kept.contains(|c: char| c.is_whitespace() || c.is_control()));
    }
    if let Ok(login) = Login::parse(text) {
        assert!(Login::parse(&text.to_ascii_uppercase()).is_ok_and(|again| again == login));
        assert!(login.as_str().is_ascii() && BranchCode::parse(text).is_ok());
    }
});

fn telephone(phone: &Phone) {
    let kept = phone.as_str();
    let digits = kept.strip_prefix('+').expect("a plus stands before it");
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0'));
    assert!(
        (5..=15).contains(&digits.len()),
        "E.164 has 15 digits at most: {kept}"
    );
    assert!(Phone::parse(kept).is_ok_and(|again| again == *phone));
    let masked = phone.masked();
    assert_eq!(masked.len(), kept.len());
    assert!(masked.bytes().filter(u8::is_ascii_digit).count() == 3);
    if let Some(national) = digits.strip_prefix('7') {
        for form in [
            format!("8{national}"),
            format!("7 ({}) {}", &national[..3], &national[3..]),
        ] {
            assert!(
                Phone::parse(&form).is_ok_and(|again| again == *phone),
                "{form}"
            );
        }
    }
}
