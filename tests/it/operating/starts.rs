//! How the program starts: with a database that is away, beside another, under an orchestrator.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use crate::support::{
    World,
    program::{Program, QUICK, printed, run},
    telephone::Line,
    world::on_postgresql,
};

on_postgresql! {
    a_start_waits_for_the_database_and_says_meanwhile_that_it_is_not_ready,
}

fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    free.local_addr().expect("it is bound").to_string()
}

async fn a_start_waits_for_the_database_and_says_meanwhile_that_it_is_not_ready(world: &World) {
    world.database.take_away();
    world.database.throw_out();
    let (url, listen) = (world.database.url(), free_address());
    let more = [
        ("QUPIA_DATABASE_URL", url.as_str()),
        ("QUPIA_LISTEN", &listen),
        ("QUPIA_DATABASE__START_WAIT_SECONDS", "300"),
    ];
    let environment = [QUICK, &more].concat();
    let mut program = Program::begin_where_told(world.folder(), &environment);
    program.wait_for("waiting for the database");
    let line = Line::to(&listen);
    crate::faults::until(&line, "/healthz", 200).await;
    line.get("/readyz").await.refused(503, "unavailable");
    line.get("/v1/staff/me").await.refused(503, "unavailable");
    world.database.give_back();
    crate::faults::until(&line, "/readyz", 200).await;
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_second_service_over_one_file_is_told_which_process_is_the_first() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut first = Program::serve(folder.path(), QUICK);
    let data = folder.path().display().to_string();
    let second = ["serve", "--data-dir", &data, "--listen", "127.0.0.1:0"];
    let refused = run(&second, QUICK);
    let reply = printed(&refused);
    assert_eq!(refused.status.code(), Some(1), "{reply}");
    assert!(
        reply.contains(&format!("by process {}", first.id())),
        "{reply}"
    );
    // Commands run beside the service.
    let listed = run(&["staff", "list", "--data-dir", &data], QUICK);
    assert!(printed(&listed).contains("admin"), "{}", printed(&listed));
    assert_eq!(first.stop(), Some(0));
    Program::serve(folder.path(), QUICK);
}

#[test]
fn probes_and_metrics_have_an_address_of_their_own_where_one_is_set() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let metrics = free_address();
    let environment = [QUICK, &[("QUPIA_METRICS__LISTEN", metrics.as_str())]].concat();
    let program = Program::serve(folder.path(), &environment);
    actix_web::rt::System::new().block_on(async {
        let own = Line::to(&metrics);
        for path in ["/healthz", "/readyz", "/metrics"] {
            own.get(path).await.expect(200);
        }
        own.get("/v1/staff/me").await.refused(404, "not_found");
        let api = Line::to(program.address);
        api.get("/readyz").await.expect(200);
        api.get("/metrics").await.refused(404, "not_found");
    });
}

#[test]
fn what_kubernetes_puts_into_the_environment_is_passed_over_and_a_typo_is_told() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().display().to_string();
    let check = ["config", "check", "--data-dir", &data];
    let environment = [
        ("QUPIA_SERVICE_HOST", "10.96.0.7"),
        ("QUPIA_SERVICE_PORT", "8080"),
        ("QUPIA_PORT", "tcp://10.96.0.7:8080"),
        ("QUPIA_PORT_8080_TCP_ADDR", "10.96.0.7"),
        ("QUIPA_LISTEN", "0.0.0.0:1"),
    ];
    let checked = run(&check, &environment);
    let reply = printed(&checked);
    assert_eq!(checked.status.code(), Some(0), "{reply}");
    assert!(reply.contains("QUIPA_LISTEN is not read"), "{reply}");
    let refused = run(&check, &[("QUPIA_PORT", "8080")]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(printed(&refused).contains("QUPIA_PORT"));
}

fn mount(file: &Path, folder_mode: u32) {
    fs::set_permissions(file, Permissions::from_mode(0o444)).expect("it is ours");
    let folder = file.parent().expect("it is in a folder");
    fs::set_permissions(folder, Permissions::from_mode(folder_mode)).expect("it is ours");
}

#[test]
fn a_keyring_is_taken_from_a_mounted_secret_and_from_a_credential() {
    let (folder, secrets) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keyring = secrets.path().join("keyring");
    let path = keyring.display().to_string();
    let made = run(&["keys", "init"], &[("QUPIA_KEYRING", path.as_str())]);
    assert_eq!(made.status.code(), Some(0), "{}", printed(&made));
    mount(&keyring, 0o700);
    let environment = [QUICK, &[("QUPIA_KEYRING", path.as_str())]].concat();
    Program::serve(folder.path(), &environment);

    let credentials = secrets.path().display().to_string();
    let credential = [
        ("QUPIA_KEYRING", "credential:keyring"),
        ("CREDENTIALS_DIRECTORY", &credentials),
    ];
    Program::serve(folder.path(), &[QUICK, &credential].concat());

    let check = ["config", "check"];
    let none = run(&check, &[("QUPIA_KEYRING", "credential:keyring")]);
    assert_eq!(none.status.code(), Some(2));
    assert!(
        printed(&none).contains("CREDENTIALS_DIRECTORY"),
        "{}",
        printed(&none)
    );

    // Where others can enter the folder, they can read the key.
    mount(&keyring, 0o755);
    let exposed = run(&check, &[("QUPIA_KEYRING", path.as_str())]);
    assert_eq!(exposed.status.code(), Some(2), "{}", printed(&exposed));
    assert!(printed(&exposed).contains("0444"), "{}", printed(&exposed));
}

#[test]
fn the_first_line_of_the_log_tells_the_build_and_lines_of_json_are_flat() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let environment = [QUICK, &[("QUPIA_LOG__FORMAT", "json")]].concat();
    let mut program = Program::begin(folder.path(), &environment);
    program.wait_for("listening on");
    assert_eq!(program.stop(), Some(0));
    let log = program.log();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    assert_eq!(lines[0]["version"], env!("CARGO_PKG_VERSION"));
    assert!(lines[0]["commit"].is_string());
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field} in {line}");
        }
        assert!(
            line.get("fields").is_none() && line.get("span").is_none(),
            "{line}"
        );
    }
}

#[test]
fn the_program_starts_in_the_environment_that_cargo_gives_it() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut check = Command::new(env!("CARGO_BIN_EXE_qupia"));
    check
        .args(["config", "check", "--data-dir"])
        .arg(folder.path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUPIA_TEST_") {
            check.env_remove(name);
        }
    }
    let checked = check.output().expect("the program was built");
    assert_eq!(checked.status.code(), Some(0), "{}", printed(&checked));
}
