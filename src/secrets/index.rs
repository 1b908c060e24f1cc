//! The blind index: finds an encrypted value by equality without showing it.

use hmac::Mac;

use super::keyring::{Keyring, Purpose};
use super::mac::{self, HmacSha256};

/// Keyed tags of values (HMAC-SHA256, RFC 2104, cut to 16 bytes). Equal values under one label have equal
/// tags; without the key nobody can guess the value of a tag, however few values there are, as with
/// telephone numbers.
pub struct BlindIndex {
    /// The active key's first.
    keys: Vec<IndexKey>,
}

struct IndexKey {
    id: String,
    /// The first four bytes of its check value.
    mark: [u8; MARK_BYTES],
    mac: HmacSha256,
}

/// Number of bytes of a marked tag that name its key.
pub(crate) const MARK_BYTES: usize = 4;

impl BlindIndex {
    /// An index over every `index` key of the keyring.
    pub(crate) fn new(keyring: &Keyring) -> Self {
        let keys = keyring.active_first(Purpose::Index).map(|key| IndexKey {
            id: key.id().to_owned(),
            mark: key.tag(),
            mac: mac::keyed(key.subkey("hmac").as_slice()),
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// The tag to store, 16 bytes, under the active key. The label says what the value is, such as
    /// `clients.phone`: elsewhere the same number has another tag. The value must be in canonical form.
    pub(crate) fn of(&self, label: &str, value: &str) -> Vec<u8> {
        tag(&self.keys[0].mac, label, value)
    }

    /// The tags to search for: one for each key, the active one's first, since during a rotation some rows
    /// still have the old one's.
    pub(crate) fn all(&self, label: &str, value: &str) -> Vec<Vec<u8>> {
        self.keys
            .iter()
            .map(|key| tag(&key.mac, label, value))
            .collect()
    }

    /// As [`BlindIndex::of`], with the mark of its key before it, 20 bytes: for values that are stored long
    /// enough to be counted, and indexed again, when the key changes.
    pub(crate) fn marked(&self, label: &str, value: &str) -> Vec<u8> {
        self.keys[0].marked(label, value)
    }

    /// As [`BlindIndex::all`], each with the mark of its key before it.
    pub(crate) fn all_marked(&self, label: &str, value: &str) -> Vec<Vec<u8>> {
        let marked = self.keys.iter().map(|key| key.marked(label, value));
        marked.collect()
    }

    /// The first bytes of every marked tag of the key with an id.
    pub(crate) fn mark_of(&self, key_id: &str) -> Option<[u8; MARK_BYTES]> {
        self.keys
            .iter()
            .find(|key| key.id == key_id)
            .map(|key| key.mark)
    }

    /// The first bytes of every marked tag of the active key.
    pub(crate) fn active_mark(&self) -> [u8; MARK_BYTES] {
        self.keys[0].mark
    }

    /// The id of the key that [`BlindIndex::of`] uses.
    #[cfg(test)]
    pub(crate) fn active_key_id(&self) -> &str {
        &self.keys[0].id
    }
}

impl IndexKey {
    fn marked(&self, label: &str, value: &str) -> Vec<u8> {
        [self.mark.as_slice(), &tag(&self.mac, label, value)].concat()
    }
}

fn tag(key: &HmacSha256, label: &str, value: &str) -> Vec<u8> {
    let mut mac = key.clone();
    mac::update_framed(&mut mac, label.as_bytes());
    mac::update_framed(&mut mac, value.as_bytes());
    mac.finalize().into_bytes()[..16].to_vec()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::secrets::rng::SystemRng;

    fn keyring(seed: u64) -> Keyring {
        Keyring::generate(&SystemRng::seeded(seed), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn equal_values_have_equal_tags_and_others_do_not() {
        let index = BlindIndex::new(&keyring(1));
        let of_phone = index.of("clients.phone", "+77011234567");
        assert_eq!(of_phone.len(), 16);
        assert_eq!(of_phone, index.of("clients.phone", "+77011234567"));
        assert_ne!(of_phone, index.of("clients.phone", "+77011234568"));
        assert_ne!(of_phone, index.of("staff.phone", "+77011234567"));
        assert_ne!(of_phone, index.of("clients.phon", "e+77011234567"));
    }

    #[test]
    fn another_key_gives_other_tags() {
        let of = |seed| BlindIndex::new(&keyring(seed)).of("clients.phone", "+77011234567");
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn during_a_rotation_both_tags_are_looked_for() {
        let old = keyring(1);
        let (new, id) = old.rotate(Purpose::Index, &SystemRng::seeded(2), DateTime::UNIX_EPOCH);
        let (before, after) = (BlindIndex::new(&old), BlindIndex::new(&new));
        assert_eq!(after.active_key_id(), id);
        assert_eq!(
            after.all("l", "v"),
            [after.of("l", "v"), before.of("l", "v")]
        );
    }
}
