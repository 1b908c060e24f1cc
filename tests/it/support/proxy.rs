//! A proxy before PostgreSQL that falls silent: its connections stay open, what is sent is taken, and
//! nothing comes through any more.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

/// It listens for as long as the test runs.
pub struct Proxy {
    url: String,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    is_silent: AtomicBool,
    /// how often it fell silent; a connection speaks only in its own time
    times: AtomicU64,
    /// nothing is ever closed from here
    held: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// One before the server of a URL.
    pub fn before(url: &str) -> Self {
        let (head, place) = url.split_once('@').expect("it has a user");
        let (server, database) = place.split_once('/').expect("it has a database");
        let server: SocketAddr = server.parse().expect("a numeric address");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let wire = Arc::new(Wire::default());
        let lives = Arc::clone(&wire);
        thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                lives.connect(caller, server);
            }
        });
        Self {
            url: format!("{head}@{address}/{database}"),
            wire,
        }
    }

    /// The database behind it.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// From now on nothing comes through, neither on old connections nor on new ones.
    pub fn fall_silent(&mut self) {
        self.wire.is_silent.store(true, Ordering::Release);
        self.wire.times.fetch_add(1, Ordering::Release);
    }

    /// New connections are served again; what was silent stays silent.
    pub fn serve_again(&mut self) {
        self.wire.times.fetch_add(1, Ordering::Release);
        self.wire.is_silent.store(false, Ordering::Release);
    }
}

impl Wire {
    fn connect(self: &Arc<Self>, caller: TcpStream, server: SocketAddr) {
        self.hold(&caller);
        if self.is_silent.load(Ordering::Acquire) {
            return;
        }
        let own = self.times.load(Ordering::Acquire);
        let server = TcpStream::connect(server).expect("the server listens");
        self.hold(&server);
        let twin = |stream: &TcpStream| stream.try_clone().expect("a descriptor is free");
        let ways = [(twin(&caller), twin(&server)), (server, caller)];
        for (from, to) in ways {
            let wire = Arc::clone(self);
            thread::spawn(move || wire.carry(from, to, own));
        }
    }

    fn carry(&self, mut from: TcpStream, mut to: TcpStream, own: u64) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read) = from.read(&mut bytes) {
            if self.times.load(Ordering::Acquire) != own {
                return;
            }
            if read == 0 || to.write_all(&bytes[..read]).is_err() {
                // Whoever ended it is told so to the other.
                let _gone = to.shutdown(std::net::Shutdown::Both);
                return;
            }
        }
    }

    fn hold(&self, stream: &TcpStream) {
        let twin = stream.try_clone().expect("a descriptor is free");
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(twin);
    }
}
