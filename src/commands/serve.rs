//! `qupia serve`: builds the app, makes the first admin where there is no staff, and serves until it
//! is asked to stop.

use std::{future::Future, process, thread, time::Duration};

use qupia::{
    app::{App, StartError, clock::Clock, log::LostLines, reload, settings::Settings},
    flows::{deliver::Carrier, first_run, seal_audit, signals::Lookout, throttled, upkeep},
    http::server::{self, Bound},
    secrets::chance::Chance,
    store::DatabaseUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

use super::{Failure, flush_log, output::say_for_certain, start_log, stop::Stop};

/// Whatever the database does, the process ends so long after it drained.
const END_WITHIN: Duration = Duration::from_secs(29);
/// Of that, once requests are finished, the duties are handed over in so long and attempts under way come
/// to their end, and hashes and statements under way have as long again.
const HAND_OVER_WITHIN: Duration = Duration::from_secs(3);
/// Hashes and statements under way are finished in so long where a second signal asks to stop at once:
/// a process that ends beneath them would take a client library away.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What serving needs beside the app.
pub struct Serving {
    /// how it is asked to stop
    pub stop: Stop,
    /// what the metrics tell of the log
    pub lost_lines: LostLines,
}

/// Serves.
pub fn serve(settings: Settings) -> Result<(), Failure> {
    let lost_lines = start_log(&settings)?;
    if matches!(settings.store.url, DatabaseUrl::Postgres(_)) {
        step_behind_other_sessions();
    }
    let served = actix_web::rt::System::new().block_on(async move {
        let mut stop = Stop::listen()?;
        let app = tokio::select! {
            app = App::build(settings, Clock::system(), Chance::os()) => app?,
            _ = stop.asked() => return Ok(()),
        };
        let made = first_run::make_first_admin(&app).await;
        if let Some(password) =
            made.map_err(|refusal| StartError::FirstAdmin(format!("{refusal:?}")))?
        {
            show_first(&password);
        }
        run(&app, Serving { stop, lost_lines }, |_| ()).await
    });
    Ok(served?)
}

/// The service is of use without it, and there is a way to another.
fn show_first(password: &SecretString) {
    let shown = say_for_certain(format_args!(
        "The first admin signs in as {} with this\none-time password: {}",
        first_run::FIRST_LOGIN,
        password.expose_secret()
    ));
    if let Err(failure) = shown {
        tracing::error!(
            "the first admin's one-time password could not be shown ({}): \
             `qupia staff reset {}` makes another",
            failure.message,
            first_run::FIRST_LOGIN
        );
    }
}

/// Leaves a PostgreSQL on the same machine its share of the cores. Linux may weigh whole sessions against
/// each other, whatever the niceness of their threads ("autogroup" in sched(7)); the hash workers'
/// session then keeps a server that wants little from a core for a tenth of a second and more, though the
/// workers themselves step back. A session with a terminal is somebody's shell, and is left as it is.
fn step_behind_other_sessions() {
    #[cfg(target_os = "linux")]
    {
        const NICENESS: &str = "5";
        let has_terminal = std::fs::File::open("/dev/tty").is_ok();
        if !has_terminal {
            // Where there are no such groups the service is only less quick under load, if at all.
            let _not_there = std::fs::write("/proc/self/autogroup", NICENESS);
        }
    }
}

/// Binds, tells the address, and serves until it is asked to stop. Then it drains: it is not ready and
/// serves on for a while, and what is in flight is finished. A second signal stops it at once.
pub async fn run(app: &App, serving: Serving, tell: impl FnOnce(&str)) -> Result<(), StartError> {
    let Serving {
        mut stop,
        lost_lines,
    } = serving;
    let Bound {
        address,
        scheme,
        server,
    } = server::bind(app, lost_lines)?;
    let handle = server.handle();
    let mut server = actix_web::rt::spawn(server);
    let duties = Duties::begin(app);
    let base = format!("{scheme}://{address}");
    tracing::info!("listening on {base}");
    tell(&base);
    let signal = tokio::select! {
        // It ends by itself only by a fault.
        served = &mut server => {
            let served = served.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
            hand_over(app, duties).await;
            end(app, HAND_OVER_WITHIN).await;
            return served.map_err(StartError::Listen);
        }
        signal = stop.asked() => signal,
    };
    let drain = app.settings.drain;
    tracing::info!("{signal}: draining for {} s", drain.as_secs());
    app.drain.begin();
    end_at_last(drain + END_WITHIN);
    let in_order = async {
        tokio::time::sleep(drain).await;
        tracing::info!("what is in flight is finished");
        handle.stop(true).await;
        hand_over(app, duties).await;
        end(app, HAND_OVER_WITHIN).await;
    };
    tokio::select! {
        () = in_order => {}
        signal = stop.asked() => {
            tracing::warn!("{signal} again: stopped at once");
            end_at_last(2 * AT_ONCE);
            end(app, AT_ONCE).await;
        }
    }
    Ok(())
}

/// Attempts that nobody waits for any more come to their end, while the duties are handed over.
async fn hand_over(app: &App, duties: Duties) {
    tokio::join!(
        within(HAND_OVER_WITHIN, "attempts under way", app.detached.ended()),
        within(HAND_OVER_WITHIN, "the duties", duties.hand_over(app)),
    );
}

/// Ends the threads that hash and those that speak with the database.
async fn end(app: &App, bound: Duration) {
    within(bound, "the hash workers", app.hasher.shutdown()).await;
    within(bound, "the database's threads", app.store.close()).await;
}

async fn within(bound: Duration, what: &str, ending: impl Future<Output = ()>) {
    if timeout(bound, ending).await.is_err() {
        tracing::warn!("{what} did not end in time, and are left");
    }
}

/// Ends the process, whatever still holds it up. What is counted and what is sealed lies in the database,
/// and another start goes on from there.
fn end_at_last(after: Duration) {
    let end = move || {
        thread::sleep(after);
        tracing::error!("the process is ended while something still holds it up");
        flush_log();
        process::exit(0);
    };
    if let Err(error) = thread::Builder::new().name("end".to_owned()).spawn(end) {
        tracing::warn!("nobody watches over the end: {error}");
    }
}

/// What this instance does beside answering.
struct Duties {
    carrier: JoinHandle<()>,
    lookout: JoinHandle<()>,
    sealer: (oneshot::Sender<()>, JoinHandle<()>),
    reloader: (oneshot::Sender<()>, JoinHandle<()>),
}

impl Duties {
    fn begin(app: &App) -> Self {
        actix_web::rt::spawn(upkeep::keep(app.clone()));
        actix_web::rt::spawn(throttled::keep(app.clone()));
        let (stop_sealing, sealing) = oneshot::channel();
        let (stop_looking, looking) = oneshot::channel();
        Self {
            sealer: (
                stop_sealing,
                actix_web::rt::spawn(seal_audit::run(app.clone(), sealing)),
            ),
            reloader: (
                stop_looking,
                actix_web::rt::spawn(reload::run(app.clone(), looking)),
            ),
            carrier: tokio::spawn(Carrier::new(app).run()),
            lookout: tokio::spawn(Lookout::new(app).run()),
        }
    }

    /// Ends them, so that another instance need not wait for their leases.
    async fn hand_over(self, app: &App) {
        self.carrier.abort();
        self.lookout.abort();
        if let Err(error) = Carrier::let_go(app).await {
            tracing::warn!("another instance has to wait for the webhooks: {error}");
        }
        if let Err(error) = Lookout::let_go(app).await {
            tracing::warn!("another instance has to wait for the signals: {error}");
        }
        // The sealer is the last to go, so that what was answered is sealed.
        let ((stop_sealing, sealer), (stop_looking, reloader)) = (self.sealer, self.reloader);
        drop((stop_sealing, stop_looking));
        let _panicked_and_said_so = (sealer.await, reloader.await);
    }
}
