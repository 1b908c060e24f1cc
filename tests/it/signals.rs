//! Signals of abuse by insiders: what looks odd in the audit is raised once, and supervisors and
//! auditors read it.

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use qupia::{domain::signals::SignalKind, flows::signals::AbuseDetector};
use serde_json::{Value, json};

use crate::support::{
    PHRASE, World,
    cast::WRONG,
    world::{on_each_database, on_postgresql},
};

/// Thresholds that a short story reaches.
const WATCHFUL: &[(&str, &str)] = &[
    ("QUPIA_SIGNALS__MANY_CLIENTS", "3"),
    ("QUPIA_SIGNALS__LOOK_UPS_WITHOUT_VERIFICATION", "2"),
    ("QUPIA_SIGNALS__MANY_SPECIALISTS", "3"),
    ("QUPIA_SIGNALS__REPEATED_INQUIRIES", "4"),
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_LIMITS__CLIENTS_PER_HOUR", "100000"),
    ("QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE", "100000"),
];
/// The stories begin at eleven in the morning.
const EARLY: &[(&str, &str)] = &[
    ("QUPIA_SIGNALS__MANY_CLIENTS", "0"),
    ("QUPIA_SIGNALS__LOOK_UPS_WITHOUT_VERIFICATION", "0"),
    ("QUPIA_SIGNALS__MANY_SPECIALISTS", "0"),
    ("QUPIA_SIGNALS__REPEATED_INQUIRIES", "0"),
    ("QUPIA_SIGNALS__HOURS", "06:00-11:30"),
];

on_each_database! {
    a_specialist_who_touches_many_clients_raises_one_signal_a_window with WATCHFUL,
    blocking_many_passphrases_is_a_signal with WATCHFUL,
    looking_up_without_verifying_is_a_signal_and_verifying_in_time_is_none with WATCHFUL,
    a_client_whom_several_specialists_try_is_a_signal with WATCHFUL,
    a_client_who_is_read_again_and_again_is_a_signal with WATCHFUL,
    work_outside_the_hours_is_a_signal with EARLY,
    signals_are_read_by_supervisors_and_auditors_and_the_reading_is_recorded with WATCHFUL,
}
on_postgresql! {
    of_two_instances_one_raises_a_signal with WATCHFUL,
    nobody_takes_the_lease_over_while_its_signals_are_written with WATCHFUL,
}

/// Looks once; gives kinds, whose work and about whom, in order.
async fn detect(detector: &mut AbuseDetector) -> Vec<(SignalKind, Option<String>, Option<String>)> {
    let raised = detector.search().await;
    let raised = raised.unwrap_or_else(|error| panic!("{error}"));
    let reply = raised.into_iter();
    reply
        .map(|signal| {
            let client_id = signal.client_id.map(String::from);
            (signal.kind, signal.staff_id.map(String::from), client_id)
        })
        .collect()
}

/// What is recorded in the audit: kind, whose work and about whom, in order.
fn recorded(world: &World) -> Vec<String> {
    let lines = "SELECT details || ' ' || coalesce(subject_id, '') || ' ' || coalesce(client_id, '') \
                 FROM audit_events WHERE action = 'signal.raised' AND outcome = 'raised' \
                 AND reason IS NULL AND actor_id IS NULL ORDER BY seq";
    let lines = world.database.texts(lines).into_iter().map(|line| {
        let (details, about) = line.split_once(' ').expect("three parts");
        let details: Value = serde_json::from_str(details).expect("it is JSON");
        assert!(details["count"].as_i64().is_some_and(|count| count > 0));
        format!("{} {about}", details["signal"].as_str().expect("a kind"))
    });
    lines.collect()
}

