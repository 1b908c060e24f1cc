//! The schemas of what is one of the contract's words: each is made of the very words that are parsed and
//! written.

use std::borrow::Cow;

use strum::VariantNames;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

use crate::{
    domain::{
        application::{ApplicationKind, ApplicationState, IdentityDocument, Mandate},
        audit::Action,
        entry::LinkState,
        language::{ClientLanguage, Language},
        loan::Standing,
        passphrase::PassphraseState,
        role::Role,
        signals::SignalKind,
        verification::VerificationOutcome,
        webhook::TOLD,
    },
    store::DeliveryState,
};

/// An event that receivers of webhooks get.
pub(crate) struct WebhookEvent;

macro_rules! words {
    ($($type:ty as $name:literal, $description:literal: $words:expr $(, for example $example:expr)?;)+) => {
        $(
            impl PartialSchema for $type {
                fn schema() -> RefOr<Schema> {
                    one_of($words, $description, &[$($example)?])
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

words! {
    Action as "ActionName", "What was done, as the audit names it.": Action::NAMES,
        for example Action::VerificationRecorded.name();
    ApplicationKind as "ApplicationKind", "Whether a passphrase is set or changed.":
        &[ApplicationKind::Set, ApplicationKind::Change].map(ApplicationKind::name);
    ApplicationState as "ApplicationState", "How far an application has come.": ApplicationState::VARIANTS;
    ClientLanguage as "ClientLanguage", "A language in which clients are addressed.": ClientLanguage::VARIANTS;
    DeliveryState as "WebhookDeliveryStatus", "The status of a delivery.": DeliveryState::NAMES;
    IdentityDocument as "DocumentKind", "The kind of an identity document.": IdentityDocument::VARIANTS;
    Language as "LanguageName", "A language of phrases.": &Language::ALL.map(Language::code);
    LinkState as "EntryLinkState", "How far an entry link has come.": LinkState::VARIANTS;
    Mandate as "MandateKind", "The kind of a representative's document.": Mandate::VARIANTS;
    VerificationOutcome as "OutcomeName", "What came of a verification.": VerificationOutcome::VARIANTS;
    PassphraseState as "StateName", "A passphrase's state.": PassphraseState::VARIANTS;
    Role as "RoleName", "A role's name.": &Role::NAMES;
    SignalKind as "SignalKind", "What looks odd.": SignalKind::NAMES;
    Standing as "StandingName", "Where a loan stands.": Standing::VARIANTS;
    WebhookEvent as "WebhookEvent", "An event that receivers get.": TOLD;
}

fn one_of(words: &[&'static str], description: &str, examples: &[&'static str]) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .description(Some(description))
        .examples(examples.iter().copied());
    RefOr::T(Schema::Object(object.build()))
}
