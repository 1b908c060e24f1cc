//! The console's files, as the service sends them. What they do is tested in a browser (`tests/console/`).

use crate::support::{World, world::on_sqlite};

on_sqlite! {
    the_pages_say_what_they_may_load_and_nobody_keeps_them,
    a_file_is_kept_for_good_and_another_versions_is_not_found,
    what_lies_beside_the_files_is_not_sent,
}

/// The folder of this version's files.
async fn folder(world: &World) -> String {
    let page = world.line().get("/console/").await.expect(200).text;
    let (_, rest) = page.split_once("/console/a/").expect("a folder");
    let (digest, _) = rest.split_once('/').expect("a file in it");
    format!("/console/a/{digest}")
}

async fn the_pages_say_what_they_may_load_and_nobody_keeps_them(world: &World) {
    for path in ["/console/", "/enter/"] {
        let page = world.line().get(path).await.expect(200);
        let header = |name| page.header(name).unwrap_or_default();
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'",
            "{path}"
        );
        let without_slash = path.trim_end_matches('/');
        let moved = world.line().get(without_slash).await.expect(200);
        assert_eq!(moved.text, page.text, "{path}");
    }
    let frame = world.line().get("/console/print.html").await.expect(200);
    assert_eq!(frame.header("x-frame-options"), Some("SAMEORIGIN"));
    let policy = frame.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("style-src 'sha256-") && policy.contains("frame-ancestors 'self'"));
    assert!(!policy.contains("script-src"), "{policy}");
}

async fn a_file_is_kept_for_good_and_another_versions_is_not_found(world: &World) {
    let folder = folder(world).await;
    let script = format!("{folder}/app/main.js");
    let plain = world.line().get(&script).await.expect(200);
    assert_eq!(
        plain.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(
        plain.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(plain.header("content-encoding"), None);
    let compressed = world.line().get(&script);
    let compressed = compressed
        .header("accept-encoding", "br, gzip")
        .await
        .expect(200);
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert_eq!(compressed.header("vary"), Some("accept-encoding"));
    for language in ["kk", "ru", "en"] {
        let words = format!("{folder}/words/{language}/console.ftl");
        let words = world.line().get(&words).await.expect(200);
        assert!(words.text.contains("console-"), "{language}");
    }
    let other = "/console/a/0000000000000000/app/main.js";
    let lost = world.line().get(other).await.expect(404);
    assert_eq!(lost.header("cache-control"), Some("no-store"));
}

async fn what_lies_beside_the_files_is_not_sent(world: &World) {
    let folder = folder(world).await;
    for path in [
        "mod.rs",
        "tests.rs",
        "../../index.html",
        "vendor/vendor.json",
        "%2e%2e/lib.rs",
        "",
    ] {
        let path = format!("{folder}/{path}");
        assert_eq!(world.line().get(&path).await.status, 404, "{path}");
    }
}
