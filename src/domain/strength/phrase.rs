//! A folded phrase that can be cut at every letter.

use zeroize::Zeroizing;

use crate::domain::heard;

/// Maximum part of a phrase that is judged: more than any acceptable one folds to, and a bound on the work
/// of an over-long one.
const MAX_LOOKED_AT: usize = 128;

/// A folded phrase and where its letters begin. Wiped on drop.
pub(super) struct Phrase {
    text: Zeroizing<String>,
    starts: Zeroizing<Vec<usize>>,
    length: usize,
}

impl Phrase {
    /// Folds what was entered.
    pub(super) fn of(entered: &str) -> Self {
        Self::of_folded(heard::fold(entered).as_str())
    }

    /// Takes a text that is folded already.
    pub(super) fn of_folded(folded: &str) -> Self {
        let text: Zeroizing<String> = Zeroizing::new(folded.chars().take(MAX_LOOKED_AT).collect());
        let mut starts = Zeroizing::new(Vec::with_capacity(text.chars().count() + 1));
        starts.extend(text.char_indices().map(|(start, _)| start));
        starts.push(text.len());
        Self {
            length: folded.chars().count(),
            text,
            starts,
        }
    }

    /// All of it, in characters.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The characters that are judged.
    pub(super) fn seen(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The characters `from..to`.
    pub(super) fn cut(&self, from: usize, to: usize) -> &str {
        &self.text[self.starts[from]..self.starts[to]]
    }

    /// Whether the character at `place` is a digit; false past the ends.
    pub(super) fn is_digit(&self, place: usize) -> bool {
        place < self.seen()
            && self
                .cut(place, place + 1)
                .starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether a digit stands right before or after the characters `from..to`.
    pub(super) fn touches_digit(&self, from: usize, to: usize) -> bool {
        from > 0 && self.is_digit(from - 1) || self.is_digit(to)
    }

    /// The phrase without the digits before and after it, at most `most` on either side; the
    /// phrase itself where nothing else is in it.
    pub(super) fn without_digits_around(&self, most: usize) -> &str {
        let end = self.seen();
        let before = (0..end).take_while(|at| self.is_digit(*at)).count();
        let after = (0..end).rev().take_while(|at| self.is_digit(*at)).count();
        if before == end {
            return self.as_str();
        }
        let skip = |digits: usize| if digits <= most { digits } else { 0 };
        self.cut(skip(before), end - skip(after))
    }

    /// How many characters are left where as much as can be is covered by pieces `from..to`, of
    /// at most `longest` characters.
    pub(super) fn uncovered(
        &self,
        longest: usize,
        is_piece: impl Fn(usize, usize) -> bool,
    ) -> usize {
        let end = self.seen();
        let mut fewest = vec![usize::MAX; end + 1];
        fewest[0] = 0;
        for from in 0..end {
            fewest[from + 1] = fewest[from + 1].min(fewest[from] + 1);
            for to in from + 1..=end.min(from + longest) {
                if fewest[from] < fewest[to] && is_piece(from, to) {
                    fewest[to] = fewest[from];
                }
            }
        }
        fewest[end]
    }
}
