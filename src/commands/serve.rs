//! `qupia serve`: builds the app, makes the first admin where there is no staff, and serves until it
//! is asked to stop.

use qupia::{
    app::{App, StartError, clock::Clock, reload, settings::Settings},
    flows::{deliver::Carrier, first_run, seal_audit, signals::Lookout, throttled, upkeep},
    http::server,
    secrets::chance::Chance,
    store::DatabaseUrl,
};
use secrecy::ExposeSecret;

use super::{Failure, start_log};

/// Serves.
pub fn serve(settings: Settings) -> Result<(), Failure> {
    start_log(&settings)?;
    if matches!(settings.store.url, DatabaseUrl::Postgres(_)) {
        step_behind_other_sessions();
    }
    let served = actix_web::rt::System::new().block_on(async move {
        let app = App::build(settings, Clock::system(), Chance::os()).await?;
        let made = first_run::make_first_admin(&app).await;
        if let Some(password) =
            made.map_err(|refusal| StartError::FirstAdmin(format!("{refusal:?}")))?
        {
            println!(
                "The first admin signs in as {} with this",
                first_run::FIRST_LOGIN
            );
            println!("one-time password: {}", password.expose_secret());
        }
        run(&app, |_| ()).await
    });
    Ok(served?)
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

/// Binds, tells the address, and serves until it is asked to stop; what is in flight is finished.
pub async fn run(app: &App, tell: impl FnOnce(&str)) -> Result<(), StartError> {
    let served = serve_until_asked(app, tell).await;
    app.store.close().await;
    served
}

async fn serve_until_asked(app: &App, tell: impl FnOnce(&str)) -> Result<(), StartError> {
    let bound = server::bind(app)?;
    let serving = actix_web::rt::spawn(bound.server);
    // Its first step takes the signals over: whoever reads the line below may ask for a stop at once.
    tokio::task::yield_now().await;
    actix_web::rt::spawn(upkeep::keep(app.clone()));
    actix_web::rt::spawn(throttled::keep(app.clone()));
    let base = format!("{}://{}", bound.scheme, bound.address);
    tracing::info!("listening on {base}");
    tell(&base);
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let sealer = actix_web::rt::spawn(seal_audit::run(app.clone(), stopped));
    let (stop_looking, looking) = tokio::sync::oneshot::channel();
    let reloader = actix_web::rt::spawn(reload::run(app.clone(), looking));
    let carrier = tokio::spawn(Carrier::new(app).run());
    let lookout = tokio::spawn(Lookout::new(app).run());
    let served = serving.await;
    let served = served.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
    carrier.abort();
    lookout.abort();
    if let Err(error) = Carrier::let_go(app).await {
        tracing::warn!("another instance has to wait for the webhooks: {error}");
    }
    if let Err(error) = Lookout::let_go(app).await {
        tracing::warn!("another instance has to wait for the signals: {error}");
    }
    // The sealer is the last to go, so that what was answered is sealed.
    drop((stop, stop_looking));
    let _panicked_and_said_so = (sealer.await, reloader.await);
    app.hasher.shutdown().await;
    served.map_err(StartError::Listen)
}
