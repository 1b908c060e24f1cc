//! Binds the committed events of the audit into the chain of seals.
//!
//! One instance seals at a time, by a lease. Events are inserted in parallel and never wait for the chain;
//! the sealer follows them.

use std::{io, time::Duration};

use tokio::sync::oneshot;

use super::lease::LeaseKeeper;
use crate::{
    app::{
        App,
        chain_head::{self, KnownSeal},
        foundation::Foundation,
    },
    domain::seal::{Head, MOST_EVENTS, Seal, WrittenEvent, digest, write_leaves},
    store::StoreError,
};

const LEASE: &str = "sealer";
/// How often events are sealed.
const ROUND: Duration = Duration::from_secs(1);

/// The state of one instance's sealer between rounds.
pub struct Sealer {
    lease: LeaseKeeper,
    /// whether it was logged that the chain is shorter than it was
    has_warned: bool,
}

impl Default for Sealer {
    fn default() -> Self {
        Self {
            lease: LeaseKeeper::of(LEASE),
            has_warned: false,
        }
    }
}

/// Seals once a second until `stop`; then once more, and releases the lease.
pub async fn run(app: App, mut stop: oneshot::Receiver<()>) {
    let mut sealer = Sealer::default();
    loop {
        let stopped = tokio::time::timeout(ROUND, &mut stop).await.is_ok();
        if let Err(error) = seal_once(&app, &mut sealer).await {
            tracing::warn!("the audit was not sealed, the next round tries again: {error}");
        }
        if stopped {
            break;
        }
    }
    if let Err(error) = sealer.lease.release(&app).await {
        tracing::warn!("the sealer's lease was not released: {error}");
    }
}

/// Seals the events that are committed, if this instance has the lease. Gives the new seals.
///
/// # Errors
/// [`StoreError`]; seals that were added stay.
pub async fn seal_once(
    foundation: &Foundation,
    sealer: &mut Sealer,
) -> Result<Vec<Seal>, StoreError> {
    let is_ours = sealer.lease.hold(foundation).await?.is_some();
    let newest = foundation.store.read(|reader| reader.newest_seal()).await?;
    remember(foundation, sealer, newest.as_ref()).await;
    let mut made = Vec::new();
    if !is_ours {
        return Ok(made);
    }
    let mut head = newest.map_or(Head::GENESIS, |seal| seal.head());
    // Read without a lock first: where nothing was written, nobody needs to wait.
    let from = head.last_seq + 1;
    let waiting = foundation
        .store
        .read(move |reader| reader.written_events(from, i64::MAX, 1))
        .await?;
    if waiting.is_empty() {
        return Ok(made);
    }
    let settled = foundation.store.unaudited(|tx| tx.settled_end()).await?;
    while head.last_seq < settled {
        let (from, limit) = (head.last_seq + 1, MOST_EVENTS as i64);
        let events = foundation
            .store
            .read(move |reader| reader.written_events(from, settled, limit))
            .await?;
        if events.is_empty() {
            break;
        }
        let Some(seal) = add(foundation, &head, &events).await? else {
            break;
        };
        head = seal.head();
        remember(foundation, sealer, Some(&seal)).await;
        tracing::info!(
            number = seal.number,
            last_seq = seal.last_seq,
            events = seal.events,
            seal = %KnownSeal::from(&seal),
            key_id = seal.key_id,
            "audit sealed"
        );
        made.push(seal);
    }
    Ok(made)
}

/// Signs a seal over these events and adds it; `None` where another instance was faster.
async fn add(
    foundation: &Foundation,
    head: &Head,
    events: &[WrittenEvent],
) -> Result<Option<Seal>, StoreError> {
    let leaves: Vec<_> = events.iter().map(WrittenEvent::leaf).collect();
    let leaves = write_leaves(&leaves);
    let seals = &foundation.keys.now().seals;
    let mut seal = Seal {
        number: head.number + 1,
        last_seq: events.last().map_or(head.last_seq, |event| event.seq),
        events: events.len() as i64,
        digest: digest(&leaves).to_vec(),
        previous: head.hash.to_vec(),
        sealed_at: foundation.clock.now().timestamp_micros(),
        key_id: seals.active_key_id().to_owned(),
        signature: Vec::new(),
        leaves,
    };
    let (_, signature) = seals.sign(&seal.message());
    seal.signature = signature.to_vec();
    let public_key = seals.public_key(&seal.key_id).unwrap_or_default();
    let (added, instance) = (seal.clone(), foundation.instance.clone());
    let now = foundation.clock.now();
    let is_added = foundation
        .store
        .unaudited(move |tx| tx.add_seal(&added, &public_key, (LEASE, &instance), now))
        .await?;
    Ok(is_added.then_some(seal))
}

/// Writes the newest seal to a file outside the database, unless that file shows that the database has lost
/// some.
async fn remember(foundation: &Foundation, sealer: &mut Sealer, newest: Option<&Seal>) {
    let newest = newest.map(KnownSeal::from);
    let folder = foundation.settings.data_dir.clone();
    let remembered = tokio::task::spawn_blocking(move || -> io::Result<bool> {
        let known = chain_head::recall(&folder)?;
        match (known, newest) {
            (None, Some(newest)) => chain_head::remember(&folder, &newest).map(|()| true),
            (Some(known), Some(newest)) if newest.number > known.number => {
                chain_head::remember(&folder, &newest).map(|()| true)
            }
            (known, newest) => Ok(known == newest),
        }
    });
    match remembered.await {
        Ok(Ok(true)) => sealer.has_warned = false,
        Ok(Ok(false)) if !sealer.has_warned => {
            sealer.has_warned = true;
            tracing::error!(
                "the audit in the database ends before a seal that this data folder remembers: \
                 run `qupia audit verify`"
            );
        }
        Ok(Ok(false)) | Err(_) => {}
        Ok(Err(error)) => tracing::warn!("the newest seal was not remembered: {error}"),
    }
}
