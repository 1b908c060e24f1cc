//! The door beside `Store::write`: attempts, rates, idempotency records. What goes through it is a
//! count and not a fact about a client, so it needs no event, and can touch nothing that does.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{
    AnyConnection, StoreError, Vault, micros, moment,
    passphrases::{PassphraseRow, decode, kept_count},
    schema::{client_touches, idempotency_records, passphrases, rate_windows},
    vault::Place,
};
use crate::domain::{
    attempts::{AttemptLaw, Counted},
    passphrase::{Kept, PassphraseState},
    verification::Outcome,
};

/// What a tally can do.
pub struct Tally<'c> {
    pub(super) connection: &'c mut AnyConnection,
    pub(super) vault: &'c Vault,
}

/// So many within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// how many
    pub quota: u32,
    /// within how many seconds
    pub seconds: u32,
}

impl Window {
    fn start(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::seconds(i64::from(self.seconds))
    }
}

/// The window is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// the window
    pub window: Window,
    /// seconds until there is room for one more
    pub retry_after_seconds: u32,
}

/// What may be done with one more attempt.
#[derive(Clone)]
pub enum Attempt {
    /// nothing is to be tried
    Untried(Outcome, Option<DateTime<Utc>>),
    /// it is counted, and its words are to be tried on this
    Counted(Box<PassphraseRow>, Counted),
}

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyClaim {
    /// it is new, or its first user is long gone: go on
    Fresh,
    /// the same request is still running
    Running,
    /// another request had this key
    Reused,
    /// the answer that the first request got
    Answered(String),
}

/// A request that was begun so long ago and left no answer died on the way.
const LONGEST_REQUEST: TimeDelta = TimeDelta::seconds(60);

