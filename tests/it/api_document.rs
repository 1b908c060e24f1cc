//! The document of the API and its pages, as readers reach them.

use serde_json::json;

use crate::support::{World, world::on_sqlite};

on_sqlite! {
    behind_a_prefix_the_document_names_the_address_of_the_service with BEHIND_A_PREFIX,
    the_pages_find_the_document_behind_any_prefix,
}

const PUBLIC_URL: &str = "https://lender.example.kz/qupia";
const BEHIND_A_PREFIX: &[(&str, &str)] = &[("QUPIA_PUBLIC_URL", PUBLIC_URL)];

async fn behind_a_prefix_the_document_names_the_address_of_the_service(world: &World) {
    let document = world.line().get("/openapi.json").await.expect(200);
    assert_eq!(document["servers"], json!([{"url": PUBLIC_URL}]));
    let committed: serde_json::Value =
        serde_json::from_str(include_str!("../../docs/openapi.json")).expect("it is JSON");
    assert_eq!(document["paths"], committed["paths"]);
    assert_eq!(document["webhooks"], committed["webhooks"]);
}

/// A proxy takes the prefix away, and so nothing that is sent may begin at the root.
async fn the_pages_find_the_document_behind_any_prefix(world: &World) {
    let document = world.line().get("/openapi.json").await.expect(200);
    assert_eq!(document["servers"][0]["url"], ".");
    // The client follows the redirect; that it is relative, `tests/conventions` sees.
    let redirected = world.line().get("/docs").await.expect(200);
    assert!(redirected.text.contains("<title>Swagger UI</title>"));
    let script = world
        .line()
        .get("/docs/swagger-initializer.js")
        .await
        .expect(200);
    assert!(
        script.text.contains(r#""../openapi.json""#),
        "{}",
        script.text
    );
    let page = world.line().get("/docs/").await.expect(200);
    for absolute in [r#"href="/"#, r#"src="/"#] {
        assert!(!page.text.contains(absolute), "{}", page.text);
    }
}
