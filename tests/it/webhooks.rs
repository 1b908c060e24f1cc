//! Receivers of webhooks are told what happens to a passphrase: signed, in order for each client, at
//! least once.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use actix_web::{App as Application, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use chrono::TimeDelta;
use qupia::flows::{
    deliver::{Delivered, DeliveryWorker},
    lease::LeaseKeeper,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::sync::Notify;

use crate::support::{
    PHRASE, Person, World,
    cast::WRONG,
    world::{on_each_database, on_postgresql},
};

/// Nothing set: receivers are far away.
const FAR: &[(&str, &str)] = &[];

/// Receivers of these stories listen on loopback.
const NEAR: &[(&str, &str)] = &[
    ("QUPIA_WEBHOOKS__ALLOW_PRIVATE", "true"),
    ("QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE", "100000"),
    ("QUPIA_LIMITS__CLIENTS_PER_HOUR", "100000"),
    ("QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE", "100000"),
];

/// So that few wrong words bring a lock, and the end.
const STRICT: &[(&str, &str)] = &[
    ("QUPIA_WEBHOOKS__ALLOW_PRIVATE", "true"),
    ("QUPIA_ATTEMPTS__LOCKS", "[{failures=2,minutes=15}]"),
    ("QUPIA_ATTEMPTS__DISABLE_AFTER", "3"),
];

on_each_database! {
    each_change_of_a_passphrase_is_told_once_and_nothing_else_is with STRICT,
    what_happens_is_told_and_the_standards_own_library_verifies_it with NEAR,
    a_receiver_that_fails_for_an_hour_gets_everything_in_order with NEAR,
    one_clients_trouble_keeps_no_other_waiting with NEAR,
    a_receiver_that_is_gone_is_switched_off_and_gets_what_waited_when_it_is_back with NEAR,
    after_ten_attempts_a_message_is_a_dead_letter_and_is_sent_again_on_demand with NEAR,
    a_rotated_secret_signs_beside_the_new_one_for_a_day with NEAR,
    whoever_dies_before_the_answer_is_counted_delivers_again_under_the_same_id with NEAR,
    a_receiver_is_told_only_what_it_asked_for_and_nothing_that_was_refused with NEAR,
    a_redirect_is_not_followed with NEAR,
    a_receiver_that_asks_to_be_left_alone_is with NEAR,
    an_address_within_our_walls_is_not_registered with FAR,
    secrets_and_addresses_are_shown_to_admins_alone_and_sealed_at_rest with NEAR,
}
on_postgresql! {
    of_two_instances_one_delivers_and_the_other_takes_over_when_it_is_dead with NEAR,
    whoever_was_paused_sends_and_counts_nothing_beside_its_successor with NEAR,
}

/// A request as it arrived.
#[derive(Clone)]
struct Received {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Received {
    fn id(&self) -> String {
        self.header("webhook-id")
    }

    fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a request is JSON")
    }

    fn event(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    /// Whether the standard's own library signs so; its `verify` would ask the machine's clock.
    fn is_signed_by(&self, secret: &str) -> bool {
        let webhook = Webhook::new(secret).expect("a secret");
        let at = self.header("webhook-timestamp").parse().expect("seconds");
        let signed = webhook.sign(&self.id(), at, &self.body);
        let signed = signed.expect("a body is text");
        let signatures = self.header("webhook-signature");
        signatures.split(' ').any(|signature| signature == signed)
    }
}

/// Somebody who takes requests, and answers as the story has it.
#[derive(Clone)]
struct Receiver(Arc<Inner>);

struct Inner {
    status: AtomicU16,
    retry_after: Mutex<Option<String>>,
    received: Mutex<Vec<Received>>,
    /// answers nothing while it is held
    mute: tokio::sync::RwLock<()>,
    arrived: Notify,
}

impl Receiver {
    fn open() -> (Self, SocketAddr) {
        let receiver = Self(Arc::new(Inner {
            status: AtomicU16::new(204),
            retry_after: Mutex::default(),
            received: Mutex::default(),
            mute: tokio::sync::RwLock::default(),
            arrived: Notify::new(),
        }));
        let data = web::Data::new(receiver.clone());
        let server = HttpServer::new(move || {
            Application::new()
                .app_data(data.clone())
                .default_service(web::to(take))
        });
        let server = server.workers(1).disable_signals().shutdown_timeout(0);
        let server = server.bind("127.0.0.1:0").expect("a port is free");
        let address = server.addrs()[0];
        actix_web::rt::spawn(server.run());
        (receiver, address)
    }

    fn answer(&self, status: u16) {
        self.0.status.store(status, Ordering::SeqCst);
    }

    /// Answers so, and asks to be left alone.
    fn answer_and_ask(&self, status: u16, retry_after: &str) {
        self.answer(status);
        let asked = Some(retry_after.to_owned());
        *self.0.retry_after.lock().expect("nobody panicked") = asked;
    }

    /// All that arrived since it was last asked.
    fn received(&self) -> Vec<Received> {
        std::mem::take(&mut self.0.received.lock().expect("nobody panicked"))
    }
}

async fn take(
    receiver: web::Data<Receiver>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        headers.insert(
            HeaderName::from_bytes(name.as_str().as_bytes()).expect("a name"),
            HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
        );
    }
    let request = Received {
        headers,
        body: body.to_vec(),
    };
    let inner = &receiver.0;
    inner
        .received
        .lock()
        .expect("nobody panicked")
        .push(request);
    inner.arrived.notify_one();
    let _may_speak = inner.mute.read().await;
    let status = StatusCode::from_u16(inner.status.load(Ordering::SeqCst)).expect("a status");
    let mut answer = HttpResponse::build(status);
    if let Some(asked) = &*inner.retry_after.lock().expect("nobody panicked") {
        answer.insert_header(("retry-after", asked.as_str()));
    }
    answer.insert_header(("location", "/elsewhere")).finish()
}

/// A receiver that is registered: itself, its id and its secret.
async fn registered(world: &World, events: Value) -> (Receiver, String, String) {
    let (receiver, address) = Receiver::open();
    let url = format!("http://{address}/qupia?token=k4");
    let body = json!({"url": url, "events": events, "description": "the SMS gateway"});
    let answer = world.admin.post("/v1/webhooks", body).await.expect(201);
    assert_eq!(answer["status"], "active");
    (receiver, answer.text("id"), answer.text("secret"))
}

async fn deliver(worker: &mut DeliveryWorker) -> Delivered {
    let delivered = worker.deliver_due().await;
    delivered.unwrap_or_else(|error| panic!("{error}"))
}

fn events(received: &[Received]) -> Vec<String> {
    received.iter().map(Received::event).collect()
}

async fn block(specialist: &Person, client: &str) {
    let path = format!("/v1/clients/{client}/passphrase/block");
    let body = json!({"reason": "the client asked for it", "call_id": "call-9"});
    specialist.post(&path, body).await.expect(200);
}

async fn deliveries(admin: &Person, webhook: &str, status: &str) -> Vec<Value> {
    let path = format!("/v1/webhooks/{webhook}/deliveries?status={status}");
    admin.get(&path).await.expect(200).items().clone()
}

async fn what_happens_is_told_and_the_standards_own_library_verifies_it(world: &World) {
    let (receiver, webhook, secret) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    // The library holds the request's time against the machine's clock.
    #[expect(clippy::disallowed_methods, reason = "the library asks this clock too")]
    let today = chrono::Utc::now();
    world.wait(today - world.clock.now());
    let branch = branch.again(world.line()).await;
    let specialist = specialist.again(world.line()).await;
    let client = branch.client_with_phrase(world, "K-1").await;
    let verified = specialist.verify(&client, PHRASE).await.expect(201);
    let done = deliver(&mut worker).await;
    assert_eq!((done.taken, done.failed), (2, 0));
    let received = receiver.received();
    assert_eq!(events(&received), ["passphrase.set", "inquiry.made"]);
    for request in &received {
        let verified = Webhook::new(&secret)
            .expect("a secret")
            .verify(&request.body, &request.headers);
        assert!(verified.is_ok() && request.is_signed_by(&secret));
        let text = String::from_utf8_lossy(&request.body).into_owned();
        for personal in ["Қасымова", "Әсел", "7012345667"] {
            assert!(!text.contains(personal), "{text}");
        }
        let at = world.clock.now().timestamp().to_string();
        assert_eq!(request.header("webhook-timestamp"), at);
        assert_eq!(request.header("content-type"), "application/json");
    }
    let inquiry = received[1].json();
    assert_eq!(
        inquiry["data"],
        json!({
            "client_id": client, "client_number": "K-1",
            "verification_id": verified.text("id"), "call_id": "call-1",
        })
    );
    assert_eq!(inquiry["timestamp"], world.time_in(TimeDelta::zero()));
    let mut changed = received[0].clone();
    changed.body.push(b' ');
    assert!(!changed.is_signed_by(&secret));
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    let admin = world.admin.again(world.line()).await;
    assert_eq!(deliveries(&admin, &webhook, "delivered").await.len(), 2);
}

async fn each_change_of_a_passphrase_is_told_once_and_nothing_else_is(world: &World) {
    let (receiver, _, _) = registered(world, Value::Null).await;
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let supervisor = world.staff("supervisor").await;
    let client = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{client}/passphrase");
    let reason = json!({"reason": "the client asked for it"});
    let complete = async || {
        let application = branch.draft(&client).await;
        let done = branch.complete(&application, "2026-01-31", PHRASE).await;
        done.expect(200);
        application
    };
    let first = complete().await;
    let wrong = async || {
        specialist
            .verify(&client, WRONG)
            .await
            .expect(201)
            .text("id")
    };
    wrong().await;
    let locked = wrong().await;
    let unlock = format!("{path}/unlock");
    supervisor.post(&unlock, reason.clone()).await.expect(200);
    let disabled = wrong().await;
    let second = complete().await;
    block(&specialist, &client).await;
    // It is blocked already: nothing happens to it.
    block(&specialist, &client).await;
    let destroy = async || branch.delete(&path).json(&reason).await;
    destroy().await.expect(200);
    destroy().await.refused(409, "no_passphrase");
    let third = complete().await;

    deliver(&mut DeliveryWorker::new(&world.first.app)).await;
    let reply: Vec<_> = receiver
        .received()
        .iter()
        .map(|request| (request.event(), request.json()["data"].clone()))
        .collect();
    let about = |facts: &[(&str, &str)]| {
        let mut data = json!({"client_id": client, "client_number": "K-1"});
        for (name, fact) in facts {
            data[*name] = json!(fact);
        }
        data
    };
    let signed = |id: &str| about(&[("application_id", id)]);
    let tried = |id: &str| about(&[("verification_id", id), ("call_id", "call-1")]);
    let expected = [
        ("passphrase.set", signed(&first)),
        ("passphrase.locked", tried(&locked)),
        ("passphrase.disabled", tried(&disabled)),
        ("passphrase.changed", signed(&second)),
        ("passphrase.blocked", about(&[("call_id", "call-9")])),
        ("passphrase.destroyed", about(&[])),
        ("passphrase.set", signed(&third)),
    ];
    assert_eq!(
        reply,
        expected.map(|(event, data)| (event.to_owned(), data))
    );
}

async fn a_receiver_that_fails_for_an_hour_gets_everything_in_order(world: &World) {
    let (receiver, _, _) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    receiver.answer(503);
    let client = branch.client_with_phrase(world, "K-1").await;
    deliver(&mut worker).await;
    specialist.verify(&client, PHRASE).await.expect(201);
    block(&specialist, &client).await;
    for _ in 0..60 {
        world.wait(TimeDelta::minutes(1));
        deliver(&mut worker).await;
    }
    let refused = receiver.received();
    // At once, after 5 s, 5 min and 30 min: what stands behind is not tried before it.
    assert_eq!(events(&refused), ["passphrase.set"; 4]);
    assert!(
        refused
            .iter()
            .all(|request| request.id() == refused[0].id())
    );
    receiver.answer(200);
    world.wait(TimeDelta::hours(3));
    deliver(&mut worker).await;
    let received = receiver.received();
    assert_eq!(
        events(&received),
        ["passphrase.set", "inquiry.made", "passphrase.blocked"]
    );
    assert_eq!(received[0].id(), refused[0].id());
    assert_eq!(deliver(&mut worker).await, Delivered::default());
}

async fn one_clients_trouble_keeps_no_other_waiting(world: &World) {
    let (receiver, _, _) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    receiver.answer(500);
    branch.client_with_phrase(world, "K-1").await;
    deliver(&mut worker).await;
    receiver.answer(200);
    let other = branch.client_with_phrase(world, "K-2").await;
    receiver.received();
    deliver(&mut worker).await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].json()["data"]["client_id"], other);
}

