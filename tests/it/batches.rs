//! The loan system pushes batches: lines alone, in order, of any length.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::{
    PHRASE, World,
    cast::Person,
    telephone::Answer,
    world::{BUSY, on_each_database, on_sqlite},
};

on_each_database! {
    each_line_stands_alone_and_in_order with BUSY,
    what_is_older_or_known_is_told_apart with BUSY,
    a_batch_may_be_packed_and_longer_than_any_body with BUSY,
    a_batch_that_is_cut_off_has_applied_what_it_read with BUSY,
    only_the_loan_system_pushes_and_only_lines with BUSY,
}
on_sqlite! {
    what_was_packed_has_to_be_whole with BUSY,
    a_line_that_can_be_read_in_two_ways_is_not_read with BUSY,
}

const BATCHES: &str = "/v1/loan-system/batches";
const NDJSON: &str = "application/x-ndjson";
/// Long enough for thousands of lines on a busy machine; whoever waits longer waits in vain.
const SOON: Duration = Duration::from_secs(60);

fn client(number: &str, family: &str, as_of: &str) -> Value {
    json!({"type": "client", "client_number": number, "family_name": family, "given_name": "Әсел",
        "phone": "+77012345667", "as_of": as_of})
}

fn loan(ticket: &str, number: &str, amount: &str, as_of: &str) -> Value {
    json!({"type": "loan", "ticket_number": ticket, "client_number": number, "product": "Алтын",
        "due_on": "2026-02-20", "balance": {"amount": amount, "currency": "KZT"},
        "grace_days": null, "status": "open", "as_of": as_of})
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

async fn push(loans: &Person, body: String) -> Answer {
    loans.ask("POST", BATCHES).body(NDJSON, body).await
}

/// Applied, unchanged, stale and rejected.
fn counts(answer: &Answer) -> [u64; 4] {
    let names = ["applied", "unchanged", "stale", "rejected_total"];
    names.map(|name| answer[name].as_u64().expect("a count"))
}

const ONE: &str = "2026-01-30T00:00:00Z";
const TWO: &str = "2026-01-30T00:00:01Z";

async fn each_line_stands_alone_and_in_order(world: &World) {
    let loans = world.loan_system().await;
    let bad_date = loan("T-3", "K-1", "1.00", ONE)
        .to_string()
        .replace("2026-02-20", "20.02.2026");
    let body = [
        loan("T-0", "K-1", "1.00", ONE).to_string(),
        client("K-1", "Қасымова", ONE).to_string(),
        String::new(),
        loan("T-1", "K-1", "1.00", ONE).to_string(),
        "{".to_owned(),
        bad_date,
        "x".repeat(70_000),
        r#"{"type":"staff"}"#.to_owned(),
        loan("T-1", "K-1", "2.00", TWO).to_string(),
        loan("T-1", "K-1", "3.00", ONE).to_string(),
        loan("T-1", "K-1", "2.00", TWO).to_string(),
    ];
    let reply = push(&loans, body.join("\r\n")).await.expect(200);
    assert_eq!(counts(&reply), [3, 1, 1, 5]);
    let rejected: Vec<_> = reply["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "unknown_client"),
        (5, "malformed_json"),
        (6, "not_a_date"),
        (7, "line_too_long"),
        (8, "not_one_of"),
    ];
    assert_eq!(rejected, expected);
    let detail = reply["rejected"][2]["detail"].as_str().unwrap();
    assert!(detail.starts_with("/due_on: "), "{detail}");
    assert_eq!(amount_of(world, "K-1").await, "2.00");
}

/// The balance of the one open loan of a client, as it is read out.
async fn amount_of(world: &World, number: &str) -> String {
    let branch = world.staff("branch").await;
    let found = branch
        .post("/v1/clients/search", json!({"client_number": number}))
        .await
        .expect(200);
    let id = found.items()[0]["id"].as_str().unwrap().to_owned();
    branch.register(world, &id, PHRASE).await;
    let specialist = world.staff("call_center").await;
    let reply = specialist.verify(&id, PHRASE).await.expect(201);
    let amount = &reply["loans"][0]["balance"]["amount"];
    amount.as_str().unwrap_or_default().to_owned()
}

async fn what_is_older_or_known_is_told_apart(world: &World) {
    let loans = world.loan_system().await;
    let first = [
        client("K-1", "Қасымова", TWO),
        loan("T-1", "K-1", "1.00", TWO),
    ];
    let reply = push(&loans, lines(&first)).await.expect(200);
    assert_eq!(counts(&reply), [2, 0, 0, 0]);
    let reply = push(&loans, lines(&first)).await.expect(200);
    assert_eq!(counts(&reply), [0, 2, 0, 0]);
    let older = [client("K-1", "Ким", ONE), loan("T-1", "K-1", "9.00", ONE)];
    let reply = push(&loans, lines(&older)).await.expect(200);
    assert_eq!(counts(&reply), [0, 0, 2, 0]);
    let same_time = [client("K-1", "Ким", TWO), loan("T-1", "K-1", "9.00", TWO)];
    let reply = push(&loans, lines(&same_time)).await.expect(200);
    assert_eq!(counts(&reply), [2, 0, 0, 0]);
    let amended =
        json!({"family_name": "Ким", "given_name": "Әсел", "phone": "+77012345667", "as_of": TWO});
    let reply = loans
        .put("/v1/loan-system/clients/K-1", amended)
        .await
        .expect(200);
    assert_eq!(reply["reason"], "unchanged");
    assert_eq!(amount_of(world, "K-1").await, "9.00");
}

async fn a_batch_may_be_packed_and_longer_than_any_body(world: &World) {
    let loans = world.loan_system().await;
    let many = 12_000;
    let mut body = lines(&[client("K-1", "Қасымова", ONE)]);
    for number in 0..many {
        body += &lines(&[loan(&format!("T-{number}"), "K-1", "1.00", ONE)]);
    }
    body += &"nonsense\n".repeat(1_500);
    assert!(body.len() > 2 * 1024 * 1024);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(body.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let ask = || {
        loans
            .ask("POST", BATCHES)
            .header("content-encoding", "gzip")
    };
    let reply = ask().body(NDJSON, packed.clone()).await.expect(200);
    assert_eq!(counts(&reply), [many + 1, 0, 0, 1_500]);
    assert_eq!(reply["rejected"].as_array().unwrap().len(), 1_000);
    let again = push(&loans, body).await.expect(200);
    assert_eq!(counts(&again), [0, many + 1, 0, 1_500]);
    // What is no gzip, or half of one, is told so.
    let half = packed[..packed.len() / 2].to_vec();
    ask().body(NDJSON, half).await.refused(400, "bad_request");
    ask()
        .body(NDJSON, "plain")
        .await
        .refused(400, "bad_request");
}

async fn a_batch_that_is_cut_off_has_applied_what_it_read(world: &World) {
    use std::net::TcpStream;
    /// So many lines are written together.
    const GROUP: u64 = 4_000;
    let loans = world.loan_system().await;
    let first = client("K-1", "Қасымова", ONE);
    let others = (1..=GROUP).map(|number| loan(&format!("T-{number}"), "K-1", "4.00", ONE));
    let records: Vec<Value> = std::iter::once(first).chain(others).collect();
    let body = lines(&records);
    let cut = format!("{body}{}", &body[..20]);
    let mut line = TcpStream::connect(world.first.address).unwrap();
    let head = format!(
        "POST {BATCHES} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {NDJSON}\r\n\
         content-length: 10000000\r\n\r\n{cut}",
        loans.token()
    );
    let sending = std::thread::spawn(move || {
        line.write_all(head.as_bytes()).expect("it is read");
        line
    });
    // The client and all loans but one are the first group. It is written while the line is still open.
    let loans_held = "SELECT count(*) FROM loans";
    let began = Instant::now();
    while world.database.number(loans_held) < i64::try_from(GROUP).expect("it is small") - 1 {
        assert!(began.elapsed() < SOON, "what was read was not applied");
        tokio::task::yield_now().await;
    }
    drop(sending.join().expect("it was sent"));
    assert_eq!(amount_of(world, "K-1").await, "4.00");
    // The whole of it can be sent again.
    let reply = push(&loans, body).await.expect(200);
    let [applied, unchanged, stale, rejected] = counts(&reply);
    assert!(unchanged >= GROUP, "{reply:?}");
    assert_eq!(
        [applied + unchanged, stale, rejected],
        [GROUP + 1, 0, 0],
        "{reply:?}"
    );
}

async fn only_the_loan_system_pushes_and_only_lines(world: &World) {
    let admin = &world.admin;
    let asked = admin.ask("POST", BATCHES).body(NDJSON, "{}");
    asked.await.refused(403, "forbidden");
    let loans = world.loan_system().await;
    let asked = loans.ask("POST", BATCHES).body("application/json", "{}");
    let reply = asked.await.refused(415, "unsupported_media_type");
    assert_eq!(reply.header("accept"), Some(NDJSON));
    assert!(reply.text("detail").contains(NDJSON), "{}", reply.text);
    let asked = loans.ask("POST", BATCHES).header("content-encoding", "br");
    let asked = asked.body(NDJSON, "{}");
    asked.await.refused(415, "unsupported_media_type");
    let reply = push(&loans, String::new()).await.expect(200);
    assert_eq!(counts(&reply), [0, 0, 0, 0]);
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

async fn what_was_packed_has_to_be_whole(world: &World) {
    let loans = world.loan_system().await;
    let ask = |body: Vec<u8>| {
        let asked = loans
            .ask("POST", BATCHES)
            .header("content-encoding", "GZIP");
        asked.body("application/x-ndjson; charset=utf-8", body)
    };
    let first = packed(&lines(&[client("K-1", "Қасымова", ONE)]));
    let second = packed(&lines(&[loan("T-1", "K-1", "1.00", ONE)]));
    // Several members are one stream (RFC 1952 §2.2).
    let reply = ask([first, second.clone()].concat()).await.expect(200);
    assert_eq!(counts(&reply), [2, 0, 0, 0]);
    // Cut off anywhere, even in the checksum behind all that is packed.
    for cut in [1, 4, 8, 9, second.len() - 1, second.len()] {
        let part = second[..second.len() - cut].to_vec();
        let reply = ask(part).await.refused(400, "bad_request");
        reply.refused_field(400, "", "broken_off");
    }
    let mut checksum = second.clone();
    let at = second.len() - 8;
    checksum[at] ^= 1;
    ask(checksum).await.refused(400, "bad_request");
    let behind = [&second[..], b"and so on"].concat();
    ask(behind).await.refused(400, "bad_request");
    // What was read of it is applied, and the whole of it can be sent again.
    let reply = ask(second).await.expect(200);
    assert_eq!(counts(&reply), [0, 1, 0, 0]);
}

async fn a_line_that_can_be_read_in_two_ways_is_not_read(world: &World) {
    let loans = world.loan_system().await;
    let good = client("K-1", "Қасымова", ONE).to_string();
    let twice = good.replace("{", r#"{"phone":"+77012345668","#);
    let elsewhere = loan("T-1", "K-1", "1.00", "2026-01-30T05:00:00.0000009+05:00").to_string();
    let mut body = [twice, good, elsewhere].join("\n").into_bytes();
    // Half of a letter, in the middle of a name.
    body.extend_from_slice(b"\n{\"type\":\"client\",\"client_number\":\"\xD2\"}\n");
    body.extend_from_slice(lines(&[loan("T-1", "K-1", "1.00", ONE)]).as_bytes());
    let asked = loans.ask("POST", BATCHES).body(NDJSON, body);
    let reply = asked.await.expect(200);
    // The same moment by another clock, and finer than it is kept, is the same moment.
    assert_eq!(counts(&reply), [2, 1, 0, 2]);
    let rejected = reply["rejected"].as_array().unwrap();
    let short = |at: usize| (&rejected[at]["line"], &rejected[at]["code"]);
    assert_eq!(short(0), (&json!(1), &json!("twice")));
    assert_eq!(rejected[0]["detail"], "/phone: The field is there twice.");
    assert_eq!(short(1), (&json!(4), &json!("malformed_json")));
}