/// Looks once. Whatever is raised is told in the audit, in the metrics and in the report, and nothing
/// else is.
async fn see(
    world: &World,
    detector: &mut AbuseDetector,
) -> Vec<(SignalKind, Option<String>, Option<String>)> {
    let raised = detect(detector).await;
    let recorded = recorded(world);
    let (_, newest) = recorded.split_at(recorded.len() - raised.len());
    let reply = raised.iter().map(|(kind, staff, client)| {
        let text = |id: &Option<String>| id.clone().unwrap_or_default();
        format!("{} {} {}", kind.name(), text(staff), text(client))
    });
    assert_eq!(newest, reply.collect::<Vec<_>>());
    let figures = world.line().get("/metrics").await.expect(200).text;
    for kind in SignalKind::NAMES {
        let all = recorded.iter().filter(|reply| reply.starts_with(kind));
        let figure = format!(
            "qupia_signals_raised_total{{kind=\"{kind}\"}} {}\n",
            all.count()
        );
        assert!(figures.contains(&figure), "{figure}: {figures}");
    }
    if let Some((kind, staff, client)) = raised.first() {
        let auditor = world.staff("auditor").await;
        let page = auditor.get("/v1/reports/signals").await.expect(200);
        let shown = page
            .items()
            .iter()
            .find(|signal| signal["kind"] == kind.name());
        let shown = shown.expect("the report shows it");
        assert_eq!(shown["staff"]["id"], json!(staff));
        assert_eq!(shown["client_id"], json!(client));
        assert!(shown["count"].as_i64().is_some_and(|count| count > 0));
    }
    raised
}

async fn a_specialist_who_touches_many_clients_raises_one_signal_a_window(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    for number in ["K-1", "K-2", "K-3"] {
        assert_eq!(see(world, &mut detector).await, []);
        let client = branch.client_with_phrase(world, number).await;
        specialist.verify(&client, PHRASE).await.expect(201);
    }
    let expected = (SignalKind::ManyClients, Some(specialist.id.clone()), None);
    assert_eq!(see(world, &mut detector).await, [expected]);
    world.wait(TimeDelta::minutes(30));
    assert_eq!(see(world, &mut detector).await, []);
    assert_eq!(
        recorded(world),
        [format!("many_clients {} ", specialist.id)]
    );
}

async fn blocking_many_passphrases_is_a_signal(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    for number in ["K-1", "K-2", "K-3"] {
        assert_eq!(see(world, &mut detector).await, []);
        let client = branch.client_with_phrase(world, number).await;
        let path = format!("/v1/clients/{client}/passphrase/block");
        let reason = json!({"reason": "asked"});
        specialist.post(&path, reason).await.expect(200);
    }
    let expected = (SignalKind::ManyClients, Some(specialist.id.clone()), None);
    assert_eq!(see(world, &mut detector).await, [expected]);
}

async fn looking_up_without_verifying_is_a_signal_and_verifying_in_time_is_none(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let (honest, curious) = (
        world.staff("call_center").await,
        world.staff("call_center").await,
    );
    let mut clients = Vec::new();
    for number in ["K-1", "K-2"] {
        clients.push(branch.client_with_phrase(world, number).await);
    }
    for client in &clients {
        for specialist in [&honest, &curious] {
            let path = format!("/v1/clients/{client}");
            specialist.get(&path).await.expect(200);
        }
        honest.verify(client, PHRASE).await.expect(201);
    }
    // There is still time to verify.
    assert_eq!(see(world, &mut detector).await, []);
    world.wait(TimeDelta::minutes(16));
    let expected = (
        SignalKind::LookUpsWithoutVerification,
        Some(curious.id.clone()),
        None,
    );
    assert_eq!(see(world, &mut detector).await, [expected]);
}

async fn a_client_whom_several_specialists_try_is_a_signal(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..3 {
        assert_eq!(see(world, &mut detector).await, []);
        let specialist = world.staff("call_center").await;
        specialist.verify(&client, WRONG).await.expect(201);
    }
    let expected = (SignalKind::ManySpecialists, None, Some(client));
    assert_eq!(see(world, &mut detector).await, [expected]);
}

async fn a_client_who_is_read_again_and_again_is_a_signal(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let verified = specialist.verify(&client, PHRASE).await.expect(201);
    let path = format!("/v1/verifications/{}/loans", verified.text("id"));
    for _ in 0..3 {
        assert_eq!(see(world, &mut detector).await, []);
        specialist.get(&path).await.expect(200);
    }
    let (id, client) = (specialist.id.clone(), client);
    let expected = (SignalKind::RepeatedInquiries, Some(id), Some(client));
    assert_eq!(see(world, &mut detector).await, [expected]);
}

