//! What one hash costs, and the text in which a stored hash says how it was made.

use std::fmt;

use argon2::Params;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The most memory one hash may ask for: RFC 9106 §4's first choice. A stored
/// text that asks for more is refused rather than obeyed.
pub const MAX_MEMORY_KIB: u32 = 2 << 20;
const MAX_PASSES: u32 = 1_000;
const MAX_LANES: u32 = 64;

/// What OWASP's Password Storage Cheat Sheet holds equal, the memory in KiB by
/// the number of passes (index 0 is one pass); more passes need no less memory.
pub(super) const FLOOR_KIB_BY_PASSES: [u32; 5] =
    [46 * 1024, 19 * 1024, 12 * 1024, 9 * 1024, 7 * 1024];

/// The price of one argon2id hash (RFC 9106 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes; computed one after the other here.
    pub lanes: u32,
}

impl Cost {
    /// Whether it is cheaper than every choice that OWASP holds sufficient
    /// (ASVS 11.4.2).
    pub(crate) fn below_floor(self) -> bool {
        let row = (self.passes.clamp(1, 5) - 1) as usize;
        self.memory_kib < FLOOR_KIB_BY_PASSES[row]
    }

    /// The first of memory, passes and lanes that is out of bounds, in words.
    pub(super) fn fault(self) -> Option<String> {
        if !(1..=MAX_LANES).contains(&self.lanes) {
            return Some(format!(
                "lanes must be 1 to {MAX_LANES}, not {}",
                self.lanes
            ));
        }
        if !(1..=MAX_PASSES).contains(&self.passes) {
            return Some(format!(
                "passes must be 1 to {MAX_PASSES}, not {}",
                self.passes
            ));
        }
        let least = 8 * self.lanes;
        if !(least..=MAX_MEMORY_KIB).contains(&self.memory_kib) {
            return Some(format!(
                "memory_kib must be {least} to {MAX_MEMORY_KIB}, not {}",
                self.memory_kib
            ));
        }
        None
    }

    /// The same for the argon2 crate, with 64 bytes of output.
    pub(super) fn params(self) -> Option<Params> {
        match self.fault() {
            Some(_) => None,
            None => Params::new(self.memory_kib, self.passes, self.lanes, Some(64)).ok(),
        }
    }
}

/// A stored hash: the PHC string
/// `$argon2id$v=19$m=47104,t=1,p=1,keyid=ID$SALT$HASH`.
///
/// `keyid` is the pepper's id in clear. `HASH` is the first half of a 64-byte
/// argon2 tag; the second half is never stored and keys the exact tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Phc {
    /// what it cost
    pub cost: Cost,
    /// the pepper that it was made with
    pub pepper_id: String,
    /// the salt
    pub salt: [u8; 16],
    /// the first half of the tag
    pub hash: [u8; 32],
}

impl Phc {
    /// Reads what `to_string` wrote, and nothing that differs from it by a byte.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (costs, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
        let mut costs = costs.splitn(4, ',');
        let mut number = |name: &str| costs.next()?.strip_prefix(name)?.parse().ok();
        let cost = Cost {
            memory_kib: number("m=")?,
            passes: number("t=")?,
            lanes: number("p=")?,
        };
        let pepper_id = costs.next()?.strip_prefix("keyid=")?.to_owned();
        let phc = Self {
            cost,
            pepper_id,
            salt: STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?,
            hash: STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?,
        };
        // One spelling for each hash: no leading zeros, no rest, no other order.
        (cost.fault().is_none() && phc.to_string() == text).then_some(phc)
    }
}

impl fmt::Display for Phc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        write!(
            f,
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes},keyid={}${}${}",
            self.pepper_id,
            STANDARD_NO_PAD.encode(self.salt),
            STANDARD_NO_PAD.encode(self.hash),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> Phc {
        Phc {
            cost: Cost {
                memory_kib: 47_104,
                passes: 1,
                lanes: 1,
            },
            pepper_id: "pepper-2026-11-22-a1b2".to_owned(),
            salt: [7; 16],
            hash: [9; 32],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = example().to_string();
        assert!(text.starts_with("$argon2id$v=19$m=47104,t=1,p=1,keyid=pepper-2026-11-22-a1b2$"));
        assert!(Phc::parse(&text) == Some(example()));
    }

    #[test]
    fn any_other_spelling_is_unreadable() {
        let text = example().to_string();
        let others = [
            String::new(),
            format!("{text} "),
            format!("{text}$"),
            format!("{text}="),
            text.replace("argon2id", "argon2i"),
            text.replace("v=19", "v=16"),
            text.replace("m=47104", "m=047104"),
            text.replace("m=47104", "m=4294967295"),
            text.replace("t=1", "t=0"),
            text.replace("p=1", "p=65"),
            text.replace("t=1,p=1", "p=1,t=1"),
            text.replace(",keyid=pepper-2026-11-22-a1b2", ""),
        ];
        for other in others {
            assert!(Phc::parse(&other).is_none(), "was read: {other}");
        }
    }

    #[test]
    fn the_floor_is_owasps() {
        let below = |memory_kib, passes| {
            Cost {
                memory_kib,
                passes,
                lanes: 1,
            }
            .below_floor()
        };
        let equal = [(46, 1), (19, 2), (12, 3), (9, 4), (7, 5), (7, 6)];
        for (mib, passes) in equal {
            assert!(!below(mib * 1024, passes));
            assert!(below(mib * 1024 - 1, passes));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = Phc::parse(&text);
        }

        #[test]
        fn no_change_of_a_byte_reads_as_the_same_hash(at in 0usize..150, byte in 0u8..128) {
            let mut bytes = example().to_string().into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            let text = String::from_utf8(bytes).expect("ASCII stays UTF-8");
            prop_assert!(Phc::parse(&text) != Some(example()));
        }
    }
}
