//! The seals of the audit, and its verification.

use std::collections::HashMap;

use actix_web::HttpResponse;
use chrono::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    extract::{Call, Guard, Query},
    paging::{List, PageBody, Paging, event_mark},
    problem::Problem,
};
use crate::{
    domain::{
        calendar::write_time,
        role::Audit,
        seal::{AuditPlace, Seal},
    },
    flows::audit,
};

/// A seal: it binds the events after the seal before it, up to its last one. Bytes are hexadecimal.
#[derive(Serialize, ToSchema)]
pub(crate) struct SealBody {
    /// 1, 2, 3 …
    #[schema(minimum = 1, example = 12)]
    pub number: i64,
    /// the id of its last event
    #[schema(example = 4711)]
    pub last_seq: i64,
    /// how many events it binds
    #[schema(minimum = 1, example = 97)]
    pub events: i64,
    /// SHA-256 over the places and hashes of its events
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// the hash of the seal before it
    #[schema(example = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752")]
    pub previous: String,
    /// when it was made
    #[schema(value_type = String, format = DateTime)]
    pub sealed_at: String,
    /// the key that signed it
    #[schema(example = "seal-1")]
    pub key_id: String,
    /// the public half of that key, Ed25519
    #[schema(example = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    pub public_key: String,
    /// Ed25519 over the seal's message
    #[schema(
        example = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    pub signature: String,
}

/// What is wrong with the audit, and where: an event or a seal.
#[derive(Serialize, ToSchema)]
pub(crate) struct FirstBadBody {
    /// the id of the event that is wrong
    #[schema(required = true)]
    pub seq: Option<i64>,
    /// the number of the seal that is wrong
    #[schema(required = true)]
    pub seal: Option<i64>,
    /// what is wrong
    #[schema(example = "was altered")]
    pub why: &'static str,
}

/// What a verification found.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"ok": true, "events": 4711, "seals": 12, "unsealed": 3, "first_bad": null}))]
pub(crate) struct VerificationReportBody {
    /// whether everything is as it was sealed
    pub ok: bool,
    /// events that are as they were sealed, up to the first that is not
    pub events: i64,
    /// seals that are good
    pub seals: i64,
    /// events that are not sealed yet
    pub unsealed: i64,
    /// the first thing that is wrong
    #[schema(required = true)]
    pub first_bad: Option<FirstBadBody>,
}

/// Lists the seals of the audit, newest first.
#[utoipa::path(
    get,
    path = "/v1/audit/seals",
    tag = "audit",
    operation_id = "list_seals",
    params(Paging),
    responses((status = 200, description = "A page of seals", body = PageBody<SealBody>)),
)]
pub(crate) async fn seals(
    guard: Guard<Audit>,
    call: Call,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, mark) = paging.parse(&list)?;
    let before = event_mark(mark)?;
    let (page, keys) = audit::seals(&call.app, &guard, &call.origin, before, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, |seal| seal_body(&seal, &keys))))
}

/// Verifies the whole audit against its seals, and names the first thing that is wrong.
#[utoipa::path(
    post,
    path = "/v1/audit/verification",
    tag = "audit",
    operation_id = "verify_audit",
    responses((status = 200, description = "What was found", body = VerificationReportBody)),
)]
pub(crate) async fn verify(guard: Guard<Audit>, call: Call) -> Result<HttpResponse, Problem> {
    let report = audit::verify(&call.app, &guard, &call.origin).await?;
    let first_bad = report.first_bad.map(|bad| {
        let (seq, seal) = match bad.place {
            AuditPlace::Event(seq) => (Some(seq), None),
            AuditPlace::Seal(number) => (None, Some(number)),
        };
        FirstBadBody {
            seq,
            seal,
            why: bad.why,
        }
    });
    Ok(HttpResponse::Ok().json(VerificationReportBody {
        ok: first_bad.is_none(),
        events: report.events,
        seals: report.seals,
        unsealed: report.unsealed,
        first_bad,
    }))
}

fn seal_body(seal: &Seal, keys: &HashMap<String, Vec<u8>>) -> SealBody {
    SealBody {
        number: seal.number,
        last_seq: seal.last_seq,
        events: seal.events,
        digest: hex::encode(&seal.digest),
        previous: hex::encode(&seal.previous),
        sealed_at: DateTime::from_timestamp_micros(seal.sealed_at)
            .map(write_time)
            .unwrap_or_default(),
        key_id: seal.key_id.clone(),
        public_key: keys.get(&seal.key_id).map(hex::encode).unwrap_or_default(),
        signature: hex::encode(&seal.signature),
    }
}
