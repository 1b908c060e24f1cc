//! The forms of what was typed that are tried on a stored hash, and what came of it.

use zeroize::Zeroizing;

use crate::{
    domain::{
        heard::{self, FOLD_VERSION, Heard, MAX_VARIANTS},
        passphrase::Passphrase,
    },
    secrets::hasher::{Admission, Check, Checked, HashCandidate, HashError, Renew},
    store::{NewPassphrase, PassphraseRow, StoreError},
};

/// The fold and its variants: what a refusal always costs.
const TRIES: usize = 1 + MAX_VARIANTS;

/// A form that is tried: how it was read, and the fold version under which a hash that is renewed by it is
/// stored.
type TriedForm = (Heard, u16);

/// The forms that are tried on one stored hash.
pub(super) struct Tries {
    check: Check,
    forms: Vec<TriedForm>,
    fold_version: u16,
}

/// What came of a try: how the words matched, if they did, and the renewed hash, if one was due.
pub(super) type Tried = (Option<Heard>, Option<NewPassphrase>);

impl Tries {
    /// What to try on a stored hash, by the fold under which it was made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where this build does not know the fold.
    pub(super) fn of(stored: &PassphraseRow, typed: &Passphrase) -> Result<Self, StoreError> {
        let (typed, fold_version) = (typed.expose(), stored.fold_version);
        let unknown = || StoreError::Corrupt {
            table: "passphrases",
            id: stored.client_id.to_string(),
            why: format!("fold version {fold_version} is not known to this build"),
        };
        let candidates = heard::candidates(fold_version, typed).ok_or_else(unknown)?;
        let is_current = fold_version == FOLD_VERSION;
        let current = if is_current {
            None
        } else {
            heard::candidates(FOLD_VERSION, typed)
        };
        let tries = candidates.into_iter().map(|candidate| {
            let mut current = current.iter().flatten();
            let renewed = current.find(|renewed| renewed.heard == candidate.heard);
            let renewed_fold = renewed.map_or(fold_version, |_| FOLD_VERSION);
            let tried = HashCandidate {
                secret: bytes(candidate.folded.as_bytes()),
                renew_as: renewed.map(|renewed| bytes(renewed.folded.as_bytes())),
            };
            ((candidate.heard, renewed_fold), tried)
        });
        let (forms, candidates) = tries.unzip();
        let check = Check {
            stored: stored.hash.clone(),
            exact_tag: stored.exact_tag.clone(),
            candidates,
            tries: TRIES,
            exact_form: Some(bytes(heard::exact_form(typed).as_bytes())),
            renew: if is_current {
                Renew::WhenOutdated
            } else {
                Renew::Always
            },
        };
        Ok(Self {
            check,
            forms,
            fold_version,
        })
    }

    /// Tries them.
    pub(super) async fn run(self, admission: Admission) -> Result<Tried, HashError> {
        let Checked {
            matched, renewed, ..
        } = admission.check(self.check).await?;
        let form = matched.and_then(|matched| self.forms.get(matched.index).copied());
        let (heard, fold_version) = form.unwrap_or((Heard::Folded, self.fold_version));
        let how = matched.map(|matched| if matched.exact { Heard::Exact } else { heard });
        let renewed = renewed.map(|made| NewPassphrase {
            hash: made.phc,
            fold_version,
            exact_tag: made.exact_tag,
        });
        Ok((how, renewed))
    }
}

/// A check without a stored hash that takes as long as one of wrong words.
pub(super) fn decoy(typed: &Passphrase) -> Check {
    Check {
        stored: None,
        exact_tag: None,
        candidates: vec![HashCandidate {
            secret: bytes(heard::fold(typed.expose()).as_bytes()),
            renew_as: None,
        }],
        tries: TRIES,
        exact_form: None,
        renew: Renew::Never,
    }
}

fn bytes(text: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.to_vec())
}
