//! The loan system is asked when loans are read out, and is well, slow, away or wrong.

use std::time::Instant;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    stand_in::{Says, fineract, nobody, qupia, stand_in},
    support::{
        PHRASE, World,
        cast::Person,
        telephone::Answer,
        world::{on_each_database, on_sqlite},
    },
};

on_each_database! {
    what_the_source_states_is_read_out_and_kept with qupia(),
    what_the_source_does_not_list_any_more_is_closed with qupia(),
    a_copy_of_yesterday_is_told_as_what_it_is with qupia(),
    fineract_s_own_shapes_are_understood with fineract(),
}

on_sqlite! {
    a_source_that_fails_leaves_what_was_known_and_says_so with qupia(),
    a_source_that_fails_from_the_beginning_shows_no_loans with qupia(),
    a_source_that_does_not_know_the_client_closes_nothing with qupia(),
    two_who_ask_about_one_client_ask_once with qupia(),
    only_what_may_be_better_the_next_time_is_asked_again with qupia(),
    fineract_that_fails_is_not_guessed_at with fineract(),
    where_nobody_answers_the_verification_stands with nobody(),
    an_answer_about_one_client_that_is_no_use_keeps_nobody_from_asking_about_another with qupia(),
    a_number_goes_into_the_address_as_one_part_of_it with qupia(),
}

const TODAY: &str = "2026-01-31T06:00:00Z";

fn loan(ticket: &str, amount: &str) -> Value {
    json!({
        "ticket_number": ticket, "product": "Алтын", "due_on": "2026-02-10",
        "balance": {"amount": amount, "currency": "KZT"}, "grace_days": 20,
    })
}

/// A client of this story and database alone, and a specialist.
async fn caller(world: &World, story: &str) -> (String, String, Person) {
    let number = format!("{story}-{:?}-{}", world.kind, std::process::id());
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, &number).await;
    (number, client, world.staff("call_center").await)
}

fn path(number: &str) -> String {
    format!("clients/{number}/loans")
}

fn tickets(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let loans = answer["loans"].as_array().into_iter().flatten();
    loans
        .map(|loan| {
            (
                text(&loan["ticket_number"]),
                text(&loan["balance"]["amount"]),
            )
        })
        .collect()
}

fn shown(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(ticket, amount)| ((*ticket).to_owned(), (*amount).to_owned()))
        .collect()
}

async fn what_the_source_states_is_read_out_and_kept(world: &World) {
    let (number, client, specialist) = caller(world, "states").await;
    let ticket = format!("T1-{number}");
    stand_in().states(
        &path(&number),
        json!({"loans": [loan(&ticket, "125000.00")]}),
    );
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[(&ticket, "125000.00")]));
    let fresh = json!({"available": true, "as_of": TODAY, "stale": false});
    assert_eq!(reply["source"], fresh);

    // Reading again at once does not ask again; a minute later it does.
    let loans = format!("/v1/verifications/{}/loans", reply.text("id"));
    specialist.get(&loans).await.expect(200);
    assert_eq!(stand_in().asked(&path(&number)), 1);
    world.wait(TimeDelta::minutes(1));
    stand_in().states(&path(&number), json!({"loans": [loan(&ticket, "5.00")]}));
    let again = specialist.get(&loans).await.expect(200);
    assert_eq!(tickets(&again), shown(&[(&ticket, "5.00")]));
    assert_eq!(stand_in().asked(&path(&number)), 2);

    // It is away now: what it last stated is told, of its own time.
    world.wait(TimeDelta::minutes(1));
    stand_in().says(&path(&number), Says::Json(500, String::new()));
    let away = specialist.get(&loans).await.expect(200);
    assert_eq!(tickets(&away), shown(&[(&ticket, "5.00")]));
    let known = json!({"available": false, "as_of": "2026-01-31T06:01:00Z", "stale": true});
    assert_eq!(away["source"], known);
}

