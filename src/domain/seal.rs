//! A seal of the audit: what is signed, how seals chain, and how an event is checked against its seal.
//!
//! An event's *leaf* is the SHA-256 of its canonical bytes. A seal's digest is the SHA-256 of the
//! places and leaves of its events, in order; its message holds number, last place, count, digest,
//! the hash of the seal before it, time and key. So each event is bound, a missing or foreign one is
//! named by its place, and a seal cannot be taken out or exchanged without breaking the next.
//! `docs/audit-seals.md` writes the bytes down for others.

use sha2::{Digest, Sha256};

use super::audit::{TEXT_FIELDS, canonical_bytes};

/// The most events that one seal covers.
pub(crate) const MOST_EVENTS: usize = 1_000;
/// What the first seal has in place of the hash of a seal before it.
pub(crate) const GENESIS: [u8; 32] = [0; 32];
/// The leaf of an event that could not be read when it was sealed. No event has it.
pub(crate) const UNREADABLE: [u8; 32] = [0; 32];

const PLACE_BYTES: usize = 8;
const LEAF_BYTES: usize = PLACE_BYTES + 32;

/// An event exactly as it is in its row, whether or not it makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenEvent {
    /// its place
    pub seq: i64,
    /// its time in microseconds, in decimal digits
    pub at: Vec<u8>,
    /// its texts, in the order of the columns
    pub texts: [Option<Vec<u8>>; TEXT_FIELDS],
}

/// The place and the hash of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// the event's place
    pub seq: i64,
    /// SHA-256 of its canonical bytes
    pub hash: [u8; 32],
}

impl WrittenEvent {
    /// Its time in microseconds; `None` where the row has no number.
    pub(crate) fn at_micros(&self) -> Option<i64> {
        let text = std::str::from_utf8(&self.at).ok()?;
        let micros: i64 = text.parse().ok()?;
        // One number has one form: `+5` and `05` are modifications.
        (micros.to_string() == text).then_some(micros)
    }

    /// Its leaf.
    pub(crate) fn leaf(&self) -> Leaf {
        let fields = self.texts.each_ref().map(Option::as_deref);
        let hash = self.at_micros().map_or(UNREADABLE, |at| {
            Sha256::digest(canonical_bytes(self.seq, at, fields)).into()
        });
        Leaf {
            seq: self.seq,
            hash,
        }
    }
}

/// Writes leaves as a seal stores them.
pub(crate) fn write_leaves(leaves: &[Leaf]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(leaves.len() * LEAF_BYTES);
    for leaf in leaves {
        bytes.extend_from_slice(&leaf.seq.to_be_bytes());
        bytes.extend_from_slice(&leaf.hash);
    }
    bytes
}

/// Reads leaves; `None` where it is no list of them in rising order.
pub(crate) fn read_leaves(bytes: &[u8]) -> Option<Vec<Leaf>> {
    let (chunks, rest) = bytes.as_chunks::<LEAF_BYTES>();
    let leaves: Vec<Leaf> = chunks.iter().map(read_leaf).collect();
    let rises = leaves.windows(2).all(|pair| pair[0].seq < pair[1].seq);
    (rest.is_empty() && rises).then_some(leaves)
}

fn read_leaf(chunk: &[u8; LEAF_BYTES]) -> Leaf {
    let mut seq = [0; PLACE_BYTES];
    let mut hash = [0; 32];
    seq.copy_from_slice(&chunk[..PLACE_BYTES]);
    hash.copy_from_slice(&chunk[PLACE_BYTES..]);
    Leaf {
        seq: i64::from_be_bytes(seq),
        hash,
    }
}

/// The digest of a seal over its leaves.
pub(crate) fn digest(leaves: &[u8]) -> [u8; 32] {
    Sha256::digest(leaves).into()
}

