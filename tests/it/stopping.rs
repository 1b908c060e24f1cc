//! The program is asked to stop: it drains, finishes what is in flight, and hears a second signal.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use actix_web::rt::System;
use serde_json::json;

use crate::support::{
    PHRASE,
    cast::{settle_in, somebody},
    database::Database,
    program::{Program, QUICK},
    telephone::Line,
    world::FIRST_PASSWORD,
};

/// Longer than any test waits.
const FOR_EVER: (&str, &str) = ("QUPIA_DRAIN_SECONDS", "3600");

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder is made")
}

fn session() -> String {
    json!({"login": "admin", "password": FIRST_PASSWORD}).to_string()
}

/// Sends a request but for its last byte. It is known to be under way: the service has asked for its body.
fn all_but_the_last_byte(program: &Program, body: &str) -> TcpStream {
    const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut line = TcpStream::connect(program.address).expect("it listens");
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).expect("it is sent");
    line.set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a time-out is taken");
    let mut message = [0; GO_ON.len()];
    line.read_exact(&mut message).expect("it is told to go on");
    assert_eq!(message, GO_ON);
    let but_one = &body.as_bytes()[..body.len() - 1];
    line.write_all(but_one).expect("it is sent");
    line
}

#[test]
fn asked_to_stop_it_is_not_ready_at_once_and_serves_on_while_it_drains() {
    for signal in ["TERM", "INT"] {
        let folder = folder();
        let mut program = Program::serve(folder.path(), &[QUICK, &[FOR_EVER]].concat());
        program.signal(signal);
        program.wait_for("draining for 3600 s");
        let line = Line::to(program.address);
        System::new().block_on(async {
            let unready = line.get("/readyz").await.refused(503, "unavailable");
            // Nothing ails the database.
            assert!(!unready.text.to_lowercase().contains("database"));
            line.get("/healthz").await.expect(200);
            let body = json!({"login": "admin", "password": FIRST_PASSWORD});
            line.post("/v1/sessions", body).await.expect(201);
        });
        // The second one is not waited on.
        program.signal(signal);
        assert_eq!(program.ended(), Some(0));
    }
}

#[test]
fn what_is_in_flight_is_finished_whichever_signal_asks() {
    for signal in ["TERM", "INT"] {
        let folder = folder();
        let mut program = Program::serve(folder.path(), QUICK);
        let body = session();
        let mut line = all_but_the_last_byte(&program, &body);
        program.signal(signal);
        program.wait_for("what is in flight is finished");
        line.write_all(&body.as_bytes()[body.len() - 1..])
            .expect("it still listens");
        let mut answer = String::new();
        line.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 201"), "{signal}: {answer}");
        assert_eq!(program.ended(), Some(0));
    }
}

#[test]
fn a_verification_that_is_not_written_down_yet_is_settled_before_it_ends() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), QUICK);
    let database = Database::Sqlite(folder.path().join("qupia.sqlite"));
    System::new().block_on(async {
        let line = Line::to(program.address);
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let place = json!({"code": "ALA-1", "name": "Алматы"});
        admin.post("/v1/branches", place).await.expect(201);
        let enter = async |body| {
            let entered = admin.post("/v1/staff", body).await.expect(201);
            settle_in(&line, &entered.text("login"), &entered.text("password")).await
        };
        let branch =
            json!({"login": "b1", "name": "Айгүл", "role": "branch", "branch_code": "ALA-1"});
        let branch = enter(branch).await;
        let specialist = json!({"login": "c1", "name": "Дана", "role": "call_center"});
        let specialist = enter(specialist).await;
        let entered = branch
            .post("/v1/clients", somebody("K-1"))
            .await
            .expect(201);
        let client = entered.text("id");
        let draft = branch.ask_to_draft(&client).await.expect(201);
        let at = chrono::DateTime::parse_from_rfc3339(&draft.text("drafted_at"));
        let day = at.expect("a time").to_utc() + chrono::TimeDelta::hours(5);
        let day = day.date_naive().to_string();
        let done = branch.complete(&draft.text("id"), &day, PHRASE).await;
        done.expect(200);
        database.execute(
            "CREATE TRIGGER away BEFORE INSERT ON verifications \
             BEGIN SELECT RAISE(ABORT, 'database is locked'); END",
        );
        let answer = specialist.verify(&client, PHRASE).await;
        answer.refused(503, "unavailable");
    });
    program.signal("TERM");
    program.wait_for("what is in flight is finished");
    database.execute("DROP TRIGGER away");
    assert_eq!(program.ended(), Some(0));
    assert_eq!(database.number("SELECT count(*) FROM attempts"), 0);
    assert_eq!(
        database.texts("SELECT outcome FROM verifications"),
        ["verified"]
    );
}

#[test]
fn a_second_signal_waits_for_nobody() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[QUICK, &[FOR_EVER]].concat());
    let _never_sent = all_but_the_last_byte(&program, &session());
    program.signal("TERM");
    program.wait_for("draining");
    program.signal("INT");
    assert_eq!(program.ended(), Some(0));
}

#[test]
fn a_hang_up_ends_nothing() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), QUICK);
    program.signal("HUP");
    let line = Line::to(program.address);
    System::new().block_on(async {
        for _ in 0..20 {
            line.get("/readyz").await.expect(200);
        }
    });
    assert_eq!(program.stop(), Some(0));
}

/// Lays a new certificate where the program looks for it, and gives it as it is served.
fn lay_out_certificate(chain: &Path, key: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let rcgen::CertifiedKey { cert, signing_key } = made.expect("it is made");
    fs::write(key, signing_key.serialize_pem()).expect("it is written");
    fs::write(chain, cert.pem()).expect("it is written");
    cert.der().to_vec()
}

/// The certificate that the program shows to a new connection.
async fn shown_certificate(program: &Program) -> Vec<u8> {
    let http = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .tls_info(true)
        .no_proxy()
        .build();
    let ask = http
        .expect("a client is made")
        .get(format!("https://{}/healthz", program.address));
    let answer = ask.send().await.expect("it is answered");
    let shown = answer.extensions().get::<reqwest::tls::TlsInfo>();
    let shown = shown.and_then(reqwest::tls::TlsInfo::peer_certificate);
    shown.expect("it shows one").to_vec()
}

#[test]
fn a_hang_up_has_a_renewed_certificate_served_at_once() {
    const RENEWALS: u32 = 12;
    /// Of these there is one between two looks that nobody asked for.
    const ROUND: Duration = Duration::from_secs(10);
    let folder = folder();
    let (chain, key) = (
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    );
    lay_out_certificate(&chain, &key);
    let (shown_chain, shown_key) = (chain.display().to_string(), key.display().to_string());
    let tls = [
        ("QUPIA_TLS__CERTIFICATE", shown_chain.as_str()),
        ("QUPIA_TLS__KEY", shown_key.as_str()),
    ];
    let mut program = Program::serve(folder.path(), &[QUICK, &tls].concat());
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    // So many renewals are seen one after another before that many rounds are over: somebody who did not
    // hear the signal would need one for each.
    let began = Instant::now();
    System::new().block_on(async {
        for renewal in 1..=RENEWALS {
            let renewed = lay_out_certificate(&chain, &key);
            program.signal("HUP");
            while shown_certificate(&program).await != renewed {
                let is_late = began.elapsed() > ROUND * (RENEWALS - 1);
                assert!(!is_late, "renewal {renewal}: {}", program.log());
            }
        }
    });
    assert_eq!(program.stop(), Some(0));
}