async fn what_the_source_does_not_list_any_more_is_closed(world: &World) {
    let (number, client, specialist) = caller(world, "closed").await;
    let (first, second) = (format!("T1-{number}"), format!("T2-{number}"));
    let both = json!({"loans": [loan(&first, "1.00"), loan(&second, "2.00")]});
    stand_in().states(&path(&number), both);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply).len(), 2);
    world.wait(TimeDelta::minutes(1));
    // One was pushed with a later time than the source's copy has: it stays.
    let pushed = json!({
        "client_number": number, "product": "Алтын", "due_on": "2026-02-10", "grace_days": null,
        "balance": {"amount": "3.00", "currency": "KZT"}, "status": "open",
        "as_of": "2026-01-31T06:00:50Z",
    });
    let third = format!("T3-{number}");
    let put = format!("/v1/loan-system/loans/{third}");
    world
        .loan_system()
        .await
        .put(&put, pushed)
        .await
        .expect(201);
    let copy = json!({"as_of": "2026-01-31T06:00:30Z", "loans": [loan(&second, "2.00")]});
    stand_in().states(&path(&number), copy);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(
        tickets(&reply),
        shown(&[(&second, "2.00"), (&third, "3.00")])
    );
    world.wait(TimeDelta::minutes(1));
    stand_in().states(&path(&number), json!({"loans": []}));
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[]));
    let none = json!({"available": true, "as_of": null, "stale": false});
    assert_eq!(reply["source"], none);
}

async fn a_copy_of_yesterday_is_told_as_what_it_is(world: &World) {
    let (number, client, specialist) = caller(world, "copy").await;
    let (first, second) = (format!("T1-{number}"), format!("T2-{number}"));
    let pushed = json!({
        "client_number": number, "product": "Алтын", "due_on": "2026-02-10", "grace_days": 20,
        "balance": {"amount": "9.00", "currency": "KZT"}, "status": "open",
        "as_of": "2026-01-30T06:00:01Z",
    });
    let feed = world.loan_system().await;
    let put = format!("/v1/loan-system/loans/{first}");
    feed.put(&put, pushed).await.expect(201);
    let both = [loan(&first, "1.00"), loan(&second, "2.00")];
    let copy = json!({"as_of": "2026-01-30T06:00:00Z", "loans": both});
    stand_in().states(&path(&number), copy);
    world.wait(TimeDelta::minutes(1));
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    // It was pushed a second after the copy was made: that is what is known last.
    assert_eq!(
        tickets(&reply),
        shown(&[(&first, "9.00"), (&second, "2.00")])
    );
    assert_eq!(reply["loans"][0]["as_of"], "2026-01-30T06:00:01Z");
    let old = json!({"available": true, "as_of": "2026-01-30T06:00:00Z", "stale": true});
    assert_eq!(reply["source"], old);
}

