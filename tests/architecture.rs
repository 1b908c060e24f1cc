//! Enforces `docs/architecture.md`: `main → http → flows → app → {store, loans} → secrets → domain`. An
//! import may skip rooms and never goes upward; `store` and `loans` never import each other. Within a room
//! files do not import each other in a circle, and no file is longer than 400 lines.

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use self::source::{FILES, File};

/// The rooms with their heights: imports go downward. `lib.rs` only declares them.
const ROOMS: &[(&str, u8)] = &[
    ("domain", 0),
    ("json", 1),
    ("trace", 1),
    ("locales", 1),
    ("console", 2),
    ("secrets", 1),
    ("store", 2),
    ("loans", 2),
    ("app", 3),
    ("flows", 4),
    ("http", 5),
    ("main", 6),
];

/// Maximum length of a file, lines.
const MAX_LINES: usize = 400;

/// Crates that only these rooms use.
const CRATES: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("pq_sys", &["store"]),
    ("actix_web", &["http", "main"]),
    ("utoipa", &["http"]),
    ("utoipa_swagger_ui", &["http"]),
    ("age", &["secrets"]),
    ("argon2", &["secrets"]),
    ("chacha20poly1305", &["secrets"]),
    ("ed25519_dalek", &["secrets"]),
    ("jsonwebtoken", &["secrets"]),
    ("hmac", &["secrets"]),
    ("subtle", &["secrets"]),
    ("rand", &["secrets"]),
    ("clap", &["main"]),
    ("fluent_bundle", &["locales"]),
    ("prometheus_client", &["app", "http"]),
    ("rust_embed", &["console"]),
    ("reqwest", &["app", "loans", "main", "trace"]),
];

/// Names that `domain` never uses: it is pure, without async, I/O, clock or random numbers.
const NEVER_IN_DOMAIN: &[&str] = &[
    "async",
    "await",
    "tokio",
    "fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "process",
    "thread",
    "env",
    "Instant",
    "SystemTime",
    "tracing",
    "println",
    "eprintln",
    "futures_util",
    "uuid",
];

/// File names that do not say what is in the file.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "misc", "manager",
];

fn height(room: &str) -> Option<u8> {
    let room = ROOMS.iter().find(|(name, _)| *name == room);
    room.map(|(_, height)| *height)
}

/// What a file does against the rules.
fn offences(file: &File) -> Vec<String> {
    let (path, room) = (&file.path, &file.room);
    let Some(own) = height(room) else {
        let is_root = room == "lib";
        return (!is_root)
            .then(|| format!("{path}: {room} is not a room"))
            .into_iter()
            .collect();
    };
    let mut offences = BTreeSet::new();
    for import in &file.imports {
        let other = import.first().filter(|other| *other != room);
        let other = other.and_then(|other| Some((other, height(other)?)));
        if let Some((other, height)) = other
            && height >= own
            && room != "main"
        {
            offences.insert(format!(
                "{path}: {room} imports {other}: {}",
                import.join("::")
            ));
        }
        if room != "store" && import.get(1).is_some_and(|inner| inner == "schema") {
            offences.insert(format!("{path}: only store knows the tables"));
        }
    }
    for written in file.written.iter().filter(|_| !file.is_test()) {
        let known = CRATES.iter().find(|(name, _)| *name == written[0]);
        if let Some((name, rooms)) = known
            && !rooms.contains(&room.as_str())
        {
            offences.insert(format!("{path}: {room} uses {name}"));
        }
        let impure = written
            .iter()
            .find(|name| NEVER_IN_DOMAIN.contains(&name.as_str()));
        if let Some(name) = impure.filter(|_| room == "domain") {
            offences.insert(format!("{path}: domain uses {name}"));
        }
    }
    offences.into_iter().collect()
}

/// Which files each file imports: of a path, the file of the longest part that is a module.
fn imports(files: &[File]) -> BTreeMap<&str, BTreeSet<&str>> {
    let by_module: BTreeMap<_, _> = files
        .iter()
        .filter(|file| !file.is_test() && !["lib", "main"].contains(&file.module.concat().as_str()))
        .map(|file| (&file.module[..], file.path.as_str()))
        .collect();
    let file_of = |path: &Vec<String>| {
        let mut parts = (1..=path.len()).rev().map(|end| &path[..end]);
        parts.find_map(|part| by_module.get(part).copied())
    };
    let edges = files.iter().filter(|file| !file.is_test()).map(|file| {
        let imported = file.imports_outside_tests.iter().filter_map(file_of);
        let imported = imported.filter(|other| *other != file.path).collect();
        (file.path.as_str(), imported)
    });
    edges.collect()
}

