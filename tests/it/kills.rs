//! The program is killed in the middle of a batch and of a delivery, and is given more than it can hold:
//! nothing that was acknowledged is lost, and nothing is applied twice.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    time::Duration,
};

use actix_web::rt::System;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::{
    Person,
    cast::{ask_for_token, settle_in},
    database::Database,
    program::Program,
    telephone::Line,
    world::FIRST_PASSWORD,
};

const QUICK: &[(&str, &str)] = &[
    ("QUPIA_HASH__MEMORY_KIB", "64"),
    ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", FIRST_PASSWORD),
    ("QUPIA_WEBHOOKS__ALLOW_PRIVATE", "true"),
];
const BATCHES: &str = "/v1/loan-system/batches";
const NDJSON: &str = "application/x-ndjson";
const AS_OF: &str = "2026-01-30T00:00:00Z";

async fn enter(admin: &Person, body: Value) -> (String, String) {
    let entered = admin.post("/v1/staff", body).await.expect(201);
    let secret = ["password", "client_secret"].map(|name| entered[name].as_str());
    let login = ["login", "client_id"].map(|name| entered[name].as_str());
    let either = |texts: [Option<&str>; 2]| texts.into_iter().flatten().next().map(str::to_owned);
    (
        either(login).expect("a login"),
        either(secret).expect("a secret"),
    )
}

/// The loan system's account, entered by an admin who has just come in.
async fn loan_system(admin: &Person) -> (String, String) {
    enter(
        admin,
        json!({"login": "feed", "name": "Жүйе", "role": "loan_system"}),
    )
    .await
}

async fn token(line: &Line, account: &(String, String)) -> Line {
    let answer = ask_for_token(line, &account.0, &account.1).await;
    line.with_token(&answer.expect(200).text("access_token"))
}

fn batch(loans: usize) -> String {
    let client = json!({"type": "client", "client_number": "K-1", "family_name": "Қасымова",
        "given_name": "Әсел", "phone": "+77012345667", "as_of": AS_OF});
    let mut body = format!("{client}\n");
    for number in 1..=loans {
        let loan = json!({"type": "loan", "ticket_number": format!("T-{number}"),
            "client_number": "K-1", "product": "Алтын", "due_on": "2026-02-20",
            "balance": {"amount": "1.00", "currency": "KZT"}, "grace_days": null,
            "status": "open", "as_of": AS_OF});
        body += &format!("{loan}\n");
    }
    body
}

fn database(folder: &Path) -> Database {
    let files = std::fs::read_dir(folder).expect("it is there");
    let mut files = files.map(|file| file.expect("it is there").path());
    let file = files.find(|file| file.extension().is_some_and(|end| end == "sqlite"));
    Database::Sqlite(file.expect("there is a database"))
}

#[test]
fn a_batch_in_the_middle_of_which_the_program_is_killed_is_sent_again() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let program = Program::serve(folder.path(), QUICK);
    let line = Line::to(program.address);
    let (account, feed) = System::new().block_on(async {
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let account = loan_system(&admin).await;
        let feed = token(&line, &account).await;
        (account, feed)
    });
    let loans = 5_000;
    let body = batch(loans);
    let half = body.len() / 2;
    let mut sending = TcpStream::connect(program.address).expect("it listens");
    let head = format!(
        "POST {BATCHES} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: {NDJSON}\r\ncontent-length: {}\r\n\r\n",
        feed.token(),
        body.len()
    );
    sending.write_all(head.as_bytes()).expect("it is sent");
    sending
        .write_all(&body.as_bytes()[..half])
        .expect("it is sent");
    let database = database(folder.path());
    let held = || database.number("SELECT count(*) FROM loans");
    while held() == 0 {
        std::thread::yield_now();
    }
    program.kill();
    let before = held().unsigned_abs();
    assert!(before > 0 && before < loans as u64);

    let mut program = Program::serve(folder.path(), QUICK);
    let line = Line::to(program.address);
    System::new().block_on(async {
        let feed = token(&line, &account).await;
        let reply = feed.ask("POST", BATCHES).body(NDJSON, body).await;
        let reply = reply.expect(200);
        assert_eq!(reply["unchanged"], before + 1, "{}", reply.text);
        assert_eq!(reply["applied"], loans as u64 - before, "{}", reply.text);
    });
    assert_eq!(held().unsigned_abs(), loans as u64);
    assert_eq!(program.stop(), Some(0));
}

/// A request as it arrives; what it is about stands in its head.
fn receive(receiver: &TcpListener) -> (TcpStream, String) {
    let (mut line, _) = receiver.accept().expect("somebody calls");
    line.set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a time-out is taken");
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.contains("\"data\"") {
        let read = line.read(&mut buffer).expect("it goes on");
        assert!(read > 0, "it broke off: {text}");
        text += &String::from_utf8_lossy(&buffer[..read]);
    }
    (line, text)
}

