//! What monitoring reads.

use serde_json::json;

use crate::support::{
    PHRASE, World,
    cast::WRONG,
    world::{BUSY, Setting, on_each_database, on_sqlite},
};

const FEW_SIGN_INS: &[Setting] = &[("QUPIA_LIMITS__SIGN_INS_PER_MINUTE", "8")];
const BEHIND_A_PROXY: &[Setting] = &[("QUPIA_PROXY__TRUSTED", r#"["127.0.0.0/8"]"#)];

on_each_database! {
    the_figures_of_the_job_are_what_was_done with BUSY,
    what_waits_in_the_database_is_told,
    events_of_a_newer_version_are_shown_as_they_are,
    an_address_may_sign_in_so_often_whatever_login_it_gives with FEW_SIGN_INS,
}

on_sqlite! {
    browsers_are_told_to_insist_on_https_only_over_https with BEHIND_A_PROXY,
    every_metric_of_the_alerts_and_the_dashboard_is_there with BUSY,
}

/// The value of a metric, by its name with its labels.
async fn figure(world: &World, name: &str) -> Option<f64> {
    let metrics = world.line().get("/metrics").await.expect(200);
    let text = metrics.text;
    let line = text.lines().find(|line| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(' '))
    });
    let value = line?.rsplit(' ').next()?;
    Some(value.parse().expect("a number"))
}