/// Groups of files of which each imports, directly or through others of them, each other.
fn circles<'f>(imports: &BTreeMap<&'f str, BTreeSet<&'f str>>) -> BTreeSet<BTreeSet<&'f str>> {
    let reached = |from: &'f str| {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            let imported = imports.get(file).into_iter().flatten();
            next.extend(imported.filter(|other| reached.insert(**other)));
        }
        reached
    };
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (*file, reached(file))).collect();
    let circle = |file: &&'f str| {
        let others = reached[file].iter();
        others
            .filter(|other| reached[**other].contains(file))
            .copied()
            .collect()
    };
    let circles = imports.keys().map(circle);
    circles
        .filter(|circle: &BTreeSet<_>| !circle.is_empty())
        .collect()
}

#[test]
fn no_import_goes_upward_and_no_room_uses_what_is_not_its_business() {
    let offences: Vec<_> = FILES.iter().flat_map(offences).collect();
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles(&imports(&FILES));
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn no_file_is_too_long_or_named_for_nothing() {
    for file in FILES.iter() {
        for name in &file.module {
            assert!(!EMPTY_NAMES.contains(&name.as_str()), "{}", file.path);
        }
        let fits = file.lines <= MAX_LINES || file.is_test();
        assert!(fits, "{}: {} lines", file.path, file.lines);
    }
}

/// A file as if it were this module.
fn written(module: &[&str], source: &str) -> File {
    let parts = module.iter().map(|name| (*name).to_owned());
    File::parse(module.join("/"), parts.collect(), source)
}

#[test]
fn the_rules_apply_however_a_path_is_written() {
    for source in [
        "use crate::flows::verify;",
        "use crate::{domain::role::Role, flows};",
        "use crate::{domain::{role::Role, validation::ValidationError}, http::routes};",
        "fn f() { crate::app::App::build(); }",
        "use super::super::flows::verify;",
        "mod tests { use super::super::super::app::App; }",
        "fn f() { crate::loans::read() }",
        "fn f() { actix_web::rt::System::new(); }",
        "use argon2::Argon2;",
        "fn f() { vec![1, crate::app::SIZE] }",
        "#[derive(utoipa::ToSchema)] struct A;",
    ] {
        let offences = offences(&written(&["store", "clients"], source));
        assert_eq!(offences.len(), 1, "{source}: {offences:?}");
    }
    for source in [
        "use crate::{domain::role::Role, secrets::field::FieldCipher}; use diesel::prelude::*;",
        "// crate::http\n/* crate::flows */ const A: &str = \"crate::app\"; const B: &str = r#\"crate::app\"#;",
        "use super::{Tx, connection::AnyConnection}; fn f<'a>(c: char) { if c == '\"' {} }",
        "mod tests { use super::*; use super::super::Tx; }",
    ] {
        let offences = offences(&written(&["store", "clients"], source));
        assert!(offences.is_empty(), "{source}: {offences:?}");
    }
    for (module, source) in [
        (&["domain", "money"][..], "async fn f() {}"),
        (&["domain", "money"], "fn f() { std::fs::read(\"x\"); }"),
        (&["flows", "verify"], "use crate::store::schema;"),
        (&["attic"], ""),
    ] {
        assert_eq!(offences(&written(module, source)).len(), 1, "{source}");
    }
}

#[test]
fn a_circle_is_found_through_other_files_and_not_among_tests() {
    let a = "mod b; mod c; use self::b::B; mod tests { use super::c; }";
    let files = [
        written(&["flows", "a"], a),
        written(&["flows", "a", "b"], "fn f() { super::super::d::g() }"),
        written(&["flows", "a", "c"], "use crate::flows::a;"),
        written(&["flows", "d"], "use super::a::A;"),
    ];
    let expected = BTreeSet::from(["flows/a", "flows/a/b", "flows/d"]);
    assert_eq!(circles(&imports(&files)), BTreeSet::from([expected]));
}
