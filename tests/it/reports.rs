//! The report of a day: every figure is the number of events of the audit that it stands for.

use chrono::{DateTime, TimeDelta, Utc};
use qupia::flows::signals::AbuseDetector;
use serde_json::{Value, json};

use crate::support::{
    Answer, PHRASE, Person, World,
    cast::WRONG,
    world::{BUSY, Setting, on_each_database},
};

const WATCHFUL: &[Setting] = &[("QUPIA_SIGNALS__MANY_CLIENTS", "2")];
const DELHI: &[Setting] = &[("QUPIA_BUSINESS__TIME_ZONE", "Asia/Kolkata")];

on_each_database! {
    every_outcome_is_counted_in_its_hour_and_with_its_specialist with BUSY,
    what_is_done_to_passphrases_is_counted_where_it_was_done with BUSY,
    seconds_are_those_from_the_last_look_up_to_the_first_verification_after_it with BUSY,
    signals_are_counted_by_kind with WATCHFUL,
    a_report_covers_what_it_was_asked_for_and_no_more_than_31_days with BUSY,
    hours_are_those_of_the_business_time_zone with DELHI,
    the_reading_of_a_report_is_recorded with BUSY,
}

/// Seven outcomes are told; these are none.
fn outcomes(counted: &[(&str, u64)]) -> Value {
    let mut all = json!({
        "verified": 0, "rejected": 0, "locked": 0, "disabled": 0, "blocked": 0, "unset": 0,
    });
    for (outcome, many) in counted {
        all[*outcome] = json!(many);
    }
    all
}

/// The report of this day, a second later: what happens in this very moment is not in it yet.
async fn today(world: &World, by: &Person) -> Answer {
    world.wait(TimeDelta::seconds(1));
    by.get("/v1/reports/today").await.expect(200)
}

async fn search(by: &Person, number: &str) {
    let body = json!({"client_number": number});
    by.post("/v1/clients/search", body).await.expect(200);
}

/// The hours of a report with anything in them: when they begin, and what was counted.
fn busy_hours(report: &Answer) -> Vec<(String, Value)> {
    let hours = report["hours"].as_array().expect("hours").iter();
    hours
        .filter(|hour| hour["outcomes"] != outcomes(&[]))
        .map(|hour| {
            let from = hour["from"].as_str().expect("a time").to_owned();
            (from, hour["outcomes"].clone())
        })
        .collect()
}

