//! Edits of a sealed audit that somebody makes behind the service's back, and the place that each has
//! to be found at.

use std::path::Path;

use diesel::{
    Connection as _, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
};
use proptest::prelude::*;
use qupia::domain::seal::Place;

/// Three seals over four events each, with places left free between the events.
pub const EVENTS: [i64; 12] = [1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15];

pub fn edit(folder: &Path, statement: &str) {
    let path = folder.join("qupia.sqlite");
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("it is as the story laid it"))
            .expect("it is as the story laid it");
    let patient = format!("PRAGMA busy_timeout = 5000; {statement}");
    connection
        .batch_execute(&patient)
        .expect("it is as the story laid it");
}

#[derive(Clone, Debug)]
pub enum Edit {
    Text {
        event: usize,
        column: usize,
        byte: usize,
        flip: u8,
    },
    Emptied {
        event: usize,
        column: usize,
    },
    Time {
        event: usize,
        by: i64,
    },
    Moved {
        event: usize,
    },
    Removed {
        event: usize,
    },
    Inserted {
        gap: usize,
    },
    Swapped {
        one: usize,
        other: usize,
    },
    SealNumber {
        seal: usize,
        column: usize,
        by: i64,
    },
    SealBytes {
        seal: usize,
        column: usize,
        byte: usize,
        flip: u8,
    },
    SealRemoved {
        seal: usize,
    },
    SealsSwapped {
        one: usize,
        other: usize,
    },
    TailCut {
        seal: usize,
    },
    PublicKey {
        byte: usize,
        flip: u8,
    },
}

const TEXTS: [&str; 11] = [
    "actor_id",
    "actor_login",
    "actor_role",
    "action",
    "client_id",
    "subject_id",
    "call_id",
    "outcome",
    "reason",
    "request_id",
    "remote",
];
const NUMBERS: [&str; 4] = ["number", "last_seq", "events", "sealed_at"];
const BYTES: [&str; 5] = ["digest", "previous", "key_id", "signature", "leaves"];
/// Places between events, and before the first.
const GAPS: [i64; 5] = [-3, 0, 4, 9, 14];

pub fn any_edit() -> impl Strategy<Value = Edit> {
    let event = 0..EVENTS.len();
    let (seal, byte, flip, by) = (0..3_usize, any::<usize>(), 1..=255_u8, 1..1_000_i64);
    prop_oneof![
        4 => (event.clone(), 0..TEXTS.len(), byte, flip.clone())
            .prop_map(|(event, column, byte, flip)| Edit::Text { event, column, byte, flip }),
        1 => (event.clone(), 0..TEXTS.len()).prop_map(|(event, column)| Edit::Emptied { event, column }),
        1 => (event.clone(), by.clone()).prop_map(|(event, by)| Edit::Time { event, by }),
        1 => event.clone().prop_map(|event| Edit::Moved { event }),
        1 => event.clone().prop_map(|event| Edit::Removed { event }),
        1 => (0..GAPS.len()).prop_map(|gap| Edit::Inserted { gap }),
        1 => (event.clone(), 1..EVENTS.len()).prop_map(|(one, step)| Edit::Swapped {
            one, other: (one + step) % EVENTS.len(),
        }),
        2 => (seal.clone(), 0..NUMBERS.len(), by)
            .prop_map(|(seal, column, by)| Edit::SealNumber { seal, column, by: by + 3 }),
        4 => (seal.clone(), 0..BYTES.len(), byte, flip.clone())
            .prop_map(|(seal, column, byte, flip)| Edit::SealBytes { seal, column, byte, flip }),
        1 => seal.clone().prop_map(|seal| Edit::SealRemoved { seal }),
        1 => (seal.clone(), 1..3_usize).prop_map(|(one, step)| Edit::SealsSwapped { one, other: (one + step) % 3 }),
        1 => seal.prop_map(|seal| Edit::TailCut { seal }),
        1 => (byte, flip).prop_map(|(byte, flip)| Edit::PublicKey { byte, flip }),
    ]
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Binary>)]
    bytes: Option<Vec<u8>>,
}

