//! Edits of a sealed audit that somebody makes behind the service's back, and the place that each has
//! to be found at.

use proptest::prelude::*;
use qupia::domain::seal::AuditPlace;

use crate::support::database::{Database, Kind};

/// The tables of the audit, each with its first column as the key of a row.
const TABLES: [(&str, &[(&str, Holds)]); 3] = [
    (
        "audit_events",
        &[
            ("seq", Holds::Number),
            ("at", Holds::Number),
            ("actor_id", Holds::TextOrNothing),
            ("actor_login", Holds::TextOrNothing),
            ("actor_role", Holds::TextOrNothing),
            ("action", Holds::Text),
            ("client_id", Holds::TextOrNothing),
            ("subject_id", Holds::TextOrNothing),
            ("call_id", Holds::TextOrNothing),
            ("outcome", Holds::TextOrNothing),
            ("reason", Holds::TextOrNothing),
            ("details", Holds::TextOrNothing),
            ("request_id", Holds::Text),
            ("remote", Holds::TextOrNothing),
        ],
    ),
    (
        "audit_seals",
        &[
            ("number", Holds::Number),
            ("last_seq", Holds::Number),
            ("events", Holds::Number),
            ("digest", Holds::Bytes),
            ("previous", Holds::Bytes),
            ("sealed_at", Holds::Number),
            ("key_id", Holds::Text),
            ("signature", Holds::Bytes),
            ("leaves", Holds::Bytes),
        ],
    ),
    (
        "seal_keys",
        &[("key_id", Holds::Text), ("public_key", Holds::Bytes)],
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Number,
    Text,
    TextOrNothing,
    Bytes,
}

/// An edit. Rows and places are taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Edit {
    /// one value of one row
    Value(usize, usize, usize, Change),
    /// a row is removed
    Removed(usize, usize),
    /// an event is put where there was none: between others, before the first
    Inserted(usize),
    /// a seal is copied to another number: after the last, or before the first
    Copied(usize, usize),
    /// two rows change places
    Swapped(usize, usize, usize),
    /// the events from one on are cut off, their seals stay
    EventsCut(usize),
    /// the seals from one on are cut off, with all their events
    TailCut(usize),
}

/// What is done to a value.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// one byte is another
    Byte(usize, u8),
    /// what was there is not
    Nothing,
    /// what was there, or was not, is empty
    Empty,
    /// a byte more at the end
    Longer,
    /// a byte less at the end
    Shorter,
}

pub fn any_edit() -> impl Strategy<Value = Edit> {
    let (table, row, column) = (0..TABLES.len(), any::<usize>(), any::<usize>());
    let change = prop_oneof![
        6 => (any::<usize>(), 1..=255_u8).prop_map(|(at, flip)| Change::Byte(at, flip)),
        1 => Just(Change::Nothing),
        1 => Just(Change::Empty),
        1 => Just(Change::Longer),
        1 => Just(Change::Shorter),
    ];
    prop_oneof![
        10 => (table.clone(), row, column, change)
            .prop_map(|(table, row, column, change)| Edit::Value(table, row, column, change)),
        2 => (table.clone(), row).prop_map(|(table, row)| Edit::Removed(table, row)),
        2 => row.prop_map(Edit::Inserted),
        1 => (row, column).prop_map(|(seal, to)| Edit::Copied(seal, to)),
        2 => (table, row, row).prop_map(|(table, one, step)| Edit::Swapped(table, one, step)),
        1 => row.prop_map(Edit::EventsCut),
        1 => row.prop_map(Edit::TailCut),
    ]
}

/// Every kind of edit once for every column and every table, so that chance leaves none out.
pub fn every_kind() -> Vec<Edit> {
    let mut all = Vec::new();
    for (table, (_, columns)) in TABLES.iter().enumerate() {
        for column in 0..columns.len() {
            for row in [0, 7] {
                let bytes = [0, 1, 7].map(|at| Change::Byte(at, 1 + row as u8));
                let others = [
                    Change::Nothing,
                    Change::Empty,
                    Change::Longer,
                    Change::Shorter,
                ];
                let changes = bytes.into_iter().chain(others);
                all.extend(changes.map(|change| Edit::Value(table, row, column, change)));
            }
        }
        all.extend([0, 1, 2, 100].map(|row| Edit::Removed(table, row)));
        all.extend([0, 1, 100].map(|row| Edit::Swapped(table, row, row)));
    }
    for row in 0..9 {
        all.push(Edit::Inserted(row));
        all.push(Edit::Copied(row, row / 3));
        all.push(Edit::EventsCut(row * 3));
        all.push(Edit::TailCut(row));
    }
    all
}