async fn a_receiver_that_is_gone_is_switched_off_and_gets_what_waited_when_it_is_back(
    world: &World,
) {
    let (receiver, webhook, _) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    receiver.answer(410);
    let client = branch.client_with_phrase(world, "K-1").await;
    specialist.verify(&client, PHRASE).await.expect(201);
    deliver(&mut worker).await;
    let path = format!("/v1/webhooks/{webhook}");
    let shown = world.admin.get(&path).await.expect(200);
    assert_eq!(shown["status"], "disabled");
    assert_eq!(shown["disabled_because"], "gone");
    // Nothing new is written for it, and nothing is sent.
    block(&specialist, &client).await;
    receiver.received();
    world.wait(TimeDelta::hours(1));
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    receiver.answer(200);
    let again = json!({"status": "active"});
    let shown = world.admin.patch(&path, again).await.expect(200);
    assert_eq!(shown["disabled_because"], Value::Null);
    deliver(&mut worker).await;
    assert_eq!(events(&receiver.received()), ["inquiry.made"]);
    let events = world.database.texts(
        "SELECT reason FROM audit_events WHERE action = 'webhook.changed' \
         AND outcome = 'disabled' AND actor_id IS NULL",
    );
    assert_eq!(events, ["gone"]);
}

async fn after_ten_attempts_a_message_is_a_dead_letter_and_is_sent_again_on_demand(world: &World) {
    let (receiver, webhook, secret) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    receiver.answer(500);
    branch.client_with_phrase(world, "K-1").await;
    for _ in 0..12 {
        deliver(&mut worker).await;
        world.wait(TimeDelta::hours(27));
    }
    let refused = receiver.received();
    assert_eq!(refused.len(), 10);
    let admin = world.admin.again(world.line()).await;
    let dead = deliveries(&admin, &webhook, "dead").await;
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (&dead[0]["attempts"], &dead[0]["last_status"]),
        (&json!(10), &json!(500))
    );
    assert_eq!(dead[0]["message_id"], refused[0].id());
    assert_eq!(dead[0]["next_attempt_at"], Value::Null);

    receiver.answer(200);
    let delivery = dead[0]["id"].as_str().expect("an id");
    let path = format!("/v1/webhooks/{webhook}/deliveries/{delivery}/replay");
    let again = admin.post(&path, json!({})).await.expect(202);
    assert_eq!(again["status"], "pending");
    deliver(&mut worker).await;
    let received = receiver.received();
    assert_eq!((received.len(), received[0].id()), (1, refused[0].id()));
    assert!(received[0].is_signed_by(&secret));
    // What was delivered can be sent again too.
    admin.post(&path, json!({})).await.expect(202);
    deliver(&mut worker).await;
    assert_eq!(receiver.received().len(), 1);
    let unknown = format!("/v1/webhooks/{webhook}/deliveries/999999/replay");
    let answer = admin.post(&unknown, json!({})).await;
    answer.refused(404, "not_found");

    let all = format!("/v1/webhooks/{webhook}/replay");
    let none = admin.post(&all, json!({})).await.expect(202);
    assert_eq!(none["replayed"], 0);
}

