//! Verifies the whole audit against its seals, and names the first thing that is wrong.
//!
//! An attacker who can write the database but has no seal key cannot make a seal. So trust comes from the
//! keyring: a seal by one of its keys vouches, through the hash in it, for every seal before it, and the
//! newest seal has to be by such a key. The public halves of retired keys come from the database.

use std::collections::{HashMap, HashSet};

use crate::{
    app::{chain_head::KnownSeal, foundation::Foundation},
    domain::seal::{
        AuditPlace, Bad, Head, MOST_EVENTS, Seal, WrittenEvent, check_events, check_link,
    },
    secrets::{live::KeySet, seal},
    store::StoreError,
};

/// Seals that are read at once.
const SEALS_AT_ONCE: i64 = 64;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// events that are as they were sealed
    pub events: i64,
    /// seals that are good
    pub seals: i64,
    /// events beyond the newest seal, for which nothing vouches yet; 0 where something is wrong
    pub unsealed: i64,
    /// the newest good seal
    pub newest: Option<KnownSeal>,
    /// the first thing that is wrong
    pub first_bad: Option<Bad>,
}

/// Verifies everything. `known` are seals that were stored elsewhere, which must still exist. `progress`
/// gets how many seals are done, and of how many.
///
/// # Errors
/// [`StoreError`]: the database did not answer. What is wrong with the audit is no error.
pub async fn verify(
    foundation: &Foundation,
    known: &[KnownSeal],
    mut progress: impl FnMut(i64, i64),
) -> Result<AuditReport, StoreError> {
    let newest = foundation.store.read(|reader| reader.newest_seal()).await?;
    let until = newest.map_or(i64::MIN, |seal| seal.number);
    let keys = PublicKeys::load(foundation).await?;
    let mut walk = Walk {
        foundation,
        keys: &keys,
        known,
        head: Head::GENESIS,
        last_trusted: 0,
        events: 0,
    };
    let mut first_bad = None;
    while first_bad.is_none() && walk.head.next_number() <= until {
        let from = walk.head.next_number();
        let mut seals = foundation
            .store
            .read(move |reader| reader.seals_from(from, SEALS_AT_ONCE))
            .await?;
        seals.retain(|seal| seal.number <= until);
        if seals.is_empty() {
            break;
        }
        first_bad = walk.go_on(&seals).await?;
        progress(walk.head.number, until);
    }
    let first_bad = first_bad.or_else(|| walk.check_end());
    let head = walk.head;
    let from = head.next_seq();
    let unsealed = match first_bad {
        None => {
            foundation
                .store
                .read(move |reader| reader.events_from(from))
                .await?
        }
        Some(_) => 0,
    };
    Ok(AuditReport {
        events: walk.events,
        seals: head.number,
        unsealed,
        newest: (head.number > 0).then_some(KnownSeal {
            number: head.number,
            hash: head.hash,
        }),
        first_bad,
    })
}

struct Walk<'a> {
    foundation: &'a Foundation,
    keys: &'a PublicKeys,
    known: &'a [KnownSeal],
    head: Head,
    /// the newest seal of a key that the keyring holds
    last_trusted: i64,
    events: i64,
}

