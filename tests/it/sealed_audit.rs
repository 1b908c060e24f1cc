//! The audit is sealed, edited behind the service's back, and verified.

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta};
use diesel::{
    Connection as _, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
};
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use qupia::{
    app::{
        chain_head::{self, KnownSeal},
        clock::Clock,
        foundation::Foundation,
        settings::{Flags, Settings},
    },
    domain::{
        audit::{Action, Event, Origin, Who},
        role::Role,
        seal::Place,
    },
    flows::{
        seal_audit::{Sealer, seal_once},
        verify_audit::{Report, verify},
    },
    secrets::chance::Chance,
};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn settings(folder: &Path, url: Option<String>) -> Settings {
    let flags = Flags {
        data_dir: Some(folder.to_owned()),
        database_url: url,
        ..Flags::default()
    };
    let few = ("QUPIA_DATABASE__CONNECTIONS".to_owned(), "2".to_owned());
    Settings::read(&flags, [few].into_iter()).unwrap()
}

fn noon() -> Clock {
    Clock::frozen(DateTime::from_timestamp(1_795_000_000, 0).unwrap())
}

async fn lay(folder: &Path) -> Foundation {
    Foundation::lay(settings(folder, None), noon(), Chance::os())
        .await
        .unwrap()
}

fn event(number: i64, now: DateTime<chrono::Utc>) -> Event {
    let origin = Origin {
        request_id: format!("request-{number}"),
        remote: (number % 3 > 0).then(|| "192.0.2.7".to_owned()),
    };
    let mut event = Event::of_nobody(&origin, now, Action::ClientViewed);
    if number % 2 == 0 {
        event.actor = Some(Who {
            id: format!("staff-{number}"),
            login: "aigerim".to_owned(),
            role: Role::CallCenter,
        });
        event = event.client("client-1").call("call-1").outcome("read");
    }
    event
}

async fn record(foundation: &Foundation, first: i64, count: i64) {
    for number in first..first + count {
        let event = event(number, foundation.clock.now());
        foundation.store.record(event).await.unwrap();
    }
}

async fn verified(foundation: &Foundation) -> Report {
    let known = chain_head::recall(&foundation.settings.data_dir).unwrap();
    verify(foundation, known.as_slice(), |_, _| {})
        .await
        .unwrap()
}

/// Three seals over four events each, with places left free between the events.
const EVENTS: [i64; 12] = [1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15];

fn edit(folder: &Path, statement: &str) {
    let path = folder.join("qupia.sqlite");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let patient = format!("PRAGMA busy_timeout = 5000; {statement}");
    connection.batch_execute(&patient).unwrap();
}

fn sealed_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    runtime().block_on(async {
        let foundation = lay(folder.path()).await;
        let mut sealer = Sealer::default();
        for round in 0..3 {
            record(&foundation, 5 * round, 5).await;
            let gap = 5 * round + 4;
            edit(
                folder.path(),
                &format!("DELETE FROM audit_events WHERE seq = {gap}"),
            );
            seal_once(&foundation, &mut sealer).await.unwrap();
        }
        // The fifth of each five is dropped above as 4, 9 and 14.
        let report = verified(&foundation).await;
        assert_eq!((report.events, report.seals), (12, 3));
    });
    edit(folder.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    folder
}

fn copied(from: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in ["qupia.sqlite", "keyring.toml", "audit-head"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), folder.path().join(name)).unwrap();
        }
    }
    folder
}

