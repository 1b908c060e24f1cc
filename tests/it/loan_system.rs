//! What the loan system pushes, one record at a time: `as_of` decides.

use serde_json::{Value, json};

use crate::support::{
    PHRASE, World,
    cast::somebody,
    world::{BUSY, on_each_database},
};

on_each_database! {
    as_of_decides_over_a_loan with BUSY,
    as_of_decides_over_a_client with BUSY,
    a_client_made_at_a_branch_yields_to_any_push with BUSY,
    what_a_branch_amended_yields_to_the_next_push_and_not_to_an_older_one with BUSY,
    amendments_and_pushes_at_once_lose_nothing with BUSY,
    each_error_of_a_loan_is_named_by_its_field with BUSY,
    each_error_of_a_client_is_named_by_its_field with BUSY,
    a_number_with_a_slash_is_percent_encoded_in_the_path with BUSY,
    a_loan_may_pass_to_another_client with BUSY,
    money_is_exact_to_the_currencys_smallest_unit with BUSY,
    the_same_new_record_pushed_ten_times_at_once_is_made_once with BUSY,
    of_records_pushed_at_once_the_newest_stays with BUSY,
}

fn loan(as_of: &str) -> Value {
    json!({
        "client_number": "K-1", "product": "Алтын", "due_on": "2026-02-20",
        "balance": {"amount": "125000.00", "currency": "KZT"}, "grace_days": 20,
        "status": "open", "as_of": as_of,
    })
}

fn client(as_of: &str) -> Value {
    let mut body = somebody("K-1");
    body.as_object_mut()
        .expect("an object")
        .remove("client_number");
    body["as_of"] = json!(as_of);
    body
}

const LOAN: &str = "/v1/loan-system/loans/T-1";
const CLIENT: &str = "/v1/loan-system/clients/K-1";

async fn as_of_decides_over_a_loan(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let holder = branch.enter_client("K-1").await;
    let noon = loan("2026-01-30T12:00:00Z");
    let first = feed.put(LOAN, noon.clone()).await.expect(201);
    assert_eq!(first.body, json!({"applied": true, "client_id": holder}));
    let push = async |body: Value, expected: Value| {
        assert_eq!(feed.put(LOAN, body).await.expect(200).body, expected);
    };
    let unchanged = json!({"applied": false, "reason": "unchanged", "client_id": holder});
    let stale = json!({"applied": false, "reason": "stale", "client_id": holder});
    let applied = json!({"applied": true, "client_id": holder});
    push(noon.clone(), unchanged.clone()).await;
    // The same moment in another zone, and a balance written otherwise, are the same content.
    let mut elsewhere = loan("2026-01-30T17:00:00+05:00");
    elsewhere["balance"]["amount"] = json!("125000");
    push(elsewhere, unchanged).await;
    push(loan("2026-01-30T11:59:59.999999Z"), stale.clone()).await;
    let mut other = noon.clone();
    other["product"] = json!("Күміс");
    push(other, applied.clone()).await;
    let mut closed = loan("2026-01-30T12:00:00.000001Z");
    closed["status"] = json!("closed");
    push(closed, applied).await;
    push(noon, stale).await;
}

async fn as_of_decides_over_a_client(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let noon = client("2026-01-30T12:00:00Z");
    assert_eq!(
        feed.put(CLIENT, noon.clone()).await.expect(201)["applied"],
        true
    );
    assert_eq!(
        feed.put(CLIENT, noon.clone()).await.expect(200)["reason"],
        "unchanged"
    );
    assert_eq!(
        feed.put(CLIENT, client("2026-01-30T11:00:00Z"))
            .await
            .expect(200)["reason"],
        "stale"
    );
    let mut other = noon;
    other["family_name"] = json!("Әлиева");
    other
        .as_object_mut()
        .expect("an object")
        .remove("patronymic");
    assert_eq!(feed.put(CLIENT, other).await.expect(200)["applied"], true);
    let found = branch
        .post("/v1/clients/search", json!({"client_number": "K-1"}))
        .await;
    let found = found.expect(200);
    assert_eq!(found.items()[0]["family_name"], "Әлиева");
    assert_eq!(found.items()[0]["patronymic"], Value::Null);
}

