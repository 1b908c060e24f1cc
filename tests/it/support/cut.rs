//! A way to PostgreSQL on which the answer to one commit is lost: the server commits, and the connection
//! breaks before the service hears of it.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
};

/// The way; it is there until the test ends.
pub struct Cut {
    address: SocketAddr,
    /// how many commits until one is not answered; none where it is not above zero
    commits: Arc<AtomicI64>,
}

impl Cut {
    /// Opens a way to the server of a URL.
    pub fn before(url: &str) -> Self {
        let (_, server, _) = parts(url);
        let server: SocketAddr = server.parse().expect("a server is named by its address");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let commits = Arc::new(AtomicI64::new(0));
        let counted = Arc::clone(&commits);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(server).expect("the server listens");
                join(client, server, Arc::clone(&counted));
            }
        });
        Self { address, commits }
    }

    /// The URL by this way.
    pub fn url(&self, url: &str) -> String {
        let (user, _, database) = parts(url);
        format!("{user}@{}/{database}", self.address)
    }

    /// From now on the answer to the commit of this number, from 1, is lost.
    pub fn lose_answer_to(&self, commit: i64) {
        self.commits.store(commit, Ordering::SeqCst);
    }
}

fn parts(url: &str) -> (&str, &str, &str) {
    let (user, rest) = url.split_once('@').expect("a user is named");
    let (server, database) = rest.split_once('/').expect("a database is named");
    (user, server, database)
}

/// Carries bytes both ways until either side ends, or the answer is to be lost.
fn join(client: TcpStream, server: TcpStream, commits: Arc<AtomicI64>) {
    let is_cut = Arc::new(AtomicBool::new(false));
    let ends = || {
        let clone = |stream: &TcpStream| stream.try_clone().expect("it is cloned");
        (clone(&client), clone(&server))
    };
    let (from_client, to_server) = ends();
    let (to_client, from_server) = ends();
    let cut = Arc::clone(&is_cut);
    thread::spawn(move || {
        carry(from_client, to_server, |bytes| {
            let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
            if is_commit && commits.fetch_sub(1, Ordering::SeqCst) == 1 {
                cut.store(true, Ordering::SeqCst);
            }
            true
        });
    });
    thread::spawn(move || {
        carry(from_server, to_client, |_| !is_cut.load(Ordering::SeqCst));
    });
}

fn carry(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        let bytes = &buffer[..read];
        if bytes.is_empty() || !passes(bytes) || to.write_all(bytes).is_err() {
            break;
        }
    }
    // The other direction ends with this one.
    let _gone = from.shutdown(Shutdown::Both);
    let _gone = to.shutdown(Shutdown::Both);
}