/// A seal, exactly as it is in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// the place of its last event; its first is the next after the seal before
    pub last_seq: i64,
    /// how many events it covers
    pub events: i64,
    /// SHA-256 of its leaves
    pub digest: Vec<u8>,
    /// the hash of the seal before it
    pub previous: Vec<u8>,
    /// when it was made, microseconds
    pub sealed_at: i64,
    /// the key that signed it
    pub key_id: String,
    /// Ed25519 over [`Seal::message`]
    pub signature: Vec<u8>,
    /// the places and leaves of its events; not part of the message, since the digest is
    pub leaves: Vec<u8>,
}

impl Seal {
    /// What is signed.
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut message = b"qupia-seal-1".to_vec();
        for number in [self.number, self.last_seq, self.events, self.sealed_at] {
            message.extend_from_slice(&number.to_be_bytes());
        }
        framed(&mut message, &self.digest);
        framed(&mut message, &self.previous);
        framed(&mut message, self.key_id.as_bytes());
        message
    }

    /// The hash of this seal, with its signature, that the next one contains.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let mut bytes = b"qupia-seal-hash-1".to_vec();
        framed(&mut bytes, &self.message());
        framed(&mut bytes, &self.signature);
        Sha256::digest(bytes).into()
    }

    /// The end of the chain after this seal.
    pub(crate) fn head(&self) -> Head {
        Head {
            number: self.number,
            last_seq: self.last_seq,
            hash: self.hash(),
        }
    }
}

fn framed(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
    bytes.extend_from_slice(part);
}

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// the number of the last seal; 0 before the first
    pub number: i64,
    /// the place of its last event
    pub last_seq: i64,
    /// its hash
    pub hash: [u8; 32],
}

impl Head {
    /// The end of an empty chain.
    pub(crate) const GENESIS: Self = Self {
        number: 0,
        last_seq: 0,
        hash: GENESIS,
    };

    /// The first place that the next seal may cover. Nothing comes before the first seal, so an event at
    /// any earlier place belongs to it, or was inserted later.
    pub(crate) fn next_seq(&self) -> i64 {
        match self.number {
            0 => i64::MIN,
            _ => self.last_seq.saturating_add(1),
        }
    }

    /// The number of the next seal. A seal below the first was inserted later, and is not skipped.
    pub(crate) fn next_number(&self) -> i64 {
        match self.number {
            0 => i64::MIN,
            number => number.saturating_add(1),
        }
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// where
    pub place: AuditPlace,
    /// what is wrong there, in words
    pub why: &'static str,
}

/// A place in the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditPlace {
    /// an event, by its place
    Event(i64),
    /// a seal, by its number
    Seal(i64),
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            AuditPlace::Event(seq) => write!(f, "event {seq} {}", self.why),
            AuditPlace::Seal(number) => write!(f, "seal {number} {}", self.why),
        }
    }
}

/// Checks a seal against the one before it, except its signature.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_link(before: &Head, seal: &Seal) -> Result<(), Bad> {
    let expected = before.number + 1;
    let bad = |number, why| {
        Err(Bad {
            place: AuditPlace::Seal(number),
            why,
        })
    };
    if seal.number > expected {
        return bad(expected, "is missing");
    }
    if seal.number < expected {
        return bad(seal.number, "is out of order");
    }
    if seal.previous != before.hash {
        return bad(
            seal.number,
            "does not follow from the seal before it: one of the two was altered",
        );
    }
    if seal.last_seq <= before.last_seq {
        return bad(seal.number, "does not go on from the seal before it");
    }
    Ok(())
}

