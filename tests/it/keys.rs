//! Keys change while the service runs, and data follows them.

use std::future::IntoFuture;

use chrono::TimeDelta;
use qupia::{
    app::{
        clock::Clock,
        foundation::Foundation,
        reload::{Reloader, SETTLE, check as check_files},
    },
    flows::{
        keys::{self, KeysError},
        seal_audit::{Sealer, seal_once},
    },
    secrets::{keyring::Purpose, rng::SystemRng},
};
use serde_json::json;

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::{sign_in, somebody},
    world::{self, BUSY, on_each_database, on_postgresql},
};

on_each_database! {
    every_key_is_rotated_while_the_service_runs with BUSY,
    a_key_that_something_hangs_on_is_not_retired with BUSY,
    a_new_key_reads_at_once_and_writes_a_little_later with BUSY,
    a_rotation_lets_no_repeated_request_through with BUSY,
    a_keyring_that_lacks_a_key_in_use_is_not_taken_though_it_brings_a_new_one with BUSY,
    another_rotation_meanwhile_puts_no_key_to_use_too_early with BUSY,
}
on_postgresql! {
    instances_that_write_with_different_index_keys_share_claims_and_quotas with BUSY,
}

/// What `qupia keys` stands on: another process over the same folder and database.
async fn console(world: &World) -> Foundation {
    let settings = world::settings(world.folder(), &world.database.url(), &[]);
    let clock: Clock = world.clock.clone();
    Foundation::open(settings, clock, SystemRng::os())
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn taken(world: &World) {
    let mut reloader = Reloader::default();
    for _ in 0..2 {
        check_files(&world.first.app, &mut reloader)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        world.wait(SETTLE);
    }
    assert_eq!(active(&world.first.app), active(&console(world).await));
}

fn active(foundation: &Foundation) -> Vec<String> {
    let keyring = foundation.keys.now().keyring.clone();
    let ids = Purpose::ALL.map(|purpose| keyring.active(purpose).id().to_owned());
    ids.to_vec()
}

async fn every_key_is_rotated_while_the_service_runs(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let phone = crate::support::cast::somebody("K-1")["phone"].clone();
    let search = json!({"phone": phone});
    let mut sealer = Sealer::default();
    seal_once(&world.first.app, &mut sealer)
        .await
        .expect("sealed");

    let before = active(&world.first.app);
    let console = console(world).await;
    for purpose in Purpose::ALL {
        keys::rotate(&console, purpose, None)
            .await
            .expect("rotated");
    }
    taken(world).await;
    assert!(
        active(&world.first.app)
            .iter()
            .all(|id| !before.contains(id))
    );

    // The old token, the old look-up value, the old name and the old hash are read.
    let found = specialist
        .post("/v1/clients/search", search.clone())
        .await
        .expect(200);
    assert_eq!(found.items().len(), 1);
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");

    let anew = keys::rewrap(&console, |_| ()).await.expect("made anew");
    assert!(anew.unopened.is_empty());
    assert!(anew.done > 0);
    assert_eq!(keys::to_rewrap(&console).await.expect("counted"), 0);
    let found = specialist
        .post("/v1/clients/search", search)
        .await
        .expect(200);
    assert_eq!(found.items().len(), 1);

    // The hash was made anew by its success; staff's passwords and sessions still hang on old keys.
    let hangs = |uses: &[keys::KeyUse], purpose| {
        let old = |used: &&keys::KeyUse| used.purpose == purpose && !used.is_active;
        uses.iter()
            .find(old)
            .map(|used| (used.in_use, used.is_needed))
    };
    let uses = keys::list(&console).await.expect("listed");
    assert_eq!(hangs(&uses, Purpose::Field), Some((0, true)));
    assert!(hangs(&uses, Purpose::Pepper).is_some_and(|(held, _)| held > 0));
    assert!(hangs(&uses, Purpose::Token).is_some_and(|(held, _)| held > 0));
    let peppered = world.database.number(&format!(
        "SELECT count(*) FROM passphrases WHERE hash LIKE '%{}%'",
        active(&console)[0]
    ));
    assert_eq!(peppered, 1);

    // The newest seal is of the old key until the next is made.
    let old_seal = &before[4];
    let refused = keys::retire(&console, Purpose::Seal, old_seal).await;
    assert!(matches!(refused, Err(KeysError::StillUsed { .. })));
    seal_once(&world.first.app, &mut sealer)
        .await
        .expect("sealed");
    keys::retire(&console, Purpose::Seal, old_seal)
        .await
        .expect("retired");
    keys::retire(&console, Purpose::Field, &before[1])
        .await
        .expect("retired");
    taken(world).await;
    let auditor = world.staff("auditor").await;
    let report = auditor
        .post("/v1/audit/verification", json!({}))
        .await
        .expect(200);
    assert_eq!(report["ok"], true);
    // Another instance starts under what is left.
    world.another_instance().await;
    let events = world
        .database
        .number("SELECT count(*) FROM audit_events WHERE action = 'keys.changed'");
    assert!(events >= 8);
}

async fn a_key_that_something_hangs_on_is_not_retired(world: &World) {
    let branch = world.staff("branch").await;
    branch.client_with_phrase(world, "K-1").await;
    let before = active(&world.first.app);
    let console = console(world).await;
    for purpose in Purpose::ALL {
        let active = keys::retire(&console, purpose, &before[purpose as usize]).await;
        assert!(matches!(active, Err(KeysError::Problem(_))));
        keys::rotate(&console, purpose, None)
            .await
            .expect("rotated");
    }
    for purpose in [
        Purpose::Pepper,
        Purpose::Field,
        Purpose::Index,
        Purpose::Token,
    ] {
        let refused = keys::retire(&console, purpose, &before[purpose as usize]).await;
        assert!(
            matches!(refused, Err(KeysError::StillUsed { .. })),
            "{purpose}"
        );
    }
}

async fn a_new_key_reads_at_once_and_writes_a_little_later(world: &World) {
    let app = &world.first.app;
    let before = active(app);
    let console = console(world).await;
    let new = keys::rotate(&console, Purpose::Field, None)
        .await
        .expect("rotated");
    let mut reloader = Reloader::default();
    check_files(app, &mut reloader).await.expect("checked");
    assert!(app.keys.now().keyring.by_id(Purpose::Field, &new).is_some());
    assert_eq!(active(app), before);
    world.wait(SETTLE - TimeDelta::seconds(1));
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app), before);
    world.wait(TimeDelta::seconds(1));
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app)[1], new);
    // One that is known for as long is put to use at once.
    let added = keys::add(&console, Purpose::Field).await.expect("added");
    check_files(app, &mut reloader).await.expect("checked");
    world.wait(SETTLE);
    keys::rotate(&console, Purpose::Field, Some(added.clone()))
        .await
        .expect("rotated");
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app)[1], added);
}

