//! Names and telephones as people really have and paste them, through every way in.

use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::somebody,
    world::{BUSY, on_each_database},
};

on_each_database! {
    a_person_with_one_name_alone_is_served_like_any_other with BUSY,
    the_loan_system_pushes_a_person_with_one_name_alone with BUSY,
    a_given_name_has_to_be_there_though_it_be_null with BUSY,
    a_given_name_is_taken_away_and_given_back with BUSY,
    names_are_kept_as_they_were_typed with BUSY,
    letters_that_show_nothing_are_no_name with BUSY,
    a_number_is_found_however_it_was_pasted with BUSY,
    a_number_of_another_country_is_read_by_its_own_plan with BUSY,
}

const AS_OF: &str = "2026-01-31T05:00:00Z";

/// Somebody who has one name alone.
fn of_one_name(number: &str) -> Value {
    let mut person = somebody(number);
    person["family_name"] = json!("Сукарно");
    person["given_name"] = Value::Null;
    person["patronymic"] = Value::Null;
    person
}

async fn card(by: &Person, client: &str) -> Answer {
    by.get(&format!("/v1/clients/{client}")).await.expect(200)
}

async fn a_person_with_one_name_alone_is_served_like_any_other(world: &World) {
    let (branch, specialist) = (
        world.staff("branch").await,
        world.staff("call_center").await,
    );
    let entered = branch
        .post("/v1/clients", of_one_name("K-1"))
        .await
        .expect(201);
    assert_eq!(
        (&entered["family_name"], &entered["given_name"]),
        (&json!("Сукарно"), &Value::Null)
    );
    let client = entered.text("id");
    assert_eq!(card(&branch, &client).await.body, entered.body);
    let masked = card(&specialist, &client).await;
    assert_eq!(
        (&masked["family_name"], &masked["given_name"]),
        (&json!("С***"), &Value::Null)
    );
    let draft = branch.draft(&client).await;
    for language in ["kk", "ru"] {
        let form = branch
            .get(&format!("/v1/applications/{draft}/form?lang={language}"))
            .await
            .expect(200);
        assert!(form.text.contains("<bdi>Сукарно</bdi>"), "{}", form.text);
        assert!(!form.text.contains("null"), "{}", form.text);
    }
    // What little is known of them is still known: their own name is no passphrase.
    let own = branch
        .complete(&draft, "2026-01-31", "сукарно сукарно")
        .await;
    assert_eq!(own.status, 422, "{}", own.text);
    branch
        .complete(&draft, "2026-01-31", PHRASE)
        .await
        .expect(200);
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    assert_eq!(card(&specialist, &client).await["given_name"], Value::Null);
}

async fn the_loan_system_pushes_a_person_with_one_name_alone(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let mut pushed = of_one_name("K-1");
    pushed
        .as_object_mut()
        .expect("an object")
        .remove("client_number");
    pushed["as_of"] = json!(AS_OF);
    let path = "/v1/loan-system/clients/K-1";
    feed.put(path, pushed.clone()).await.expect(201);
    assert_eq!(
        feed.put(path, pushed.clone()).await.expect(200)["reason"],
        "unchanged"
    );
    let line = |number: &str, given: Value| {
        json!({"type": "client", "client_number": number, "family_name": "Сукарно",
            "given_name": given, "phone": "+77012345667", "as_of": AS_OF})
    };
    let mut without = line("K-4", Value::Null);
    without
        .as_object_mut()
        .expect("an object")
        .remove("given_name");
    let lines = [
        line("K-2", Value::Null),
        line("K-3", json!("Әсел")),
        without,
        line("K-1", json!("Әсел")),
    ];
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let report = feed
        .ask("POST", "/v1/loan-system/batches")
        .body("application/x-ndjson", body)
        .await
        .expect(200);
    assert_eq!(
        (&report["applied"], &report["rejected_total"]),
        (&json!(3), &json!(1)),
        "{}",
        report.text
    );
    assert_eq!(
        (
            &report["rejected"][0]["line"],
            &report["rejected"][0]["code"]
        ),
        (&json!(3), &json!("missing"))
    );
    for (number, given) in [
        ("K-1", json!("Әсел")),
        ("K-2", Value::Null),
        ("K-3", json!("Әсел")),
    ] {
        let found = branch
            .post("/v1/clients/search", json!({"client_number": number}))
            .await
            .expect(200);
        assert_eq!(found.items()[0]["given_name"], given, "{number}");
    }
}

