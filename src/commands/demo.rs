//! `qupia serve --demo`: made-up data in a temporary folder, the accounts, and four commands that show the main
//! use case.

use std::{fmt::Write as _, fs::Permissions, os::unix::fs::PermissionsExt};

use qupia::{
    app::{
        App,
        clock::Clock,
        settings::{Flags, Settings},
    },
    domain::role::Role,
    flows::demo::{self, Demonstration},
    http::listeners::Listeners,
    secrets::rng::SystemRng,
};

use super::{
    failure::Failure,
    location::environment,
    output::say,
    serve::{Serving, run},
    start::start_log,
    stop::Stop,
};

/// Makes the data and serves it; the folder is removed at the end.
pub fn serve(flags: &Flags) -> Result<(), Failure> {
    let folder = tempfile::Builder::new()
        .prefix("qupia-demo-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|error| Failure::other(format!("no throw-away folder: {error}")))?;
    let environment = environment()?.into_iter();
    let settings = Settings::read_for_demonstration(flags, environment, folder.path())
        .map_err(Failure::settings)?;
    let lost_lines = start_log(&settings)?;
    let served = actix_web::rt::System::new().block_on(async move {
        // A signal while the data is being made removes the folder too.
        let mut stop = Stop::listen()?;
        let listeners = Listeners::bind(&settings)?;
        let (app, made) = tokio::select! {
            made = make(settings) => made?,
            _ = stop.signal() => return Ok(()),
        };
        let print = |base: &str| {
            // A reader that has gone is no reason to stop.
            let _reader_has_gone = say(introduction(&made, base));
        };
        let serving = Serving {
            listeners,
            stop,
            lost_lines,
        };
        run(&app, serving, print).await?;
        Ok(())
    });
    folder.close().map_err(|error| {
        Failure::other(format!(
            "the throw-away folder could not be removed: {error}"
        ))
    })?;
    served
}

async fn make(settings: Settings) -> Result<(App, Demonstration), Failure> {
    let app = App::build(settings, Clock::system(), SystemRng::os()).await?;
    let made = demo::lay_out(&app).await;
    match made {
        Ok(made) => Ok((app, made)),
        Err(refusal) => Err(Failure::other(format!(
            "the demonstration was not made: {refusal:?}"
        ))),
    }
}

/// The text that is printed at the start.
fn introduction(made: &Demonstration, base: &str) -> String {
    let mut text = format!(
        "\n\
         ======================================================================\n\
         THIS IS A DEMONSTRATION. Everybody in it is made up, everybody knows\n\
         these passwords, and all of it is gone when the program stops.\n\
         Enter nothing about real people.\n\
         ======================================================================\n\n\
         Open the console: {base}/console/\n\n\
         {:<12} {:<12} {:<7} password or client secret\n",
        "role", "login", "branch"
    );
    for who in &made.staff {
        let branch = who.branch.unwrap_or("-");
        let _infallible = writeln!(
            text,
            "{:<12} {:<12} {branch:<7} {}",
            who.role.name(),
            who.login,
            who.secret
        );
    }
    text += "\n";
    for client in &made.clients {
        let _infallible = writeln!(
            text,
            "{} {}, {}\n    passphrase: {}\n    loans: {}",
            client.number,
            client.name,
            client.phone,
            client.words,
            client.loans.join(", ")
        );
    }
    let _infallible = write!(
        text,
        "\nA draft waits to be printed and completed: sign in as daniyar and find {}.\n\
         The API's pages: {base}/docs/\n\n\
         The main job, from a call to the loans. Paste these into another shell:\n\n{}",
        made.draft_for,
        main_use_case(made, base)
    );
    text
}

/// Four commands for any POSIX shell: each prints its answer, and stores from it what the next one needs.
fn main_use_case(made: &Demonstration, base: &str) -> String {
    let specialist = made.staff.iter().find(|who| who.role == Role::CallCenter);
    let (login, password) = specialist.map_or(("", ""), |who| (who.login, who.secret.as_str()));
    let (phone, words) = made
        .clients
        .first()
        .map_or(("", ""), |client| (client.phone, client.words.as_str()));
    let json = "-H 'content-type: application/json'";
    let bearer = "-H \"authorization: Bearer $TOKEN\"";
    let store = |field: &str| {
        format!("| tee -a /dev/stderr | sed -n 's/.*\"{field}\":\"\\([^\"]*\\)\".*/\\1/p'")
    };
    format!(
        "TOKEN=$(curl -s {base}/v1/sessions {json} \
         -d '{{\"login\":\"{login}\",\"password\":\"{password}\"}}' {})\n\n\
         CLIENT=$(curl -s {base}/v1/clients/search {bearer} {json} \
         -d '{{\"phone\":\"{phone}\"}}' {})\n\n\
         CALL=$(curl -s {base}/v1/verifications {bearer} {json} \
         -d \"{{\\\"client_id\\\":\\\"$CLIENT\\\",\\\"passphrase\\\":\\\"{words}\\\",\\\"call_id\\\":\\\"call-1\\\"}}\" {})\n\n\
         curl -s {base}/v1/verifications/$CALL/loans {bearer}\n",
        store("access_token"),
        store("id"),
        store("id"),
    )
}
