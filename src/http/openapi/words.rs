//! The schemas of what is one of the contract's words: each is made of the very words that are parsed and
//! written.
//!
//! A list that may grow within this version is open in answers: a plain string with its present words in
//! `x-extensible-enum`, so that a generated client takes a new one. What is asked for is one of the words
//! that there are.

use std::borrow::Cow;

use strum::VariantNames;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        extensions::ExtensionsBuilder,
        schema::{ObjectBuilder, Schema, Type},
    },
};

use crate::{
    domain::{
        application::{ApplicationKind, ApplicationState, IdentityDocument, Mandate},
        audit::{Action, EventOutcome},
        entry::LinkState,
        language::{ClientLanguage, Language},
        loan::Standing,
        passphrase::PassphraseState,
        role::Role,
        signals::SignalKind,
        validation::ValidationError,
        verification::VerificationOutcome,
        webhook::EVENT_NAMES,
    },
    http::code::Code,
    store::DeliveryState,
};

/// An event that receivers of webhooks get.
pub(crate) struct WebhookEvent;

/// The code of a problem.
pub(crate) struct ProblemCode;

/// The code of what is wrong with a field.
pub(crate) struct FieldErrorCode;

/// An action that events are looked for by.
pub(crate) struct KnownAction;

/// A role that is given.
pub(crate) struct KnownRole;

/// An event that is subscribed to.
pub(crate) struct KnownWebhookEvent;

macro_rules! words {
    ($list:ident: $($type:ty as $name:literal, $description:literal: $words:expr $(, for example $example:expr)?;)+) => {
        $(
            impl PartialSchema for $type {
                fn schema() -> RefOr<Schema> {
                    $list($words, $description, &[$($example)?])
                }
            }

            impl ToSchema for $type {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed($name)
                }
            }
        )+
    };
}

words! { one_of:
    ApplicationKind as "ApplicationKind", "Whether a passphrase is set or changed.":
        &[ApplicationKind::Set, ApplicationKind::Change].map(ApplicationKind::name);
    ApplicationState as "ApplicationState", "How far an application has come.": ApplicationState::VARIANTS;
    ClientLanguage as "ClientLanguage", "A language in which clients are addressed.": ClientLanguage::VARIANTS;
    DeliveryState as "WebhookDeliveryStatus", "The status of a delivery.": DeliveryState::NAMES;
    IdentityDocument as "DocumentKind", "The kind of an identity document.": IdentityDocument::VARIANTS;
    KnownAction as "KnownAction", "What was done, as the audit names it.": Action::NAMES,
        for example Action::VerificationRecorded.name();
    KnownRole as "KnownRole", "A role that can be given.": &Role::NAMES;
    KnownWebhookEvent as "KnownWebhookEvent", "An event that can be subscribed to.": EVENT_NAMES;
    Language as "LanguageName", "A language of phrases.": &Language::ALL.map(Language::code);
    LinkState as "EntryLinkState", "How far an entry link has come.": LinkState::VARIANTS;
    Mandate as "MandateKind", "The kind of a representative's document.": Mandate::VARIANTS;
    VerificationOutcome as "OutcomeName", "What came of a verification.": VerificationOutcome::VARIANTS;
    PassphraseState as "StateName", "A passphrase's state.": PassphraseState::VARIANTS;
    Standing as "StandingName", "Where a loan stands.": Standing::VARIANTS;
}

words! { open_list:
    Action as "ActionName", "What was done, as the audit names it.": Action::NAMES,
        for example Action::VerificationRecorded.name();
    EventOutcome as "EventOutcomeName", "What came of an action.": EventOutcome::VARIANTS,
        for example EventOutcome::Verified.name();
    FieldErrorCode as "FieldErrorCode", "The stable code of a validation error.": &field_error_codes(),
        for example "not_a_phone";
    ProblemCode as "ProblemCode", "The stable code of a problem.": &problem_codes(),
        for example Code::InvalidInput.name();
    Role as "RoleName", "A role's name.": &Role::NAMES;
    SignalKind as "SignalKind", "What looks odd.": SignalKind::NAMES;
    WebhookEvent as "WebhookEvent", "An event that receivers get.": EVENT_NAMES;
}

fn problem_codes() -> Vec<&'static str> {
    Code::all().map(Code::name).collect()
}

/// Each once: some are of values and of passphrases alike.
fn field_error_codes() -> Vec<&'static str> {
    let mut codes = Vec::new();
    for code in ValidationError::codes() {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn one_of(words: &[&'static str], description: &str, examples: &[&'static str]) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .description(Some(description))
        .examples(examples.iter().copied());
    RefOr::T(Schema::Object(object.build()))
}

fn open_list(
    words: &[&'static str],
    description: &str,
    examples: &[&'static str],
) -> RefOr<Schema> {
    // Without an example of its own it is its first word.
    let example = examples.first().or(words.first());
    let object = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!("{description} More may come.")))
        .examples(example.copied())
        .extensions(Some(
            ExtensionsBuilder::new()
                .add("x-extensible-enum", words)
                .build(),
        ));
    RefOr::T(Schema::Object(object.build()))
}
