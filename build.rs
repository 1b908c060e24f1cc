//! Has the crate compiled anew when a file is added to what the binary embeds, and tells it its commit.

use std::{env, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=src/console");
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-env-changed=SOURCE_COMMIT");
    // `cargo run` gives it to the program as well, for which QUPIA_… would be a setting.
    println!("cargo:rustc-env=BUILD_COMMIT={}", commit());
}

/// The commit that an optimised build was made from. A development build has none: to know it, every commit
/// would have the whole crate compiled anew.
fn commit() -> String {
    if let Ok(given) = env::var("SOURCE_COMMIT") {
        return given;
    }
    if env::var("PROFILE").as_deref() != Ok("release") {
        return "development".to_owned();
    }
    println!("cargo:rerun-if-changed=.git/logs/HEAD");
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if changes.is_empty() => commit,
        _ => format!("{commit}-modified"),
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
