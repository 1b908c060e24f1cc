//! A world: the production builder with other settings, on a port of its own, over a database of its
//! own, under a clock that stands still.

use std::{cell::RefCell, net::SocketAddr, path::Path};

use actix_web::dev::ServerHandle;
use chrono::{DateTime, TimeDelta, Utc};
use qupia::{
    app::{
        App, StartError,
        clock::Clock,
        log::LostLines,
        settings::{Flags, Settings},
    },
    flows::first_run,
    http::{listeners::Listeners, server},
    secrets::rng::SystemRng,
};
use serde_json::json;
use tempfile::TempDir;

use super::{
    cast::{self, Person},
    database::{Database, Kind},
    telephone::Line,
};

/// When every story begins: eleven o'clock of a Saturday in Almaty.
pub const BEGINNING: &str = "2026-01-31T06:00:00Z";
/// The first admin's one-time password.
pub const FIRST_PASSWORD: &str = "first-day-at-work-1";

/// Settings under which nobody's quota is in the way of a story about something else.
pub const BUSY: &[(&str, &str)] = &[
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_LIMITS__CLIENTS_PER_HOUR", "100000"),
    ("QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE", "100000"),
];

/// One instance of the service.
pub struct Instance {
    pub app: App,
    pub address: SocketAddr,
    pub line: Line,
}

/// The service with everything around it.
pub struct World {
    pub kind: Kind,
    pub clock: Clock,
    pub database: Database,
    pub first: Instance,
    pub admin: Person,
    folder: TempDir,
    settings: Vec<(String, String)>,
    running: RefCell<Vec<(ServerHandle, App)>>,
    /// so that each login is another
    pub(super) logins: RefCell<u32>,
}

/// Tells each story on each database, under the settings after `with`.
macro_rules! on_each_database {
    ($($stories:tt)+) => {
        $crate::support::world::on_sqlite!(mod on_sqlite; $($stories)+);
        $crate::support::world::on_postgresql!(mod on_postgresql; $($stories)+);
    };
}

/// Tells each story on SQLite alone: those of its file.
macro_rules! on_sqlite {
    (mod $module:ident; $($story:ident $(with $settings:expr)?),+ $(,)?) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[test]
                fn $story() {
                    let settings: &[&[$crate::support::world::Setting]] = &[$($settings)?];
                    let kind = $crate::support::database::Kind::Sqlite;
                    $crate::support::world::tell(kind, &settings.concat(), super::$story);
                }
            )+
        }
    };
    ($($stories:tt)+) => {
        $crate::support::world::on_sqlite!(mod on_sqlite_alone; $($stories)+);
    };
}

/// Tells each story on PostgreSQL alone: those of several instances, or of a server that goes away.
macro_rules! on_postgresql {
    (mod $module:ident; $($story:ident $(with $settings:expr)?),+ $(,)?) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[test]
                #[ignore = "needs a PostgreSQL: tests/run brings one"]
                fn $story() {
                    let settings: &[&[$crate::support::world::Setting]] = &[$($settings)?];
                    let kind = $crate::support::database::Kind::Postgres;
                    $crate::support::world::tell(kind, &settings.concat(), super::$story);
                }
            )+
        }
    };
    ($($stories:tt)+) => {
        $crate::support::world::on_postgresql!(mod on_postgresql_alone; $($stories)+);
    };
}
pub(crate) use {on_each_database, on_postgresql, on_sqlite};

/// A setting and its value.
pub type Setting = (&'static str, &'static str);

/// Builds a world, tells a story in it, and takes it down.
pub fn tell(kind: Kind, settings: &[Setting], story: impl AsyncFnOnce(&World)) {
    show_log();
    actix_web::rt::System::new().block_on(async {
        let world = World::start(kind, settings).await;
        story(&world).await;
        world.stop().await;
    });
}

/// With `QUPIA_TEST_LOG=debug` the log is shown, for whoever looks for the cause of a failure.
fn show_log() {
    if let Ok(filter) = std::env::var("QUPIA_TEST_LOG") {
        let log = tracing_subscriber::fmt().with_env_filter(filter);
        let _shown_already = log.with_writer(std::io::stderr).try_init();
    }
}