async fn a_rotation_lets_no_repeated_request_through(world: &World) {
    let branch = world.staff("branch").await;
    let body = crate::support::cast::somebody("K-9");
    let enter = || {
        branch
            .post("/v1/clients", body.clone())
            .header("idempotency-key", "one-and-the-same")
    };
    let first = enter().await.expect(201);
    keys::rotate(&console(world).await, Purpose::Index, None)
        .await
        .expect("rotated");
    taken(world).await;
    let again = enter().await.expect(201);
    assert_eq!(again.text("id"), first.text("id"));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

async fn a_keyring_that_lacks_a_key_in_use_is_not_taken_though_it_brings_a_new_one(world: &World) {
    let app = &world.first.app;
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let before = active(app);
    let path = &app.settings.keyring;
    let whole = std::fs::read_to_string(path).expect("it is there");
    let console = console(world).await;
    keys::rotate(&console, Purpose::Field, None)
        .await
        .expect("rotated");
    let rotated = std::fs::read_to_string(path).expect("it is there");
    // As where the file was put together by hand, and a key's lines were lost.
    let lacking: Vec<&str> = rotated
        .split("\n[[")
        .filter(|key| !key.contains(&before[1]))
        .collect();
    let lacking = lacking.join("\n[[");
    assert_ne!(lacking, rotated);
    std::fs::write(path, &lacking).expect("written");
    let mut reloader = Reloader::default();
    for _ in 0..3 {
        let refused = check_files(app, &mut reloader).await.err();
        let why = refused.map(|why| why.to_string()).unwrap_or_default();
        assert!(why.contains(&before[1]), "{why}");
        assert_eq!(active(app), before);
        let card = branch.get(&format!("/v1/clients/{client}")).await;
        card.expect(200);
        let figures = world.line().get("/metrics").await.expect(200).text;
        assert!(figures.contains("qupia_keyring_refused 1"), "{figures}");
        world.wait(SETTLE);
    }
    // Whole again, it is taken, and what is new in it settles from then on.
    std::fs::write(path, &rotated).expect("written");
    check_files(app, &mut reloader).await.expect("taken");
    assert_eq!(active(app), before);
    let figures = world.line().get("/metrics").await.expect(200).text;
    assert!(figures.contains("qupia_keyring_refused 0"), "{figures}");
    world.wait(SETTLE);
    check_files(app, &mut reloader).await.expect("taken");
    assert_eq!(active(app), active(&console));
    std::fs::write(path, whole).expect("written");
    assert!(check_files(app, &mut reloader).await.is_err());
}

async fn another_rotation_meanwhile_puts_no_key_to_use_too_early(world: &World) {
    let app = &world.first.app;
    let console = console(world).await;
    let before = active(app);
    let mut reloader = Reloader::default();
    let rotate = async |purpose| {
        keys::rotate(&console, purpose, None)
            .await
            .expect("rotated")
    };
    let field = rotate(Purpose::Field).await;
    check_files(app, &mut reloader).await.expect("checked");
    // Two seconds later, when another instance may have looked only once, the file changes again.
    world.wait(TimeDelta::seconds(2));
    let index = rotate(Purpose::Index).await;
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app), before);
    // And again, to a second key of the same purpose, and to one that was only added.
    world.wait(TimeDelta::seconds(2));
    let newer = rotate(Purpose::Field).await;
    let added = keys::add(&console, Purpose::Pepper).await.expect("added");
    check_files(app, &mut reloader).await.expect("checked");
    keys::rotate(&console, Purpose::Pepper, Some(added.clone()))
        .await
        .expect("rotated");
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app), before);
    world.wait(TimeDelta::seconds(1));
    // The first has settled, and is the active one no more; the others have not.
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app), before);
    world.wait(TimeDelta::seconds(2));
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app)[2], index);
    assert_eq!(active(app)[..2], before[..2]);
    world.wait(TimeDelta::seconds(2));
    check_files(app, &mut reloader).await.expect("checked");
    assert_eq!(active(app), active(&console));
    assert_eq!(active(app)[..2], [added, newer]);
    assert!(
        app.keys
            .now()
            .keyring
            .by_id(Purpose::Field, &field)
            .is_some()
    );
}

