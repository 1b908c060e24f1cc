//! A database for one story: a file of SQLite, or one made for it on a server of PostgreSQL.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection, sql_query, sql_types::Text,
};

/// The variable that says where a server of PostgreSQL lets databases be made.
pub const SERVER: &str = "QUPIA_TEST_POSTGRES";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database that goes when the story ends.
pub enum Database {
    Sqlite(PathBuf),
    Postgres { server: String, name: String },
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Database {
    /// Makes one; SQLite's lies in `folder`.
    pub fn make(kind: Kind, folder: &Path) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        match kind {
            Kind::Sqlite => Self::Sqlite(folder.join("qupia.sqlite")),
            Kind::Postgres => {
                let server = std::env::var(SERVER).unwrap_or_else(|_| {
                    panic!("{SERVER} names no PostgreSQL; tests/run brings one")
                });
                let number = MADE.fetch_add(1, Ordering::Relaxed);
                let name = format!("story_{}_{number}", std::process::id());
                let database = Self::Postgres { server, name };
                database.at_server(&format!("CREATE DATABASE {}", database.name()));
                database
            }
        }
    }

    /// Makes one of PostgreSQL with another encoding.
    pub fn encoded(encoding: &str) -> Self {
        let server = std::env::var(SERVER)
            .unwrap_or_else(|_| panic!("{SERVER} names no PostgreSQL; tests/run brings one"));
        let name = format!("encoded_{}_{}", encoding.to_lowercase(), std::process::id());
        let database = Self::Postgres { server, name };
        database.at_server(&format!(
            "CREATE DATABASE {} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0",
            database.name()
        ));
        database
    }

    fn name(&self) -> &str {
        match self {
            Self::Sqlite(_) => "main",
            Self::Postgres { name, .. } => name,
        }
    }

    /// As a setting.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres { server, name } => with_database(server, name),
        }
    }

    /// The file of SQLite.
    pub fn file(&self) -> &Path {
        match self {
            Self::Sqlite(path) => path,
            Self::Postgres { .. } => panic!("PostgreSQL has no file of its own"),
        }
    }

    /// Carries statements out beside the service.
    pub fn execute(&self, statements: &str) {
        let done = match self {
            Self::Sqlite(_) => self.sqlite().batch_execute(statements),
            Self::Postgres { .. } => self.postgres().batch_execute(statements),
        };
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// A connection of one's own to the file.
    pub fn sqlite(&self) -> SqliteConnection {
        let path = self.file().display().to_string();
        let mut connection = SqliteConnection::establish(&path).expect("the file opens");
        connection
            .batch_execute("PRAGMA busy_timeout = 10000")
            .expect("a pragma is taken");
        connection
    }

    /// A connection of one's own to the server.
    pub fn postgres(&self) -> PgConnection {
        PgConnection::establish(&self.url()).expect("the database opens")
    }

    /// The first column, a text, of every row.
    pub fn texts(&self, query: &str) -> Vec<String> {
        let query_as_text = format!("SELECT CAST(x AS TEXT) AS text FROM ({query}) AS q(x)");
        let rows: Vec<Row> = match self {
            Self::Sqlite(_) => {
                let named = format!("WITH q(x) AS ({query}) SELECT CAST(x AS TEXT) AS text FROM q");
                sql_query(named).load(&mut self.sqlite())
            }
            Self::Postgres { .. } => sql_query(query_as_text).load(&mut self.postgres()),
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"));
        rows.into_iter().map(|row| row.text).collect()
    }

    /// A number from the database.
    pub fn number(&self, query: &str) -> i64 {
        let texts = self.texts(query);
        texts
            .first()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{query}"))
    }

    /// The names of the tables.
    pub fn tables(&self) -> Vec<String> {
        self.texts(match self {
            Self::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Self::Postgres { .. } => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = 'public' ORDER BY table_name"
            }
        })
    }

    /// Everything that lies in the database, as bytes: SQLite's files with the log of writes, or every
    /// row of every table of PostgreSQL.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Sqlite(path) => ["", "-wal", "-shm"]
                .iter()
                .filter_map(|end| std::fs::read(format!("{}{end}", path.display())).ok())
                .flatten()
                .collect(),
            Self::Postgres { .. } => self
                .tables()
                .iter()
                .flat_map(|table| self.texts(&format!("SELECT t::text FROM \"{table}\" t")))
                .collect::<Vec<_>>()
                .join("\n")
                .into_bytes(),
        }
    }

    /// Takes PostgreSQL's database away from everybody: whoever is on it is thrown out.
    pub fn take_away(&self) {
        self.at_server(&format!(
            "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false",
            self.name()
        ));
        self.throw_out();
    }

    /// Ends every connection to PostgreSQL's database.
    pub fn throw_out(&self) {
        self.at_server(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name()
        ));
    }

    /// Gives it back.
    pub fn give_back(&self) {
        self.at_server(&format!(
            "ALTER DATABASE {} WITH ALLOW_CONNECTIONS true",
            self.name()
        ));
    }

    fn at_server(&self, statement: &str) {
        let Self::Postgres { server, .. } = self else {
            panic!("SQLite has no server")
        };
        let mut connection = PgConnection::establish(server)
            .unwrap_or_else(|error| panic!("{SERVER} does not open: {error}"));
        connection
            .batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name } = self else {
            return;
        };
        // A story that failed may leave it in use; the server is thrown away anyhow.
        if let Ok(mut connection) = PgConnection::establish(server) {
            let _stays =
                connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The server's URL with another database in it.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    let scheme_end = address.find("://").map_or(0, |at| at + 3);
    let host = match address[scheme_end..].find('/') {
        Some(slash) => &address[..scheme_end + slash],
        None => address,
    };
    let separator = if query.is_empty() { "" } else { "?" };
    format!("{host}/{name}{separator}{query}")
}