async fn every_outcome_is_counted_in_its_hour_and_with_its_specialist(world: &World) {
    let branch = world.staff("branch").await;
    let (first, second) = (
        world.staff("call_center").await,
        world.staff("supervisor").await,
    );
    let empty = today(world, &second).await;
    assert_eq!(empty["outcomes"], outcomes(&[]));
    assert_eq!(empty["specialists"], json!([]));
    assert_eq!(
        empty["seconds_to_verify"],
        json!({"count": 0, "median": null, "p90": null})
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    let unset = branch.enter_client("K-2").await;
    for _ in 0..2 {
        first.verify(&client, PHRASE).await.expect(201);
    }
    for _ in 0..3 {
        second.verify(&client, WRONG).await.expect(201);
    }
    first.verify(&client, PHRASE).await.expect(201);
    second
        .verify("nobody", PHRASE)
        .await
        .refused(404, "not_found");
    world.wait(TimeDelta::hours(1));
    first.verify(&unset, PHRASE).await.expect(201);
    let path = format!("/v1/clients/{client}/passphrase/block");
    let reason = json!({"reason": "somebody knows it"});
    second.post(&path, reason).await.expect(200);
    first.verify(&client, PHRASE).await.expect(201);
    let report = today(world, &second).await;
    let both = [
        ("verified", 2),
        ("rejected", 3),
        ("locked", 1),
        ("unset", 1),
        ("blocked", 1),
    ];
    assert_eq!(report["outcomes"], outcomes(&both));
    assert_eq!(
        busy_hours(&report),
        [
            (
                "2026-01-31T06:00:00Z".to_owned(),
                outcomes(&[("verified", 2), ("rejected", 3), ("locked", 1)])
            ),
            (
                "2026-01-31T07:00:00Z".to_owned(),
                outcomes(&[("unset", 1), ("blocked", 1)])
            ),
        ]
    );
    let specialists = report["specialists"].as_array().expect("specialists");
    let own = |person: &Person, counted: &[(&str, u64)]| {
        let none = json!({"count": 0, "median": null, "p90": null});
        json!({
            "staff_id": person.id, "login": person.login, "display_name": "Айгүл Серік",
            "outcomes": outcomes(counted), "seconds_to_verify": none,
        })
    };
    let of_first = [("verified", 2), ("locked", 1), ("unset", 1), ("blocked", 1)];
    assert_eq!(
        *specialists,
        [own(&first, &of_first), own(&second, &[("rejected", 3)])]
    );
}

async fn what_is_done_to_passphrases_is_counted_where_it_was_done(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    branch.register(world, &client, PHRASE).await;
    for _ in 0..3 {
        supervisor.verify(&client, WRONG).await.expect(201);
    }
    let at = |step: &str| format!("/v1/clients/{client}/passphrase{step}");
    let reason = json!({"reason": "a reason"});
    supervisor
        .post(&at("/unlock"), reason.clone())
        .await
        .expect(200);
    // Refused and unchanged ones are none.
    supervisor
        .post(&at("/unlock"), reason.clone())
        .await
        .refused(409, "not_locked");
    for _ in 0..2 {
        supervisor
            .post(&at("/block"), reason.clone())
            .await
            .expect(200);
    }
    branch
        .ask("DELETE", &at(""))
        .json(&reason)
        .await
        .expect(200);
    let report = today(world, &supervisor).await;
    assert_eq!(
        report["passphrases"],
        json!({
            "set": 1, "changed": 1, "locked": 1, "disabled": 0, "blocked": 1, "unlocked": 1,
            "destroyed": 1,
        })
    );
}

async fn seconds_are_those_from_the_last_look_up_to_the_first_verification_after_it(world: &World) {
    let branch = world.staff("branch").await;
    let (first, second) = (
        world.staff("call_center").await,
        world.staff("supervisor").await,
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    branch.client_with_phrase(world, "K-2").await;
    for seconds in [10, 20, 30, 40, 50, 60, 70, 80, 90, 1_800] {
        search(&first, "K-1").await;
        // Another's look-up, and another client's, are in no one's way.
        search(&second, "K-1").await;
        search(&first, "K-2").await;
        world.wait(TimeDelta::seconds(seconds));
        first.verify(&client, PHRASE).await.expect(201);
        // A second attempt of the same call has no look-up of its own.
        world.wait(TimeDelta::seconds(3));
        first.verify(&client, PHRASE).await.expect(201);
    }
    // The last look-up counts.
    search(&second, "K-1").await;
    world.wait(TimeDelta::seconds(20));
    second
        .get(&format!("/v1/clients/{client}"))
        .await
        .expect(200);
    world.wait(TimeDelta::milliseconds(5_250));
    second.verify(&client, PHRASE).await.expect(201);
    // Later than half an hour it is another call.
    search(&second, "K-1").await;
    world.wait(TimeDelta::seconds(1_801));
    second.verify(&client, PHRASE).await.expect(201);
    // And a verification without any look-up is not measured.
    world.wait(TimeDelta::seconds(1));
    world
        .staff("call_center")
        .await
        .verify(&client, PHRASE)
        .await
        .expect(201);
    let report = today(world, &second).await;
    let specialists = report["specialists"].as_array().expect("specialists");
    let of = |person: &Person| {
        let own = specialists
            .iter()
            .find(|own| own["staff_id"] == person.id.as_str());
        own.expect("it is there")["seconds_to_verify"].clone()
    };
    assert_eq!(
        of(&first),
        json!({"count": 10, "median": 50.0, "p90": 90.0})
    );
    assert_eq!(of(&second), json!({"count": 1, "median": 5.3, "p90": 5.3}));
    assert_eq!(
        report["seconds_to_verify"],
        json!({"count": 11, "median": 50.0, "p90": 90.0})
    );
    assert_eq!(specialists.len(), 3);
    assert_eq!(specialists[2]["seconds_to_verify"]["count"], 0);
}

async fn signals_are_counted_by_kind(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    for specialist in [world.staff("call_center").await, supervisor.clone()] {
        for number in ["K-1", "K-2"] {
            let number = format!("{number}-{}", specialist.login);
            branch.enter_client(&number).await;
            search(&specialist, &number).await;
        }
    }
    detector.search().await.expect("it searches");
    let report = today(world, &supervisor).await;
    assert_eq!(
        report["signals"],
        json!([{"kind": "many_clients", "count": 2}])
    );
}

async fn a_report_covers_what_it_was_asked_for_and_no_more_than_31_days(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let began = world.clock.now();
    let path = |from: DateTime<Utc>, to: DateTime<Utc>| {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        format!("/v1/reports/today?from={}&to={}", text(from), text(to))
    };
    // One before, one at the beginning, one inside, one at the end.
    for hours in [0, 12, 24, 48] {
        let clock = world.clock.now();
        world.wait(began + TimeDelta::hours(hours) - clock);
        let in_a_new_session = supervisor.again(world.line()).await;
        in_a_new_session.verify(&client, PHRASE).await.expect(201);
    }
    let supervisor = supervisor.again(world.line()).await;
    let day =
        |from: i64, to: i64| path(began + TimeDelta::hours(from), began + TimeDelta::hours(to));
    let report = supervisor.get(&day(12, 48)).await.expect(200);
    assert_eq!(report["outcomes"], outcomes(&[("verified", 2)]));
    assert_eq!(report["from"], "2026-01-31T18:00:00Z");
    assert_eq!(report["to"], "2026-02-02T06:00:00Z");
    assert_eq!(report["hours"].as_array().map(Vec::len), Some(36));
    // Without a span it is the business day until now: since midnight in Almaty.
    let report = today(world, &supervisor).await;
    assert_eq!(report["from"], "2026-02-01T19:00:00Z");
    assert_eq!(report["to"], world.time_in(TimeDelta::zero()));
    assert_eq!(report["outcomes"], outcomes(&[("verified", 1)]));
    let month = 31 * 24;
    supervisor.get(&day(0, month)).await.expect(200);
    supervisor
        .get(&day(-1, month))
        .await
        .refused_field(422, "from", "span_too_long");
    supervisor
        .get(&day(2, 1))
        .await
        .refused_field(422, "to", "not_after");
    supervisor
        .get("/v1/reports/today?from=yesterday")
        .await
        .refused_field(422, "from", "not_a_time");
    supervisor
        .get("/v1/reports/today?since=1")
        .await
        .refused(400, "unknown_parameter");
}

async fn hours_are_those_of_the_business_time_zone(world: &World) {
    let branch = world.staff("branch").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for minutes in [29, 1] {
        world.wait(TimeDelta::minutes(minutes));
        supervisor.verify(&client, PHRASE).await.expect(201);
    }
    world.wait(TimeDelta::minutes(1));
    let report = today(world, &supervisor).await;
    assert_eq!(report["from"], "2026-01-30T18:30:00Z");
    let one = outcomes(&[("verified", 1)]);
    assert_eq!(
        busy_hours(&report),
        [
            ("2026-01-31T05:30:00Z".to_owned(), one.clone()),
            ("2026-01-31T06:30:00Z".to_owned(), one),
        ]
    );
}

async fn the_reading_of_a_report_is_recorded(world: &World) {
    let auditor = world.staff("auditor").await;
    today(world, &auditor).await;
    let page = auditor
        .get("/v1/audit/events?action=report.read")
        .await
        .expect(200);
    let event = &page.items()[0];
    assert_eq!(event["details"], json!({"report": "today"}));
    assert_eq!(event["actor"]["id"], auditor.id.as_str());
    assert_eq!(event["outcome"], "read");
}