fn faults(elsewhere: &str) -> Vec<Says> {
    vec![
        Says::Json(401, "{}".to_owned()),
        Says::Json(404, "<html>no such page</html>".to_owned()),
        Says::Json(200, "<html>welcome</html>".to_owned()),
        Says::Json(200, r#"{"loans": [{"ticket_number": "T"}]}"#.to_owned()),
        Says::Redirect(elsewhere.to_owned()),
        Says::Half,
        Says::TooMuch,
        Says::Endless,
        Says::Packed,
        Says::Head,
        Says::Nothing,
    ]
}

async fn a_source_that_fails_leaves_what_was_known_and_says_so(world: &World) {
    for (number, fault) in faults("clients/elsewhere/loans").into_iter().enumerate() {
        let instance = world.another_instance().await;
        let (number, client, specialist) = caller(world, &format!("fails{number}")).await;
        let specialist = specialist.at(&instance);
        let ticket = format!("T1-{number}");
        stand_in().states("clients/elsewhere/loans", json!({"loans": []}));
        stand_in().states(&path(&number), json!({"loans": [loan(&ticket, "7.00")]}));
        specialist.verify(&client, PHRASE).await.expect(201);
        let before = world.time_in(TimeDelta::zero());
        world.wait(TimeDelta::minutes(1));
        stand_in().says(&path(&number), fault);
        let began = Instant::now();
        let reply = specialist.verify(&client, PHRASE).await.expect(201);
        assert!(began.elapsed().as_secs() < 10, "it was waited for");
        assert_eq!(reply["outcome"], "verified");
        assert_eq!(reply["attempts_left"], 3);
        assert_eq!(tickets(&reply), shown(&[(&ticket, "7.00")]));
        let known = json!({"available": false, "as_of": before, "stale": true});
        assert_eq!(reply["source"], known);
    }
}

async fn a_source_that_fails_from_the_beginning_shows_no_loans(world: &World) {
    let (number, client, specialist) = caller(world, "never").await;
    stand_in().says(&path(&number), Says::Json(503, String::new()));
    for _ in 0..8 {
        let reply = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(reply["outcome"], "verified");
        assert_eq!(reply["loans"], json!([]));
        assert_eq!(reply["source"]["available"], false);
    }
    // Three tries each, and after five failures in a row it is left alone.
    assert_eq!(stand_in().asked(&path(&number)), 15);
}

async fn a_source_that_does_not_know_the_client_closes_nothing(world: &World) {
    let (number, client, specialist) = caller(world, "unknown").await;
    let unknown = Says::Json(404, json!({"code": "unknown_client"}).to_string());
    stand_in().says(&path(&number), unknown.clone());
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(reply["source"]["available"], true);
    assert_eq!(reply["loans"], json!([]));
    world.wait(TimeDelta::minutes(1));
    let ticket = format!("T1-{number}");
    stand_in().states(&path(&number), json!({"loans": [loan(&ticket, "7.00")]}));
    specialist.verify(&client, PHRASE).await.expect(201);
    world.wait(TimeDelta::minutes(1));
    stand_in().says(&path(&number), unknown);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[(&ticket, "7.00")]));
    assert_eq!(reply["source"]["stale"], true);
}

async fn only_what_may_be_better_the_next_time_is_asked_again(world: &World) {
    let refusal = |status| Says::Json(status, String::new());
    for (which, (fault, times)) in [
        (refusal(401), 1),
        (refusal(429), 1),
        (refusal(503), 3),
        (Says::Half, 3),
        (Says::Json(200, "<html>".to_owned()), 1),
    ]
    .into_iter()
    .enumerate()
    {
        let (number, client, specialist) = caller(world, &format!("again{which}")).await;
        stand_in().says(&path(&number), fault);
        let reply = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(reply["source"]["available"], false);
        assert_eq!(stand_in().asked(&path(&number)), times, "{which}");
    }
    let (number, client, specialist) = caller(world, "better").await;
    let ticket = format!("T1-{number}");
    let well = json!({"loans": [loan(&ticket, "6.00")]}).to_string();
    let then = Says::Once(Box::new(Says::Half), Box::new(Says::Json(200, well)));
    let turns = Says::Once(Box::new(refusal(502)), Box::new(then));
    stand_in().says(&path(&number), turns);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[(&ticket, "6.00")]));
    assert_eq!(reply["source"]["available"], true);
}

async fn where_nobody_answers_the_verification_stands(world: &World) {
    let (_, client, specialist) = caller(world, "nobody").await;
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(
        (&reply["outcome"], &reply["attempts_left"], &reply["loans"]),
        (&json!("verified"), &json!(3), &json!([]))
    );
    let none = json!({"available": false, "as_of": null, "stale": true});
    assert_eq!(reply["source"], none);
}