async fn a_client_made_at_a_branch_yields_to_any_push(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let id = branch.enter_client("K-1").await;
    let mut old = client("2001-01-01T00:00:00Z");
    old["given_name"] = json!("Айша");
    assert_eq!(
        feed.put(CLIENT, old).await.expect(200).body,
        json!({"applied": true, "client_id": id})
    );
    let card = branch.get(&format!("/v1/clients/{id}")).await.expect(200);
    assert_eq!(card["given_name"], "Айша");
}

async fn what_a_branch_amended_yields_to_the_next_push_and_not_to_an_older_one(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    feed.put(CLIENT, client("2026-01-30T12:00:00Z"))
        .await
        .expect(201);
    let found = branch
        .post("/v1/clients/search", json!({"client_number": "K-1"}))
        .await
        .expect(200);
    let path = format!(
        "/v1/clients/{}",
        found.items()[0]["id"].as_str().expect("an id")
    );
    let amended = json!({"phone": "+77051112233"});
    branch.patch(&path, amended).await.expect(200);
    let stale = feed.put(CLIENT, client("2026-01-30T11:00:00Z")).await;
    assert_eq!(stale.expect(200)["reason"], "stale");
    assert_eq!(branch.get(&path).await["phone"], "+77051112233");
    let next = feed.put(CLIENT, client("2026-01-30T13:00:00Z")).await;
    assert_eq!(next.expect(200)["applied"], true);
    assert_eq!(branch.get(&path).await["phone"], "+77012345667");
}

async fn amendments_and_pushes_at_once_lose_nothing(world: &World) {
    let branch = world.staff("branch").await;
    for round in 0..5 {
        let id = branch.enter_client(&format!("K-{round}")).await;
        let path = format!("/v1/clients/{id}");
        let amendments = [
            json!({"family_name": "Ә"}),
            json!({"given_name": "Қ"}),
            json!({"patronymic": null}),
            json!({"phone": "+77051112233"}),
        ];
        let amendments = amendments.map(|body| branch.patch(&path, body).into_future());
        for answer in futures_util::future::join_all(amendments).await {
            answer.expect(200);
        }
        let card = branch.get(&path).await.expect(200);
        let seen = ["family_name", "given_name", "patronymic", "phone"].map(|name| &card[name]);
        let expected = [json!("Ә"), json!("Қ"), Value::Null, json!("+77051112233")];
        assert_eq!(seen, expected.each_ref());
    }
}