async fn a_given_name_has_to_be_there_though_it_be_null(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let mut entered = of_one_name("K-1");
    entered
        .as_object_mut()
        .expect("an object")
        .remove("given_name");
    branch
        .post("/v1/clients", entered.clone())
        .await
        .refused_field(422, "/given_name", "missing");
    entered
        .as_object_mut()
        .expect("an object")
        .remove("client_number");
    entered["as_of"] = json!(AS_OF);
    feed.put("/v1/loan-system/clients/K-1", entered.clone())
        .await
        .refused_field(422, "/given_name", "missing");
    entered["given_name"] = Value::Null;
    entered["family_name"] = Value::Null;
    feed.put("/v1/loan-system/clients/K-1", entered)
        .await
        .refused_field(422, "/family_name", "missing");
}

async fn a_given_name_is_taken_away_and_given_back(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}");
    for given in [Value::Null, json!("Әсел")] {
        let amended = branch
            .patch(&path, json!({"given_name": given}))
            .await
            .expect(200);
        assert_eq!(amended["given_name"], given);
        assert_eq!(amended["family_name"], "Қасымова");
        assert_eq!(card(&branch, &client).await.body, amended.body);
    }
    branch
        .patch(&path, json!({"family_name": null}))
        .await
        .refused_field(422, "/family_name", "missing");
}

async fn names_are_kept_as_they_were_typed(world: &World) {
    let branch = world.staff("branch").await;
    let names = [
        "阿卜杜拉·买买提",
        "Мамин–Сибиряк",
        "O´Brien",
        "O‘Brien",
        "می\u{200c}نا",
        "А. С.",
        "Дж.",
    ];
    for (number, name) in names.iter().enumerate() {
        let mut person = somebody(&format!("K-{number}"));
        person["given_name"] = json!(name);
        let entered = branch.post("/v1/clients", person).await.expect(201);
        assert_eq!(entered["given_name"], *name);
        let kept = card(&branch, &entered.text("id")).await;
        assert_eq!(kept["given_name"], *name);
    }
    for name in ["Әсел!", "А..", "·Әсел", "R2D2", "", " "] {
        let mut person = somebody("K-99");
        person["given_name"] = json!(name);
        branch
            .post("/v1/clients", person)
            .await
            .refused_field(422, "/given_name", "not_a_name");
    }
}

async fn letters_that_show_nothing_are_no_name(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    for blank in [
        "\u{3164}",
        "\u{115f}\u{1160}",
        "\u{ffa0}",
        "\u{17b4}",
        "\u{34f}",
    ] {
        let mut body = somebody("K-1");
        body["family_name"] = json!(blank);
        let reply = branch.post("/v1/clients", body).await;
        reply.refused_field(422, "/family_name", "not_a_name");
        let pushed = json!({"family_name": "Ким", "given_name": blank, "phone": "+77012345667",
            "as_of": AS_OF});
        let reply = feed.put("/v1/loan-system/clients/K-1", pushed).await;
        reply.refused_field(422, "/given_name", "not_a_name");
        // A number in which something is that nobody sees is another's to the eye.
        let reply = branch
            .post("/v1/clients", somebody(&format!("K-1{blank}")))
            .await;
        reply.refused_field(422, "/client_number", "not_an_identifier");
    }
    let mut body = somebody("K-1");
    body["family_name"] = json!("Ким\u{3164}");
    body["given_name"] = json!("\u{ffa0}Вера");
    let entered = branch.post("/v1/clients", body).await.expect(201);
    assert_eq!(entered["family_name"], "Ким");
    assert_eq!(entered["given_name"], "Вера");
}

async fn a_number_is_found_however_it_was_pasted(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    for pasted in [
        "\u{202a}+7 701 234-56-67\u{202c}",
        "\u{200e}8 (701) 234\u{2011}56\u{2011}67",
        "\u{feff}701\u{a0}234\u{a0}56\u{a0}67",
        "+7 701 234–56–67",
        "+7 701 234−56−67",
        "\u{2066}77012345667\u{2069}",
    ] {
        let found = branch
            .post("/v1/clients/search", json!({"phone": pasted}))
            .await
            .expect(200);
        assert_eq!(found.items()[0]["id"], client.as_str(), "{pasted:?}");
    }
}

async fn a_number_of_another_country_is_read_by_its_own_plan(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}");
    for phone in [
        "+998881234567",
        "+48881234567",
        "+37488123456",
        "+996880123456",
    ] {
        let amended = branch
            .patch(&path, json!({"phone": phone}))
            .await
            .expect(200);
        assert_eq!(amended["phone"], phone);
    }
    for none in ["+9988901234567", "+4402079460958", "+99 8 12"] {
        branch
            .patch(&path, json!({"phone": none}))
            .await
            .refused_field(422, "/phone", "not_a_phone");
    }
}