async fn a_rotated_secret_signs_beside_the_new_one_for_a_day(world: &World) {
    let (receiver, webhook, old) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    let path = format!("/v1/webhooks/{webhook}/secrets");
    let rotated = world.admin.post(&path, json!({})).await.expect(201);
    let new = rotated.text("secret");
    assert_ne!(old, new);
    assert_eq!(rotated["secrets"].as_array().map(Vec::len), Some(2));
    branch.client_with_phrase(world, "K-1").await;
    deliver(&mut worker).await;
    let received = receiver.received();
    assert!(received[0].is_signed_by(&old) && received[0].is_signed_by(&new));
    world.wait(TimeDelta::hours(24));
    branch
        .again(world.line())
        .await
        .client_with_phrase(world, "K-2")
        .await;
    deliver(&mut worker).await;
    let received = receiver.received();
    assert!(!received[0].is_signed_by(&old) && received[0].is_signed_by(&new));
}

async fn whoever_dies_before_the_answer_is_counted_delivers_again_under_the_same_id(world: &World) {
    let (receiver, _, _) = registered(world, Value::Null).await;
    let branch = world.staff("branch").await;
    branch.client_with_phrase(world, "K-1").await;
    let silence = receiver.0.mute.write().await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let delivering = tokio::task::spawn_local(async move { worker.deliver_due().await.is_ok() });
    receiver.0.arrived.notified().await;
    delivering.abort();
    assert!(delivering.await.is_err());
    drop(silence);
    let mut next = DeliveryWorker::new(&world.first.app);
    let done = deliver(&mut next).await;
    assert_eq!(done.taken, 1);
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].id(), received[1].id());
    assert_eq!(received[0].body, received[1].body);
}