fn id_of(letter: &str) -> &str {
    let id = letter.split("webhook-id: ").nth(1);
    id.and_then(|rest| rest.lines().next()).expect("an id")
}

#[test]
fn a_message_in_the_middle_of_which_the_program_is_killed_is_delivered_again() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let program = Program::serve(folder.path(), QUICK);
    let receiver = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = receiver.local_addr().expect("it is bound");
    let line = Line::to(program.address);
    System::new().block_on(async {
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let url = format!("http://{address}/");
        let registered = admin.post("/v1/webhooks", json!({"url": url})).await;
        registered.expect(201);
        let place = json!({"code": "ALA-1", "name": "Алматы"});
        admin.post("/v1/branches", place).await.expect(201);
        let who = json!({"login": "b1", "name": "Айгүл", "role": "branch", "branch_code": "ALA-1"});
        let (login, password) = enter(&admin, who).await;
        let branch = settle_in(&line, &login, &password).await;
        let client = branch.enter_client("K-1").await;
        let draft = branch.ask_to_draft(&client).await.expect(201);
        let at = chrono::DateTime::parse_from_rfc3339(&draft.text("drafted_at"));
        let day = at.expect("a time").to_utc() + chrono::TimeDelta::hours(5);
        let day = day.date_naive().to_string();
        let phrase = "лиловый якорь варит туман";
        let done = branch.complete(&draft.text("id"), &day, phrase).await;
        done.expect(200);
    });
    let (unanswered, first) = receive(&receiver);
    program.kill();
    drop(unanswered);
    // Nobody was told that it is down: its lease is taken up again when it has stood still for long enough.
    let mut program = Program::serve(folder.path(), QUICK);
    let (mut answered, second) = receive(&receiver);
    assert_eq!(id_of(&first), id_of(&second));
    let answer = "HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n";
    answered
        .write_all(answer.as_bytes())
        .expect("it is answered");
    let database = database(folder.path());
    let reply = || database.texts("SELECT state FROM webhook_deliveries");
    while reply() != ["delivered"] {
        std::thread::yield_now();
    }
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_batch_that_unpacks_to_far_more_than_memory_holds_is_read_in_little() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut program = Program::serve(folder.path(), QUICK);
    let line = Line::to(program.address);
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let megabyte = vec![b'x'; 1024 * 1024];
    for _ in 0..300 {
        packed.write_all(&megabyte).expect("it is packed");
    }
    packed.write_all(b"\n{}\n").expect("it is packed");
    let packed = packed.finish().expect("it is packed");
    System::new().block_on(async {
        let admin = settle_in(&line, "admin", FIRST_PASSWORD).await;
        let feed = token(&line, &loan_system(&admin).await).await;
        let asked = feed
            .ask("POST", BATCHES)
            .header("content-encoding", "gzip")
            .body(NDJSON, packed);
        let reply = asked.await.expect(200);
        assert_eq!(reply["rejected_total"], 2, "{}", reply.text);
        assert_eq!(reply["rejected"][0]["code"], "line_too_long");
        assert_eq!(reply["rejected"][1]["line"], 2);
    });
    let peak = program.peak_memory_kib();
    assert!(peak < 150 * 1024, "{peak} KiB were taken");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn three_hundred_strangers_who_send_a_megabyte_each_take_little_memory() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut program = Program::serve(folder.path(), QUICK);
    let part = vec![b'x'; 64 * 1024];
    let send = |path: &str| {
        let mut line = TcpStream::connect(program.address).expect("it listens");
        let timeout = Some(Duration::from_secs(60));
        line.set_read_timeout(timeout).expect("a timeout is set");
        line.set_write_timeout(timeout).expect("a timeout is set");
        // No length is announced, and the end never comes.
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n"
        );
        line.write_all(head.as_bytes()).expect("it is sent");
        for _ in 0..16 {
            let size = format!("{:x}\r\n", part.len());
            let chunk = [size.as_bytes(), &part, b"\r\n"].concat();
            // It may have been refused by now.
            if line.write_all(&chunk).is_err() {
                break;
            }
        }
        line
    };
    let paths = ["/v1/sessions", "/v1/oauth/token", "/v1/clients"];
    let mut lines: Vec<_> = (0..300).map(|number| send(paths[number % 3])).collect();
    let mut answered = 0;
    for (number, line) in lines.iter_mut().enumerate() {
        let mut answer = [0; 12];
        // Who goes on sending after the answer may find the line cut off.
        if line.read_exact(&mut answer).is_ok() {
            let expected = if number % 3 == 2 { "401" } else { "413" };
            assert_eq!(&answer[..], format!("HTTP/1.1 {expected}").as_bytes());
            answered += 1;
        }
    }
    assert!(answered > 0, "nobody was answered");
    let peak = program.peak_memory_kib();
    assert!(peak < 150 * 1024, "{peak} KiB were taken");
    drop(lines);
    assert_eq!(program.stop(), Some(0));
}