impl Tally<'_> {
    /// Counts one more attempt by one conditional update, before anything is hashed.
    ///
    /// Whoever loses the race for a number looks again; a lock that the winner brought then holds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_attempt(
        &mut self,
        client_id: &str,
        law: &AttemptLaw,
        now: DateTime<Utc>,
    ) -> Result<Attempt, StoreError> {
        loop {
            let row = passphrases::table
                .find(client_id)
                .get_result(self.connection)
                .optional()?;
            let Some(held) = row.map(decode).transpose()? else {
                return Ok(Attempt::Untried(Outcome::Unset, None));
            };
            let state = PassphraseState::at(now, Some((held.kept, held.locked_until)));
            if let Some(outcome) = Outcome::untried(state) {
                let until = held
                    .locked_until
                    .filter(|_| state == PassphraseState::Locked);
                return Ok(Attempt::Untried(outcome, until));
            }
            let counted = law.count(held.failed_attempts, now);
            let kept = if counted.disables {
                Kept::Disabled
            } else {
                Kept::Active
            };
            let updated = diesel::update(passphrases::table.find(client_id))
                .filter(passphrases::generation.eq(held.generation))
                .filter(passphrases::failed_attempts.eq(kept_count(held.failed_attempts)))
                .filter(passphrases::state.eq(Kept::Active.name()))
                .filter(
                    passphrases::locked_until
                        .is_null()
                        .or(passphrases::locked_until.le(micros(now))),
                )
                .set((
                    passphrases::failed_attempts.eq(kept_count(counted.number)),
                    passphrases::locked_until.eq(counted.locked_until.map(micros)),
                    passphrases::state.eq(kept.name()),
                ))
                .execute(self.connection)?;
            if updated == 1 {
                return Ok(Attempt::Counted(Box::new(held), counted));
            }
        }
    }

    /// Takes back an attempt that a fault kept from being tried, if nothing was counted since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take_attempt_back(
        &mut self,
        client_id: &str,
        generation: i64,
        counted: Counted,
    ) -> Result<(), StoreError> {
        diesel::update(passphrases::table.find(client_id))
            .filter(passphrases::generation.eq(generation))
            .filter(passphrases::failed_attempts.eq(kept_count(counted.number)))
            .filter(passphrases::state.eq_any([Kept::Active.name(), Kept::Disabled.name()]))
            .set((
                passphrases::failed_attempts.eq(kept_count(counted.number.saturating_sub(1))),
                passphrases::locked_until.eq(None::<i64>),
                passphrases::state.eq(Kept::Active.name()),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Takes one of a subject's quota in a sliding window.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take(
        &mut self,
        subject: &str,
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        let held = self.hold_hits(subject)?;
        let corrupt = |why: serde_json::Error| StoreError::corrupt("rate_windows", subject, why);
        let hits = held.as_deref().map_or(Ok(Vec::new()), serde_json::from_str);
        let mut hits = Hits {
            hits: hits.map_err(corrupt)?,
            window,
        };
        if let Err(limited) = hits.take(now) {
            return Ok(Err(limited));
        }
        let written = serde_json::to_string(&hits.hits).map_err(corrupt)?;
        let values = (
            rate_windows::hits.eq(written),
            rate_windows::last_hit.eq(micros(now)),
        );
        if held.is_some() {
            diesel::update(rate_windows::table.find(subject))
                .set(values)
                .execute(self.connection)?;
        } else {
            diesel::insert_into(rate_windows::table)
                .values((rate_windows::subject.eq(subject), values))
                .execute(self.connection)?;
        }
        Ok(Ok(()))
    }

    /// Holds a subject's hits until the transaction ends, so that two at once cannot both be the last.
    fn hold_hits(&mut self, subject: &str) -> Result<Option<String>, StoreError> {
        let row = rate_windows::table.find(subject).select(rate_windows::hits);
        let postgres = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => return Ok(row.get_result(sqlite).optional()?),
            AnyConnection::Postgres(postgres) => postgres,
        };
        let held = row.for_update().get_result(postgres).optional()?;
        if held.is_some() {
            return Ok(held);
        }
        diesel::insert_into(rate_windows::table)
            .values((
                rate_windows::subject.eq(subject),
                rate_windows::hits.eq("[]"),
                rate_windows::last_hit.eq(0),
            ))
            .on_conflict_do_nothing()
            .execute(postgres)?;
        Ok(row.for_update().get_result(postgres).optional()?)
    }

    /// Notes that a specialist touched clients, unless that would make too many different ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn touch_clients(
        &mut self,
        staff_id: &str,
        clients: &[String],
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Limited>, StoreError> {
        let start = micros(window.start(now));
        let mut new = Vec::new();
        for client in clients {
            let again = diesel::update(client_touches::table.find((staff_id, client)))
                .filter(client_touches::touched_at.gt(start))
                .set(client_touches::touched_at.eq(micros(now)))
                .execute(self.connection)?;
            if again == 0 {
                new.push(client);
            }
        }
        if new.is_empty() {
            return Ok(Ok(()));
        }
        if let AnyConnection::Postgres(postgres) = &mut self.connection {
            // One specialist's new clients come one after another, or two could both be the last.
            diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind::<diesel::sql_types::Text, _>(staff_id)
                .execute(postgres)?;
        }
        let own = client_touches::table.filter(client_touches::staff_id.eq(staff_id));
        let recent: Vec<(String, i64)> = own
            .filter(client_touches::touched_at.gt(start))
            .select((client_touches::client_id, client_touches::touched_at))
            .order(client_touches::touched_at)
            .load(self.connection)?;
        // Whoever held the lock before may have touched the same ones.
        new.retain(|client| !recent.iter().any(|(touched, _)| touched == *client));
        if new.is_empty() {
            return Ok(Ok(()));
        }
        let over = (recent.len() + new.len()).saturating_sub(window.quota as usize);
        if over > 0 {
            let makes_room = recent.get(over - 1).or(recent.last()).map(|(_, at)| *at);
            return Ok(Err(limited(window, makes_room, now)));
        }
        diesel::delete(client_touches::table)
            .filter(client_touches::staff_id.eq(staff_id))
            .filter(client_touches::touched_at.le(start))
            .execute(self.connection)?;
        for client in new {
            diesel::insert_into(client_touches::table)
                .values((
                    client_touches::staff_id.eq(staff_id),
                    client_touches::client_id.eq(client),
                    client_touches::touched_at.eq(micros(now)),
                ))
                .execute(self.connection)?;
        }
        Ok(Ok(()))
    }

    /// Of a key's names, one for each index key that is still read, the one that is kept already;
    /// the first, where none is. Each comes with the request's fingerprint under the same index key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn known_name<'n>(
        &mut self,
        names: &'n [(String, Vec<u8>)],
    ) -> Result<&'n (String, Vec<u8>), StoreError> {
        for name in names.iter().skip(1) {
            let held = idempotency_records::table.find(&name.0);
            let held: i64 = held.count().get_result(self.connection)?;
            if held > 0 {
                return Ok(name);
            }
        }
        names
            .first()
            .ok_or_else(|| StoreError::corrupt("idempotency_records", "", "a key without a name"))
    }

    /// Claims an idempotency key for a request with this fingerprint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn claim_key(
        &mut self,
        id: &str,
        fingerprint: &[u8],
        lifetime: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<IdempotencyClaim, StoreError> {
        let record = idempotency_records::table.find(id);
        let fresh = (
            idempotency_records::id.eq(id),
            idempotency_records::fingerprint.eq(fingerprint),
            idempotency_records::started_at.eq(micros(now)),
        );
        let insert = diesel::insert_into(idempotency_records::table).values(fresh);
        let inserted = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            AnyConnection::Postgres(postgres) => {
                insert.on_conflict_do_nothing().execute(postgres)?
            }
        };
        if inserted == 1 {
            return Ok(IdempotencyClaim::Fresh);
        }
        let columns = (
            idempotency_records::fingerprint,
            idempotency_records::started_at,
            idempotency_records::answer_sealed,
        );
        let held: Option<(Vec<u8>, i64, Option<Vec<u8>>)> = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => {
                record.select(columns).get_result(sqlite).optional()?
            }
            AnyConnection::Postgres(postgres) => record
                .select(columns)
                .for_update()
                .get_result(postgres)
                .optional()?,
        };
        // Its first user let it go between the two statements: it is claimed anew.
        let held = held.ok_or(StoreError::Collided)?;
        let (held_fingerprint, started_at, answer) = held;
        let age = now - moment("idempotency_records", id, started_at)?;
        let is_gone = age >= lifetime || (answer.is_none() && age >= LONGEST_REQUEST);
        if is_gone {
            diesel::update(record)
                .set((
                    idempotency_records::fingerprint.eq(fingerprint),
                    idempotency_records::started_at.eq(micros(now)),
                    idempotency_records::answer_sealed.eq(None::<Vec<u8>>),
                ))
                .execute(self.connection)?;
            return Ok(IdempotencyClaim::Fresh);
        }
        if held_fingerprint != fingerprint {
            return Ok(IdempotencyClaim::Reused);
        }
        match answer {
            None => Ok(IdempotencyClaim::Running),
            Some(sealed) => {
                let answer = self.vault.open(answer_of(id), &sealed)?;
                Ok(IdempotencyClaim::Answered(answer.to_string()))
            }
        }
    }

    /// Keeps the answer of a claimed key, encrypted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_answer(&mut self, id: &str, answer: &str) -> Result<(), StoreError> {
        let sealed = self.vault.seal(answer_of(id), answer);
        diesel::update(idempotency_records::table.find(id))
            .set(idempotency_records::answer_sealed.eq(sealed))
            .execute(self.connection)?;
        Ok(())
    }

    /// Lets a claimed key go: its request changed nothing and may be sent again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_key(&mut self, id: &str) -> Result<(), StoreError> {
        diesel::delete(idempotency_records::table.find(id))
            .filter(idempotency_records::answer_sealed.is_null())
            .execute(self.connection)?;
        Ok(())
    }

    /// Forgets idempotency records and rates that nobody will ask for again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sweep(&mut self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let keys = diesel::delete(idempotency_records::table)
            .filter(idempotency_records::started_at.lt(micros(before)))
            .execute(self.connection)?;
        let rates = diesel::delete(rate_windows::table)
            .filter(rate_windows::last_hit.lt(micros(before)))
            .execute(self.connection)?;
        Ok(keys + rates)
    }
}