async fn each_error_of_a_loan_is_named_by_its_field(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    branch.enter_client("K-1").await;
    let errors = [
        ("/client_number", json!(""), "not_an_identifier"),
        ("/product", json!("  "), "blank"),
        ("/product", json!("x".repeat(201)), "too_long"),
        ("/due_on", json!("20.02.2026"), "not_a_date"),
        ("/due_on", json!("2026-02-29"), "not_a_date"),
        ("/due_on", json!("0001-01-01"), "out_of_range"),
        ("/due_on", json!("1989-12-31"), "out_of_range"),
        ("/due_on", json!("2200-01-01"), "out_of_range"),
        ("/due_on", json!("9999-12-31"), "out_of_range"),
        ("/balance", json!(null), "missing"),
        ("/balance/amount", json!("-1"), "negative"),
        ("/balance/amount", json!("1.001"), "not_an_amount"),
        ("/balance/amount", json!("1e3"), "not_an_amount"),
        ("/balance/amount", json!("1,5"), "not_an_amount"),
        ("/balance/amount", json!(""), "not_an_amount"),
        ("/balance/amount", json!("9".repeat(16)), "not_an_amount"),
        ("/balance/currency", json!("kzt"), "not_a_currency"),
        ("/balance/currency", json!("TENGE"), "not_a_currency"),
        ("/grace_days", json!(-1), "out_of_range"),
        ("/grace_days", json!(3_651), "out_of_range"),
        ("/status", json!("sold"), "not_one_of"),
        ("/as_of", json!("2026-01-31"), "not_a_time"),
        ("/as_of", json!("2026-01-31T00:00:00"), "not_a_time"),
    ];
    for (pointer, value, code) in errors {
        let mut body = loan("2026-01-30T12:00:00Z");
        *body.pointer_mut(pointer).expect("a field") = value;
        feed.put(LOAN, body).await.refused_field(422, pointer, code);
    }
    for (pointer, value) in [
        ("/balance/amount", json!(125_000)),
        ("/grace_days", json!("20")),
        ("/grace_days", json!(1.5)),
        ("/status", json!(true)),
    ] {
        let mut body = loan("2026-01-30T12:00:00Z");
        *body.pointer_mut(pointer).expect("a field") = value;
        feed.put(LOAN, body)
            .await
            .refused_field(400, pointer, "wrong_type");
    }
    let missing = feed
        .put(LOAN, json!({}))
        .await
        .refused(422, "invalid_input");
    assert_eq!(
        missing.errors().len(),
        7,
        "grace_days is null or a number, never left out: {}",
        missing.text
    );
    let mut unknown = loan("2026-01-30T12:00:00Z");
    unknown["client_number"] = json!("K-2");
    feed.put(LOAN, unknown).await.refused(422, "unknown_client");
    let bad = feed
        .put("/v1/loan-system/loans/a%20b", loan("2026-01-30T12:00:00Z"))
        .await;
    bad.refused_field(422, "ticket_number", "not_an_identifier");
    feed.put(LOAN, loan("2026-01-30T12:00:00Z"))
        .await
        .expect(201);
}

async fn each_error_of_a_client_is_named_by_its_field(world: &World) {
    let feed = world.loan_system().await;
    for (field, value, code) in [
        ("family_name", json!("1"), "not_a_name"),
        ("family_name", json!(null), "missing"),
        ("given_name", json!(""), "not_a_name"),
        ("phone", json!("abc"), "not_a_phone"),
        ("as_of", json!("yesterday"), "not_a_time"),
        ("as_of", json!(null), "missing"),
    ] {
        let mut body = client("2026-01-30T12:00:00Z");
        body[field] = value;
        feed.put(CLIENT, body)
            .await
            .refused_field(422, &format!("/{field}"), code);
    }
    let mut with_number = client("2026-01-30T12:00:00Z");
    with_number["client_number"] = json!("K-1");
    feed.put(CLIENT, with_number)
        .await
        .refused(400, "unknown_field");
}

async fn a_number_with_a_slash_is_percent_encoded_in_the_path(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let path = "/v1/loan-system/clients/%D0%97%D0%91%2F2026%2F7";
    feed.put(path, client("2026-01-30T12:00:00Z"))
        .await
        .expect(201);
    let mut body = loan("2026-01-30T12:00:00Z");
    body["client_number"] = json!("ЗБ/2026/7");
    feed.put("/v1/loan-system/loans/T%2F1", body)
        .await
        .expect(201);
    let found = branch
        .post("/v1/clients/search", json!({"ticket_number": "T/1"}))
        .await
        .expect(200);
    assert_eq!(found.items()[0]["client_number"], "ЗБ/2026/7");
    // A percent sign that is one, and dots that go nowhere.
    feed.put(
        "/v1/loan-system/clients/a%252Fb",
        client("2026-01-30T12:00:00Z"),
    )
    .await
    .refused_field(422, "client_number", "not_an_identifier");
}

