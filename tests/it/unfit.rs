//! A database that cannot be served from is refused at the start, by the name of what is wrong; one that
//! grants less than is wanted is served from with what there is.

use std::{fs, path::Path};

use qupia::{
    app::{App, StartError},
    secrets::rng::SystemRng,
};

use crate::support::{
    PHRASE, World,
    database::Database,
    program::{printed, run},
    world::{BUSY, on_each_database, on_postgresql, serve, settings},
};

on_each_database! {
    a_schema_that_became_newer_is_not_served_from,
}
on_postgresql! {
    a_database_without_room_for_every_letter_is_refused_by_its_encoding,
    a_database_that_only_reads_is_refused,
    a_role_with_few_connections_is_served_with_those with BUSY,
    a_pooler_of_transactions_is_refused,
}

const NEWER: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')";

async fn build(world: &World, url: &str) -> Result<App, StartError> {
    let busy = BUSY
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings = settings(world.folder(), url, &busy.collect::<Vec<_>>());
    App::build(settings, world.clock.clone(), SystemRng::os()).await
}

async fn refused(world: &World, url: &str) -> String {
    let error = build(world, url).await.err().expect("it does not start");
    assert!(error.is_settings(), "{error}");
    error.to_string()
}

async fn a_schema_that_became_newer_is_not_served_from(world: &World) {
    world.line().get("/readyz").await.expect(200);
    world.database.execute(NEWER);
    world
        .line()
        .get("/readyz")
        .await
        .refused(503, "unavailable");
    world.line().get("/healthz").await.expect(200);
    let message = refused(world, &world.database.url()).await;
    assert!(message.contains("99991231000001"), "{message}");
    assert!(message.contains("newer"), "{message}");
    // One of an older version neither: it is not ready until it is migrated.
    world
        .database
        .execute("DELETE FROM __diesel_schema_migrations WHERE version = '99991231000001'");
    world.line().get("/readyz").await.expect(200);
}

#[test]
fn no_command_opens_a_schema_that_is_newer() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let place = folder.path().display().to_string();
    let quick = [("QUPIA_HASH__MEMORY_KIB", "64")];
    let here = |words: &[&str]| {
        let output = run(&[words, &["--data-dir", &place]].concat(), &quick);
        (output.status.code(), printed(&output))
    };
    let who = ["--login", "a", "--name", "A", "--role", "admin"];
    assert_eq!(here(&[&["staff", "add"][..], &who[..]].concat()).0, Some(0));
    let database = Database::Sqlite(folder.path().join("qupia.sqlite"));
    database.execute(NEWER);
    let loans = folder.path().join("loans.ndjson");
    fs::write(&loans, "").expect("it is written");
    let loans = loans.display().to_string();
    let copy = folder.path().join("copy.age").display().to_string();
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    for words in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["migrate"],
        &[&["staff", "add"][..], &who[..]].concat(),
        &["staff", "reset", "a"],
        &["audit", "verify"],
        &["audit", "export", "-"],
        &["keys", "list"],
        &["keys", "rewrap"],
        &["loans", "import", &loans],
        &["loans", "check"],
        &["backup", &copy, "--recipient", key],
    ] {
        let (code, message) = here(words);
        assert_eq!(code, Some(2), "{words:?}: {message}");
        assert!(message.contains("99991231000001"), "{words:?}: {message}");
    }
}

fn does_not_start(folder: &Path, file: &Path) {
    let place = folder.display().to_string();
    let url = format!("sqlite:{}", file.display());
    let quick = [("QUPIA_HASH__MEMORY_KIB", "64")];
    let serve = ["serve", "--data-dir", &place, "--database-url", &url];
    let output = run(&[&serve[..], &["--listen", "127.0.0.1:0"]].concat(), &quick);
    let message = printed(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(&file.display().to_string()), "{message}");
}

#[test]
fn a_file_that_may_not_be_written_and_one_that_is_none_of_sqlites_are_named() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let place = folder.path().display().to_string();
    let quick = [("QUPIA_HASH__MEMORY_KIB", "64")];
    let made = run(&["migrate", "--data-dir", &place], &quick);
    assert_eq!(made.status.code(), Some(0));
    // SQLite only reads a file whose header says that a later version writes it: so root meets it too.
    let file = folder.path().join("qupia.sqlite");
    let mut bytes = fs::read(&file).expect("it is there");
    bytes[18] = 3;
    fs::write(&file, bytes).expect("it is written");
    does_not_start(folder.path(), &file);

    let other = folder.path().join("other.sqlite");
    fs::write(&other, "a letter to a client\n".repeat(1_000)).expect("it is written");
    does_not_start(folder.path(), &other);
}

async fn a_database_without_room_for_every_letter_is_refused_by_its_encoding(world: &World) {
    for encoding in ["WIN1251", "LATIN1", "SQL_ASCII"] {
        let other = Database::encoded(encoding);
        let message = refused(world, &other.url()).await;
        assert!(message.contains(encoding), "{message}");
        assert!(other.tables().is_empty(), "nothing was made in it");
    }
}

async fn a_database_that_only_reads_is_refused(world: &World) {
    let name = world.database.texts("SELECT current_database()").remove(0);
    let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    world.database.execute(&set);
    let message = refused(world, &world.database.url()).await;
    assert!(
        message.contains("default_transaction_read_only"),
        "{message}"
    );
}

async fn a_role_with_few_connections_is_served_with_those(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for most in [1, 3] {
        let role = format!("few_{most}_{}", std::process::id());
        world.database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'few' CONNECTION LIMIT {most}; \
             GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; \
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}"
        ));
        let url = world.database.url();
        let (_, place) = url.rsplit_once('@').expect("it has a user");
        let url = format!("postgres://{role}:few@{place}");
        let app = build(world, &url).await;
        let app = app.unwrap_or_else(|error| panic!("{most}: {error}"));
        let (few, handle) = serve(app);
        let there = specialist.at(&few);
        let calls = (0..20).map(|_| there.verify(&client, PHRASE));
        for answer in futures_util::future::join_all(calls).await {
            answer.expect(201);
        }
        few.line.get("/readyz").await.expect(200);
        handle.stop(false).await;
        few.app.hasher.shutdown().await;
        few.app.store.close().await;
    }
}

async fn a_pooler_of_transactions_is_refused(world: &World) {
    for (mode, is_refused) in [
        ("transaction", true),
        ("statement", true),
        ("session", false),
    ] {
        let pooler = crate::support::pooler::Pooler::before(&world.database, mode);
        if is_refused {
            let message = refused(world, &pooler.url()).await;
            assert!(message.contains("pool_mode"), "{mode}: {message}");
        } else {
            let app = build(world, &pooler.url()).await;
            let app = app.unwrap_or_else(|error| panic!("{mode}: {error}"));
            app.store.ping().await.expect("it serves");
            app.hasher.shutdown().await;
            app.store.close().await;
        }
    }
}