/// Settings of a test's instance: cheap hashes, a port of the system's choice, and these.
pub fn settings(folder: &Path, url: &str, more: &[(String, String)]) -> Settings {
    let given = [
        ("QUPIA_DATA_DIR", folder.display().to_string()),
        ("QUPIA_DATABASE_URL", url.to_owned()),
        ("QUPIA_LISTEN", "127.0.0.1:0".to_owned()),
        ("QUPIA_BOOTSTRAP_ADMIN_PASSWORD", FIRST_PASSWORD.to_owned()),
        ("QUPIA_HASH__MEMORY_KIB", "64".to_owned()),
        ("QUPIA_HASH__WORKERS", "2".to_owned()),
        ("QUPIA_DATABASE__CONNECTIONS", "6".to_owned()),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value));
    let all = given.into_iter().chain(more.iter().cloned());
    Settings::read(&Flags::default(), all).unwrap_or_else(|error| panic!("{error}"))
}

impl World {
    /// Builds one, with an admin who has changed the first password.
    pub async fn start(kind: Kind, settings: &[Setting]) -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let database = Database::make(kind, folder.path());
        let began: DateTime<Utc> = BEGINNING.parse().expect("a time");
        let clock = Clock::frozen(began);
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let built = build(folder.path(), &database.url(), &settings, &clock).await;
        let app = built.unwrap_or_else(|error| panic!("{error}"));
        first_run::make_first_admin(&app)
            .await
            .unwrap_or_else(|refusal| panic!("{refusal:?}"));
        let (first, handle) = serve(app);
        let admin = cast::settle_in(&first.line, "admin", FIRST_PASSWORD).await;
        Self {
            kind,
            clock,
            database,
            admin,
            folder,
            settings,
            running: RefCell::new(vec![(handle, first.app.clone())]),
            logins: RefCell::default(),
            first,
        }
    }

    /// Another instance over the same database, with the same keyring and nothing else of the folder.
    pub async fn another_instance(&self) -> Instance {
        self.instance_under(&self.clock).await
    }

    /// Another instance whose clock is ahead of the world's, and stands still there.
    pub async fn another_instance_ahead_by(&self, time: TimeDelta) -> Instance {
        self.instance_under(&Clock::frozen(self.clock.now() + time))
            .await
    }

    /// Another instance that reaches the same database by another way.
    pub async fn another_instance_over(&self, url: &str) -> Instance {
        self.instance(url, &self.clock).await
    }

    async fn instance_under(&self, clock: &Clock) -> Instance {
        self.instance(&self.database.url(), clock).await
    }

    async fn instance(&self, url: &str, clock: &Clock) -> Instance {
        let built = build(self.folder.path(), url, &self.settings, clock).await;
        let app = built.unwrap_or_else(|error| panic!("{error}"));
        let (instance, handle) = serve(app);
        self.running
            .borrow_mut()
            .push((handle, instance.app.clone()));
        instance
    }

    /// Builds another instance over the same database from another folder.
    pub async fn build_from(&self, folder: &Path) -> Result<App, StartError> {
        build(folder, &self.database.url(), &self.settings, &self.clock).await
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A line of nobody.
    pub fn line(&self) -> &Line {
        &self.first.line
    }

    /// Moves the clock.
    pub fn wait(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// The time, as the contract writes it, so long from now.
    pub fn time_in(&self, time: TimeDelta) -> String {
        let at = self.clock.now() + time;
        at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    /// How many passphrases and passwords were tried on the first instance's workers.
    pub fn hash_jobs(&self) -> u64 {
        self.first.app.hasher.stats().jobs_checked
    }

    /// Opens a branch.
    pub async fn open_branch(&self, code: &str) {
        let body = json!({"code": code, "name": "Алматы, Абай даңғылы", "city": "Алматы"});
        self.admin.post("/v1/branches", body).await.expect(201);
    }

    async fn stop(&self) {
        let running = self.running.take();
        for (handle, app) in running {
            handle.stop(false).await;
            app.hasher.shutdown().await;
        }
    }
}

async fn build(
    folder: &Path,
    url: &str,
    more: &[(String, String)],
    clock: &Clock,
) -> Result<App, StartError> {
    let settings = settings(folder, url, more);
    App::build(settings, clock.clone(), SystemRng::os()).await
}

/// Serves on a port of its own.
pub fn serve(app: App) -> (Instance, ServerHandle) {
    let listeners = Listeners::bind(&app.settings).expect("a port is free");
    let bound = server::serve(&app, LostLines::default(), listeners).expect("it is bound");
    let handle = bound.server.handle();
    actix_web::rt::spawn(bound.server);
    let instance = Instance {
        line: Line::to(bound.address),
        address: bound.address,
        app,
    };
    (instance, handle)
}
