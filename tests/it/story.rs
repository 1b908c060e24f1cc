//! The main job of the service, from the first admin to what the auditor reads.

use serde_json::{Value, json};

use crate::support::{
    PHRASE, World,
    cast::somebody,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_branch_registers_a_phrase_and_the_call_centre_reads_the_loans_to_whoever_says_it with BUSY,
}

async fn a_branch_registers_a_phrase_and_the_call_centre_reads_the_loans_to_whoever_says_it(
    world: &World,
) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let loans = world.loan_system().await;

    // The branch enters the client, drafts, prints, and completes what was signed.
    let entered = branch
        .post("/v1/clients", somebody("K-000123"))
        .await
        .expect(201);
    let client = entered.text("id");
    assert_eq!(
        entered.header("location"),
        Some(format!("/v1/clients/{client}").as_str())
    );
    let drafted = branch.ask_to_draft(&client).await.expect(201);
    assert_eq!(drafted["kind"], "set");
    assert_eq!(drafted["state"], "draft");
    let application = drafted.text("id");
    let form = format!("/v1/applications/{application}/form?lang=kk");
    let form = branch.get(&form).await.expect(200);
    assert!(
        form.header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    let completed = branch
        .complete(&application, "2026-01-31", PHRASE)
        .await
        .expect(200);
    assert_eq!(completed["state"], "completed");

    // The loan system pushes the loan.
    let loan = json!({
        "client_number": "K-000123", "product": "Алтын", "due_on": "2026-01-20",
        "balance": {"amount": "125000.00", "currency": "KZT"}, "grace_days": 20,
        "status": "open", "as_of": "2026-01-31T05:00:00Z",
    });
    loans
        .put("/v1/loan-system/loans/%D0%97%D0%91-000451", loan)
        .await
        .expect(201);

    // Somebody calls: a masked card, then wrong words, then the right ones, in another case and
    // another layout of the keyboard.
    let found = specialist
        .post("/v1/clients/search", json!({"phone": "8 701 234 56 67"}))
        .await
        .expect(200);
    assert_eq!(found.items().len(), 1);
    assert_eq!(found.items()[0]["family_name"], "Қ***");
    assert_eq!(found.items()[0]["phone"], "+7********67");
    let wrong = specialist
        .verify(&client, "лиловый якорь варит суп")
        .await
        .expect(201);
    assert_eq!(wrong["outcome"], "rejected");
    assert_eq!(wrong["attempts_left"], 2);
    for absent in ["loans", "source", "expires_at"] {
        assert!(wrong.body.get(absent).is_none(), "{absent}: {}", wrong.text);
    }
    let right = specialist
        .verify(&client, "ЛИЛОВЫЙ  Якорь, варит туман")
        .await
        .expect(201);
    assert_eq!(right["outcome"], "verified");
    assert_eq!(right["expires_at"], "2026-01-31T06:15:00Z");
    assert_eq!(right["loans"], expected_loans());

    // The loans again, the card in full, and the end of the call.
    let path = format!("/v1/verifications/{}", right.text("id"));
    assert_eq!(right.header("location"), Some(path.as_str()));
    let again = specialist.get(&format!("{path}/loans")).await.expect(200);
    assert_eq!(again["loans"], expected_loans());
    assert_eq!(
        again["source"],
        json!({"available": true, "as_of": "2026-01-31T05:00:00Z", "stale": false})
    );
    let card = specialist
        .get(&format!("/v1/clients/{client}"))
        .await
        .expect(200);
    assert_eq!(card["family_name"], "Қасымова");
    specialist.delete(&path).await.expect(204);
    specialist
        .get(&format!("{path}/loans"))
        .await
        .refused(410, "verification_over");

    the_audit_tells_all_of_it(world, &client).await;
}

fn expected_loans() -> Value {
    json!([{
        "ticket_number": "ЗБ-000451", "product": "Алтын", "due_on": "2026-01-20",
        "balance": {"amount": "125000.00", "currency": "KZT"},
        "grace_period": {"days": 20, "ends_on": "2026-02-09"},
        "standing": "in_grace", "days_until_due": -11, "days_left_in_grace": 9,
        "as_of": "2026-01-31T05:00:00Z",
    }])
}

async fn the_audit_tells_all_of_it(world: &World, client: &str) {
    let auditor = world.staff("auditor").await;
    let path = format!("/v1/audit/events?limit=200&client_id={client}");
    let events = auditor.get(&path).await.expect(200);
    let reply: Vec<_> = events
        .items()
        .iter()
        .rev()
        .map(|event| {
            (
                event["action"].as_str().unwrap(),
                event["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        reply,
        [
            ("client.created", "created"),
            ("application.drafted", "drafted"),
            ("application.printed", "read"),
            ("application.completed", "completed"),
            ("passphrase.set", "active"),
            ("sync.loan", "created"),
            ("client.searched", "found"),
            ("verification.recorded", "rejected"),
            ("verification.recorded", "verified"),
            ("inquiry.made", "read"),
            ("inquiry.made", "read"),
            ("client.viewed", "found"),
            ("verification.closed", "closed"),
            ("inquiry.made", "refused"),
        ]
    );
}