fn answer_of(id: &str) -> Place<'_> {
    Place {
        table: "idempotency_records",
        column: "answer",
        row: id,
    }
}

/// The hits of one subject: when, and how many.
struct Hits {
    hits: Vec<(i64, u32)>,
    window: Window,
}

impl Hits {
    /// Up to this quota every hit is kept by its own time; above it, by hundredths of the window, so
    /// that the row stays short.
    const EXACT_UP_TO: u32 = 100;

    fn width(&self) -> i64 {
        if self.window.quota <= Self::EXACT_UP_TO {
            0
        } else {
            i64::from(self.window.seconds) * 10_000
        }
    }

    fn take(&mut self, now: DateTime<Utc>) -> Result<(), Limited> {
        let (now_micros, start, width) =
            (micros(now), micros(self.window.start(now)), self.width());
        // A clock that was set back leaves hits in the future; they count as of now.
        self.hits.retain_mut(|(at, _)| {
            *at = (*at).min(now_micros);
            *at + width > start
        });
        let taken: u32 = self.hits.iter().map(|(_, count)| *count).sum();
        if taken >= self.window.quota {
            let mut over = taken - self.window.quota + 1;
            let makes_room = self.hits.iter().find(|(_, count)| {
                over = over.saturating_sub(*count);
                over == 0
            });
            return Err(limited(
                self.window,
                makes_room.map(|(at, _)| at + width),
                now,
            ));
        }
        match self.hits.last_mut() {
            Some((at, count)) if now_micros - *at < width => *count += 1,
            _ => self.hits.push((now_micros, 1)),
        }
        Ok(())
    }
}