async fn work_outside_the_hours_is_a_signal(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("supervisor").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let path = format!("/v1/clients/{client}");
    specialist.get(&path).await.expect(200);
    world.wait(TimeDelta::minutes(29));
    assert_eq!(see(world, &mut detector).await, []);
    world.wait(TimeDelta::minutes(2));
    assert_eq!(see(world, &mut detector).await, []);
    specialist.get(&path).await.expect(200);
    world.wait(TimeDelta::seconds(1));
    let expected = (SignalKind::OutsideHours, Some(specialist.id.clone()), None);
    assert_eq!(see(world, &mut detector).await, [expected]);
}

async fn signals_are_read_by_supervisors_and_auditors_and_the_reading_is_recorded(world: &World) {
    let mut detector = AbuseDetector::new(&world.first.app);
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..3 {
        let specialist = world.staff("call_center").await;
        specialist.verify(&client, WRONG).await.expect(201);
    }
    detect(&mut detector).await;
    let path = "/v1/reports/signals";
    for role in ["supervisor", "auditor"] {
        let reader = world.staff(role).await;
        let answer = reader.get(path).await.expect(200);
        let signal = &answer.items()[0];
        assert_eq!(signal["kind"], "many_specialists");
        assert_eq!(signal["client_id"], client);
        assert_eq!(
            (&signal["staff"], &signal["count"]),
            (&Value::Null, &json!(3))
        );
        let later = format!("{path}?from={}", world.time_in(TimeDelta::seconds(1)));
        assert!(reader.get(&later).await.expect(200).items().is_empty());
        let answer = reader.get(&format!("{path}?to=yesterday")).await;
        answer.refused_field(422, "to", "not_a_time");
    }
    for role in ["call_center", "branch", "admin", "loan_system"] {
        let person = world.anybody(role).await;
        person.get(path).await.refused(403, "forbidden");
    }
    let readings = "SELECT count(*) FROM audit_events WHERE action = 'report.read'";
    assert_eq!(world.database.number(readings), 4);
    let figures = world.line().get("/metrics").await.expect(200);
    let figure = "qupia_signals_raised_total{kind=\"many_specialists\"} 1";
    assert!(figures.text.contains(figure), "{}", figures.text);
}

async fn of_two_instances_one_raises_a_signal(world: &World) {
    let other = world.another_instance().await;
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..3 {
        let specialist = world.staff("call_center").await;
        specialist.verify(&client, WRONG).await.expect(201);
    }
    let (mut first, mut second) = (
        AbuseDetector::new(&world.first.app),
        AbuseDetector::new(&other.app),
    );
    let (one, two) = tokio::join!(detect(&mut first), detect(&mut second));
    assert_eq!(one.len() + two.len(), 1);
}

async fn nobody_takes_the_lease_over_while_its_signals_are_written(world: &World) {
    let branch = world.staff("branch").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    for _ in 0..3 {
        let specialist = world.staff("call_center").await;
        specialist.verify(&client, WRONG).await.expect(201);
    }
    let mut detector = AbuseDetector::new(&world.first.app);
    // The audit can be read meanwhile and not be written.
    let mut still = world.database.postgres();
    still
        .batch_execute("BEGIN; LOCK TABLE audit_events IN SHARE MODE")
        .expect("it is held");
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'qupia' AND wait_event_type = 'Lock'";
    let mut successor = world.database.postgres();
    let taking_over = async {
        while world.database.number(waits) == 0 {
            actix_web::rt::task::yield_now().await;
        }
        let taken = successor
            .batch_execute("BEGIN; SELECT 1 FROM leases WHERE name = 'signals' FOR UPDATE NOWAIT");
        still.batch_execute("ROLLBACK").expect("it is let go");
        taken
    };
    let (raised, taken) = tokio::join!(detect(&mut detector), taking_over);
    assert!(taken.is_err(), "its lease could be taken");
    assert_eq!(raised.len(), 1);
}
