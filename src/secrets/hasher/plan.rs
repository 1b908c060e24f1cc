//! One check or one new hash, step by step, on a worker's memory.

use std::fmt;
use std::sync::atomic::Ordering;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::HashError;
use super::peppers::Pepper;
use super::pool::Pool;
use crate::secrets::hash_worker::Memory;
use crate::secrets::mac;
use crate::secrets::phc::Phc;

/// A comparison with a stored hash.
pub struct Check {
    /// The stored hash, a PHC string. `None` where there is none: the answer is then "no match", at the
    /// cost of a refusal.
    pub stored: Option<String>,
    /// The exact tag of the stored hash, if it has one.
    pub exact_tag: Option<Vec<u8>>,
    /// What was heard, in the forms to try, the likeliest first.
    pub candidates: Vec<HashCandidate>,
    /// Number of hashes of a refusal, however many candidates there are, so that its time reveals nothing
    /// about them. More candidates cost more.
    pub tries: usize,
    /// What was typed, after NFC: distinguishes an exact match from one by folding.
    pub exact_form: Option<Zeroizing<Vec<u8>>>,
    /// When a match also makes a new hash, in the same admission.
    pub renew: Renew,
}

/// One form of what was heard.
pub struct HashCandidate {
    /// Its bytes under the fold of the stored hash.
    pub secret: Zeroizing<Vec<u8>>,
    /// What is hashed at a renewal, if not the secret itself: the bytes under the current fold, or another
    /// spelling. A match by such a candidate is outdated.
    pub renew_as: Option<Zeroizing<Vec<u8>>>,
}

/// When a match also makes a new hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renew {
    Never,
    /// Where cost or pepper are no longer current, or the candidate is to be renewed as another.
    WhenOutdated,
    /// Always, for instance after a change of the fold.
    Always,
}

/// The answer to a [`Check`].
pub struct Checked {
    /// The candidate that matched; `None` is a refusal.
    pub matched: Option<Match>,
    /// Whether the stored hash has another cost or pepper than new ones. False where there is none.
    pub outdated: bool,
    /// The hash to store in place of the old one.
    pub renewed: Option<Made>,
}

/// Which candidate matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its place among the candidates, from 0.
    pub index: usize,
    /// Whether exactly the form that was set was typed. False too where no exact tag or form was given.
    pub exact: bool,
}

/// A new hash to store.
pub struct Made {
    /// The PHC string: version, cost, pepper id, salt and hash.
    pub phc: String,
    /// The tag of the exact form, 16 bytes; worth nothing without the hash's
    /// unstored half. `None` where the exact form is not known: a renewal by a
    /// match that was not exact loses it.
    pub exact_tag: Option<Vec<u8>>,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Made(…)")
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("matched", &self.matched)
            .field("outdated", &self.outdated)
            .field("renewed", &self.renewed)
            .finish()
    }
}

/// The two halves of argon2's 64 bytes.
struct Halves(Zeroizing<[u8; 64]>);

impl Halves {
    fn stored(&self) -> &[u8; 32] {
        self.0.first_chunk().expect("64 bytes begin with 32")
    }

    fn unstored(&self) -> &[u8; 32] {
        self.0.last_chunk().expect("64 bytes end with 32")
    }

    fn exact_tag(&self, exact_form: &[u8]) -> [u8; 16] {
        let tag = mac::tag(self.unstored(), exact_form);
        *tag.first_chunk().expect("32 bytes begin with 16")
    }
}

impl Pool {
    pub(super) fn check(&self, memory: &mut Memory, check: Check) -> Result<Checked, HashError> {
        let peppers = self.peppers();
        let (phc, is_real) = match &check.stored {
            Some(stored) => (Phc::parse(stored).ok_or(HashError::Unreadable)?, true),
            None => (
                self.decoy.phc(self.settings.cost(), peppers.active()),
                false,
            ),
        };
        let pepper = peppers
            .by_id(&phc.pepper_id)
            .ok_or_else(|| HashError::UnknownPepper(phc.pepper_id.clone()))?;
        let outdated =
            is_real && (phc.cost != self.settings.cost() || phc.pepper_id != peppers.active().id());

        let found = self.first_match(memory, &phc, pepper, &check)?;
        self.jobs_checked.fetch_add(1, Ordering::Relaxed);
        let Some((index, halves)) = found.filter(|_| is_real) else {
            return Ok(Checked {
                matched: None,
                outdated,
                renewed: None,
            });
        };
        let exact = match (&check.exact_form, &check.exact_tag) {
            (Some(form), Some(tag)) => halves.exact_tag(form).as_slice().ct_eq(tag).into(),
            _ => false,
        };
        let renewed = match check.renew {
            Renew::Always => true,
            Renew::WhenOutdated => outdated || check.candidates[index].renew_as.is_some(),
            Renew::Never => false,
        };
        let renewed = renewed
            .then(|| {
                let candidate = &check.candidates[index];
                let secret = candidate.renew_as.as_ref().unwrap_or(&candidate.secret);
                // A spelling other than the one that was set must not become the exact one.
                let form = check.exact_form.as_deref().filter(|_| exact);
                self.make(memory, secret, form.map(Vec::as_slice))
            })
            .transpose()?;
        Ok(Checked {
            matched: Some(Match { index, exact }),
            outdated,
            renewed,
        })
    }

    /// The first candidate that matches the stored hash. Where none does, as many hashes were computed as
    /// the check asks for.
    fn first_match(
        &self,
        memory: &mut Memory,
        phc: &Phc,
        pepper: &Pepper,
        check: &Check,
    ) -> Result<Option<(usize, Halves)>, HashError> {
        for (index, candidate) in check.candidates.iter().enumerate() {
            let output = self.hash(memory, phc.cost, pepper, &candidate.secret, &phc.salt)?;
            let halves = Halves(output);
            if bool::from(halves.stored().ct_eq(&phc.hash)) {
                return Ok(Some((index, halves)));
            }
        }
        for _ in check.candidates.len()..check.tries {
            self.hash(memory, phc.cost, pepper, self.decoy.secret(), &phc.salt)?;
        }
        Ok(None)
    }

    pub(super) fn make(
        &self,
        memory: &mut Memory,
        secret: &[u8],
        exact_form: Option<&[u8]>,
    ) -> Result<Made, HashError> {
        let peppers = self.peppers();
        let pepper = peppers.active();
        let (cost, salt) = (self.settings.cost(), self.rng.array());
        let halves = Halves(self.hash(memory, cost, pepper, secret, &salt)?);
        let (hash, pepper_id) = (*halves.stored(), pepper.id().to_owned());
        Ok(Made {
            phc: Phc {
                cost,
                pepper_id,
                salt,
                hash,
            }
            .to_string(),
            exact_tag: exact_form.map(|form| halves.exact_tag(form).to_vec()),
        })
    }
}
