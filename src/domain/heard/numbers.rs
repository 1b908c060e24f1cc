//! The grammar of numbers: words to digits, alike for Kazakh and Russian.
//!
//! A number is `[group мың] group`, a group is `[hundreds] [tens] [unit]`, each
//! place at most once and falling. A word that does not fit ends the number and
//! begins the next, so «двадцать десять» is 20 and then 10, and both are
//! written one after the other, as the digits would be typed.

use super::number_words::{Part, Tongue, Word, words_at};

/// Number words found along a run of letters, for one tongue.
///
/// For each place in the run: the furthest end that an unbroken row of number
/// words reaches from there, the first word of that row, and whether any row
/// from there has two words. Made from the end backwards, in one pass.
pub(super) struct Chart {
    cells: Vec<Cell>,
}

#[derive(Clone, Copy)]
struct Cell {
    furthest: usize,
    first: Option<(usize, Word)>,
    has_two: bool,
}

impl Chart {
    pub(super) fn of(run: &[char], tongue: Tongue) -> Chart {
        let mut cells: Vec<Cell> = (0..=run.len())
            .map(|furthest| Cell {
                furthest,
                first: None,
                has_two: false,
            })
            .collect();
        for start in (0..run.len()).rev() {
            let mut cell = cells[start];
            words_at(&run[start..], tongue, &mut |length, word| {
                let after = cells[start + length];
                if after.furthest >= cell.furthest {
                    cell.furthest = after.furthest;
                    cell.first = Some((start + length, word));
                }
                cell.has_two |= after.first.is_some();
            });
            cells[start] = cell;
        }
        Chart { cells }
    }

    /// Where the number words from `start` end, if two or more follow.
    pub(super) fn end_of_two(&self, start: usize) -> Option<usize> {
        let cell = self.cells[start];
        cell.has_two.then_some(cell.furthest)
    }

    /// True where the whole run is number words.
    pub(super) fn is_whole(&self) -> bool {
        self.cells.len() > 1 && self.cells[0].furthest + 1 == self.cells.len()
    }

    /// The words from `start` as far as they go.
    pub(super) fn words(&self, start: usize) -> impl Iterator<Item = Word> + '_ {
        let mut at = start;
        std::iter::from_fn(move || {
            let (end, word) = self.cells[at].first?;
            at = end;
            Some(word)
        })
    }
}

/// The chart of a run that is number words of one tongue from end to end.
pub(super) fn whole(run: &[char]) -> Option<Chart> {
    [Tongue::Russian, Tongue::Kazakh]
        .into_iter()
        .find_map(|tongue| {
            let mut starts = false;
            words_at(run, tongue, &mut |_, _| starts = true);
            if !starts {
                return None;
            }
            let chart = Chart::of(run, tongue);
            chart.is_whole().then_some(chart)
        })
}

/// Where a number word at the start of a long row of letters ends, and where
/// one at its end starts; 0 and the length where there is none.
pub(super) fn ends(run: &[char]) -> (usize, usize) {
    /// Shorter than this it is one word, which may begin or end like a number.
    const JOINED: usize = 6;
    if run.len() < JOINED {
        return (0, run.len());
    }
    let (mut start, mut end) = (0, run.len());
    for tongue in [Tongue::Russian, Tongue::Kazakh] {
        words_at(run, tongue, &mut |length, _| start = start.max(length));
        let chart = Chart::of(run, tongue);
        let first = (1..end).find(|at| chart.cells[*at].furthest == run.len());
        end = first.unwrap_or(end);
    }
    (start, end)
}

/// A number as it is heard, word by word.
#[derive(Clone, Copy, Default)]
pub(super) struct Number {
    tongue: Option<Tongue>,
    thousands: Option<u32>,
    group: u32,
    place: Place,
    is_closed: bool,
}

/// The lowest place of the group that is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    #[default]
    None,
    Hundreds,
    Tens,
    Units,
}

