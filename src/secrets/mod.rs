//! Everything that touches key material: the keyring, hash workers, field
//! encryption, the blind index, access tokens, seals and webhook signatures.
//! No SQL and no HTTP; it uses no other module but `domain`.

pub mod backup;
pub mod calibrate;
pub mod certificate;
pub(crate) mod field;
pub mod hasher;
pub(crate) mod index;
pub mod keyring;
pub(crate) mod live;
pub(crate) mod one_time;
pub mod phc;
pub mod private_file;
pub mod rng;
pub mod seal;
pub mod token;
pub(crate) mod webhook;

mod hash_worker;
mod huge_pages;
mod mac;
