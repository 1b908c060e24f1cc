//! The audit is sealed, and an auditor has it verified.

use qupia::flows::seal_audit::{Sealer, seal_once};
use serde_json::json;

use crate::support::{
    World,
    world::{BUSY, on_each_database, on_postgresql},
};

on_each_database! {
    an_auditor_verifies_the_audit_and_reads_its_seals with BUSY,
    an_event_that_was_altered_is_named_to_the_auditor with BUSY,
    nobody_but_an_auditor_verifies with BUSY,
}

on_postgresql! {
    an_event_that_is_committed_late_is_sealed_in_its_place with BUSY,
}

async fn an_auditor_verifies_the_audit_and_reads_its_seals(world: &World) {
    let auditor = world.staff("auditor").await;
    let mut sealer = Sealer::default();
    for _ in 0..2 {
        auditor.get("/v1/audit/events").await.expect(200);
        seal_once(&world.first.app, &mut sealer)
            .await
            .expect("the audit is sealed");
    }
    auditor.get("/v1/audit/events").await.expect(200);
    let report = auditor
        .post("/v1/audit/verification", json!({}))
        .await
        .expect(200);
    assert_eq!(report["ok"], true);
    assert_eq!(report["seals"], 2);
    assert_eq!(report["unsealed"], 1);
    assert!(report["first_bad"].is_null());
    let sealed = world.database.number("SELECT sum(events) FROM audit_seals");
    assert_eq!(report["events"], sealed);

    let page = auditor.get("/v1/audit/seals?limit=1").await.expect(200);
    assert_eq!(page.items()[0]["number"], 2);
    let cursor = page.text("next_cursor");
    let rest = auditor
        .get(&format!("/v1/audit/seals?limit=1&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(rest.items()[0]["number"], 1);
    assert_eq!(rest.items()[0]["previous"], "00".repeat(32));
    assert!(rest["next_cursor"].is_null());
    // Both looks, and the verification, left their traces.
    let traces = world
        .database
        .texts("SELECT action FROM audit_events WHERE action IN ('audit.read', 'audit.verified')");
    assert_eq!(traces.len(), 6);
}

async fn an_event_that_was_altered_is_named_to_the_auditor(world: &World) {
    let auditor = world.staff("auditor").await;
    seal_once(&world.first.app, &mut Sealer::default())
        .await
        .expect("the audit is sealed");
    let first = world.database.number("SELECT min(seq) FROM audit_events");
    world.database.execute(&format!(
        "UPDATE audit_events SET action = 'no.such.action' WHERE seq = {first}"
    ));
    let report = auditor
        .post("/v1/audit/verification", json!({}))
        .await
        .expect(200);
    assert_eq!(report["ok"], false);
    assert_eq!(report["first_bad"]["seq"], first);
    assert_eq!(report["first_bad"]["why"], "was altered");
    let seals = world.database.number("SELECT max(number) FROM audit_seals");
    world
        .database
        .execute(&format!("DELETE FROM audit_seals WHERE number = {seals}"));
    let report = auditor
        .post("/v1/audit/verification", json!({}))
        .await
        .expect(200);
    assert_eq!(report["first_bad"]["seal"], seals);
}

async fn nobody_but_an_auditor_verifies(world: &World) {
    for role in ["call_center", "branch", "supervisor", "admin"] {
        let somebody = world.staff(role).await;
        somebody
            .post("/v1/audit/verification", json!({}))
            .await
            .expect(403);
        somebody.get("/v1/audit/seals").await.expect(403);
    }
}

/// PostgreSQL gives out an event's place before its transaction commits.
async fn an_event_that_is_committed_late_is_sealed_in_its_place(world: &World) {
    use diesel::{Connection as _, connection::SimpleConnection};
    let auditor = world.staff("auditor").await;
    let mut sealer = Sealer::default();
    seal_once(&world.first.app, &mut sealer)
        .await
        .expect("the audit is sealed");
    let mut late = diesel::PgConnection::establish(&world.database.url()).expect("it opens");
    late.batch_execute(
        "BEGIN; INSERT INTO audit_events (at, action, request_id) VALUES (1, 'client.viewed', 'late')",
    )
    .expect("an event is inserted");
    auditor.get("/v1/audit/events").await.expect(200);
    // The later event is there, the earlier one not yet: nothing is sealed over its place.
    let tried = seal_once(&world.first.app, &mut sealer).await;
    assert!(tried.is_err());
    late.batch_execute("COMMIT").expect("it is committed");
    let sealed = seal_once(&world.first.app, &mut sealer)
        .await
        .expect("the audit is sealed");
    assert_eq!(sealed.iter().map(|seal| seal.events).sum::<i64>(), 2);
    let report = auditor
        .post("/v1/audit/verification", json!({}))
        .await
        .expect(200);
    assert_eq!(report["ok"], true);
}
