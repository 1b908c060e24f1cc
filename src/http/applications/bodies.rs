//! Bodies of applications.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::{
    domain::{
        application::{
            Application, ApplicationKind, ApplicationState, IdentityDocument, Mandate, Progress,
            Representative,
        },
        calendar::{parse_document_date, write_time},
        validation::ValidationError,
    },
    http::{
        extract::{Fields, rule},
        openapi::values,
        shapes::{line, object, person_name},
    },
};

/// An application to be drafted.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// whose passphrase
    #[schema(required = true, value_type = values::Id)]
    pub client_id: Option<String>,
    /// what identity document was seen; its number and image are never taken
    #[validate(nested)]
    #[serde(default, deserialize_with = "object")]
    #[schema(required = true, value_type = SeenDocument)]
    pub identity_document: Option<SeenDocument>,
    /// who signs for the client
    #[validate(nested)]
    #[serde(default, deserialize_with = "object")]
    pub representative: Option<RepresentativeBody>,
}

/// An identity document that was seen.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDocument {
    /// its kind
    #[schema(required = true, value_type = IdentityDocument)]
    pub kind: Option<String>,
    /// that it was seen: true
    #[validate(custom(function = was_seen))]
    #[schema(required = true, value_type = values::Seen)]
    pub seen: Option<bool>,
}

fn was_seen(seen: &bool) -> Result<(), validator::ValidationError> {
    rule(*seen, &ValidationError::NotSeen)
}

/// Who signs for the client, and by which document.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"full_name": "Марат Қасымов", "document_kind": "power_of_attorney", "document_number": "№ 4512", "document_date": "2026-03-02", "valid_until": "2027-03-02"}))]
pub struct RepresentativeBody {
    /// full name
    #[schema(required = true, value_type = values::PersonName)]
    pub full_name: Option<String>,
    /// the kind of document
    #[schema(required = true, value_type = Mandate)]
    pub document_kind: Option<String>,
    /// its number
    #[validate(length(max = 64))]
    #[schema(required = true, value_type = values::PaperNumber)]
    pub document_number: Option<String>,
    /// its date
    #[schema(required = true, value_type = values::DocumentDay)]
    pub document_date: Option<String>,
    /// its last day, where it has one
    #[schema(value_type = Option<values::DocumentDay>)]
    pub valid_until: Option<String>,
}

impl RepresentativeBody {
    pub(super) fn parse(self, fields: &mut Fields) -> Option<Representative> {
        let full_name = fields.required("/representative/full_name", self.full_name, person_name);
        let mandate = fields.required(
            "/representative/document_kind",
            self.document_kind,
            |text| Mandate::parse(&text),
        );
        let number = fields.required(
            "/representative/document_number",
            self.document_number,
            line,
        );
        let date = fields.required(
            "/representative/document_date",
            self.document_date,
            |text| parse_document_date(&text),
        );
        let until = fields.optional("/representative/valid_until", self.valid_until, |text| {
            parse_document_date(&text)
        });
        if let (Some(date), Some(until)) = (date, until)
            && until < date
        {
            fields.note(
                "/representative/valid_until",
                ValidationError::Contradiction,
            );
        }
        Some(Representative {
            full_name: full_name?,
            mandate: mandate?,
            document_number: number?,
            document_date: date?,
            valid_until: until,
        })
    }
}

impl From<&Representative> for RepresentativeBody {
    fn from(representative: &Representative) -> Self {
        Self {
            full_name: Some(representative.full_name.as_str().to_owned()),
            document_kind: Some(representative.mandate.name().to_owned()),
            document_number: Some(representative.document_number.clone()),
            document_date: Some(representative.document_date.to_string()),
            valid_until: representative.valid_until.map(|day| day.to_string()),
        }
    }
}

/// An application.
#[derive(Serialize, ToSchema)]
pub struct ApplicationBody {
    /// its id
    pub id: String,
    /// the number on the signed form
    #[schema(example = "ALA-1-2026-000017")]
    pub number: String,
    /// `set` or `change`
    #[schema(value_type = ApplicationKind)]
    pub kind: &'static str,
    /// how far it has come
    #[schema(value_type = ApplicationState)]
    pub state: &'static str,
    /// whose passphrase
    pub client_id: String,
    /// where it was drafted
    #[schema(example = "ALA-1")]
    pub branch_code: String,
    /// by which member of staff
    pub drafted_by: String,
    /// when
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: String,
    /// when the draft ends by itself
    #[schema(value_type = String, format = DateTime, example = "2026-11-23T09:30:00Z")]
    pub expires_at: String,
    /// what identity document was seen
    pub identity_document: SeenDocumentBody,
    /// who signs for the client
    #[schema(required = true)]
    pub representative: Option<RepresentativeBody>,
    /// the day on the signed form, once completed
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub signed_on: Option<String>,
    /// when it was completed
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<String>,
    /// by which member of staff it was completed
    #[schema(required = true)]
    pub completed_by: Option<String>,
    /// when it was cancelled
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub cancelled_at: Option<String>,
    /// by which member of staff it was cancelled
    #[schema(required = true)]
    pub cancelled_by: Option<String>,
    /// why it was cancelled
    #[schema(required = true)]
    pub cancel_reason: Option<String>,
}

/// An identity document that was seen.
#[derive(Serialize, ToSchema)]
pub struct SeenDocumentBody {
    /// its kind
    #[schema(value_type = IdentityDocument)]
    pub kind: &'static str,
    /// that it was seen
    #[schema(example = true)]
    pub seen: bool,
}

pub(super) fn body_of(application: &Application, now: DateTime<Utc>) -> ApplicationBody {
    let (mut completed, mut cancelled) = (None, None);
    match application.progress() {
        Progress::Draft => {}
        Progress::Completed { at, by, signed_on } => completed = Some((at, by, signed_on)),
        Progress::Cancelled { at, by, reason } => cancelled = Some((at, by, reason)),
    }
    ApplicationBody {
        id: application.draft.id.to_string(),
        number: application.draft.number.clone(),
        kind: application.draft.kind.name(),
        state: application.state(now).name(),
        client_id: application.draft.client_id.to_string(),
        branch_code: application.draft.branch_code.clone(),
        drafted_by: application.draft.drafted_by.to_string(),
        drafted_at: write_time(application.draft.drafted_at),
        expires_at: write_time(application.expires_at()),
        identity_document: SeenDocumentBody {
            kind: application.draft.identity_document.name(),
            seen: true,
        },
        representative: application
            .draft
            .representative
            .as_ref()
            .map(RepresentativeBody::from),
        signed_on: completed.map(|(_, _, day)| day.to_string()),
        completed_at: completed.map(|(at, ..)| write_time(*at)),
        completed_by: completed.map(|(_, by, _)| by.to_string()),
        cancelled_at: cancelled.map(|(at, ..)| write_time(*at)),
        cancelled_by: cancelled.map(|(_, by, _)| by.to_string()),
        cancel_reason: cancelled.map(|(_, _, reason)| reason.clone()),
    }
}

/// What the branch enters from the signed form, and what the client typed, twice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionBody {
    /// the day on the signed form
    #[schema(required = true, value_type = values::Day)]
    pub signed_on: Option<String>,
    /// the passphrase
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase: Option<Zeroizing<String>>,
    /// the passphrase again
    #[schema(required = true, value_type = values::Passphrase)]
    pub passphrase_repeat: Option<Zeroizing<String>>,
}
