//! HMAC-SHA256 and what is made of it: subkeys and framed messages.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub(super) type HmacSha256 = Hmac<Sha256>;

/// A MAC under `key`, of any length (RFC 2104 hashes long keys, pads short ones).
pub(super) fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("HMAC takes a key of any length (RFC 2104 §3)")
}

/// The tag of `message` under `key`.
pub(super) fn tag(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// One block of HKDF-Expand (RFC 5869 §2.3). Extraction is left out as §3.3
/// allows, because `key` is 32 uniformly random bytes already.
pub(super) fn subkey(key: &[u8; 32], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed(key);
    mac.update(info);
    mac.update(&[1]);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Feeds `part` with its length before it, so that no two lists of parts run
/// together into the same message.
pub(super) fn update_framed(mac: &mut HmacSha256, part: &[u8]) {
    mac.update(&(part.len() as u64).to_be_bytes());
    mac.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subkey_is_the_first_block_of_rfc_5869() {
        // RFC 5869 A.1: PRK, info and the first 32 bytes of OKM.
        let key: [u8; 32] = [
            0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f, 0x0d, 0xc4, 0x7b,
            0xba, 0x63, 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f, 0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a,
            0xd7, 0xc2, 0xb3, 0xe5,
        ];
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let wanted: [u8; 32] = [
            0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36,
            0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56,
            0xec, 0xc4, 0xc5, 0xbf,
        ];
        assert_eq!(*subkey(&key, &info), wanted);
    }

    #[test]
    fn a_tag_is_that_of_rfc_4231() {
        // RFC 4231 case 2.
        let got = tag(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(got[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(got[28..], [0x64, 0xec, 0x38, 0x43]);
    }

    #[test]
    fn framed_parts_do_not_run_together() {
        let of = |parts: &[&[u8]]| -> [u8; 32] {
            let mut mac = keyed(b"k");
            parts.iter().for_each(|part| update_framed(&mut mac, part));
            mac.finalize().into_bytes().into()
        };
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
    }
}
