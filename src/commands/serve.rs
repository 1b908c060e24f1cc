//! `qupia serve`: builds the app, makes the first admin if there is no staff, and serves until it is stopped.

use std::{future::Future, process, thread, time::Duration};

use qupia::{
    COMMIT, RELEASE,
    app::{
        App, StartError, foundation, instance_lock::InstanceLock, log::LostLines, reload,
        settings::Settings,
    },
    flows::{
        deliver::DeliveryWorker, first_run, seal_audit, signals::AbuseDetector, throttled, upkeep,
    },
    http::{
        listeners::Listeners,
        server::{self, Bound},
    },
    store::DatabaseUrl,
};
use sd_notify::NotifyState;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

use super::{
    failure::Failure,
    output::say_for_certain,
    readiness,
    start::{flush_log, start_log},
    stop::Stop,
};

/// Maximum time from the end of draining to the end of the process.
const STOP_TIMEOUT: Duration = Duration::from_secs(29);
/// Part of it, after the last request, for attempts in progress and for releasing leases; hashes and
/// statements in progress have as long again.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum time for hashes and statements in progress after a second signal: if the process ended while they
/// run, they could crash.
const IMMEDIATE_TIMEOUT: Duration = Duration::from_secs(1);

/// What serving needs beside the app.
pub struct Serving {
    /// the bound sockets
    pub listeners: Listeners,
    /// the signals that stop it
    pub stop: Stop,
    /// counter for the metrics
    pub lost_lines: LostLines,
}

pub fn serve(settings: Settings) -> Result<(), Failure> {
    let lost_lines = start_log(&settings)?;
    tracing::info!(version = RELEASE, commit = COMMIT, "qupia starts");
    if matches!(settings.store.url, DatabaseUrl::Postgres(_)) {
        lower_priority();
    }
    let served = actix_web::rt::System::new().block_on(async move {
        let mut stop = Stop::listen()?;
        foundation::make_folder(&settings.data_dir)?;
        let _until_the_end = InstanceLock::take(&settings.store.url)?;
        let listeners = Listeners::bind(&settings)?;
        let app = tokio::select! {
            app = readiness::build(&settings, &listeners) => app?,
            _ = stop.signal() => return Ok(()),
        };
        let made = first_run::make_first_admin(&app).await;
        if let Some(password) =
            made.map_err(|refusal| StartError::FirstAdmin(format!("{refusal:?}")))?
        {
            show_first(&password);
        }
        let serving = Serving {
            listeners,
            stop,
            lost_lines,
        };
        run(&app, serving, |_| ()).await
    });
    Ok(served?)
}

/// Prints the first admin's password. A failure does not stop the service, since there is another way to get one.
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

/// Leaves a PostgreSQL on the same machine its share of the cores. Linux may schedule whole sessions against
/// each other, whatever the niceness of their threads ("autogroup" in sched(7)). The session of the hash
/// workers can then keep PostgreSQL off a core for a tenth of a second and more, although the workers have a
/// low priority. A session with a terminal is somebody's shell, and is left unchanged.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        const NICENESS: &str = "5";
        let has_terminal = std::fs::File::open("/dev/tty").is_ok();
        if !has_terminal {
            // Without autogroups there is nothing to do.
            let _unavailable = std::fs::write("/proc/self/autogroup", NICENESS);
        }
    }
}