impl Walk<'_> {
    /// Verifies the next seals and their events. A bad seal among them does not hide an event that is
    /// wrong before it.
    async fn go_on(&mut self, seals: &[Seal]) -> Result<Option<Bad>, StoreError> {
        let mut good: Vec<&Seal> = Vec::new();
        let (mut end, mut expected) = (self.head, 0);
        let mut bad = None;
        for seal in seals {
            if let Err(found) = self.check_seal(&end, seal) {
                bad = Some(found);
                break;
            }
            end = seal.head();
            expected += seal.events;
            good.push(seal);
            if expected >= MOST_EVENTS as i64 {
                if let Some(found) = self.check_events(&good, expected).await? {
                    return Ok(Some(found));
                }
                good.clear();
                expected = 0;
            }
        }
        Ok(self.check_events(&good, expected).await?.or(bad))
    }

    fn check_seal(&self, before: &Head, seal: &Seal) -> Result<(), Bad> {
        check_link(before, seal)?;
        let bad = |why| Bad {
            place: AuditPlace::Seal(seal.number),
            why,
        };
        let public_key = self.keys.of(&seal.key_id).map_err(bad)?;
        if !seal::verify(public_key, &seal.message(), &seal.signature) {
            return Err(bad("bears a signature that is not its own: it was altered"));
        }
        let here = KnownSeal::from(seal);
        let other = |known: &&KnownSeal| known.number == seal.number && **known != here;
        match self.known.iter().find(other) {
            Some(_) => Err(bad("is another than the one that is remembered")),
            None => Ok(()),
        }
    }

    /// Reads the events of seals that are good themselves, and checks them.
    async fn check_events(
        &mut self,
        seals: &[&Seal],
        expected: i64,
    ) -> Result<Option<Bad>, StoreError> {
        let Some(last_seq) = seals.last().map(|seal| seal.last_seq) else {
            return Ok(None);
        };
        let from = self.head.next_seq();
        let events = self
            .foundation
            .store
            .read(move |reader| reader.written_events(from, last_seq, expected + 1))
            .await?;
        let mut rest: &[WrittenEvent] = &events;
        for seal in seals {
            let own = rest.partition_point(|event| event.seq <= seal.last_seq);
            if let Err(bad) = check_events(seal, &rest[..own]) {
                return Ok(Some(bad));
            }
            rest = &rest[own..];
            self.events += seal.events;
            self.head = seal.head();
            if self.keys.own.contains(&seal.key_id) {
                self.last_trusted = seal.number;
            }
        }
        Ok(None)
    }

    /// What can only be checked at the end of the chain.
    fn check_end(&self) -> Option<Bad> {
        let bad = |number, why| Bad {
            place: AuditPlace::Seal(number),
            why,
        };
        let newest_known = self.known.iter().map(|known| known.number).max();
        if newest_known.is_some_and(|known| known > self.head.number) {
            let why = "is missing: the end of the audit was cut off";
            return Some(bad(self.head.number + 1, why));
        }
        let why = "is of a key that the keyring does not hold, and so is every seal after it";
        (self.last_trusted < self.head.number).then(|| bad(self.last_trusted + 1, why))
    }
}

/// The public halves by which seals are verified.
struct PublicKeys {
    by_id: HashMap<String, [u8; 32]>,
    /// those that the keyring holds itself
    own: HashSet<String>,
    /// those that the database gives another public half than the keyring
    altered: HashSet<String>,
}

impl PublicKeys {
    async fn load(foundation: &Foundation) -> Result<Self, StoreError> {
        let recorded = foundation.store.read(|reader| reader.seal_keys()).await?;
        Ok(Self::new(&foundation.keys.now(), recorded))
    }

    fn new(keys: &KeySet, recorded: Vec<(String, Vec<u8>)>) -> Self {
        let mut found = Self {
            by_id: HashMap::new(),
            own: HashSet::new(),
            altered: HashSet::new(),
        };
        for (id, public_key) in recorded {
            match keys.seals.public_key(&id) {
                Some(own) if own.as_slice() != public_key => {
                    found.altered.insert(id);
                }
                Some(own) => {
                    found.by_id.insert(id.clone(), own);
                    found.own.insert(id);
                }
                // A value that is no key verifies nothing, and the report names the seal.
                None => {
                    let key = public_key.try_into().unwrap_or([0; 32]);
                    found.by_id.insert(id, key);
                }
            }
        }
        found
    }

    fn of(&self, id: &str) -> Result<&[u8; 32], &'static str> {
        if self.altered.contains(id) {
            return Err("is signed with a key whose public half in the database was altered");
        }
        self.by_id
            .get(id)
            .ok_or("is signed with a key whose public half is not in the database")
    }
}