async fn a_loan_may_pass_to_another_client(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let specialist = world.staff("call_center").await;
    let first = branch.client_with_phrase(world, "K-1").await;
    let second = branch.client_with_phrase(world, "K-2").await;
    feed.put(LOAN, loan("2026-01-30T12:00:00Z"))
        .await
        .expect(201);
    let mut passed = loan("2026-01-30T12:00:00Z");
    passed["client_number"] = json!("K-2");
    assert_eq!(feed.put(LOAN, passed).await.expect(200)["applied"], true);
    let shown = async |client: &str| {
        let opened = specialist.verify(client, PHRASE).await.expect(201);
        opened["loans"].as_array().expect("loans").len()
    };
    assert_eq!((shown(&first).await, shown(&second).await), (0, 1));
}

async fn money_is_exact_to_the_currencys_smallest_unit(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    let specialist = world.staff("call_center").await;
    let holder = branch.client_with_phrase(world, "K-1").await;
    let amounts = [
        ("KZT", "0", "0.00"),
        ("KZT", "0.1", "0.10"),
        ("KZT", "999999999999999.99", "999999999999999.99"),
        ("KZT", "0.10000", "0.10"),
        ("JPY", "125000", "125000"),
        ("KWD", "1.005", "1.005"),
    ];
    for (number, (currency, amount, _)) in amounts.iter().enumerate() {
        let mut body = loan("2026-01-30T12:00:00Z");
        body["balance"] = json!({"amount": amount, "currency": currency});
        feed.put(&format!("/v1/loan-system/loans/T-{number}"), body)
            .await
            .expect(201);
    }
    let opened = specialist.verify(&holder, PHRASE).await.expect(201);
    for (loan, (currency, _, shown)) in opened["loans"]
        .as_array()
        .expect("loans")
        .iter()
        .zip(amounts)
    {
        assert_eq!(
            loan["balance"],
            json!({"amount": shown, "currency": currency})
        );
    }
}

async fn the_same_new_record_pushed_ten_times_at_once_is_made_once(world: &World) {
    let feed = world.loan_system().await;
    for (path, body) in [
        (CLIENT, client("2026-01-30T12:00:00Z")),
        (LOAN, loan("2026-01-30T12:00:00Z")),
    ] {
        let pushes = (0..10).map(|_| feed.put(path, body.clone()).into_future());
        let answers = futures_util::future::join_all(pushes).await;
        let count = |status| {
            answers
                .iter()
                .filter(|answer| answer.status == status)
                .count()
        };
        let reply: Vec<_> = answers.iter().map(|answer| &answer.text).collect();
        assert_eq!((count(201), count(200)), (1, 9), "{path}: {reply:?}");
    }
}

async fn of_records_pushed_at_once_the_newest_stays(world: &World) {
    let (branch, feed) = (world.staff("branch").await, world.loan_system().await);
    for round in 0..5 {
        let client_path = format!("/v1/loan-system/clients/R-{round}");
        let loan_path = format!("/v1/loan-system/loans/R-{round}");
        feed.put(&client_path, client("2026-01-31T00:00:00Z"))
            .await
            .expect(201);
        let mut first = loan("2026-01-31T00:00:00Z");
        first["client_number"] = json!(format!("R-{round}"));
        feed.put(&loan_path, first.clone()).await.expect(201);
        let pushes = (1..=20).flat_map(|number| {
            let as_of = format!("2026-01-31T00:00:{number:02}Z");
            let mut person = client(&as_of);
            person["phone"] = json!(format!("+770123456{number:02}"));
            let mut newer = first.clone();
            newer["as_of"] = json!(as_of);
            newer["grace_days"] = json!(number);
            [
                feed.put(&client_path, person).into_future(),
                feed.put(&loan_path, newer).into_future(),
            ]
        });
        for answer in futures_util::future::join_all(pushes).await {
            answer.expect(200);
        }
        let number = json!({"client_number": format!("R-{round}")});
        let found = branch.post("/v1/clients/search", number).await.expect(200);
        assert_eq!(found.items()[0]["phone"], "+77012345620");
        let query = format!("SELECT grace_days FROM loans WHERE ticket_number = 'R-{round}'");
        assert_eq!(world.database.number(&query), 20);
    }
}