/// Calls `bound` with the address, and serves until a signal. Then it drains: it reports that it is not
/// ready, serves for a while, and finishes the requests in progress. A second signal stops it at once.
pub async fn run(app: &App, serving: Serving, bound: impl FnOnce(&str)) -> Result<(), StartError> {
    let Serving {
        listeners,
        mut stop,
        lost_lines,
    } = serving;
    let Bound {
        address,
        scheme,
        server,
    } = server::serve(app, lost_lines, listeners)?;
    let handle = server.handle();
    let mut server = actix_web::rt::spawn(server);
    let jobs = BackgroundJobs::start(app);
    let base = format!("{scheme}://{address}");
    tracing::info!("listening on {base}");
    bound(&base);
    readiness::notify(NotifyState::Ready);
    if let Some(watchdog) = readiness::keep_watchdog_quiet() {
        actix_web::rt::spawn(watchdog);
    }
    let signal = tokio::select! {
        // Without a signal it ends only by a fault.
        served = &mut server => {
            let served = served.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
            release(app, jobs).await;
            end(app, RELEASE_TIMEOUT).await;
            return served.map_err(StartError::Listen);
        }
        signal = stop.signal() => signal,
    };
    let drain = app.settings.drain;
    tracing::info!("{signal}: draining for {} s", drain.as_secs());
    app.drain.begin();
    readiness::notify(NotifyState::Stopping);
    end_process(drain + STOP_TIMEOUT);
    let graceful = async {
        tokio::time::sleep(drain).await;
        tracing::info!("what is in flight is finished");
        handle.stop(true).await;
        release(app, jobs).await;
        end(app, RELEASE_TIMEOUT).await;
    };
    tokio::select! {
        () = graceful => {}
        signal = stop.signal() => {
            tracing::warn!("{signal} again: stopped at once");
            end_process(2 * IMMEDIATE_TIMEOUT);
            end(app, IMMEDIATE_TIMEOUT).await;
        }
    }
    Ok(())
}

/// Finishes attempts whose callers have gone, and releases the leases of the background jobs.
async fn release(app: &App, jobs: BackgroundJobs) {
    tokio::join!(
        within(
            RELEASE_TIMEOUT,
            "attempts in progress",
            app.detached.ended()
        ),
        within(RELEASE_TIMEOUT, "background jobs", jobs.release(app)),
    );
}

/// Ends the hash workers and the database's threads.
async fn end(app: &App, timeout: Duration) {
    within(timeout, "the hash workers", app.hasher.shutdown()).await;
    within(timeout, "the database's threads", app.store.close()).await;
}

async fn within(limit: Duration, what: &str, ending: impl Future<Output = ()>) {
    if timeout(limit, ending).await.is_err() {
        tracing::warn!("{what} did not end in time, and are left");
    }
}

/// Ends the process after a time, even if something still blocks. Nothing is lost: what was counted and sealed
/// is in the database.
fn end_process(after: Duration) {
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

/// The jobs of this instance besides answering requests.
struct BackgroundJobs {
    delivery: JoinHandle<()>,
    detector: JoinHandle<()>,
    sealer: (oneshot::Sender<()>, JoinHandle<()>),
    reloader: (oneshot::Sender<()>, JoinHandle<()>),
}

impl BackgroundJobs {
    fn start(app: &App) -> Self {
        actix_web::rt::spawn(upkeep::keep(app.clone()));
        actix_web::rt::spawn(throttled::keep(app.clone()));
        let (stop_sealing, sealing) = oneshot::channel();
        let (stop_reloading, reloading) = oneshot::channel();
        Self {
            sealer: (
                stop_sealing,
                actix_web::rt::spawn(seal_audit::run(app.clone(), sealing)),
            ),
            reloader: (
                stop_reloading,
                actix_web::rt::spawn(reload::run(app.clone(), reloading)),
            ),
            delivery: tokio::spawn(DeliveryWorker::new(app).run()),
            detector: tokio::spawn(AbuseDetector::new(app).run()),
        }
    }

    /// Ends the jobs and releases their leases, so that another instance can take them over at once.
    async fn release(self, app: &App) {
        self.delivery.abort();
        self.detector.abort();
        if let Err(error) = DeliveryWorker::let_go(app).await {
            tracing::warn!("another instance has to wait for the webhooks: {error}");
        }
        if let Err(error) = AbuseDetector::let_go(app).await {
            tracing::warn!("another instance has to wait for the signals: {error}");
        }
        // The sealer ends last, so that everything that was answered is sealed.
        let ((stop_sealing, sealer), (stop_reloading, reloader)) = (self.sealer, self.reloader);
        drop((stop_sealing, stop_reloading));
        let _panics_are_logged = (sealer.await, reloader.await);
    }
}
