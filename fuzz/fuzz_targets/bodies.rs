//! Request bodies: each JSON body of the API, read as the HTTP layer reads it.
//!
//! The first byte chooses the body. What is read is one JSON object; how it is spelt (blanks, escapes)
//! makes no difference; what is refused is refused with 400 or 422, at places that the body has or
//! lacks, with words in all three languages that are short however long the body is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qupia::{
    domain::language::Language,
    flows::FieldError,
    http::{
        applications::{CompletionBody, DraftBody},
        branches::NewBranchBody,
        clients::{ClientPatch, NewClientBody, SearchBody},
        entry::{EntryCheckBody, EntryCompletionBody, OpenBody},
        entry_links::EntryLinkRequest,
        extract::{Body, Fields},
        loan_system::{PushedClient, PushedLoan},
        passphrases::{BlockBody, CheckBody, SuggestBody},
        problem::Problem,
        sessions::{PasswordChange, SignIn},
        shapes::ReasonBody,
        staff::{NewStaffBody, StaffPatch},
        verifications::VerificationRequest,
        webhooks::{NewWebhookBody, ReplayBody, WebhookPatch},
    },
    locales,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

/// No answer holds more of a validation error than this, characters.
const LONGEST_DETAIL: usize = 400;

fuzz_target!(|data: &[u8]| {
    let Some((which, body)) = data.split_first() else {
        return;
    };
    match which % 24 {
        0 => drop(shape::<SignIn>(body)),
        1 => drop(shape::<PasswordChange>(body)),
        2 => drop(shape::<NewClientBody>(body)),
        3 => whole::<SearchBody>(body),
        4 => whole::<ClientPatch>(body),
        5 => drop(shape::<VerificationRequest>(body)),
        6 => whole::<NewWebhookBody>(body),
        7 => whole::<WebhookPatch>(body),
        8 => drop(shape::<ReplayBody>(body)),
        9 => whole::<NewBranchBody>(body),
        10 => whole::<BlockBody>(body),
        11 => whole::<ReasonBody>(body),
        12 => drop(shape::<CheckBody>(body)),
        13 => whole::<SuggestBody>(body),
        14 => whole::<DraftBody>(body),
        15 => drop(shape::<CompletionBody>(body)),
        16 => whole::<NewStaffBody>(body),
        17 => whole::<StaffPatch>(body),
        // The pushes check their fields as batches do: see `ndjson`.
        18 => drop(shape::<PushedClient>(body)),
        19 => drop(shape::<PushedLoan>(body)),
        20 => drop(shape::<OpenBody>(body)),
        21 => drop(shape::<EntryCheckBody>(body)),
        22 => drop(shape::<EntryCompletionBody>(body)),
        _ => drop(shape::<EntryLinkRequest>(body)),
    }
});

/// The shape, and the rules that are declared on it; a body without rules has the shape alone.
fn whole<T: DeserializeOwned + Validate>(bytes: &[u8]) {
    let Some(body) = shape::<T>(bytes) else {
        return;
    };
    if let Err(problem) = Fields::of(&body).finish(Some(())) {
        assert_eq!(problem.code.status().as_u16(), 422);
        assert!(!problem.errors.is_empty());
        let document = serde_json::from_slice(bytes).expect("it was read");
        hold_to_places(&problem.errors, &document);
    }
}

fn shape<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let document = serde_json::from_slice::<Value>(bytes).ok();
    let read = Body::<T>::read(bytes);
    if let Ok(Body(_)) = &read {
        let document = document.as_ref().expect("what is read is JSON");
        assert!(document.is_object(), "no array is read as an object");
    }
    if let Err(problem) = &read {
        refused(problem, document.as_ref());
    }
    // A value that JSON keeps apart from its spelling: a name that is there twice is none.
    if let Some(document) = &document
        && is_repeated(bytes, document)
    {
        let again = Body::<T>::read(document.to_string().as_bytes());
        assert_eq!(
            again.is_ok(),
            read.is_ok(),
            "the spelling made a difference"
        );
        let spaced = serde_json::to_vec_pretty(document).expect("it is JSON");
        assert_eq!(Body::<T>::read(&spaced).is_ok(), read.is_ok());
    }
    read.ok().map(|Body(body)| body)
}

/// Whether writing the document gives as many names as were sent: else some were there twice.
fn is_repeated(bytes: &[u8], document: &Value) -> bool {
    let quotes = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'"').count();
    let plain = !bytes.contains(&b'\\');
    plain && quotes(bytes) == quotes(document.to_string().as_bytes())
}

fn refused(problem: &Problem, document: Option<&Value>) {
    assert_eq!(problem.code.status().as_u16(), 400);
    assert!(
        problem.errors.len() <= 1,
        "the first error ends the reading"
    );
    assert!(problem.inner.is_none());
    match document {
        Some(document) => hold_to_places(&problem.errors, document),
        None => assert!(problem.code.name() != "payload_too_large"),
    }
}

/// Every validation error is at a place of the document, or at one that is missing from an object in it.
fn hold_to_places(errors: &[FieldError], document: &Value) {
    for FieldError { pointer, error } in errors {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        assert!(document.pointer(parent).is_some(), "nothing at {parent:?}");
        if error.code() == "missing" {
            let there = document.pointer(pointer);
            assert!(there.is_none_or(Value::is_null), "{pointer:?} is there");
        }
        for language in Language::ALL {
            let detail = locales::of_field(error, language);
            assert!(!detail.is_empty() && detail.chars().count() <= LONGEST_DETAIL);
        }
    }
}
