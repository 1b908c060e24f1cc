//! Holds the code to the one sentence of law: `main → http → flows → app → {store, loans} → secrets →
//! domain`. An arrow may skip rooms; it never turns back, and `store` and `loans` never meet.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms, with their height; an arrow goes downward. `lib.rs` only declares them.
const ROOMS: &[(&str, u8)] = &[
    ("domain", 0),
    ("locales", 1),
    ("secrets", 1),
    ("store", 2),
    ("loans", 2),
    ("app", 3),
    ("flows", 4),
    ("http", 5),
    ("console", 5),
    ("main", 6),
];

/// Crates that are known in some rooms alone.
const CRATES: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("pq_sys", &["store"]),
    ("actix_web", &["http", "console", "main"]),
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
    ("prometheus", &["http"]),
    ("reqwest", &["app", "loans"]),
];

/// What the pure room never says: no waiting, no world outside, no clock, no chance.
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

/// Names of files that say nothing of what is in them.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "misc", "manager",
];

struct File {
    path: PathBuf,
    room: String,
    /// module path below the crate
    module: Vec<String>,
    tokens: Vec<String>,
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of src is read") {
            let path = entry.expect("an entry is read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(File::read(&root, path));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

impl File {
    fn read(root: &Path, path: PathBuf) -> Self {
        let inner = path.strip_prefix(root).expect("a path below src");
        let mut module: Vec<String> = inner
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        if module
            .last()
            .is_some_and(|name| name == "mod" || name == "lib")
        {
            module.pop();
        }
        let room = match module.first().map(String::as_str) {
            Some("main" | "commands") => "main".to_owned(),
            Some(room) => room.to_owned(),
            None => "lib".to_owned(),
        };
        let text = fs::read_to_string(&path).expect("a source is text");
        Self {
            tokens: tokens(&text),
            path,
            room,
            module,
        }
    }

    fn told(&self) -> String {
        self.path.display().to_string()
    }
}

/// The words and signs of a source, without its comments and texts.
fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\n');
    let (mut found, mut index) = (Vec::new(), 0);
    while index < chars.len() {
        match (at(index), at(index + 1)) {
            ('/', '/') => {
                while index < chars.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            ('/', '*') => {
                index += 2;
                while index < chars.len() && (at(index), at(index + 1)) != ('*', '/') {
                    index += 1;
                }
                index += 2;
            }
            ('r', '"' | '#') if raw_text(&chars, index).is_some() => {
                index = raw_text(&chars, index).unwrap_or(chars.len());
            }
            ('"', _) => {
                index += 1;
                while index < chars.len() && at(index) != '"' {
                    index += if at(index) == '\\' { 2 } else { 1 };
                }
                index += 1;
            }
            ('\'', '\\') => {
                index += 3;
                while index < chars.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            ('\'', _) if at(index + 2) == '\'' => index += 3,
            (':', ':') => {
                found.push("::".to_owned());
                index += 2;
            }
            (first, _) if first.is_alphabetic() || first == '_' => {
                let start = index;
                while at(index).is_alphanumeric() || at(index) == '_' {
                    index += 1;
                }
                found.push(chars[start..index].iter().collect());
            }
            (sign, _) => {
                if !sign.is_whitespace() {
                    found.push(sign.to_string());
                }
                index += 1;
            }
        }
    }
    found
}

/// Where a raw text that begins here ends.
fn raw_text(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..]
        .iter()
        .take_while(|sign| **sign == '#')
        .count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: usize| {
        chars[at] == '"'
            && chars[at + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
    };
    let end = (open + 1..chars.len()).find(|at| closes(*at))?;
    Some(end + 1 + hashes)
}

/// Every path from the crate's root that a file names: `use` with its groups, inline paths, and those
/// that climb there by `super`.
fn paths_from_root(module: &[String], tokens: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut here = module.to_vec();
    // For each open brace, whether it is a module's.
    let mut braces = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let follows_path = index > 0 && tokens[index - 1] == "::";
        match tokens[index].as_str() {
            "{" => {
                let is_module = index >= 2 && tokens[index - 2] == "mod";
                if is_module {
                    here.push(tokens[index - 1].clone());
                }
                braces.push(is_module);
            }
            "}" if braces.pop() == Some(true) => {
                here.pop();
            }
            "crate" if !follows_path => spread(tokens, index + 1, &[], &mut paths),
            "super" if !follows_path => {
                let mut base = here.clone();
                let mut next = index;
                while tokens.get(next).is_some_and(|token| token == "super") {
                    base.pop();
                    next += 1;
                    if tokens.get(next + 1).is_some_and(|token| token == "super") {
                        next += 1;
                    }
                }
                spread(tokens, next, &base, &mut paths);
            }
            _ => {}
        }
        index += 1;
    }
    paths
}

/// Follows `::a::{b, c::d}` from `at`, and gives every path in it, to two rooms' depth.
fn spread(tokens: &[String], at: usize, base: &[String], paths: &mut Vec<Vec<String>>) {
    let (mut at, mut path) = (at, base.to_vec());
    while tokens.get(at).is_some_and(|token| token == "::") {
        let Some(token) = tokens.get(at + 1) else {
            break;
        };
        if token == "{" {
            let mut depth = 1;
            let mut member = at + 2;
            let mut begins = true;
            while depth > 0 && member < tokens.len() {
                match tokens[member].as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => {
                        begins = true;
                        member += 1;
                        continue;
                    }
                    name if begins => {
                        let mut inner = path.clone();
                        inner.push(name.to_owned());
                        spread(tokens, member + 1, &inner, paths);
                    }
                    _ => {}
                }
                begins = false;
                member += 1;
            }
            return;
        }
        path.push(token.clone());
        at += 2;
    }
    paths.push(path);
}

fn height(room: &str) -> Option<u8> {
    ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, height)| *height)
}

