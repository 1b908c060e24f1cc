//! A stored hash's text: one spelling for each hash, and none that asks for more than may be spent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::secrets::phc::{MAX_MEMORY_KIB, Phc};

fuzz_target!(|text: &str| {
    let Some(phc) = Phc::parse(text) else {
        return;
    };
    assert_eq!(phc.to_string(), text);
    assert!(phc.cost.memory_kib <= MAX_MEMORY_KIB);
    assert!(phc.cost.lanes >= 1 && phc.cost.passes >= 1);
    assert!(phc.cost.memory_kib >= 8 * phc.cost.lanes);
});