fn limited(window: Window, makes_room: Option<i64>, now: DateTime<Utc>) -> Limited {
    let room_at = makes_room.unwrap_or_else(|| micros(now)) + i64::from(window.seconds) * 1_000_000;
    let wait = (room_at - micros(now)).max(0);
    let seconds = u32::try_from((wait + 999_999) / 1_000_000).unwrap_or(window.seconds);
    Limited {
        window,
        retry_after_seconds: seconds.clamp(1, window.seconds.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_full_window_has_room_again_when_its_oldest_hit_leaves_it() {
        let mut hits = Hits {
            hits: Vec::new(),
            window: Window {
                quota: 2,
                seconds: 60,
            },
        };
        assert_eq!((hits.take(at(0)), hits.take(at(20))), (Ok(()), Ok(())));
        let limited = hits.take(at(30)).unwrap_err();
        assert_eq!(limited.retry_after_seconds, 30);
        assert_eq!(hits.take(at(60)), Ok(()));
    }

    #[test]
    fn a_clock_set_back_shuts_nobody_out_for_longer_than_the_window() {
        let mut hits = Hits {
            hits: Vec::new(),
            window: Window {
                quota: 1,
                seconds: 60,
            },
        };
        assert_eq!(hits.take(at(3_600)), Ok(()));
        assert!(hits.take(at(0)).is_err());
        assert_eq!(hits.take(at(60)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_its_quota(
            quota in prop_oneof![1..20_u32, 101..140_u32],
            steps in proptest::collection::vec(0..20_i64, 1..300),
        ) {
            let window = Window { quota, seconds: 60 };
            let mut hits = Hits { hits: Vec::new(), window };
            let mut taken: Vec<i64> = Vec::new();
            let mut now = 0;
            for step in steps {
                now += step / 10;
                if hits.take(at(now)).is_ok() {
                    taken.push(now);
                }
                let within = taken.iter().filter(|hit| **hit > now - 60).count();
                prop_assert!(within <= quota as usize);
            }
        }
    }
}