fn flipped(folder: &Path, table: &str, column: &str, row: &str, byte: usize, flip: u8) -> String {
    let path = folder.join("qupia.sqlite");
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("it is as the story laid it"))
            .expect("it is as the story laid it");
    let query = format!("SELECT CAST({column} AS BLOB) AS bytes FROM {table} WHERE {row}");
    let held: Held = sql_query(query)
        .get_result(&mut connection)
        .expect("it is as the story laid it");
    let mut bytes = held.bytes.unwrap_or_default();
    if bytes.is_empty() {
        bytes = vec![flip];
    } else {
        let at = byte % bytes.len();
        bytes[at] ^= flip;
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let is_text = table == "audit_events" || column == "key_id";
    let value = if is_text {
        format!("CAST(x'{hex}' AS TEXT)")
    } else {
        format!("x'{hex}'")
    };
    format!("UPDATE {table} SET {column} = {value} WHERE {row}")
}

/// Makes the edit; gives the place that has to be named, or none where nothing was changed.
pub fn make(folder: &Path, made: &Edit) -> Option<Place> {
    let seq = |event: usize| EVENTS[event];
    let number = |seal: usize| seal as i64 + 1;
    let (statement, place) = match made {
        Edit::Text {
            event,
            column,
            byte,
            flip,
        } => (
            flipped(
                folder,
                "audit_events",
                TEXTS[*column],
                &format!("seq = {}", seq(*event)),
                *byte,
                *flip,
            ),
            Place::Event(seq(*event)),
        ),
        Edit::Emptied { event, column } => {
            let (column, seq) = (TEXTS[*column], seq(*event));
            // What was absent becomes empty, what was there becomes empty.
            (
                format!("UPDATE audit_events SET {column} = '' WHERE seq = {seq}"),
                Place::Event(seq),
            )
        }
        Edit::Time { event, by } => {
            let seq = seq(*event);
            (
                format!("UPDATE audit_events SET at = at + {by} WHERE seq = {seq}"),
                Place::Event(seq),
            )
        }
        Edit::Moved { event } => {
            let seq = seq(*event);
            (
                format!("UPDATE audit_events SET seq = seq + 100 WHERE seq = {seq}"),
                Place::Event(seq),
            )
        }
        Edit::Removed { event } => {
            let seq = seq(*event);
            (
                format!("DELETE FROM audit_events WHERE seq = {seq}"),
                Place::Event(seq),
            )
        }
        Edit::Inserted { gap } => {
            let seq = GAPS[*gap];
            (
                format!(
                    "INSERT INTO audit_events (seq, at, action, request_id) VALUES ({seq}, 1, 'client.viewed', 'r')"
                ),
                Place::Event(seq),
            )
        }
        Edit::Swapped { one, other } => {
            let (one, other) = (seq(*one), seq(*other));
            (
                format!(
                    "UPDATE audit_events SET seq = -1000 WHERE seq = {one}; UPDATE audit_events SET seq = {one} WHERE seq = {other}; UPDATE audit_events SET seq = {other} WHERE seq = -1000"
                ),
                Place::Event(one.min(other)),
            )
        }
        Edit::SealNumber { seal, column, by } => {
            let (column, number) = (NUMBERS[*column], number(*seal));
            (
                format!(
                    "UPDATE audit_seals SET {column} = {column} + {by} WHERE number = {number}"
                ),
                Place::Seal(number),
            )
        }
        Edit::SealBytes {
            seal,
            column,
            byte,
            flip,
        } => (
            flipped(
                folder,
                "audit_seals",
                BYTES[*column],
                &format!("number = {}", number(*seal)),
                *byte,
                *flip,
            ),
            Place::Seal(number(*seal)),
        ),
        Edit::SealRemoved { seal } => {
            let number = number(*seal);
            (
                format!("DELETE FROM audit_seals WHERE number = {number}"),
                Place::Seal(number),
            )
        }
        Edit::SealsSwapped { one, other } => {
            let (one, other) = (number(*one), number(*other));
            (
                format!(
                    "UPDATE audit_seals SET number = 1000 WHERE number = {one}; UPDATE audit_seals SET number = {one} WHERE number = {other}; UPDATE audit_seals SET number = {other} WHERE number = 1000"
                ),
                Place::Seal(one.min(other)),
            )
        }
        Edit::TailCut { seal } => {
            let number = number(*seal);
            let last = EVENTS[4 * *seal];
            (
                format!(
                    "DELETE FROM audit_seals WHERE number >= {number}; DELETE FROM audit_events WHERE seq >= {last}"
                ),
                Place::Seal(number),
            )
        }
        Edit::PublicKey { byte, flip } => (
            flipped(folder, "seal_keys", "public_key", "1 = 1", *byte, *flip),
            Place::Seal(1),
        ),
    };
    edit(folder, &statement);
    Some(place)
}