async fn a_receiver_is_told_only_what_it_asked_for_and_nothing_that_was_refused(world: &World) {
    let (receiver, webhook, _) = registered(world, json!(["passphrase.blocked"])).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    let specialist = world.staff("call_center").await;
    let unset = branch.enter_client("K-1").await;
    let path = format!("/v1/clients/{unset}/passphrase/block");
    let refused = specialist
        .post(&path, json!({"reason": "the client asked for it"}))
        .await;
    refused.refused(409, "no_passphrase");
    let client = branch.client_with_phrase(world, "K-2").await;
    block(&specialist, &client).await;
    deliver(&mut worker).await;
    let received = receiver.received();
    assert_eq!(events(&received), ["passphrase.blocked"]);
    assert_eq!(
        received[0].json()["data"],
        json!({"client_id": client, "client_number": "K-2", "call_id": "call-9"})
    );

    let path = format!("/v1/webhooks/{webhook}");
    for (body, code) in [
        (json!({"events": []}), "blank"),
        (json!({"events": ["client.viewed"]}), "not_one_of"),
    ] {
        let answer = world.admin.patch(&path, body).await;
        answer.refused_field(422, "/events", code);
    }
    let all = world.admin.patch(&path, json!({"events": null})).await;
    assert_eq!(all.expect(200)["events"], Value::Null);
    world.admin.delete(&path).await.expect(204);
    world.admin.get(&path).await.refused(404, "not_found");
    assert_eq!(
        world
            .database
            .number("SELECT count(*) FROM webhook_deliveries"),
        0
    );
}

