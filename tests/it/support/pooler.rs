//! PgBouncer before a database, in a folder of its own.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::database::Database;

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(60);

/// It ends with this.
pub struct Pooler {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// One before a database, in one of PgBouncer's modes.
    pub fn before(database: &Database, mode: &str) -> Self {
        let direct = database.url();
        let (user, place) = direct.rsplit_once('@').expect("it has a user");
        let (_, user) = user.split_once("://").expect("it is a URL");
        let (user, password) = user.split_once(':').expect("it has a password");
        let (server, name) = place.split_once('/').expect("it has a database");
        let (host, port) = server.split_once(':').expect("it has a port");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let folder = tempfile::tempdir().expect("a folder is made");
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("it is ours");
        let users = folder.path().join("users");
        fs::write(&users, format!("\"{user}\" \"{password}\"\n")).expect("it is written");
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{name} = host={host} port={port} user={user} password={password}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\n\
             auth_type = any\nauth_file = {}\npool_mode = {mode}\n",
            address.port(),
            users.display()
        );
        fs::write(&settings, text).expect("it is written");
        // It refuses to be root.
        let mut command = Command::new("setpriv");
        let id = Command::new("id").arg("-u").output().expect("id is there");
        if id.stdout == b"0\n" {
            command.args(["--reuid=nobody", "--clear-groups"]);
        }
        let child = command
            .args(["--pdeathsig", "KILL", "pgbouncer", "--quiet"])
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("setpriv is there");
        let mut pooler = Self {
            child,
            url: format!("postgres://{user}:{password}@{address}/{name}"),
            _folder: folder,
        };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = pooler.child.try_wait().expect("it was started here");
            assert!(
                ended.is_none() && began.elapsed() < START,
                "PgBouncer does not start ({ended:?}); tests/run --install brings it"
            );
            thread::sleep(Duration::from_millis(10));
        }
        pooler
    }

    /// The database behind it.
    pub fn url(&self) -> String {
        self.url.clone()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}
