//! A stand-in for a loan system that is asked: it says what it was told to say, well or badly.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, LazyLock, Mutex},
    thread,
    time::Duration,
};

use crate::support::world::Setting;

/// What is said on a path.
#[derive(Clone)]
pub enum Says {
    /// a status and a body
    Json(u16, String),
    /// nothing for longer than anybody waits
    Nothing,
    /// half of a body, and the line is cut
    Half,
    /// a redirect to this path
    Redirect(String),
    /// a body that is too long, and says so
    TooMuch,
    /// a body in chunks without end
    Endless,
    /// a body that is packed, which nobody asked for
    Packed,
    /// what comes before a body, and no body
    Head,
    /// the one, and from then on the other
    Once(Box<Says>, Box<Says>),
    /// that, once the gate is open
    After(Gate, Box<Says>),
}

/// Holds an answer back until it is opened.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Lets what waits and whatever comes through.
    pub fn open(&self) {
        *self.0.0.lock().expect("nobody panics") = true;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let is_open = self.0.0.lock().expect("nobody panics");
        let _open = self.0.1.wait_while(is_open, |is_open| !*is_open);
    }
}

/// One for all stories: each speaks of clients of its own.
pub struct StandIn {
    said: Mutex<HashMap<String, Says>>,
    asked: Mutex<Vec<String>>,
    url: &'static str,
}

static STAND_IN: LazyLock<Arc<StandIn>> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let stand_in = Arc::new(StandIn {
        said: Mutex::default(),
        asked: Mutex::default(),
        url: Box::leak(format!("http://127.0.0.1:{port}/api/").into_boxed_str()),
    });
    let answering = Arc::clone(&stand_in);
    thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let answering = Arc::clone(&answering);
            thread::spawn(move || answering.answer(line));
        }
    });
    stand_in
});

/// Settings under which there is nobody where the loan system should be.
pub fn nobody() -> &'static [Setting] {
    &[
        ("QUPIA_LOANS__URL", "http://127.0.0.1:1/api"),
        ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ]
}

/// The stand-in.
pub fn stand_in() -> &'static StandIn {
    &STAND_IN
}

/// Settings under which the stand-in is asked for our own JSON.
pub fn qupia() -> &'static [Setting] {
    settings("qupia")
}

/// Settings under which the stand-in is asked as Fineract.
pub fn fineract() -> &'static [Setting] {
    settings("fineract")
}

/// Settings under which the stand-in is asked for our own JSON, and waited for.
pub fn patient() -> &'static [Setting] {
    let mut settings = qupia().to_vec();
    for (name, value) in &mut settings {
        if *name == "QUPIA_LOANS__TIMEOUT_MS" {
            *value = "20000";
        }
    }
    Box::leak(settings.into_boxed_slice())
}

fn settings(dialect: &'static str) -> &'static [Setting] {
    Box::leak(Box::new([
        ("QUPIA_LOANS__URL", stand_in().url),
        ("QUPIA_LOANS__DIALECT", dialect),
        ("QUPIA_LOANS__TIMEOUT_MS", "1500"),
        ("QUPIA_LOANS__FRESH_SECONDS", "10"),
        ("QUPIA_LOANS__FINERACT__GRACE_TABLE", "pledge"),
        ("QUPIA_LOANS__FINERACT__GRACE_COLUMN", "Waiting days"),
        ("QUPIA_LOANS__FINERACT__GRACE_DAYS_BY_PRODUCT", "{Gold=30}"),
        ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ]))
}

impl StandIn {
    /// From now on says this on a path below its address.
    pub fn says(&self, path: &str, says: Says) {
        let path = format!("/api/{path}");
        self.said.lock().expect("nobody panics").insert(path, says);
    }

    /// From now on answers with this JSON on a path.
    pub fn states(&self, path: &str, body: impl std::fmt::Display) {
        self.says(path, Says::Json(200, body.to_string()));
    }

    /// How often a path was asked.
    pub fn asked(&self, path: &str) -> usize {
        let path = format!("/api/{path}");
        let asked = self.asked.lock().expect("nobody panics");
        asked.iter().filter(|one| **one == path).count()
    }

    fn next(&self, target: &str) -> Option<Says> {
        let mut said = self.said.lock().expect("nobody panics");
        match said.get(target).cloned() {
            Some(Says::Once(first, then)) => {
                said.insert(target.to_owned(), *then);
                Some(*first)
            }
            other => other,
        }
    }

    fn answer(&self, mut line: TcpStream) {
        let mut buffer = [0; 4096];
        let mut head = Vec::new();
        loop {
            let Ok(read @ 1..) = line.read(&mut buffer) else {
                return;
            };
            head.extend_from_slice(&buffer[..read]);
            if !head.ends_with(b"\r\n\r\n") {
                continue;
            }
            let text = String::from_utf8_lossy(&head).into_owned();
            head.clear();
            let target = text.split(' ').nth(1).unwrap_or_default().to_owned();
            self.asked
                .lock()
                .expect("nobody panics")
                .push(target.clone());
            if !say(&mut line, self.next(&target)) {
                return;
            }
        }
    }
}

/// Says it, and whether the line is still good.
fn say(line: &mut TcpStream, says: Option<Says>) -> bool {
    let headed = |status: u16, length: usize, more: &str| {
        format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{more}\r\n")
    };
    let (text, goes_on) = match says {
        None | Some(Says::Once(..)) => (headed(404, 0, ""), true),
        Some(Says::After(gate, then)) => {
            gate.pass();
            return say(line, Some(*then));
        }
        Some(Says::Json(status, body)) => (headed(status, body.len(), "") + &body, true),
        Some(Says::Redirect(to)) => (headed(302, 0, &format!("location: /api/{to}\r\n")), true),
        Some(Says::Half) => (headed(200, 1_000, "") + "{\"loans\": [", false),
        Some(Says::TooMuch) => (headed(200, 3_000_000, "") + &" ".repeat(3_000_000), false),
        Some(Says::Packed) => {
            let body = "\u{1f}{}";
            (
                headed(200, body.len(), "content-encoding: gzip\r\n") + body,
                true,
            )
        }
        Some(Says::Endless) => {
            let head = "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n";
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            let mut written = line.write_all(head.as_bytes());
            while written.is_ok() {
                written = line.write_all(chunk.as_bytes());
            }
            return false;
        }
        Some(Says::Head) => {
            let _gone = line.write_all(headed(200, 1_000, "").as_bytes());
            return wait(line);
        }
        Some(Says::Nothing) => return wait(line),
    };
    line.write_all(text.as_bytes()).is_ok() && goes_on
}

/// Says no more until whoever asked has gone.
fn wait(line: &mut TcpStream) -> bool {
    let _gone = line.set_read_timeout(Some(Duration::from_secs(20)));
    let _gone = line.read(&mut [0]);
    false
}