/// Checks the leaves of a seal, and then its events, against its digest. `events` are those between the
/// seal before it and its last one, in rising order; where there are too many, one more than expected is
/// enough.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check_events(seal: &Seal, events: &[WrittenEvent]) -> Result<(), Bad> {
    let bad_seal = |why| Bad {
        place: AuditPlace::Seal(seal.number),
        why,
    };
    if digest(&seal.leaves).as_slice() != seal.digest {
        return Err(bad_seal("lists other events than it signs for"));
    }
    let leaves = read_leaves(&seal.leaves).ok_or_else(|| bad_seal("has no list of events"))?;
    let counts = i64::try_from(leaves.len()).is_ok_and(|count| count == seal.events);
    if !counts || leaves.last().map(|leaf| leaf.seq) != Some(seal.last_seq) {
        return Err(bad_seal("lists other events than it counts"));
    }
    let bad = |seq, why| Bad {
        place: AuditPlace::Event(seq),
        why,
    };
    let mut found = events.iter();
    for leaf in &leaves {
        match found.next() {
            None => return Err(bad(leaf.seq, "was removed")),
            Some(event) if event.seq > leaf.seq => return Err(bad(leaf.seq, "was removed")),
            Some(event) if event.seq < leaf.seq => return Err(bad(event.seq, "was inserted")),
            Some(_) if leaf.hash == UNREADABLE => {
                return Err(bad(leaf.seq, "could not be read when it was sealed"));
            }
            Some(event) if event.leaf() != *leaf => return Err(bad(leaf.seq, "was altered")),
            Some(_) => {}
        }
    }
    found
        .next()
        .map_or(Ok(()), |event| Err(bad(event.seq, "was inserted")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(seq: i64) -> WrittenEvent {
        let mut texts = [const { None }; TEXT_FIELDS];
        texts[3] = Some(b"client.viewed".to_vec());
        texts[10] = Some(format!("request-{seq}").into_bytes());
        WrittenEvent {
            seq,
            at: b"1800000000000000".to_vec(),
            texts,
        }
    }

    fn sealed(events: &[WrittenEvent]) -> Seal {
        let leaves: Vec<Leaf> = events.iter().map(WrittenEvent::leaf).collect();
        let leaves = write_leaves(&leaves);
        Seal {
            number: 1,
            last_seq: events.last().map_or(0, |event| event.seq),
            events: i64::try_from(events.len()).unwrap(),
            digest: digest(&leaves).to_vec(),
            previous: GENESIS.to_vec(),
            sealed_at: 1,
            key_id: "seal-1".to_owned(),
            signature: vec![7; 64],
            leaves,
        }
    }

    fn why(seal: &Seal, events: &[WrittenEvent]) -> String {
        check_events(seal, events).unwrap_err().to_string()
    }

    #[test]
    fn events_with_gaps_between_them_are_sealed_as_they_stand() {
        let events = [event(2), event(5), event(6)];
        assert_eq!(check_events(&sealed(&events), &events), Ok(()));
    }

    #[test]
    fn the_place_of_what_is_wrong_is_named() {
        let events = [event(2), event(5), event(6)];
        let seal = sealed(&events);
        assert_eq!(why(&seal, &events[1..]), "event 2 was removed");
        assert_eq!(why(&seal, &events[..2]), "event 6 was removed");
        let inserted = [event(2), event(3), event(5), event(6)];
        assert_eq!(why(&seal, &inserted), "event 3 was inserted");
        let mut swapped = events.clone();
        swapped[1].texts = event(6).texts;
        swapped[2].texts = event(5).texts;
        assert_eq!(why(&seal, &swapped), "event 5 was altered");
    }

    #[test]
    fn a_number_written_otherwise_is_an_alteration() {
        let mut altered = event(2);
        altered.at = b"+1800000000000000".to_vec();
        assert_eq!(altered.at_micros(), None);
    }

    proptest! {
        #[test]
        fn seals_that_differ_have_different_messages(
            a in (any::<[i64; 4]>(), any::<Vec<u8>>(), any::<Vec<u8>>(), ".*"),
            b in (any::<[i64; 4]>(), any::<Vec<u8>>(), any::<Vec<u8>>(), ".*"),
        ) {
            let same = a == b;
            let message = |(numbers, digest, previous, key_id): ([i64; 4], _, _, String)| {
                let [number, last_seq, events, sealed_at] = numbers;
                Seal { number, last_seq, events, sealed_at, digest, previous, key_id, ..sealed(&[]) }.message()
            };
            prop_assert_eq!(same, message(a) == message(b));
        }
    }
}