impl Number {
    /// A number that begins with digits, as in «2 мың он», 1 to 999.
    pub(super) fn from_digits(digits: &[char], next: Word) -> Option<Number> {
        let value = small(digits)?;
        let number = Number {
            group: value,
            place: Place::Units,
            ..Number::default()
        };
        let fits = match next.part {
            Part::Thousand => true,
            Part::Hundred => value < 10,
            _ => false,
        };
        fits.then_some(number)
    }

    /// Adds digits after a thousand, as in «екі мың 10»; false if they do not fit.
    pub(super) fn push_digits(&mut self, digits: &[char]) -> bool {
        let fits = !self.is_closed && self.thousands.is_some() && self.place == Place::None;
        match small(digits) {
            Some(value) if fits => {
                self.group = value;
                self.is_closed = true;
                true
            }
            _ => false,
        }
    }

    /// Adds a word; false, and nothing changed, if it belongs to the next number.
    pub(super) fn push(&mut self, word: Word) -> bool {
        if self.is_closed || self.tongue.is_some_and(|tongue| tongue != word.tongue) {
            return false;
        }
        let is_new = self.thousands.is_none() && self.place == Place::None;
        let fits = match word.part {
            Part::Zero => is_new,
            Part::Unit(value) => self.take(Place::Units, value),
            Part::Teen(value) => self.place < Place::Tens && self.take(Place::Units, value),
            Part::Ten(value) => self.take(Place::Tens, value),
            Part::Hundreds(value) => self.take(Place::Hundreds, value),
            Part::Hundred => self.take_hundred(),
            Part::Thousand => self.take_thousand(),
            Part::Thousands(value) if is_new => {
                self.thousands = Some(value);
                true
            }
            Part::Thousands(_) => false,
        };
        if fits {
            self.tongue = Some(word.tongue);
            self.is_closed = word.is_ordinal || word.part == Part::Zero;
        }
        fits
    }

    fn take(&mut self, place: Place, value: u32) -> bool {
        let fits = self.place < place;
        if fits {
            self.group += value;
            self.place = place;
        }
        fits
    }

    fn take_hundred(&mut self) -> bool {
        let fits = self.place == Place::None || self.place == Place::Units && self.group < 10;
        if fits {
            self.group = self.group.max(1) * 100;
            self.place = Place::Hundreds;
        }
        fits
    }

    fn take_thousand(&mut self) -> bool {
        let fits = self.thousands.is_none();
        if fits {
            self.thousands = Some(self.group.max(1));
            self.group = 0;
            self.place = Place::None;
        }
        fits
    }

    /// Writes the number in digits.
    pub(super) fn write(&self, out: &mut Vec<char>) {
        let value = self.thousands.unwrap_or(0) * 1000 + self.group;
        let mut scale = 100_000;
        while scale > 1 && scale > value {
            scale /= 10;
        }
        while scale > 0 {
            out.extend(char::from_digit(value / scale % 10, 10));
            scale /= 10;
        }
    }
}

/// 1 to 999 with no zero before it.
fn small(digits: &[char]) -> Option<u32> {
    if digits.len() > 3 || digits.first() == Some(&'0') {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |value, digit| Some(value * 10 + digit.to_digit(10)?))
}

/// Writes a row of number words in digits, number after number.
pub(super) fn write_all(words: impl Iterator<Item = Word>, out: &mut Vec<char>) {
    let mut number = None;
    for word in words {
        push_or_begin(&mut number, word, out);
    }
    if let Some(number) = number {
        number.write(out);
    }
}

/// Adds a word to the number that is being heard, or ends it and begins anew.
pub(super) fn push_or_begin(number: &mut Option<Number>, word: Word, out: &mut Vec<char>) {
    if let Some(heard) = number.as_mut() {
        if heard.push(word) {
            return;
        }
        heard.write(out);
    }
    let mut next = Number::default();
    next.push(word);
    *number = Some(next);
}