async fn an_answer_about_one_client_that_is_no_use_keeps_nobody_from_asking_about_another(
    world: &World,
) {
    let (number, odd, specialist) = caller(world, "odd").await;
    let ticket = format!("T1-{number}");
    // One ticket twice, with two balances: which of them is right nobody knows.
    let twice = json!({"loans": [loan(&ticket, "1.00"), loan(&ticket, "2.00")]});
    stand_in().states(&path(&number), twice);
    let (other, client, _) = caller(world, "even").await;
    let ticket = format!("T1-{other}");
    stand_in().states(&path(&other), json!({"loans": [loan(&ticket, "3.00")]}));
    for _ in 0..7 {
        let reply = specialist.verify(&odd, PHRASE).await.expect(201);
        assert_eq!(reply["loans"], json!([]));
        assert_eq!(reply["source"]["available"], false);
    }
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[(&ticket, "3.00")]));
}

async fn a_number_goes_into_the_address_as_one_part_of_it(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let number = format!("ЗБ/{}", std::process::id());
    let ticket = format!("T1/{}", std::process::id());
    let encoded = format!("clients/%D0%97%D0%91%2F{}/loans", std::process::id());
    stand_in().states(&encoded, json!({"loans": [loan(&ticket, "4.00")]}));
    let client = branch.client_with_phrase(world, &number).await;
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(tickets(&reply), shown(&[(&ticket, "4.00")]));
    // What would lead out of the path is not asked at all.
    stand_in().states("loans", json!({"loans": [loan("T-else", "5.00")]}));
    stand_in().states("clients/loans", json!({"loans": [loan("T-else", "5.00")]}));
    let client = branch.client_with_phrase(world, "..").await;
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(reply["loans"], json!([]));
    assert_eq!(reply["source"]["available"], false);
}

async fn two_who_ask_about_one_client_ask_once(world: &World) {
    let (number, client, specialist) = caller(world, "twice").await;
    stand_in().says(&path(&number), Says::Nothing);
    let (first, second) = futures_util::future::join(
        specialist.verify(&client, PHRASE),
        specialist.verify(&client, PHRASE),
    )
    .await;
    assert_eq!(first["outcome"], "verified");
    assert_eq!(second["outcome"], "verified");
    assert_eq!(stand_in().asked(&path(&number)), 1);
}

/// Fineract's answers about one client, in the shapes of its documentation; gives the ids.
fn fineract_states(number: &str, id: u64, periods: &Value) {
    let says = |path: &str, body: Value| stand_in().states(path, body);
    let mut client: Value = serde_json::from_str(include_str!("../fineract/client.json")).unwrap();
    client["id"] = json!(id);
    says(&format!("v1/clients/external-id/{number}"), client);
    let documented = include_str!("../fineract/client-accounts.json");
    let mut accounts: Value = serde_json::from_str(documented).unwrap();
    let mut closed = accounts["loanAccounts"][0].clone();
    closed["id"] = json!(id + 1);
    closed["status"]["id"] = json!(600);
    accounts["loanAccounts"][0]["id"] = json!(id);
    accounts["loanAccounts"][0]["externalId"] = json!(format!("F-{number}"));
    accounts["loanAccounts"]
        .as_array_mut()
        .unwrap()
        .push(closed);
    says(
        &format!("v1/clients/{id}/accounts?fields=loanAccounts"),
        accounts,
    );
    let mut loan: Value = serde_json::from_str(include_str!("../fineract/loan.json")).unwrap();
    loan["id"] = json!(id);
    loan["loanProductName"] = json!("Gold");
    loan["currency"]["code"] = json!("KZT");
    loan["timeline"]["expectedMaturityDate"] = json!([2026, 12, 10]);
    loan["repaymentSchedule"] = json!({"periods": periods});
    let text = loan.to_string();
    let exact = text.replace(
        "\"totalOutstanding\":1258000",
        "\"totalOutstanding\":125000.100000",
    );
    assert_ne!(text, exact);
    let path = format!("v1/loans/{id}?associations=repaymentSchedule");
    stand_in().says(&path, Says::Json(200, exact));
}

fn grace_table(id: u64) -> String {
    format!("v1/datatables/pledge/{id}?genericResultSet=true")
}

