//! Several instances over one PostgreSQL: they migrate at the same moment, and serve as one.

use qupia::{app::clock::Clock, flows::first_run, secrets::rng::SystemRng, store};
use serde_json::json;

use crate::support::{
    PHRASE, World,
    cast::sign_in,
    database::{Database, Kind},
    world::{BUSY, on_postgresql, settings},
};

on_postgresql! {
    instances_that_start_at_the_same_moment_over_an_empty_database_all_serve,
    what_one_instance_does_the_other_knows with BUSY,
    an_instance_with_another_keyring_does_not_start,
}

async fn instances_that_start_at_the_same_moment_over_an_empty_database_all_serve(world: &World) {
    // Only the keyring is shared: that of an installation that is there already.
    let empty = Database::make(Kind::Postgres, world.folder());
    let starts = (0..3).map(|_| async {
        let folder = tempfile::tempdir().expect("a folder is made");
        std::fs::copy(
            world.folder().join("keyring.toml"),
            folder.path().join("keyring.toml"),
        )
        .expect("the keyring is copied");
        let settings = settings(folder.path(), &empty.url(), &[]);
        let app = qupia::app::App::build(settings, world.clock.clone(), SystemRng::os()).await;
        let app = app.unwrap_or_else(|error| panic!("{error}"));
        let first = first_run::make_first_admin(&app).await;
        first.unwrap_or_else(|refusal| panic!("{refusal:?}"));
        app.store.ping().await.expect("it serves");
        app
    });
    let apps = futures_util::future::join_all(starts).await;
    assert_eq!(empty.number("SELECT count(*) FROM staff"), 1);
    assert_eq!(
        empty.number("SELECT count(*) FROM audit_events WHERE action = 'staff.bootstrapped'"),
        1
    );
    let url = store::DatabaseUrl::parse(&empty.url()).expect("a URL");
    assert_eq!(store::pending(&url).expect("it answers"), 0);
    for app in apps {
        app.hasher.shutdown().await;
    }
}

async fn what_one_instance_does_the_other_knows(world: &World) {
    let other = world.another_instance().await;
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let there = specialist.at(&other);
    let opened = there.verify(&client, PHRASE).await.expect(201);
    assert_eq!(opened["outcome"], "verified");
    let loans = format!("/v1/verifications/{}/loans", opened.text("id"));
    specialist.get(&loans).await.expect(200);
    specialist
        .delete(loans.trim_end_matches("/loans"))
        .await
        .expect(204);
    there.get(&loans).await.refused(410, "verification_over");
    // A key that was used here is known there.
    let body = json!({"client_id": client, "passphrase": PHRASE, "call_id": "c"});
    let keyed = |person: &crate::support::Person| {
        person
            .post("/v1/verifications", body.clone())
            .header("idempotency-key", "k")
    };
    let mut first = keyed(&specialist).await.expect(201).body;
    let again = keyed(&there).await.expect(201);
    for once in ["loans", "source"] {
        let reply = first.as_object_mut().and_then(|first| first.remove(once));
        assert!(reply.is_some(), "{once}");
    }
    assert_eq!(again.body, first);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    // Logins are throttled over both.
    for number in 0..10 {
        let line = if number % 2 == 0 {
            world.line()
        } else {
            &other.line
        };
        sign_in(line, "nobody", "x")
            .await
            .refused(401, "bad_credentials");
    }
    sign_in(world.line(), "nobody", "x")
        .await
        .refused(429, "rate_limited");
}

async fn an_instance_with_another_keyring_does_not_start(world: &World) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let error = world
        .build_from(folder.path())
        .await
        .err()
        .expect("it does not start");
    assert!(error.is_settings(), "{error}");
    assert!(
        !folder.path().join("keyring.toml").exists(),
        "it never gets a new one"
    );
    let elsewhere = Database::make(Kind::Sqlite, folder.path());
    let own = settings(folder.path(), &elsewhere.url(), &[]);
    let app = qupia::app::App::build(own, Clock::system(), SystemRng::os()).await;
    app.unwrap_or_else(|error| panic!("{error}"))
        .hasher
        .shutdown()
        .await;
    let error = world
        .build_from(folder.path())
        .await
        .err()
        .expect("it does not start");
    assert!(error.is_settings(), "{error}");
}
