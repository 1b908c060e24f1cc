//! The program itself, as somebody starts it: its arguments, its environment, what it prints.

use std::{
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::world::FIRST_PASSWORD;

/// Cheap hashes, and a known password of the first admin.
pub const QUICK: &[(&str, &str)] = &[
    ("QUPIA_HASH__MEMORY_KIB", "64"),
    ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", FIRST_PASSWORD),
];
/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(60);

/// The program with nothing in its environment but what it is given, and that it waits for no database.
pub fn command<V: AsRef<OsStr>>(arguments: &[&str], environment: &[(&str, V)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qupia"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.env("QUPIA_DATABASE__START_WAIT_SECONDS", "0");
    for (name, value) in environment {
        command.env(name, value);
    }
    command
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Runs the program to its end.
pub fn run<V: AsRef<OsStr>>(arguments: &[&str], environment: &[(&str, V)]) -> Output {
    command(arguments, environment)
        .output()
        .expect("the program starts")
}

/// What it printed, to both.
pub fn printed(output: &Output) -> String {
    let of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    of(&output.stdout) + &of(&output.stderr)
}

/// The program while it serves. It is ended when this is dropped.
pub struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
    pub address: SocketAddr,
}

impl Program {
    /// Starts it over a folder, and waits until it listens.
    pub fn serve(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let folder = folder.display().to_string();
        let arguments = ["serve", "--data-dir", &folder, "--listen", "127.0.0.1:0"];
        let mut child = command(&arguments, environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (sender, addresses) = mpsc::channel();
        let stdout = child.stdout.take().expect("its output is piped");
        let stderr = child.stderr.take().expect("its log is piped");
        collect(stdout, Arc::clone(&log), sender.clone());
        collect(stderr, Arc::clone(&log), sender);
        let address = addresses.recv_timeout(START);
        let mut program = Self {
            child,
            log,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        program.address =
            address.unwrap_or_else(|_| panic!("it does not listen: {}", program.log()));
        program
    }

    /// Starts it over a folder with these for what it prints and logs, and waits until it is ready.
    pub fn serve_to(
        folder: &Path,
        environment: &[(&str, &str)],
        stdout: impl Into<Stdio>,
        stderr: impl Into<Stdio>,
    ) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let (folder, listen) = (folder.display().to_string(), address.to_string());
        let arguments = ["serve", "--data-dir", &folder, "--listen", &listen];
        let child = command(&arguments, environment)
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .expect("the program starts");
        let mut program = Self {
            child,
            log: Arc::default(),
            address,
        };
        let began = Instant::now();
        while !is_ready(address) {
            let ended = program.child.try_wait().expect("it was started here");
            assert!(ended.is_none() && began.elapsed() < START, "{ended:?}");
            thread::sleep(Duration::from_millis(5));
        }
        program
    }

    /// Starts it over a folder, and waits for nothing.
    pub fn begin(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let listen = [("QUPIA_LISTEN", "127.0.0.1:0")];
        Self::begin_where_told(folder, &[&listen, environment].concat())
    }

    /// The same, listening where its environment says.
    pub fn begin_where_told(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let folder = folder.display().to_string();
        let mut child = command(&["serve", "--data-dir", &folder], environment)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("its log is piped");
        collect(stderr, Arc::clone(&log), mpsc::channel().0);
        Self {
            child,
            log,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }

    /// The end of its log that nobody reads.
    pub fn take_log(&mut self) -> ChildStderr {
        self.child.stderr.take().expect("its log is piped")
    }

    /// Waits until its log says this.
    pub fn wait_for(&self, words: &str) {
        let began = Instant::now();
        while !self.log().contains(words) {
            assert!(began.elapsed() < START, "no {words} in {}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has printed and logged.
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it ends");
    }

    /// The most memory that it has ever taken, KiB.
    pub fn peak_memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("this machine tells of its processes");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|text| text.trim().strip_suffix(" kB"));
        kib.and_then(|text| text.parse().ok())
            .expect("a size in kB")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.ended()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let (name, id) = (format!("-{name}"), self.child.id().to_string());
        let sent = Command::new("kill").args([&name, &id]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for its end, and gives its exit code; none where a signal ended it.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// Keeps every line, and tells where the service listens.
fn collect(
    from: impl Read + Send + 'static,
    log: Arc<Mutex<String>>,
    addresses: mpsc::Sender<SocketAddr>,
) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let base = line.split("listening on ").nth(1);
            let address = base.and_then(|base| base.split("://").nth(1));
            let address = address.and_then(|text| text.split_whitespace().next()?.parse().ok());
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
            if let Some(address) = address {
                let _told_already = addresses.send(address);
            }
        }
    });
}
