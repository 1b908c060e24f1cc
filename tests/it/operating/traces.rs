//! Traces: what is sent to the receiver, and whose context is passed on.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::support::{program::Program, telephone::Line, world::FIRST_PASSWORD};

const OK: &str = "200 OK";

/// Answers every request with this status line and these headers, and gives what was sent.
fn receiver(head: &str) -> (String, mpsc::Receiver<Vec<u8>>) {
    let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
            while !is_whole(&request) {
                match stream.read(&mut buffer).expect("it is sent") {
                    0 => break,
                    read => request.extend_from_slice(&buffer[..read]),
                }
            }
            stream.write_all(answer.as_bytes()).expect("it is read");
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (format!("http://{address}"), requests)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse::<usize>().expect("a number"));
    let body = request.windows(4).position(|end| end == b"\r\n\r\n");
    body.is_some_and(|at| request.len() >= at + 4 + length)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn serve(folder: &Path, endpoint: &str) -> Program {
    let environment = [
        ("QUPIA_HASH__MEMORY_KIB", "64"),
        ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", FIRST_PASSWORD),
        ("QUPIA_TRACING__ENDPOINT", endpoint),
    ];
    Program::serve(folder, &environment)
}

#[test]
fn spans_are_sent_to_the_receiver_that_was_named_and_not_where_it_points_to() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (other, elsewhere) = receiver(OK);
    let moved = format!("307 Temporary Redirect\r\nlocation: {other}/v1/traces");
    let (endpoint, requests) = receiver(&moved);
    let mut program = serve(folder.path(), &endpoint);
    actix_web::rt::System::new().block_on(async {
        Line::to(program.address).get("/v1/clients").await;
    });
    assert_eq!(program.stop(), Some(0));
    let sent = requests.recv_timeout(Duration::from_secs(60));
    assert!(sent.is_ok(), "the spans are sent before the end");
    assert!(elsewhere.try_recv().is_err(), "the redirect was followed");
}

#[test]
fn spans_go_to_the_receiver_within_their_callers_trace_and_hold_nothing_of_a_person() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (endpoint, requests) = receiver(OK);
    let mut program = serve(folder.path(), &endpoint);
    let trace: [u8; 16] = *b"0123456789abcdef";
    actix_web::rt::System::new().block_on(async {
        let line = Line::to(program.address);
        let body = serde_json::json!({"login": "somebody-s-login", "password": "x"});
        let header = format!("00-{}-00f067aa0ba902b7-01", hex::encode(trace));
        let sent = line
            .post("/v1/sessions", body)
            .header("traceparent", &header);
        sent.await.refused(401, "bad_credentials");
    });
    assert_eq!(program.stop(), Some(0));
    let sent = requests
        .recv_timeout(Duration::from_secs(60))
        .expect("the spans are sent before the end");
    assert!(holds(&sent, b"POST /v1/traces HTTP/1.1\r\n"));
    assert!(holds(&sent, &trace), "not within the caller's trace");
    assert!(
        holds(&sent, b"POST /v1/sessions"),
        "{}",
        String::from_utf8_lossy(&sent)
    );
    assert!(!holds(&sent, b"somebody-s-login"));
    assert!(!holds(&sent, b"127.0.0.1:") || !holds(&sent, b"client.address"));
}
