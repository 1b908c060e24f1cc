//! Exports the audit with its seals as lines of JSON, for an independent verifier.
//!
//! Events stand in order, each seal after the last event that it covers. Texts and times are given
//! exactly as they are sealed. `docs/audit-seals.md` describes the lines.

use std::{collections::HashMap, io::Write};

use serde::Serialize;

use crate::{
    app::foundation::Foundation,
    domain::{
        audit::{Action, Event, EventOutcome, Origin},
        seal::{MOST_EVENTS, Seal, WrittenEvent},
    },
    store::StoreError,
};

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// the database
    #[error("{0}")]
    Store(#[from] StoreError),
    /// the output
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
    /// an event that JSON cannot represent
    #[error("event {0} holds what is no text or no time: run `qupia audit verify`")]
    Unreadable(i64),
}

/// What was exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// events
    pub events: i64,
    /// seals
    pub seals: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ExportLine<'a> {
    Event(EventLine<'a>),
    Seal(SealLine<'a>),
}

#[derive(Serialize)]
struct EventLine<'a> {
    seq: i64,
    at_micros: i64,
    actor_id: Option<&'a str>,
    actor_login: Option<&'a str>,
    actor_role: Option<&'a str>,
    action: Option<&'a str>,
    client_id: Option<&'a str>,
    subject_id: Option<&'a str>,
    call_id: Option<&'a str>,
    outcome: Option<&'a str>,
    reason: Option<&'a str>,
    details: Option<&'a str>,
    request_id: Option<&'a str>,
    remote: Option<&'a str>,
}

#[derive(Serialize)]
struct SealLine<'a> {
    number: i64,
    last_seq: i64,
    events: i64,
    digest: String,
    previous: String,
    sealed_at_micros: i64,
    key_id: &'a str,
    public_key: String,
    signature: String,
}

/// Writes the whole audit out, after recording that it was read. `progress` gets how many seals are done,
/// and of how many.
pub async fn export(
    foundation: &Foundation,
    out: &mut impl Write,
    mut progress: impl FnMut(i64, i64),
) -> Result<Exported, ExportError> {
    let read = Event::of_nobody(
        &Origin::own("cli"),
        foundation.clock.now(),
        Action::AuditRead,
    )
    .outcome(EventOutcome::Exported);
    foundation.store.record(read).await?;
    let store = &foundation.store;
    let newest = store.read(|reader| reader.newest_seal()).await?;
    let until = newest.map_or(i64::MIN, |seal| seal.number);
    let keys = store.read(|reader| reader.seal_keys()).await?;
    let keys: HashMap<_, _> = keys.into_iter().collect();
    let mut done = Exported::default();
    let (mut number, mut seq) = (i64::MIN, i64::MIN);
    while number <= until {
        let seals = store
            .read(move |reader| reader.seals_from(number, 16))
            .await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            done.events += events(foundation, out, seq, seal.last_seq).await?;
            line(out, &ExportLine::Seal(seal_line(&seal, &keys)))?;
            done.seals += 1;
            progress(seal.number, until);
            number = seal.number.saturating_add(1);
            seq = seq.max(seal.last_seq.saturating_add(1));
        }
    }
    done.events += events(foundation, out, seq, i64::MAX).await?;
    out.flush()?;
    Ok(done)
}

async fn events(
    foundation: &Foundation,
    out: &mut impl Write,
    mut from: i64,
    up_to: i64,
) -> Result<i64, ExportError> {
    let mut written = 0;
    loop {
        let limit = MOST_EVENTS as i64;
        let events = foundation
            .store
            .read(move |reader| reader.written_events(from, up_to, limit))
            .await?;
        let Some(last) = events.last() else {
            return Ok(written);
        };
        from = last.seq.saturating_add(1);
        for event in &events {
            let event = event_line(event).ok_or(ExportError::Unreadable(event.seq))?;
            line(out, &ExportLine::Event(event))?;
            written += 1;
        }
        if events.len() < MOST_EVENTS {
            return Ok(written);
        }
    }
}

fn line(out: &mut impl Write, line: &ExportLine<'_>) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn event_line(event: &WrittenEvent) -> Option<EventLine<'_>> {
    let mut texts = [None; crate::domain::audit::TEXT_FIELDS];
    for (text, bytes) in texts.iter_mut().zip(&event.texts) {
        *text = match bytes {
            None => None,
            Some(bytes) => Some(std::str::from_utf8(bytes).ok()?),
        };
    }
    let [
        actor_id,
        actor_login,
        actor_role,
        action,
        client_id,
        subject_id,
        call_id,
        outcome,
        reason,
        details,
        request_id,
        remote,
    ] = texts;
    Some(EventLine {
        seq: event.seq,
        at_micros: event.at_micros()?,
        actor_id,
        actor_login,
        actor_role,
        action,
        client_id,
        subject_id,
        call_id,
        outcome,
        reason,
        details,
        request_id,
        remote,
    })
}

fn seal_line<'a>(seal: &'a Seal, keys: &HashMap<String, Vec<u8>>) -> SealLine<'a> {
    SealLine {
        number: seal.number,
        last_seq: seal.last_seq,
        events: seal.events,
        digest: hex::encode(&seal.digest),
        previous: hex::encode(&seal.previous),
        sealed_at_micros: seal.sealed_at,
        key_id: &seal.key_id,
        public_key: keys.get(&seal.key_id).map(hex::encode).unwrap_or_default(),
        signature: hex::encode(&seal.signature),
    }
}
