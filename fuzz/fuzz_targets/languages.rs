//! `Accept-Language` and `Accept`: every header has an answer, and the laws of weights hold.
#![no_main]

use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use qupia::{
    domain::language::Language,
    http::{accept::accepts, language::preferred},
};

fuzz_target!(|bytes: &[u8]| {
    let header = |text: &[u8]| HeaderValue::from_bytes(text).ok();
    let Some(value) = header(bytes) else {
        return;
    };
    let best = |value: HeaderValue| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, value);
        preferred(&headers)
    };
    let found = best(value.clone());
    let Ok(text) = value.to_str() else {
        assert_eq!(found, Language::En);
        return;
    };
    let lower = text.to_ascii_lowercase();
    // What is chosen was asked for; nothing else is English.
    assert!(
        found == Language::En || lower.contains(found.code()),
        "{text}"
    );
    for language in Language::ALL {
        let first = format!("{}-KZ;q=1, {text}", language.code());
        assert_eq!(best(header(first.as_bytes()).expect("a header")), language);
        let never = format!("{};q=0, {text}", language.code());
        if text.split(',').count() < 30 {
            assert_eq!(
                best(header(never.as_bytes()).expect("a header")),
                found,
                "{text}"
            );
        }
    }
    let taken = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, header(text.as_bytes()).expect("a header"));
        accepts(&headers, "application/json")
    };
    assert!(taken(&format!("application/json, {text}")));
    assert_eq!(taken(text), taken(&format!("{text},")));
    if !taken(text) {
        assert!(!text.replace(',', " ").trim().is_empty());
    }
});
