//! The audit is sealed, edited behind the service's back, and verified.

mod edits;

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use self::edits::{Edit, any_edit, edit, make};

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
        .expect("it is as the story laid it")
}

fn settings(folder: &Path, url: Option<String>) -> Settings {
    let flags = Flags {
        data_dir: Some(folder.to_owned()),
        database_url: url,
        ..Flags::default()
    };
    let few = ("QUPIA_DATABASE__CONNECTIONS".to_owned(), "2".to_owned());
    Settings::read(&flags, [few].into_iter()).expect("it is as the story laid it")
}

fn noon() -> Clock {
    Clock::frozen(DateTime::from_timestamp(1_795_000_000, 0).expect("it is as the story laid it"))
}

async fn lay(folder: &Path) -> Foundation {
    Foundation::lay(settings(folder, None), noon(), Chance::os())
        .await
        .expect("it is as the story laid it")
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
        foundation
            .store
            .record(event)
            .await
            .expect("it is as the story laid it");
    }
}

async fn verified(foundation: &Foundation) -> Report {
    let known =
        chain_head::recall(&foundation.settings.data_dir).expect("it is as the story laid it");
    verify(foundation, known.as_slice(), |_, _| {})
        .await
        .expect("it is as the story laid it")
}

fn sealed_folder() -> TempDir {
    let folder = TempDir::new().expect("it is as the story laid it");
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
            seal_once(&foundation, &mut sealer)
                .await
                .expect("it is as the story laid it");
        }
        // The fifth of each five is dropped above as 4, 9 and 14.
        let report = verified(&foundation).await;
        assert_eq!((report.events, report.seals), (12, 3));
    });
    edit(folder.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    folder
}

fn copied(from: &Path) -> TempDir {
    let folder = TempDir::new().expect("it is as the story laid it");
    for name in ["qupia.sqlite", "keyring.toml", "audit-head"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), folder.path().join(name))
                .expect("it is as the story laid it");
        }
    }
    folder
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
    found.expect("it is as the story laid it");
}

#[test]
fn events_after_the_newest_seal_are_told_and_are_no_fault() {
    let folder = TempDir::new().expect("it is as the story laid it");
    runtime().block_on(async {
        let foundation = lay(folder.path()).await;
        record(&foundation, 0, 2).await;
        let report = verified(&foundation).await;
        assert_eq!((report.first_bad, report.unsealed), (None, 2));
        seal_once(&foundation, &mut Sealer::default())
            .await
            .expect("it is as the story laid it");
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
    fs::remove_file(forged.path().join("keyring.toml")).expect("it is as the story laid it");
    fs::remove_file(forged.path().join("audit-head")).expect("it is as the story laid it");
    edit(
        forged.path(),
        "DELETE FROM audit_seals; DELETE FROM seal_keys; DELETE FROM key_checks; DELETE FROM leases",
    );
    runtime().block_on(async {
        let forger = lay(forged.path()).await;
        seal_once(&forger, &mut Sealer::default())
            .await
            .expect("it is as the story laid it");
        assert_eq!(verified(&forger).await.first_bad, None);
    });
    fs::copy(
        sealed.path().join("keyring.toml"),
        forged.path().join("keyring.toml"),
    )
    .expect("it is as the story laid it");
    edit(forged.path(), "DELETE FROM key_checks");
    runtime().block_on(async {
        let report = verified(&lay(forged.path()).await).await;
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(1)));
    });
}

#[test]
fn a_tail_cut_where_nothing_is_remembered_is_found_by_a_seal_from_the_log() {
    let sealed = sealed_folder();
    let known = chain_head::recall(sealed.path())
        .expect("it is as the story laid it")
        .expect("it is as the story laid it");
    let cut = copied(sealed.path());
    fs::remove_file(cut.path().join("audit-head")).expect("it is as the story laid it");
    make(cut.path(), &Edit::TailCut { seal: 2 });
    runtime().block_on(async {
        let foundation = lay(cut.path()).await;
        assert_eq!(verified(&foundation).await.first_bad, None);
        let report = verify(&foundation, &[known], |_, _| {})
            .await
            .expect("it is as the story laid it");
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(3)));
        let other = KnownSeal {
            number: 2,
            hash: known.hash,
        };
        let report = verify(&foundation, &[other], |_, _| {})
            .await
            .expect("it is as the story laid it");
        assert_eq!(report.first_bad.map(|bad| bad.place), Some(Place::Seal(2)));
    });
}

#[test]
fn one_instance_seals_and_another_takes_over_when_it_dies() {
    let folder = TempDir::new().expect("it is as the story laid it");
    runtime().block_on(async {
        let first = lay(folder.path()).await;
        let second = Foundation::lay(
            settings(folder.path(), None),
            first.clock.clone(),
            Chance::os(),
        )
        .await
        .expect("it is as the story laid it");
        let (mut one, mut other) = (Sealer::default(), Sealer::default());
        record(&first, 0, 1).await;
        assert_eq!(
            seal_once(&first, &mut one)
                .await
                .expect("it is as the story laid it")
                .len(),
            1
        );
        record(&first, 0, 1).await;
        assert_eq!(
            seal_once(&second, &mut other)
                .await
                .expect("it is as the story laid it")
                .len(),
            0
        );
        // The first renews, so however late it is the second has to wait.
        first.clock.advance(TimeDelta::seconds(9));
        assert_eq!(
            seal_once(&first, &mut one)
                .await
                .expect("it is as the story laid it")
                .len(),
            1
        );
        first.clock.advance(TimeDelta::seconds(9));
        record(&first, 0, 1).await;
        assert_eq!(
            seal_once(&second, &mut other)
                .await
                .expect("it is as the story laid it")
                .len(),
            0
        );
        // Now it is dead.
        first.clock.advance(TimeDelta::seconds(10));
        assert_eq!(
            seal_once(&second, &mut other)
                .await
                .expect("it is as the story laid it")
                .len(),
            1
        );
        record(&first, 0, 1).await;
        assert_eq!(
            seal_once(&first, &mut one)
                .await
                .expect("it is as the story laid it")
                .len(),
            0
        );
        assert_eq!(verified(&first).await.first_bad, None);
    });
}