#[derive(Clone, Debug)]
enum Edit {
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

fn any_edit() -> impl Strategy<Value = Edit> {
    let event = 0..EVENTS.len();
    let (seal, byte, flip, by) = (0..3_usize, any::<usize>(), 1..=255_u8, 1..1_000_i64);
    prop_oneof![
        4 => (event.clone(), 0..TEXTS.len(), byte.clone(), flip.clone())
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
        4 => (seal.clone(), 0..BYTES.len(), byte.clone(), flip.clone())
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
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let query = format!("SELECT CAST({column} AS BLOB) AS bytes FROM {table} WHERE {row}");
    let held: Held = sql_query(query).get_result(&mut connection).unwrap();
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
fn make(folder: &Path, made: &Edit) -> Option<Place> {
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

#[test]
fn any_one_edit_of_the_audit_is_found_with_its_place() {
    let sealed = sealed_folder();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let found = runner.run(&any_edit(), |made| {
        let folder = copied(sealed.path());
        let place = make(folder.path(), &made);
        let report = runtime().block_on(async { verified(&lay(folder.path()).await).await });
        prop_assert_eq!(report.first_bad.map(|bad| bad.place), place);
        Ok(())
    });
    found.unwrap();
}

#[test]
fn events_after_the_newest_seal_are_told_and_are_no_fault() {
    let folder = TempDir::new().unwrap();
    runtime().block_on(async {
        let foundation = lay(folder.path()).await;
        record(&foundation, 0, 2).await;
        let report = verified(&foundation).await;
        assert_eq!((report.first_bad, report.unsealed), (None, 2));
        seal_once(&foundation, &mut Sealer::default())
            .await
            .unwrap();
        record(&foundation, 2, 3).await;
        let report = verified(&foundation).await;
        assert_eq!((report.first_bad, report.unsealed), (None, 3));
    });
}

#[test]
fn a_chain_that_somebody_signed_with_a_key_of_their_own_is_not_believed() {
    let sealed = sealed_folder();
    let forged = copied(sealed.path());
    // Another keyring's seals over the same events, with its public key put in place as well.
    fs::remove_file(forged.path().join("keyring.toml")).unwrap();
    fs::remove_file(forged.path().join("audit-head")).unwrap();
    edit(
        forged.path(),
        "DELETE FROM audit_seals; DELETE FROM seal_keys; DELETE FROM key_checks; DELETE FROM leases",
    );
    runtime().block_on(async {
        let forger = lay(forged.path()).await;
        seal_once(&forger, &mut Sealer::default()).await.unwrap();
        assert_eq!(verified(&forger).await.first_bad, None);
    });
    fs::copy(
        sealed.path().join("keyring.toml"),
        forged.path().join("keyring.toml"),
    )
    .unwrap();
    edit(forged.path(), "DELETE FROM key_checks");
    runtime().block_on(async {
        let report = verified(&lay(forged.path()).await).await;
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(1)));
    });
}

#[test]
fn a_tail_cut_where_nothing_is_remembered_is_found_by_a_seal_from_the_log() {
    let sealed = sealed_folder();
    let known = chain_head::recall(sealed.path()).unwrap().unwrap();
    let cut = copied(sealed.path());
    fs::remove_file(cut.path().join("audit-head")).unwrap();
    make(cut.path(), &Edit::TailCut { seal: 2 });
    runtime().block_on(async {
        let foundation = lay(cut.path()).await;
        assert_eq!(verified(&foundation).await.first_bad, None);
        let report = verify(&foundation, &[known], |_, _| {}).await.unwrap();
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(3)));
        let other = KnownSeal {
            number: 2,
            hash: known.hash,
        };
        let report = verify(&foundation, &[other], |_, _| {}).await.unwrap();
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(2)));
    });
}

#[test]
fn one_instance_seals_and_another_takes_over_when_it_dies() {
    let folder = TempDir::new().unwrap();
    runtime().block_on(async {
        let first = lay(folder.path()).await;
        let second = Foundation::lay(
            settings(folder.path(), None),
            first.clock.clone(),
            Chance::os(),
        )
        .await
        .unwrap();
        let (mut one, mut other) = (Sealer::default(), Sealer::default());
        record(&first, 0, 1).await;
        assert_eq!(seal_once(&first, &mut one).await.unwrap().len(), 1);
        record(&first, 0, 1).await;
        assert_eq!(seal_once(&second, &mut other).await.unwrap().len(), 0);
        // The first renews, so however late it is the second has to wait.
        first.clock.advance(TimeDelta::seconds(9));
        assert_eq!(seal_once(&first, &mut one).await.unwrap().len(), 1);
        first.clock.advance(TimeDelta::seconds(9));
        record(&first, 0, 1).await;
        assert_eq!(seal_once(&second, &mut other).await.unwrap().len(), 0);
        // Now it is dead.
        first.clock.advance(TimeDelta::seconds(10));
        assert_eq!(seal_once(&second, &mut other).await.unwrap().len(), 1);
        record(&first, 0, 1).await;
        assert_eq!(seal_once(&first, &mut one).await.unwrap().len(), 0);
        assert_eq!(verified(&first).await.first_bad, None);
    });
}