async fn a_redirect_is_not_followed(world: &World) {
    let (receiver, webhook, _) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    receiver.answer(307);
    let branch = world.staff("branch").await;
    branch.client_with_phrase(world, "K-1").await;
    let done = deliver(&mut worker).await;
    assert_eq!((done.taken, done.failed), (0, 1));
    assert_eq!(receiver.received().len(), 1);
    let waiting = deliveries(&world.admin, &webhook, "pending").await;
    assert_eq!(waiting[0]["last_status"], 307);
}

async fn a_receiver_that_asks_to_be_left_alone_is(world: &World) {
    let (receiver, webhook, _) = registered(world, Value::Null).await;
    let mut worker = DeliveryWorker::new(&world.first.app);
    let branch = world.staff("branch").await;
    receiver.answer_and_ask(503, "120");
    branch.client_with_phrase(world, "K-1").await;
    assert_eq!(deliver(&mut worker).await.failed, 1);
    // What happens meanwhile waits as well: it is the receiver that is left alone.
    branch.client_with_phrase(world, "K-2").await;
    receiver.answer(204);
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    world.wait(TimeDelta::seconds(119));
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    assert_eq!(receiver.received().len(), 1);
    world.wait(TimeDelta::seconds(1));
    assert_eq!(deliver(&mut worker).await.taken, 2);

    // As a date, which stands for more than a day and is heeded for one.
    let branch = branch.again(world.line()).await;
    let later = world.clock.now() + TimeDelta::days(9);
    let date = later.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    receiver.answer_and_ask(429, &date);
    branch.client_with_phrase(world, "K-3").await;
    assert_eq!(deliver(&mut worker).await.failed, 1);
    receiver.answer(204);
    world.wait(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    world.wait(TimeDelta::seconds(1));
    assert_eq!(deliver(&mut worker).await.taken, 1);

    // An admin who switches it on has seen to it; and a shorter wait than the schedule's is none.
    let branch = branch.again(world.line()).await;
    receiver.answer_and_ask(503, "1");
    branch.client_with_phrase(world, "K-4").await;
    assert_eq!(deliver(&mut worker).await.failed, 1);
    receiver.answer(204);
    world.wait(TimeDelta::seconds(4));
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    world.wait(TimeDelta::seconds(2));
    receiver.answer_and_ask(503, "7200");
    assert_eq!(deliver(&mut worker).await.failed, 1);
    receiver.answer(204);
    branch.client_with_phrase(world, "K-5").await;
    assert_eq!(deliver(&mut worker).await, Delivered::default());
    let admin = world.admin.again(world.line()).await;
    let path = format!("/v1/webhooks/{webhook}");
    admin
        .patch(&path, json!({"status": "active"}))
        .await
        .expect(200);
    assert_eq!(deliver(&mut worker).await.taken, 1);
}

async fn an_address_within_our_walls_is_not_registered(world: &World) {
    for url in [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://[::1]/hook",
        "https://10.0.0.7/hook",
        "https://169.254.169.254/latest",
        "http://93.184.216.34/hook",
        "https://user@93.184.216.34/hook",
        "not an address",
    ] {
        let answer = world.admin.post("/v1/webhooks", json!({"url": url})).await;
        answer.refused_field(422, "/url", "not_a_url");
    }
    let fits = json!({"url": "https://93.184.216.34/hook"});
    let answer = world.admin.post("/v1/webhooks", fits).await.expect(201);
    let path = format!("/v1/webhooks/{}", answer.text("id"));
    let moved = json!({"url": "https://192.168.0.1/hook"});
    let answer = world.admin.patch(&path, moved).await;
    answer.refused_field(422, "/url", "not_a_url");
}

async fn secrets_and_addresses_are_shown_to_admins_alone_and_sealed_at_rest(world: &World) {
    let (_receiver, webhook, secret) = registered(world, Value::Null).await;
    let path = format!("/v1/webhooks/{webhook}");
    let shown = world.admin.get(&path).await.expect(200);
    assert!(!shown.text.contains(&secret) && shown["secret"].is_null());
    let listed = world.admin.get("/v1/webhooks").await.expect(200);
    assert!(!listed.text.contains("whsec_"));
    for role in [
        "call_center",
        "branch",
        "supervisor",
        "auditor",
        "loan_system",
    ] {
        let person = world.anybody(role).await;
        person.get("/v1/webhooks").await.refused(403, "forbidden");
        person.get(&path).await.refused(403, "forbidden");
    }
    world
        .line()
        .get(&path)
        .await
        .refused(401, "unauthenticated");
    let bytes = world.database.bytes();
    for hidden in [secret.as_str(), "/qupia?token=k4"] {
        let found = bytes
            .windows(hidden.len())
            .any(|window| window == hidden.as_bytes());
        assert!(!found, "{hidden} lies in the database");
    }
}

async fn of_two_instances_one_delivers_and_the_other_takes_over_when_it_is_dead(world: &World) {
    let (receiver, _, _) = registered(world, Value::Null).await;
    let other = world.another_instance().await;
    let branch = world.staff("branch").await;
    let (mut first, mut second) = (
        DeliveryWorker::new(&world.first.app),
        DeliveryWorker::new(&other.app),
    );
    branch.client_with_phrase(world, "K-1").await;
    let (one, two) = tokio::join!(deliver(&mut first), deliver(&mut second));
    assert_eq!(one.taken + two.taken, 1);
    assert_eq!(receiver.received().len(), 1);
    let (dead, mut heir) = if one.taken == 1 {
        (first, second)
    } else {
        (second, first)
    };
    drop(dead);
    branch.client_with_phrase(world, "K-2").await;
    assert_eq!(deliver(&mut heir).await.taken, 0);
    world.wait(TimeDelta::seconds(11));
    assert_eq!(deliver(&mut heir).await.taken, 1);
    assert_eq!(receiver.received().len(), 1);
}

async fn whoever_was_paused_sends_and_counts_nothing_beside_its_successor(world: &World) {
    let (receiver, webhook, _) = registered(world, Value::Null).await;
    let other = world.another_instance().await;
    let branch = world.staff("branch").await;
    branch.client_with_phrase(world, "K-1").await;
    let silence = receiver.0.mute.write().await;
    let mut paused = DeliveryWorker::new(&world.first.app);
    let delivering = tokio::task::spawn_local(async move { paused.deliver_due().await });
    receiver.0.arrived.notified().await;
    branch.client_with_phrase(world, "K-2").await;
    // It stands still for so long that another takes its lease over.
    let mut successor = LeaseKeeper::of("webhooks");
    let held = successor.hold(&other.app).await.expect("looked");
    assert!(held.is_none());
    world.wait(TimeDelta::seconds(11));
    let held = successor.hold(&other.app).await.expect("looked");
    assert!(held.is_some());
    drop(silence);
    let done = delivering.await.expect("it ends");
    assert_eq!(done.ok(), Some(Delivered::default()));
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    let waiting = deliveries(&world.admin, &webhook, "pending").await;
    assert_eq!(waiting.len(), 2);
    assert!(waiting.iter().all(|delivery| delivery["attempts"] == 0));
    // Whoever has the lease delivers both: the first once more, under its id.
    assert_eq!(deliver(&mut DeliveryWorker::new(&other.app)).await.taken, 2);
    let again = receiver.received();
    assert_eq!(again.len(), 2);
    assert!(again.iter().any(|request| request.id() == received[0].id()));
    // Let go and taken anew, it is a lease of another term.
    DeliveryWorker::let_go(&other.app).await.expect("let go");
    branch.client_with_phrase(world, "K-3").await;
    assert_eq!(
        deliver(&mut DeliveryWorker::new(&world.first.app))
            .await
            .taken,
        1
    );
    let term = world
        .database
        .number("SELECT term FROM leases WHERE name = 'webhooks'");
    assert_eq!(term, 3);
}
