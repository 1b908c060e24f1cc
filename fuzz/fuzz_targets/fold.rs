//! Folding never panics, is idempotent, and its variants keep their bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::domain::heard::{FOLD_VERSION, MAX_VARIANTS, candidates, exact_form, fold};

fuzz_target!(|text: &str| {
    let once = fold(text);
    assert_eq!(fold(once.as_str()).as_str(), once.as_str());
    let exact = exact_form(text);
    assert_eq!(fold(&exact).as_str(), once.as_str());
    let all = candidates(FOLD_VERSION, text).expect("the version in force");
    assert_eq!(all[0].folded.as_str(), once.as_str());
    assert!(all.len() <= 1 + MAX_VARIANTS);
    for variant in &all[1..] {
        assert!(!variant.folded.is_empty());
        let again = fold(variant.folded.as_str());
        assert_eq!(again.as_str(), variant.folded.as_str());
    }
});