/// A sealed audit: what stands in it, so that an edit knows its place.
pub struct Sealed<'a> {
    database: &'a Database,
    kind: Kind,
    events: Vec<i64>,
    seals: Vec<i64>,
    /// the keys, each with the first seal that bears its signature
    keys: Vec<(String, i64)>,
}

impl<'a> Sealed<'a> {
    /// Looks at an audit, and keeps a copy of it.
    pub fn of(database: &'a Database, kind: Kind) -> Self {
        if kind == Kind::Postgres {
            // Whoever owns the table can do so, and then can change `seq`.
            database.execute("ALTER TABLE audit_events ALTER seq SET GENERATED BY DEFAULT");
        }
        for (table, _) in TABLES {
            database.execute(&format!(
                "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            ));
        }
        let numbers = |query: &str| -> Vec<i64> {
            let texts = database.texts(query);
            texts
                .iter()
                .map(|text| text.parse().expect("a number"))
                .collect()
        };
        let keys = database.texts("SELECT key_id FROM seal_keys ORDER BY key_id");
        let first = |key: &String| {
            database.number(&format!(
                "SELECT min(number) FROM audit_seals WHERE key_id = '{key}'"
            ))
        };
        Self {
            database,
            kind,
            events: numbers("SELECT seq FROM audit_events ORDER BY seq"),
            seals: numbers("SELECT number FROM audit_seals ORDER BY number"),
            keys: keys
                .into_iter()
                .map(|key| (key.clone(), first(&key)))
                .collect(),
        }
    }

    /// The columns that the tables really have are those that are edited here.
    pub fn hold_to_the_schema(&self) {
        for (table, columns) in TABLES {
            let query = match self.kind {
                Kind::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
                Kind::Postgres => format!(
                    "SELECT column_name FROM information_schema.columns \
                     WHERE table_schema = 'public' AND table_name = '{table}'"
                ),
            };
            let mut real = self.database.texts(&query);
            let mut edited: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            real.sort();
            edited.sort_unstable();
            assert_eq!(real, edited, "{table}");
        }
    }

    /// Puts everything back as it was.
    pub fn restore(&self) {
        let one = |(table, _)| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; ")
        };
        let all: String = TABLES.into_iter().map(one).collect();
        self.database.execute(&format!("BEGIN; {all} COMMIT"));
    }

    /// Makes the edit; gives the place that has to be named, or none where it changes nothing.
    pub fn make(&self, made: &Edit) -> Option<AuditPlace> {
        match *made {
            Edit::Value(table, row, column, change) => self.change(table, row, column, change),
            Edit::Removed(table, row) => {
                let (key, place) = self.row(table, row);
                let name = TABLES[table].0;
                self.run(&format!("DELETE FROM {name} WHERE {key}"));
                Some(place)
            }
            Edit::Inserted(gap) => {
                let gaps = self.gaps();
                let seq = gaps[gap % gaps.len()];
                self.run(&format!(
                    "INSERT INTO audit_events (seq, at, action, request_id) \
                     VALUES ({seq}, 1, 'client.viewed', 'r')"
                ));
                Some(AuditPlace::Event(seq))
            }
            Edit::Copied(seal, to) => {
                let number = self.seals[seal % self.seals.len()];
                let last = self.seals.len() as i64;
                let to = [last + 1, 0, -5, i64::MIN][to % 4];
                let columns = TABLES[1].1.iter().map(|(name, _)| *name);
                let columns: Vec<&str> = columns.skip(1).collect();
                let columns = columns.join(", ");
                self.run(&format!(
                    "INSERT INTO audit_seals (number, {columns}) \
                     SELECT {to}, {columns} FROM audit_seals WHERE number = {number}"
                ));
                Some(AuditPlace::Seal(to))
            }
            Edit::Swapped(table, one, step) => self.swap(table, one, step),
            Edit::EventsCut(event) => {
                let seq = self.events[event % self.events.len()];
                self.run(&format!("DELETE FROM audit_events WHERE seq >= {seq}"));
                Some(AuditPlace::Event(seq))
            }
            Edit::TailCut(seal) => {
                let number = self.seals[seal % self.seals.len()];
                self.run(&format!(
                    "DELETE FROM audit_events WHERE seq > \
                     (SELECT coalesce(max(last_seq), -1) FROM audit_seals WHERE number < {number}); \
                     DELETE FROM audit_seals WHERE number >= {number}"
                ));
                Some(AuditPlace::Seal(number))
            }
        }
    }

    /// Whether an export shows the edit. It bears no leaves, and whoever verifies it brings the public
    /// half of the key that is in force.
    pub fn is_exported(&self, made: &Edit) -> bool {
        let is_in_force = |row: usize| self.keys[row % self.keys.len()].1 > 1;
        match *made {
            Edit::Value(1, _, column, _) => TABLES[1].1[column].0 != "leaves",
            Edit::Value(2, row, ..) | Edit::Removed(2, row) => !is_in_force(row),
            _ => true,
        }
    }

    fn run(&self, statement: &str) {
        self.database.execute(statement);
    }

    /// Places where no event stands, among them all that lie before the first.
    fn gaps(&self) -> Vec<i64> {
        let first = self.events[0];
        let between = self.events.windows(2).flat_map(|pair| pair[0] + 1..pair[1]);
        between
            .chain([i64::MIN, i64::MIN + 1, -3, first - 1])
            .collect()
    }

    /// How a row is found, and the place that it has.
    fn row(&self, table: usize, row: usize) -> (String, AuditPlace) {
        match table {
            0 => {
                let seq = self.events[row % self.events.len()];
                (format!("seq = {seq}"), AuditPlace::Event(seq))
            }
            1 => {
                let number = self.seals[row % self.seals.len()];
                (format!("number = {number}"), AuditPlace::Seal(number))
            }
            _ => {
                let (key, first) = &self.keys[row % self.keys.len()];
                (format!("key_id = '{key}'"), AuditPlace::Seal(*first))
            }
        }
    }

    fn swap(&self, table: usize, one: usize, step: usize) -> Option<AuditPlace> {
        let (name, columns) = TABLES[table];
        let count = [self.events.len(), self.seals.len(), self.keys.len()][table];
        let other = (one % count + 1 + step % (count - 1)) % count;
        let ((one_key, one_place), (other_key, other_place)) =
            (self.row(table, one), self.row(table, other));
        let key = columns[0].0;
        let value = |condition: &str| {
            condition
                .split_once(" = ")
                .expect("an equation")
                .1
                .to_owned()
        };
        let (one, other) = (value(&one_key), value(&other_key));
        let aside = if table == 2 { "'aside'" } else { "-1000" };
        self.run(&format!(
            "UPDATE {name} SET {key} = {aside} WHERE {key} = {one}; \
             UPDATE {name} SET {key} = {one} WHERE {key} = {other}; \
             UPDATE {name} SET {key} = {other} WHERE {key} = {aside}"
        ));
        Some(earlier(one_place, other_place))
    }

    fn change(
        &self,
        table: usize,
        row: usize,
        column: usize,
        change: Change,
    ) -> Option<AuditPlace> {
        let (name, columns) = TABLES[table];
        let (column, holds) = columns[column % columns.len()];
        let (key, place) = self.row(table, row);
        let old = self.held(name, column, holds, &key);
        let new = self.changed(old.as_deref(), holds, change)?;
        if new == old {
            return None;
        }
        let literal = self.literal(new.as_deref(), holds);
        // A number that is taken already: the database itself refuses that.
        if column == columns[0].0
            && self.database.number(&format!(
                "SELECT count(*) FROM {name} WHERE {column} = {literal}"
            )) > 0
        {
            return None;
        }
        self.run(&format!(
            "UPDATE {name} SET {column} = {literal} WHERE {key}"
        ));
        // An event that was moved forward stands where there was none before it is missed.
        match (place, column) {
            (AuditPlace::Event(seq), "seq") => {
                let to = String::from_utf8(new?).ok()?.parse().ok()?;
                Some(AuditPlace::Event(seq.min(to)))
            }
            // So does a seal: none has a number below the first.
            (AuditPlace::Seal(number), "number") => {
                let to: i64 = String::from_utf8(new?).ok()?.parse().ok()?;
                Some(AuditPlace::Seal(number.min(to)))
            }
            _ => Some(place),
        }
    }

    /// A value's bytes: of a number its digits.
    fn held(&self, table: &str, column: &str, holds: Holds, key: &str) -> Option<Vec<u8>> {
        let as_hex = match (self.kind, holds) {
            (Kind::Sqlite, _) => format!("hex(CAST({column} AS BLOB))"),
            (Kind::Postgres, Holds::Bytes) => format!("encode({column}, 'hex')"),
            (Kind::Postgres, _) => format!("encode(convert_to({column}::text, 'UTF8'), 'hex')"),
        };
        let query = format!(
            "SELECT CASE WHEN {column} IS NULL THEN 'nothing' ELSE {as_hex} END FROM {table} WHERE {key}"
        );
        let hex = self.database.texts(&query).remove(0);
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        (hex != "nothing").then(|| (0..hex.len()).step_by(2).map(byte).collect())
    }

    /// The value after the change; nothing at all where no such value can stand there.
    fn changed(&self, old: Option<&[u8]>, holds: Holds, change: Change) -> Option<Option<Vec<u8>>> {
        if holds == Holds::Number {
            let Change::Byte(at, flip) = change else {
                return None;
            };
            let old: i64 = std::str::from_utf8(old?).ok()?.parse().ok()?;
            let new = old ^ (i64::from(flip) << (8 * (at % 8)));
            return Some(Some(new.to_string().into_bytes()));
        }
        let mut bytes = old.unwrap_or_default().to_vec();
        match change {
            Change::Nothing if holds == Holds::TextOrNothing => return Some(None),
            Change::Nothing => return None,
            Change::Empty => bytes.clear(),
            Change::Longer => bytes.push(b'x'),
            Change::Shorter => drop(bytes.pop()?),
            Change::Byte(at, flip) if bytes.is_empty() => {
                bytes.push(self.other(at as u8, flip, holds))
            }
            Change::Byte(at, flip) => {
                let at = at % bytes.len();
                bytes[at] = self.other(bytes[at], flip, holds);
            }
        }
        Some(Some(bytes))
    }

    /// Another byte: any in SQLite, one of text where PostgreSQL insists on it.
    fn other(&self, byte: u8, flip: u8, holds: Holds) -> u8 {
        if self.kind == Kind::Sqlite || holds == Holds::Bytes {
            return byte ^ flip;
        }
        let printable = b' ' + (byte ^ flip) % 95;
        if printable == byte {
            b' ' + (byte - b' ' + 1) % 95
        } else {
            printable
        }
    }

    fn literal(&self, value: Option<&[u8]>, holds: Holds) -> String {
        let Some(value) = value else {
            return "NULL".to_owned();
        };
        let hex = hex::encode(value);
        match (self.kind, holds) {
            (_, Holds::Number) => String::from_utf8_lossy(value).into_owned(),
            (Kind::Sqlite, Holds::Bytes) => format!("x'{hex}'"),
            (Kind::Postgres, Holds::Bytes) => format!("'\\x{hex}'::bytea"),
            (Kind::Sqlite, _) => format!("CAST(x'{hex}' AS TEXT)"),
            (Kind::Postgres, _) => format!("convert_from('\\x{hex}'::bytea, 'UTF8')"),
        }
    }
}

fn earlier(one: AuditPlace, other: AuditPlace) -> AuditPlace {
    match (one, other) {
        (AuditPlace::Event(one), AuditPlace::Event(other)) => AuditPlace::Event(one.min(other)),
        (AuditPlace::Seal(one), AuditPlace::Seal(other)) => AuditPlace::Seal(one.min(other)),
        _ => panic!("rows of one table"),
    }
}