async fn the_figures_of_the_job_are_what_was_done(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let verified = |outcome: &str, matched: &str| {
        format!("qupia_verifications_total{{outcome=\"{outcome}\",matched=\"{matched}\"}}")
    };
    assert_eq!(
        figure(world, &verified("verified", "none")).await,
        Some(0.0)
    );
    let client = branch.client_with_phrase(world, "K-1").await;
    assert_eq!(specialist.outcome(&client, PHRASE).await, "verified");
    for _ in 0..3 {
        assert_eq!(specialist.outcome(&client, WRONG).await, "rejected");
    }
    assert_eq!(specialist.outcome(&client, PHRASE).await, "locked");
    for (name, value) in [
        (verified("verified", "exact"), 1.0),
        (verified("rejected", "none"), 3.0),
        (verified("locked", "none"), 1.0),
        (r#"qupia_lockouts_total{state="locked"}"#.to_owned(), 1.0),
        (r#"qupia_lockouts_total{state="disabled"}"#.to_owned(), 0.0),
        (
            r#"qupia_applications_total{state="completed"}"#.to_owned(),
            1.0,
        ),
        (
            r#"qupia_verification_seconds_count{step="hash"}"#.to_owned(),
            4.0,
        ),
        (
            r#"qupia_verification_seconds_count{step="settle"}"#.to_owned(),
            4.0,
        ),
        ("qupia_database_up".to_owned(), 1.0),
        ("qupia_drain".to_owned(), 0.0),
    ] {
        assert_eq!(figure(world, &name).await, Some(value), "{name}");
    }
    let missing = "/v1/verifications/none";
    specialist.get(missing).await.refused(404, "not_found");
    let refused = r#"qupia_problems_total{code="not_found"}"#;
    assert_eq!(figure(world, refused).await, Some(1.0));
    world.first.app.drain.begin();
    assert_eq!(figure(world, "qupia_drain").await, Some(1.0));
}

async fn what_waits_in_the_database_is_told(world: &World) {
    assert_eq!(figure(world, "qupia_webhooks_pending").await, Some(0.0));
    assert_eq!(figure(world, "qupia_webhooks_dead").await, Some(0.0));
    let newest = "qupia_loans_newest_timestamp_seconds";
    assert_eq!(figure(world, newest).await, None);
    let unsealed = figure(world, "qupia_audit_unsealed_events").await;
    assert!(unsealed.is_some_and(|events| events > 0.0), "{unsealed:?}");
    let oldest = figure(world, "qupia_audit_oldest_unsealed_timestamp_seconds").await;
    assert_eq!(oldest, Some(world.clock.now().timestamp() as f64));
    let branch = world.staff("branch").await;
    branch.enter_client("K-1").await;
    let feed = world.loan_system().await;
    let as_of = world.time_in(chrono::TimeDelta::zero());
    let loan = json!({
        "client_number": "K-1", "product": "Алтын", "due_on": "2026-12-01",
        "balance": {"amount": "1.00", "currency": "KZT"}, "grace_days": null,
        "status": "open", "as_of": as_of,
    });
    feed.put("/v1/loan-system/loans/T-1", loan)
        .await
        .expect(201);
    let now = world.clock.now().timestamp() as f64;
    assert_eq!(figure(world, newest).await, Some(now));
}

async fn events_of_a_newer_version_are_shown_as_they_are(world: &World) {
    let auditor = world.staff("auditor").await;
    let now = world.clock.now().timestamp_micros();
    world.database.execute(&format!(
        "INSERT INTO audit_events (at, actor_id, actor_login, actor_role, action, outcome, details, \
         request_id) VALUES ({now}, 'a', 'l', 'archivist', 'shelf.dusted', 'spotless', \
         '{{\"dust\":7}}', 'r')"
    ));
    let events = auditor.get("/v1/audit/events").await.expect(200);
    let event = &events.items()[0];
    assert_eq!(event["action"], "shelf.dusted");
    assert_eq!(event["actor"]["role"], "archivist");
    assert_eq!(event["outcome"], "spotless");
    assert_eq!(event["details"], json!({"dust": 7}));
}

async fn an_address_may_sign_in_so_often_whatever_login_it_gives(world: &World) {
    let another = world.another_instance().await;
    // The admin's first sign-ins count as well.
    let mut answers = Vec::new();
    for number in 0..10 {
        let line = if number % 2 == 0 {
            world.line()
        } else {
            &another.line
        };
        let body = json!({"login": format!("nobody-{number}"), "password": "x"});
        answers.push(line.post("/v1/sessions", body).await.status);
    }
    let refused = answers.iter().position(|status| *status == 429);
    let refused = refused.expect("the quota is used up");
    assert!((4..=8).contains(&refused), "{answers:?}");
    assert!(
        answers[refused..].iter().all(|status| *status == 429),
        "{answers:?}"
    );
    let body = json!({"login": "admin", "password": "x"});
    let limited = world.line().post("/v1/sessions", body).await;
    let limited = limited.refused(429, "rate_limited");
    assert!(limited.header("retry-after").is_some());
    assert_eq!(
        limited.header("ratelimit-policy"),
        Some(r#""sign_ins";q=8;w=60"#)
    );
}

async fn browsers_are_told_to_insist_on_https_only_over_https(world: &World) {
    let hsts = "strict-transport-security";
    let plain = world.line().get("/healthz").await.expect(200);
    assert_eq!(plain.header(hsts), None);
    let encrypted = world.line().get("/healthz");
    let encrypted = encrypted
        .header("x-forwarded-proto", "https")
        .await
        .expect(200);
    assert_eq!(
        encrypted.header(hsts),
        Some("max-age=31536000; includeSubDomains")
    );
}

/// What one service may not have: no certificate, no backup, no loan system, no limit.
const NOT_EVERYWHERE: &[&str] = &[
    "qupia_certificate_expires_timestamp_seconds",
    "qupia_last_backup_timestamp_seconds",
    "qupia_loan_source_breaker_open",
    "qupia_loan_source_requests_total",
    "qupia_loans_newest_timestamp_seconds",
    "qupia_memory_limit_bytes",
];

/// The alert rules and the dashboard name only metrics that the service has.
async fn every_metric_of_the_alerts_and_the_dashboard_is_there(world: &World) {
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let client = branch.client_with_phrase(world, "K-1").await;
    specialist.outcome(&client, WRONG).await;
    let missing = "/v1/verifications/none";
    specialist.get(missing).await.refused(404, "not_found");
    let metrics = world.line().get("/metrics").await.expect(200);
    let has = |name: &str| {
        metrics.text.lines().any(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{']))
        })
    };
    let sources = [
        include_str!("../../../packaging/prometheus/rules.yml"),
        include_str!("../../../packaging/grafana/qupia.json"),
    ];
    // Names of recording rules have a colon in them.
    let name =
        regex::Regex::new("(?:^|[^:a-z0-9_])((?:qupia|process)_[a-z0-9_]+)(?:[^:a-z0-9_]|$)");
    let name = name.expect("the pattern is valid");
    let mut named = 0;
    for found in sources.iter().flat_map(|text| name.captures_iter(text)) {
        let metric = &found[1];
        if NOT_EVERYWHERE.contains(&metric) {
            continue;
        }
        named += 1;
        assert!(has(metric), "no {metric} in {}", metrics.text);
    }
    assert!(named > 50, "{named}");
}