/// What is against the law in a file, in words.
fn offences(file: &File) -> Vec<String> {
    let Some(own) = height(&file.room) else {
        return if file.room == "lib" {
            Vec::new()
        } else {
            vec![format!(
                "{}: {} is no room of this house",
                file.told(),
                file.room
            )]
        };
    };
    let mut offences = Vec::new();
    for path in paths_from_root(&file.module, &file.tokens) {
        let Some((room, other)) = path
            .first()
            .and_then(|room| Some((room, height(room)?)))
            .filter(|(room, _)| **room != file.room)
        else {
            continue;
        };
        if other >= own && file.room != "main" {
            let arrow = path.join("::");
            offences.push(format!(
                "{}: {} → {room} turns back: {arrow}",
                file.told(),
                file.room
            ));
        }
        if path.get(1).is_some_and(|inner| inner == "schema") {
            offences.push(format!("{}: tables are the store's own", file.told()));
        }
    }
    // A test may measure what it tests, and tamper with what it is to find tampered with.
    let is_test = file
        .module
        .last()
        .is_some_and(|name| name.ends_with("tests"));
    for (index, token) in file.tokens.iter().enumerate() {
        let is_path = file.tokens.get(index + 1).is_some_and(|next| next == "::");
        let is_inner = index > 0 && matches!(file.tokens[index - 1].as_str(), "::" | ".");
        let known = CRATES.iter().find(|(name, _)| name == token);
        if let Some((name, rooms)) = known
            && is_path
            && !is_test
            && !is_inner
            && !rooms.contains(&file.room.as_str())
        {
            offences.push(format!(
                "{}: {} does not know {name}",
                file.told(),
                file.room
            ));
        }
        if file.room == "domain" && !is_test && NEVER_IN_DOMAIN.contains(&token.as_str()) {
            offences.push(format!("{}: the pure room says {token}", file.told()));
        }
    }
    offences
}

#[test]
fn no_arrow_turns_back_and_no_room_knows_what_is_not_its_business() {
    let offences: Vec<_> = files().iter().flat_map(offences).collect();
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn no_file_is_named_for_nothing() {
    for file in files() {
        for name in &file.module {
            assert!(!EMPTY_NAMES.contains(&name.as_str()), "{}", file.told());
        }
    }
}

/// A file as if it stood in this module.
fn written(module: &[&str], source: &str) -> File {
    File {
        path: PathBuf::from(module.join("/")),
        room: module[0].to_owned(),
        module: module.iter().map(|name| (*name).to_owned()).collect(),
        tokens: tokens(source),
    }
}

#[test]
fn the_law_is_seen_however_a_path_is_written() {
    let turned_back = [
        "use crate::flows::verify;",
        "use crate::{domain::role::Role, flows};",
        "use crate::{domain::{role::Role, flaw::Flaw}, http::routes};",
        "fn f() { crate::app::App::build(); }",
        "use super::super::flows::verify;",
        "mod tests { use super::super::super::app::App; }",
        "fn f() { crate::loans::read() }",
        "fn f() { actix_web::rt::System::new(); }",
        "use argon2::Argon2;",
    ];
    for source in turned_back {
        assert_eq!(
            offences(&written(&["store", "clients"], source)).len(),
            1,
            "{source}"
        );
    }
    let lawful = [
        "use crate::{domain::role::Role, secrets::field::FieldCipher}; use diesel::prelude::*;",
        "// crate::http\n/* crate::flows */ const A: &str = \"crate::app\"; const B: &str = r#\"crate::app\"#;",
        "use super::{Tx, connection::AnyConnection}; fn f<'a>(c: char) { if c == '\"' {} }",
        "mod tests { use super::*; use super::super::Tx; }",
    ];
    for source in lawful {
        let offences = offences(&written(&["store", "clients"], source));
        assert!(offences.is_empty(), "{source}: {offences:?}");
    }
    assert_eq!(
        offences(&written(&["domain", "money"], "async fn f() {}")).len(),
        1
    );
    assert_eq!(
        offences(&written(&["flows", "verify"], "use crate::store::schema;")).len(),
        1
    );
    assert_eq!(offences(&written(&["attic"], "")).len(), 1);
}