async fn instances_that_write_with_different_index_keys_share_claims_and_quotas(world: &World) {
    let other = world.another_instance().await;
    let here = world.staff("branch").await;
    let there = here.at(&other);
    keys::rotate(&console(world).await, Purpose::Index, None)
        .await
        .expect("rotated");
    // The other instance has not looked at the keyring yet.
    taken(world).await;
    assert_ne!(active(&world.first.app), active(&other.app));
    let enter = |person: &Person, number: &str| {
        let enter = person.post("/v1/clients", somebody(number));
        enter.header("idempotency-key", number).into_future()
    };
    for (number, first, second) in [("K-1", &here, &there), ("K-2", &there, &here)] {
        let first = enter(first, number).await.expect(201);
        let again = enter(second, number).await.expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again["id"], first["id"]);
    }
    for number in 10..30 {
        let number = format!("K-{number}");
        let (one, two) =
            futures_util::future::join(enter(&here, &number), enter(&there, &number)).await;
        let is_first = |answer: &&Answer| {
            answer.status == 201 && answer.header("idempotency-replayed").is_none()
        };
        let answers = [one, two];
        assert_eq!(answers.iter().filter(is_first).count(), 1, "{answers:?}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            answer.clone().refused(409, "request_in_progress");
        }
    }
    for number in 0..10 {
        let line = if number % 2 == 0 {
            world.line()
        } else {
            &other.line
        };
        let wrong = sign_in(line, "nobody", "wrong").await;
        wrong.refused(401, "bad_credentials");
    }
    for line in [world.line(), &other.line] {
        let limited = sign_in(line, "nobody", "wrong").await;
        limited.refused(429, "rate_limited");
    }
}
