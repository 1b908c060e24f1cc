//! The network before PostgreSQL falls silent: connections stay, and nothing comes through them any more.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use qupia::{app::App, secrets::rng::SystemRng};

use crate::support::{
    PHRASE, Person, World,
    program::{Program, QUICK},
    proxy::Proxy,
    world::{BUSY, on_postgresql, serve, settings},
};

on_postgresql! {
    a_silent_network_is_told_and_the_database_found_again_when_it_speaks with BUSY,
    the_process_ends_though_its_database_is_silent,
    a_database_is_found_behind_hosts_that_are_silent,
}

/// Whatever was silent is given up within this time, also on a machine that has other work.
const SOON: Duration = Duration::from_secs(40);

async fn a_silent_network_is_told_and_the_database_found_again_when_it_speaks(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let mut proxy = Proxy::before(&world.database.url());
    let impatient = ("QUPIA_DATABASE__TIMEOUT_SECONDS", "1");
    let more = BUSY.iter().copied().chain([impatient]);
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let more: Vec<_> = more.collect();
    let settings = settings(world.folder(), &proxy.url(), &more);
    let app = App::build(settings, world.clock.clone(), SystemRng::os()).await;
    let (behind, handle) = serve(app.unwrap_or_else(|error| panic!("{error}")));
    let (there, card) = (specialist.at(&behind), format!("/v1/clients/{client}"));
    let looks_on = branch.at(&behind);
    for _ in 0..2 {
        // Every queue has connections that lie idle when it happens.
        let looks = (0..8).map(|_| shown(&looks_on, &card));
        futures_util::future::join_all(looks).await;
        verified(&there, &client).await;
        behind.line.get("/readyz").await.expect(200);
        proxy.fall_silent();
        behind.line.get("/readyz").await.refused(503, "unavailable");
        there
            .verify(&client, PHRASE)
            .await
            .refused(503, "unavailable");
        behind.line.get("/healthz").await.expect(200);
        // What went silent stays so; new connections are served.
        proxy.serve_again();
        crate::faults::until(&behind.line, "/readyz", 200).await;
    }
    proxy.fall_silent();
    behind.line.get("/readyz").await.refused(503, "unavailable");
    // The end waits for none of them.
    handle.stop(false).await;
    behind.app.hasher.shutdown().await;
    behind.app.store.close().await;
}

async fn the_process_ends_though_its_database_is_silent(world: &World) {
    let mut proxy = Proxy::before(&world.database.url());
    let url = proxy.url();
    let environment = [QUICK, &[("QUPIA_DATABASE_URL", &url)]].concat();
    for _ in 0..2 {
        let mut program = Program::serve(world.folder(), &environment);
        proxy.fall_silent();
        let line = crate::support::telephone::Line::to(program.address);
        line.get("/readyz").await.refused(503, "unavailable");
        assert_eq!(program.stop(), Some(0));
        proxy.serve_again();
    }
}

/// Each host may take as long as one connection is waited for.
async fn a_database_is_found_behind_hosts_that_are_silent(world: &World) {
    let silent = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port is free"));
    let hosts = silent.each_ref().map(|listener| {
        let address = listener.local_addr().expect("it is bound");
        address.to_string()
    });
    let url = world.database.url();
    let (login, server) = url.split_once('@').expect("a user is named");
    let url = format!("{login}@{},{server}", hosts.join(","));
    let settings = settings(
        world.folder(),
        &url,
        &[("QUPIA_DATABASE__TIMEOUT_SECONDS".to_owned(), "1".to_owned())],
    );
    let app = App::build(settings, world.clock.clone(), SystemRng::os()).await;
    let (behind, handle) = serve(app.unwrap_or_else(|error| panic!("{error}")));
    crate::faults::until(&behind.line, "/readyz", 200).await;
    handle.stop(false).await;
    behind.app.hasher.shutdown().await;
}

/// Looks again where the database is not there yet.
async fn shown(branch: &Person, card: &str) {
    let began = Instant::now();
    loop {
        let answer = branch.get(card).await;
        if answer.status == 503 && began.elapsed() < SOON {
            continue;
        }
        answer.expect(200);
        return;
    }
}

/// Calls again where the database is not there yet, until the words are tried.
async fn verified(specialist: &Person, client: &str) {
    let began = Instant::now();
    loop {
        let answer = specialist.verify(client, PHRASE).await;
        if answer.status == 503 && began.elapsed() < SOON {
            continue;
        }
        assert_eq!(answer.expect(201)["outcome"], "verified");
        return;
    }
}

/// A server that takes connections and says nothing.
fn silent() -> (TcpListener, String) {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = silent.local_addr().expect("it is bound");
    (silent, format!("postgres://qupia:s3cret@{address}/qupia"))
}

#[test]
fn a_start_against_a_silent_server_says_what_it_waits_for_and_comes_to_an_end() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (_silent, url) = silent();
    let environment = [QUICK, &[("QUPIA_DATABASE_URL", &url)]].concat();
    let mut program = Program::begin(folder.path(), &environment);
    program.wait_for("waiting for the database postgres://qupia:***@127.0.0.1");
    assert_eq!(program.ended(), Some(1));
    program.wait_for("qupia: the database cannot serve");
    assert!(!program.log().contains("s3cret"), "{}", program.log());
}

#[test]
fn a_start_that_waits_for_a_silent_server_is_stopped_by_a_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().expect("a folder is made");
        let (_silent, url) = silent();
        let patient = ("QUPIA_DATABASE__TIMEOUT_SECONDS", "3600");
        let environment = [QUICK, &[("QUPIA_DATABASE_URL", &url), patient]].concat();
        let mut program = Program::begin(folder.path(), &environment);
        program.wait_for("waiting for the database");
        program.signal(signal);
        assert_eq!(program.ended(), Some(0));
    }
}