fn not_found() -> Says {
    let body = json!({
        "developerMessage": "The requested resource is not available.", "httpStatusCode": "404",
        "defaultUserMessage": "The requested resource is not available.",
        "userMessageGlobalisationCode": "error.msg.resource.not.found", "errors": [],
    });
    Says::Json(404, body.to_string())
}

fn story_id(world: &World, number: u64) -> u64 {
    u64::from(std::process::id()) * 1_000
        + number
        + if world.kind == crate::support::database::Kind::Sqlite {
            0
        } else {
            500
        }
}

async fn fineract_s_own_shapes_are_understood(world: &World) {
    let (number, client, specialist) = caller(world, "fineract").await;
    let id = story_id(world, 1);
    let documented = include_str!("../fineract/repayment-schedule.json");
    let mut schedule: Value = serde_json::from_str(documented).unwrap();
    schedule["periods"][1]["complete"] = json!(true);
    schedule["periods"][2]["complete"] = json!(false);
    schedule["periods"][2]["dueDate"] = json!([2026, 1, 20]);
    fineract_states(&number, id, &schedule["periods"]);
    let table = json!({
        "columnHeaders": [{"columnName": "loan_id"}, {"columnName": "Waiting days"}],
        "data": [{"row": [id.to_string(), "20"]}],
    });
    stand_in().states(&grace_table(id), table);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    let expected = json!([{
        "ticket_number": format!("F-{number}"), "product": "Gold", "due_on": "2026-01-20",
        "balance": {"amount": "125000.10", "currency": "KZT"},
        "grace_period": {"days": 20, "ends_on": "2026-02-09"}, "standing": "in_grace",
        "days_until_due": -11, "days_left_in_grace": 9, "as_of": TODAY,
    }]);
    assert_eq!(reply["loans"], expected);

    // No row of the table: the product's own; no incomplete period: the maturity.
    world.wait(TimeDelta::minutes(1));
    fineract_states(&number, id, &json!([]));
    stand_in().says(&grace_table(id), not_found());
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(reply["loans"][0]["due_on"], "2026-12-10");
    assert_eq!(reply["loans"][0]["grace_period"]["days"], 30);

    // The array is absent where there are no loans; a client may be unknown.
    world.wait(TimeDelta::minutes(1));
    let accounts = format!("v1/clients/{id}/accounts?fields=loanAccounts");
    stand_in().states(&accounts, json!({}));
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(
        (&reply["loans"], &reply["source"]["available"]),
        (&json!([]), &json!(true))
    );
    world.wait(TimeDelta::minutes(1));
    stand_in().says(&format!("v1/clients/external-id/{number}"), not_found());
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(
        (&reply["loans"], &reply["source"]["available"]),
        (&json!([]), &json!(true))
    );
}

async fn fineract_that_fails_is_not_guessed_at(world: &World) {
    let period = json!([{"period": 1, "dueDate": [2026, 1, 20], "complete": false}]);
    for (which, fault) in faults("v1/loans/1").into_iter().enumerate() {
        let instance = world.another_instance().await;
        let (number, client, specialist) = caller(world, &format!("ffails{which}")).await;
        let specialist = specialist.at(&instance);
        let id = story_id(world, 10 + 2 * which as u64);
        fineract_states(&number, id, &period);
        stand_in().says(&grace_table(id), not_found());
        let path = format!("v1/loans/{id}?associations=repaymentSchedule");
        stand_in().says(&path, fault);
        let reply = specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(reply["outcome"], "verified");
        assert_eq!(reply["loans"], json!([]));
        assert_eq!(reply["source"]["available"], false, "{which}");
    }
    let (number, client, specialist) = caller(world, "status").await;
    let id = story_id(world, 40);
    fineract_states(&number, id, &period);
    let accounts = format!("v1/clients/{id}/accounts?fields=loanAccounts");
    let odd = json!({"loanAccounts": [{"id": id, "accountNo": "1", "status": {"id": 299}}]});
    stand_in().states(&accounts, odd);
    let reply = specialist.verify(&client, PHRASE).await.expect(201);
    assert_eq!(reply["source"]["available"], false);
}
